//! Who names both a message and an operation names the message of that operation.
//!
//! **Why it is bad.** A receiver takes the message that goes into its operation, and a sender the one that its partner's
//! operation takes. Two different messages leave open which of them is meant (BPMN 2.0, 10.3.3 and 10.5.5).
//!
//! **Bad**
//! ```xml
//! <message id="order" name="order"/><message id="bill" name="bill"/>
//! <interface id="i" name="shop"><operation id="take" name="take"><inMessageRef>order</inMessageRef></operation></interface>
//! <process id="p">
//!   <receiveTask id="r" operationRef="take" messageRef="«bill»"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <message id="order" name="order"/><message id="bill" name="bill"/>
//! <interface id="i" name="shop"><operation id="take" name="take"><inMessageRef>order</inMessageRef></operation></interface>
//! <process id="p">
//!   <receiveTask id="r" operationRef="take" messageRef="order"/>
//! </process>
//! ```
//! **How to fix.** Name the message of the operation, or another operation.

use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.all(&["receiveTask", "sendTask", "messageEventDefinition"]) {
        let Some(message) = file.attribute_target(node, "messageRef") else { continue };
        let Some(operation) = operation(file, node).filter(|operation| operation.is("operation")) else {
            continue;
        };
        let taken = operation.child("inMessageRef");
        let Some(taken) = taken.and_then(|reference| file.referenced(reference.text().trim())) else {
            continue;
        };
        if taken.index() != message.index() {
            findings
                .on_attribute(
                    node,
                    "messageRef",
                    format!(
                        "the operation `{}` takes `{}`, not `{}`",
                        operation.title(),
                        taken.title(),
                        message.title()
                    ),
                )
                .related(operation.head(), "the operation");
        }
    }
}

/// Tasks name their operation by an attribute, event definitions by an element.
fn operation<'d>(file: &File<'d>, node: Node<'d>) -> Option<Node<'d>> {
    let by_child = || file.referenced(node.child("operationRef")?.text().trim());
    file.attribute_target(node, "operationRef").or_else(by_child)
}
