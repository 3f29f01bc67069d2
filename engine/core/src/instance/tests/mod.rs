//! Behaviour of the interpreter: a run of one instance for the element tests, and the properties that hold for all.

mod flows;
mod properties;
pub(super) mod run;
