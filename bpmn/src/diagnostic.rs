//! What is wrong with a model, and where: the one type in which reader and compiler speak to the process developer.

use std::fmt;

/// A place in a source text. Line and column count from 1, in characters; the offset counts bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Bytes from the start of the text as UTF-8.
    pub offset: u32,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1, offset: 0 };

    /// The position reached by reading `text` from here. As XML has it, lines end with a line feed, a carriage return, or both.
    #[must_use]
    pub fn after(self, text: &str) -> Self {
        self.passed(text, b"")
    }

    /// The position of a place behind this one, in the text that both are in.
    pub(crate) fn forward(self, text: &str, to: usize) -> Self {
        let from = usize::try_from(self.offset).unwrap_or(usize::MAX);
        match text.get(from..to) {
            Some(passed) => self.passed(passed, text.as_bytes().get(to..).unwrap_or_default()),
            None => self,
        }
    }

    fn passed(self, text: &str, behind: &[u8]) -> Self {
        if text.as_bytes().contains(&b'\r') {
            return self.passed_by_byte(text, behind);
        }
        // Counted in one go, not byte by byte: this is most of what finding a place costs.
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (line, column, rest) = match text.rsplit_once('\n') {
            Some((before, rest)) => {
                let ended = before.bytes().filter(|byte| *byte == b'\n').count();
                (self.line.saturating_add(count(ended)).saturating_add(1), 1, rest)
            }
            None => (self.line, self.column, text),
        };
        let column = column.saturating_add(count(rest.chars().count()));
        Self { line, column, offset: self.offset.saturating_add(count(text.len())) }
    }

    fn passed_by_byte(self, text: &str, behind: &[u8]) -> Self {
        let mut position = self;
        let mut bytes = text.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.peek().or_else(|| behind.first()) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                position.line = position.line.saturating_add(1);
                position.column = 1;
            } else if !is_continuation(byte) {
                position.column = position.column.saturating_add(1);
            }
        }
        position.offset = position.offset.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
        position
    }
}

/// Whether a byte of UTF-8 goes on with a character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Whether a model can be used in spite of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The model cannot be used as it is.
    Error,
    /// The model can be used; something in it is suspicious.
    Warning,
}

/// One finding about a model.
///
/// ```
/// use tessera_bpmn::diagnostic::{Diagnostic, Position};
///
/// let finding = Diagnostic::error("P001", "this is not XML", Position::START).help("save the file as XML");
/// assert_eq!(finding.to_string(), "1:1: error[P001]: this is not XML; save the file as XML");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, `P` and three digits; see [`crate::diagnostic::codes`].
    pub code: &'static str,
    /// Whether the model can still be used.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub position: Position,
    /// The id of the element that it is about.
    pub element: Option<String>,
}

impl Diagnostic {
    /// A finding that makes the model unusable.
    pub fn error(code: &'static str, message: impl Into<String>, position: Position) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), help: None, position, element: None }
    }

    /// A finding that the model can be used in spite of.
    pub fn warning(code: &'static str, message: impl Into<String>, position: Position) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, position) }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which element it is about.
    #[must_use]
    pub fn about(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{}: {severity}[{}]: {}", self.position, self.code, self.message)?;
        if let Some(element) = &self.element {
            write!(formatter, " (element `{element}`)")?;
        }
        if let Some(help) = &self.help {
            write!(formatter, "; {help}")?;
        }
        Ok(())
    }
}

/// Collects findings up to [`DIAGNOSTICS_MAX`](crate::limits::DIAGNOSTICS_MAX); the rest would only repeat.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
}

impl Findings {
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        self.errors = self.errors.saturating_add(usize::from(diagnostic.severity == Severity::Error));
        if self.diagnostics.len() < crate::limits::DIAGNOSTICS_MAX {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(crate) fn last(&self) -> Option<&Diagnostic> {
        self.diagnostics.last()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// In the order of the file.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by(|left, right| (left.position, left.code).cmp(&(right.position, right.code)));
        self.diagnostics
    }
}

/// Declares the table of codes: a constant for each and [`codes::ALL`] over them.
macro_rules! codes {
    ($($(#[$document:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// Every code, in order. `P0..` reading, `P1..` resolving, `P2..` structure, `P3..` expressions and values, `P4..` not executable.
        pub mod codes {
            $($(#[$document])* #[doc = $title] pub const $name: &str = $code;)*
            /// Code and title of every diagnostic of this crate.
            pub const ALL: &[(&str, &str)] = &[$(($code, $title)),*];
        }
    };
}

codes! {
    NOT_XML = "P001", "the file is not well-formed XML";
    ENCODING = "P002", "the file is neither UTF-8, nor UTF-16 with a byte order mark, nor ISO-8859-1 as it says";
    DOCUMENT_TYPE = "P003", "the file has a document type declaration";
    ENTITY = "P004", "the file uses an entity that XML does not predefine";
    LIMIT = "P005", "the file exceeds a limit";
    NOT_BPMN = "P006", "the root element is not BPMN 2.0 definitions";
    NAMESPACE_PREFIX = "P007", "a namespace prefix is not declared";
    ATTRIBUTE_VALUE = "P008", "an attribute has a value that its type does not allow";
    UNKNOWN_ELEMENT = "P009", "an element of the BPMN namespace is not known at this place";
    PLACEHOLDER = "P010", "a placeholder is not known";
    REPEATED_ELEMENT = "P011", "an element that may occur once occurs again";
    NOT_DMN = "P012", "the root element is not DMN definitions";
    DUPLICATE_ID = "P101", "two elements have the same id";
    MISSING_ID = "P102", "an element that is executed has no id";
    UNKNOWN_PROCESS = "P103", "there is no process with this id";
    FLOW_SOURCE = "P104", "a sequence flow starts at something that does not exist in its scope";
    FLOW_TARGET = "P105", "a sequence flow leads to something that does not exist in its scope";
    DEFAULT_FLOW = "P106", "a default flow is not an outgoing flow of its element";
    ATTACHED_TO = "P107", "a boundary event is attached to something that is no activity of its scope";
    MESSAGE_REFERENCE = "P108", "a message is not found";
    SIGNAL_REFERENCE = "P109", "a signal is not found";
    ERROR_REFERENCE = "P110", "an error is not found";
    EVENT_DEFINITION_REFERENCE = "P111", "an event definition is not found";
    MESSAGE_NAME = "P112", "a message has no name";
    SIGNAL_NAME = "P113", "a signal has no name";
    ERROR_CODE = "P114", "a thrown error has no code";
    ESCALATION_REFERENCE = "P115", "an escalation is not found";
    ESCALATION_CODE = "P116", "a thrown escalation has no code";
    LINK = "P117", "the two ends of a link do not find each other";
    COMPENSATION = "P120", "a compensation handler, or what is to be compensated, is not found or cannot be used";
    SAME_SIGNAL_NAME = "P121", "two signals have the same name";
    START_EVENT = "P201", "there is no start event";
    SEVERAL_START_EVENTS = "P202", "a subprocess has several start events or one with a trigger";
    EVENT_BASED_GATEWAY = "P203", "an event-based gateway leads to something that does not wait for an event";
    INCOMING_FLOW = "P204", "an element has incoming flows that it cannot have";
    OUTGOING_FLOW = "P205", "an element has outgoing flows that it cannot have";
    GATEWAY_CONDITION = "P206", "a flow out of a gateway needs a condition";
    IGNORED_CONDITION = "P207", "a condition has no effect";
    UNREACHABLE = "P208", "nothing leads to an element";
    EVENT_DEFINITION_PLACE = "P209", "an event definition is not allowed on this event";
    EVENT_WITHOUT_TRIGGER = "P210", "an event that waits has nothing to wait for";
    SAME_START_EVENTS = "P211", "two start events wait for the same message or signal";
    GATEWAY_WITHOUT_FLOW = "P212", "a gateway leads nowhere";
    TRANSACTION = "P220", "a cancel event and its transaction do not fit together";
    SAME_EVENT = "P221", "two events that wait at one place cannot be told apart";
    UNREACHED_EVENT = "P222", "an event waits for something that cannot come";
    REPETITION = "P223", "a loop or quantity cannot be used";
    DATA = "P224", "a data association does not say what it copies";
    EXPRESSION = "P301", "an expression cannot be parsed";
    TIMER = "P302", "a timer value cannot be parsed";
    RETRY_CYCLE = "P303", "a retry cycle cannot be parsed";
    HANDLER = "P304", "a task does not say who does its work";
    MULTI_INSTANCE = "P305", "a multi-instance activity says neither a collection nor a count";
    MAPPING = "P306", "an input or output mapping cannot be used";
    LISTENER = "P307", "a listener cannot be used";
    EXPRESSION_LANGUAGE = "P308", "an expression is in a language that is not evaluated";
    CALLED_ELEMENT = "P310", "a call activity does not say what it calls, or asks for something unknown";
    HISTORY = "P311", "a time for which history is kept cannot be parsed";
    SCRIPT = "P330", "a script is not executed";
    NO_EFFECT = "P331", "an extension or expression has no effect";
    DECISION = "P332", "a decision is not found or cannot be decided";
    NOT_EXECUTABLE_YET = "P401", "an element is not executable yet";
    NOT_EXECUTABLE = "P402", "the process is not marked as executable";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ordered() {
        assert!(codes::ALL.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn positions_count_lines_columns_and_bytes() {
        assert_eq!(Position::START.after("aä\nb"), Position { line: 2, column: 2, offset: 5 });
        let text = "a\rb\r\nc";
        for (to, line, column) in [(2, 2, 1), (3, 2, 2), (4, 2, 3), (5, 3, 1), (6, 3, 2)] {
            let place = Position::START.forward(text, to);
            assert_eq!((place.line, place.column), (line, column), "{to}");
            assert_eq!(
                Position::START.forward(text, 4).forward(text, to.max(4)),
                Position::START.forward(text, to.max(4))
            );
        }
    }
}
