//! Whether a message has another half among the files of the run is decided, or it is said that it is not.
//!
//! **Why it is bad.** The rules `message-awaited` and `message-sent` are silent where nothing shows who talks to whom. Here one
//! process of the package sends a message that no file of the run waits for, and another waits for one that no file sends: two
//! halves that do not fit, or two that belong to others.
//!
//! **Bad**
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="order"/>
//!   <process id="asking" isExecutable="true">«<sendTask» id="send" messageRef="m"/></process>
//! </definitions>
//! ```
//! ```xml bpe/reply.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ordr"/>
//!   <process id="replying" isExecutable="true">
//!     <startEvent id="asked"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//!   </process>
//! </definitions>
//! ```
//! **Good**
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="order"/>
//!   <process id="asking" isExecutable="true"><sendTask id="send" messageRef="m"/></process>
//! </definitions>
//! ```
//! ```xml bpe/reply.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="order"/>
//!   <process id="replying" isExecutable="true">
//!     <startEvent id="asked"><messageEventDefinition id="d" messageRef="m"/></startEvent>
//!   </process>
//! </definitions>
//! ```
//! **How to fix.** Let both ends name the same message; draw who else it goes to as a pool.

use std::collections::BTreeSet;

use crate::package::{Address, Package, Partner};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let partners: Vec<&Partner> = package
        .models()
        .filter_map(|model| Some((package.files.get(model.file)?, model.value)))
        .flat_map(|(file, model)| model.processes.iter().map(move |process| (file, process)))
        .filter_map(|(file, process)| package.exchange.partner(&file.path, process))
        .collect();
    let waiting: Vec<(&Partner, &str)> =
        partners.iter().filter_map(|partner| Some((*partner, partner.unsent()?))).collect();
    if waiting.is_empty() {
        return;
    }
    for model in package.models() {
        let Some(file) = package.files.get(model.file) else { continue };
        // A pool without content is who else it goes to.
        let pools = model.participants.keys();
        if pools.into_iter().any(|pool| package.exchange.pool(&file.path, model.value, pool).is_none()) {
            continue;
        }
        let drawn: BTreeSet<&str> = model.message_flows.iter().map(|(source, _)| source.as_str()).collect();
        for process in model.value.processes.iter().filter(|process| process.is_executable) {
            let own = package.exchange.partner(&file.path, process);
            let other =
                waiting.iter().find(|(partner, _)| own.is_none_or(|own| !std::ptr::eq(*partner, own)));
            let (Some((other, awaited)), Some(circle)) =
                (other, package.exchange.around(&file.path, process))
            else {
                continue;
            };
            for send in process.sends.iter().filter(|send| !drawn.contains(send.element.as_str())) {
                let Address::Name(message) = send.address() else { continue };
                if package.exchange.is_awaited(message) || circle.nobody_waits(message).is_some() {
                    continue;
                }
                let text = format!(
                    "no file waits for the message `{message}`; whether somebody else does is not decided"
                );
                let help =
                    format!("`{}` in {} waits for `{awaited}`, which nobody sends", other.title, other.path);
                found.at(model.file, send.span, text).help(help).about(send.element.clone());
            }
        }
    }
}
