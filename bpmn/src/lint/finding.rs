//! What a rule says: where, what, why it matters, and how to repair it.

use crate::diagnostic::Position;
use crate::limits::LINT_FINDINGS_PER_RULE_MAX;
use crate::lint::config::Config;
use crate::lint::document::{AttributeRecord, Node};
use crate::lint::rule::About;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The file is wrong: it violates the standard, or does not do what it says.
    Error,
    /// The file works, but is doubtful or hard to read.
    Warning,
    /// Worth knowing.
    Info,
}

impl Level {
    /// As it is written in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Bytes of the decoded text, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// From the first byte to before the last.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The part of a text that it covers; empty if it lies outside.
    pub fn of(self, text: &str) -> &str {
        let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        text.get(at(self.start)..at(self.end)).unwrap_or_default()
    }
}

/// Another place that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// Line and column of its start.
    pub start: Position,
    /// What is there.
    pub message: String,
}

/// Replaces a span of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A repair that keeps what the model does and leaves the rest of the file as it is, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// All of its edits; they belong together.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code of the rule.
    pub code: &'static str,
    /// The name of the rule.
    pub rule: &'static str,
    /// How much it matters here: the rule's level, unless configured otherwise.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// Line and column of the first character.
    pub start: Position,
    /// Line and column behind the last character.
    pub end: Position,
    /// The id of the element that it is about, or of the nearest around it.
    pub element: Option<String>,
    /// The id of the process that it is in.
    pub process: Option<String>,
    /// Other places that it is about.
    pub related: Vec<Related>,
    /// A safe repair.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Says what to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says that it matters less than the rule: what is found is likely, and not certain.
    pub fn at_most(&mut self, level: Level) -> &mut Self {
        self.level = self.level.max(level);
        self
    }

    /// Says which element it is about, where that is not the one at its place.
    pub fn about(&mut self, element: impl Into<String>) -> &mut Self {
        self.element = Some(element.into());
        self
    }

    /// Names another place.
    pub fn related(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Related { span, start: Position::START, message: message.into() });
        self
    }

    /// Offers a safe repair.
    pub fn fix(&mut self, title: impl Into<String>, edits: Vec<Edit>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }
}

/// Where a rule puts what it finds. One for each rule and file; it keeps at most
/// [`LINT_FINDINGS_PER_RULE_MAX`] and counts the others.
#[derive(Debug)]
pub struct Findings<'c> {
    about: &'static About,
    level: Level,
    config: &'c Config,
    found: Vec<Finding>,
    omitted: usize,
    /// Takes what is said about findings that are not kept.
    surplus: Finding,
}

impl<'c> Findings<'c> {
    /// For a rule that is on at this level.
    #[must_use]
    pub fn new(about: &'static About, level: Level, config: &'c Config) -> Self {
        let surplus = blank(about, level, Span::default(), String::new());
        Self { about, level, config, found: Vec::new(), omitted: 0, surplus }
    }

    /// Reports a place of the text.
    pub fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        if self.found.len() >= LINT_FINDINGS_PER_RULE_MAX {
            self.omitted = self.omitted.saturating_add(1);
            self.surplus = blank(self.about, self.level, span, String::new());
            return &mut self.surplus;
        }
        self.found.push(blank(self.about, self.level, span, message.into()));
        self.found.last_mut().expect("one was just pushed")
    }

    /// Reports an element; the place is the start of its start tag.
    pub fn on(&mut self, node: Node<'_>, message: impl Into<String>) -> &mut Finding {
        let element = node.nearest_id().map(str::to_owned);
        let finding = self.at(node.head(), message);
        finding.element = element;
        finding
    }

    /// Reports the value of an attribute; the element if it does not have the attribute.
    pub fn on_attribute(&mut self, node: Node<'_>, name: &str, message: impl Into<String>) -> &mut Finding {
        let element = node.nearest_id().map(str::to_owned);
        let span = node.attribute_record(name).map_or_else(|| node.head(), AttributeRecord::value_span);
        let finding = self.at(span, message);
        finding.element = element;
        finding
    }

    /// What the user set for an option of this rule.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&'c serde_json::Value> {
        self.config.option(self.about, name)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &'c Config {
        self.config
    }

    /// How many findings were not kept.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// What was found; lines and columns are filled in by [`locate`](crate::lint::locate).
    #[must_use]
    pub fn into_found(self) -> Vec<Finding> {
        self.found
    }
}

fn blank(about: &About, level: Level, span: Span, message: String) -> Finding {
    Finding {
        code: about.code,
        rule: about.name,
        level,
        message,
        help: None,
        span,
        start: Position::START,
        end: Position::START,
        element: None,
        process: None,
        related: Vec::new(),
        fix: None,
    }
}
