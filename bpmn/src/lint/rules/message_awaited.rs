//! What one process of a collaboration sends, another waits for.
//!
//! **Why it is bad.** The two halves of an exchange do not fit: the message arrives and is refused, or waits until it
//! expires, and whoever sent it never gets on. Looked at where the other side is in the same file; a message that leads to a
//! pool without content is believed.
//!
//! **Bad**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y" processRef="q"/>
//!   <messageFlow id="f" sourceRef="a" targetRef="s"/>
//! </collaboration>
//! <process id="p" isExecutable="true">
//!   <startEvent id="b"/>
//!   «<sendTask» id="a" messageRef="ask"/>
//! </process>
//! <process id="q" isExecutable="true">
//!   <startEvent id="s"><messageEventDefinition id="d" messageRef="reply"/></startEvent>
//! </process>
//! <message id="ask" name="ask"/>
//! <message id="reply" name="reply"/>
//! ```
//! **Good**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y" processRef="q"/>
//!   <messageFlow id="f" sourceRef="a" targetRef="s"/>
//! </collaboration>
//! <process id="p" isExecutable="true">
//!   <startEvent id="b"/>
//!   <sendTask id="a" messageRef="ask"/>
//! </process>
//! <process id="q" isExecutable="true">
//!   <startEvent id="s"><messageEventDefinition id="d" messageRef="ask"/></startEvent>
//! </process>
//! <message id="ask" name="ask"/>
//! ```
//! **How to fix.** Let both ends name the same message, or lead the message flow to who waits for it.

use crate::lint::exchange::{self, Party};
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let senders = exchange::senders(file);
    if senders.is_empty() || file.named("participant").len() < 2 {
        return;
    }
    let receivers = exchange::receivers(file);
    let is_whole = exchange::is_whole(file);
    for sender in &senders {
        let Some(message) = sender.message else { continue };
        let mut targets = exchange::partners(file, sender.node, "sourceRef").peekable();
        if targets.peek().is_none() {
            let is_awaited = receivers
                .iter()
                .any(|receiver| may_take(receiver, message) && receiver.process != sender.process);
            if is_whole && !is_awaited {
                findings
                    .on(
                        sender.node,
                        format!("no other process of this file waits for the message `{message}`"),
                    )
                    .help("let somebody wait for it, or draw the pool that it goes to");
            }
            continue;
        }
        for target in targets.filter(|target| !is_taken(file, &receivers, *target, message)) {
            findings
                .on(sender.node, format!("`{}` does not wait for the message `{message}`", target.title()))
                .related(target.head(), "it is sent here")
                .help("let both ends name the same message");
        }
    }
}

fn may_take(receiver: &Party<'_>, message: &str) -> bool {
    receiver.message.is_none_or(|awaited| awaited == message)
}

/// Whether an element or a pool waits for a message, as far as this file can tell.
fn is_taken<'d>(file: &File<'d>, receivers: &[Party<'d>], target: Node<'d>, message: &str) -> bool {
    let mut of_target = receivers.iter().filter(|receiver| receiver.node == target).peekable();
    if of_target.peek().is_some() {
        return of_target.any(|receiver| may_take(receiver, message));
    }
    if !target.is("participant") {
        // A subprocess, or an activity whose reading of the message is not modelled.
        return true;
    }
    let Some(process) = exchange::process_behind(file, target) else { return true };
    let mut within = receivers.iter().filter(|receiver| receiver.process == process.index()).peekable();
    within.peek().is_none() || within.any(|receiver| may_take(receiver, message))
}
