//! Whole processes, and what no single element shows.

use serde_json::{Value, json};

use super::run::{Run, message, target};
use crate::effect::{Effect, Outcome};
use crate::identity::{EffectSequence, Incarnation, IncidentKey, NodeKey, Timestamp, WaitKey};
use crate::instance::{Input, Instance, Refused, Status, WaitKind, explain, handle};
use crate::plugin::{CallOutcome, FailureKind, Hook, ListenerEvent, RetryAdvice, Writes};

/// The shape of DSF's ping: a message to each target, then its answer or none within 20 s.
const PING: &str = r#"<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>
    <serviceTask id="select" camunda:class="Select"/>
    <subProcess id="sub"><multiInstanceLoopCharacteristics camunda:asyncBefore="true" camunda:collection="${targets.entries}" camunda:elementVariable="target"/>
      <startEvent id="s0"/>
      <intermediateThrowEvent id="send"><messageEventDefinition messageRef="m" camunda:class="Send"><extensionElements>
        <camunda:field name="instantiatesCanonical"><camunda:string>http://x/bpe/Process/pong|1.0</camunda:string></camunda:field>
        <camunda:field name="messageName"><camunda:string>ping</camunda:string></camunda:field>
        <camunda:field name="profile"><camunda:string>http://x/task-ping|1.0</camunda:string></camunda:field></extensionElements></messageEventDefinition></intermediateThrowEvent>
      <exclusiveGateway id="sent" default="sent_wait"/>
      <serviceTask id="log-error" camunda:class="LogError"/>
      <eventBasedGateway id="wait"><extensionElements><camunda:executionListener class="SetKey" event="start"/></extensionElements></eventBasedGateway>
      <intermediateCatchEvent id="pong"><messageEventDefinition messageRef="n"/></intermediateCatchEvent>
      <intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT20S</timeDuration></timerEventDefinition></intermediateCatchEvent>
      <serviceTask id="log-pong" camunda:class="LogPong"/><serviceTask id="log-late" camunda:class="LogLate"/>
      <exclusiveGateway id="merge"/><endEvent id="e0" camunda:asyncAfter="true"/>
      s0 -> send
      send -> sent
      sent -> wait
      sent -> log-error if ${execution.hasVariable('statusCode') && statusCode == 'not-reachable'}
      wait -> pong
      wait -> late
      pong -> log-pong
      late -> log-late
      log-error -> merge
      log-pong -> merge
      log-late -> merge
      merge -> e0
    </subProcess>
    <serviceTask id="save" camunda:class="Save"/><endEvent id="end"/>
    start -> select
    select -> sub
    sub -> save
    save -> end"#;

fn pinged(keys: &[&str]) -> Run {
    let mut run = Run::start_by_message(PING);
    let entry = |key: &&str| {
        let mut entry = serde_json::to_value(target(key)).unwrap();
        entry["correlationKey"] = json!(key);
        entry
    };
    let entries = keys.iter().map(entry).collect::<Vec<_>>();
    run.done_with("select", json!({"targets": {"entries": entries}}));
    run
}

#[test]
fn each_ping_is_answered_or_late_or_unsent() {
    let mut run = pinged(&["a", "b", "c"]);
    assert_eq!(run.places(), "send send send");
    run.sent("send");
    run.refused("send");
    run.done_with("send", json!({"statusCode*": "not-reachable"}));
    run.sent("send");
    assert_eq!(run.places(), "log-error wait wait");
    run.done("log-error");
    for key in ["a", "c"] {
        let (sequence, effect) = run.effect_of("wait");
        assert!(matches!(&*effect, Effect::Call { hook: Hook::Listener(ListenerEvent::Start), .. }));
        let call = run.instance.call(&run.program, sequence, run.now, &Incarnation("s".into())).unwrap();
        assert_eq!(call.execution.variables["target"]["correlationKey"], json!(key));
        assert!(call.execution.idempotency_key.ends_with("start-0"));
        run.done_with("wait", json!({"correlationKey*": key}));
    }
    run.message("n", Some("c"));
    assert_eq!(run.places(), "log-pong wait");
    run.done("log-pong");
    assert_eq!(run.answers().last().unwrap(), "n6 Completed", "the iteration that took it has ended");
    run.advance(20);
    run.done("log-late");
    run.done("save");
    assert_eq!(run.instance.status(), Status::Completed);
    assert_eq!(run.answers().last().unwrap(), "start Completed");
    assert_eq!(
        run.variable("correlationKey"),
        Value::Null,
        "a gateway's local variable lives in the iteration"
    );
}

#[test]
fn without_targets_the_subprocess_is_skipped() {
    let mut run = pinged(&[]);
    run.done("save");
    assert_eq!(run.path(), "start select sub#body save end");
}

#[test]
fn an_instance_that_ended_still_settles_its_answers_once() {
    let mut run = pinged(&[]);
    run.done("save");
    let open = run.instance.effects().map(|(sequence, _)| sequence).collect::<Vec<_>>();
    assert_eq!(open.len(), 2);
    for effect in open {
        run.input(Input::Settled { effect, outcome: Outcome::Done }).unwrap();
        assert_eq!(
            run.input(Input::Settled { effect, outcome: Outcome::Done }),
            Err(Refused::AlreadySettled(effect))
        );
    }
    assert_eq!(run.instance.effects().count(), 0);
}

#[test]
fn cancelling_tells_every_sender() {
    let mut run = pinged(&["a"]);
    run.input(Input::Cancel { reason: "wrong study".into() }).unwrap();
    assert_eq!(run.instance.status(), Status::Cancelled);
    assert_eq!(run.answers(), ["start InProgress", "start Failed"]);
    assert_eq!(run.instance.waits().count(), 0);
    let calls = run.instance.effects().filter(|(_, effect)| matches!(&***effect, Effect::Call { .. }));
    assert_eq!(calls.count(), 0, "work in flight is withdrawn");
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_no_trace() {
    let mut run = pinged(&["a"]);
    run.sent("send");
    run.done("wait");
    let kind_is_message = |wait: &WaitKind| matches!(wait, WaitKind::Message { .. });
    let find = |run: &Run, message| {
        run.instance.waits().find(|(_, wait)| kind_is_message(&wait.kind) == message).unwrap().0
    };
    let (pong, late) = (find(&run, true), find(&run, false));
    let due = run.now.plus_ms(20_000);
    let call = Outcome::Call(CallOutcome::Completed(Writes::default()));
    let cases = [
        (Input::Message { wait: WaitKey(99), message: message("n", "x") }, Refused::UnknownWait(WaitKey(99))),
        (Input::Message { wait: pong, message: message("m", "x") }, Refused::WrongWait(pong)),
        (Input::Message { wait: late, message: message("n", "x") }, Refused::WrongWait(late)),
        (Input::Timer { wait: late }, Refused::NotDue { wait: late, due }),
        (Input::Timer { wait: pong }, Refused::WrongWait(pong)),
        (Input::Signal { wait: pong, name: "s".into(), variables: Vec::new() }, Refused::WrongWait(pong)),
        (Input::Delivery { wait: late, name: "n".into(), variables: Vec::new() }, Refused::WrongWait(late)),
        (Input::Delivery { wait: pong, name: "m".into(), variables: Vec::new() }, Refused::WrongWait(pong)),
        (
            Input::Settled { effect: EffectSequence(1), outcome: call.clone() },
            Refused::AlreadySettled(EffectSequence(1)),
        ),
        (
            Input::Settled { effect: EffectSequence(0), outcome: call },
            Refused::WrongOutcome(EffectSequence(0)),
        ),
        (Input::RetryIncident { incident: IncidentKey(0) }, Refused::UnknownIncident(IncidentKey(0))),
        (Input::SetVariables { node: NodeKey(99), variables: Vec::new() }, Refused::UnknownNode(NodeKey(99))),
    ];
    for (input, refused) in cases {
        assert_eq!(run.input(input.clone()), Err(refused), "{input:?}");
    }
    run.message("n", None);
    assert_eq!(
        run.input(Input::Timer { wait: late }),
        Err(Refused::UnknownWait(late)),
        "the message was first"
    );
    let other = super::run::program(r#"<startEvent id="start"/>"#);
    let timer = Input::Timer { wait: late };
    assert_eq!(handle(&mut Instance::empty(), &other, Timestamp(0), timer), Err(Refused::NotRunning));
}

#[test]
fn listeners_are_called_in_order_around_the_work_and_on_the_way() {
    let mut run = Run::start_with(
        r#"<startEvent id="start"/><serviceTask id="w" camunda:class="W"><extensionElements>
            <camunda:executionListener class="S1" event="start"/><camunda:executionListener expression="${x}" event="start"/>
            <camunda:executionListener class="S2" event="start"/><camunda:executionListener class="E1" event="end"/></extensionElements></serviceTask>
        <endEvent id="end"/>
        start -> w
        <sequenceFlow id="f" sourceRef="w" targetRef="end"><extensionElements><camunda:executionListener class="T" event="take"/></extensionElements></sequenceFlow>"#,
        json!({"x": 1}),
    );
    let mut called = Vec::new();
    for element in ["w", "w", "w", "w", "f"] {
        let (sequence, _) = run.effect_of(element);
        let call = run.instance.call(&run.program, sequence, run.now, &Incarnation("s".into())).unwrap();
        assert_eq!(&*call.execution.activity_id, "w");
        called.push(call.handler.to_string());
        run.done(element);
    }
    assert_eq!(called, ["S1", "S2", "W", "E1", "T"]);
    assert_eq!(run.path(), "start w f end");
}

#[test]
fn a_listener_that_fails_does_not_repeat_what_was_done() {
    let mut run = Run::start(
        r#"<startEvent id="start"/><serviceTask id="w" camunda:class="W"><extensionElements>
            <camunda:executionListener expression="${y}" event="end"/></extensionElements></serviceTask><endEvent id="end"/>
        <boundaryEvent id="b" attachedToRef="w"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
        start -> w
        w -> end"#,
    );
    run.done("w");
    assert_eq!((run.places().as_str(), run.instance.waits().count()), ("w!P501", 1));
    run.set("y", json!(1));
    run.retry();
    assert_eq!(run.path(), "start w end");
}

/// How often a failing call is made before a human is asked; a mailbox that is away uses up nothing.
#[test]
fn failures_are_tried_again_a_number_of_times() {
    use FailureKind::{Host, MailboxAway, PluginBug, Technical};
    let start = || {
        Run::start(
            r#"<startEvent id="start"/><serviceTask id="w" camunda:class="W"/>
            start -> w"#,
        )
    };
    let away = [MailboxAway; 20];
    let cases: [(&[FailureKind], &str); 6] = [
        (&[Technical, Technical], "w~"),
        (&[Technical, Technical, Technical], "w!W101"),
        (&[Host, Host, Host], "w!W108"),
        (&[PluginBug], "w!W102"),
        (&away, "w~"),
        (&[Technical, MailboxAway, MailboxAway, MailboxAway, Technical], "w~"),
    ];
    for (failures, at_the_end) in cases {
        let mut run = start();
        for (number, kind) in failures.iter().enumerate() {
            if number > 0 {
                run.advance(5);
            }
            run.fail("w", *kind, RetryAdvice::ByPolicy);
        }
        assert_eq!(run.places(), at_the_end, "{failures:?}");
    }
    let mut run = start();
    run.fail("w", MailboxAway, RetryAdvice::Never);
    assert_eq!(run.places(), "w!W108");
}

#[test]
fn inputs_are_local_and_outputs_are_not() {
    let mut run = Run::start_with(
        r#"<startEvent id="start"/><serviceTask id="w" camunda:class="H"><extensionElements><camunda:inputOutput>
            <camunda:inputParameter name="in"><camunda:map><camunda:entry key="k">${x}</camunda:entry></camunda:map></camunda:inputParameter>
            <camunda:outputParameter name="out">${r + 1}</camunda:outputParameter></camunda:inputOutput></extensionElements></serviceTask>
        <serviceTask id="after" camunda:class="H"/>
        start -> w
        w -> after"#,
        json!({"x": 1}),
    );
    let (sequence, _) = run.effect_of("w");
    let call = run.instance.call(&run.program, sequence, run.now, &Incarnation("s".into())).unwrap();
    assert_eq!(
        (call.execution.local, call.execution.variables["in"]["k"].clone()),
        (vec!["in".into()], json!(1))
    );
    run.done_with("w", json!({"r*": 41}));
    assert_eq!(
        (run.variable("in"), run.variable("r"), run.variable("out")),
        (Value::Null, Value::Null, json!(42))
    );
}

#[test]
fn a_loop_without_a_wait_is_stopped() {
    let run = Run::start(
        r#"<startEvent id="start"/><exclusiveGateway id="a"/><task id="b"/>
        start -> a
        a -> b
        b -> a"#,
    );
    assert!(run.places().ends_with("!P505"), "{}", run.places());
}

#[test]
fn conditions_and_defaults_on_activities() {
    let model = r#"<startEvent id="start"/><task id="t" default="t_d"/><endEvent id="a"/><endEvent id="b"/><endEvent id="d"/>
        start -> t
        t -> a if ${x > 0}
        t -> b if ${x > 1}
        t -> d"#;
    for (x, path) in [(0, "start t d"), (1, "start t a"), (2, "start t a b")] {
        assert_eq!(Run::start_with(model, json!({ "x": x })).path(), path);
    }
}

#[test]
fn explanations_say_what_would_move_it() {
    let mut run = pinged(&["a", "b"]);
    run.sent("send");
    run.done_with("wait", json!({"correlationKey*": "k"}));
    run.fail("send", FailureKind::PluginBug, RetryAdvice::ByPolicy);
    run.now = run.now.plus_ms(5_000);
    let lines = explain(&run.instance, Some(&run.program), run.now).lines.join("\n");
    for part in [
        "running, started 5 s ago",
        "send can not go on",
        "W102: broken",
        "| last words",
        "pong waits for message n with business key key and correlation key k",
        "late waits for its time, due in 15 s (2030-01-01T00:00:20Z)",
    ] {
        assert!(lines.contains(part), "`{part}` is missing in:\n{lines}");
    }
    assert!(explain(&run.instance, None, run.now).lines[1].contains("not deployed"));
}

#[test]
fn a_thousand_iterations_cost_a_thousand_times_one() {
    let model = r#"<startEvent id="start"/><subProcess id="sub"><multiInstanceLoopCharacteristics camunda:collection="${items}" camunda:elementVariable="item"/>
        <startEvent id="s0"/><serviceTask id="w" camunda:class="H"/><endEvent id="e0"/>
        s0 -> w
        w -> e0
        </subProcess>
        start -> sub"#;
    let facts = |width: usize| {
        let program = super::run::program(model);
        let mut run = Run::new(model);
        let items = json!((0..width).collect::<Vec<_>>());
        let mut instance = Instance::empty();
        std::mem::swap(&mut run.instance, &mut instance);
        let start = crate::instance::Start {
            definition: crate::identity::DefinitionKey {
                process_id: "p".into(),
                version: "1".into(),
                digest: "d".into(),
            },
            id: crate::identity::InstanceId("i".into()),
            business_key: "k".into(),
            at: "start".into(),
            variables: vec![("items".into(), std::sync::Arc::new(items))],
            message: None,
            before: Vec::new(),
            caller: None,
        };
        let mut count =
            handle(&mut instance, &program, run.now, Input::Start(Box::new(start))).unwrap().len();
        let effects = instance.effects().map(|(sequence, _)| sequence).collect::<Vec<_>>();
        assert_eq!(effects.len(), width);
        for effect in effects {
            let outcome = Outcome::Call(CallOutcome::Completed(Writes::default()));
            count +=
                handle(&mut instance, &program, run.now, Input::Settled { effect, outcome }).unwrap().len();
        }
        assert_eq!(instance.status(), Status::Completed);
        count
    };
    let (one, two) = (facts(1_000), facts(2_000));
    assert!(two <= 2 * one, "{one} facts for a thousand, {two} for two thousand");
}
