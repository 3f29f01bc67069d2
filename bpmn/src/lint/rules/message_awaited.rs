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

use crate::lint::exchange::{Exchange, process_behind};
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if file.named("participant").len() < 2 {
        return;
    }
    let exchange = file.exchange();
    for sender in &exchange.senders {
        let Some(message) = sender.message else { continue };
        let targets = exchange.targets(sender.node);
        if targets.is_empty() && exchange.is_whole && !exchange.is_awaited_from(sender) {
            findings
                .on(sender.node, format!("no other process of this file waits for the message `{message}`"))
                .help("let somebody wait for it, or draw the pool that it goes to");
        }
        for target in targets.iter().filter(|target| !is_taken(file, exchange, **target, message)) {
            findings
                .on(sender.node, format!("`{}` does not wait for the message `{message}`", target.title()))
                .related(target.head(), "it is sent here")
                .help("let both ends name the same message");
        }
    }
}

/// Whether an element or a pool takes a message, as far as this file can tell: what shows no wait at all is believed.
fn is_taken<'d>(file: &File<'d>, exchange: &Exchange<'d>, target: Node<'d>, message: &str) -> bool {
    let place = if target.is("participant") { process_behind(file, target) } else { Some(target) };
    place.and_then(|place| exchange.may_take(place, message)).unwrap_or(true)
}
