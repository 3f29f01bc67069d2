//! A file stays within the limits on size, depth and number that are named in `bpmn/src/limits.rs`.
//!
//! **Why it is bad.** A file beyond them was not drawn by a person; it is generated, or meant to exhaust the reader.
//!
//! **Bad**
//! ```xml
//! <process id="p"><documentation>«<»a><a><a><a><a><a><a><a><a><a>…</a></a></a></a></a></a></a></a></a></a></documentation></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><documentation>short</documentation></process>
//! ```
//! **How to fix.** Split the model, or keep forms and scripts outside of it. The bad example stands for elements that
//! are nested 128 deep.

use crate::lint::document::ProblemKind;
use crate::lint::{File, Findings};

use super::xml_well_formed::report;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    report(file, findings, &[ProblemKind::Limit]);
}
