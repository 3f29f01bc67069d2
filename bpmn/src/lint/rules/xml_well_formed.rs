//! The file must be well-formed XML.
//!
//! **Why it is bad.** No tool can read a file that is not, and those that try differ in what they make of it.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="a" «id»="b"/></process>
//! ```
//! ```xml
//! <process id="p"><!-- a «--»->«<?1x»?></process>
//! ```
//! ```xml
//! «<?xml» version="1.0"encoding="UTF-8"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" «xmlns:a=""» targetNamespace="t"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/></process>
//! ```
//! **How to fix.** The message says what is wrong where; everything that is wrong is reported at once. Files that a
//! modeller saved are well-formed: look for what was changed by hand or by a merge.

use crate::lint::document::ProblemKind;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    report(file, findings, &[ProblemKind::Malformed, ProblemKind::Namespace]);
}

/// Reports what reading found, by kind.
pub(super) fn report(file: &File<'_>, findings: &mut Findings<'_>, kinds: &[ProblemKind]) {
    for problem in &file.document().problems {
        if kinds.contains(&problem.kind) {
            let finding = findings.at(problem.span, problem.message.clone());
            if let Some(help) = problem.help {
                finding.help(help);
            }
        }
    }
}
