//! Process plugins tried out without a site: real components in the sandbox ([`plugins`]), over mailboxes in memory
//! ([`mailbox`]); and whole networks of organisations with such plugins in the simulator ([`federation`]), as a
//! [`description`] says, judged by how they [`end`].
//!
//! What decides is production code, as everywhere; here is only what a process developer needs around it. No file, no
//! socket, no clock: bytes of plugins come in, findings go out.
#![warn(missing_docs)]

pub mod description;
pub mod end;
pub mod faults;
pub mod federation;
pub mod mailbox;
pub mod plugins;
