//! Reads one section of a configuration file key by key and remembers what is wrong with it.
//!
//! A key is known because somebody asked for it: whatever is left when a section is closed is refused, with the nearest
//! known name. Reading never stops at the first problem. This file knows TOML and positions, but no setting.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Below this similarity of two names (0 to 1) a suggestion would confuse more than help.
const SIMILARITY_MIN: f64 = 0.7;

/// One thing that is wrong with a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// Column in the line, counted from 1 in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.text)
    }
}

/// All problems found so far in one text.
pub(super) struct Report<'a> {
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Report<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, problems: RefCell::default() }
    }

    pub(super) fn add(&self, span: &Range<usize>, text: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        self.problems.borrow_mut().push(Problem { line, column, text: text.into() });
    }

    /// In the order of the file.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems
    }
}

/// A value as it stands in the file; the text of an error is reported at its position.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// One table of the file, or its absence.
pub(super) struct Section<'r, 'i> {
    report: &'r Report<'r>,
    /// As an operator names it: `mailbox`, `plugins.limits`; empty for the top of the file.
    path: String,
    table: Option<&'r DeTable<'i>>,
    span: Range<usize>,
    /// Something else stands in its place; said once, that is enough.
    malformed: bool,
    known: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<&'static str>>,
}

impl<'r, 'i> Section<'r, 'i> {
    pub(super) fn top(report: &'r Report<'r>, table: &'r DeTable<'i>) -> Self {
        Self::new(report, String::new(), Some(table), 0..0)
    }

    fn new(report: &'r Report<'r>, path: String, table: Option<&'r DeTable<'i>>, span: Range<usize>) -> Self {
        Self {
            report,
            path,
            table,
            span,
            malformed: false,
            known: RefCell::default(),
            missing: RefCell::default(),
        }
    }

    /// A section below this one; it may be absent.
    pub(super) fn section(&self, name: &'static str) -> Self {
        let path = self.name_of(name);
        let Some((span, value)) = self.entry(name) else {
            return Section::new(self.report, path, None, self.span.clone());
        };
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.report.add(&span, format!("`{path}` must be a section `[{path}]`, not {}", kind(value)));
        }
        Section { malformed: table.is_none(), ..Section::new(self.report, path, table, span) }
    }

    pub(super) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    pub(super) fn has(&self, name: &'static str) -> bool {
        self.entry(name).is_some()
    }

    pub(super) fn required<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&Value<'i>) -> Result<T, String>,
    ) -> Option<T> {
        if self.entry(name).is_none() {
            self.missing.borrow_mut().push(name);
        }
        self.optional(name, parse)
    }

    pub(super) fn or<T>(
        &self,
        name: &'static str,
        default: T,
        parse: impl FnOnce(&Value<'i>) -> Result<T, String>,
    ) -> Option<T> {
        if self.entry(name).is_none() { Some(default) } else { self.optional(name, parse) }
    }

    /// `None` both when the key is absent and when its value is wrong; the latter is reported.
    pub(super) fn optional<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&Value<'i>) -> Result<T, String>,
    ) -> Option<T> {
        let (_, value) = self.entry(name)?;
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(text) => {
                self.report.add(&value.span(), format!("`{}`: {text}", self.name_of(name)));
                None
            }
        }
    }

    /// Reports something about a key that stands in the file, or else about this section.
    pub(super) fn refuse(&self, name: &'static str, text: &str) {
        let span = self.entry(name).map_or_else(|| self.span.clone(), |(span, _)| span);
        self.report.add(&span, format!("`{}`: {text}", self.name_of(name)));
    }

    /// Reports the keys that nobody asked for and the required ones that are not there. A misspelt required key is one problem, not two.
    pub(super) fn close(self) {
        let known = self.known.into_inner();
        let mut missing = self.missing.into_inner();
        let inside = if self.path.is_empty() {
            "at the top of the file".to_owned()
        } else {
            format!("in [{}]", self.path)
        };
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let advice = nearest(name, &known).map_or_else(
                || format!("known keys here: {}", known.join(", ")),
                |nearest| {
                    missing.retain(|missing| *missing != nearest);
                    format!("did you mean `{nearest}`?")
                },
            );
            self.report.add(&key.span(), format!("unknown key `{name}` {inside}; {advice}"));
        }
        if missing.is_empty() || self.malformed {
            return;
        }
        let (span, names) = (&self.span, missing.join(", "));
        match (self.table.is_some(), self.path.as_str()) {
            (true, _) => self.report.add(span, format!("missing {inside}: {names}")),
            (false, path) => {
                self.report.add(span, format!("missing section [{path}] with at least: {names}"));
            }
        }
    }

    fn entry(&self, name: &'static str) -> Option<(Range<usize>, &'r Value<'i>)> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&name) {
            known.push(name);
        }
        let (key, value) = self.table?.iter().find(|(key, _)| key.get_ref() == name)?;
        Some((key.span(), value))
    }

    fn name_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

pub(super) fn text<'v>(value: &'v Value<'_>) -> Result<&'v str, String> {
    value.get_ref().as_str().ok_or_else(|| format!("must be a text in quotes, not {}", kind(value)))
}

pub(super) fn list<T>(
    value: &Value<'_>,
    item: impl Fn(&Value<'_>) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let items = value.get_ref().as_array().ok_or_else(|| format!("must be a list, not {}", kind(value)))?;
    items.iter().map(item).collect()
}

/// A whole number inside `bounds`.
pub(super) fn count(value: &Value<'_>, bounds: std::ops::RangeInclusive<u32>) -> Result<u32, String> {
    let number = value
        .get_ref()
        .as_integer()
        .and_then(|digits| u32::from_str_radix(&digits.as_str().replace('_', ""), digits.radix()).ok());
    number
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| format!("must be a whole number from {} to {}", bounds.start(), bounds.end()))
}

fn kind(value: &Value<'_>) -> String {
    let kind = value.get_ref().type_str();
    if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {kind}") } else { format!("a {kind}") }
}

fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let rated = known.iter().map(|&known| (strsim::jaro_winkler(name, known), known));
    let best = rated.max_by(|(left, _), (right, _)| left.total_cmp(right))?;
    (best.0 >= SIMILARITY_MIN).then_some(best.1)
}
