//! The definitions that can be executed, and which of them starts what. Instances stay on theirs; new ones use the
//! newest deployed definition of the version that is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tessera_bpmn::compile::{Kind, MessageTrigger, Program, Trigger};

use super::records::Definition;
use crate::calling::Binding;
use crate::identity::{DefinitionKey, Timestamp};

/// All definitions that are deployed now, and those that were once.
#[derive(Debug, Default)]
pub(crate) struct Deployments {
    known: BTreeMap<DefinitionKey, Known>,
}

#[derive(Debug)]
struct Known {
    /// `None` when it is not deployed now.
    deployed: Option<Deployed>,
    /// Its place in the order of first deployments; `None` until its record is committed.
    sequence: Option<u64>,
}

#[derive(Debug)]
struct Deployed {
    program: Arc<Program>,
    /// Message names that its instances may wait for; `None` if some are only known when they wait.
    awaited: Option<BTreeSet<Arc<str>>>,
    /// Start events by message name; the none start event under no name.
    starts: BTreeMap<Option<Arc<str>>, Arc<str>>,
}

/// What a start is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Starting {
    /// This definition, at this start event.
    At { definition: DefinitionKey, element: Arc<str> },
    /// No definition of that process and version is deployed.
    NoDefinition,
    /// The newest has no such start event.
    NoStartEvent,
}

impl Deployments {
    /// Makes a definition executable.
    pub(crate) fn deploy(&mut self, key: DefinitionKey, program: Arc<Program>) {
        let deployed = Some(Deployed::new(program));
        let known = self.known.entry(key).or_insert(Known { deployed: None, sequence: None });
        known.deployed = deployed;
    }

    /// Takes a definition out of service; it stays known.
    pub(crate) fn withdraw(&mut self, key: &DefinitionKey) {
        if let Some(known) = self.known.get_mut(key) {
            known.deployed = None;
        }
    }

    /// Takes over what the store remembers.
    pub(crate) fn remember(&mut self, definition: Definition) {
        let known = self.known.entry(definition.key).or_insert(Known { deployed: None, sequence: None });
        known.sequence = Some(definition.sequence);
    }

    /// The deployed definitions that the store does not know yet, with the places that they get, in their order.
    pub(crate) fn unrecorded(&self, now: Timestamp) -> Vec<Definition> {
        let next = self
            .known
            .values()
            .filter_map(|known| known.sequence)
            .max()
            .map_or(0, |last| last.saturating_add(1));
        let unrecorded =
            self.known.iter().filter(|(_, known)| known.deployed.is_some() && known.sequence.is_none());
        unrecorded
            .zip(next..)
            .map(|((key, _), sequence)| Definition { key: key.clone(), sequence, first_deployed_at: now })
            .collect()
    }

    pub(crate) fn program(&self, key: &DefinitionKey) -> Option<&Arc<Program>> {
        Some(&self.known.get(key)?.deployed.as_ref()?.program)
    }

    /// Which definition a start uses: the newest deployed one of the version, or of any version.
    pub(crate) fn start(&self, process: &str, version: Option<&str>, message: Option<&Arc<str>>) -> Starting {
        let candidates = self.known.iter().filter(|(key, known)| {
            *key.process_id == *process
                && version.is_none_or(|version| *key.version == *version)
                && known.deployed.is_some()
        });
        let newest =
            candidates.filter(|(_, known)| known.sequence.is_some()).max_by_key(|(_, known)| known.sequence);
        let Some((key, Known { deployed: Some(deployed), .. })) = newest else {
            return Starting::NoDefinition;
        };
        match deployed.starts.get(&message.cloned()) {
            Some(element) => Starting::At { definition: key.clone(), element: element.clone() },
            None => Starting::NoStartEvent,
        }
    }

    /// Which definition a call means. Deployed together are definitions of the same package; where the caller's package
    /// does not have the process, the newest of the same version tag counts, then the newest of all.
    pub(crate) fn called(
        &self,
        process: &str,
        binding: &Binding,
        caller: &DefinitionKey,
    ) -> Result<(DefinitionKey, Arc<str>), String> {
        let mut of_process: Vec<_> =
            self.known.iter().filter(|(key, _)| *key.process_id == *process).collect();
        of_process.retain(|(_, known)| known.sequence.is_some());
        of_process.sort_by_key(|(_, known)| known.sequence);
        let is_usable = |known: &Known| known.deployed.is_some();
        let newest = |fits: &dyn Fn(&DefinitionKey) -> bool| {
            of_process.iter().rev().find(|(key, known)| is_usable(known) && fits(key))
        };
        let (found, wanted) = match binding {
            Binding::Latest => (newest(&|_| true), String::new()),
            Binding::WithCaller => {
                let same_package = newest(&|key| key.digest == caller.digest);
                let found = same_package.or_else(|| newest(&|key| key.version == caller.version));
                (found.or_else(|| newest(&|_| true)), String::new())
            }
            Binding::Number(number) => {
                let position = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
                let found = position.and_then(|position| of_process.get(position));
                (found.filter(|(_, known)| is_usable(known)), format!(" in version {number}"))
            }
            Binding::Tag(tag) => (newest(&|key| key.version == *tag), format!(" with version tag {tag}")),
        };
        let Some((key, Known { deployed: Some(deployed), .. })) = found else {
            return Err(format!("process {process}{wanted}, which is called, is not deployed"));
        };
        match deployed.starts.get(&None) {
            Some(element) => Ok(((*key).clone(), element.clone())),
            None => Err(format!("process {key}, which is called, has no start event without a trigger")),
        }
    }

    /// Whether an instance of a process may come to wait for a message. When in doubt, it may.
    pub(crate) fn may_await(&self, process: &str, message: &str) -> bool {
        let mut definitions = self.known.iter().filter(|(key, _)| *key.process_id == *process).peekable();
        definitions.peek().is_none()
            || definitions.any(|(_, known)| match &known.deployed {
                Some(Deployed { awaited: Some(awaited), .. }) => awaited.contains(message),
                Some(Deployed { awaited: None, .. }) | None => true,
            })
    }
}

impl Deployed {
    fn new(program: Arc<Program>) -> Self {
        let mut starts = BTreeMap::new();
        for index in &program.scope(Program::ROOT).start_events {
            let element = program.element(*index);
            let Kind::StartEvent(trigger) = &element.kind else { continue };
            let name = match trigger {
                Trigger::None => None,
                // A name that depends on variables cannot be known before there is an instance.
                Trigger::Message(message) => match message.name.literal() {
                    Some(name) => Some(name.into()),
                    None => continue,
                },
                Trigger::Timer(_)
                | Trigger::Signal { .. }
                | Trigger::Error(_)
                | Trigger::Escalation(_)
                | Trigger::Condition(_)
                | Trigger::Compensation
                | Trigger::Cancel
                | Trigger::Several { .. } => {
                    continue;
                }
            };
            starts.entry(name).or_insert_with(|| element.id.clone());
        }
        // A receive task, or what stands behind a gateway, that starts an instance by its message.
        for (_, element) in program.elements().filter(|(_, element)| element.instantiates) {
            if let Kind::ReceiveTask(message) | Kind::CatchEvent(Trigger::Message(message)) = &element.kind
                && let Some(name) = message.name.literal()
            {
                starts.entry(Some(name.into())).or_insert_with(|| element.id.clone());
            }
        }
        // Without start events, the process begins wherever no flow leads to.
        if !program.scope(Program::ROOT).implicit_starts.is_empty() {
            starts.entry(None).or_insert_with(|| program.element(Program::ROOT).id.clone());
        }
        let awaited = awaited_names(&program);
        Self { program, awaited, starts }
    }
}

/// The names of all messages that an instance can come to wait for; `None` if one depends on variables.
fn awaited_names(program: &Program) -> Option<BTreeSet<Arc<str>>> {
    let messages = program.elements().flat_map(|(_, element)| -> Vec<&MessageTrigger> {
        if let Kind::ReceiveTask(message) = &element.kind {
            return vec![message];
        }
        let Some(trigger) = element.kind.trigger() else { return Vec::new() };
        // The start event of an event subprocess is waited for by the scope around it.
        if matches!(element.kind, Kind::StartEvent(_)) && element.scope == Program::ROOT {
            return Vec::new();
        }
        let each = trigger.each().iter();
        each.filter_map(|trigger| if let Trigger::Message(message) = trigger { Some(message) } else { None })
            .collect()
    });
    messages.map(|message| message.name.literal().map(Arc::from)).collect()
}
