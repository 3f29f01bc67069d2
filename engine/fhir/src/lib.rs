//! FHIR R4 as a mailbox of the Data Sharing Framework needs it.
//!
//! Everything here is a pure function over JSON values: what a Task says, who may do what, what a search means, whether a
//! Task fits its profile. This crate knows no socket, no store and no clock; time, time zone and other resources are passed in.
//! Start with [`task`] (messages), [`access`] (rules) and [`search`] (queries).
#![warn(missing_docs)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions)]
#![cfg_attr(test, allow(clippy::indexing_slicing, reason = "a test may panic"))]

pub mod access;
pub mod allow_list;
pub mod builtin;
pub mod bundle;
pub mod definitions;
pub mod directory;
pub mod elements;
pub mod format;
mod json;
pub mod limits;
pub mod names;
pub mod outcome;
pub mod process;

pub mod profile;
pub mod references;
pub mod resource;
pub mod search;
pub mod source;

pub mod task;

pub use jiff::Timestamp;
pub use resource::{Canonical, Identifier, ResourceType};
