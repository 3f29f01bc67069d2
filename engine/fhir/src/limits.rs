//! Every bound of this crate, named, with unit and reason.

/// Nesting of a JSON document. `serde_json` itself refuses more than 128 levels; FHIR resources stay below 30.
pub const JSON_DEPTH_MAX: usize = 64;

/// Values of a JSON document: objects, lists, texts, numbers. In memory each costs many times what it has on the wire, and the
/// largest allow lists and Tasks have some ten thousand.
pub const JSON_VALUES_MAX: usize = 250_000;

/// Parameters in one search. DSF clients send at most ten.
pub const SEARCH_PARAMETERS_MAX: usize = 64;

/// Entries of one searchset page, whatever `_count` asks for: one answer must fit in memory.
pub const SEARCH_COUNT_MAX: u32 = 1_000;

/// Entries of one searchset page when `_count` is absent (the value of DSF).
pub const SEARCH_COUNT_DEFAULT: u32 = 20;

/// Entries of one batch or transaction. The allow list of the whole German network has a few hundred.
pub const BUNDLE_ENTRIES_MAX: usize = 5_000;

/// Issues reported for one resource; the first ones say enough.
pub const ISSUES_MAX: usize = 50;

/// Base definitions that a profile may stack.
pub const PROFILE_CHAIN_MAX: usize = 8;

/// Bytes of message-name, business-key and correlation-key each: they become keys of the engine's store and columns of lists.
pub const ENVELOPE_BYTES_MAX: usize = 255;

/// Inputs or outputs of one Task.
pub const TASK_PARAMETERS_MAX: usize = 10_000;

/// Bytes of one resource file. The largest public plugin resources, test Bundles, have well under 1 MB.
pub const SOURCE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Elements within elements of a resource in XML. Reading descends this far on the stack; FHIR resources stay below 30.
pub const XML_DEPTH_MAX: usize = 64;

/// Elements of a resource in XML, or values of one in JSON.
pub const SOURCE_ELEMENTS_MAX: usize = 1_000_000;

/// Attributes of one XML element: FHIR has at most four, XHTML a few more.
pub const XML_ATTRIBUTES_MAX: usize = 64;

/// Problems reported for one resource file; the rest would only repeat.
pub const PROBLEMS_MAX: usize = 200;
