//! What stands between a plugin and its site: a package becomes deployments and resources ([`mod@prepare`]), its handlers ask
//! the own mailbox ([`directory`]), and what they plan to send becomes the Task that goes out ([`call`]).
//!
//! No socket, no file, no clock: a site, the simulator and scenarios host plugins alike, each over a mailbox of its own.
#![warn(missing_docs)]

pub mod call;
pub mod directory;
pub mod limits;
pub mod mailbox;
pub mod prepare;
