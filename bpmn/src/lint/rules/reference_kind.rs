//! A reference names an element of the right kind.
//!
//! **Why it is bad.** A message event that refers to a signal, or a flow that leads to a lane, means nothing that can
//! be executed.
//!
//! **Bad**
//! ```xml
//! <signal id="s" name="stop"/>
//! <process id="p"><receiveTask id="t" messageRef="«s»"/></process>
//! ```
//! **Good**
//! ```xml
//! <message id="m" name="stop"/>
//! <process id="p"><receiveTask id="t" messageRef="m"/></process>
//! ```
//! **How to fix.** Refer to an element of the kind that the message names.

use crate::lint::Space;
use crate::lint::schema::reference;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for found in &file.schema().references {
        let Some(allowed) = reference::allowed(found.node.name(), found.role) else { continue };
        let written = found.span.of(file.document().text()).trim();
        let Some(target) = file.referenced(written) else { continue };
        if target.space() == Space::Bpmn && allowed.contains(&target.name()) {
            continue;
        }
        let kind = match allowed {
            [one] => format!("a `{one}`"),
            [..] if allowed.contains(&"startEvent") => "an activity, event or gateway".to_owned(),
            [..] if allowed.contains(&"serviceTask") => "an activity".to_owned(),
            _ => format!("one of {}", allowed.join(", ")),
        };
        findings
            .at(
                found.span,
                format!("`{}` must name {kind}; `{written}` is a `{}`", found.role, target.name()),
            )
            .about(found.node.nearest_id().unwrap_or_default())
            .related(target.head(), "this is what it names");
    }
}
