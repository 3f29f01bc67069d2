//! Pictures of models: every kind of element is drawn, nothing of a model gets out of its place, layouts put things where
//! they belong, and every model of the corpus has a picture. How pictures look is judged by looking at them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tessera_bpmn::lint::{Config, Document, Node, Source, lint_file};
use tessera_bpmn::model::Definitions;
use tessera_bpmn::read::read;
use tessera_bpmn::render::{Options, Placement, RenderError, render};

const HEAD: &str = "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' \
    xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI' xmlns:dc='http://www.omg.org/spec/DD/20100524/DC' \
    xmlns:di='http://www.omg.org/spec/DD/20100524/DI' targetNamespace='t'>";
const LAYOUT: Options<'_> = Options { diagram: None, placement: Placement::Layout, findings: &[] };

fn model(content: &str) -> Definitions {
    let reading = read(format!("{HEAD}{content}</definitions>").as_bytes());
    reading.model.unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}

fn draw(content: &str, options: &Options<'_>) -> String {
    let svg = render(&model(content), options).unwrap();
    assert_sound(&svg);
    svg
}

/// It is XML that refers to nothing, runs nothing, and has no number that is none.
fn assert_sound(svg: &str) {
    let document = Document::read(svg.as_bytes());
    assert!(document.problems.is_empty(), "{:?}", document.problems);
    assert_eq!(document.root().unwrap().name(), "svg");
    for node in document.nodes() {
        assert!(
            ["svg", "g", "rect", "circle", "path", "line", "text", "title"].contains(&node.name()),
            "{}",
            node.name()
        );
        for attribute in node.attributes() {
            let (_, name) = node.attribute_name(attribute);
            let value = node.attribute_value(attribute);
            assert!(!name.starts_with("on") && !name.contains("href") && name != "style", "{name}");
            assert!(name == "data-element" || !value.contains("url("), "{name}={value}");
            assert!(
                name == "data-element" || !value.contains("NaN") && !value.contains("inf"),
                "{name}={value}"
            );
        }
    }
}

type Rectangle = (f64, f64, f64, f64);

/// The rectangle around each element that is drawn as a shape: left, top, right, bottom.
fn places(svg: &str) -> BTreeMap<String, Rectangle> {
    let document = Document::read(svg.as_bytes());
    let groups = document.nodes().filter(|node| {
        node.attribute("class").is_some_and(|class| ["pool", "lane", "event", "activity"].contains(&class))
    });
    let place = |group: Node<'_>| {
        let shape = group.children().next().unwrap();
        let number = |name: &str| shape.attribute(name).unwrap().parse::<f64>().unwrap();
        if shape.name() == "circle" {
            let (x, y, radius) = (number("cx"), number("cy"), number("r"));
            return (x - radius, y - radius, x + radius, y + radius);
        }
        (number("x"), number("y"), number("x") + number("width"), number("y") + number("height"))
    };
    groups.map(|group| (group.attribute("data-element").unwrap().to_owned(), place(group))).collect()
}

fn contains(outer: Rectangle, inner: Rectangle) -> bool {
    outer.0 <= inner.0 && outer.1 <= inner.1 && outer.2 >= inner.2 && outer.3 >= inner.3
}

fn overlap(one: Rectangle, other: Rectangle) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

#[test]
fn a_label_over_lines_has_a_rim_that_every_viewer_paints_below_it() {
    let svg = draw("<process id='p'><startEvent id='s' name='Begun'/></process>", &LAYOUT);
    let (rim, label) = (svg.find("class=\"rim\"").unwrap(), svg.find("class=\"label\"").unwrap());
    assert!(rim < label && svg.matches(">Begun</text>").count() == 2, "{svg}");
    assert!(!svg.contains("paint-order"));
    let inside = draw("<process id='p'><task id='t' name='Greet'/></process>", &LAYOUT);
    assert!(!inside.contains("class=\"rim\""), "what is in a shape needs none");
}

/// One of each: the id of each element is its tag, with what makes it different behind.
const EVERYTHING: &str = "
<message id='message' name='m'/>
<category><categoryValue id='value' value='a category'/></category>
<globalUserTask id='globalUserTask'/>
<dataStore id='store' name='a store'/>
<collaboration id='c'>
  <participant id='participant' name='a pool' processRef='p'/>
  <participant id='participant-closed' name='someone else'><participantMultiplicity maximum='3'/></participant>
  <messageFlow id='messageFlow' name='asks' sourceRef='sendTask' targetRef='participant-closed'/>
  <messageFlow id='messageFlow-back' sourceRef='participant-closed' targetRef='receiveTask'/>
  <conversation id='conversation'/><subConversation id='subConversation'/><callConversation id='callConversation'/>
  <conversationLink id='conversationLink' sourceRef='participant' targetRef='conversation'/>
</collaboration>
<process id='p'>
  <ioSpecification><dataInput id='dataInput' name='in'/><dataOutput id='dataOutput' name='out'/><inputSet/><outputSet/></ioSpecification>
  <laneSet><lane id='lane' name='a lane'><flowNodeRef>task</flowNodeRef>
    <childLaneSet><lane id='lane-inner'><flowNodeRef>userTask</flowNodeRef></lane><lane id='lane-empty'/></childLaneSet></lane></laneSet>
  <startEvent id='startEvent'/>
  <startEvent id='startEvent-multiple' parallelMultiple='true'><signalEventDefinition/><messageEventDefinition/></startEvent>
  <startEvent id='startEvent-message'><messageEventDefinition/></startEvent>
  <intermediateCatchEvent id='catch-message'><messageEventDefinition/></intermediateCatchEvent>
  <intermediateCatchEvent id='catch-timer'><timerEventDefinition/></intermediateCatchEvent>
  <intermediateCatchEvent id='catch-signal'><signalEventDefinition/></intermediateCatchEvent>
  <intermediateCatchEvent id='catch-conditional'><conditionalEventDefinition/></intermediateCatchEvent>
  <intermediateCatchEvent id='catch-link'><linkEventDefinition/></intermediateCatchEvent>
  <intermediateCatchEvent id='catch-multiple'><signalEventDefinition/><timerEventDefinition/></intermediateCatchEvent>
  <intermediateThrowEvent id='throw'/>
  <intermediateThrowEvent id='throw-message'><messageEventDefinition/></intermediateThrowEvent>
  <intermediateThrowEvent id='throw-signal'><signalEventDefinition/></intermediateThrowEvent>
  <intermediateThrowEvent id='throw-escalation'><escalationEventDefinition/></intermediateThrowEvent>
  <intermediateThrowEvent id='throw-compensate'><compensateEventDefinition/></intermediateThrowEvent>
  <intermediateThrowEvent id='throw-link'><linkEventDefinition/></intermediateThrowEvent>
  <intermediateThrowEvent id='throw-multiple'><signalEventDefinition/><messageEventDefinition/></intermediateThrowEvent>
  <endEvent id='endEvent'/>
  <endEvent id='endEvent-error'><errorEventDefinition/></endEvent>
  <endEvent id='endEvent-cancel'><cancelEventDefinition/></endEvent>
  <endEvent id='endEvent-terminate'><terminateEventDefinition/></endEvent>
  <task id='task' name='a task'/><serviceTask id='serviceTask'/><sendTask id='sendTask'/><receiveTask id='receiveTask'/>
  <receiveTask id='receiveTask-instantiate' instantiate='true'/><userTask id='userTask'/><manualTask id='manualTask'/>
  <scriptTask id='scriptTask'/><businessRuleTask id='businessRuleTask'><standardLoopCharacteristics/></businessRuleTask>
  <callActivity id='callActivity'/><callActivity id='callActivity-task' calledElement='globalUserTask'/>
  <subProcess id='subProcess'><multiInstanceLoopCharacteristics/><task id='task-in-subProcess'/></subProcess>
  <subProcess id='subProcess-collapsed'><multiInstanceLoopCharacteristics isSequential='true'/></subProcess>
  <subProcess id='subProcess-event' triggeredByEvent='true'>
    <startEvent id='startEvent-beside' isInterrupting='false'><escalationEventDefinition/></startEvent></subProcess>
  <transaction id='transaction'><task id='task-in-transaction'/></transaction>
  <adHocSubProcess id='adHocSubProcess'><task id='task-in-adHoc'/></adHocSubProcess>
  <boundaryEvent id='boundaryEvent' attachedToRef='task' name='too late'><timerEventDefinition/></boundaryEvent>
  <boundaryEvent id='boundaryEvent-beside' attachedToRef='task' cancelActivity='false'><messageEventDefinition/></boundaryEvent>
  <boundaryEvent id='boundaryEvent-compensate' attachedToRef='userTask'><compensateEventDefinition/></boundaryEvent>
  <serviceTask id='handler' isForCompensation='true'/>
  <exclusiveGateway id='exclusiveGateway' default='sequenceFlow-default'/><parallelGateway id='parallelGateway'/>
  <inclusiveGateway id='inclusiveGateway'/><complexGateway id='complexGateway'/><eventBasedGateway id='eventBasedGateway'/>
  <eventBasedGateway id='eventBasedGateway-start' instantiate='true'/>
  <eventBasedGateway id='eventBasedGateway-all' instantiate='true' eventGatewayType='Parallel'/>
  <dataObject id='object' isCollection='true'/>
  <dataObjectReference id='dataObjectReference' dataObjectRef='object'><dataState name='new'/></dataObjectReference>
  <dataStoreReference id='dataStoreReference' dataStoreRef='store'/>
  <sequenceFlow id='sequenceFlow' name='then' sourceRef='startEvent' targetRef='task'/>
  <sequenceFlow id='sequenceFlow-back' sourceRef='exclusiveGateway' targetRef='task'/>
  <sequenceFlow id='sequenceFlow-self' sourceRef='userTask' targetRef='userTask'/>
  <sequenceFlow id='sequenceFlow-conditional' sourceRef='task' targetRef='exclusiveGateway'><conditionExpression>x</conditionExpression></sequenceFlow>
  <sequenceFlow id='sequenceFlow-default' sourceRef='exclusiveGateway' targetRef='userTask'/>
  <sequenceFlow id='sequenceFlow-boundary' sourceRef='boundaryEvent' targetRef='userTask'/>
  <textAnnotation id='textAnnotation'><text>remember</text></textAnnotation>
  <association id='association' associationDirection='Both' sourceRef='textAnnotation' targetRef='task'/>
  <association id='association-handler' associationDirection='One' sourceRef='boundaryEvent-compensate' targetRef='handler'/>
  <group id='group' categoryValueRef='value'/>
  <serviceTask id='serviceTask-data'><categoryValueRef>value</categoryValueRef>
    <dataInputAssociation id='dataInputAssociation'><sourceRef>dataObjectReference</sourceRef><targetRef>x</targetRef></dataInputAssociation>
    <dataOutputAssociation id='dataOutputAssociation'><sourceRef>x</sourceRef><targetRef>dataStoreReference</targetRef></dataOutputAssociation></serviceTask>
</process>
<choreography id='ch'>
  <participant id='a' name='A'/><participant id='b' name='B'/>
  <choreographyTask id='choreographyTask' initiatingParticipantRef='a' name='ask'><participantRef>a</participantRef><participantRef>b</participantRef></choreographyTask>
  <callChoreography id='callChoreography' initiatingParticipantRef='a'/>
  <subChoreography id='subChoreography' loopType='Standard'><participantRef>a</participantRef><participantRef>b</participantRef>
    <choreographyTask id='choreographyTask-inner'/></subChoreography>
</choreography>";

/// What has an id, but no shape of its own.
const WITHOUT_SHAPE: &[&str] =
    &["message", "value", "globalUserTask", "store", "c", "p", "object", "ch", "a", "b"];

#[test]
fn every_kind_of_element_is_drawn() {
    let svg = draw(EVERYTHING, &LAYOUT);
    let text = format!("{HEAD}{EVERYTHING}</definitions>");
    let source = Document::read(text.as_bytes());
    let missing: Vec<&str> = source
        .nodes()
        .filter_map(Node::id)
        .filter(|id| !WITHOUT_SHAPE.contains(id) && !svg.contains(&format!("data-element=\"{id}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for label in
        ["a pool", "a lane", "then", "asks", "too late", "remember", "a category", "a store", "[new]"]
    {
        assert!(svg.contains(&format!(">{label}</text>")), "{label}");
    }
}

#[test]
fn a_picture_is_the_same_each_time() {
    assert_eq!(draw(EVERYTHING, &LAYOUT), draw(EVERYTHING, &LAYOUT));
}

#[test]
fn a_layout_keeps_elements_apart_and_within_what_holds_them() {
    let svg = draw(EVERYTHING, &LAYOUT);
    let places = places(&svg);
    let holders = [
        "participant",
        "lane",
        "lane-inner",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "subProcess-event",
    ];
    let apart: Vec<_> = places
        .iter()
        .filter(|(id, _)| !holders.contains(&id.as_str()) && !id.starts_with("boundaryEvent"))
        .collect();
    for (at, (id, place)) in apart.iter().enumerate() {
        for (other_id, other) in &apart[..at] {
            assert!(!overlap(**place, **other), "{id} lies on {other_id}");
        }
    }
    for (outer, inner) in [
        ("participant", "lane"),
        ("lane", "lane-inner"),
        ("lane-inner", "userTask"),
        ("lane-inner", "handler"),
        ("participant", "task"),
        ("participant", "subProcess-event"),
        ("subProcess", "task-in-subProcess"),
        ("transaction", "task-in-transaction"),
        ("adHocSubProcess", "task-in-adHoc"),
        ("subProcess-event", "startEvent-beside"),
    ] {
        assert!(contains(places[outer], places[inner]), "{inner} is not in {outer}");
    }
    assert!(!overlap(places["lane-inner"], places["serviceTask"]), "it is in no lane");
    assert!(!overlap(places["participant"], places["participant-closed"]));
    for event in ["boundaryEvent", "boundaryEvent-beside"] {
        let middle = f64::midpoint(places[event].1, places[event].3);
        assert!((middle - places["task"].3).abs() < 0.1, "{event} is not on the border of its task");
        assert!(places["task"].0 <= places[event].0 && places[event].2 <= places["task"].2);
    }
    assert!(!overlap(places["boundaryEvent"], places["boundaryEvent-beside"]));
    assert!(places["startEvent"].2 < places["task"].0, "flows lead to the right");
}

const DRAWN: &str = "<process id='p'><task id='one'/><task id='two'/><task id='three'/>
    <boundaryEvent id='late' attachedToRef='one'><timerEventDefinition/></boundaryEvent>
    <sequenceFlow id='f' sourceRef='one' targetRef='two'/></process>
    <bpmndi:BPMNDiagram id='first'><bpmndi:BPMNPlane bpmnElement='p'>
      <bpmndi:BPMNShape bpmnElement='one'><dc:Bounds x='500' y='40' width='100' height='80'/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape bpmnElement='two'><dc:Bounds x='100' y='40' width='120' height='60'/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape bpmnElement='three'><dc:Bounds x='NaN' y='1e300' width='1' height='1'/></bpmndi:BPMNShape>
    </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
    <bpmndi:BPMNDiagram id='second'><bpmndi:BPMNPlane bpmnElement='p'>
      <bpmndi:BPMNShape bpmnElement='three'><dc:Bounds x='0' y='0' width='100' height='80'/></bpmndi:BPMNShape>
    </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>";

#[test]
fn a_diagram_is_followed_and_what_it_lacks_is_added() {
    let svg = draw(DRAWN, &Options::default());
    let places = places(&svg);
    assert_eq!(places["one"], (500.0, 40.0, 600.0, 120.0));
    assert_eq!(places["two"], (100.0, 40.0, 220.0, 100.0));
    assert!(places["three"].1 > 120.0, "what has no place stands below");
    assert!((f64::midpoint(places["late"].1, places["late"].3) - 120.0).abs() < 0.1);
    assert!(svg.contains("data-element=\"f\""), "the flow that has no line gets one");
    assert!(draw(DRAWN, &LAYOUT).contains("data-element=\"late\""));
}

#[test]
fn a_diagram_is_chosen_by_its_id() {
    let asked = |diagram| render(&model(DRAWN), &Options { diagram: Some(diagram), ..Options::default() });
    assert_eq!(places(&asked("second").unwrap())["three"], (0.0, 0.0, 100.0, 80.0));
    let error = asked("third").unwrap_err();
    assert_eq!(error.to_string(), "there is no diagram `third`; there is first, p, second, p");
    assert_eq!(render(&model("<message/>"), &Options::default()), Err(RenderError::Nothing));
}

#[test]
fn nothing_of_a_model_becomes_markup() {
    let evil = "&lt;script>alert(1)&lt;/script>&quot; onload=&quot;x";
    let svg = draw(
        &format!(
            "<process id='p'><task id='{evil}' name='{evil}'/><textAnnotation id='a'><text>{evil}</text></textAnnotation></process>
             <bpmndi:BPMNDiagram xmlns:c='http://www.omg.org/spec/BPMN/non-normative/color/1.0'><bpmndi:BPMNPlane>
             <bpmndi:BPMNShape bpmnElement='{evil}' c:background-color='url(http://x)' c:border-color='#a1b2c3'>
             <dc:Bounds x='0' y='0' width='100' height='80'/></bpmndi:BPMNShape>
             <bpmndi:BPMNShape bpmnElement='a'><dc:Bounds x='0' y='200' width='100' height='80'/></bpmndi:BPMNShape>
             </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        ),
        &Options::default(),
    );
    assert!(svg.contains("stroke=\"#a1b2c3\"") && !svg.contains("http://x"));
}

#[test]
fn findings_are_marked_and_explained() {
    let text = format!(
        "{HEAD}<process id='p'><startEvent id='s'/><task id='t'/><sequenceFlow id='f' sourceRef='s' targetRef='gone'/></process></definitions>"
    );
    let report = lint_file(Source { path: "a.bpmn", bytes: text.as_bytes() }, &Config::default());
    let finding = report.findings.iter().find(|finding| finding.message.contains("gone")).unwrap();
    let options = Options { findings: &report.findings, ..Options::default() };
    let svg = render(&read(text.as_bytes()).model.unwrap(), &options).unwrap();
    assert_sound(&svg);
    let marked: Vec<&str> = report
        .findings
        .iter()
        .filter_map(|finding| finding.element.as_deref())
        .filter(|id| ["s", "t"].contains(id))
        .collect();
    assert!(!marked.is_empty());
    for element in marked {
        assert!(svg.contains(&format!("<g class=\"badge\" data-element=\"{element}\">")), "{element}");
    }
    let (_, legend) = svg.split_once("class=\"legend\"").unwrap();
    assert!(legend.contains(&format!(">{}</text>", finding.code)), "what is not drawn is in the legend");
    assert!(legend.contains("`gone`"));
}

#[test]
fn a_heap_of_flows_has_a_picture() {
    let count = 400;
    let mut content = "<process id='p'>".to_owned();
    for at in 0..count {
        let _ = write!(content, "<task id='t{at}'/>");
    }
    // Each to each later one would need 10 million bends: most lead around.
    for (from, to) in (0..count).flat_map(|from| (from + 1..count).map(move |to| (from, to))) {
        let _ = write!(content, "<sequenceFlow id='f{from}-{to}' sourceRef='t{from}' targetRef='t{to}'/>");
    }
    let svg = render(&model(&(content + "</process>")), &LAYOUT).unwrap();
    assert_eq!(svg.matches("class=\"sequence-flow\"").count(), count * (count - 1) / 2);
}

fn models(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            models(&path, found);
        } else if path.to_string_lossy().ends_with(".bpmn") || path.to_string_lossy().ends_with(".bpmn20.xml")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_model_of_the_corpus_has_a_picture() {
    let mut found = Vec::new();
    models(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"), &mut found);
    found.sort();
    let mut empty = 0_usize;
    for path in &found {
        let Some(model) = read(&fs::read(path).unwrap()).model else { continue };
        for options in [Options::default(), LAYOUT] {
            match render(&model, &options) {
                Ok(svg) => assert_sound(&svg),
                Err(RenderError::Nothing) => empty += 1,
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }
    assert!(empty <= found.len() / 10, "{empty} of {} models have nothing to draw", found.len());
}
