//! For people: each finding with the lines that it is about, and what to do. Text of a file is never sent to a terminal as it
//! is: control characters are shown as such, so that a model cannot write to the screen of whoever checks it.

use std::borrow::Cow;
use std::fmt::Write as _;

use tessera_bpmn::lint::{FileReport, Finding, Level};

use crate::limits::FRAME_COLUMNS;
use crate::outcome::Outcome;

/// Whether output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// With the escape codes of terminals.
    On,
    /// Plain.
    Off,
}

impl Colours {
    fn paint<'t>(self, code: &str, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::On if !text.is_empty() => Cow::Owned(format!("\x1b[{code}m{text}\x1b[0m")),
            Self::On | Self::Off => Cow::Borrowed(text),
        }
    }

    fn level(self, level: Level, text: &str) -> Cow<'_, str> {
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "1;33",
            Level::Info => "1;36",
        };
        self.paint(code, text)
    }

    fn bold(self, text: &str) -> Cow<'_, str> {
        self.paint("1", text)
    }

    fn dim(self, text: &str) -> Cow<'_, str> {
        self.paint("1;34", text)
    }
}

/// All findings, as [`file()`] wrote them, and their number.
pub fn document(outcome: &Outcome, colours: Colours, files: &[String]) -> String {
    let mut text = files.concat();
    text.push_str(&summary(outcome, colours));
    text
}

/// The findings of a file. Each can be written by a thread of its own.
pub fn file(report: &FileReport, colours: Colours) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        finding_in(&mut text, report, finding, colours);
    }
    if report.omitted > 0 {
        let path = printable(&report.path);
        let _ = writeln!(text, "{path}: {} more findings are not shown\n", report.omitted);
    }
    text
}

/// The last line.
fn summary(outcome: &Outcome, colours: Colours) -> String {
    let counted = |level: Level, one: &str, many: &str| {
        let count = outcome.count(level);
        let text = format!("{count} {}", if count == 1 { one } else { many });
        if count == 0 { text } else { colours.level(level, &text).into_owned() }
    };
    let files = outcome.files.len();
    let with = outcome.files.iter().filter(|file| !file.report.findings.is_empty()).count();
    let mut line = format!(
        "{}, {}, {} in {with} of {files} {}",
        counted(Level::Error, "error", "errors"),
        counted(Level::Warning, "warning", "warnings"),
        counted(Level::Info, "note", "notes"),
        if files == 1 { "file" } else { "files" },
    );
    let fixable = outcome.findings().filter(|finding| finding.fix.is_some()).count();
    let suppressed: usize = outcome.files.iter().map(|file| file.report.suppressed.len()).sum();
    let known: usize = outcome.files.iter().map(|file| file.known.len()).sum();
    let mut more = Vec::new();
    if fixable > 0 {
        more.push(format!("{fixable} can be repaired with --fix"));
    }
    if suppressed > 0 {
        more.push(format!("{suppressed} allowed"));
    }
    if known > 0 {
        more.push(format!("{known} in the baseline"));
    }
    if !more.is_empty() {
        let _ = write!(line, " ({})", more.join(", "));
    }
    line.push('\n');
    line
}

// Texts are put together by hand here: a large run shows tens of thousands of findings, and formatting them takes as long as
// finding them.
fn finding_in(text: &mut String, report: &FileReport, finding: &Finding, colours: Colours) {
    let kind = format!("{}[{}]", finding.level.name(), finding.code);
    let message = printable(&finding.message);
    let place = finding.start.to_string();
    let (number, _) = place.split_once(':').unwrap_or((&place, ""));
    let margin = " ".repeat(number.len());
    let path = printable(&report.path);
    text.extend([&*colours.level(finding.level, &kind), ": ", &*colours.bold(&message)]);
    text.extend([" (", finding.rule, ")\n"]);
    text.extend([&*margin, &*colours.dim("-->"), " ", &*path, ":", &*place, "\n"]);
    if !report.text.is_empty() {
        let bar = colours.dim("|");
        let frame = Frame::of(&report.text, finding);
        text.extend([&*margin, " ", &*bar, "\n"]);
        text.extend([&*colours.dim(number), " ", &*bar, " ", &*frame.line, "\n"]);
        let mark = "^".repeat(frame.width);
        text.extend([&*margin, " ", &*bar, " "]);
        text.extend(std::iter::repeat_n(' ', frame.before));
        text.extend([&*colours.level(finding.level, &mark), "\n"]);
    }
    let sign = colours.dim("=");
    let note = |text: &mut String, kind: &str, content: &str| {
        text.extend([&*margin, " ", &*sign, " ", kind, ": ", &*printable(content), "\n"]);
    };
    for related in &finding.related {
        note(text, "see", &format!("{}:{} {}", report.path, related.start, related.message));
    }
    match (&finding.element, &finding.process) {
        (Some(element), Some(process)) if element != process => {
            note(text, "element", &format!("{element} in process {process}"));
        }
        (Some(element), _) => note(text, "element", element),
        (None, _) => {}
    }
    if let Some(help) = &finding.help {
        note(text, "help", help);
    }
    if let Some(fix) = &finding.fix {
        note(text, "fix", &format!("{} (--fix)", fix.title));
    }
    text.push('\n');
}

/// The line of a finding, cut to what fits, and where the mark stands under it.
struct Frame {
    line: String,
    before: usize,
    width: usize,
}

impl Frame {
    /// Looks at what is near the finding only: a line can be the whole file.
    fn of(text: &str, finding: &Finding) -> Self {
        let at = |offset: u32| text.floor_char_boundary(usize::try_from(offset).unwrap_or(usize::MAX));
        let (start, end) = (at(finding.span.start), at(finding.span.end));
        let reach = text.floor_char_boundary(start.saturating_sub(FRAME_COLUMNS));
        let before = text.get(reach..start).unwrap_or_default();
        let newline = before.rfind(['\n', '\r']);
        let from = newline.map_or(reach, |newline| reach + newline + 1);
        let mut frame = Self { line: String::new(), before: 0, width: 0 };
        if newline.is_none() && reach > 0 {
            frame.line.push('…');
            frame.before = 1;
        }
        let rest = text.get(from..).unwrap_or_default();
        if let Some(line) = plain_line(rest) {
            frame.line.push_str(line.trim_end());
            frame.before += start - from;
            frame.width = (from + line.len()).min(end).saturating_sub(start).max(1);
            return frame;
        }
        let mut column = frame.before;
        for (number, (place, character)) in rest.char_indices().enumerate() {
            if matches!(character, '\n' | '\r') {
                break;
            }
            if number > 2 * FRAME_COLUMNS {
                frame.line.push('…');
                break;
            }
            let columns = if character == '\t' {
                let columns = 4 - column % 4;
                frame.line.extend(std::iter::repeat_n(' ', columns));
                columns
            } else {
                let shown = printable_character(character);
                frame.line.push(shown);
                columns_of(shown)
            };
            column += columns;
            if from + place < start {
                frame.before += columns;
            } else if from + place < end {
                frame.width += columns;
            }
        }
        frame.line.truncate(frame.line.trim_end().len());
        frame.width = frame.width.max(1);
        frame
    }
}

/// The first line, if it is shown as it is: short, and each byte of it a character of one column.
fn plain_line(text: &str) -> Option<&str> {
    let shown = |byte: &u8| matches!(byte, b' '..=b'~');
    let length = match text.bytes().take(2 * FRAME_COLUMNS).position(|byte| !shown(&byte)) {
        Some(length) => length,
        None if text.len() <= 2 * FRAME_COLUMNS => text.len(),
        None => return None,
    };
    let ends = matches!(text.as_bytes().get(length), None | Some(b'\n' | b'\r'));
    text.get(..length).filter(|_| ends)
}

/// How many columns of a terminal a character takes: two if it is a wide one of East Asia, none if it combines.
fn columns_of(character: char) -> usize {
    match u32::from(character) {
        0x20..=0x7E => 1,
        0x300..=0x36F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Control characters, and those that turn the direction of text, are shown as what they are.
fn printable_character(character: char) -> char {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\u{0}'..='\u{1f}' => char::from_u32(u32::from(character) + 0x2400).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' => '\u{fffd}',
        _ => character,
    }
}

fn printable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(printable_character).collect())
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::{Config, Source, lint_file};

    use super::*;
    use crate::outcome::Checked;

    fn shown(model: &[u8]) -> String {
        let mut report = lint_file(Source { path: "a.bpmn", bytes: model }, &Config::default());
        report.findings.retain(|finding| finding.rule == "reference-resolves");
        let outcome = Outcome { files: vec![Checked { report, known: Vec::new() }], failures: Vec::new() };
        let files: Vec<String> =
            outcome.files.iter().map(|checked| file(&checked.report, Colours::Off)).collect();
        document(&outcome, Colours::Off, &files)
    }

    const BEFORE: &str =
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\">\r\n";

    #[test]
    fn the_mark_stands_under_what_is_meant_behind_tabs_and_wide_characters() {
        let line = "\t<process id=\"p\" name=\"Prüfung 検査\"><receiveTask id=\"r\" messageRef=\"none\"/></process>\r\n";
        let text = shown(format!("{BEFORE}{line}</definitions>").as_bytes());
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("error[L016]: ") && lines[0].ends_with("(reference-resolves)"),
            "{text}"
        );
        assert_eq!(lines[1], " --> a.bpmn:2:68");
        assert_eq!(
            lines[3],
            "2 |     <process id=\"p\" name=\"Prüfung 検査\"><receiveTask id=\"r\" messageRef=\"none\"/></process>"
        );
        let mark = lines[4].find('^').unwrap();
        let before = &lines[3][..lines[3].find("none").unwrap()];
        assert_eq!(before.chars().map(columns_of).sum::<usize>(), mark, "{text}");
        assert!(lines[4].ends_with("^^^^"));
        assert!(text.ends_with("1 error, 0 warnings, 0 notes in 1 of 1 file\n"), "{text}");
    }

    #[test]
    fn a_model_cannot_write_to_the_terminal_and_a_long_line_is_cut() {
        let name = "n".repeat(100_000);
        let line = format!(
            "<process id=\"p\" name=\"{name}\x1b[31m\"><receiveTask id=\"r\" messageRef=\"\u{9b}x\"/>"
        );
        let text = shown(format!("{BEFORE}{line}</process></definitions>").as_bytes());
        assert!(!text.contains('\x1b') && !text.contains('\u{9b}'));
        assert!(text.len() < 2_000, "{}", text.len());
    }
}
