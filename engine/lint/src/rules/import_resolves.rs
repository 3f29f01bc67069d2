//! A BPMN file that is imported is there.
//!
//! **Why it is bad.** What the model refers to in it is missing: references stay unresolved, and a call finds no process. Looked at
//! where the location is a relative path and several files are checked; what a network would have to be asked for is the
//! matter of `remote-import`.
//!
//! **Bad**:
//! ```xml bpe/a.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   «<import» importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="missing.bpmn" namespace="n"/>
//! </definitions>
//! ```
//! ```xml bpe/b.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>
//! ```
//! **Good**:
//! ```xml bpe/a.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="../bpe/b.bpmn" namespace="n"/>
//! </definitions>
//! ```
//! ```xml bpe/b.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>
//! ```
//! **How to fix.** Correct the location, or check the imported file in the same run.

use tessera_bpmn::model::NAMESPACE;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for model in package.models() {
        let Some(file) = package.files.get(model.file) else { continue };
        let root = model.value.document.root();
        for import in root.into_iter().flat_map(|root| root.children_named("import")) {
            let location = import.attribute("location").unwrap_or_default().trim();
            let is_relative = !location.is_empty() && !location.starts_with('/') && !location.contains(':');
            if !is_relative || import.attribute("importType") != Some(NAMESPACE) {
                continue;
            }
            let path = resolved(&file.path, location);
            if package.exchange.has_several_files() && !package.exchange.has_file(&path) {
                found.at(
                    model.file,
                    import.head(),
                    format!("`{path}` is not among the files that are checked"),
                );
            }
        }
    }
}

/// A location as seen from a file.
fn resolved(file: &str, location: &str) -> String {
    let folder = file.rsplit_once('/').map(|(folder, _)| folder);
    let mut path: Vec<&str> = folder.into_iter().flat_map(|folder| folder.split('/')).collect();
    for part in location.split('/') {
        match part {
            "." | "" => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path.join("/")
}
