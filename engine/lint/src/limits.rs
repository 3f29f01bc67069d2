//! Every bound of this crate, named, with unit and reason. Files are bounded where they are read, in the crates below.

/// Items of one Questionnaire that are looked at; people answer a few dozen.
pub const QUESTIONNAIRE_ITEMS_MAX: usize = 10_000;

/// Profiles that are made from each other; DSF has two.
pub const BASES_MAX: usize = 16;

/// Processes of a run that may share the name of a message before it says nothing about who talks to whom.
pub const NAMESAKES_MAX: usize = 8;

/// Names in the scope of one capability; a plugin sends a handful of messages.
pub const CAPABILITY_SCOPES_MAX: usize = 1_000;

/// Bytes of an XML file that are read to find out whether it is a model; its root stands there.
pub const XML_START_BYTES: usize = 64 * 1024;

/// Configurations that extend each other.
pub const EXTENDS_MAX: usize = 32;

/// Lines that may differ between two texts before all of them are shown as replaced; the search takes its square in memory.
pub const DIFFERENCES_MAX: usize = 1_000;

/// Characters of a line that are shown on either side of a finding.
pub const FRAME_COLUMNS: usize = 100;

/// Names that a message lists; more do not help.
pub const NAMES_SHOWN: usize = 5;

/// Letters by which a url may differ from another and still be meant as that one.
pub const MISSPELT_LETTERS_MAX: usize = 2;
/// Bytes of a url that is compared letter by letter; that takes time by the square of its length.
pub const MISSPELT_BYTES_MAX: usize = 256;
