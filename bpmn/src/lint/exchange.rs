//! What the processes of one file say to each other: who sends a message, who waits for one, and what message flows connect.
//! Indexed once for all rules, so that each message costs the same however many there are.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Node, zeebe};

/// Somebody who sends a message, or waits for one, in an executed process.
pub(super) struct Party<'d> {
    pub(super) node: Node<'d>,
    /// The message's name, if it is said.
    pub(super) message: Option<&'d str>,
    /// Index of the process that it is in.
    pub(super) process: u32,
}

/// The indices of the processes that send, or wait for, each message; `None`: one that is not named.
type Processes<'d> = BTreeMap<Option<&'d str>, BTreeSet<u32>>;

/// All that one file shows of an exchange of messages.
pub(super) struct Exchange<'d> {
    /// Those who send.
    pub(super) senders: Vec<Party<'d>>,
    /// Those who wait; start events of processes too.
    pub(super) receivers: Vec<Party<'d>>,
    /// Whether all who take part are in the file, with their processes, and are several.
    pub(super) is_whole: bool,
    sent: Processes<'d>,
    awaited: Processes<'d>,
    /// The names of what each element waits for, and of all that each process waits for.
    awaited_at: BTreeMap<u32, BTreeSet<Option<&'d str>>>,
    /// Where the message flows lead that begin at an element.
    targets: BTreeMap<u32, Vec<Node<'d>>>,
    /// What a message flow leads to.
    reached: BTreeSet<u32>,
}

impl<'d> Exchange<'d> {
    /// Everything of a file.
    pub(super) fn of(file: &File<'d>) -> Self {
        let parties = |found: &mut dyn Iterator<Item = (Node<'d>, Node<'d>)>| -> Vec<Party<'d>> {
            found.filter_map(|(node, definition)| party(file, node, definition)).collect()
        };
        let senders = parties(&mut zeebe::sending_messages(file));
        let receivers = parties(&mut zeebe::waiting_for_messages(file));
        let mut awaited_at: BTreeMap<u32, BTreeSet<Option<&str>>> = BTreeMap::new();
        for receiver in &receivers {
            for place in [receiver.node.index(), receiver.process] {
                awaited_at.entry(place).or_default().insert(receiver.message);
            }
        }
        let mut targets: BTreeMap<u32, Vec<Node<'_>>> = BTreeMap::new();
        let mut reached = BTreeSet::new();
        for flow in file.named("messageFlow") {
            let ends = (file.attribute_target(*flow, "sourceRef"), file.attribute_target(*flow, "targetRef"));
            let (Some(source), Some(target)) = ends else { continue };
            targets.entry(source.index()).or_default().push(target);
            reached.insert(target.index());
        }
        let participants = file.named("participant");
        let has_content = |participant: &Node<'d>| {
            process_behind(file, *participant).is_some_and(|process| process.child("startEvent").is_some())
        };
        Self {
            is_whole: participants.len() > 1 && participants.iter().all(has_content),
            sent: processes(&senders),
            awaited: processes(&receivers),
            senders,
            receivers,
            awaited_at,
            targets,
            reached,
        }
    }

    /// Where the message flows lead that begin at an element.
    pub(super) fn targets(&self, node: Node<'_>) -> &[Node<'d>] {
        self.targets.get(&node.index()).map_or(&[], Vec::as_slice)
    }

    /// Whether a message flow leads to an element.
    pub(super) fn is_reached(&self, node: Node<'_>) -> bool {
        self.reached.contains(&node.index())
    }

    /// Whether another process sends what a receiver names.
    pub(super) fn is_sent_to(&self, receiver: &Party<'_>) -> bool {
        elsewhere(&self.sent, receiver.message, receiver.process)
    }

    /// Whether another process may take what a sender names. Whoever does not say what it waits for may take anything.
    pub(super) fn is_awaited_from(&self, sender: &Party<'_>) -> bool {
        [sender.message, None].into_iter().any(|message| elsewhere(&self.awaited, message, sender.process))
    }

    /// Whether an element, or anything in a process, may take a message; none if nothing there waits for one.
    pub(super) fn may_take(&self, place: Node<'_>, message: &str) -> Option<bool> {
        let awaited = self.awaited_at.get(&place.index())?;
        Some(awaited.contains(&None) || awaited.contains(&Some(message)))
    }
}

fn party<'d>(file: &File<'d>, node: Node<'d>, definition: Node<'d>) -> Option<Party<'d>> {
    let process = node.ancestors().find(|around| around.is("process"))?;
    let message = file.attribute_target(definition, "messageRef").filter(|target| target.is("message"));
    Some(Party { node, message: message.and_then(Node::label), process: process.index() })
}

fn processes<'d>(parties: &[Party<'d>]) -> Processes<'d> {
    let mut processes = Processes::new();
    for party in parties {
        processes.entry(party.message).or_default().insert(party.process);
    }
    processes
}

fn elsewhere(processes: &Processes<'_>, message: Option<&str>, own: u32) -> bool {
    processes.get(&message).is_some_and(|found| found.iter().any(|process| *process != own))
}

/// The process that a participant stands for.
pub(super) fn process_behind<'d>(file: &File<'d>, participant: Node<'d>) -> Option<Node<'d>> {
    file.attribute_target(participant, "processRef").filter(|process| process.is("process"))
}
