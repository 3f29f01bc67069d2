//! The mailbox of a site: a FHIR endpoint over a store, which other sites reach by mutual TLS.
//!
//! [`Mailbox`] holds the interactions as async functions over an identity; the engine of the same process calls them directly.
//! [`serve`] puts HTTP and TLS in front of them. All decisions are pure functions of `tessera-fhir`; this crate adds the
//! order of things: decide against what is there, commit, and only then answer and tell the subscribers.

mod answer;
pub mod audit;
mod catalog;
mod event;
mod fault;
mod http;
pub mod inspect;
mod interaction;
mod key;
pub mod limits;
mod mailbox;
mod record;
mod settings;
mod unit;
mod view;
mod writer;

pub use answer::{Answer, Written};
pub use event::{Events, Lost};
pub use fault::Fault;
pub use http::{ServeError, TlsSettings, converse, serve, thumbprint};
pub use mailbox::{Mailbox, OpenError};
pub use settings::{Clock, Entropy, Settings};
pub use tessera_fhir::access::Identity;
