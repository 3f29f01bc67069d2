//! Somebody waits for each message that is sent.
//!
//! **Why it is bad.** The two halves of an exchange do not fit: the message arrives and is refused, or waits until it
//! expires, and whoever sent it never gets on. Looked at where the other side is among the files of the run: the process
//! that a DSF message is addressed to, the end of a message flow, the pools of one collaboration, or a process that another
//! message connects with this one. A message to anybody else, or to a pool without content, is believed.
//!
//! **Bad**, the reply has another name on the other side:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="ask"/>
//!   <message id="n" name="answer"/>
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
//!     «<sendTask» id="send" messageRef="n"/>
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
//! **How to fix.** Let both ends name the same message, or lead the message flow to who waits for it.

use std::collections::BTreeMap;

use crate::package::{Address, Circle, Missing, Model, Package, Partner, Receive, Send, Value};
use crate::report::Found;
use crate::vocabulary::{listed, process_url};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for model in package.models() {
        let Some(file) = package.files.get(model.file) else { continue };
        let mut flows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (source, target) in &model.value.message_flows {
            flows.entry(source).or_default().push(target);
        }
        let mut waits: BTreeMap<&str, Vec<&Receive>> = BTreeMap::new();
        for receive in model.value.processes.iter().flat_map(|process| &process.receives) {
            waits.entry(&receive.element).or_default().push(receive);
        }
        let targets = Targets { package, path: &file.path, model: model.value, waits };
        for process in model.value.processes.iter().filter(|process| process.is_executable) {
            let Some(circle) = package.exchange.around(&file.path, process) else { continue };
            for send in &process.sends {
                let (span, problem) = match send.address() {
                    Address::Open => continue,
                    Address::Process { id, message } => {
                        let Some(message) = message.filter(|_| !is_authorised_here(package, send)) else {
                            continue;
                        };
                        (message.span, addressed(package, &id, message))
                    }
                    Address::Name(message) => {
                        let problem = match flows.get(send.element.as_str()) {
                            Some(ends) => ends.iter().find_map(|end| targets.refuses(end, message)),
                            None => unaddressed(&circle, message),
                        };
                        (send.span, problem)
                    }
                };
                if let Some((problem, help)) = problem {
                    found.at(model.file, span, problem).help(help).about(send.element.clone());
                }
            }
        }
    }
}

/// What is wrong, and what to do.
type Problem = (String, String);

/// Whether the package has the ActivityDefinition of who receives: then `send-target` checks all of it.
fn is_authorised_here(package: &Package, send: &Send) -> bool {
    let url = send.literal("instantiatesCanonical").and_then(|target| process_url(target.text.trim()));
    url.is_some_and(|url| package.by_url("ActivityDefinition", url).is_some())
}

fn addressed(package: &Package, id: &str, message: &Value) -> Option<Problem> {
    let name = message.text.trim();
    let mut receivers = package.exchange.processes(id);
    let first = receivers.next()?;
    if first.takes(name) || receivers.any(|receiver| receiver.takes(name)) {
        return None;
    }
    Some(refused(first, id, name))
}

fn refused(receiver: &Partner, title: &str, message: &str) -> Problem {
    let problem = format!("`{title}` in {} does not wait for the message `{message}`", receiver.path);
    let awaited = listed(receiver.awaited());
    let help = if awaited.is_empty() {
        "it waits for no message".to_owned()
    } else {
        format!("it waits for {awaited}")
    };
    (problem, help)
}

fn unaddressed(circle: &Circle<'_>, message: &str) -> Option<Problem> {
    Some(match circle.nobody_waits(message)? {
        Missing::Everybody => (
            format!("none of those that take part waits for the message `{message}`"),
            "let somebody wait for it, or draw the pool that it goes to".to_owned(),
        ),
        Missing::Instead(partner, other) => {
            let problem = format!("nobody waits for the message `{message}`");
            (
                problem,
                format!("`{}` in {} waits for `{other}`, which nobody sends", partner.title, partner.path),
            )
        }
    })
}

/// Where the message flows of a model lead.
struct Targets<'p> {
    package: &'p Package,
    path: &'p str,
    model: &'p Model,
    /// What waits, by element.
    waits: BTreeMap<&'p str, Vec<&'p Receive>>,
}

impl Targets<'_> {
    /// Why the end of a message flow does not take a message; none if it does, or shows no wait at all.
    fn refuses(&self, end: &str, message: &str) -> Option<Problem> {
        if let Some(partner) = self.package.exchange.pool(self.path, self.model, end) {
            return (partner.waits() && !partner.takes(message))
                .then(|| refused(partner, &partner.title, message));
        }
        let takes = |receive: &&Receive| receive.message.as_deref().is_none_or(|name| name == message);
        let is_taken = self.waits.get(end)?.iter().any(takes);
        let problem = || format!("`{end}` does not wait for the message `{message}`");
        (!is_taken).then(|| (problem(), "let both ends name the same message".to_owned()))
    }
}
