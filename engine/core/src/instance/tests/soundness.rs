//! What the exploration of a model says agrees with what the engine does: a model that was found sound always ends, a run
//! that is stuck was foreseen, and the way to a deadlock that the exploration names is taken here and ends in one.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use tessera_bpmn::behaviour::{self, Step, Verdict, VerdictKind};
use tessera_bpmn::compile::Kind;

use super::run::Run;
use crate::instance::{Status, WaitKind};

/// A part of a model with one way in and one way out.
#[derive(Debug, Clone)]
enum Block {
    Task,
    Sequence(Vec<Self>),
    Split(Gateway, Gateway, Vec<Self>),
    Loop(Box<Self>),
    /// One of two ways ends before the other's end is reached.
    Escape(Box<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gateway {
    Exclusive,
    Parallel,
    Inclusive,
}

fn gateway() -> impl Strategy<Value = Gateway> {
    prop_oneof![Just(Gateway::Exclusive), Just(Gateway::Parallel), Just(Gateway::Inclusive)]
}

fn block() -> impl Strategy<Value = Block> {
    Just(Block::Task).prop_recursive(3, 12, 3, |inner| {
        let split =
            (gateway(), prop::option::weighted(0.25, gateway()), prop::collection::vec(inner.clone(), 2..=3));
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..=2).prop_map(Block::Sequence),
            split.prop_map(|(split, join, branches)| Block::Split(split, join.unwrap_or(split), branches)),
            inner.clone().prop_map(|body| Block::Loop(Box::new(body))),
            inner.prop_map(|body| Block::Escape(Box::new(body))),
        ]
    })
}

/// Writes a model. Before each gateway that decides stands a user task, which sets the variable that it decides by: bit by
/// bit for each of its flows but the last, its default.
#[derive(Default)]
struct Writing {
    elements: String,
    flows: String,
    count: usize,
}

impl Writing {
    fn id(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{}", self.count)
    }

    fn element(&mut self, tag: &str, prefix: &str) -> String {
        let id = self.id(prefix);
        let _ = write!(self.elements, "<{tag} id=\"{id}\"/>");
        id
    }

    fn flow(&mut self, source: &str, target: &str) {
        let _ = writeln!(self.flows, "{source} -> {target}");
    }

    /// A gateway that decides, and the task before it.
    fn decision(&mut self, before: &str, gateway: Gateway) -> String {
        let id = self.id("g");
        let _ = write!(self.elements, "<userTask id=\"before_{id}\"/>");
        let tag = if gateway == Gateway::Exclusive { "exclusiveGateway" } else { "inclusiveGateway" };
        let _ = write!(self.elements, "<{tag} id=\"{id}\" default=\"DEFAULT_{id}\"/>");
        self.flow(before, &format!("before_{id}"));
        self.flow(&format!("before_{id}"), &id);
        id
    }

    fn decide(&mut self, gateway: &str, targets: &[String]) {
        let Some((default, others)) = targets.split_last() else { return };
        for (bit, target) in others.iter().enumerate() {
            let value = 1 << bit;
            let next = value * 2;
            let _ = writeln!(self.flows, "{gateway} -> {target} if ${{pick_{gateway} % {next} >= {value}}}");
        }
        self.flow(gateway, default);
        self.elements = self.elements.replace(&format!("DEFAULT_{gateway}"), &format!("{gateway}_{default}"));
    }

    /// Writes a block behind an element; returns the element that ends it.
    fn block(&mut self, block: &Block, before: &str) -> String {
        match block {
            Block::Task => {
                let task = self.element("userTask", "t");
                self.flow(before, &task);
                task
            }
            Block::Sequence(parts) => {
                let mut last = before.to_owned();
                for part in parts {
                    last = self.block(part, &last);
                }
                last
            }
            Block::Split(split, join, branches) => {
                // What begins a branch is a task: a flow has one source and one target, and ids are made of them.
                let first: Vec<String> = branches.iter().map(|_| self.element("userTask", "b")).collect();
                if *split == Gateway::Parallel {
                    let fork = self.element("parallelGateway", "f");
                    self.flow(before, &fork);
                    for task in &first {
                        self.flow(&fork, task);
                    }
                } else {
                    let decision = self.decision(before, *split);
                    self.decide(&decision, &first);
                }
                let tag = match join {
                    Gateway::Exclusive => "exclusiveGateway",
                    Gateway::Parallel => "parallelGateway",
                    Gateway::Inclusive => "inclusiveGateway",
                };
                let end = self.element(tag, "j");
                for (task, branch) in first.iter().zip(branches) {
                    let last = self.block(branch, task);
                    self.flow(&last, &end);
                }
                end
            }
            Block::Loop(body) => {
                let again = self.element("exclusiveGateway", "m");
                self.flow(before, &again);
                let last = self.block(body, &again);
                let decision = self.decision(&last, Gateway::Exclusive);
                let out = self.element("userTask", "o");
                self.decide(&decision, &[again, out.clone()]);
                out
            }
            Block::Escape(body) => {
                let decision = self.decision(before, Gateway::Exclusive);
                let (end, on) = (self.element("endEvent", "e"), self.element("userTask", "o"));
                self.decide(&decision, &[end, on.clone()]);
                self.block(body, &on)
            }
        }
    }
}

fn model(block: &Block) -> String {
    let mut writing = Writing::default();
    let last = writing.block(block, "start");
    let end = writing.element("endEvent", "e");
    writing.flow(&last, &end);
    format!("<startEvent id=\"start\"/>{}\n{}", writing.elements, writing.flows)
}

/// Completes a task, and lets the gateway behind it decide.
fn complete(run: &mut Run, task: &str, pick: usize) {
    let variables = match task.strip_prefix("before_") {
        Some(gateway) => json!({ (format!("pick_{gateway}")): pick }),
        None => Value::Object(serde_json::Map::new()),
    };
    run.complete(task, variables);
}

fn open_tasks(run: &Run) -> Vec<String> {
    let waits = run.instance.waits().filter(|(_, wait)| wait.kind == WaitKind::Completion);
    waits.map(|(_, wait)| wait.element.to_string()).collect()
}

/// Takes a random way, then one that leaves every loop; whether it came to an end.
fn ends(model: &str, random: &[(usize, usize)]) -> bool {
    let mut run = Run::start(model);
    let calm = std::iter::repeat((0, 0));
    for (which, pick) in random.iter().copied().chain(calm).take(2_000) {
        let tasks = open_tasks(&run);
        let Some(task) = tasks.get(which % tasks.len().max(1)) else { break };
        complete(&mut run, task, pick % 8);
    }
    let stuck = run.instance.incidents().all(|incident| &*incident.code == "P507");
    assert!(stuck, "nothing but joins stands still: {}", run.places());
    run.instance.status() == Status::Completed
}

/// Takes the way that a verdict names, as far as it says; returns where the tokens are then.
fn replay(model: &str, verdict: &Verdict) -> String {
    let mut run = Run::start(model);
    for step in &verdict.path {
        let element = run.program.element(step.element);
        let id = element.id.to_string();
        match element.kind {
            Kind::UserTask if !id.starts_with("before_") => complete(&mut run, &id, 0),
            Kind::ExclusiveGateway | Kind::InclusiveGateway if !step.taken.is_empty() => {
                let pick = picked(&run, step);
                complete(&mut run, &format!("before_{id}"), pick);
            }
            _ => {}
        }
    }
    run.places()
}

fn picked(run: &Run, step: &Step) -> usize {
    let element = run.program.element(step.element);
    let others = element.outgoing.iter().filter(|flow| element.default_flow != Some(**flow));
    others.enumerate().filter(|(_, flow)| step.taken.contains(flow)).map(|(bit, _)| 1 << bit).sum()
}

#[test]
fn one_way_where_all_are_waited_for_is_stuck_as_foreseen() {
    let branches = vec![Block::Task, Block::Task];
    let model = model(&Block::Split(Gateway::Exclusive, Gateway::Parallel, branches));
    let program = Run::new(&model).program;
    let found = behaviour::explore(&program).verdicts;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, VerdictKind::Deadlock { is_certain: true });
    let join = &program.element(found[0].element).id;
    assert_eq!(replay(&model, &found[0]), format!("{join}!P507"));
    assert!(!ends(&model, &[]));
}

proptest! {
    #![proptest_config(Config { cases: 256, ..Config::default() })]

    #[test]
    fn what_is_foreseen_happens_and_nothing_else(
        block in block(),
        random in prop::collection::vec(prop::collection::vec((any::<usize>(), any::<usize>()), 0..60), 4),
    ) {
        let model = model(&block);
        let program = Run::new(&model).program;
        let found = behaviour::explore(&program);
        let (mut foresees_standstill, mut is_open) = (false, false);
        for verdict in &found.verdicts {
            match verdict.kind {
                VerdictKind::Deadlock { .. } => foresees_standstill = true,
                VerdictKind::UnboundedTokens | VerdictKind::Undecided(_) => is_open = true,
                VerdictKind::Livelock | VerdictKind::DeadElement => {
                    prop_assert!(false, "the models have none: {verdict:?}\n{model}");
                }
                VerdictKind::LackOfSynchronisation | VerdictKind::ImproperCompletion => {}
            }
        }
        for random in &random {
            prop_assert!(ends(&model, random) || foresees_standstill || is_open, "{:?}\n{model}", found.verdicts);
        }
        let is_inclusive = model.contains("inclusiveGateway");
        for verdict in found.verdicts.iter().filter(|_| !is_inclusive) {
            if let VerdictKind::Deadlock { .. } = verdict.kind {
                let places = replay(&model, verdict);
                let join = &program.element(verdict.element).id;
                prop_assert!(places.contains(&format!("{join}!P507")), "{places}, not {join}: {verdict:?}\n{model}");
            }
        }
    }
}
