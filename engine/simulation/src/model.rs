//! A tree of blocks as BPMN text, and as what the engine executes. The elements of block 7 are called `work7`, `fork7`,
//! `join7` and so on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;
use tessera_core::driver::Deployment;
use tessera_core::identity::{DefinitionKey, Timestamp};
use tessera_exchange::delivery::instant;

use crate::block::{Block, Id};
use crate::content;
use crate::scene::Scene;
use crate::world::EPOCH_MS;

/// The version of every process of a simulated collaboration.
pub const VERSION: &str = "1.0";
/// Starts a collaboration. Only the own organisation may send it.
pub const START: &str = "start";
/// Starts a partner's process.
pub const ASK: &str = "ask";
/// Its answer.
pub const REPLY: &str = "reply";
/// What a process tells itself.
pub const NOTE: &str = "note";
/// Code of the inputs and outputs by which handlers tell something.
pub const SAID: &str = "said";
/// The profile of all messages.
pub const PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-simulation|1.0";

/// `process/@id` of a process of the collaboration.
pub fn process_id(process: usize) -> String {
    format!("dsfdev_simulated{process}")
}

/// `process/@id` of what a call activity of it calls.
pub fn called_id(process: usize, call: Id) -> String {
    format!("{}called{call}", process_id(process))
}

/// `process/@id` of what a timer starts.
pub fn timed_id() -> String {
    "dsfdev_timed".to_owned()
}

/// `process/@id` of what a condition starts.
pub fn conditional_id() -> String {
    "dsfdev_conditional".to_owned()
}

/// Says of a call activity that it calls what is of its own package.
const BOUND: &str = r#"camunda:calledElementBinding="deployment""#;

/// The variable that its condition looks at.
pub(crate) const GO: &str = "go";

/// What messages name it by.
pub fn canonical(process: usize) -> String {
    format!("http://dsf.dev/bpe/Process/simulated{process}|{VERSION}")
}

/// What a person says who has done their work.
pub(crate) fn said(conversation: &str) -> Vec<(Arc<str>, Arc<Value>)> {
    named("said", content::value("said", conversation, None))
}

/// What a called process returns.
pub(crate) fn result(conversation: &str, call: Id) -> Vec<(Arc<str>, Arc<Value>)> {
    named("result", content::value(&format!("result{call}"), conversation, None))
}

fn named(name: &str, value: Option<Value>) -> Vec<(Arc<str>, Arc<Value>)> {
    value.into_iter().map(|value| (name.into(), Arc::new(value))).collect()
}

/// Another key of a conversation, which an instance gives itself.
pub(crate) fn alias(conversation: &str, id: Id) -> String {
    format!("{conversation}#alias{id}")
}

/// A process as text, and what the invariants know about it without asking the engine.
#[derive(Debug, Clone)]
pub struct Model {
    /// BPMN.
    pub text: String,
    /// The element that each sequence flow leaves.
    pub flows: BTreeMap<String, String>,
    /// Milliseconds of each timer.
    pub timers: BTreeMap<String, u64>,
    /// How often each cycle fires, and milliseconds between two times.
    pub cycles: BTreeMap<String, (u32, u64)>,
    /// Milliseconds after the beginning of the world of each date.
    pub dates: BTreeMap<String, u64>,
    /// Whether it may end by an error that its caller catches.
    pub ends_by_error: bool,
    /// How often it is started at most, if nobody starts it but its timer or its condition.
    pub starts_max: Option<u32>,
    /// Call activities that call what is of their own package, whatever is newer.
    pub bound: BTreeSet<String>,
    /// Elements that send what a handler has shaped.
    pub shaped: BTreeSet<String>,
    /// What handlers must see: variables and what they stand for, see `content`.
    pub sees: BTreeMap<String, Vec<(String, String)>>,
}

/// The BPMN text of a process that is started by a message.
pub fn write(process: usize, starter: &str, block: &Block) -> Model {
    let start =
        format!(r#"<startEvent id="start"><messageEventDefinition messageRef="m_{starter}"/></startEvent>"#);
    text(process, &process_id(process), &start, block)
}

/// The BPMN text of a process that is started by a call activity of another.
pub fn write_called(process: usize, call: Id, block: &Block) -> Model {
    text(process, &called_id(process, call), r#"<startEvent id="start"/>"#, block)
}

/// The BPMN text of a process that nobody starts but its timer, so often and with so many milliseconds between.
pub fn write_timed(process: usize, times: u32, interval_ms: u64, block: &Block) -> Model {
    let seconds = interval_ms / 1_000;
    let start = format!(
        r#"<startEvent id="start"><timerEventDefinition><timeCycle>R{times}/PT{seconds}S</timeCycle></timerEventDefinition></startEvent>"#
    );
    Model { starts_max: Some(times), ..text(process, &timed_id(), &start, block) }
}

/// The BPMN text of a process that starts, once, when somebody says that its condition may hold.
pub fn write_conditional(process: usize, block: &Block) -> Model {
    let start = format!(
        r#"<startEvent id="start"><conditionalEventDefinition><condition>${{{GO} == 1}}</condition></conditionalEventDefinition></startEvent>"#
    );
    Model { starts_max: Some(1), ..text(process, &conditional_id(), &start, block) }
}

fn text(process: usize, id: &str, start: &str, block: &Block) -> Model {
    let mut writer = Writer { process, ..Writer::default() };
    let (first, last) = writer.block(block);
    writer.element(format_args!(r#"{start}<endEvent id="end"/>"#));
    writer.flow("start", &first, None);
    writer.flow(&last, "end", None);
    let text = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="simulation">
<message id="m_start" name="{START}"/><message id="m_ask" name="{ASK}"/><message id="m_reply" name="{REPLY}"/><message id="m_note" name="{NOTE}"/><error id="e_no" errorCode="no"/><error id="e_red" errorCode="red"/><error id="e_blue" errorCode="blue"/><escalation id="x_up" escalationCode="up"/><escalation id="x_top" escalationCode="top"/>
{}<process id="{id}" isExecutable="true" camunda:versionTag="{VERSION}">{}</process></definitions>"#,
        writer.signals, writer.elements
    );
    let calls = text.split("<callActivity ").skip(1).filter_map(|call| call.split('>').next());
    let bound = calls.filter(|call| call.contains(BOUND)).filter_map(|call| call.split('"').nth(1));
    let bound = bound.map(str::to_owned).collect();
    let Writer { sources: flows, timers, cycles, dates, ends_by_error, shaped, sees, .. } = writer;
    Model { text, flows, timers, cycles, dates, ends_by_error, starts_max: None, bound, shaped, sees }
}

/// Compiles a text. An error names what the engine refuses: a bug of the generator or of the compiler.
pub fn compiled(id: &str, digest: &str, text: &str) -> Result<Deployment, String> {
    let reading = read::read(text.as_bytes());
    let model = reading.model.ok_or_else(|| format!("{:?}\n{text}", reading.diagnostics))?;
    let program: Program = compile::compile(&model, id).map_err(|wrong| format!("{wrong:?}\n{text}"))?;
    let key = DefinitionKey { process_id: id.into(), version: VERSION.into(), digest: digest.into() };
    Ok(Deployment { key, program: Arc::new(program) })
}

#[derive(Default)]
struct Writer {
    process: usize,
    elements: String,
    signals: String,
    flows: u32,
    sources: BTreeMap<String, String>,
    timers: BTreeMap<String, u64>,
    cycles: BTreeMap<String, (u32, u64)>,
    dates: BTreeMap<String, u64>,
    ends_by_error: bool,
    shaped: BTreeSet<String>,
    sees: BTreeMap<String, Vec<(String, String)>>,
}

impl Writer {
    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        self.elements.write_fmt(element).expect("writing to a String cannot fail");
        self.elements.push('\n');
    }

    fn flow(&mut self, from: &str, to: &str, condition: Option<&str>) -> String {
        self.flows += 1;
        let id = format!("flow{}", self.flows);
        self.sources.insert(id.clone(), from.to_owned());
        let condition = condition.map_or_else(String::new, |condition| {
            format!(
                r#"<conditionExpression xsi:type="tFormalExpression">${{{condition}}}</conditionExpression>"#
            )
        });
        self.element(format_args!(
            r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#
        ));
        id
    }

    fn handler(&mut self, id: &str, handler: &str) {
        self.element(format_args!(r#"<serviceTask id="{id}" camunda:class="{handler}"/>"#));
    }

    fn chooser(&mut self, id: &str, branches: usize) {
        self.element(format_args!(
            r#"<serviceTask id="{id}" camunda:class="choose"><extensionElements><camunda:field name="branches"><camunda:string>{branches}</camunda:string></camunda:field></extensionElements></serviceTask>"#
        ));
    }

    /// A scope's content with a start and an end of its own, whose names begin with `of`.
    fn content(&mut self, of: &str, id: Id, body: &Block) {
        let (first, last) = self.block(body);
        self.element(format_args!(r#"<startEvent id="{of}begin{id}"/><endEvent id="{of}finish{id}"/>"#));
        self.flow(&format!("{of}begin{id}"), &first, None);
        self.flow(&last, &format!("{of}finish{id}"), None);
    }

    /// What `write` writes, apart from everything around it.
    fn within(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let outer = std::mem::take(&mut self.elements);
        write(self);
        std::mem::replace(&mut self.elements, outer)
    }

    /// A subprocess; its first and its last element are itself.
    fn scope(&mut self, id: Id, write: impl FnOnce(&mut Self)) -> (String, String) {
        let scope = format!("scope{id}");
        let content = self.within(write);
        self.element(format_args!(r#"<subProcess id="{scope}">{content}</subProcess>"#));
        (scope.clone(), scope)
    }

    /// Writes a block; its first and its last element.
    fn block(&mut self, block: &Block) -> (String, String) {
        match block {
            Block::Pass(id) => {
                let task = format!("task{id}");
                self.element(format_args!(r#"<task id="{task}"/>"#));
                (task.clone(), task)
            }
            Block::Work { id, on_error: None } => {
                let work = format!("work{id}");
                self.handler(&work, "work");
                (work.clone(), work)
            }
            Block::Work { id, on_error: Some(otherwise) } => {
                let (work, error, merge) = (format!("work{id}"), format!("error{id}"), format!("merge{id}"));
                self.handler(&work, "risky");
                self.element(format_args!(
                    r#"<boundaryEvent id="{error}" attachedToRef="{work}"><errorEventDefinition errorRef="e_no"/></boundaryEvent><exclusiveGateway id="{merge}"/>"#
                ));
                let (first, last) = self.block(otherwise);
                self.flow(&error, &first, None);
                self.flow(&last, &merge, None);
                self.flow(&work, &merge, None);
                (work, merge)
            }
            Block::Sequence(blocks) => {
                let mut ends: Option<(String, String)> = None;
                for block in blocks {
                    let (first, last) = self.block(block);
                    ends = Some(match ends {
                        None => (first, last),
                        Some((begin, before)) => {
                            self.flow(&before, &first, None);
                            (begin, last)
                        }
                    });
                }
                ends.expect("a sequence is not empty")
            }
            Block::Choice(id, branches) => {
                let (decide, split, merge) =
                    (format!("decide{id}"), format!("split{id}"), format!("merge{id}"));
                self.chooser(&decide, branches.len());
                let flows: Vec<String> = branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| {
                        let (first, last) = self.block(branch);
                        self.flow(&last, &merge, None);
                        // The last one is the default flow.
                        let condition = format!("choice{id} == {index}");
                        let is_default = index + 1 == branches.len();
                        self.flow(&split, &first, (!is_default).then_some(&*condition))
                    })
                    .collect();
                let default = flows.last().map(String::as_str).unwrap_or_default();
                self.element(format_args!(
                    r#"<exclusiveGateway id="{split}" default="{default}"/><exclusiveGateway id="{merge}"/>"#
                ));
                self.flow(&decide, &split, None);
                (decide, merge)
            }
            Block::Parallel(id, branches) => {
                let (fork, join) = (format!("fork{id}"), format!("join{id}"));
                self.element(format_args!(r#"<parallelGateway id="{fork}"/><parallelGateway id="{join}"/>"#));
                for branch in branches {
                    let (first, last) = self.block(branch);
                    self.flow(&fork, &first, None);
                    self.flow(&last, &join, None);
                }
                (fork, join)
            }
            Block::Inclusive(id, branches) => {
                let (decide, fork, join) = (format!("decide{id}"), format!("fork{id}"), format!("join{id}"));
                self.chooser(&decide, branches.len());
                self.element(format_args!(
                    r#"<inclusiveGateway id="{fork}"/><inclusiveGateway id="{join}"/>"#
                ));
                for (index, branch) in branches.iter().enumerate() {
                    let (first, last) = self.block(branch);
                    self.flow(&fork, &first, Some(&format!("takes{id}_{index}")));
                    self.flow(&last, &join, None);
                }
                self.flow(&decide, &fork, None);
                (decide, join)
            }
            Block::Loop(id, body) => {
                let (again, decide, more) =
                    (format!("again{id}"), format!("decide{id}"), format!("more{id}"));
                self.handler(&decide, "repeat");
                let (first, last) = self.block(body);
                let back = self.flow(&more, &again, Some(&format!("more{id}")));
                let leave = format!("leave{id}");
                let onward = self.flow(&more, &leave, None);
                debug_assert_ne!(back, onward, "each flow has its own id");
                self.element(format_args!(
                    r#"<exclusiveGateway id="{again}"/><exclusiveGateway id="{more}" default="{onward}"/><task id="{leave}"/>"#
                ));
                self.flow(&again, &first, None);
                self.flow(&last, &decide, None);
                self.flow(&decide, &more, None);
                (again, leave)
            }
            Block::Pause(id, milliseconds) => {
                let pause = format!("pause{id}");
                self.timer("intermediateCatchEvent", &pause, "", *milliseconds);
                (pause.clone(), pause)
            }
            Block::Scope { id, body, deadline_ms } => {
                let (scope, last) = self.scope(*id, |inner| inner.content("", *id, body));
                let Some(deadline_ms) = deadline_ms else { return (scope, last) };
                let (late, merge) = (format!("late{id}"), format!("merge{id}"));
                self.timer("boundaryEvent", &late, &format!(r#" attachedToRef="{scope}""#), *deadline_ms);
                self.element(format_args!(r#"<exclusiveGateway id="{merge}"/>"#));
                self.flow(&scope, &merge, None);
                self.flow(&late, &merge, None);
                (scope, merge)
            }
            Block::Each { id, count, sequential, body } => {
                let each = format!("each{id}");
                let content = self.within(|inner| inner.content("", *id, body));
                self.element(format_args!(
                    r#"<subProcess id="{each}"><multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>{count}</loopCardinality></multiInstanceLoopCharacteristics>{content}</subProcess>"#
                ));
                (each.clone(), each)
            }
            Block::Ask { id, process, deadline_ms, shaped } => {
                self.scope(*id, |inner| inner.asking(*id, *process, *deadline_ms, *shaped))
            }
            Block::Undo(id, works) => self.scope(*id, |inner| inner.undoing(*id, works)),
            Block::Signal { id, work } => {
                let (fork, join) = (format!("fork{id}"), format!("join{id}"));
                let (catch, throw, work) =
                    (format!("catch{id}"), format!("throw{id}"), format!("work{work}"));
                // All conversations of a process share it: whoever broadcasts first sets all free that wait.
                let process = self.process;
                let _ = writeln!(self.signals, r#"<signal id="s{id}" name="signal-{process}-{id}"/>"#);
                let definition = format!(r#"<signalEventDefinition signalRef="s{id}"/>"#);
                self.element(format_args!(
                    r#"<parallelGateway id="{fork}"/><parallelGateway id="{join}"/><intermediateCatchEvent id="{catch}">{definition}</intermediateCatchEvent><intermediateThrowEvent id="{throw}">{definition}</intermediateThrowEvent>"#
                ));
                self.handler(&work, "work");
                for (from, to) in
                    [(&fork, &catch), (&catch, &join), (&fork, &work), (&work, &throw), (&throw, &join)]
                {
                    self.flow(from, to, None);
                }
                (fork, join)
            }
            Block::Reminded { id, body, after_ms, work } => {
                self.scope(*id, |inner| inner.reminded(*id, body, *after_ms, *work))
            }
            Block::Call { id, .. } => {
                let call = format!("call{id}");
                let called = called_id(self.process, *id);
                let binding = if id.is_multiple_of(3) { "" } else { BOUND };
                self.element(format_args!(
                    r#"<callActivity id="{call}" calledElement="{called}" {binding}><extensionElements><camunda:in businessKey="${{execution.processBusinessKey}}"/></extensionElements></callActivity>"#
                ));
                (call.clone(), call)
            }
            Block::Added(block) => self.block(block),
            Block::Scene { id, scene, .. } => self.scope(*id, |inner| inner.scene(*id, scene)),
            Block::Reply(id) => self.scope(*id, |inner| {
                inner.element(format_args!(r#"<startEvent id="begin{id}"/><endEvent id="finish{id}"/>"#));
                inner.handler(&format!("address{id}"), "answer");
                // The process of whoever asked is only known when the message comes: the handler sets `asker`.
                inner.send(&format!("send{id}"), "${asker}", REPLY, None);
                inner.flow(&format!("begin{id}"), &format!("address{id}"), None);
                inner.flow(&format!("address{id}"), &format!("send{id}"), None);
                inner.flow(&format!("send{id}"), &format!("finish{id}"), None);
            }),
        }
    }

    fn scene(&mut self, id: Id, scene: &Scene) {
        let called = called_id(self.process, id);
        let (number, process) = (id.to_string(), self.process.to_string());
        let text =
            |text: &str| text.replace('#', &number).replace("$called", &called).replace("$process", &process);
        self.signals.push_str(&text(scene.definitions));
        for line in text(scene.body).lines() {
            self.line(line);
        }
    }

    /// A line of a scene.
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["tell" | "compensate" | "sees", place, ..] => {
                let place = place.trim_end_matches(':');
                let instructions = line.split_once(':').map_or("", |(_, instructions)| instructions);
                self.instructed(words[0], place, instructions);
            }
            ["own", address] => {
                let process = self.process;
                self.element(format_args!(
                    r#"<serviceTask id="{address}" camunda:class="address"><extensionElements><camunda:field name="process"><camunda:string>{process}</camunda:string></camunda:field></extensionElements></serviceTask>"#
                ));
            }
            ["note", name] => self.send(name, &canonical(self.process), NOTE, None),
            ["note", name, "by", handler] => self.send(name, &canonical(self.process), NOTE, Some(handler)),
            ["fail", name, code] => {
                self.ends_by_error = true;
                self.element(format_args!(
                    r#"<endEvent id="{name}"><errorEventDefinition errorRef="e_{code}"/></endEvent>"#
                ));
            }
            ["timer", name, milliseconds, kind, attributes @ ..] => {
                self.timer(kind, name, &format!(" {}", attributes.join(" ")), number(milliseconds));
            }
            ["cycle", name, times, seconds, attached_to] => {
                let times = u32::try_from(number(times)).unwrap_or(1);
                self.cycles.insert((*name).to_owned(), (times, number(seconds) * 1_000));
                self.element(format_args!(
                    r#"<boundaryEvent id="{name}" attachedToRef="{attached_to}" cancelActivity="false"><timerEventDefinition><timeCycle>R{times}/PT{seconds}S</timeCycle></timerEventDefinition></boundaryEvent>"#
                ));
            }
            ["date", name, seconds] => {
                let after_ms = number(seconds) * 1_000;
                self.dates.insert((*name).to_owned(), after_ms);
                let date = instant(Timestamp(EPOCH_MS + after_ms));
                self.element(format_args!(
                    r#"<intermediateCatchEvent id="{name}"><timerEventDefinition><timeDate>{date}</timeDate></timerEventDefinition></intermediateCatchEvent>"#
                ));
            }
            [first, "->", ..] if !first.starts_with('<') => {
                let (chain, condition) = match line.split_once(" ? ") {
                    Some((chain, condition)) => (chain, Some(condition)),
                    None => (line, None),
                };
                let elements: Vec<&str> = chain.split(" -> ").map(str::trim).collect();
                for pair in elements.windows(2) {
                    self.flow(pair[0], pair[1], condition);
                }
            }
            _ => self.element(format_args!("{line}")),
        }
    }

    /// A service task of a scene: what it writes goes into the model, what it must see does not.
    fn instructed(&mut self, kind: &str, place: &str, instructions: &str) {
        let mut writes = Vec::new();
        let mut error = String::new();
        for instruction in instructions.split(';').map(str::trim) {
            match instruction.split(' ').collect::<Vec<_>>().as_slice() {
                ["see", name, word] => {
                    let sees = self.sees.entry(place.to_owned()).or_default();
                    sees.push(((*name).to_owned(), (*word).to_owned()));
                }
                ["error", codes] => error = field("error", codes),
                [""] => {}
                _ => writes.push(instruction),
            }
        }
        if kind == "sees" {
            return;
        }
        let compensates = if kind == "compensate" { r#" isForCompensation="true""# } else { "" };
        let writes = field("writes", &writes.join("; "));
        self.element(format_args!(
            r#"<serviceTask id="{place}" camunda:class="tell"{compensates}><extensionElements>{writes}{error}</extensionElements></serviceTask>"#
        ));
    }

    fn undoing(&mut self, id: Id, works: &[Id]) {
        let mut before = format!("begin{id}");
        self.element(format_args!(r#"<startEvent id="{before}"/><endEvent id="finish{id}"/>"#));
        for number in works {
            let (work, undo) = (format!("work{number}"), format!("undo{number}"));
            self.handler(&work, "work");
            self.element(format_args!(
                r#"<boundaryEvent id="undone{number}" attachedToRef="{work}"><compensateEventDefinition/></boundaryEvent><serviceTask id="{undo}" isForCompensation="true" camunda:class="work"/><association id="by{number}" sourceRef="undone{number}" targetRef="{undo}" associationDirection="One"/>"#
            ));
            self.flow(&before, &work, None);
            before = work;
        }
        let undoing = format!("undoing{id}");
        self.element(format_args!(
            r#"<intermediateThrowEvent id="{undoing}"><compensateEventDefinition/></intermediateThrowEvent>"#
        ));
        self.flow(&before, &undoing, None);
        self.flow(&undoing, &format!("finish{id}"), None);
    }

    fn reminded(&mut self, id: Id, body: &Block, after_ms: u64, work: Id) {
        let named = |name: &str| format!("{name}{id}");
        let (begin, finish, inner, remind, reminded) =
            (named("begin"), named("finish"), named("body"), named("remind"), named("reminded"));
        self.element(format_args!(
            r#"<startEvent id="{begin}"/><endEvent id="{finish}"/><endEvent id="{reminded}"/>"#
        ));
        let content = self.within(|nested| nested.content("body", id, body));
        self.element(format_args!(r#"<subProcess id="{inner}">{content}</subProcess>"#));
        let attached = format!(r#" attachedToRef="{inner}" cancelActivity="false""#);
        self.timer("boundaryEvent", &remind, &attached, after_ms);
        let work = format!("work{work}");
        self.handler(&work, "work");
        for (from, to) in [(&begin, &inner), (&inner, &finish), (&remind, &work), (&work, &reminded)] {
            self.flow(from, to, None);
        }
    }

    fn asking(&mut self, id: u32, process: usize, deadline_ms: Option<u64>, shaped: bool) {
        let named = |name: &str| format!("{name}{id}");
        let (begin, finish, address, send, reply) =
            (named("begin"), named("finish"), named("address"), named("send"), named("reply"));
        self.element(format_args!(r#"<startEvent id="{begin}"/><endEvent id="{finish}"/>"#));
        self.element(format_args!(
            r#"<serviceTask id="{address}" camunda:class="address"><extensionElements><camunda:field name="process"><camunda:string>{process}</camunda:string></camunda:field></extensionElements></serviceTask>"#
        ));
        self.send(&send, &canonical(process), ASK, shaped.then_some("shape"));
        self.flow(&begin, &address, None);
        self.flow(&address, &send, None);
        let sent = if shaped {
            // What the handler wrote that shaped the message is kept.
            let shown = named("shown");
            self.instructed("tell", &shown, &format!("see shaped{id} shaped{id}"));
            self.flow(&send, &shown, None);
            shown
        } else {
            send
        };
        self.element(format_args!(
            r#"<intermediateCatchEvent id="{reply}"><messageEventDefinition messageRef="m_reply"/></intermediateCatchEvent>"#
        ));
        match deadline_ms {
            None => {
                self.flow(&sent, &reply, None);
                self.flow(&reply, &finish, None);
            }
            Some(deadline_ms) => {
                let (wait, late, merge) = (named("wait"), named("late"), named("merge"));
                self.element(format_args!(
                    r#"<eventBasedGateway id="{wait}"/><exclusiveGateway id="{merge}"/>"#
                ));
                self.timer("intermediateCatchEvent", &late, "", deadline_ms);
                self.flow(&sent, &wait, None);
                self.flow(&wait, &reply, None);
                self.flow(&wait, &late, None);
                self.flow(&reply, &merge, None);
                self.flow(&late, &merge, None);
                self.flow(&merge, &finish, None);
            }
        }
    }

    fn send(&mut self, name: &str, canonical: &str, message: &str, handler: Option<&str>) {
        if handler.is_some() {
            self.shaped.insert(name.to_owned());
        }
        let class = handler.map_or_else(String::new, |handler| format!(r#" camunda:class="{handler}""#));
        self.element(format_args!(
            r#"<sendTask id="{name}" messageRef="m_{message}"{class}><extensionElements>{}{}{}</extensionElements></sendTask>"#,
            field("instantiatesCanonical", canonical),
            field("messageName", message),
            field("profile", PROFILE),
        ));
    }

    fn timer(&mut self, kind: &str, id: &str, attribute: &str, milliseconds: u64) {
        let seconds = milliseconds / 1_000;
        self.timers.insert(id.to_owned(), seconds * 1_000);
        self.element(format_args!(
            r#"<{kind} id="{id}"{attribute}><timerEventDefinition><timeDuration>PT{seconds}S</timeDuration></timerEventDefinition></{kind}>"#
        ));
    }
}

fn field(name: &str, value: &str) -> String {
    let kind = if value.starts_with('$') { "expression" } else { "string" };
    format!(r#"<camunda:field name="{name}"><camunda:{kind}>{value}</camunda:{kind}></camunda:field>"#)
}

fn number(digits: &str) -> u64 {
    digits.parse().expect("a scene counts in digits")
}
