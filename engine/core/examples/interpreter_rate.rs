//! How many instances per second the interpreter takes through on one core, in memory: start, three service tasks (each
//! settled at once, each sets a variable), an exclusive gateway that reads one, end. Then what one of many iterations
//! costs: it must not grow with their number.
//!
//! `cargo run --release -p tessera-core --example interpreter_rate`

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;
use tessera_core::effect::Outcome;
use tessera_core::identity::{DefinitionKey, EffectSequence, InstanceId, Timestamp};
use tessera_core::instance::{Input, Instance, Refused, Start, Status, handle};
use tessera_core::plugin::{CallOutcome, VariableScope, VariableWrite, Writes};

const MODEL: &str = r#"
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="rate">
  <process id="rate" isExecutable="true">
    <startEvent id="start"/>
    <serviceTask id="one" camunda:class="Work"/>
    <serviceTask id="two" camunda:class="Work"/>
    <serviceTask id="three" camunda:class="Work"/>
    <exclusiveGateway id="gateway" default="low"/>
    <endEvent id="end"/>
    <endEvent id="other"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="one"/>
    <sequenceFlow id="f2" sourceRef="one" targetRef="two"/>
    <sequenceFlow id="f3" sourceRef="two" targetRef="three"/>
    <sequenceFlow id="f4" sourceRef="three" targetRef="gateway"/>
    <sequenceFlow id="high" sourceRef="gateway" targetRef="end">
      <conditionExpression xsi:type="tFormalExpression">${result &gt;= 2}</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="low" sourceRef="gateway" targetRef="other"/>
  </process>
</definitions>"#;

const FAN_OUT: &str = r#"
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    targetNamespace="rate">
  <process id="rate" isExecutable="true">
    <startEvent id="start"/>
    <subProcess id="each">
      <multiInstanceLoopCharacteristics camunda:collection="${items}" camunda:elementVariable="item"/>
      <startEvent id="inner"/><serviceTask id="work" camunda:class="Work"/><endEvent id="done"/>
      <sequenceFlow id="f1" sourceRef="inner" targetRef="work"/>
      <sequenceFlow id="f2" sourceRef="work" targetRef="done"/>
    </subProcess>
    <endEvent id="end"/>
    <sequenceFlow id="f3" sourceRef="start" targetRef="each"/>
    <sequenceFlow id="f4" sourceRef="each" targetRef="end"/>
  </process>
</definitions>"#;

const ROUNDS: u32 = 5;
const INSTANCES: u32 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let definition = DefinitionKey { process_id: "rate".into(), version: "1.0".into(), digest: "".into() };
    let simple = program(MODEL)?;
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut facts = 0_u64;
        for _ in 0..INSTANCES {
            facts += run(&simple, &definition)?;
        }
        let rate = f64::from(INSTANCES) / began.elapsed().as_secs_f64();
        best = best.max(rate);
        println!("{rate:>9.0} instances/s, {} facts each", facts / u64::from(INSTANCES));
    }
    println!("best: {best:.0} instances/s on one core");
    let fan_out = program(FAN_OUT)?;
    for width in [10, 100, 1_000, 10_000] {
        let began = Instant::now();
        for _ in 0..10_000 / width {
            fan_out_once(&fan_out, &definition, width)?;
        }
        println!("{width:>6} iterations: {:>6.0} ns each", began.elapsed().as_secs_f64() * 1e9 / 10_000.0);
    }
    Ok(())
}

fn program(model: &str) -> Result<Program, Box<dyn Error>> {
    let model = read::read(model.as_bytes()).model.ok_or("the model is well-formed")?;
    Ok(compile::compile(&model, "rate").map_err(|diagnostics| format!("{diagnostics:?}"))?)
}

fn start(definition: &DefinitionKey, variable: (&str, Value)) -> Input {
    Input::Start(Box::new(Start {
        definition: definition.clone(),
        id: InstanceId("0f3a2b1c-5d6e-4f70-8a9b-0c1d2e3f4a5b".into()),
        business_key: "6d0c9a4e-9a55-4a43-8a57-2b8a4dcb2a10".into(),
        at: "start".into(),
        variables: vec![(variable.0.into(), Arc::new(variable.1))],
        message: None,
        before: Vec::new(),
        caller: None,
    }))
}

/// Takes one instance with so many iterations through.
fn fan_out_once(program: &Program, definition: &DefinitionKey, width: u32) -> Result<(), Refused> {
    let mut instance = Instance::empty();
    let items = ("items", (0..width).collect::<Value>());
    handle(&mut instance, program, Timestamp(0), start(definition, items))?;
    let effects = instance.effects().map(|(sequence, _)| sequence).collect::<Vec<_>>();
    for effect in effects {
        let outcome = Outcome::Call(CallOutcome::Completed(Writes::default()));
        handle(&mut instance, program, Timestamp(0), Input::Settled { effect, outcome })?;
    }
    assert_eq!(instance.status(), Status::Completed);
    Ok(())
}

/// Takes one instance through and counts its facts.
fn run(program: &Program, definition: &DefinitionKey) -> Result<u64, Refused> {
    let mut instance = Instance::empty();
    let input = ("input", Value::from(1));
    let mut facts = handle(&mut instance, program, Timestamp(0), start(definition, input))?.len();
    for sequence in 0..3 {
        let write = VariableWrite {
            scope: VariableScope::Process,
            name: "result".into(),
            value: Some(Arc::new(Value::from(sequence))),
        };
        let writes = Writes { variables: vec![write], ..Writes::default() };
        let outcome = Outcome::Call(CallOutcome::Completed(writes));
        let settled = Input::Settled { effect: EffectSequence(sequence), outcome };
        facts += handle(&mut instance, program, Timestamp(sequence), settled)?.len();
    }
    assert_eq!(instance.status(), Status::Completed);
    Ok(u64::try_from(facts).unwrap_or(u64::MAX))
}
