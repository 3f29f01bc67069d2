//! A fault at every border: before and after every load, commit, call, delivery, answer and call of another process, also
//! during the recovery from an earlier fault. Whatever happens, nothing is lost and nothing happens twice.

use super::pump::{Fault, START, World, definition, message, set, target, writes};
use crate::driver::{Command, Deployment, Filter, Reply, State};
use crate::message::MessageStatus;

/// One site that plays both sides: `ping` sends to `pong`, which answers; then `ping` waits a while,
/// calls instances that end, fail and have to be ended, and tells by signal.
fn ping_pong() -> Vec<Deployment> {
    let fields = |process: &str, name: &str| {
        format!(
            r#"<extensionElements>
              <camunda:field name="instantiatesCanonical"><camunda:string>http://x/bpe/Process/{process}|1.0</camunda:string></camunda:field>
              <camunda:field name="messageName"><camunda:string>{name}</camunda:string></camunda:field>
              <camunda:field name="profile"><camunda:string>http://x/{name}</camunda:string></camunda:field>
            </extensionElements>"#
        )
    };
    let ping = format!(
        r#"<startEvent id="start"><messageEventDefinition messageRef="mStartPing"/></startEvent>
        <serviceTask id="select" camunda:class="SelectTarget"/>
        <sendTask id="send" messageRef="mPing">{}</sendTask>
        <intermediateCatchEvent id="answer"><messageEventDefinition messageRef="mPong"/></intermediateCatchEvent>
        <intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT10S</timeDuration></timerEventDefinition></intermediateCatchEvent>
        <callActivity id="ask" calledElement="pang"><extensionElements>
          <camunda:in sourceExpression="${{1}}" target="x"/><camunda:out source="x" target="asked"/></extensionElements></callActivity>
        <callActivity id="dare" calledElement="pang"/>
        <boundaryEvent id="failed" attachedToRef="dare"><errorEventDefinition errorRef="oops"/></boundaryEvent>
        <callActivity id="wait" calledElement="pung"/>
        <boundaryEvent id="enough" attachedToRef="wait"><timerEventDefinition><timeDuration>PT3S</timeDuration></timerEventDefinition></boundaryEvent>
        <intermediateThrowEvent id="tell"><signalEventDefinition signalRef="s"/></intermediateThrowEvent>
        <endEvent id="end"/>
        start -> select
        select -> send
        send -> answer
        answer -> pause
        pause -> ask
        ask -> dare
        failed -> wait
        enough -> tell
        tell -> end"#,
        fields("pong", "ping")
    );
    let pong = format!(
        r#"<startEvent id="start"><messageEventDefinition messageRef="mPing"/></startEvent>
        <serviceTask id="select" camunda:class="SelectTarget"/>
        <intermediateThrowEvent id="send"><messageEventDefinition messageRef="mPong">{}</messageEventDefinition></intermediateThrowEvent>
        <intermediateCatchEvent id="told"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
        <endEvent id="end"/>
        start -> select
        select -> send
        send -> told
        told -> end"#,
        fields("ping", "pong")
    );
    // Comes to its end if it gets an `x`, and ends by an error if not.
    let pang = r#"<startEvent id="start"/><exclusiveGateway id="known" default="no"/><endEvent id="end"/>
        <endEvent id="oops"><errorEventDefinition errorRef="oops"/></endEvent>
        <sequenceFlow id="no" sourceRef="known" targetRef="oops"/>
        <sequenceFlow id="yes" sourceRef="known" targetRef="end"><conditionExpression>${execution.getVariable('x') != null}</conditionExpression></sequenceFlow>
        start -> known"#;
    let pung = r#"<startEvent id="start"/><userTask id="never"/>
        start -> never"#;
    vec![
        definition("ping", "a", &ping),
        definition("pong", "b", &pong),
        definition("pang", "c", pang),
        definition("pung", "d", pung),
    ]
}

fn play(faults: &[(usize, Fault)]) -> World {
    let mut world = World::closed(3, ping_pong()).with_script(|_| writes(vec![set("target", target(None))]));
    world.faults = faults.iter().copied().collect();
    world.start();
    world.post(message("start", "ping", "startPing", None));
    world.run_until(START.plus_ms(60_000));
    world
}

fn check(world: &mut World, faults: &[(usize, Fault)]) {
    let Reply::List { rows, .. } =
        world.ask(Command::List { filter: Filter::default(), after: None, limit: 100 })
    else {
        panic!("no list after {faults:?}");
    };
    let seen: Vec<_> = rows.iter().map(|row| (&*row.process_id, row.state)).collect();
    let mut processes = seen.clone();
    processes.sort_unstable();
    let expected = [
        ("pang", State::Completed),
        ("pang", State::Cancelled),
        ("ping", State::Completed),
        ("pong", State::Completed),
        ("pung", State::Cancelled),
    ];
    let stands = |row: &crate::driver::Row| format!("{} at {:?}", row.process_id, row.at);
    let stands: Vec<_> = rows.iter().map(stands).collect();
    assert_eq!(processes, expected, "after {faults:?}: {stands:?}");
    assert_eq!(world.mailbox.len(), 3, "after {faults:?}");
    for task in world.mailbox.values() {
        let statuses = [MessageStatus::InProgress, MessageStatus::Completed];
        assert_eq!(task.statuses, statuses, "{} after {faults:?}", task.message.id);
    }
    let Reply::Counts(counts) = world.ask(Command::Counts) else { panic!("no counts after {faults:?}") };
    let open = (counts.running, counts.effects, counts.incidents, counts.early_messages);
    assert_eq!(open, (0, 0, 0, 0), "after {faults:?}");
    for row in rows {
        let journal = Command::Journal { instance: row.instance, from: 0, limit: 1_000 };
        let Reply::Journal(entries) = world.ask(journal) else { panic!("no journal after {faults:?}") };
        let facts = || entries.iter().flat_map(|entry| &entry.facts);
        assert_eq!(facts().filter(|fact| fact.starts_with("Started")).count(), 1, "after {faults:?}");
        assert_eq!(facts().filter(|fact| fact.starts_with("Ended")).count(), 1, "after {faults:?}");
        assert!(entries.iter().zip(0..).all(|(entry, step)| entry.step == step), "after {faults:?}");
    }
}

#[test]
fn one_fault_at_every_border() {
    let mut calm = play(&[]);
    check(&mut calm, &[]);
    let borders = calm.borders;
    assert!(borders > 50, "{borders}");
    for border in 0..borders {
        for fault in Fault::ALL {
            let faults = [(border, fault)];
            check(&mut play(&faults), &faults);
        }
    }
}

#[test]
fn two_faults_the_second_during_recovery_from_the_first() {
    let borders = play(&[]).borders;
    for border in 0..borders {
        for first in [Fault::CrashBefore, Fault::CrashAfter, Fault::CommitFails] {
            for later in 1..25 {
                for second in [Fault::CrashBefore, Fault::CrashAfter, Fault::CommitUnknownLanded] {
                    let faults = [(border, first), (border + later, second)];
                    check(&mut play(&faults), &faults);
                }
            }
        }
    }
}

#[test]
fn the_same_history_twice_is_the_same() {
    let trace = |faults| {
        let mut world =
            World::closed(3, ping_pong()).with_script(|_| writes(vec![set("target", target(None))]));
        world.faults = faults;
        world.start();
        world.post(message("start", "ping", "startPing", None));
        let mut trace = Vec::new();
        for _ in 0..200 {
            trace.extend(world.actions.iter().map(|action| format!("{action:?}")));
            world.step();
        }
        trace
    };
    let faults = std::collections::BTreeMap::from([(17, Fault::CrashAfter)]);
    assert_eq!(trace(faults.clone()), trace(faults));
}
