//! A model has no document type declaration and no entities but the five of XML.
//!
//! **Why it is bad.** An external entity makes the reader open files or addresses of the author's choice, and entities
//! that contain entities exhaust memory. Tessera does not read them, and other engines should not.
//!
//! **Bad**
//! ```xml
//! «<!DOCTYPE» x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"/>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"/>
//! ```
//! **How to fix.** Remove the declaration and write the text itself where the entity stood.

use crate::lint::document::ProblemKind;
use crate::lint::{File, Findings};

use super::xml_well_formed::report;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    report(file, findings, &[ProblemKind::DocumentType]);
}
