//! Values of attributes have the type of the schema: truth values, numbers, names, one of a list.
//!
//! **Why it is bad.** Readers take what they cannot read for the default, or refuse the file.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="«yes»"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true"/>
//! ```
//! **How to fix.** Write one of the values that the message names.

use crate::lint::schema::Violated;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.report_schema(Violated::Value, findings);
}
