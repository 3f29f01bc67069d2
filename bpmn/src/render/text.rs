//! How wide text is, and where its lines break. There is no font here: widths are those of Arial and its relatives,
//! which the picture asks for.

use super::geometry::float;

/// Pixels of a label's letters.
pub(super) const FONT_SIZE: f64 = 12.0;
/// Pixels from one line of a label to the next.
pub(super) const LINE_HEIGHT: f64 = 14.0;

/// Widths of the characters from space to tilde, in hundredths of the size.
const WIDTHS: &[u8; 95] = &[
    28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
    28, 28, 58, 58, 58, 56, 102, 67, 67, 72, 72, 67, 61, 78, 72, 28, 50, 67, 56, 83, 72, 78, 67, 78, 72, 67,
    61, 72, 67, 94, 67, 67, 61, 28, 28, 28, 47, 56, 33, 56, 56, 50, 56, 56, 28, 56, 56, 22, 22, 50, 22, 83,
    56, 56, 56, 56, 33, 50, 28, 56, 50, 72, 50, 50, 50, 33, 26, 33, 58,
];
/// Other alphabets, and those whose characters are as wide as high.
const WIDTH_OTHER: u8 = 60;
const WIDTH_FULL: u8 = 100;
/// Viewers that have to take another font need somewhat more room.
const SPARE: f64 = 1.04;

/// Pixels that a text of [`FONT_SIZE`] takes.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(character_width).sum()
}

fn character_width(character: char) -> f64 {
    let offset =
        u32::from(character).checked_sub(u32::from(' ')).and_then(|offset| usize::try_from(offset).ok());
    let known = offset.and_then(|offset| WIDTHS.get(offset)).copied();
    let hundredths = known.unwrap_or(if character >= '\u{1100}' { WIDTH_FULL } else { WIDTH_OTHER });
    f64::from(hundredths) * FONT_SIZE / 100.0 * SPARE
}

/// Breaks a text into lines of at most so many pixels, and at most so many; an ellipsis says that there was more.
pub(super) fn wrap(text: &str, width_max: f64, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // What does not fit into the lines need not be looked at, however long it is.
    for paragraph in text.lines().take(lines_max.saturating_add(1)) {
        let mut line = Line::default();
        for word in paragraph.split_whitespace() {
            for (at, part) in word.split_inclusive('-').enumerate() {
                line.add(part, at > 0, width_max, &mut lines);
            }
            if lines.len() > lines_max {
                break;
            }
        }
        line.end(&mut lines);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && width(last) > width_max - character_width('…') {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// A line that grows.
#[derive(Default)]
struct Line {
    text: String,
    width: f64,
}

impl Line {
    /// Adds a word, or a part of one that goes on from the part before.
    fn add(&mut self, word: &str, goes_on: bool, width_max: f64, lines: &mut Vec<String>) {
        let space = if self.text.is_empty() || goes_on { 0.0 } else { character_width(' ') };
        if !self.text.is_empty() && self.width + space + width(word) > width_max {
            self.end(lines);
        } else if !self.text.is_empty() && !goes_on {
            self.push(' ');
        }
        for character in word.chars() {
            // A word that is wider than a line breaks where the line ends.
            if !self.text.is_empty() && self.width + character_width(character) > width_max {
                self.end(lines);
            }
            self.push(character);
        }
    }

    fn push(&mut self, character: char) {
        self.width += character_width(character);
        self.text.push(character);
    }

    fn end(&mut self, lines: &mut Vec<String>) {
        lines.push(std::mem::take(&mut self.text));
        self.width = 0.0;
    }
}

/// The room that lines take.
pub(super) fn extent(lines: &[String]) -> (f64, f64) {
    let widest = lines.iter().map(|line| width(line)).fold(0.0, f64::max);
    (widest, float(lines.len()) * LINE_HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_within_long_ones() {
        assert_eq!(wrap("Send the ping", 60.0, 5), ["Send the", "ping"]);
        assert_eq!(wrap("abcdefghijklmnop", 50.0, 5), ["abcdefg", "hijklmno", "p"]);
        assert_eq!(wrap("Non-interrupting", 75.0, 5), ["Non-", "interrupting"]);
        assert_eq!(wrap("one two three four", 30.0, 2), ["one", "tw…"]);
        assert_eq!(wrap("first\nsecond\n", 100.0, 5), ["first", "second"]);
        assert_eq!(wrap("", 10.0, 3), Vec::<String>::new());
    }
}
