//! What a site remembers around its instances, as bytes: where everything lives (`keys`), what is stored there
//! (`records`), which index entries an instance has (`index`), which values live beside its record (`values`),
//! who can be started (`deployments`). Pure data and functions: when what is read and written is the driver's matter.

pub(crate) mod deployments;
pub(crate) mod describe;
pub(crate) mod index;
pub mod inspect;
pub(crate) mod keys;
pub(crate) mod placement;
pub(crate) mod records;
pub(crate) mod values;
