//! What an instance waits for, since when, and what would move it, in plain words.

use std::sync::Arc;

use tessera_bpmn::compile::Program;

use super::incident::Incident;
use super::state::{Instance, State, Status};
use super::variables::View;
use super::wait::{Wait, WaitKind};
use crate::calling::Notice;
use crate::effect::Effect;
use crate::identity::{EffectSequence, Timestamp};
use crate::message::MessageStatus;
use crate::plugin::{Hook, ListenerEvent};

/// Plain words about one instance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// One sentence per line: where it stands, then each thing that it waits for and what would move it.
    pub lines: Vec<String>,
}

/// Explains `instance`. `program` is `None` when its definition is not deployed any more.
pub fn explain(instance: &Instance, program: Option<&Program>, now: Timestamp) -> Explanation {
    let words = Words { instance, program, now };
    let mut lines = vec![words.status()];
    if instance.is_running() && program.is_none() {
        lines.push(format!(
            "its definition {} is not deployed: deploy it again, or cancel the instance",
            instance.definition()
        ));
    }
    if instance.is_running() && instance.is_suspended() {
        lines.push("it is suspended: nothing moves it until it is resumed".to_owned());
    }
    lines.extend(instance.incidents().flat_map(|incident| words.incident(incident)));
    lines.extend(instance.waits().map(|(_, wait)| words.wait(wait)));
    lines.extend(instance.effects().map(|(sequence, effect)| words.effect(sequence, effect)));
    lines.extend(words.joins());
    Explanation { lines }
}

struct Words<'a> {
    instance: &'a Instance,
    program: Option<&'a Program>,
    now: Timestamp,
}

impl Words<'_> {
    fn status(&self) -> String {
        let instance = self.instance;
        let about = format!(
            "{} of {}, business key {}",
            instance.id(),
            instance.definition(),
            instance.business_key()
        );
        let ended = instance.ended_at().map(|at| format!(" {}", self.ago(at))).unwrap_or_default();
        match instance.status() {
            Status::Empty => "the instance was never started".to_owned(),
            Status::Running => format!("{about}: running, started {}", self.ago(instance.started_at())),
            Status::Completed => format!("{about}: completed{ended}"),
            Status::Failed => format!("{about}: failed{ended}"),
            Status::Cancelled => format!("{about}: cancelled{ended}"),
        }
    }

    fn incident(&self, incident: &Incident) -> Vec<String> {
        let place = self.place(&incident.element);
        let since = self.ago(incident.since);
        let mut lines = vec![format!("incident {}: {place} can not go on, {since}", incident.key.0)];
        lines.push(format!("  {}: {}", incident.code, incident.message));
        lines.extend(incident.evidence.iter().map(|line| format!("  | {line}")));
        if let Some(page) = incident.page() {
            lines.push(format!("  {} {}", page.meaning, page.advice));
        }
        lines
    }

    fn wait(&self, wait: &Wait) -> String {
        let place = self.place(&wait.element);
        let since = self.ago(wait.since);
        match &wait.kind {
            WaitKind::Message { name, correlation_key } => {
                let key = match correlation_key {
                    Some(key) => format!(" and correlation key {key}"),
                    None => String::new(),
                };
                let business_key = self.instance.business_key();
                format!(
                    "{place} waits for message {name} with business key {business_key}{key}; began {since}"
                )
            }
            WaitKind::Timer { due, .. } => {
                format!("{place} waits for its time, {}; began {since}", self.in_time(*due))
            }
            WaitKind::Signal { name } => format!("{place} waits for signal {name}; began {since}"),
            WaitKind::Condition => format!("{place} waits until its condition holds; began {since}"),
            WaitKind::Continuation { .. } => format!("{place} waits for its turn to go on; began {since}"),
            WaitKind::Called { process_id, business_key, .. } => format!(
                "{place} waits for the end of the instance of {process_id} that it called, business key {business_key}; began {since}"
            ),
            WaitKind::Completion => {
                let by = self.assignment(wait);
                format!("{place} waits for somebody to complete it{by}; began {since}")
            }
            WaitKind::Retry { due, effect } => match &**effect {
                Effect::Call { attempt, .. } => {
                    format!(
                        "{place} failed {since} and is tried again (attempt {attempt}) {}",
                        self.in_time(*due)
                    )
                }
                Effect::Deliver { .. }
                | Effect::Answer { .. }
                | Effect::Broadcast { .. }
                | Effect::Notify(_) => {
                    format!("{place} failed {since} and is tried again {}", self.in_time(*due))
                }
            },
        }
    }

    /// What the model says about whoever does a task: ` (assignee: anna, form: consent)`.
    fn assignment(&self, wait: &Wait) -> String {
        let Some(program) = self.program else { return String::new() };
        let element = program.find(&wait.element).map(|index| program.element(index));
        let Some(assignment) = element.and_then(|element| element.assignment.as_ref()) else {
            return String::new();
        };
        let view = View::new(self.instance, program, wait.node, self.now);
        let entries = assignment.entries().map(|(name, template)| match template.evaluate_text(&view) {
            Ok(text) => format!("{name}: {text}"),
            Err(error) => format!("{name}: unknown, {error}"),
        });
        match entries.collect::<Vec<_>>().join(", ").as_str() {
            "" => String::new(),
            entries => format!(" ({entries})"),
        }
    }

    fn effect(&self, sequence: EffectSequence, effect: &Effect) -> String {
        let asker = |node| {
            let node = self.instance.node(node);
            let since = node.map(|node| format!("; active {}", self.ago(node.since))).unwrap_or_default();
            (node.map_or_else(|| "the instance".to_owned(), |node| self.place(&node.element)), since)
        };
        let text = match effect {
            Effect::Call { node, handler, hook, attempt, .. } => {
                let (place, since) = asker(*node);
                let handler = handler.as_deref().unwrap_or("the site itself");
                let work = match hook {
                    Hook::ServiceTask => "to do its work",
                    Hook::Listener(ListenerEvent::Start) => "as its start listener",
                    Hook::Listener(ListenerEvent::End) => "as its end listener",
                    Hook::Listener(ListenerEvent::Take) => "as its take listener",
                    Hook::Prepare(_) => "to build its message",
                    Hook::Failed(..) => "to decide about its message that did not arrive",
                };
                format!("{place} waits for {handler} {work} (attempt {attempt}){since}")
            }
            Effect::Deliver { node, target, .. } => {
                let (place, since) = asker(*node);
                let (to, address) = (&target.organization, &target.address);
                format!("{place} waits until its message is delivered to {to} at {address}{since}")
            }
            Effect::Answer { message, status, .. } => {
                let status = match status {
                    MessageStatus::InProgress => "in-progress",
                    MessageStatus::Completed => "completed",
                    MessageStatus::Failed => "failed",
                };
                format!("the mailbox is being told that {message} is {status}")
            }
            Effect::Broadcast { name, .. } => format!("signal {name} is being broadcast"),
            Effect::Notify(notice) => match &**notice {
                Notice::Call { callee, .. } => format!("process {} is being called", callee.process_id),
                Notice::Release { .. } => "an instance that it called is being ended".to_owned(),
                Notice::Return { caller, .. } => format!("its caller {caller} is being told"),
            },
        };
        format!("{text} (effect {})", sequence.0)
    }

    /// Joins at which tokens wait, and the flows that they wait for.
    fn joins(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (scope, element) in self.parked() {
            let Some(scope) = self.instance.node(scope) else { continue };
            let arrived = scope.parked.get(&element);
            let missing = self
                .incoming(&element)
                .into_iter()
                .filter(|flow| arrived.is_none_or(|flows| !flows.contains_key(flow)));
            let missing = missing.map(|flow| flow.to_string()).collect::<Vec<_>>().join(", ");
            let tokens = arrived.map_or(0, |flows| flows.values().map(std::collections::BTreeSet::len).sum());
            let place = self.place(&element);
            lines.push(match missing.as_str() {
                "" => format!("{tokens} token(s) wait at join {place}"),
                missing => format!("{tokens} token(s) wait at join {place} for others to come by {missing}"),
            });
        }
        lines
    }

    fn parked(&self) -> std::collections::BTreeSet<(crate::identity::NodeKey, Arc<str>)> {
        let nodes = self.instance.nodes.values().filter(|node| node.state == State::Parked);
        nodes.map(|node| (node.parent, node.element.clone())).collect()
    }

    fn incoming(&self, element: &str) -> Vec<Arc<str>> {
        let Some(program) = self.program else { return Vec::new() };
        let Some(index) = program.find(element) else { return Vec::new() };
        program.element(index).incoming.iter().map(|flow| program.flow(*flow).id.clone()).collect()
    }

    /// An element as a human finds it in the diagram.
    fn place(&self, element: &str) -> String {
        let name = self.program.and_then(|program| program.element(program.find(element)?).name.clone());
        match name {
            Some(name) => format!("{element} ({name})"),
            None => element.to_owned(),
        }
    }

    fn ago(&self, at: Timestamp) -> String {
        format!("{} ago ({})", length(self.now.0.saturating_sub(at.0)), instant(at))
    }

    fn in_time(&self, due: Timestamp) -> String {
        match due.0.saturating_sub(self.now.0) {
            0 => format!("due now ({})", instant(due)),
            left => format!("due in {} ({})", length(left), instant(due)),
        }
    }
}

fn instant(at: Timestamp) -> String {
    let milliseconds = i64::try_from(at.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| "at the end of time".to_owned(), |at| at.to_string())
}

/// The two largest units are enough for a human.
fn length(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) if seconds == 0 => format!("{milliseconds} ms"),
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}
