//! What a model becomes: the program of a process that uses most of what is executable.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::time::Duration;

use tessera_bpmn::compile::{
    self, Kind, ListenerEvent, MappingValue, Program, Send, Throw, TimerKind, Trigger,
};
use tessera_bpmn::read::read;

const MODEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://operaton.org/schema/1.0/bpmn"
             xmlns:t="https://tessera.dev/bpmn/1">
  <message id="order" name="order"/>
  <message id="answer" name="answer_${region}" t:correlationKey="${orderId}"/>
  <signal id="stop" name="stop"/>
  <error id="broken" errorCode="BROKEN" camunda:errorMessage="it broke"/>
  <process id="shop" name="Shop" isExecutable="true" camunda:versionTag="1.0" camunda:historyTimeToLive="P30D">
    <documentation>Sells things.</documentation>
    <startEvent id="start"><messageEventDefinition messageRef="order"/></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="pick"/>
    <serviceTask id="pick" camunda:class="org.example.Pick" camunda:asyncBefore="true" camunda:resultVariable="picked">
      <extensionElements>
        <camunda:field name="literal"><camunda:string>${kept}</camunda:string></camunda:field>
        <camunda:field name="computed" expression="${count}"/>
        <camunda:inputOutput>
          <camunda:inputParameter name="list"><camunda:list><camunda:value>a</camunda:value></camunda:list></camunda:inputParameter>
          <camunda:outputParameter name="done">yes</camunda:outputParameter>
        </camunda:inputOutput>
        <camunda:executionListener event="end" class="org.example.Log"/>
        <camunda:failedJobRetryTimeCycle>R3/PT5S</camunda:failedJobRetryTimeCycle>
      </extensionElements>
    </serviceTask>
    <boundaryEvent id="failed" attachedToRef="pick"><errorEventDefinition errorRef="broken" camunda:errorCodeVariable="code"/></boundaryEvent>
    <boundaryEvent id="late" attachedToRef="pick" cancelActivity="false">
      <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f2" sourceRef="pick" targetRef="each"/>
    <sequenceFlow id="f3" sourceRef="failed" targetRef="broken_end"/>
    <sequenceFlow id="f4" sourceRef="late" targetRef="stopped"/>
    <subProcess id="each">
      <multiInstanceLoopCharacteristics isSequential="true" camunda:collection="order-lines" camunda:elementVariable="line">
        <completionCondition>${nrOfCompletedInstances == 2}</completionCondition>
      </multiInstanceLoopCharacteristics>
      <startEvent id="line_start"/>
      <sequenceFlow id="s1" sourceRef="line_start" targetRef="ask"/>
      <sendTask id="ask" t:handler="ask" messageRef="order"/>
      <sequenceFlow id="s2" sourceRef="ask" targetRef="wait"/>
      <eventBasedGateway id="wait"/>
      <sequenceFlow id="s3" sourceRef="wait" targetRef="answered"/>
      <sequenceFlow sourceRef="wait" targetRef="cancelled"/>
      <receiveTask id="answered" messageRef="answer"/>
      <intermediateCatchEvent id="cancelled"><signalEventDefinition signalRef="stop"/></intermediateCatchEvent>
    </subProcess>
    <sequenceFlow id="f5" sourceRef="each" targetRef="which"/>
    <exclusiveGateway id="which" default="f7"/>
    <sequenceFlow id="f6" sourceRef="which" targetRef="end"><conditionExpression>${total &gt; 10}</conditionExpression></sequenceFlow>
    <sequenceFlow id="f7" sourceRef="which" targetRef="broken_end"/>
    <endEvent id="end"><terminateEventDefinition/></endEvent>
    <endEvent id="broken_end"><errorEventDefinition errorRef="broken"/></endEvent>
    <endEvent id="stopped"><signalEventDefinition signalRef="stop"/></endEvent>
  </process>
</definitions>"#;

fn program() -> Program {
    let reading = read(MODEL.as_bytes());
    assert_eq!(reading.diagnostics, []);
    let examination = compile::examine(&reading.model.unwrap(), "shop");
    assert_eq!(examination.diagnostics, []);
    examination.program.unwrap()
}

#[test]
fn a_process_keeps_its_identity() {
    let program = program();
    assert_eq!((program.name.as_deref(), program.version_tag.as_deref()), (Some("Shop"), Some("1.0")));
    assert_eq!(program.history_time_to_live.as_deref(), Some("P30D"));
    let root = program.element(Program::ROOT);
    assert_eq!((&*root.id, root.documentation.as_deref()), ("shop", Some("Sells things.")));
    let names = |scope: &compile::Scope| {
        scope.children.iter().map(|child| program.element(*child).id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(program.scope(Program::ROOT)),
        ["start", "pick", "failed", "late", "each", "which", "end", "broken_end", "stopped"]
    );
    assert_eq!(
        names(program.scope(program.find("each").unwrap())),
        ["line_start", "ask", "wait", "answered", "cancelled"]
    );
    assert!(program.elements().all(|(index, element)| element.scope <= index));
}

#[test]
fn a_service_task_has_all_its_extensions() {
    let program = program();
    let pick = program.element(program.find("pick").unwrap());
    let Kind::ServiceTask(work) = &pick.kind else { panic!("{:?}", pick.kind) };
    assert_eq!(
        (work.handler.as_deref(), work.result_variable.as_deref()),
        (Some("org.example.Pick"), Some("picked"))
    );
    assert_eq!(work.fields[0].value.literal(), Some("${kept}"));
    assert_eq!((work.fields[1].value.literal(), work.fields[1].value.source()), (None, "${count}"));
    assert!(matches!(&pick.inputs[0].value, MappingValue::List(items) if items.len() == 1));
    assert_eq!(pick.outputs[0].name, "done");
    assert_eq!(pick.listeners[0].event, ListenerEvent::End);
    assert_eq!(pick.retry_cycle.as_ref().unwrap().pause_after(1), Some(Duration::from_secs(5)));
    assert!(pick.async_before && !pick.async_after);
    let boundary: Vec<_> = pick.boundary_events.iter().map(|event| &program.element(*event).kind).collect();
    assert!(
        matches!(boundary[0], Kind::BoundaryEvent { trigger: Trigger::Error(error), interrupting: true, .. }
        if error.code.as_deref() == Some("BROKEN") && error.code_variable.as_deref() == Some("code"))
    );
    assert!(
        matches!(boundary[1], Kind::BoundaryEvent { trigger: Trigger::Timer(timer), interrupting: false, attached_to }
        if timer.kind == TimerKind::Duration && *attached_to == program.find("pick").unwrap())
    );
}

#[test]
fn events_messages_and_repetition() {
    let program = program();
    let kind = |id: &str| &program.element(program.find(id).unwrap()).kind;
    assert!(
        matches!(kind("start"), Kind::StartEvent(Trigger::Message(message)) if message.name.literal() == Some("order"))
    );
    assert!(matches!(kind("ask"), Kind::SendTask(Send { handler: Some(handler), .. }) if handler == "ask"));
    assert!(matches!(kind("answered"), Kind::ReceiveTask(message)
        if message.name.source() == "answer_${region}" && message.correlation_key.as_ref().unwrap().source() == "${orderId}"));
    assert!(matches!(kind("cancelled"), Kind::CatchEvent(Trigger::Signal { .. })));
    assert_eq!(kind("end"), &Kind::EndEvent(Throw::Terminate));
    let Kind::EndEvent(Throw::Error { code, message: Some(message) }) = kind("broken_end") else { panic!() };
    assert_eq!((code.literal(), message.literal()), (Some("BROKEN"), Some("it broke")));
    let each = program.element(program.find("each").unwrap()).multi_instance.as_ref().unwrap();
    assert!(each.sequential && each.completion_condition.is_some());
    assert_eq!(each.collection.as_ref().unwrap().source(), "${execution.getVariable('order-lines')}");
    assert_eq!(each.element_variable.as_deref(), Some("line"));
}

#[test]
fn flows_are_resolved_in_document_order() {
    let program = program();
    let which = program.element(program.find("which").unwrap());
    let outgoing: Vec<_> = which.outgoing.iter().map(|flow| &*program.flow(*flow).id).collect();
    assert_eq!(outgoing, ["f6", "f7"]);
    assert_eq!(which.default_flow, program.find_flow("f7"));
    let condition = program.flow(program.find_flow("f6").unwrap()).condition.as_ref().unwrap();
    assert_eq!(condition.source(), "${total > 10}");
    assert!(program.find_flow("wait->cancelled#2").is_some());
}

/// Twice the elements, twice the elements: the size of a program follows that of its model, far beyond any real one.
#[test]
fn ten_thousand_elements_compile() {
    let mut text = String::from(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p' isExecutable='true'><startEvent id='t0'/>",
    );
    for index in 1..=10_000 {
        let flow = format!(
            "<sequenceFlow id='f{index}' sourceRef='t{}' targetRef='t{index}'/><task id='t{index}'/>",
            index - 1
        );
        text.push_str(&flow);
    }
    text.push_str("</process></definitions>");
    let program = compile::compile(&read(text.as_bytes()).model.unwrap(), "p").unwrap();
    assert_eq!((program.elements().count(), program.flows().count()), (10_002, 10_000));
}
