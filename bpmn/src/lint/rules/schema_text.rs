//! Text stands only in elements that are meant for it.
//!
//! **Why it is bad.** It has no meaning there, is dropped when the file is saved again, and is often the rest of a
//! broken tag.
//!
//! **Bad**
//! ```xml
//! <process id="p">«stray»<task id="t"/></process>
//! ```
//! ```xml
//! <process id="p"><extensionElements>«stray»<camunda:properties/></extensionElements></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><documentation>meant</documentation><task id="t"/></process>
//! ```
//! **How to fix.** Remove it, or put it into `documentation` or a text annotation.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Text, findings);
}
