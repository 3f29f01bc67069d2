//! A message that a running instance waits for has a correlation key.
//!
//! **Why it is bad.** The engine refuses the deployment: it could not tell which instance a message is for.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <receiveTask id="a" messageRef="m"/>
//! </process>
//! «<message» id="m" name="paid"/>
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
//! **How to fix.** Add `zeebe:subscription` with a `correlationKey` to the message.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (node, definition) in zeebe::waiting_for_messages(file) {
        let starts_process = node.is("startEvent") && node.parent().is_some_and(|scope| scope.is("process"));
        if starts_process {
            continue;
        }
        let message = file.attribute_target(definition, "messageRef").filter(|target| target.is("message"));
        let Some(message) = message else { continue };
        match zeebe::extension(message, "subscription") {
            Some(subscription) if zeebe::is_filled(subscription, "correlationKey") => {}
            Some(subscription) => {
                findings.on_attribute(subscription, "correlationKey", "the correlation key is empty");
            }
            None => {
                findings.on(
                    message,
                    format!("the message that `{}` waits for has no correlation key", node.title()),
                );
            }
        }
    }
}
