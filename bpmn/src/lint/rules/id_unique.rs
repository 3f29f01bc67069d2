//! An id occurs once in a file.
//!
//! **Why it is bad.** A reference to it means one of the two; which, depends on the reader.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="a"/><task id="«a»"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/><task id="b"/></process>
//! ```
//! **How to fix.** Rename one of them, in the diagram and in references too. Merged files are the usual cause.

use crate::lint::{File, Findings};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut first = BTreeMap::new();
    for (node, span) in file.schema().identified.iter().copied() {
        let id = span.of(file.document().text());
        if id.is_empty() {
            continue;
        }
        match first.get(id).copied() {
            None => {
                first.insert(id, span);
            }
            Some(earlier) => {
                findings
                    .at(span, format!("the id `{id}` occurs twice"))
                    .about(node.id().unwrap_or_default())
                    .help("rename one of them")
                    .related(earlier, "it occurs here first");
            }
        }
    }
}
