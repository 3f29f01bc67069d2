//! Scenes: small fixed pieces of a process, each about one thing that blocks do not have, written as text. A scene says what
//! its elements are, what its handlers write and must see, and in which order what ends; `model` makes BPMN of it, `way`
//! what the oracle expects. A new scene is one constant and one line in [`ALL`].
//!
//! In all texts `#` is the number of the block, and `$process` that of its process: what reaches beyond an instance needs
//! both. A line of a body is XML (`<…`), a chain of sequence flows (`a -> b -> c`, `a -> b ? condition`), a timer (`timer id
//! milliseconds kind attributes`), or a service task with its instructions: `tell id: local name word; process name word; see
//! name word; error red|blue|-`. Of errors the conversation chooses one. What a word stands for says `content::value`.

mod calls;
mod data;
mod errors;
mod events;
mod messages;
mod people;
mod tokens;
pub(crate) mod way;

/// A piece of a process with one way in and one way out. It begins with `begin#`, ends with `finish#`, and is the content
/// of a subprocess.
#[derive(Debug, PartialEq, Eq)]
pub struct Scene {
    /// What it is about.
    pub name: &'static str,
    /// Root elements that only it refers to.
    pub definitions: &'static str,
    /// Elements, flows and handlers.
    pub body: &'static str,
    /// What ends, and in which order.
    pub way: &'static str,
    /// What its call activity calls.
    pub called: Option<&'static Self>,
    /// It speaks to its conversation or to its site, so that it must not be there twice at once.
    pub once: bool,
}

impl Scene {
    const fn new(name: &'static str, body: &'static str, way: &'static str) -> Self {
        Self { name, definitions: "", body, way, called: None, once: false }
    }

    const fn once(mut self) -> Self {
        self.once = true;
        self
    }
}

/// What a process does that a condition has started.
pub(crate) const STARTED: &Scene = &people::STARTED;

/// All of them, as parts of a process.
pub const ALL: &[&Scene] = &[
    &calls::MAPPED,
    &calls::FAILED,
    &calls::HUNG_UP,
    &data::SHADOWED,
    &data::MAPPED,
    &data::COLLECTED,
    &data::ENOUGH,
    &data::COMPUTED,
    &data::LISTENED,
    &errors::CODES,
    &errors::RESCUED,
    &errors::CANCELLED,
    &errors::UNDONE_ONCE,
    &events::CONDITION,
    &events::ESCALATED,
    &events::SIGNAL,
    &events::OWN_SIGNAL,
    &events::MESSAGE,
    &events::MESSAGE_HEARD,
    &events::ALIAS,
    &events::LATE_START,
    &events::CYCLE,
    &events::DATE,
    &messages::QUEUED,
    &messages::AMBIGUOUS,
    &people::COMPLETED,
    &people::REFUSED,
    &people::FLAGGED,
    &people::MOVED,
    &people::TOLD,
    &people::CORRELATED,
    &people::ANNOUNCED,
    &tokens::TERMINATED,
    &tokens::ROUNDS,
    &tokens::JOINED_TWICE,
];
