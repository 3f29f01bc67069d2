//! Every bound of this crate, named, with unit and reason. Files are bounded where they are read, in the crates below.

/// Items of one Questionnaire that are looked at; people answer a few dozen.
pub const QUESTIONNAIRE_ITEMS_MAX: usize = 10_000;

/// Names in the scope of one capability; a plugin sends a handful of messages.
pub const CAPABILITY_SCOPES_MAX: usize = 1_000;
