//! How the cost of one token grows with the number of tokens in its instance, and the cost of compiling one element with
//! the number of elements in its model: flat is linear in the whole. The interpreter alone, nothing is stored.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;
use tessera_core::identity::{DefinitionKey, InstanceId, Timestamp};
use tessera_core::instance::{Input, Instance, Start, Status, WaitKind, handle};

use crate::bench::report::Growth;
use crate::commands::Failure;

/// Small sizes are measured several times, so that each figure stands for so many tokens at least.
const TOKENS_AT_LEAST: usize = 10_000;

type Variables = Vec<(Arc<str>, Arc<Value>)>;

/// A model of a size, and what starts it.
struct Shape {
    name: &'static str,
    /// What stands in the process, beside `start`, for so many tokens.
    body: fn(usize) -> String,
    variables: fn(usize) -> Variables,
    /// The largest size that is measured.
    up_to: usize,
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "user tasks between parallel gateways",
        body: |size| branches(size, "<parallelGateway id=\"fork\"/><parallelGateway id=\"join\"/>"),
        variables: |_| Vec::new(),
        up_to: usize::MAX,
    },
    Shape {
        name: "user tasks between inclusive gateways",
        body: |size| branches(size, "<inclusiveGateway id=\"fork\"/><inclusiveGateway id=\"join\"/>"),
        variables: |_| Vec::new(),
        up_to: usize::MAX,
    },
    Shape {
        name: "user tasks before a complex gateway that waits for half of them",
        body: |size| {
            let half = size / 2;
            branches(
                size,
                &format!(
                    "<parallelGateway id=\"fork\"/><complexGateway id=\"join\"><activationCondition>\
                     ${{activationCount &gt;= {half}}}</activationCondition></complexGateway>"
                ),
            )
        },
        variables: |_| Vec::new(),
        up_to: usize::MAX,
    },
    Shape {
        name: "parallel iterations of a user task",
        body: |_| iterations("<userTask id=\"each\">", "</userTask>"),
        variables: items,
        up_to: usize::MAX,
    },
    Shape {
        name: "parallel iterations of a subprocess with an inclusive gateway",
        body: |_| {
            iterations(
                "<subProcess id=\"each\">",
                "<startEvent id=\"s\"/><inclusiveGateway id=\"fork\"/><userTask id=\"a\"/><userTask id=\"b\"/>\
                 <inclusiveGateway id=\"join\"/><sequenceFlow id=\"s_f\" sourceRef=\"s\" targetRef=\"fork\"/>\
                 <sequenceFlow id=\"f_a\" sourceRef=\"fork\" targetRef=\"a\"/>\
                 <sequenceFlow id=\"f_b\" sourceRef=\"fork\" targetRef=\"b\"/>\
                 <sequenceFlow id=\"a_j\" sourceRef=\"a\" targetRef=\"join\"/>\
                 <sequenceFlow id=\"b_j\" sourceRef=\"b\" targetRef=\"join\"/></subProcess>",
            )
        },
        variables: items,
        up_to: usize::MAX,
    },
    Shape {
        name: "user tasks one after the other before an inclusive gateway",
        body: |size| {
            let mut body = String::from(
                "<inclusiveGateway id=\"fork\"/><task id=\"short\"/><inclusiveGateway id=\"join\"/>\
                 <sequenceFlow id=\"begin\" sourceRef=\"start\" targetRef=\"fork\"/>\
                 <sequenceFlow id=\"to_short\" sourceRef=\"fork\" targetRef=\"short\"/>\
                 <sequenceFlow id=\"from_short\" sourceRef=\"short\" targetRef=\"join\"/>",
            );
            let mut before = "fork".to_owned();
            for number in 0..size {
                element(&mut body, &format!("<userTask id=\"t{number}\"/>"), &before, &format!("t{number}"));
                before = format!("t{number}");
            }
            flow(&mut body, &before, "join");
            body
        },
        variables: |_| Vec::new(),
        up_to: usize::MAX,
    },
];

/// Measures every shape at every size.
pub(super) fn measure(sizes: &[usize], progress: &impl Fn(&str)) -> Result<Vec<Growth>, Failure> {
    let mut us_each = Vec::new();
    for size in sizes {
        let text = document(&chain(*size));
        us_each.push((*size, repeated(*size, || timed(|| program(&text).map(drop)))?));
    }
    let mut all = vec![Growth { what: "elements compiled".to_owned(), us_each }];
    for shape in SHAPES {
        progress(&format!("growth: {}", shape.name));
        let mut us_each = Vec::new();
        for size in sizes.iter().filter(|size| **size <= shape.up_to) {
            let program = program(&document(&(shape.body)(*size)))?;
            us_each.push((*size, repeated(*size, || walk(&program, (shape.variables)(*size)))?));
        }
        all.push(Growth { what: shape.name.to_owned(), us_each });
    }
    Ok(all)
}

/// Microseconds for one of `size`: the best of the repetitions, because everything else on the machine only adds.
fn repeated(size: usize, mut once: impl FnMut() -> Result<Duration, Failure>) -> Result<f64, Failure> {
    let times = (TOKENS_AT_LEAST / size.max(1)).clamp(2, 200);
    let mut best = Duration::MAX;
    for _ in 0..times {
        best = best.min(once()?);
    }
    #[allow(clippy::cast_precision_loss, reason = "sizes are small")]
    let each = best.as_secs_f64() * 1e6 / size as f64;
    Ok(crate::bench::report::rounded(each))
}

fn timed(once: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let start = Instant::now();
    once()?;
    Ok(start.elapsed())
}

/// Starts an instance and completes every user task, the oldest first, each by an input of its own.
fn walk(program: &Program, variables: Variables) -> Result<Duration, Failure> {
    let failed =
        |what: String| Failure::CouldNotRun(format!("a model of the growth benchmark fails: {what}"));
    let mut instance = Instance::empty();
    let id: Arc<str> = "growth".into();
    let start = Input::Start(Box::new(Start {
        definition: DefinitionKey {
            process_id: Arc::clone(&id),
            version: "1".into(),
            digest: Arc::clone(&id),
        },
        id: InstanceId(Arc::clone(&id)),
        business_key: id,
        at: "start".into(),
        variables,
        message: None,
        caller: None,
        before: Vec::new(),
    }));
    timed(|| {
        handle(&mut instance, program, Timestamp(0), start).map_err(|refused| failed(refused.to_string()))?;
        while instance.is_running() {
            let next = instance.waits().find(|(_, wait)| wait.kind == WaitKind::Completion);
            let wait = next.map(|(wait, _)| wait).ok_or_else(|| failed("nothing waits".to_owned()))?;
            let input = Input::Complete { wait, variables: Vec::new() };
            handle(&mut instance, program, Timestamp(0), input)
                .map_err(|refused| failed(refused.to_string()))?;
        }
        if instance.status() == Status::Completed {
            Ok(())
        } else {
            Err(failed(format!("it is {:?}", instance.status())))
        }
    })
}

fn program(text: &str) -> Result<Program, Failure> {
    let failed = |what: &dyn std::fmt::Debug| {
        Failure::CouldNotRun(format!("a model of the growth benchmark is refused: {what:?}"))
    };
    let reading = read::read(text.as_bytes());
    let model = reading.model.ok_or_else(|| failed(&reading.diagnostics))?;
    compile::compile(&model, "growth").map_err(|diagnostics| failed(&diagnostics))
}

fn document(body: &str) -> String {
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" \
         xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" targetNamespace=\"https://tessera.dev/bench\">\
         <process id=\"growth\" isExecutable=\"true\"><startEvent id=\"start\"/>{body}</process></definitions>"
    )
}

fn chain(size: usize) -> String {
    let mut body = String::new();
    let mut before = "start".to_owned();
    for number in 0..size {
        element(&mut body, &format!("<task id=\"t{number}\"/>"), &before, &format!("t{number}"));
        before = format!("t{number}");
    }
    body
}

fn branches(size: usize, gateways: &str) -> String {
    let mut body = format!("{gateways}<endEvent id=\"end\"/>");
    flow(&mut body, "start", "fork");
    flow(&mut body, "join", "end");
    for number in 0..size {
        let task = format!("t{number}");
        element(&mut body, &format!("<userTask id=\"{task}\"/>"), "fork", &task);
        flow(&mut body, &task, "join");
    }
    body
}

fn iterations(open: &str, close: &str) -> String {
    let mut body = format!(
        "{open}<multiInstanceLoopCharacteristics camunda:collection=\"items\" camunda:elementVariable=\"item\"/>{close}"
    );
    flow(&mut body, "start", "each");
    body
}

fn items(size: usize) -> Variables {
    vec![("items".into(), Arc::new(json!((0..size).collect::<Vec<_>>())))]
}

fn element(body: &mut String, text: &str, source: &str, id: &str) {
    body.push_str(text);
    flow(body, source, id);
}

fn flow(body: &mut String, source: &str, target: &str) {
    let _ = write!(
        body,
        "<sequenceFlow id=\"{source}_to_{target}\" sourceRef=\"{source}\" targetRef=\"{target}\"/>"
    );
}
