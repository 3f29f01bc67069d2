//! What waits for a message names it, and the message has a name.
//!
//! **Why it is bad.** The engine refuses the deployment: it could never be woken.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<receiveTask» id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <receiveTask id="a" messageRef="m"/>
//! </process>
//! <message id="m" name="paid"><extensionElements>
//!   <zeebe:subscription correlationKey="=order"/>
//! </extensionElements></message>
//! ```
//! **How to fix.** Set `messageRef`, and the name of the message.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (node, definition) in zeebe::waiting_for_messages(file) {
        match file.attribute_target(definition, "messageRef").filter(|target| target.is("message")) {
            None => {
                findings.on(node, format!("{} names no message", zeebe::kind(node))).help("set messageRef");
            }
            Some(message) if message.label().is_none() => {
                findings.on(message, "the message has no name").related(node.head(), "is waited for here");
            }
            Some(_) => {}
        }
    }
}
