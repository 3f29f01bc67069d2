//! A file is encoded in UTF-8, or in UTF-16 with a byte order mark, or says truthfully that it is ISO-8859-1.
//!
//! **Why it is bad.** Names with letters outside ASCII come out wrong, or the file is refused, depending on the reader. Where
//! there are none it is a warning: many readers refuse the declaration alone.
//!
//! **Bad**
//! ```xml
//! «<»?xml version="1.0" encoding="windows-1252"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="ü"/>
//! ```
//! ```xml
//! «<»?xml version="1.0" encoding="windows-1252"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="u"/>
//! ```
//! **Good**
//! ```xml
//! <?xml version="1.0" encoding="UTF-8"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="ü"/>
//! ```
//! **How to fix.** Save the file as UTF-8.

use crate::lint::document::ProblemKind;
use crate::lint::encoding::declares_unread;
use crate::lint::{File, Findings, Level, Span};

use super::xml_well_formed::report;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let is_encoding = |kind: ProblemKind| kind == ProblemKind::Encoding;
    if file.document().problems.iter().any(|problem| is_encoding(problem.kind)) {
        report(file, findings, &[ProblemKind::Encoding]);
    } else if let Some(name) = declares_unread(file.document().text()) {
        let message = format!("the encoding {name} is read by few; save the file as UTF-8");
        findings.at(Span::new(0, 1), message).at_most(Level::Warning);
    }
}
