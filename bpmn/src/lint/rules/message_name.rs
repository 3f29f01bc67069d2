//! A message that an executable process waits for has a name.
//!
//! **Why it is bad.** What arrives is matched by its name.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <receiveTask id="r" messageRef="m"/>
//! </process>
//! «<message» id="m"/>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s">«<messageEventDefinition»/></startEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<startEvent» id="s"><messageEventDefinition messageRef="m"/></startEvent>
//! </process>
//! <message id="m" name="paid-${year}"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <receiveTask id="r" messageRef="m"/>
//! </process>
//! <message id="m" name="paid"/>
//! ```
//! **How to fix.** Name the message.

use crate::expression::has_unified;
use crate::lint::zeebe;
use crate::lint::{File, Findings, Target};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    // For Camunda 8 and for the framework there are rules that know more.
    if matches!(file.target(), Some(Target::Camunda8(..))) || file.is_dsf() {
        return;
    }
    let mut reported = BTreeSet::new();
    for (node, definition) in zeebe::waiting_for_messages(file) {
        let message = file.attribute_target(definition, "messageRef").filter(|target| target.is("message"));
        if let Some(message) =
            message.filter(|message| message.label().is_none() && reported.insert(message.index()))
        {
            findings.on(message, "the message has no name").related(node.head(), "it is waited for here");
        }
        let is_named = ["messageRef", "operationRef"].iter().any(|name| definition.attribute(name).is_some())
            || definition.child("operationRef").is_some();
        if !node.is("receiveTask") && !is_named {
            findings.on(definition, "the event names no message").help("set messageRef");
        }
        let name = message.and_then(|message| message.attribute("name")).unwrap_or_default();
        let starts_process = node.is("startEvent") && node.parent().is_some_and(|scope| scope.is("process"));
        if starts_process && has_unified(name) {
            let text = format!("`{name}` is computed, and there is no instance yet that could do so");
            findings.on(node, text).help("name the message literally");
        }
    }
}
