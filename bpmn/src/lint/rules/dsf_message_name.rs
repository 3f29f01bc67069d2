//! What waits for a message names one that has a name.
//!
//! **Why it is bad.** The name is how a Task is brought to the process: without it none arrives.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//! </process>
//! «<message» id="m"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//! </process>
//! <message id="m" name="start"/>
//! ```
//! **How to fix.** Set `messageRef`, and the name of the message.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (node, definition) in zeebe::waiting_for_messages(file) {
        match file.attribute_target(definition, "messageRef").filter(|target| target.is("message")) {
            None => {
                findings.on(node, "the event names no message").help("set messageRef");
            }
            Some(message) if message.label().is_none() => {
                findings.on(message, "the message has no name").related(node.head(), "it is waited for here");
            }
            Some(_) => {}
        }
    }
}
