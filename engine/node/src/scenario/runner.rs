//! One scenario from its first step to its last. Each step is done, then everything happens that follows from it, then it
//! is looked at. With [`Reloading::BetweenSteps`] nothing but the store survives a step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use tessera_bpmn::compile::{Kind as Element, Program, Trigger};
use tessera_core::driver::{Command, Continuations, Correlation};
use tessera_core::identity::{EffectId, InstanceId, NodeKey, Timestamp, WaitKey};
use tessera_core::instance::{Modification, WaitKind};
use tessera_federation::plugins::Plugins;
use tessera_fhir::task;
use tessera_store::Kind;

use super::comparison::{self, Difference};
use super::hosted::Hosted;
use super::messages::Sent;
use super::models;
use super::observation::{Observation, Seen};
use super::schema::{
    self, Complete, Message, Receive, ReplyTo, Scenario, Start, Step, StubOutcome, Variables,
};
use super::world::{Arriving, Ending, Script, World, WorldError};

/// Whether only the store survives each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloading {
    /// One driver runs the whole scenario.
    Never,
    /// Between two steps the driver is dropped and a new one begins over the same store.
    BetweenSteps,
}

/// How scenarios are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where models are looked up, instead of beside the scenario.
    pub models: Option<std::path::PathBuf>,
    /// Whether only the store survives each step.
    pub reloading: Reloading,
    /// What the world is kept in.
    pub store: Kind,
    /// Who does the work that a scenario has no stubs for.
    pub plugins: Option<Arc<Plugins>>,
}

/// Why a scenario did not pass.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// Which step, from 1, and its word; absent if it did not come to that, or all steps were right and the end was not.
    pub step: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// Assertions that do not hold.
    pub differences: Vec<Difference>,
    /// Where the instances stand, in plain words, and their journals.
    pub evidence: Vec<String>,
}

/// What became of a scenario.
#[derive(Debug, Clone)]
pub struct Played {
    /// Why it did not pass.
    pub failure: Option<Failure>,
    /// What happened, step by step.
    pub trace: Vec<String>,
}

/// 2030-01-01T00:00:00Z
const START: Timestamp = Timestamp(1_893_456_000_000);

/// Why a step was not done.
enum Obstacle {
    /// The engine refused it, or there is nothing to do it to.
    Refused(String),
    /// It was done, and what follows is wrong.
    Differs(Vec<Difference>),
}

impl From<WorldError> for Obstacle {
    fn from(error: WorldError) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Runs one scenario.
pub fn play(scenario: &Scenario, folder: &Path, options: &Options) -> Played {
    let mut trace = Vec::new();
    let failure = match Play::prepare(scenario, folder, options) {
        Ok(Some(mut play)) => {
            let failure = play.steps().err();
            trace = std::mem::take(&mut play.trace);
            failure.map(|failure| Failure { evidence: play.observed.explain(), ..failure })
        }
        Ok(None) => None,
        Err(failure) => Some(failure),
    };
    Played { failure, trace }
}

struct Play<'a> {
    scenario: &'a Scenario,
    options: &'a Options,
    world: World,
    observed: Observation,
    trace: Vec<String>,
}

impl<'a> Play<'a> {
    /// `None`: the models were refused, as they should be.
    fn prepare(scenario: &'a Scenario, folder: &Path, options: &'a Options) -> Result<Option<Self>, Failure> {
        let clock = match &scenario.clock {
            None => START,
            Some(text) => instant(text).map_err(|problem| failure(None, problem))?,
        };
        let script = Rc::new(RefCell::new(Stubbed::new(scenario)));
        let hosted = options.plugins.clone().map(|plugins| Hosted::new(plugins, &scenario.network));
        let hosted = hosted.transpose().map_err(|problem| failure(None, problem))?;
        let deployments = deployments(scenario, folder, options.models.as_deref(), hosted.as_ref());
        match (deployments, scenario.expect_deploy) {
            (Err(error), Some(_)) if error.is_verdict() => Ok(None),
            (Err(error), Some(_)) => {
                let problem = format!("the models are refused, but for another reason:\n{error}");
                Err(failure(None, problem))
            }
            (Err(error), None) => Err(failure(None, format!("the models cannot be deployed:\n{error}"))),
            (Ok(_), Some(_)) => {
                Err(failure(None, "the models are accepted and should be refused".to_owned()))
            }
            (Ok(deployments), None) => {
                let cannot = |error: WorldError| failure(None, error.to_string());
                let continuations = match scenario.continuations {
                    Some(schema::Continuations::Manual) => Continuations::ByCommand,
                    None => Continuations::ByThemselves,
                };
                let (script, around) = (Box::new(Rc::clone(&script)), scenario.network.clone());
                let mut world = World::open(options.store, clock, script, hosted, around, continuations)
                    .map_err(cannot)?;
                for deployment in deployments {
                    world.deploy(deployment).map_err(cannot)?;
                }
                let observed = Observation::default();
                Ok(Some(Self { scenario, options, world, observed, trace: Vec::new() }))
            }
        }
    }

    fn steps(&mut self) -> Result<(), Failure> {
        for (index, step) in self.scenario.steps.iter().enumerate() {
            let name = format!("{} ({})", index.saturating_add(1), step.name());
            let fail = |problem: String| failure(Some(name.clone()), problem);
            if index > 0 && self.options.reloading == Reloading::BetweenSteps {
                let reloaded = self.world.reload().map_err(|error| error.to_string());
                reloaded.map_err(|problem| fail(format!("after a reload: {problem}")))?;
            }
            let before = (self.observed.len(), self.observed.troubles());
            let done = self.step(step);
            let looked = self.observed.look(&mut self.world);
            looked.map_err(|error| fail(error.to_string()))?;
            let line = format!("{name}: waiting {:?}", self.observed.waiting(&self.world));
            self.trace.push(line);
            match (done, step.fails()) {
                (Ok(()), None) => {}
                (Ok(()), Some(_)) if self.observed.troubles() > before.1 => {
                    self.observed.disregard(before.0);
                }
                (Ok(()), Some(reason)) => {
                    return Err(fail(format!("it succeeded and should not have: {reason}")));
                }
                (Err(Obstacle::Refused(problem)), Some(_)) => {
                    self.trace.push(format!("  refused: {problem}"));
                }
                (Err(Obstacle::Refused(problem)), None) => return Err(fail(problem)),
                (Err(Obstacle::Differs(differences)), _) => {
                    let problem = "what is expected is not so".to_owned();
                    return Err(Failure { differences, ..fail(problem) });
                }
            }
        }
        let Some(expected) = &self.scenario.outcome else { return Ok(()) };
        self.observed.look(&mut self.world).map_err(|error| failure(None, error.to_string()))?;
        let differences = comparison::outcome(expected, &self.observed, &self.world);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Failure { differences, ..failure(None, "the end is not as expected".to_owned()) })
    }

    fn step(&mut self, step: &Step) -> Result<(), Obstacle> {
        match step {
            Step::Start(step) => self.start(step),
            Step::Complete(step) => self.complete(step),
            Step::BpmnError(step) => {
                if let Some((instance, wait)) = self.completion(&step.at, &Variables::new()) {
                    let (code, variables) = (step.code.clone(), named(&step.vars));
                    let message = String::new();
                    self.world.ask(Command::Throw { instance, wait, code, message, variables })?;
                    return Ok(());
                }
                let (effect, _) = self.find_work(&step.at, &Variables::new())?;
                let ending = Ending::Error { code: step.code.clone(), variables: step.vars.clone() };
                Ok(self.world.end(&effect, ending)?)
            }
            Step::Receive(step) => self.receive(step),
            Step::Message(step) => self.message(step),
            Step::Signal(step) => {
                let (name, variables) = (step.name.as_str().into(), named(&step.vars));
                self.world.ask(Command::Signal { name, variables })?;
                Ok(())
            }
            Step::Set(step) => {
                let instance = self.first()?;
                self.set(&instance, &step.vars)
            }
            Step::Advance(duration) => {
                let until = later(self.world.now(), duration).map_err(Obstacle::Refused)?;
                Ok(self.world.run_until(until)?)
            }
            Step::RetryFailed(_) => self.retry(),
            Step::CancelInstance(_) => {
                let instance = self.first()?;
                let reason = "the scenario cancels it".to_owned();
                self.world.ask(Command::Cancel { instance, reason })?;
                Ok(())
            }
            Step::RunJobs(_) => self.run_jobs(),
            Step::Suspend(_) => {
                let instance = self.first()?;
                self.world.ask(Command::Suspend { instance })?;
                Ok(())
            }
            Step::Resume(_) => {
                let instance = self.first()?;
                self.world.ask(Command::Resume { instance })?;
                Ok(())
            }
            Step::Modify(changes) => {
                let instance = self.first()?;
                let changes = changes.iter().map(modification).collect();
                self.world.ask(Command::Modify { instance, changes })?;
                Ok(())
            }
            Step::Expect(expected) => {
                self.observed.look(&mut self.world)?;
                match comparison::expectation(expected, &self.observed, &self.world) {
                    differences if differences.is_empty() => Ok(()),
                    differences => Err(Obstacle::Differs(differences)),
                }
            }
        }
    }

    fn start(&mut self, step: &Start) -> Result<(), Obstacle> {
        let message_name: Option<Arc<str>> = step.message.as_deref().map(Arc::from);
        let process_id: Arc<str> = match (&step.process, &message_name) {
            (Some(process), _) => process.as_str().into(),
            (None, Some(message)) => self.started_by(message)?,
            (None, None) => return Err(Obstacle::Refused("a start needs a process or a message".to_owned())),
        };
        self.world.ask(Command::Start {
            process_id,
            version: None,
            message_name,
            business_key: step.business_key.as_deref().map(Arc::from),
            variables: named(&step.vars),
            before: step.at.iter().map(|element| element.as_str().into()).collect(),
        })?;
        Ok(())
    }

    /// Runs every continuation that is pending, and those that follow, until there is none.
    fn run_jobs(&mut self) -> Result<(), Obstacle> {
        for _ in 0..crate::limits::SCENARIO_ACTIONS_PER_STEP_MAX {
            self.observed.look(&mut self.world)?;
            let pending = self.observed.running().find_map(|seen| {
                let mut waits = seen.shown.waits.iter().filter(|_| !seen.shown.row.suspended);
                let (wait, _) = waits.find(|(_, wait)| matches!(wait.kind, WaitKind::Continuation { .. }))?;
                Some((seen.id().clone(), *wait))
            });
            let Some((instance, wait)) = pending else { return Ok(()) };
            self.world.ask(Command::Continue { instance, wait })?;
        }
        Err(Obstacle::Refused("the continuations do not come to an end".to_owned()))
    }

    /// The one process that a message starts.
    fn started_by(&self, message: &str) -> Result<Arc<str>, Obstacle> {
        match self.starts(message).as_slice() {
            [process] => Ok(Arc::clone(process)),
            [] => Err(Obstacle::Refused(format!("no process starts by message {message:?}"))),
            several => {
                Err(Obstacle::Refused(format!("message {message:?} starts several processes: {several:?}")))
            }
        }
    }

    /// The processes whose newest version has a start event for a message.
    fn starts(&self, message: &str) -> Vec<Arc<str>> {
        let newest: BTreeMap<_, _> = self
            .world
            .definitions()
            .iter()
            .map(|definition| (&definition.key.process_id, &definition.program))
            .collect();
        let has_start = |program: &Program| {
            program.elements().filter(|(_, element)| element.scope == Program::ROOT).any(|(_, element)| {
                let by_itself = matches!(element.kind, Element::StartEvent(_)) || element.instantiates;
                let (Element::ReceiveTask(awaited)
                | Element::StartEvent(Trigger::Message(awaited))
                | Element::CatchEvent(Trigger::Message(awaited))) = &element.kind
                else {
                    return false;
                };
                by_itself && awaited.name.literal() == Some(message)
            })
        };
        let starting = newest.into_iter().filter(|(_, program)| has_start(program));
        starting.map(|(process, _)| Arc::clone(process)).collect()
    }

    fn complete(&mut self, step: &Complete) -> Result<(), Obstacle> {
        match self.find_work(&step.at, &step.visible) {
            Ok((effect, _)) => return Ok(self.world.end(&effect, Ending::Done(step.vars.clone()))?),
            Err(Obstacle::Refused(_)) => {}
            Err(other) => return Err(other),
        }
        if let Some((instance, wait)) = self.completion(&step.at, &step.visible) {
            self.world.ask(Command::Complete { instance, wait, variables: named(&step.vars) })?;
            return Ok(());
        }
        // A receive task goes on by its message.
        let waiting = self.observed.running().find_map(|seen| {
            receiving(seen)
                .find(|delivery| *delivery.element == *step.at && visible(seen, delivery.node, &step.visible))
        });
        if let Some(delivery) = waiting {
            return self.deliver(delivery, &step.vars);
        }
        let waits = step.visible.is_empty() && self.observed.waiting(&self.world).contains(&step.at);
        if waits && !self.has_work(&step.at) {
            let incidents = self.observed.running().flat_map(|seen| &seen.shown.explanation.incidents);
            let incident = incidents
                .filter(|incident| *incident.element == *step.at)
                .map(|incident| format!(" It has an incident: {} {}", incident.code, incident.message));
            let incident = incident.collect::<String>();
            return Err(Obstacle::Refused(format!(
                "what waits at {} is nothing that somebody completes.{incident}",
                step.at
            )));
        }
        Err(Obstacle::Refused(self.nobody(&step.at)))
    }

    /// The oldest wait at an element for somebody who completes it.
    fn completion(&self, at: &str, expected: &Variables) -> Option<(InstanceId, WaitKey)> {
        self.observed.running().find_map(|seen| {
            let mut waits = seen.shown.waits.iter();
            let (key, _) = waits.find(|(_, wait)| {
                wait.kind == WaitKind::Completion
                    && *wait.element == *at
                    && visible(seen, wait.node, expected)
            })?;
            Some((seen.id().clone(), *key))
        })
    }

    /// The oldest open work at an element.
    fn find_work(&self, at: &str, visible: &Variables) -> Result<(EffectId, InstanceId), Obstacle> {
        for seen in self.observed.running() {
            for (effect, execution) in self.world.work(seen.id()) {
                let holds = |(name, value): (&String, &Value)| {
                    execution.variables.get(name.as_str()).is_some_and(|actual| **actual == *value)
                };
                if *execution.activity_id == *at && visible.iter().all(holds) {
                    return Ok((effect.clone(), seen.id().clone()));
                }
            }
        }
        Err(Obstacle::Refused(self.nobody(at)))
    }

    fn has_work(&self, at: &str) -> bool {
        let mut work = self.observed.running().flat_map(|seen| self.world.work(seen.id()));
        work.any(|(_, execution)| *execution.activity_id == *at)
    }

    fn nobody(&self, at: &str) -> String {
        format!("nothing like that waits at {at}; waiting: {:?}", self.observed.waiting(&self.world))
    }

    fn message(&mut self, step: &Message) -> Result<(), Obstacle> {
        self.world.ask(Command::Correlate(Box::new(Correlation {
            name: step.name.as_str().into(),
            business_key: step.business_key.as_deref().map(Arc::from),
            keys: named(&step.keys),
            variables: named(&step.vars),
            all: step.all,
            ..Correlation::default()
        })))?;
        Ok(())
    }

    /// A message arrives as a Task that an organisation has sent.
    fn receive(&mut self, step: &Receive) -> Result<(), Obstacle> {
        let process = match &step.process {
            Some(process) => process.clone(),
            None => self.only_process()?,
        };
        let replied_to = step.reply_to.as_ref().map(|sent| self.find_sent(sent)).transpose()?;
        let (from, business_key, correlation_key) = match replied_to {
            Some(sent) => (Some(sent.to), sent.business_key, sent.correlation_key),
            None => (None, None, None),
        };
        let inputs = step.inputs.iter().map(input).collect();
        let arriving = Arriving {
            process: &process,
            message: &step.message,
            from: step.from.clone().or(from),
            business_key: step.business_key.clone().or(business_key),
            correlation_key: step.correlation_key.clone().or(correlation_key),
            inputs,
        };
        self.world.arrive(arriving)?;
        Ok(())
    }

    fn only_process(&self) -> Result<String, Obstacle> {
        let mut ids: Vec<_> =
            self.world.definitions().iter().map(|definition| &definition.key.process_id).collect();
        ids.dedup();
        match ids.as_slice() {
            [only] => Ok(only.to_string()),
            several => Err(Obstacle::Refused(format!("say which process it addresses, of {several:?}"))),
        }
    }

    fn find_sent(&self, wanted: &ReplyTo) -> Result<Sent, Obstacle> {
        let all = &self.world.messages().sent;
        let is_meant = |sent: &&Sent| {
            sent.message == wanted.message && wanted.to.as_ref().is_none_or(|to| *to == sent.to)
        };
        all.values().rev().find(is_meant).cloned().ok_or_else(|| {
            let known: Vec<_> = all.values().map(ToString::to_string).collect();
            Obstacle::Refused(format!("no such message was sent; there are: {known:?}"))
        })
    }

    fn deliver(&mut self, delivery: Delivery, variables: &Variables) -> Result<(), Obstacle> {
        let Delivery { instance, wait, name, .. } = delivery;
        self.world.ask(Command::Deliver { instance, wait, name, variables: named(variables) })?;
        Ok(())
    }

    fn retry(&mut self) -> Result<(), Obstacle> {
        let Some(first) = self.observed.first() else { return Err(no_instance()) };
        let instance = first.id().clone();
        let incidents: Vec<_> =
            first.shown.explanation.incidents.iter().map(|incident| incident.incident).collect();
        if incidents.is_empty() {
            return Err(Obstacle::Refused("nothing has failed".to_owned()));
        }
        for incident in incidents {
            self.world.ask(Command::Retry { instance: instance.clone(), incident })?;
        }
        Ok(())
    }

    fn set(&mut self, instance: &InstanceId, variables: &Variables) -> Result<(), Obstacle> {
        if !variables.is_empty() {
            let command = Command::SetVariables { instance: instance.clone(), variables: named(variables) };
            self.world.ask(command)?;
        }
        Ok(())
    }

    fn first(&self) -> Result<InstanceId, Obstacle> {
        self.observed.first().map(|seen| seen.id().clone()).ok_or_else(no_instance)
    }
}

/// As it stands in a Task.
fn input(parameter: &schema::Parameter) -> Value {
    let mut input = task::input(&parameter.system, &parameter.code, "");
    match (&parameter.value, input.as_object_mut()) {
        (Value::Object(value), Some(members)) => {
            members.remove("valueString");
            members.extend(value.clone());
        }
        (text, _) => input["valueString"] = text.clone(),
    }
    input
}

fn modification(change: &schema::Modification) -> Modification {
    match change {
        schema::Modification::Cancel(element) => Modification::Cancel(element.as_str().into()),
        schema::Modification::StartBefore(element) => Modification::StartBefore(element.as_str().into()),
        schema::Modification::StartAfter(element) => Modification::StartAfter(element.as_str().into()),
    }
}

/// A message that somebody waits for.
#[derive(Debug, Clone)]
struct Delivery {
    instance: InstanceId,
    wait: WaitKey,
    node: NodeKey,
    element: Arc<str>,
    name: Arc<str>,
}

/// The messages that an instance waits for.
fn receiving(seen: &Seen) -> impl Iterator<Item = Delivery> {
    seen.shown.waits.iter().filter_map(|(key, wait)| {
        let WaitKind::Message { name, .. } = &wait.kind else { return None };
        Some(Delivery {
            instance: seen.id().clone(),
            wait: *key,
            node: wait.node,
            element: wait.element.clone(),
            name: name.clone(),
        })
    })
}

fn no_instance() -> Obstacle {
    Obstacle::Refused("no instance was started".to_owned())
}

/// Whether these variables have these values, seen from an activation.
fn visible(seen: &Seen, node: NodeKey, expected: &Variables) -> bool {
    let place = |key: NodeKey| seen.shown.places.iter().find(|place| place.node == key);
    let value = |name: &str| {
        let mut at = place(node);
        while let Some(here) = at {
            if let Some(value) = here.variables.get(name) {
                return Some(value);
            }
            at = if here.node == NodeKey::ROOT { None } else { place(here.parent) };
        }
        None
    };
    expected.iter().all(|(name, expected)| value(name).is_some_and(|actual| **actual == *expected))
}

fn named(variables: &Variables) -> Vec<(Arc<str>, Arc<Value>)> {
    variables.iter().map(|(name, value)| (name.as_str().into(), Arc::new(value.clone()))).collect()
}

fn failure(step: Option<String>, problem: String) -> Failure {
    Failure { step, problem, differences: Vec::new(), evidence: Vec::new() }
}

fn deployments(
    scenario: &Scenario,
    folder: &Path,
    models: Option<&Path>,
    hosted: Option<&Hosted>,
) -> Result<Vec<tessera_core::driver::Deployment>, models::ModelError> {
    // A scenario that names no model is about those of the plugins.
    if let Some(hosted) = hosted.filter(|_| scenario.models.is_empty()) {
        return Ok(hosted.definitions().to_vec());
    }
    let mut substitutes = hosted.map(Hosted::substitutes).unwrap_or_default();
    substitutes.extend(scenario.substitute.clone());
    let find = |name: &String| models::find(name, models, folder);
    let paths = scenario.models.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let (decisions, processes): (Vec<_>, Vec<_>) =
        paths.iter().map(std::path::PathBuf::as_path).partition(|path| models::is_decisions(path));
    let decisions = models::decisions(decisions)?;
    let mut deployments = Vec::new();
    for path in processes {
        deployments.extend(models::compile_file(path, &substitutes, &decisions)?);
    }
    Ok(deployments)
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let instant: jiff::Timestamp = text.parse().map_err(|error| format!("clock {text:?}: {error}"))?;
    u64::try_from(instant.as_millisecond())
        .map(Timestamp)
        .map_err(|_| format!("clock {text:?} is before 1970"))
}

fn later(now: Timestamp, duration: &str) -> Result<Timestamp, String> {
    let wrong = |error: jiff::Error| format!("{duration:?} is no ISO 8601 duration: {error}");
    let span: jiff::Span = duration.parse().map_err(wrong)?;
    let zoned = crate::clock::instant(now).to_zoned(jiff::tz::TimeZone::UTC);
    let until = zoned.checked_add(span).map_err(wrong)?;
    let until = Timestamp(u64::try_from(until.timestamp().as_millisecond()).unwrap_or_default());
    if until < now { Err(format!("{duration:?} goes back in time")) } else { Ok(until) }
}

/// The stubs of a scenario. An effect keeps the outcome that it got first, so that a reload changes nothing.
#[derive(Debug)]
struct Stubbed {
    stubs: BTreeMap<String, schema::Stubs>,
    auto_complete: bool,
    ignore_listeners: bool,
    turns: BTreeMap<String, usize>,
    given: BTreeMap<EffectId, Option<Ending>>,
}

impl Stubbed {
    fn new(scenario: &Scenario) -> Self {
        Self {
            stubs: scenario.stubs.clone(),
            auto_complete: scenario.auto_complete,
            ignore_listeners: scenario.ignore_listeners,
            turns: BTreeMap::new(),
            given: BTreeMap::new(),
        }
    }

    fn next(&mut self, element: &str) -> Option<Ending> {
        let Some(stubs) = self.stubs.get(element) else {
            return self.auto_complete.then(|| Ending::Done(Variables::new()));
        };
        let turn = self.turns.entry(element.to_owned()).or_default();
        let stub = stubs.at(*turn)?;
        *turn = turn.saturating_add(1);
        match stub.outcome {
            StubOutcome::Complete => Some(Ending::Done(stub.vars.clone())),
            StubOutcome::Error => Some(Ending::Error {
                code: stub.code.clone().unwrap_or_default(),
                variables: stub.vars.clone(),
            }),
            StubOutcome::Fail => Some(Ending::Failed("the scenario's stub fails".to_owned())),
            StubOutcome::Wait => None,
        }
    }
}

impl Script for Rc<RefCell<Stubbed>> {
    fn ending(&mut self, effect: &EffectId, element: &str) -> Option<Ending> {
        let mut stubbed = self.borrow_mut();
        if let Some(given) = stubbed.given.get(effect) {
            return given.clone();
        }
        let ending = stubbed.next(element);
        stubbed.given.insert(effect.clone(), ending.clone());
        ending
    }

    fn plays(&self, element: &str) -> bool {
        self.borrow().stubs.contains_key(element)
    }

    fn ignores_listeners(&self) -> bool {
        self.borrow().ignore_listeners
    }
}
