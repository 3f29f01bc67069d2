//! Bytes to model. Nothing is executed or resolved here; a model that reads without errors may still not compile.
//!
//! [`substitute`] comes first where a plugin's placeholders are to be replaced; [`read`] does the rest. Reading never
//! panics, takes time linear in the file, and reports everything that it can, not just the first problem.

mod document;
pub(crate) mod encoding;
mod placeholder;

pub use placeholder::{Placeholders, Substituted, substitute};

use crate::diagnostic::{Diagnostic, Findings, Severity, codes};
use crate::model::{self, Definitions};
use crate::xml::Element;

/// Ends a reading.
struct Fatal(Box<Diagnostic>);

impl From<Diagnostic> for Fatal {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The model; `None` if the file is not XML or not BPMN.
    pub model: Option<Definitions>,
    /// Everything that was found, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// The model if it was read without errors, or else everything that was found.
    pub fn into_result(self) -> Result<Definitions, Vec<Diagnostic>> {
        let flawless = self.diagnostics.iter().all(|finding| finding.severity != Severity::Error);
        match self.model {
            Some(model) if flawless => Ok(model),
            _ => Err(self.diagnostics),
        }
    }
}

/// The XML of any file, bounded as a model is; `None` if it is not XML, which is then among the findings.
pub(crate) fn tree(bytes: &[u8], findings: &mut Findings) -> Option<Element> {
    match encoding::decode(bytes) {
        Ok(text) => document::document(&text, findings),
        Err(Fatal(finding)) => {
            findings.add(*finding);
            None
        }
    }
}

/// Reads a model file.
///
/// ```
/// use tessera_bpmn::read::read;
///
/// let reading = read(b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'/></definitions>");
/// assert_eq!(reading.model.unwrap().processes().count(), 1);
/// assert_eq!(read(b"<html/>").diagnostics[0].code, "P006");
/// ```
pub fn read(bytes: &[u8]) -> Reading {
    let mut findings = Findings::default();
    let root = tree(bytes, &mut findings);
    model(root, findings)
}

fn model(root: Option<Element>, mut findings: Findings) -> Reading {
    let model = root.and_then(|root| {
        if root.name.is(model::NAMESPACE, "definitions") {
            return Some(model::from_xml(root, &mut findings));
        }
        let message = format!("the root element is `{}`, not BPMN 2.0 `definitions`", root.name.local);
        let help = format!(
            "BPMN 2.0 models have the root element `definitions` of the namespace {}",
            model::NAMESPACE
        );
        findings.add(Diagnostic::error(codes::NOT_BPMN, message, root.position).help(help));
        None
    });
    Reading { model, diagnostics: findings.into_sorted() }
}
