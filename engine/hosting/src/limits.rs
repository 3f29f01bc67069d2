//! Every bound of hosting, named, with unit and reason.

/// Entries that a plugin's directory or search call may get.
pub const DIRECTORY_ENTRIES_MAX: usize = 10_000;
