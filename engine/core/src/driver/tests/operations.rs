//! What operators do, and what starts by itself: on a whole site, with restarts in between.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pump::{Fault, START, World, definition, set, writes};
use crate::driver::{Acceptance, Command, Correlation, Deployment, Filter, ProcessRow, Reply, Row, State};
use crate::identity::InstanceId;
use crate::instance::{Modification, WaitKind};
use crate::site::keys::{self, Table};

fn list(world: &mut World) -> Vec<Row> {
    match world.ask(Command::List { filter: Filter::default(), after: None, limit: 1_000 }) {
        Reply::List { rows, .. } => rows,
        other => panic!("{other:?}"),
    }
}

/// `process at element` for each running instance, sorted.
fn places(world: &mut World) -> String {
    let rows = list(world).into_iter().filter(|row| row.state == State::Running);
    let mut places: Vec<_> = rows.map(|row| format!("{} at {}", row.process_id, row.at.join(","))).collect();
    places.sort();
    places.join("; ")
}

fn start(world: &mut World, process: &str, variables: Value) -> InstanceId {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let reply = world.ask(Command::Start {
        process_id: process.into(),
        version: None,
        message_name: None,
        business_key: Some("key".into()),
        variables: variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect(),
        before: vec![],
    });
    match reply {
        Reply::Started { instance, .. } => instance,
        other => panic!("{other:?}"),
    }
}

fn refused(reply: Reply) -> String {
    match reply {
        Reply::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn version(deployment: &Deployment, version: &str, digest: &str) -> Deployment {
    let mut deployment = deployment.clone();
    deployment.key.version = version.into();
    deployment.key.digest = digest.into();
    deployment
}

fn timed(timer: &str) -> Deployment {
    let body = format!(
        r#"<startEvent id="start"><timerEventDefinition>{timer}</timerEventDefinition></startEvent><userTask id="u"/>
        start -> u"#
    );
    definition("timed", "t", &body)
}

fn signalled(process: &str) -> Deployment {
    let body = r#"<startEvent id="start"><signalEventDefinition signalRef="s"/></startEvent><userTask id="u"/>
        start -> u"#;
    definition(process, process, body)
}

/// Waits for `more`, while a timer would end it after an hour.
fn patient() -> Deployment {
    let body = r#"<startEvent id="start"/><intermediateCatchEvent id="more"><messageEventDefinition messageRef="mMore"/></intermediateCatchEvent>
        <serviceTask id="work" camunda:class="Work"/><userTask id="u"/><endEvent id="end"/><endEvent id="late"/>
        <boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
        start -> more
        more -> work
        work -> u
        u -> end
        b -> late"#;
    definition("patient", "p", body)
}

#[test]
fn each_due_time_starts_one_instance_whatever_fails() {
    let cycle = "<timeCycle>R2/PT5S</timeCycle>";
    let play = |faults: &[(usize, Fault)]| {
        let mut world = World::closed(3, vec![timed(cycle), signalled("a"), signalled("b")]);
        world.faults = faults.iter().copied().collect();
        world.start();
        world.settle_down();
        let command = Command::Signal { name: "s".into(), variables: vec![] };
        world.ask(command);
        world.run_until(START.plus_ms(60_000));
        world
    };
    let borders = play(&[]).borders;
    assert!(borders > 20, "{borders}");
    for border in 0..borders {
        for fault in Fault::ALL {
            let mut world = play(&[(border, fault)]);
            let found = places(&mut world);
            let timed = found.matches("timed at u").count();
            assert_eq!(timed, 2, "after {fault:?} at {border}: {found}");
            // The answer to the command may be lost: then it is given again, and starts again.
            let (one, other) = (found.matches("a at u").count(), found.matches("b at u").count());
            assert!(one == other && (one == 1 || one == 2), "after {fault:?} at {border}: {found}");
        }
    }
}

#[test]
fn a_newer_version_takes_over_and_missed_times_collapse() {
    let old = timed("<timeCycle>R/PT1H</timeCycle>");
    let mut world = World::new(3, vec![old.clone()]);
    world.run_until(START.plus_ms(3_600_000));
    assert_eq!(places(&mut world), "timed at u");
    world.crash();
    world.now = START.plus_ms(4 * 3_600_000 + 1_000);
    world.start();
    world.settle_down();
    assert_eq!(
        places(&mut world),
        "timed at u; timed at u",
        "three times were missed, one instance is started"
    );
    let newer = version(&timed("<timeCycle>R/PT2H</timeCycle>"), "2.0", "t2");
    world.redefine(vec![old, newer]);
    world.restart();
    world.settle_down();
    let hours = |hours: u64| START.plus_ms(hours * 3_600_000 + 60_000);
    world.run_until(hours(5));
    assert_eq!(list(&mut world).len(), 2, "the old version's timer is gone");
    world.run_until(hours(6));
    let rows = list(&mut world);
    assert_eq!(rows.iter().filter(|row| *row.version == *"2.0").count(), 1);
    // Out of use: nothing starts. In use again: its time begins anew.
    let set_active = |active| Command::SetActive { process_id: "timed".into(), version: None, active };
    assert_eq!(world.ask(set_active(false)), Reply::Done);
    world.restart();
    world.run_until(hours(10));
    assert_eq!(list(&mut world).len(), 3);
    let start = Command::Start {
        process_id: "timed".into(),
        version: None,
        message_name: None,
        business_key: None,
        variables: vec![],
        before: vec![],
    };
    assert!(refused(world.ask(start)).contains("not deployed"));
    assert_eq!(world.ask(set_active(true)), Reply::Done);
    world.run_until(hours(13));
    assert_eq!(list(&mut world).len(), 4);
}

#[test]
fn conditions_of_start_events_are_looked_at_on_demand() {
    let body = |condition: &str| {
        format!(
            r#"<startEvent id="start"><conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition></startEvent><userTask id="u"/>
            start -> u"#
        )
    };
    let definitions = [("hot", "${degrees > 30}"), ("cold", "${degrees &lt; 0}"), ("odd", "${unknown}")];
    let definitions = definitions.map(|(id, condition)| definition(id, id, &body(condition)));
    let mut world = World::new(3, definitions.to_vec());
    world.settle_down();
    let evaluate = |degrees: i32, process_id: Option<&str>| Command::StartByCondition {
        process_id: process_id.map(Into::into),
        business_key: None,
        variables: vec![("degrees".into(), Arc::new(json!(degrees)))],
    };
    assert!(refused(world.ask(evaluate(20, None))).contains("no condition"));
    assert!(refused(world.ask(evaluate(40, Some("cold")))).contains("no condition"));
    assert!(matches!(world.ask(evaluate(40, None)), Reply::StartedAll(started) if started.len() == 1));
    world.restart();
    world.settle_down();
    assert_eq!(places(&mut world), "hot at u");
}

#[test]
fn a_date_starts_one_instance_also_in_a_newer_version() {
    let dated = timed("<timeDate>1970-01-01T00:30:00Z</timeDate>");
    let mut world = World::new(3, vec![dated.clone()]);
    world.run_until(START.plus_ms(3_600_000));
    assert_eq!(list(&mut world).len(), 1);
    world.redefine(vec![dated.clone(), version(&dated, "2.0", "t2")]);
    world.restart();
    world.run_until(START.plus_ms(7_200_000));
    assert_eq!(list(&mut world).len(), 1);
}

#[test]
fn the_newest_active_version_is_used_and_running_instances_stay() {
    let old = patient();
    let mut world = World::new(3, vec![old.clone(), version(&old, "2.0", "p2")]);
    world.settle_down();
    start(&mut world, "patient", json!({}));
    let set_active =
        |active| Command::SetActive { process_id: "patient".into(), version: Some("2.0".into()), active };
    assert_eq!(world.ask(set_active(false)), Reply::Done);
    world.restart();
    world.settle_down();
    start(&mut world, "patient", json!({}));
    assert_eq!(world.ask(set_active(true)), Reply::Done);
    start(&mut world, "patient", json!({}));
    let mut versions: Vec<_> = list(&mut world).into_iter().map(|row| row.version.to_string()).collect();
    versions.sort();
    assert_eq!(versions, ["1.0", "2.0", "2.0"]);
    let Reply::Processes(rows) = world.ask(Command::Processes) else { panic!("no list") };
    let seen = |row: &ProcessRow| (row.definition.version.to_string(), row.active, row.newest, row.deployed);
    let seen: Vec<_> = rows.iter().map(seen).collect();
    assert_eq!(seen, [("1.0".to_owned(), true, false, true), ("2.0".to_owned(), true, true, true)]);
    let unknown = Command::SetActive { process_id: "nothing".into(), version: None, active: true };
    assert!(refused(world.ask(unknown)).contains("not known"));
}

#[test]
fn nothing_moves_a_suspended_instance() {
    let mut world = World::new(3, vec![patient()]);
    world.settle_down();
    let id = start(&mut world, "patient", json!({}));
    let more = |ttl_ms| {
        Command::Correlate(Box::new(Correlation {
            name: "more".into(),
            business_key: Some("key".into()),
            ttl_ms,
            ..Correlation::default()
        }))
    };
    let suspend = || Command::Suspend { instance: id.clone() };
    let resume = || Command::Resume { instance: id.clone() };
    assert!(refused(world.ask(resume())).contains("not suspended"));
    assert_eq!(world.ask(suspend()), Reply::Done);
    assert!(refused(world.ask(suspend())).contains("is suspended"));
    assert!(list(&mut world)[0].suspended);
    assert!(refused(world.ask(more(None))).contains("nobody waits"));
    assert_eq!(world.ask(more(Some(60_000))), Reply::Message(Acceptance::Buffered));
    world.restart();
    world.settle_down();
    assert_eq!(places(&mut world), "patient at more");
    // The kept message comes with the resumption; then its work is done while the instance is suspended.
    world.silent = Some("Work");
    assert_eq!(world.ask(resume()), Reply::Done);
    world.settle_down();
    assert_eq!(places(&mut world), "patient at work");
    assert_eq!(world.ask(suspend()), Reply::Done);
    let effect = world.unanswered.remove(0);
    let outcome = crate::effect::Outcome::Call(writes(vec![set("x", json!(1))]));
    world.event(crate::driver::Event::Settled { effect, outcome });
    world.settle_down();
    assert_eq!(places(&mut world), "patient at work");
    assert_eq!(world.ask(resume()), Reply::Done);
    world.settle_down();
    assert_eq!(places(&mut world), "patient at b,u", "the outcome was held, not lost");
    // A timer that becomes due meanwhile fires afterwards.
    assert_eq!(world.ask(suspend()), Reply::Done);
    let later = world.now.plus_ms(2 * 3_600_000);
    world.run_until(later);
    world.restart();
    world.settle_down();
    assert_eq!(places(&mut world), "patient at b,u");
    assert_eq!(world.ask(resume()), Reply::Done);
    world.settle_down();
    assert_eq!(places(&mut world), "");
}

#[test]
fn work_of_a_suspended_instance_is_performed_after_it_is_resumed() {
    let body = r#"<startEvent id="start"/><serviceTask id="work" camunda:class="Work"/>
        start -> work"#;
    let mut world = World::new(3, vec![definition("busy", "b", body)]);
    world.settle_down();
    world.silent = Some("Work");
    let instance = start(&mut world, "busy", json!({}));
    assert_eq!(world.ask(Command::Suspend { instance: instance.clone() }), Reply::Done);
    world.silent = None;
    world.restart();
    world.settle_down();
    assert_eq!((world.called.len(), places(&mut world)), (0, "busy at work".to_owned()));
    assert_eq!(world.ask(Command::Resume { instance }), Reply::Done);
    world.settle_down();
    assert_eq!((world.called.len(), places(&mut world)), (1, String::new()));
}

#[test]
fn messages_by_command_find_the_one_who_waits() {
    let go = r#"<startEvent id="start"><messageEventDefinition messageRef="mGo"/></startEvent><userTask id="u"/>
        start -> u"#;
    let mut world = World::new(5, vec![patient(), definition("go", "g", go)]);
    world.settle_down();
    let begin = |world: &mut World, key: &str, order: u32| {
        world.ask(Command::Start {
            process_id: "patient".into(),
            version: None,
            message_name: None,
            business_key: Some(key.into()),
            variables: vec![("order".into(), Arc::new(json!(order)))],
            before: vec![],
        })
    };
    for (key, order) in [("one", 1), ("two", 2), ("three", 3), ("four", 3)] {
        begin(&mut world, key, order);
    }
    let message = |name: &str| Correlation { name: name.into(), ..Correlation::default() };
    let ask =
        |world: &mut World, correlation: Correlation| world.ask(Command::Correlate(Box::new(correlation)));
    let order = |order: u32| vec![("order".into(), Arc::new(json!(order)))];
    assert!(refused(ask(&mut world, message("more"))).contains("4 tokens wait"));
    assert!(refused(ask(&mut world, message("nothing"))).contains("nobody waits"));
    assert!(refused(ask(&mut world, Correlation { keys: order(3), ..message("more") })).contains("2 tokens"));
    assert!(refused(ask(&mut world, Correlation { keys: order(7), ..message("more") })).contains("nobody"));
    assert!(
        refused(ask(&mut world, Correlation { process_id: Some("go".into()), ..message("more") }))
            .contains("nobody")
    );
    assert_eq!(ask(&mut world, Correlation { keys: order(2), ..message("more") }), Reply::Done);
    assert_eq!(
        ask(&mut world, Correlation { business_key: Some("one".into()), ..message("more") }),
        Reply::Done
    );
    assert_eq!(places(&mut world), "patient at b,u; patient at b,u; patient at more; patient at more");
    assert_eq!(ask(&mut world, Correlation { all: true, ..message("more") }), Reply::Done);
    world.settle_down();
    assert_eq!(places(&mut world).matches("at b,u").count(), 4);
    assert!(matches!(ask(&mut world, message("go")), Reply::Started { .. }));
    // Kept for a conversation, for a while, over a restart.
    let kept = |key: &str, ttl_ms| Correlation {
        business_key: Some(key.into()),
        ttl_ms: Some(ttl_ms),
        ..message("more")
    };
    assert!(
        refused(ask(&mut world, Correlation { ttl_ms: Some(1), ..message("more") })).contains("business key")
    );
    assert_eq!(ask(&mut world, kept("five", 60_000)), Reply::Message(Acceptance::Buffered));
    assert_eq!(ask(&mut world, kept("six", 60_000)), Reply::Message(Acceptance::Buffered));
    world.restart();
    world.settle_down();
    begin(&mut world, "five", 5);
    world.settle_down();
    assert_eq!(places(&mut world).matches("at b,u").count(), 5);
    let later = world.now.plus_ms(61_000);
    world.run_until(later);
    begin(&mut world, "six", 6);
    world.settle_down();
    assert_eq!(places(&mut world).matches("at more").count(), 1, "it has expired");
    let rows = (0..5).map(|shard| world.rows(&keys::table(shard, Table::Kept))).sum::<usize>();
    assert_eq!(rows, 0);
}

#[test]
fn an_instance_is_modified_and_migrated() {
    let body = |task: &str| {
        format!(
            r#"<startEvent id="start"/><userTask id="{task}"/><subProcess id="sub"><startEvent id="s0"/><userTask id="inner"/>
              s0 -> inner
            </subProcess><endEvent id="end"/>
            start -> {task}
            {task} -> sub
            sub -> end"#
        )
    };
    let old = definition("p", "a", &body("u"));
    let mut world = World::new(3, vec![old, version(&definition("p", "b", &body("v")), "2.0", "b")]);
    world.settle_down();
    let set_active =
        Command::SetActive { process_id: "p".into(), version: Some("2.0".into()), active: false };
    assert_eq!(world.ask(set_active), Reply::Done);
    let id = start(&mut world, "p", json!({}));
    let modify = |changes: Vec<Modification>| Command::Modify { instance: id.clone(), changes };
    let wrong = modify(vec![Modification::StartBefore("nowhere".into())]);
    assert!(refused(world.ask(wrong)).contains("has no element"));
    let both = modify(vec![Modification::StartBefore("inner".into()), Modification::StartBefore("u".into())]);
    assert_eq!(world.ask(both), Reply::Done);
    assert_eq!(places(&mut world), "p at inner,u");
    assert_eq!(world.ask(modify(vec![Modification::Cancel("inner".into())])), Reply::Done);
    assert_eq!(places(&mut world), "p at u");
    let migrate = |mapping: &[(&str, &str)], dry_run| Command::Migrate {
        instance: id.clone(),
        version: Some("2.0".into()),
        mapping: mapping.iter().map(|(from, to)| ((*from).into(), (*to).into())).collect(),
        dry_run,
    };
    let Reply::Migration(plan) = world.ask(migrate(&[], true)) else { panic!("no plan") };
    assert!(plan.obstacles[0].contains("`u` is active and has no counterpart"), "{plan:?}");
    assert!(refused(world.ask(migrate(&[], false))).contains("`u` is active"));
    let Reply::Migration(plan) = world.ask(migrate(&[("u", "v")], false)) else { panic!("no plan") };
    assert_eq!((plan.moves.len(), plan.moves[0].count), (1, 2));
    world.restart();
    world.settle_down();
    assert_eq!((places(&mut world).as_str(), &*list(&mut world)[0].version), ("p at v", "2.0"));
    let Reply::Shown(shown) = world.ask(Command::Show { instance: id.clone() }) else { panic!("not shown") };
    for (wait, _) in shown.waits.iter().filter(|(_, wait)| wait.kind == WaitKind::Completion) {
        world.ask(Command::Complete { instance: id.clone(), wait: *wait, variables: vec![] });
    }
    assert_eq!(places(&mut world), "p at inner");
}

#[test]
fn history_is_deleted_when_its_time_is_over() {
    let body = r#"<startEvent id="start"/><userTask id="u"/><endEvent id="end"/>
        start -> u
        u -> end"#;
    let mut deployment = definition("p", "a", body);
    let mut program = tessera_bpmn::compile::Program::clone(&deployment.program);
    program.history_time_to_live = Some("P1D".to_owned());
    deployment.program = Arc::new(program);
    let mut world = World::new(1, vec![deployment, definition("q", "b", body)]);
    world.settle_down();
    let large = "x".repeat(20_000);
    let ended = start(&mut world, "p", json!({"large": large}));
    let kept = start(&mut world, "q", json!({"large": large}));
    start(&mut world, "p", json!({"large": large}));
    // More steps than one batch deletes.
    for step in 0..1_100 {
        let variables = vec![("n".into(), Arc::new(json!(step)))];
        world.ask(Command::SetVariables { instance: ended.clone(), variables });
    }
    for instance in [ended, kept] {
        world.ask(Command::Cancel { instance, reason: "enough".to_owned() });
    }
    let rows = |world: &World| {
        [Table::Instance, Table::Journal, Table::Value].map(|table| world.rows(&keys::table(0, table)))
    };
    assert_eq!(rows(&world), [3, 1_105, 3]);
    let day = 24 * 3_600_000;
    let almost = world.now.plus_ms(day - 60_000);
    world.run_until(almost);
    assert_eq!(rows(&world)[0], 3);
    world.restart();
    let over = world.now.plus_ms(120_000);
    world.run_until(over);
    assert_eq!(rows(&world), [2, 3, 2], "what runs stays, and what has no time to live");
    assert_eq!(world.rows(&keys::table(0, Table::Timer)), 0);
    assert_eq!(list(&mut world).len(), 2);
}
