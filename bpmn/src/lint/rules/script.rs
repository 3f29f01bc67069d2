//! A model carries no scripts.
//!
//! **Why it is bad.** A script is code that came with a drawing: it runs with the rights of the engine, and nobody
//! reviewed it as code. Tessera does not run scripts.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<scriptTask» id="t" scriptFormat="groovy"><script>x = 1</script></scriptTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Compute"/>
//! </process>
//! ```
//! **How to fix.** Move it into a handler, or write an expression.

use crate::lint::zeebe;
use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes() {
        let is_script = node.is("scriptTask") || node.is_in(Space::Camunda, "script");
        if !is_script || !file.is_executed(node) || zeebe::extension(node, "script").is_some() {
            continue;
        }
        // Camunda 8 gives a script task to a job worker, or evaluates FEEL.
        if node.is("scriptTask") && zeebe::extension(node, "taskDefinition").is_some() {
            continue;
        }
        let is_elsewhere = node.attribute_in(Space::Camunda, "resource").is_some();
        if node.is("scriptTask") && node.child("script").is_none() && !is_elsewhere {
            continue;
        }
        findings.on(node, "the model carries a script").help("move it into a handler");
    }
}
