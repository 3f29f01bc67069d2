//! The manual page of a rule: the header of its file, and the two examples in it, which are also the rule's test.

use crate::lint::finding::Span;

/// A manual page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// All of it, as Markdown.
    pub text: String,
    /// The first sentence or sentences, up to the first empty line.
    pub summary: String,
    /// Examples that the rule reports.
    pub bad: Vec<Example>,
    /// Examples that the rule leaves alone.
    pub good: Vec<Example>,
}

/// An example, with the places that are to be reported. On the page they stand between `«` and `»`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What stands behind ```` ``` ````: `xml`, `json`.
    pub language: String,
    /// The text without marks.
    pub text: String,
    /// What was marked.
    pub marked: Vec<Span>,
}

impl Page {
    /// Reads the header of a rule's file.
    #[must_use]
    pub fn of(source: &str) -> Self {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let summary: Vec<&str> = lines.iter().copied().take_while(|line| !line.trim().is_empty()).collect();
        let mut page = Self {
            text: lines.join("\n").replace(['«', '»'], ""),
            summary: summary.join(" "),
            bad: Vec::new(),
            good: Vec::new(),
        };
        let mut kind = Kind::Other;
        let mut block: Option<(String, Vec<&str>)> = None;
        for line in lines {
            match (&mut block, line.trim_start().strip_prefix("```")) {
                (None, None) if line.starts_with("**Bad") => kind = Kind::Bad,
                (None, None) if line.starts_with("**Good") => kind = Kind::Good,
                (None, None) if line.starts_with("**") => kind = Kind::Other,
                (None, None) => {}
                (None, Some(language)) => block = Some((language.trim().to_owned(), Vec::new())),
                (Some((_, content)), None) => content.push(line),
                (Some((language, content)), Some(_)) => {
                    let example = Example::of(std::mem::take(language), &content.join("\n"));
                    block = None;
                    match kind {
                        Kind::Bad => page.bad.push(example),
                        Kind::Good => page.good.push(example),
                        Kind::Other => {}
                    }
                }
            }
        }
        page
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Bad,
    Good,
    Other,
}

impl Example {
    fn of(language: String, written: &str) -> Self {
        let mut example = Self { language, text: String::new(), marked: Vec::new() };
        for character in written.chars() {
            let at = u32::try_from(example.text.len()).unwrap_or(u32::MAX);
            match character {
                '«' => example.marked.push(Span::new(at, at)),
                '»' => {
                    if let Some(marked) =
                        example.marked.iter_mut().rev().find(|marked| marked.end == marked.start)
                    {
                        marked.end = at;
                    }
                }
                _ => example.text.push(character),
            }
        }
        example
    }
}
