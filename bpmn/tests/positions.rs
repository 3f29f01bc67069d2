//! Where which event may stand, as one table [BPMN 2.0, table 10.93]; and what is read and kept but not executed: refused
//! where the process is executable, with code and place, and nowhere else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use tessera_bpmn::compile;
use tessera_bpmn::diagnostic::{Diagnostic, Severity, codes};
use tessera_bpmn::read::read;
use tessera_bpmn::write;

/// What stands before an event, its own tag, and what stands behind it. The event begins on line 3, what defines it on
/// line 4.
struct Place {
    before: &'static str,
    open: &'static str,
    behind: &'static str,
}

const CALLER: &str = "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='s'/>";

const PLACES: [Place; 9] = [
    Place { before: "", open: "<startEvent id='e'>", behind: "</startEvent>" },
    Place {
        before: "<subProcess id='s'>",
        open: "<startEvent id='e'>",
        behind: "</startEvent></subProcess>",
    },
    Place { before: HANDLER, open: "<startEvent id='e'>", behind: HANDLED },
    Place { before: HANDLER, open: "<startEvent id='e' isInterrupting='false'>", behind: HANDLED },
    Place {
        before: "<startEvent id='b'/><intermediateThrowEvent id='t'><linkEventDefinition name='l'/></intermediateThrowEvent>\
                 <sequenceFlow id='g' sourceRef='b' targetRef='t'/>",
        open: "<intermediateCatchEvent id='e'>",
        behind: "</intermediateCatchEvent>",
    },
    Place { before: BOUNDARY, open: "<boundaryEvent id='e' attachedToRef='s'>", behind: UNDONE },
    Place {
        before: BOUNDARY,
        open: "<boundaryEvent id='e' attachedToRef='s' cancelActivity='false'>",
        behind: UNDONE,
    },
    Place {
        before: "<startEvent id='b'/><sequenceFlow id='g' sourceRef='b' targetRef='e'/>\
                 <intermediateCatchEvent id='c'><linkEventDefinition name='l'/></intermediateCatchEvent>",
        open: "<intermediateThrowEvent id='e'>",
        behind: "</intermediateThrowEvent>",
    },
    Place {
        before: "<transaction id='s'><startEvent id='b'/><sequenceFlow id='g' sourceRef='b' targetRef='e'/>",
        open: "<endEvent id='e'>",
        behind: "</endEvent></transaction><boundaryEvent id='c' attachedToRef='s'><cancelEventDefinition/></boundaryEvent>",
    },
];
const HANDLER: &str = "<subProcess id='s'><startEvent id='b'/><subProcess id='h' triggeredByEvent='true'>";
const HANDLED: &str = "</startEvent></subProcess></subProcess>";
const BOUNDARY: &str = "<transaction id='s'><startEvent id='b'/></transaction>";
const UNDONE: &str = "</boundaryEvent><task id='undo' isForCompensation='true'/>\
                      <association id='x' sourceRef='e' targetRef='undo'/>";

/// By kind of event and place (start of the process, of a subprocess, of an event subprocess that interrupts and one that
/// does not, catch, boundary that interrupts and that does not, throw, end): `+` compiles, `!` the definition is refused, `e`
/// the event is refused, `w` it is refused because it waits for nothing, `0` it compiles and the attribute is reported as
/// without effect, `n` it is refused as not executable.
const TABLE: &[(&str, &str)] = &[
    ("", "+ + w w w w w + +"),
    ("<messageEventDefinition messageRef='m'/>", "+ ! + + + + + + +"),
    ("<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>", "+ ! + + + + + ! !"),
    ("<errorEventDefinition errorRef='r'/>", "! ! + e ! + e ! +"),
    ("<escalationEventDefinition escalationRef='c1'/>", "! ! + + ! + + + +"),
    ("<cancelEventDefinition/>", "! ! ! ! ! + e ! +"),
    ("<compensateEventDefinition/>", "! ! + 0 ! + 0 + +"),
    (
        "<conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition>",
        "+ ! + + + + + ! !",
    ),
    ("<linkEventDefinition name='l'/>", "! ! ! ! + ! ! + !"),
    ("<signalEventDefinition signalRef='s1'/>", "+ ! + + + + + + +"),
    ("<terminateEventDefinition/>", "! ! ! ! ! ! ! ! +"),
    ("<messageEventDefinition messageRef='m'/><signalEventDefinition signalRef='s1'/>", "+ ! + + + + + + +"),
    // A parallel multiple event; what throws knows no such thing.
    ("ALL<messageEventDefinition messageRef='m'/><signalEventDefinition signalRef='s1'/>", "n ! + + + + +"),
];

fn examine(executable: bool, head: &str, body: &str) -> Vec<Diagnostic> {
    let text = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'><message id='m' name='m'/><signal id='s1' name='s'/>\
         <error id='r' errorCode='R'/><escalation id='c1' escalationCode='C'/>{head}<process id='p' isExecutable='{executable}'>\n{body}</process></definitions>"
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.diagnostics, [], "{text}");
    let model = reading.model.unwrap();
    let written = write::write(&model);
    assert_eq!(
        write::write(&read(written.as_bytes()).model.unwrap()),
        written,
        "what is read is kept: {text}"
    );
    if !executable {
        assert_eq!(compile::executable(&model), [""; 0], "{text}");
    }
    compile::examine(&model, "p").diagnostics
}

fn wrong<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<String> {
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| format!("{} {}", finding.code, finding.position)).collect()
}

#[test]
fn every_event_stands_where_the_standard_lets_it() {
    for (definitions, places) in TABLE {
        let all = definitions.starts_with("ALL");
        let definitions = definitions.trim_start_matches("ALL");
        for (place, expected) in PLACES.iter().zip(places.split(' ')) {
            let open = if all {
                place.open.replace('>', " parallelMultiple='true'>")
            } else {
                place.open.to_owned()
            };
            // A link that catches has no incoming flow, one that throws has no outgoing one.
            let body = format!("{}\n{open}\n{definitions}\n{}{}", place.before, place.behind, begin(place));
            let findings = examine(true, "", &body);
            // What is said of the events around it is another matter.
            let found = wrong(findings.iter().filter(|finding| (3..=4).contains(&finding.position.line)));
            let first = found.first().map(String::as_str);
            let refused = |code: &str, at: &str| Some(format!("{code} {at}"));
            let wanted = match expected {
                "+" | "0" => None,
                "!" => refused(codes::EVENT_DEFINITION_PLACE, "4:1"),
                "e" => refused(codes::EVENT_DEFINITION_PLACE, "3:1"),
                "w" => refused(codes::EVENT_WITHOUT_TRIGGER, "3:1"),
                "n" => refused(codes::NOT_EXECUTABLE_YET, "3:1"),
                other => panic!("`{other}` means nothing"),
            };
            assert_eq!(first, wanted.as_deref(), "{body}\n{findings:#?}");
            let idle =
                findings.iter().any(|finding| finding.code == codes::NO_EFFECT && finding.position.line == 3);
            assert_eq!(idle, expected == "0", "{body}\n{findings:#?}");
        }
    }
}

/// A process begins somewhere, and a subprocess is reached.
fn begin(place: &Place) -> &'static str {
    if place.before.contains("id='s'") { CALLER } else { "" }
}

#[test]
fn what_is_kept_and_not_executed_is_refused_where_it_would_be() {
    let start = "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='t'/>\n";
    let cases = [
        ("<globalTask id='g' name='G'/>", "<callActivity id='t' calledElement='g'/>", "3:1"),
        ("<globalUserTask id='g' name='G'/>", "<callActivity id='t' calledElement='g'/>", "3:1"),
        ("<globalManualTask id='g' name='G'/>", "<callActivity id='t' calledElement='g'/>", "3:1"),
        ("<globalScriptTask id='g' name='G'/>", "<callActivity id='t' calledElement='g'/>", "3:1"),
        ("<globalBusinessRuleTask id='g' name='G'/>", "<callActivity id='t' calledElement='g'/>", "3:1"),
        (
            "",
            "<choreographyTask id='t' initiatingParticipantRef='x'><participantRef>x</participantRef><messageFlowRef>y</messageFlowRef></choreographyTask>",
            "3:1",
        ),
        (
            "",
            "<subChoreography id='t' initiatingParticipantRef='x'><participantRef>x</participantRef></subChoreography>",
            "3:1",
        ),
        (
            "",
            "<callChoreography id='t' initiatingParticipantRef='x' calledChoreographyRef='c'><participantRef>x</participantRef></callChoreography>",
            "3:1",
        ),
        (
            "",
            "<task id='t'><property id='v' name='x'/><dataInputAssociation>\n<sourceRef>o</sourceRef><targetRef>v</targetRef><transformation>${x}</transformation></dataInputAssociation></task><dataObject id='o'/>",
            "3:41",
        ),
        (
            "",
            "<task id='t'>\n<multiInstanceLoopCharacteristics behavior='One' oneBehaviorEventRef='s1'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>",
            "4:1",
        ),
        (
            "",
            "<task id='t'>\n<multiInstanceLoopCharacteristics behavior='None' noneBehaviorEventRef='s1'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>",
            "4:1",
        ),
        (
            "",
            "<task id='t'>\n<multiInstanceLoopCharacteristics behavior='Complex'><loopCardinality>2</loopCardinality><complexBehaviorDefinition id='x'><condition>${x}</condition><event id='y'><signalEventDefinition signalRef='s1'/></event></complexBehaviorDefinition></multiInstanceLoopCharacteristics></task>",
            "4:1",
        ),
        (
            "",
            "<subProcess id='t'><startEvent id='b'/>\n<subProcess id='h' triggeredByEvent='true'><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics><startEvent id='c'><signalEventDefinition signalRef='s1'/></startEvent></subProcess></subProcess>",
            "4:1",
        ),
        (
            "",
            "<subProcess id='t'><startEvent id='b'/>\n<subProcess id='h' triggeredByEvent='true' startQuantity='2'><startEvent id='c'><signalEventDefinition signalRef='s1'/></startEvent></subProcess></subProcess>",
            "4:1",
        ),
    ];
    for (head, element, at) in cases {
        let body = format!("{start}{element}");
        let found = wrong(&examine(true, head, &body));
        assert_eq!(found, [format!("{} {at}", codes::NOT_EXECUTABLE_YET)], "{element}");
        examine(false, head, &body);
    }
}

#[test]
fn what_only_stands_beside_an_executable_process_disturbs_nobody() {
    let beside = "<globalTask id='g' name='G'/><choreography id='c'><participant id='x' name='X'/><participant id='y' name='Y'/></choreography>";
    assert_eq!(wrong(&examine(true, beside, "<startEvent id='a'/>")), [""; 0]);
}
