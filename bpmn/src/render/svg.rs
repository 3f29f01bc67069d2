//! SVG text. Everything that comes from a model goes through [`escape`], and numbers have two digits at most.

use std::fmt::Write as _;

/// An SVG document that grows.
#[derive(Debug, Default)]
pub(super) struct Svg {
    text: String,
    /// The elements that are open.
    open: Vec<&'static str>,
}

impl Svg {
    /// An element without content.
    pub(super) fn leaf(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.start(tag, attributes);
        self.text.push_str("/>\n");
    }

    /// An element around text.
    pub(super) fn text(&mut self, tag: &str, attributes: &[(&str, &str)], content: &str) {
        self.start(tag, attributes);
        let _ = writeln!(self.text, ">{}</{tag}>", escape(content));
    }

    /// Begins an element around others.
    pub(super) fn begin(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.start(tag, attributes);
        self.text.push_str(">\n");
        self.open.push(tag);
    }

    /// Ends the innermost element that began.
    pub(super) fn end(&mut self) {
        if let Some(tag) = self.open.pop() {
            let _ = writeln!(self.text, "{:1$}</{tag}>", "", self.open.len());
        }
    }

    fn start(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.text, "{:1$}<{tag}", "", self.open.len());
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(self.text, " {name}=\"{}\"", escape(value));
        }
    }

    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text
    }
}

/// Text for content and attributes. What XML cannot hold becomes a replacement character.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A number with two digits at most behind the point.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // Negative zero would be written with its sign.
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(escape("a<b>\"&'\u{1}\n"), "a&lt;b&gt;&quot;&amp;'\u{fffd} ");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(12.345_6), "12.35");
    }
}
