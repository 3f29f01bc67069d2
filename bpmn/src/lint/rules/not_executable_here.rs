//! What is marked as executable is executed by Tessera, all of it.
//!
//! **Why it is bad.** A site refuses the plugin that brings the model, with the same words.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/>«<complexGateway» id="g"/><endEvent id="e"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow id="h" sourceRef="g" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/><task id="g"/><endEvent id="e"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow id="h" sourceRef="g" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Draw it with elements that are executed; README lists what is missing yet.

use crate::diagnostic::Severity;
use crate::lint::{Encoding, File, Findings, Node, Span};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if file.document().encoding() == Encoding::Latin1
        && let Some(root) = file.definitions()
    {
        findings.on(root, "the file is ISO-8859-1; UTF-8 and UTF-16 are read").help("save it as UTF-8");
    }
    let Some(model) = file.model() else { return };
    for process in file.named("process").iter().filter(|process| process.flag("isExecutable")) {
        let Some(id) = process.id() else { continue };
        let Err(diagnostics) = crate::compile::compile(model, id) else { continue };
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
            let start = diagnostic.position.offset;
            let node = file.document().innermost(start);
            let span = node.map(Node::head).filter(|span| span.start == start);
            let message = format!("{} ({})", diagnostic.message, diagnostic.code);
            let finding =
                findings.at(span.unwrap_or_else(|| Span::new(start, start.saturating_add(1))), message);
            if let Some(help) = &diagnostic.help {
                finding.help(help.clone());
            }
            if let Some(element) = &diagnostic.element {
                finding.about(element.clone());
            }
        }
    }
}
