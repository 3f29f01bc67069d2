//! The definitions that can be executed, and which of them starts what. Instances stay on theirs; new ones use the
//! newest deployed definition of the version that is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tessera_canary::{Canary, is_planted};

use serde_json::Value;
use tessera_bpmn::compile::{Kind, MessageTrigger, Program, TimerKind, Trigger};

use super::records::Definition;
use crate::calling::Binding;
use crate::driver::ProcessRow as Listed;
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
    first_deployed_at: Option<Timestamp>,
    /// Whether an operator took it out of use for new instances.
    deactivated: bool,
}

impl Known {
    fn new() -> Self {
        Self { deployed: None, sequence: None, first_deployed_at: None, deactivated: false }
    }

    /// What new instances can be started from.
    fn usable(&self) -> Option<&Deployed> {
        self.deployed.as_ref().filter(|_| self.sequence.is_some() && !self.deactivated)
    }
}

/// A start event that is set off by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimerStart {
    pub(crate) element: Arc<str>,
    pub(crate) kind: TimerKind,
    pub(crate) text: Arc<str>,
}

#[derive(Debug)]
struct Deployed {
    program: Arc<Program>,
    /// Message names that its instances may wait for; `None` if some are only known when they wait.
    awaited: Option<BTreeSet<Arc<str>>>,
    starts: Starts,
}

/// Where instances of a definition begin.
#[derive(Debug, Default)]
struct Starts {
    /// Start events by message name; the none start event under no name.
    by_name: BTreeMap<Option<Arc<str>>, Arc<str>>,
    timers: Vec<TimerStart>,
    /// Signal names and start events.
    signals: Vec<(Arc<str>, Arc<str>)>,
}

/// What a start is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Starting {
    /// This definition, at this start event.
    At { definition: DefinitionKey, element: Arc<str> },
    /// No definition of that process and version is deployed.
    NoDefinition,
    /// One is deployed, but its record is not committed yet: ask again.
    NotRecorded,
    /// The newest has no such start event.
    NoStartEvent,
}

impl Deployments {
    /// Makes a definition executable.
    pub(crate) fn deploy(&mut self, key: DefinitionKey, program: Arc<Program>) {
        let deployed = Some(Deployed::new(program));
        let known = self.known.entry(key).or_insert_with(Known::new);
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
        let known = self.known.entry(definition.key).or_insert_with(Known::new);
        known.sequence = Some(definition.sequence);
        known.first_deployed_at = Some(definition.first_deployed_at);
        known.deactivated = definition.deactivated;
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
            .map(|((key, _), sequence)| Definition {
                key: key.clone(),
                sequence,
                first_deployed_at: now,
                deactivated: false,
            })
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
                && (!known.deactivated || is_planted(Canary::OutOfUse))
        });
        let Some((key, Known { deployed: Some(deployed), sequence, .. })) =
            candidates.max_by_key(|(_, known)| {
                let oldest = is_planted(Canary::OldDefinition);
                known.sequence.map(|sequence| if oldest { u64::MAX - sequence } else { sequence })
            })
        else {
            return Starting::NoDefinition;
        };
        if sequence.is_none() {
            return Starting::NotRecorded;
        }
        match deployed.starts.by_name.get(&message.cloned()) {
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
        let is_usable = |known: &Known| known.usable().is_some();
        let newest = |fits: &dyn Fn(&DefinitionKey) -> bool| {
            of_process.iter().rev().find(|(key, known)| is_usable(known) && fits(key))
        };
        let (found, wanted) = match binding {
            Binding::Latest => (newest(&|_| true), String::new()),
            Binding::WithCaller => {
                let same_package =
                    newest(&|key| key.digest == caller.digest).filter(|_| !is_planted(Canary::AnyPackage));
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
        match deployed.starts.by_name.get(&None) {
            Some(element) => Ok(((*key).clone(), element.clone())),
            None => Err(format!("process {key}, which is called, has no start event without a trigger")),
        }
    }

    /// The newest definition that new instances of a process use.
    pub(crate) fn newest(&self, process: &str) -> Option<&DefinitionKey> {
        let of_process =
            self.known.iter().filter(|(key, known)| *key.process_id == *process && known.usable().is_some());
        of_process.max_by_key(|(_, known)| known.sequence).map(|(key, _)| key)
    }

    /// The newest deployed definition of a version, or the newest that new instances use.
    pub(crate) fn migration_target(&self, process: &str, version: Option<&str>) -> Option<&DefinitionKey> {
        let Some(version) = version else { return self.newest(process) };
        let fits = self.known.iter().filter(|(key, known)| {
            *key.process_id == *process && *key.version == *version && known.deployed.is_some()
        });
        fits.filter(|(_, known)| known.sequence.is_some())
            .max_by_key(|(_, known)| known.sequence)
            .map(|(key, _)| key)
    }

    /// What a message starts: the newest definition of each process, and where.
    pub(crate) fn started_by_message(
        &self,
        name: &Arc<str>,
        process: Option<&str>,
    ) -> Vec<(DefinitionKey, Arc<str>)> {
        let processes =
            self.processes().into_iter().filter(|id| process.is_none_or(|wanted| *wanted == **id));
        let starts = processes.filter_map(|id| match self.start(&id, None, Some(name)) {
            Starting::At { definition, element } => Some((definition, element)),
            Starting::NoDefinition | Starting::NotRecorded | Starting::NoStartEvent => None,
        });
        starts.collect()
    }

    /// The processes that start with these variables by a condition of their newest definition, and where.
    pub(crate) fn started_by_condition(
        &self,
        process: Option<&str>,
        variables: &[(Arc<str>, Arc<Value>)],
    ) -> Vec<(DefinitionKey, Arc<str>)> {
        let scope: BTreeMap<String, Value> =
            variables.iter().map(|(name, value)| (name.to_string(), Value::clone(value))).collect();
        let holds = |program: &Program, index: &_| {
            let element = program.element(*index);
            let holds = element.kind.trigger()?.each().iter().any(|trigger| {
                // One that has no value (yet) does not hold.
                matches!(trigger, Trigger::Condition(condition)
                    if condition.expression.evaluate_condition(&scope).unwrap_or(false))
            });
            holds.then(|| element.id.clone())
        };
        let processes =
            self.processes().into_iter().filter(|id| process.is_none_or(|wanted| *wanted == **id));
        let starts = processes.filter_map(|id| {
            let key = self.newest(&id)?;
            let program = self.program(key)?;
            let events = &program.scope(Program::ROOT).start_events;
            Some((key.clone(), events.iter().find_map(|index| holds(program, index))?))
        });
        starts.collect()
    }

    /// The timers that start instances of a definition.
    pub(crate) fn timers(&self, key: &DefinitionKey) -> &[TimerStart] {
        let deployed = self.known.get(key).and_then(|known| known.deployed.as_ref());
        deployed.map(|deployed| deployed.starts.timers.as_slice()).unwrap_or_default()
    }

    /// The processes that may have timers that start them.
    pub(crate) fn processes(&self) -> BTreeSet<Arc<str>> {
        self.known.keys().map(|key| key.process_id.clone()).collect()
    }

    /// Whether no definition of a process is to be used for new instances, although one is deployed.
    pub(crate) fn is_deactivated(&self, process: &str) -> bool {
        let mut deployed = self
            .known
            .iter()
            .filter(|(key, known)| *key.process_id == *process && known.deployed.is_some())
            .peekable();
        deployed.peek().is_some() && deployed.all(|(_, known)| known.deactivated)
    }

    /// The first process after `last`, and the start event of its newest definition, that a signal starts.
    pub(crate) fn started_by_signal(
        &self,
        signal: &str,
        is_home: impl Fn(&str) -> bool,
        last: Option<&(Arc<str>, Arc<str>)>,
    ) -> Option<(DefinitionKey, Arc<str>)> {
        let processes = self.processes().into_iter().filter(|process| is_home(process));
        let starts = processes.filter_map(|process| self.newest(&process)).flat_map(|key| {
            let deployed = self.known.get(key).and_then(|known| known.deployed.as_ref());
            let signals = deployed.map(|deployed| deployed.starts.signals.as_slice()).unwrap_or_default();
            let mut elements: Vec<_> =
                signals.iter().filter(|(name, _)| **name == *signal).map(|(_, element)| element).collect();
            elements.sort();
            elements.into_iter().map(move |element| (key, element))
        });
        let mut further = starts.filter(|(key, element)| {
            last.is_none_or(|(process, at)| (&key.process_id, *element) > (process, at))
        });
        further.next().map(|(key, element)| (key.clone(), element.clone()))
    }

    /// Everything that is known, oldest first.
    pub(crate) fn listed(&self) -> Vec<Listed> {
        let mut listed: Vec<_> = self
            .known
            .iter()
            .filter_map(|(key, known)| {
                Some(Listed {
                    definition: key.clone(),
                    sequence: known.sequence?,
                    first_deployed_at: known.first_deployed_at?,
                    deployed: known.deployed.is_some(),
                    active: !known.deactivated,
                    newest: self.newest(&key.process_id) == Some(key),
                })
            })
            .collect();
        listed.sort_by_key(|listed| listed.sequence);
        listed
    }

    /// The records of a process's definitions, or of those of one version, as they are to be from now on.
    pub(crate) fn with_activity(
        &self,
        process: &str,
        version: Option<&str>,
        active: bool,
    ) -> Vec<Definition> {
        let chosen = self.known.iter().filter(|(key, _)| {
            *key.process_id == *process && version.is_none_or(|version| *key.version == *version)
        });
        chosen
            .filter_map(|(key, known)| {
                Some(Definition {
                    key: key.clone(),
                    sequence: known.sequence?,
                    first_deployed_at: known.first_deployed_at?,
                    deactivated: !active,
                })
            })
            .collect()
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
        let mut starts = Starts::default();
        for index in &program.scope(Program::ROOT).start_events {
            let element = program.element(*index);
            let Kind::StartEvent(trigger) = &element.kind else { continue };
            if let Trigger::None = trigger {
                starts.by_name.entry(None).or_insert_with(|| element.id.clone());
            }
            for trigger in trigger.each() {
                starts.add(&element.id, trigger);
            }
        }
        // A receive task, or what stands behind a gateway, that starts an instance by what it waits for.
        for (_, element) in program.elements().filter(|(_, element)| element.instantiates) {
            if let Kind::ReceiveTask(message) = &element.kind {
                starts.add_message(&element.id, message);
            }
            if let Kind::CatchEvent(trigger) = &element.kind {
                trigger.each().iter().for_each(|trigger| starts.add(&element.id, trigger));
            }
        }
        // Without start events, the process begins wherever no flow leads to.
        if !program.scope(Program::ROOT).implicit_starts.is_empty() {
            starts.by_name.entry(None).or_insert_with(|| program.element(Program::ROOT).id.clone());
        }
        // Without a plain start event, the only timer, or else the only event, is where a start by hand begins.
        let only = |elements: &mut dyn Iterator<Item = Arc<str>>| {
            elements.next().filter(|_| elements.next().is_none())
        };
        if !starts.by_name.contains_key(&None) {
            let mut timed = starts.timers.iter().map(|timer| timer.element.clone());
            let events = &program.scope(Program::ROOT).start_events;
            let found = only(&mut timed)
                .or_else(|| only(&mut events.iter().map(|index| program.element(*index).id.clone())));
            starts.by_name.extend(found.map(|element| (None, element)));
        }
        let awaited = awaited_names(&program);
        Self { program, awaited, starts }
    }
}

impl Starts {
    fn add(&mut self, element: &Arc<str>, trigger: &Trigger) {
        let nothing = BTreeMap::<String, Value>::new();
        match trigger {
            Trigger::Message(message) => self.add_message(element, message),
            Trigger::Timer(timer) => {
                if let Ok(text) = timer.value.evaluate_text(&nothing) {
                    self.timers.push(TimerStart {
                        element: element.clone(),
                        kind: timer.kind,
                        text: text.into(),
                    });
                }
            }
            Trigger::Signal { name } => {
                if let Ok(name) = name.evaluate_text(&nothing) {
                    self.signals.push((name.into(), element.clone()));
                }
            }
            Trigger::None
            | Trigger::Error(_)
            | Trigger::Escalation(_)
            | Trigger::Condition(_)
            | Trigger::Compensation
            | Trigger::Cancel
            | Trigger::Several { .. } => {}
        }
    }

    /// A name that depends on variables cannot be known before there is an instance.
    fn add_message(&mut self, element: &Arc<str>, message: &MessageTrigger) {
        if let Ok(name) = message.name.evaluate_text(&BTreeMap::<String, Value>::new()) {
            self.by_name.entry(Some(name.into())).or_insert_with(|| element.clone());
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulation, seed 301: a message that came while the record of the only deployed version was on its way to the disk
    /// was rejected for good, as if there were no such process.
    #[test]
    fn a_definition_that_is_not_recorded_yet_is_no_missing_definition() {
        let text = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
            <process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
            <sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>"#;
        let model = tessera_bpmn::read::read(text.as_bytes()).model.unwrap();
        let program = Arc::new(tessera_bpmn::compile::compile(&model, "p").unwrap());
        let key = DefinitionKey { process_id: "p".into(), version: "1.0".into(), digest: "a".into() };
        let mut deployments = Deployments::default();
        assert_eq!(deployments.start("p", Some("1.0"), None), Starting::NoDefinition);
        deployments.deploy(key.clone(), program);
        assert_eq!(deployments.start("p", Some("1.0"), None), Starting::NotRecorded);
        for definition in deployments.unrecorded(Timestamp(0)) {
            deployments.remember(definition);
        }
        let expected = Starting::At { definition: key, element: "s".into() };
        assert_eq!(deployments.start("p", Some("1.0"), None), expected);
    }
}
