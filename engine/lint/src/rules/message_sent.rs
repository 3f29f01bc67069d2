//! Somebody sends each message that is waited for.
//!
//! **Why it is bad.** It waits for ever. Looked at where everybody who could send it is among the files of the run: the
//! processes that DSF messages connect with this one, the pools of one collaboration, or a process that another message
//! connects with this one and that sends something nobody takes. A pool without content could send it, and what starts a
//! process may come from anywhere.
//!
//! **Bad**:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ask"/>
//!   <message id="n" name="answer"/>
//!   <process id="asking" isExecutable="true">
//!     <sendTask id="send" messageRef="m"/>
//!     «<receiveTask» id="wait" messageRef="n"/>
//!   </process>
//! </definitions>
//! ```
//! ```xml bpe/reply.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ask"/>
//!   <message id="n" name="reply"/>
//!   <process id="replying" isExecutable="true">
//!     <startEvent id="asked"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//!     <sendTask id="send" messageRef="n"/>
//!   </process>
//! </definitions>
//! ```
//! **Good**:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ask"/>
//!   <message id="n" name="reply"/>
//!   <process id="asking" isExecutable="true">
//!     <sendTask id="send" messageRef="m"/>
//!     <receiveTask id="wait" messageRef="n"/>
//!   </process>
//! </definitions>
//! ```
//! ```xml bpe/reply.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ask"/>
//!   <message id="n" name="reply"/>
//!   <process id="replying" isExecutable="true">
//!     <startEvent id="asked"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//!     <sendTask id="send" messageRef="n"/>
//!   </process>
//! </definitions>
//! ```
//! **How to fix.** Let the partner send it, or draw the pool that it comes from.

use std::collections::BTreeSet;

use crate::package::{Missing, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for model in package.models() {
        let Some(file) = package.files.get(model.file) else { continue };
        let reached: BTreeSet<&str> = model.message_flows.iter().map(|(_, target)| target.as_str()).collect();
        for process in model.value.processes.iter().filter(|process| process.is_executable) {
            let Some(circle) = package.exchange.around(&file.path, process) else { continue };
            for receive in process.receives.iter().filter(|receive| !receive.starts_process) {
                let Some(message) = receive.message.as_deref() else { continue };
                let missing =
                    (!reached.contains(receive.element.as_str())).then(|| circle.nobody_sends(message));
                let (text, help) = match missing.flatten() {
                    None => continue,
                    Some(Missing::Everybody) => (
                        format!("none of those that take part sends the message `{message}`"),
                        "let a partner send it, or draw the pool that it comes from".to_owned(),
                    ),
                    Some(Missing::Instead(partner, other)) => (
                        format!("nobody sends the message `{message}`"),
                        format!(
                            "`{}` in {} sends `{other}`, which nobody waits for",
                            partner.title, partner.path
                        ),
                    ),
                };
                found.at(model.file, receive.span, text).help(help).about(receive.element.clone());
            }
        }
    }
}
