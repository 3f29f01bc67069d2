//! One instance under test. After every input the facts are stored, read back and folded: the result must equal the live
//! state byte for byte, and the test goes on with what was read back. So every test is a restart test too.

use std::sync::Arc;

use serde_json::{Value, json};
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;

use crate::effect::{Effect, Outcome};
use crate::identity::{DefinitionKey, EffectSequence, IncidentKey, InstanceId, Timestamp, WaitKey};
use crate::instance::apply::owner;
use crate::instance::calls::fits;
use crate::instance::joins;
use crate::instance::{
    Ending, Fact, Input, Instance, Refused, Role, Start, State, Status, Wait, WaitKind, apply, explain,
    handle,
};
use crate::message::{Message, Target};
use crate::plugin::{
    CallOutcome, DeliveryError, Failure, FailureKind, RetryAdvice, VariableScope, VariableWrite, Writes,
};

pub(in crate::instance) struct Run {
    pub(in crate::instance) program: Program,
    pub(in crate::instance) instance: Instance,
    folded: Instance,
    /// Never read back.
    live: Instance,
    pub(in crate::instance) facts: Vec<Fact>,
    pub(in crate::instance) now: Timestamp,
}

const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="test">
  <message id="m" name="m"/><message id="n" name="n"/><message id="third" name="third"/><signal id="sig" name="s"/><signal id="computed" name="${name}"/><error id="e" errorCode="E"/>
  <escalation id="esc" escalationCode="ESC"/>
  <process id="p" isExecutable="true">"#;

/// Compiles what stands inside a process. Messages `m` and `n`, signal `s` (id `sig`) and error `e` (code `E`) are there.
pub(in crate::instance) fn program(body: &str) -> Program {
    let body = with_flows(body);
    let text = format!("{HEAD}{body}</process></definitions>");
    let reading = read::read(text.as_bytes());
    let model = reading.model.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    compile::compile(&model, "p").unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}\n{text}"))
}

/// Lines `a -> b` become sequence flows `a_b`; `a -> b if ${x}` has a condition.
fn with_flows(body: &str) -> String {
    let line = |line: &str| match line.split_once(" -> ") {
        Some((source, rest)) => {
            let (target, condition) = rest.split_once(" if ").unwrap_or((rest, ""));
            let (source, target) = (source.trim(), target.trim());
            let condition = match condition {
                "" => String::new(),
                text => format!(
                    r#"<conditionExpression xsi:type="tFormalExpression">{}</conditionExpression>"#,
                    text.replace('&', "&amp;").replace('<', "&lt;")
                ),
            };
            format!(
                r#"<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>"#
            )
        }
        None => line.to_owned(),
    };
    body.lines().map(line).collect::<Vec<_>>().join("\n")
}

impl Run {
    pub(in crate::instance) fn new(body: &str) -> Self {
        let (instance, folded, live) = (Instance::empty(), Instance::empty(), Instance::empty());
        Self {
            program: program(body),
            instance,
            folded,
            live,
            facts: Vec::new(),
            now: Timestamp(1_893_456_000_000),
        }
    }

    /// A run that has started at `start`, without variables.
    pub(in crate::instance) fn start(body: &str) -> Self {
        Self::start_with(body, json!({}))
    }

    pub(in crate::instance) fn start_with(body: &str, variables: Value) -> Self {
        let mut run = Self::new(body);
        run.begin(variables, None);
        run
    }

    /// A run that was started by message `m`.
    pub(in crate::instance) fn start_by_message(body: &str) -> Self {
        let mut run = Self::new(body);
        run.begin(json!({}), Some(message("m", "start")));
        run
    }

    /// A run of a process without start event.
    pub(in crate::instance) fn start_without_event(body: &str) -> Self {
        let mut run = Self::new(body);
        run.begin_at("p", json!({}), None);
        run
    }

    fn begin(&mut self, variables: Value, message: Option<Arc<Message>>) {
        self.begin_at("start", variables, message);
    }

    fn begin_at(&mut self, at: &str, variables: Value, message: Option<Arc<Message>>) {
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let start = Start {
            definition: DefinitionKey { process_id: "p".into(), version: "1.0".into(), digest: "d".into() },
            id: InstanceId("i".into()),
            business_key: "key".into(),
            at: at.into(),
            variables: variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect(),
            message,
            before: Vec::new(),
            caller: None,
        };
        self.input(Input::Start(Box::new(start))).expect("it starts");
    }

    pub(in crate::instance) fn input(&mut self, input: Input) -> Result<(), Refused> {
        let before = bytes(&self.instance);
        let outcome = handle(&mut self.instance, &self.program, self.now, input.clone());
        let without_restart = handle(&mut self.live, &self.program, self.now, input);
        assert_eq!(outcome.as_ref().ok(), without_restart.as_ref().ok(), "a restart changes nothing");
        joins::check(&self.live);
        let facts = match outcome {
            Ok(facts) => facts,
            Err(refused) => {
                assert_eq!(before, bytes(&self.instance), "a refusal leaves no trace");
                return Err(refused);
            }
        };
        let stored = postcard::to_stdvec(&facts).expect("facts can be stored");
        let read: Vec<Fact> = postcard::from_bytes(&stored).expect("facts can be read");
        assert_eq!(facts, read);
        for fact in &read {
            apply(&mut self.folded, fact);
        }
        let live = bytes(&self.instance);
        assert_eq!(live, bytes(&self.folded), "the folded facts are the live state");
        self.instance = postcard::from_bytes(&live).expect("a record can be read");
        assert_eq!(self.instance, self.folded);
        self.facts.extend(facts);
        self.check();
        let is_pending = |wait: &Wait| matches!(wait.kind, WaitKind::Continuation { .. });
        let next = self.instance.waits().find(|(_, wait)| is_pending(wait)).map(|(wait, _)| wait);
        match next.filter(|_| !self.instance.is_suspended()) {
            Some(wait) => self.input(Input::Timer { wait }),
            None => Ok(()),
        }
    }

    /// What must hold between any two inputs.
    fn check(&self) {
        let instance = &self.instance;
        let owned = instance.effects().filter(|(_, effect)| owner(effect).is_some());
        let moving = instance.waits().count() + instance.incidents().count() + owned.count();
        assert_eq!(instance.is_running(), moving > 0, "{:?} with {moving} causes to move", instance.status());
        for (key, node) in &instance.nodes {
            let parent = instance.nodes.get(&node.parent).expect("a node's parent is there");
            assert!(*key == node.parent || parent.children.contains(key), "a parent knows its child");
            let leaf = node.children.is_empty() && *key != crate::identity::NodeKey::ROOT;
            let has_cause = !node.waits.is_empty() || node.effect.is_some() || node.incident.is_some();
            assert!(
                // A complex gateway keeps the tokens that it let through.
                !leaf || has_cause || matches!(node.state, State::Parked | State::Holding),
                "{key:?} {} is forgotten",
                node.element
            );
        }
        assert!(!explain(instance, Some(&self.program), self.now).lines.is_empty());
    }

    /// Where tokens are: `task` works or waits, `join+` is parked, `gate!P502` has an incident, `task~` pauses for a retry.
    pub(in crate::instance) fn places(&self) -> String {
        let mut places = Vec::new();
        for node in self.instance.nodes.values().filter(|node| node.children.is_empty()) {
            let retries = node.waits.iter().filter_map(|key| self.instance.wait(*key));
            let retries = retries.filter(|wait| matches!(wait.kind, WaitKind::Retry { .. })).count() > 0;
            let element = &node.element;
            match node.incident.and_then(|key| self.instance.incident(key)) {
                Some(incident) => places.push(format!("{element}!{}", incident.code)),
                None if retries => places.push(format!("{element}~")),
                None if node.state == State::Parked => places.push(format!("{element}+")),
                None if node.effect.is_some() || !node.waits.is_empty() => places.push(element.to_string()),
                None => {}
            }
        }
        places.sort();
        match self.instance.status() {
            Status::Running => places.join(" "),
            status => format!("{status:?}"),
        }
    }

    /// The activations that ended, in order; `-x` was cancelled.
    pub(in crate::instance) fn path(&self) -> String {
        let mut elements = std::collections::BTreeMap::new();
        let mut path = Vec::new();
        for fact in &self.facts {
            match fact {
                Fact::NodeEntered { node, element, role, .. } => {
                    elements.insert(*node, (element.clone(), *role));
                }
                Fact::NodeLeft { ending: Ending::NeverBegun, .. } => {}
                Fact::NodeRestored { node, .. } => drop(elements.insert(*node, ("".into(), Role::Restored))),
                Fact::NodeLeft { node, ending } => {
                    let (element, role) = &elements[node];
                    if *role == Role::Restored {
                        continue;
                    }
                    let part = if *role == Role::Body { "#body" } else { "" };
                    let mark = if *ending == Ending::Cancelled { "-" } else { "" };
                    path.push(format!("{mark}{element}{part}"));
                }
                _ => {}
            }
        }
        path.join(" ")
    }

    /// The oldest effect of an element that is not settled.
    pub(in crate::instance) fn effect_of(&self, element: &str) -> (EffectSequence, Arc<Effect>) {
        self.effect_where(element, |_| true)
    }

    /// Settles the oldest effect of an element that can have this outcome.
    pub(in crate::instance) fn settle(&mut self, element: &str, outcome: Outcome) {
        let (effect, _) = self.effect_where(element, |effect| fits(effect, &outcome));
        self.input(Input::Settled { effect, outcome }).expect("it is settled once");
    }

    fn effect_where(&self, element: &str, wanted: impl Fn(&Effect) -> bool) -> (EffectSequence, Arc<Effect>) {
        let owns = |effect: &Effect| {
            let node = owner(effect).and_then(|node| self.instance.node(node));
            node.is_some_and(|node| &*node.element == element)
        };
        let found = self.instance.effects().find(|(_, effect)| owns(effect) && wanted(effect));
        let (sequence, effect) =
            found.unwrap_or_else(|| panic!("{element} has no such effect; at {}", self.places()));
        (sequence, effect.clone())
    }

    /// The handler of an element is done.
    pub(in crate::instance) fn done(&mut self, element: &str) {
        self.done_with(element, json!({}));
    }

    /// The handler of an element is done and has set process variables; names with `*` are local.
    pub(in crate::instance) fn done_with(&mut self, element: &str, variables: Value) {
        self.settle(element, Outcome::Call(CallOutcome::Completed(writes(variables))));
    }

    pub(in crate::instance) fn throw(&mut self, element: &str, code: &str) {
        let error =
            CallOutcome::BpmnError { code: code.into(), message: "so".into(), writes: Writes::default() };
        self.settle(element, Outcome::Call(error));
    }

    pub(in crate::instance) fn fail(&mut self, element: &str, kind: FailureKind, retry: RetryAdvice) {
        let log = vec!["last words".to_owned()];
        let failure = Failure { kind, message: "broken".into(), causes: Vec::new(), log, retry };
        self.settle(element, Outcome::Call(CallOutcome::Failed(failure)));
    }

    pub(in crate::instance) fn prepared(&mut self, element: &str) {
        let document = Arc::new(json!({"resourceType": "Task"}));
        let prepared = CallOutcome::Prepared { writes: Writes::default(), document, target: target("b") };
        self.settle(element, Outcome::Call(prepared));
    }

    /// A message is shaped and delivered.
    pub(in crate::instance) fn sent(&mut self, element: &str) {
        self.prepared(element);
        self.settle(element, Outcome::Delivered { reference: Some("Task/1".into()) });
    }

    /// A message is shaped but refused.
    pub(in crate::instance) fn refused(&mut self, element: &str) {
        self.prepared(element);
        let error = DeliveryError::Refused { status: 403, reason: "no".into() };
        self.settle(element, Outcome::NotDelivered(error));
    }

    /// A message arrives at the oldest wait for it (and for this correlation key).
    pub(in crate::instance) fn message(&mut self, name: &str, correlation_key: Option<&str>) {
        let wait = self.wait_where(|kind| match kind {
            WaitKind::Message { name: awaited, correlation_key: key } => {
                &**awaited == name && key.as_deref() == correlation_key
            }
            _ => false,
        });
        let id = format!("{name}{}", wait.0);
        self.input(Input::Message { wait, message: message(name, &id) }).expect("it waits for the message");
    }

    pub(in crate::instance) fn signal(&mut self, name: &str, variables: Value) {
        let wait =
            self.wait_where(|kind| matches!(kind, WaitKind::Signal { name: awaited } if &**awaited == name));
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let variables = variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect();
        self.input(Input::Signal { wait, name: name.into(), variables }).expect("it waits for the signal");
    }

    /// The wait of an element that somebody completes.
    pub(in crate::instance) fn completion(&self, element: &str) -> WaitKey {
        let mut waits = self.instance.waits();
        let found = waits.find(|(_, wait)| wait.kind == WaitKind::Completion && &*wait.element == element);
        found.unwrap_or_else(|| panic!("nobody can complete {element}; at {}", self.places())).0
    }

    /// Somebody completes a user task.
    pub(in crate::instance) fn complete(&mut self, element: &str, variables: Value) {
        let wait = self.completion(element);
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let variables = variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect();
        self.input(Input::Complete { wait, variables }).expect("it waits for somebody");
    }

    /// Time passes; what is due is fired in order of due time.
    pub(in crate::instance) fn advance(&mut self, seconds: u64) {
        let end = self.now.plus_ms(seconds * 1_000);
        loop {
            let due = self.instance.waits().filter_map(|(key, wait)| Some((wait.kind.due()?, key))).min();
            let Some((due, wait)) = due.filter(|(due, _)| *due <= end) else { break };
            self.now = self.now.max(due);
            self.input(Input::Timer { wait }).expect("it is due");
        }
        self.now = end;
    }

    pub(in crate::instance) fn retry(&mut self) {
        let incident = self.instance.incidents().next().map_or(IncidentKey(99), |incident| incident.key);
        self.input(Input::RetryIncident { incident }).expect("there is an incident");
    }

    pub(in crate::instance) fn set(&mut self, name: &str, value: Value) {
        let variables = vec![(name.into(), Arc::new(value))];
        let node = crate::identity::NodeKey::ROOT;
        self.input(Input::SetVariables { node, variables }).expect("it runs");
    }

    pub(in crate::instance) fn variable(&self, name: &str) -> Value {
        self.instance.variable(name).map_or(Value::Null, |value| Value::clone(value))
    }

    fn wait_where(&self, fits: impl Fn(&WaitKind) -> bool) -> WaitKey {
        let found = self.instance.waits().find(|(_, wait)| fits(&wait.kind));
        found.unwrap_or_else(|| panic!("nothing waits for it; at {}", self.places())).0
    }

    /// What senders are told, in order: `id status`.
    pub(in crate::instance) fn answers(&self) -> Vec<String> {
        let answers = self.facts.iter().filter_map(|fact| match fact {
            Fact::EffectQueued { effect, .. } => match &**effect {
                Effect::Answer { message, status, .. } => Some(format!("{message} {status:?}")),
                _ => None,
            },
            _ => None,
        });
        answers.collect()
    }
}

pub(in crate::instance) fn bytes(instance: &Instance) -> Vec<u8> {
    postcard::to_stdvec(instance).expect("a record can be stored")
}

pub(in crate::instance) fn message(name: &str, id: &str) -> Arc<Message> {
    Arc::new(Message {
        id: id.into(),
        sender: "a".into(),
        process_id: "p".into(),
        process_version: "1.0".into(),
        name: name.into(),
        business_key: Some("key".into()),
        correlation_key: None,
        document: Arc::new(json!({"resourceType": "Task", "id": id})),
    })
}

pub(in crate::instance) fn target(name: &str) -> Target {
    Target {
        organization: name.into(),
        endpoint: name.into(),
        address: format!("https://{name}/fhir"),
        correlation_key: None,
    }
}

fn writes(variables: Value) -> Writes {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let write = |(name, value): (String, Value)| match name.strip_suffix('*') {
        Some(local) => {
            VariableWrite { scope: VariableScope::Local, name: local.into(), value: Some(Arc::new(value)) }
        }
        None => {
            VariableWrite { scope: VariableScope::Process, name: name.into(), value: Some(Arc::new(value)) }
        }
    };
    Writes { variables: variables.into_iter().map(write).collect(), ..Writes::default() }
}
