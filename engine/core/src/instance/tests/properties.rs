//! Random walks through a model that has a bit of everything. [`Run`] checks after every step that the folded facts are
//! the live state and that nothing is forgotten; here it must also always come to an end.

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::json;

use super::run::{Run, message, target};
use crate::effect::{Effect, Outcome};
use crate::instance::{Input, Status, WaitKind};
use crate::plugin::{CallOutcome, DeliveryError, Failure, FailureKind, Hook, RetryAdvice, Writes};

pub(super) const MODEL: &str = r#"<startEvent id="start"/><parallelGateway id="fork"/>
    <subProcess id="sub"><multiInstanceLoopCharacteristics isSequential="SEQ" camunda:collection="${targets.entries}" camunda:elementVariable="target">
        <completionCondition>${nrOfCompletedInstances >= enough}</completionCondition></multiInstanceLoopCharacteristics>
      <startEvent id="s0"/><sendTask id="send" camunda:class="Send"/><eventBasedGateway id="g"/>
      <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
      <intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT20S</timeDuration></timerEventDefinition></intermediateCatchEvent>
      <endEvent id="e0"/><endEvent id="e1"><errorEventDefinition errorRef="e"/></endEvent>
      <exclusiveGateway id="x" default="x_e0"/>
      s0 -> send
      send -> g
      g -> c
      g -> t
      c -> x
      t -> x
      x -> e0
      x -> e1 if ${execution.hasVariable('bad') && bad}
    </subProcess>
    <boundaryEvent id="be" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>
    <boundaryEvent id="bm" attachedToRef="sub" cancelActivity="false"><messageEventDefinition messageRef="n"/></boundaryEvent>
    <task id="noted"/>
    <serviceTask id="a" camunda:class="A"><extensionElements><camunda:executionListener class="L" event="start"/></extensionElements></serviceTask>
    <boundaryEvent id="bt" attachedToRef="a"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition></boundaryEvent>
    <boundaryEvent id="bs" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="sig"/></boundaryEvent>
    <exclusiveGateway id="ma"/><exclusiveGateway id="mb"/><parallelGateway id="join"/>
    <endEvent id="end"><terminateEventDefinition/></endEvent>
    start -> fork
    fork -> sub
    fork -> a
    sub -> ma
    be -> ma
    bm -> noted
    a -> mb
    bt -> mb
    bs -> noted
    ma -> join
    mb -> join
    join -> end"#;

/// What happens next: which of the things that could, and how it ends.
#[derive(Debug, Clone, Copy)]
struct Choice {
    which: usize,
    how: u8,
}

fn outcome(effect: &Effect, how: u8) -> Outcome {
    let failure = |kind, retry| {
        let (causes, log) = (Vec::new(), Vec::new());
        Outcome::Call(CallOutcome::Failed(Failure { kind, message: "no".into(), causes, log, retry }))
    };
    let writes = Writes::default();
    match (effect, how % 8) {
        (Effect::Call { .. }, 0) => failure(FailureKind::Technical, RetryAdvice::ByPolicy),
        (Effect::Call { .. }, 1) => failure(FailureKind::PluginBug, RetryAdvice::Never),
        (Effect::Call { .. }, 2) => {
            Outcome::Call(CallOutcome::BpmnError { code: "E".into(), message: "so".into(), writes })
        }
        (Effect::Call { hook: Hook::Failed(..), .. }, 3 | 4) => {
            Outcome::Call(CallOutcome::DefaultDisposition(writes))
        }
        (Effect::Call { hook: Hook::Prepare(_), .. }, _) => {
            let document = std::sync::Arc::new(json!({}));
            Outcome::Call(CallOutcome::Prepared { writes, document, target: target("t0") })
        }
        (Effect::Call { .. }, _) => Outcome::Call(CallOutcome::Completed(writes)),
        (Effect::Deliver { .. }, 0..=2) => {
            Outcome::NotDelivered(DeliveryError::Unreachable { reason: "no".into() })
        }
        (Effect::Deliver { .. }, _) => Outcome::Delivered { reference: None },
        (Effect::Answer { .. }, 0) => Outcome::AnswerRefused { reason: "gone".into() },
        (Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_), _) => Outcome::Done,
    }
}

/// Everything that could happen next.
fn possible(run: &Run, how: u8) -> Vec<Input> {
    let waits = run.instance.waits().map(|(wait, open)| match &open.kind {
        WaitKind::Message { name, .. } => Input::Message { wait, message: message(name, "x") },
        WaitKind::Signal { name } => Input::Signal { wait, name: name.clone(), variables: Vec::new() },
        WaitKind::Condition => {
            let variables = vec![("go".into(), std::sync::Arc::new(json!(true)))];
            Input::SetVariables { node: crate::identity::NodeKey::ROOT, variables }
        }
        WaitKind::Completion => Input::Complete { wait, variables: Vec::new() },
        WaitKind::Timer { .. } | WaitKind::Retry { .. } | WaitKind::Continuation { .. } => {
            Input::Timer { wait }
        }
        WaitKind::Called { .. } => {
            let returned = crate::calling::Returned::Completed;
            Input::Returned { wait, returned, variables: Vec::new() }
        }
    });
    let effects =
        run.instance.effects().map(|(effect, what)| Input::Settled { effect, outcome: outcome(what, how) });
    let incidents = run.instance.incidents().map(|incident| Input::RetryIncident { incident: incident.key });
    waits.chain(effects).chain(incidents).collect()
}

/// Takes a random way, then a calm one on which all goes well, to the end.
pub(super) fn walk(run: &mut Run, random: impl Iterator<Item = (usize, u8)>) {
    let calm = std::iter::repeat((0, 7));
    for (which, how) in random.chain(calm).take(1_000) {
        let choice = Choice { which, how };
        let mut inputs = possible(run, choice.how);
        if inputs.is_empty() {
            break;
        }
        // Calm: work and repair before news, so that non-interrupting messages do not go on for ever.
        if choice.how == 7 {
            inputs.sort_by_key(|input| matches!(input, Input::Message { .. } | Input::Signal { .. }));
        }
        let input = inputs.swap_remove(choice.which % inputs.len());
        if let Input::Timer { wait } = &input {
            let due = run.instance.wait(*wait).and_then(|wait| wait.kind.due()).expect("a timer is due");
            run.now = run.now.max(due);
        }
        run.input(input).expect("what is possible is not refused");
    }
    assert_ne!(run.instance.status(), Status::Running, "still at {}", run.places());
    assert_eq!((run.instance.effects().count(), run.instance.nodes.len()), (0, 1), "nothing is left");
}

proptest! {
    #![proptest_config(Config { cases: 300, ..Config::default() })]

    #[test]
    fn every_walk_replays_and_ends(
        width in 0_usize..5,
        enough in 1_usize..6,
        sequential: bool,
        bad: bool,
        random in prop::collection::vec((any::<usize>(), any::<u8>()), 0..120),
    ) {
        let entries = (0..width).map(|index| target(&format!("t{index}"))).collect::<Vec<_>>();
        let variables = json!({"targets": {"entries": entries}, "enough": enough, "bad": bad});
        let mut run = Run::start_with(&MODEL.replace("SEQ", &sequential.to_string()), variables);
        walk(&mut run, random.into_iter());
    }
}
