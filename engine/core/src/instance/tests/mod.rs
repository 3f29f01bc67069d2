//! Behaviour of the interpreter: a run of one instance for the element tests, and the properties that hold for all.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks for one thing and lets the rest be")]

pub(super) mod coverage;
mod flows;
mod properties;
pub(super) mod run;
mod soundness;
