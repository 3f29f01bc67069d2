//! A message flow names the message that its ends send and receive.
//!
//! **Why it is bad.** The diagram shows one message, and the processes exchange another.
//!
//! **Bad**
//! ```xml
//! <message id="order" name="order"/><message id="bill" name="bill"/>
//! <collaboration id="c">
//!   <participant id="a" processRef="p"/><participant id="b"/>
//!   <messageFlow id="f" sourceRef="t" targetRef="b" messageRef="«bill»"/>
//! </collaboration>
//! <process id="p"><sendTask id="t" messageRef="order"/></process>
//! ```
//! **Good**
//! ```xml
//! <message id="order" name="order"/>
//! <collaboration id="c">
//!   <participant id="a" processRef="p"/><participant id="b"/>
//!   <messageFlow id="f" sourceRef="t" targetRef="b" messageRef="order"/>
//! </collaboration>
//! <process id="p"><sendTask id="t" messageRef="order"/></process>
//! ```
//! **How to fix.** Name the same message in all three places, or leave it out at the flow.

use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow in file.named("messageFlow") {
        let Some(shown) = file.attribute_target(*flow, "messageRef") else { continue };
        for end in ["sourceRef", "targetRef"] {
            let Some(end) = file.attribute_target(*flow, end) else { continue };
            if let Some(message) = message(file, end).filter(|message| *message != shown) {
                let text = format!(
                    "the flow shows `{}`, and `{}` is about `{}`",
                    shown.title(),
                    end.title(),
                    message.title()
                );
                findings.on_attribute(*flow, "messageRef", text).related(end.head(), "the end of the flow");
                break;
            }
        }
    }
}

/// The message that a task, or the only definition of an event, names.
fn message<'d>(file: &File<'d>, node: Node<'d>) -> Option<Node<'d>> {
    let definition = node.child("messageEventDefinition").unwrap_or(node);
    file.attribute_target(definition, "messageRef").filter(|target| target.is("message"))
}
