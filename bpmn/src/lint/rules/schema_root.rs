//! The root element is `definitions` of the BPMN 2.0 namespace.
//!
//! **Why it is bad.** Everything else is some other kind of file, or BPMN 1 or a draft, which no engine reads.
//!
//! **Bad**
//! ```xml
//! «<definitions» xmlns="http://www.omg.org/spec/BPMN/2.0"/>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"/>
//! ```
//! **How to fix.** Export the model as BPMN 2.0. If only the namespace is wrong, correct it.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Root, findings);
}
