//! Attributes are those of the schema of BPMN 2.0, and required ones are there.
//!
//! **Why it is bad.** A misspelt attribute has no effect, and without a required one the element says nothing.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="t" «nmae»="Send"/></process>
//! ```
//! ```xml
//! <process id="p"><task id="t"/>«<sequenceFlow» id="f" sourceRef="t"/></process>
//! ```
//! ```xml
//! <process id="p"><task id="t"><incoming «id="i"»>f</incoming></task><task id="u"/><sequenceFlow id="f" sourceRef="u" targetRef="t"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="t" name="Send" camunda:class="a.B"/></process>
//! ```
//! **How to fix.** Correct the name. Attributes of engines are written with the prefix of their namespace.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Attribute, findings);
}
