//! FHIR Task as the envelope of a BPMN message: reading one, building one, moving it on.
//!
//! A received Task is parsed into a [`Message`]; a message to send is written as a [`Draft`] and built. Which status may
//! follow which, and what may change on the way, is the table in [`transition`].

mod draft;
mod message;
mod status;
pub mod transition;

pub use draft::{Draft, build, input};
pub(crate) use message::has_code;
pub use message::{Malformed, Message};
pub use status::{Status, error_output, with_business_key, with_status};
