//! A durable, ordered map of bytes: the one place of a site that writes to disk.
//!
//! Start with [`Store`] (what a store promises), [`Batch`] (what one commit says) and [`Committer`] (how the
//! commits of many owners become one durable write). [`open`] chooses the implementation by one configuration
//! key. The crate never looks into keys or values; [`record`] holds the envelope that those who do share.

pub mod conformance;
pub mod limits;
pub mod record;

mod batch;
mod commit;
mod committer;
mod directory;
mod fjall;
mod group;
mod key;
mod memory;
mod open;
mod sled;
mod stop;
mod store;

pub use batch::{Batch, Fence, Precondition, Write};
pub use commit::{CommitError, Outcome};
pub use committer::{Committer, OnDone, Statistics};
pub use key::prefix_end;
pub use memory::Memory;
pub use open::{Kind, OpenError, Options, UnknownKind, open};
pub use store::{Entry, ReadError, Store};
