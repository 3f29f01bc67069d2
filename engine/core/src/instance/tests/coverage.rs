//! Every row of every element's table is taken by some run, and leads only to where the table says.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::json;

use super::properties;
use super::run::{Run, target};
use crate::instance::elements;
use crate::instance::occurrence::{Next, Row, Table, Trouble};

thread_local! {
    static TAKEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Remembers that a row was taken on this thread.
pub(in crate::instance) fn record(table: &Table, row: &Row, next: &Result<Next, Trouble>) {
    if let Ok(next) = next {
        assert!(row.to.contains(next), "{}: {:?} on {:?} led to {next:?}", table.element, row.from, row.on);
        TAKEN.with_borrow_mut(|taken| taken.insert(name(table, row, *next)));
    }
}

fn name(table: &Table, row: &Row, next: Next) -> String {
    format!("{}: {:?} on {:?} -> {next:?}", table.element, row.from, row.on)
}

/// What the random model does not have.
const REST: &str = r#"<startEvent id="start"/><intermediateThrowEvent id="a"/>
    <intermediateThrowEvent id="b"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent>
    <intermediateThrowEvent id="c"><messageEventDefinition messageRef="m" CLASS/></intermediateThrowEvent>
    <receiveTask id="d" messageRef="m"/><eventBasedGateway id="g"/><receiveTask id="e1" messageRef="n"/>
    <intermediateCatchEvent id="f"><timerEventDefinition><timeDuration>PT5S</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <exclusiveGateway id="h"/><callActivity id="h1" calledElement="p"/>
    <serviceTask id="i" camunda:expression="${1}"/><userTask id="u"/>
    <subProcess id="q"><startEvent id="q0"/><task id="q1"/><intermediateThrowEvent id="q2"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>
      <endEvent id="q3"><escalationEventDefinition escalationRef="esc"/></endEvent>
      q0 -> q1
      q1 -> FIRST
      q1 -> SECOND
    </subProcess>
    <boundaryEvent id="q4" attachedToRef="q" cancelActivity="CANCEL"><escalationEventDefinition/></boundaryEvent>
    <subProcess id="o" triggeredByEvent="true"><startEvent id="o0" isInterrupting="false"><timerEventDefinition><timeCycle>R2/PT1S</timeCycle></timerEventDefinition></startEvent></subProcess>
    <exclusiveGateway id="q5"/><intermediateThrowEvent id="v1"><linkEventDefinition name="v"/></intermediateThrowEvent>
    <intermediateCatchEvent id="v2"><linkEventDefinition name="v"/></intermediateCatchEvent><inclusiveGateway id="v3"/><inclusiveGateway id="v4"/>
    <sequenceFlow id="v0" sourceRef="q5" targetRef="v1"><extensionElements><camunda:executionListener expression="${1}" event="take"/></extensionElements></sequenceFlow>
    <subProcess id="j"><startEvent id="j0"/><endEvent id="j1"><errorEventDefinition errorRef="e"/></endEvent>
      j0 -> j1
    </subProcess><boundaryEvent id="k" attachedToRef="j"><errorEventDefinition errorRef="e"/></boundaryEvent>
    <subProcess id="l"><multiInstanceLoopCharacteristics><loopCardinality>0</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="l0"/></subProcess>
    <intermediateCatchEvent id="l1"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
    <sendTask id="l2" messageRef="m" CLASS/><boundaryEvent id="l3" attachedToRef="l2"><errorEventDefinition/></boundaryEvent>
    <exclusiveGateway id="l4"/><task id="m1"/><parallelGateway id="p0"/><parallelGateway id="p1"/>
    <endEvent id="y"><messageEventDefinition messageRef="m" CLASS/></endEvent>
    <endEvent id="z"><signalEventDefinition signalRef="sig"/></endEvent>
    start -> a
    a -> b
    b -> c
    c -> d
    d -> g
    g -> e1
    g -> f
    e1 -> h
    f -> h
    h -> h1
    h1 -> i
    i -> u
    u -> q
    q4 -> q5
    q -> q5
    v2 -> v3
    v3 -> v4
    v3 -> v5
    <task id="v5"/>
    v5 -> v4
    v4 -> j
    k -> l
    l -> l1
    l1 -> l2
    l2 -> l4
    l3 -> l4
    l4 -> m1
    m1 -> p0
    p0 -> p1
    p0 -> p1b
    <task id="p1b"/>
    p1b -> p1
    p1 -> y
    m1 -> z"#;

/// What is younger: loops, transactions, ad-hoc subprocesses, complex gateways, signals within one instance.
const YOUNGER: &str = r#"<startEvent id="start"/>
    <userTask id="lp"><standardLoopCharacteristics testBefore="true" loopMaximum="2"><loopCondition>${AGAIN}</loopCondition></standardLoopCharacteristics></userTask>
    <transaction id="tx"><startEvent id="t0"/><intermediateThrowEvent id="t1"><compensateEventDefinition/></intermediateThrowEvent>
      <task id="t2"/><boundaryEvent id="t3" attachedToRef="t2"><compensateEventDefinition/></boundaryEvent><task id="t4" isForCompensation="true"/>
      <association id="ta" sourceRef="t3" targetRef="t4"/>
      <intermediateThrowEvent id="t5"><compensateEventDefinition/></intermediateThrowEvent><exclusiveGateway id="t6"/><endEvent id="t7">END</endEvent>
      t0 -> t1
      t1 -> t2
      t2 -> LATER
      t5 -> t6
      t6 -> t7
    </transaction><boundaryEvent id="tc" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>
    <adHocSubProcess id="ad" ordering="Sequential"><extensionElements>
      <zeebe:adHoc xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" activeElementsCollection="${chosen}"/></extensionElements><userTask id="ad1"/><task id="ad2"/></adHocSubProcess>
    <exclusiveGateway id="x"/><parallelGateway id="f"/><userTask id="g1"/><complexGateway id="g"><activationCondition>${activationCount >= ENOUGH}</activationCondition></complexGateway>
    <subProcess id="sg"><startEvent id="sg0"/><intermediateThrowEvent id="sg1"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent>
      <endEvent id="sg2"><signalEventDefinition signalRef="sig"/></endEvent>
      sg0 -> THROWS
    </subProcess><boundaryEvent id="sgb" attachedToRef="sg"><signalEventDefinition signalRef="sig"/></boundaryEvent>
    start -> lp
    lp -> tx
    tx -> x
    tc -> x
    x -> ad
    ad -> f
    f -> g1
    f -> g
    g1 -> g
    g -> sg if ${waitingForStart}
    g -> y
    <endEvent id="y"/>"#;

const STARTED_BY_MESSAGE: &str = r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/><receiveTask id="start" messageRef="m"/>MORE
    g -> start"#;

/// Events that throw several things.
const SEVERAL: &str = r#"<startEvent id="start"/>
    <transaction id="tx"><startEvent id="t0"/><task id="t1"/><boundaryEvent id="t2" attachedToRef="t1"><compensateEventDefinition/></boundaryEvent>
      <task id="t3" isForCompensation="true"/><association id="ta" sourceRef="t2" targetRef="t3"/>
      <intermediateThrowEvent id="t4">THROWN</intermediateThrowEvent><endEvent id="t5">THROWN</endEvent>
      t0 -> t1
      t1 -> BY
    </transaction><boundaryEvent id="tc" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>
    <boundaryEvent id="te" attachedToRef="tx"><escalationEventDefinition/></boundaryEvent>
    start -> tx"#;

fn several(round: u32, class: &str) -> Run {
    let (signal, message) =
        (r#"<signalEventDefinition signalRef="sig"/>"#, r#"<messageEventDefinition messageRef="m" CLASS/>"#);
    let (undo, cancel) = ("<compensateEventDefinition/>", "<cancelEventDefinition/>");
    let thrown = [
        [signal, message],
        [message, signal],
        [undo, signal],
        [signal, undo],
        [signal, "<escalationEventDefinition escalationRef=\"esc\"/>"],
        [signal, cancel],
    ];
    let thrown = thrown[usize::try_from(round % 6).unwrap_or(0)];
    let by = if (round / 6).is_multiple_of(2) && thrown[1] != cancel { "t4" } else { "t5" };
    let other =
        if by == "t4" { "<endEvent id=\"t5\">THROWN" } else { "<intermediateThrowEvent id=\"t4\">THROWN" };
    let model = SEVERAL.replace(other, other.trim_end_matches("THROWN"));
    Run::start(&model.replace("THROWN", &thrown.concat()).replace("CLASS", class).replace("BY", by))
}

fn younger(round: u32) -> Run {
    let pick = |choices: [&'static str; 3]| choices[usize::try_from(round % 3).unwrap_or(0)];
    let flip = |choices: [&'static str; 2]| choices[usize::try_from(round / 3 % 2).unwrap_or(0)];
    let end = pick(["<compensateEventDefinition/>", "<cancelEventDefinition/>", ""]);
    let model = YOUNGER.replace("AGAIN", flip(["true", "false"])).replace("LATER", flip(["t5", "t6"]));
    let model = model.replace("END", end).replace("ENOUGH", flip(["1", "2"]));
    let chosen = if round.is_multiple_of(2) { json!([]) } else { json!(["ad1", "ad2"]) };
    Run::start_with(&model.replace("THROWS", flip(["sg1", "sg2"])), json!({"chosen": chosen}))
}

#[test]
fn every_row_is_taken() {
    let mut seed = 1_u64;
    let mut next = move || {
        // Any mixing will do; it only has to be the same every time.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    let mut random = |length: usize| -> Vec<(usize, u8)> {
        (0..length)
            .map(|_| (usize::try_from(next()).unwrap_or(0), u8::try_from(next() % 256).unwrap_or(0)))
            .collect()
    };
    for round in 0..200_u32 {
        let model = properties::MODEL.replace("SEQ", if round % 2 == 0 { "true" } else { "false" });
        let entries = (0..round % 4).map(|index| target(&format!("t{index}"))).collect::<Vec<_>>();
        let variables = json!({"targets": {"entries": entries}, "enough": 3, "bad": round % 3 == 0});
        let mut run = Run::start_with(&model, variables);
        properties::walk(&mut run, random(60).into_iter());
        properties::walk(&mut younger(round), random(30).into_iter());
        let more = r#"<receiveTask id="b" messageRef="n"/><receiveTask id="c" messageRef="third"/>
            g -> b
            g -> c"#;
        for more in ["", more] {
            let mut run = Run::start_by_message(&STARTED_BY_MESSAGE.replace("MORE", more));
            properties::walk(&mut run, random(10).into_iter());
        }
        for class in ["", r#"camunda:class="H""#] {
            let cancel = if round % 2 == 0 { "true" } else { "false" };
            let (first, second) = if class.is_empty() { ("q2", "q3") } else { ("q3", "q2") };
            let model = REST.replace("CLASS", class).replace("CANCEL", cancel);
            let mut run = Run::start(&model.replace("FIRST", first).replace("SECOND", second));
            properties::walk(&mut run, random(30).into_iter());
            properties::walk(&mut several(round, class), random(20).into_iter());
        }
    }
    let all = elements::TABLES.iter().flat_map(|table| {
        table.rows.iter().flat_map(move |row| row.to.iter().map(move |next| name(table, row, *next)))
    });
    let missing = TAKEN.with_borrow(|taken| all.filter(|row| !taken.contains(row)).collect::<Vec<_>>());
    assert!(missing.is_empty(), "never taken:\n{}", missing.join("\n"));
}
