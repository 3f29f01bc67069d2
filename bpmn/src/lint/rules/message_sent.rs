//! What one process of a collaboration waits for, another sends.
//!
//! **Why it is bad.** It waits for ever. Looked at where everybody who takes part is in the file with a process: a pool
//! without content could send it. What starts a process may come from anywhere.
//!
//! **Bad**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y" processRef="q"/>
//! </collaboration>
//! <process id="p" isExecutable="true">
//!   <startEvent id="b"/>
//!   «<receiveTask» id="a" messageRef="reply"/>
//! </process>
//! <process id="q" isExecutable="true">
//!   <startEvent id="s"/>
//!   <sendTask id="t" messageRef="ask"/>
//! </process>
//! <message id="ask" name="ask"/>
//! <message id="reply" name="reply"/>
//! ```
//! **Good**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y" processRef="q"/>
//! </collaboration>
//! <process id="p" isExecutable="true">
//!   <startEvent id="b"/>
//!   <receiveTask id="a" messageRef="reply"/>
//! </process>
//! <process id="q" isExecutable="true">
//!   <startEvent id="s"/>
//!   <sendTask id="t" messageRef="reply"/>
//! </process>
//! <message id="reply" name="reply"/>
//! ```
//! **How to fix.** Let the partner send it, or draw the pool that it comes from.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let exchange = file.exchange();
    // Whoever does not say what it sends may send anything.
    if !exchange.is_whole || exchange.senders.iter().any(|sender| sender.message.is_none()) {
        return;
    }
    for receiver in &exchange.receivers {
        let Some(message) = receiver.message else { continue };
        let starts_process =
            receiver.node.is("startEvent") && receiver.node.parent().is_some_and(|scope| scope.is("process"));
        if !starts_process && !exchange.is_reached(receiver.node) && !exchange.is_sent_to(receiver) {
            findings
                .on(receiver.node, format!("no other process of this file sends the message `{message}`"))
                .help("let the partner send it, or draw the pool that it comes from");
        }
    }
}
