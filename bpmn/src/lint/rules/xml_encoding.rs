//! A file is encoded in UTF-8, or in UTF-16 with a byte order mark, or says truthfully that it is ISO-8859-1.
//!
//! **Why it is bad.** Names with letters outside ASCII come out wrong, or the file is refused, depending on the reader.
//!
//! **Bad**
//! ```xml
//! «<»?xml version="1.0" encoding="windows-1252"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="ü"/>
//! ```
//! **Good**
//! ```xml
//! <?xml version="1.0" encoding="UTF-8"?>
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="ü"/>
//! ```
//! **How to fix.** Save the file as UTF-8.

use crate::lint::document::ProblemKind;
use crate::lint::{File, Findings};

use super::xml_well_formed::report;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    report(file, findings, &[ProblemKind::Encoding]);
}
