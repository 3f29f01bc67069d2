//! What the processes of one file say to each other: who sends a message, and who waits for one.

use super::{File, Node};

/// Somebody who sends a message, or waits for one.
pub(super) struct Party<'d> {
    pub(super) node: Node<'d>,
    /// The message's name, if it is said.
    pub(super) message: Option<&'d str>,
    /// Index of the process that it is in.
    pub(super) process: u32,
}

impl<'d> Party<'d> {
    fn of(file: &File<'d>, node: Node<'d>) -> Option<Self> {
        let process = node.ancestors().find(|around| around.is("process"))?;
        if !file.is_executed(node) {
            return None;
        }
        let definition = node.child("messageEventDefinition").unwrap_or(node);
        let message = file.attribute_target(definition, "messageRef").filter(|target| target.is("message"));
        Some(Self { node, message: message.and_then(Node::label), process: process.index() })
    }
}

/// Those who send.
pub(super) fn senders<'d>(file: &File<'d>) -> Vec<Party<'d>> {
    parties(file, "sendTask", &["intermediateThrowEvent", "endEvent"])
}

/// Those who wait; start events of processes too.
pub(super) fn receivers<'d>(file: &File<'d>) -> Vec<Party<'d>> {
    parties(file, "receiveTask", &["startEvent", "intermediateCatchEvent", "boundaryEvent"])
}

fn parties<'d>(file: &File<'d>, task: &str, events: &'static [&'static str]) -> Vec<Party<'d>> {
    let events = file.all(events).filter(|event| event.child("messageEventDefinition").is_some());
    file.named(task).iter().copied().chain(events).filter_map(|node| Party::of(file, node)).collect()
}

/// Whether a participant's process is in this file and has content: then nothing else is behind it.
fn is_open(file: &File<'_>, participant: Node<'_>) -> bool {
    process_behind(file, participant)
        .is_some_and(|process| process.children().any(|child| child.is("startEvent")))
}

/// The process that a participant stands for.
pub(super) fn process_behind<'d>(file: &File<'d>, participant: Node<'_>) -> Option<Node<'d>> {
    file.referenced(participant.attribute("processRef")?).filter(|process| process.is("process"))
}

/// Whether all who take part are in the file, with their processes, and are several.
pub(super) fn is_whole(file: &File<'_>) -> bool {
    let participants = file.named("participant");
    participants.len() > 1 && participants.iter().all(|participant| is_open(file, *participant))
}

/// The other ends of the message flows that begin (`from`: `sourceRef`) or end (`targetRef`) at an element.
pub(super) fn partners<'f, 'd: 'f>(
    file: &'f File<'d>,
    node: Node<'d>,
    from: &'static str,
) -> impl Iterator<Item = Node<'d>> + 'f {
    let to = if from == "sourceRef" { "targetRef" } else { "sourceRef" };
    let flows = file.named("messageFlow").iter().copied();
    flows
        .filter(move |flow| file.attribute_target(*flow, from) == Some(node))
        .filter_map(move |flow| file.attribute_target(flow, to))
}
