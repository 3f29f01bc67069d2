//! The forms in which findings leave the program, each in a file of its own.

pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;
