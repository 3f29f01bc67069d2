//! Elements stand where the schema of BPMN 2.0 allows them, in its order, and as often.
//!
//! **Why it is bad.** A reader that checks the schema refuses the file; one that does not drops what it does not
//! expect.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="t"/>«<laneSet» id="l"/></process>
//! ```
//! ```xml
//! <process id="p">«<gateway» id="g"/></process>
//! ```
//! ```xml
//! <process id="p"><extensionElements>«<task» id="t"/></extensionElements></process>
//! ```
//! ```xml
//! <process id="p"><task id="t"><potentialOwner>
//!   «<resourceParameterBinding» parameterRef="r"><formalExpression>1</formalExpression></resourceParameterBinding>
//! </potentialOwner></task></process>
//! <resource id="s" name="s"><resourceParameter id="r" isRequired="false"/></resource>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><laneSet id="l"/><task id="t"/></process>
//! ```
//! **How to fix.** Move the element to where the message says; what is not of BPMN belongs into `extensionElements`.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Structure, findings);
}
