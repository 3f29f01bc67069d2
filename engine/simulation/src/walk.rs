//! One instance of a generated model at a time: a random block structure is written as BPMN, compiled, and run from start
//! to end by the production interpreter, many times. What may happen next is drawn; what a handler decides depends on the
//! conversation; so the generator knows how each path must go, and the oracle says whether it went so.
//!
//! No site, no store, no network: that is what `world` is for. After each step the instance is written down and read back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;
use tessera_bpmn::compile::Program;
use tessera_core::calling::Returned;
use tessera_core::driver::Deployment;
use tessera_core::effect::{Effect, Outcome};
use tessera_core::identity::{
    DefinitionKey, EffectId, EffectSequence, Incarnation, InstanceId, Timestamp, WaitKey,
};
use tessera_core::instance::{self, Input, Instance, Start, Status, WaitKind};
use tessera_core::message::Message;
use tessera_core::plugin::{Call, CallOutcome, Hook};
use tessera_core::site::inspect;

use crate::audit::{Expectation, Invariant, Live, Violation, violated};
use crate::block::{Generator, Id};
use crate::content;
use crate::deed::Deed;
use crate::model;
use crate::network::Network;
use crate::oracle::{self, Extent};
use crate::plan::Roles;
use crate::plugins::{Plugins as _, Request, build};
use crate::random::{Random, mix};
use crate::scripted::Scripted;

/// Inputs that one path may take. More: it goes round and round.
const INPUTS_MAX: u32 = 100_000;
/// When every path begins.
const EPOCH: Timestamp = Timestamp(1_793_491_200_000);

/// What was walked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Models.
    pub models: u64,
    /// Activations of elements that have ended.
    pub ended: u64,
    /// Paths.
    pub paths: u64,
    /// Inputs that instances took.
    pub steps: u64,
}

impl std::ops::AddAssign for Walked {
    fn add_assign(&mut self, more: Self) {
        self.models += more.models;
        self.ended += more.ended;
        self.paths += more.paths;
        self.steps += more.steps;
    }
}

/// A path that did not go as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Of the model.
    pub seed: u64,
    /// Which path.
    pub path: u64,
    /// What is wrong.
    pub violation: Violation,
    /// The model.
    pub text: String,
}

impl std::fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, path, violation, text } = self;
        write!(formatter, "{text}\nmodel {seed}, path {path}: {violation}")
    }
}

/// Draws the model of a seed and walks it so often.
pub fn walk(seed: u64, paths: u64) -> Result<Walked, Box<Deviation>> {
    let mut random = Random::new(mix(seed ^ 0x6d6f_6465_6c73));
    let budget = i64::try_from(random.between(3, 20)).unwrap_or(10);
    let mut shape = random.fork();
    let block = Generator::new(&mut shape, vec![1, 2], budget).process(false);
    let model = model::write(0, model::START, &block);
    let fails = |path: u64, violation: Violation| {
        Box::new(Deviation { seed, path, violation, text: model.text.clone() })
    };
    let deployment = model::compiled(&model::process_id(0), "walked", &model.text)
        .map_err(|refused| fails(0, violated(Invariant::Sanity, refused)))?;
    let expectation = Expectation { block, model: model.clone() };
    let mut walked = Walked { models: 1, ..Walked::default() };
    for path in 0..paths {
        let mut walker = Walker::new(&deployment, &expectation, random.fork(), seed, path);
        walker.run(deployment.key.clone()).map_err(|violation| fails(path, violation))?;
        walked.paths += 1;
        walked.steps += walker.live.steps;
        walked.ended += walker.live.trace.len() as u64;
    }
    Ok(walked)
}

struct Walker<'a> {
    program: &'a Program,
    expectation: &'a Expectation,
    expectations: BTreeMap<DefinitionKey, Expectation>,
    random: Random,
    conversation: Arc<str>,
    network: Arc<Network>,
    plugins: Scripted,
    incarnation: Incarnation,
    now: Timestamp,
    instance: Instance,
    live: Live,
    nonce: u64,
    /// Waits for which something has come.
    came: BTreeSet<WaitKey>,
}

/// What may happen next.
enum Possible {
    Settle(EffectSequence),
    Elapse(WaitKey, Timestamp),
    Receive(WaitKey, Arc<str>, Option<Arc<str>>),
    Hear(WaitKey, Arc<str>),
    Return { wait: WaitKey, call: Id, fails: bool },
    Do(WaitKey, Deed),
}

impl<'a> Walker<'a> {
    fn new(
        deployment: &'a Deployment,
        expectation: &'a Expectation,
        random: Random,
        seed: u64,
        path: u64,
    ) -> Self {
        let Deployment { key: definition, program } = deployment;
        Self {
            program,
            expectation,
            expectations: BTreeMap::from([(definition.clone(), expectation.clone())]),
            random,
            conversation: format!("conversation-{seed}-{path}").into(),
            network: Network::built_in(),
            plugins: Scripted { roles: Roles { sites: vec![0, 1, 2], askers: vec![0; 3] } },
            incarnation: Incarnation("walk".into()),
            now: EPOCH,
            instance: Instance::empty(),
            live: Live::default(),
            nonce: 0,
            came: BTreeSet::new(),
        }
    }

    fn run(&mut self, definition: DefinitionKey) -> Result<(), Violation> {
        let start = Start {
            definition,
            id: InstanceId("walked".into()),
            business_key: self.conversation.clone(),
            at: "start".into(),
            variables: Vec::new(),
            message: Some(self.message(model::START, None)),
            caller: None,
            before: Vec::new(),
        };
        self.take(Input::Start(Box::new(start)), "it was started")?;
        for _ in 0..INPUTS_MAX {
            if !self.instance.is_running() {
                return self.conclude();
            }
            let possible = self.possible();
            if possible.is_empty() {
                return Err(violated(Invariant::NoOrphan, "nothing can happen any more"));
            }
            let next = self.random.index(possible.len());
            match possible.into_iter().nth(next) {
                Some(Possible::Settle(sequence)) => {
                    let outcome = self.perform(sequence)?;
                    self.take(Input::Settled { effect: sequence, outcome }, "an effect was settled")?;
                }
                Some(Possible::Elapse(wait, due)) => {
                    self.now = self.now.max(due);
                    self.take(Input::Timer { wait }, "a timer was due")?;
                }
                Some(Possible::Receive(wait, name, correlation_key)) => {
                    let message = self.message(&name, correlation_key);
                    self.came.insert(wait);
                    self.take(Input::Message { wait, message }, "a message came")?;
                }
                Some(Possible::Hear(wait, name)) => {
                    let heard = Input::Signal { wait, name, variables: Vec::new() };
                    self.take(heard, "a signal was broadcast")?;
                }
                Some(Possible::Do(key, deed)) => {
                    if let Some(wait) = self.instance.wait(key) {
                        let input = deed.input(key, wait, &self.conversation);
                        self.take(input, "somebody did something about it")?;
                    }
                }
                Some(Possible::Return { wait, call, fails }) => {
                    let returned = if fails {
                        Returned::Error { code: "blue".into(), message: String::new() }
                    } else {
                        Returned::Completed
                    };
                    let variables = model::result(&self.conversation, call);
                    let input = Input::Returned { wait, returned, variables };
                    self.take(input, "what it called has ended")?;
                }
                None => {}
            }
        }
        Err(violated(Invariant::Liveness, "it goes round and round"))
    }

    /// Everything that may happen now. Of timers only the one that is due first, because time is the same for all.
    fn possible(&self) -> Vec<Possible> {
        let mut possible: Vec<Possible> =
            self.instance.effects().map(|(sequence, _)| Possible::Settle(sequence)).collect();
        let mut first: Option<(Timestamp, WaitKey)> = None;
        for (key, wait) in self.instance.waits() {
            if let Some(deed) = Deed::about(wait) {
                possible.push(Possible::Do(key, deed));
                continue;
            }
            match &wait.kind {
                WaitKind::Timer { due, .. }
                | WaitKind::Retry { due, .. }
                | WaitKind::Continuation { due } => {
                    first = first.into_iter().chain([(*due, key)]).min();
                }
                // What goes on waiting for more gets no more.
                WaitKind::Message { .. } | WaitKind::Signal { .. } if self.came.contains(&key) => {}
                // What two wait for goes to neither of them.
                WaitKind::Message { .. }
                    if self.instance.waits().any(|(other, also)| other != key && also.kind == wait.kind) => {}
                WaitKind::Message { name, correlation_key } => {
                    possible.push(Possible::Receive(key, name.clone(), correlation_key.clone()));
                }
                // As if another conversation had broadcast it; a name with a conversation in it is only its own.
                WaitKind::Signal { name } if !name.contains('#') => {
                    possible.push(Possible::Hear(key, name.clone()));
                }
                WaitKind::Called { process_id, .. } if !wait.element.starts_with("hangs") => {
                    let call = process_id.rsplit("called").next().and_then(|number| number.parse().ok());
                    possible.push(Possible::Return {
                        wait: key,
                        call: call.unwrap_or_default(),
                        fails: wait.element.starts_with("fails"),
                    });
                }
                WaitKind::Called { .. }
                | WaitKind::Signal { .. }
                | WaitKind::Completion
                | WaitKind::Condition => {}
            }
        }
        possible.extend(first.map(|(due, wait)| Possible::Elapse(wait, due)));
        possible
    }

    fn message(&mut self, name: &str, correlation_key: Option<Arc<str>>) -> Arc<Message> {
        self.nonce += 1;
        Arc::new(Message {
            id: format!("Task/{}", self.nonce).into(),
            sender: self.network.organization(1).into(),
            process_id: model::process_id(0).into(),
            process_version: model::VERSION.into(),
            name: name.into(),
            business_key: Some(self.conversation.clone()),
            correlation_key,
            document: Arc::new(json!({ "resourceType": "Task" })),
        })
    }

    fn perform(&mut self, sequence: EffectSequence) -> Result<Outcome, Violation> {
        self.nonce += 1;
        let effect = EffectId {
            incarnation: self.incarnation.clone(),
            instance: self.instance.id().clone(),
            sequence,
        };
        let outcome = match self.instance.effect(sequence).map(|effect| &**effect) {
            Some(Effect::Call { handler: None, hook: Hook::Prepare(message), .. }) => {
                Outcome::Call(build(&self.network, 0, &effect, self.now, message))
            }
            Some(Effect::Call { .. }) => {
                let call = self.instance.call(self.program, sequence, self.now, &self.incarnation);
                let call = call.expect("a queued call can be made");
                content::check(&self.expectation.model, &call)
                    .map_err(|reason| violated(Invariant::Oracle, reason))?;
                Outcome::Call(self.answer(&effect, &call))
            }
            Some(Effect::Deliver { .. }) => Outcome::Delivered { reference: None },
            Some(Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_)) | None => {
                Outcome::Done
            }
        };
        Ok(outcome)
    }

    fn answer(&self, effect: &EffectId, call: &Call) -> CallOutcome {
        self.plugins.call(&Request {
            site: 0,
            effect,
            definition: self.instance.definition(),
            call,
            network: &self.network,
            mailbox: None,
            nonce: self.nonce,
            differs: false,
        })
    }

    /// One step: decided, checked, written down and read back.
    fn take(&mut self, input: Input, cause: &str) -> Result<(), Violation> {
        let facts = instance::handle(&mut self.instance, self.program, self.now, input)
            .map_err(|refused| violated(Invariant::Sanity, format!("an input is refused: {refused}")))?;
        let id = self.instance.id().clone();
        self.live.step(&id, self.now, cause, &facts, &self.expectations)?;
        let bytes = inspect::encode(&self.instance);
        if bytes != inspect::encode(&self.live.instance) {
            return Err(violated(Invariant::Replay, "the folded facts are not the instance"));
        }
        self.instance = inspect::decode(&bytes)
            .map_err(|error| violated(Invariant::Replay, format!("it cannot be read back: {error}")))?;
        Ok(())
    }

    fn conclude(&self) -> Result<(), Violation> {
        if self.instance.status() != Status::Completed {
            return Err(violated(Invariant::Oracle, format!("it ended as {:?}", self.instance.status())));
        }
        let trace = &self.live.trace;
        oracle::check(&self.expectation.block, &self.conversation, trace, Extent::Whole)
            .map_err(|reason| violated(Invariant::Oracle, reason))
    }
}
