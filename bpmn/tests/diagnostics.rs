//! What is wrong with models, as a table: a fragment of a process, and the findings as `code line:column`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use tessera_bpmn::compile::{self, Examination};
use tessera_bpmn::diagnostic::{Diagnostic, codes};
use tessera_bpmn::read::read;

/// The fragment starts on line 2; messages and the like stand beside the process.
fn examine(fragment: &str) -> Examination {
    let text = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:camunda='http://camunda.org/schema/1.0/bpmn' \
         xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' xmlns:t='https://tessera.dev/bpmn/1'><message id='m' name='ping'/>\
         <signal id='s' name='stop'/><error id='e' errorCode='broken'/><message id='nameless'/><signal id='v' name='of ${{x}}'/><message id='w' name='of ${{x}}'/>\
         <process id='p' isExecutable='true'>\n{fragment}\n</process></definitions>"
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.diagnostics, [], "{fragment}");
    compile::examine(&reading.model.unwrap(), "p")
}

fn check(fragment: &str, expected: &[&str]) {
    let examination = examine(fragment);
    let place = |finding: &Diagnostic| format!("{} {}", finding.code, finding.position);
    let found: Vec<_> = examination.diagnostics.iter().map(place).collect();
    assert_eq!(found, expected, "{fragment}\n{:#?}", examination.diagnostics);
}

const START: &str = "<startEvent id='a'/>";

#[test]
fn references() {
    for (fragment, expected) in [
        ("<sequenceFlow id='f' sourceRef='a' targetRef='x'/>", vec!["P105 2:21"]),
        ("<sequenceFlow id='f' sourceRef='p' targetRef='a'/>", vec!["P104 2:21"]),
        ("<task id='a'/>", vec!["P101 2:21", "P208 2:21"]),
        ("<task/>", vec!["P102 2:21"]),
        (
            "<boundaryEvent id='b' attachedToRef='a'><signalEventDefinition signalRef='s'/></boundaryEvent>",
            vec!["P107 2:21"],
        ),
        ("<boundaryEvent id='b'><timerEventDefinition/></boundaryEvent>", vec!["P107 2:21", "P302 2:43"]),
        (
            "<endEvent id='z'><messageEventDefinition messageRef='x'/></endEvent>",
            vec!["P208 2:21", "P108 2:38"],
        ),
        (
            "<endEvent id='z'><signalEventDefinition signalRef='m'/></endEvent>",
            vec!["P208 2:21", "P109 2:38"],
        ),
        ("<endEvent id='z'><errorEventDefinition errorRef='x'/></endEvent>", vec!["P208 2:21", "P110 2:38"]),
        ("<endEvent id='z'><errorEventDefinition/></endEvent>", vec!["P208 2:21", "P114 2:38"]),
        ("<receiveTask id='r' messageRef='nameless'/>", vec!["P112 1:295", "P208 2:21"]),
        ("<receiveTask id='r'/>", vec!["P208 2:21"]),
    ] {
        check(&format!("{START}{fragment}"), &expected);
    }
}

#[test]
fn structure() {
    check("<task id='t'/>", &[]);
    check("<sequenceFlow id='f' sourceRef='t' targetRef='t'/><task id='t'/>", &["P201 1:382"]);
    check("<startEvent id='a'/><startEvent id='b'/>", &["P202 2:21"]);
    let message = "<messageEventDefinition messageRef='m'/></startEvent>";
    check(&format!("<startEvent id='a'>{message}\n<startEvent id='b'>{message}"), &["P211 3:1"]);
    let flow = "<sequenceFlow id='f' sourceRef='a' targetRef='b'/>";
    check(&format!("{START}<subProcess id='b'/>{flow}"), &["P201 2:21"]);
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='g'/><eventBasedGateway id='g'/>\n\
         <sequenceFlow id='h' sourceRef='g' targetRef='t'/>\n<task id='t'/>",
        &["P203 4:1"],
    );
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='g'/><exclusiveGateway id='g' default='x'/>\n\
         <sequenceFlow id='h' sourceRef='g' targetRef='t'/>\n<sequenceFlow id='i' sourceRef='g' targetRef='t'/><task id='t'/>",
        &["P106 2:71", "P206 3:1", "P206 4:1"],
    );
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='c'/>\n<intermediateCatchEvent id='c'/>",
        &["P210 3:1"],
    );
    check("<startEvent id='a'><terminateEventDefinition/></startEvent>", &["P209 2:20"]);
    let link = |links: &str| {
        format!(
            "{START}<sequenceFlow id='f' sourceRef='a' targetRef='x'/><intermediateThrowEvent id='x'><linkEventDefinition name='l'/></intermediateThrowEvent>\n{links}"
        )
    };
    let caught = |id: &str, name: &str| {
        format!(
            "<intermediateCatchEvent id='{id}'><linkEventDefinition name='{name}'/></intermediateCatchEvent>"
        )
    };
    check(&link(&caught("y", "l")), &[]);
    check(&link(&caught("y", "k")), &["P117 2:102"]);
    check(&link(&format!("{}\n{}", caught("y", "l"), caught("z", "l"))), &["P117 4:32"]);
    let handler =
        |start: &str| format!("{START}\n<subProcess id='h' triggeredByEvent='true'>{start}</subProcess>");
    check(&handler("<startEvent id='s'><signalEventDefinition signalRef='s'/></startEvent>"), &["P101 3:44"]);
    check(&handler("<startEvent id='s1'><errorEventDefinition/></startEvent>"), &[]);
    check(
        &handler("<startEvent id='s1' isInterrupting='false'><errorEventDefinition/></startEvent>"),
        &["P209 3:44"],
    );
    check(&handler("<startEvent id='s1'/>"), &["P210 3:44"]);
    check(&handler(""), &["P201 3:1"]);
    check(
        &handler("<startEvent id='s1'><escalationEventDefinition escalationRef='x'/></startEvent>"),
        &["P115 3:64"],
    );
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='x'/>\n<intermediateThrowEvent id='x'><escalationEventDefinition/></intermediateThrowEvent>",
        &["P116 3:32"],
    );
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='h'/>\n<subProcess id='h' triggeredByEvent='true'><startEvent id='s1'><errorEventDefinition/></startEvent></subProcess>",
        &["P204 3:1"],
    );
}

#[test]
fn what_starts_a_process_is_known_before_there_are_variables() {
    let start = |definition: &str| format!("<startEvent id='a'>{definition}</startEvent>");
    check(&start("<timerEventDefinition><timeCycle>0 0 8 ? * MON</timeCycle></timerEventDefinition>"), &[]);
    check(
        &start("<timerEventDefinition><timeCycle>${when}</timeCycle></timerEventDefinition>"),
        &["P302 2:53"],
    );
    check(
        &start(
            "<signalEventDefinition signalRef='s'/><timerEventDefinition><timeDate>soon</timeDate></timerEventDefinition>",
        ),
        &["P302 2:90"],
    );
    check(
        &start("<conditionalEventDefinition><condition>${x == 1}</condition></conditionalEventDefinition>"),
        &[],
    );
    check(&start("<signalEventDefinition signalRef='v'/>"), &["P113 1:319"]);
    check(&start("<messageEventDefinition messageRef='w'/>"), &["P112 1:350"]);
    check(
        "<startEvent id='a'><signalEventDefinition signalRef='s'/></startEvent>\n<startEvent id='b'><messageEventDefinition messageRef='m'/><signalEventDefinition signalRef='s'/></startEvent>",
        &["P211 3:1"],
    );
    check(
        "<startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='g'/>\n<eventBasedGateway id='g' camunda:asyncAfter='true'/><sequenceFlow id='h' sourceRef='g' targetRef='r'/><receiveTask id='r' messageRef='m'/>",
        &["P203 3:1"],
    );
    let both = "<signalEventDefinition signalRef='s'/><messageEventDefinition messageRef='m'/>";
    check(&start(both), &[]);
    check(&format!("<startEvent id='a' parallelMultiple='true'>{both}</startEvent>"), &["P401 2:1"]);
    let end = |definitions: &str| {
        format!(
            "{START}<sequenceFlow id='f' sourceRef='a' targetRef='z'/>\n<endEvent id='z'>{definitions}</endEvent>"
        )
    };
    check(&end("<terminateEventDefinition/><signalEventDefinition signalRef='s'/>"), &["P209 3:18"]);
    check(&end("<signalEventDefinition signalRef='s'/><terminateEventDefinition/>"), &[]);
    check(&end("<signalEventDefinition/><errorEventDefinition/>"), &["P109 3:18", "P114 3:42"]);
    for (text, expected) in [("30", &[][..]), ("P1Y", &[]), ("", &[]), ("-3", &["P311"]), ("soon", &["P311"])]
    {
        let text = format!(
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:camunda='http://camunda.org/schema/1.0/bpmn'>
             <process id='p' isExecutable='true' camunda:historyTimeToLive='{text}'><startEvent id='a'/></process></definitions>"
        );
        let examination = compile::examine(&read(text.as_bytes()).model.unwrap(), "p");
        let found: Vec<_> = examination.diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn values() {
    let at = |element: &str| format!("{START}<sequenceFlow id='f' sourceRef='a' targetRef='x'/>\n{element}");
    check(&at("<serviceTask id='x'/>"), &[]);
    check(&at("<serviceTask id='x' implementation='##WebService'/>"), &[]);
    check(&at("<serviceTask id='x' camunda:expression='${a b}'/>"), &["P301 3:45"]);
    check(&at("<sendTask id='x'/>"), &[]);
    check(&at("<receiveTask id='x'/>"), &[]);
    check(&at("<userTask id='x'/>"), &[]);
    check(
        &at("<intermediateThrowEvent id='x'><messageEventDefinition/></intermediateThrowEvent>"),
        &["P304 3:32"],
    );
    check(&at("<task id='x'><multiInstanceLoopCharacteristics/></task>"), &["P305 3:14"]);
    check(&at("<callActivity id='x'/>"), &["P310 3:1"]);
    check(
        &at(
            "<intermediateCatchEvent id='x'><timerEventDefinition><timeDuration> 20 s</timeDuration></timerEventDefinition></intermediateCatchEvent>",
        ),
        &["P302 3:69"],
    );
    let extended = |extension: &str| {
        at(&format!("<task id='x'><extensionElements>{extension}</extensionElements></task>"))
    };
    check(
        &extended("<camunda:failedJobRetryTimeCycle>often</camunda:failedJobRetryTimeCycle>"),
        &["P303 3:66"],
    );
    check(&extended("<camunda:executionListener event='start'/>"), &["P307 3:33"]);
    check(
        &extended("<zeebe:ioMapping><zeebe:input source='= a +' target='b'/></zeebe:ioMapping>"),
        &["P301 3:76"],
    );
    check(
        "<startEvent id='a'/><task id='x'/>\n<sequenceFlow id='f' sourceRef='a' targetRef='x'><conditionExpression language='groovy'>x</conditionExpression></sequenceFlow>",
        &["P308 3:50"],
    );
}

#[test]
fn what_is_not_executable_yet_says_so_where_it_stands() {
    for element in [
        "<choreographyTask id='x'/>",
        "<callChoreography id='x'/>",
        "<subChoreography id='x'/>",
        "<event id='x'/>",
        "<task id='x'><dataInputAssociation><targetRef>y</targetRef><transformation>y</transformation></dataInputAssociation></task>",
        "<task id='x'><multiInstanceLoopCharacteristics behavior='One'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>",
        "<task id='x'><multiInstanceLoopCharacteristics behavior='None'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>",
        "<task id='x'><multiInstanceLoopCharacteristics behavior='Complex'><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>",
    ] {
        let examination =
            examine(&format!("{START}<sequenceFlow id='f' sourceRef='a' targetRef='x'/>\n{element}"));
        assert_eq!(examination.program, None, "{element}");
        let [finding] = examination.diagnostics.as_slice() else {
            panic!("{element}: {:#?}", examination.diagnostics)
        };
        assert_eq!((finding.code, finding.position.line), (codes::NOT_EXECUTABLE_YET, 3), "{element}");
        assert!(finding.message.ends_with("is not executable yet"), "{finding}");
    }
}

/// The codes of all errors of a process that begins with `a`.
fn errors(fragment: &str) -> Vec<&'static str> {
    let examination = examine(&format!("{START}{fragment}"));
    let errors = examination.diagnostics.iter();
    let errors = errors.filter(|finding| finding.severity == tessera_bpmn::diagnostic::Severity::Error);
    errors.map(|finding| finding.code).collect()
}

#[test]
fn what_undoes_must_be_found_and_be_able_to() {
    let undone =
        "<task id='t'/><boundaryEvent id='b' attachedToRef='t'><compensateEventDefinition/></boundaryEvent>";
    let handler = "<task id='h' isForCompensation='true'/><association id='s1' sourceRef='b' targetRef='h'/>";
    let within = |scope: &str, start: &str| {
        format!(
            "{scope}<subProcess id='h' triggeredByEvent='true'><startEvent id='h0'><compensateEventDefinition {start}/></startEvent></subProcess>"
        )
    };
    let throw = |attributes: &str| {
        format!(
            "<intermediateThrowEvent id='x'><compensateEventDefinition {attributes}/></intermediateThrowEvent>"
        )
    };
    let cancel_end = "<endEvent id='x'><cancelEventDefinition/></endEvent>";
    let cancel = "<boundaryEvent id='c' attachedToRef='t'><cancelEventDefinition/></boundaryEvent>";
    for (fragment, expected) in [
        (format!("{undone}{handler}"), vec![]),
        (
            format!(
                "{undone}{}",
                handler.replace("sourceRef='b' targetRef='h'", "sourceRef='h' targetRef='b'")
            ),
            vec![],
        ),
        (undone.to_owned(), vec![codes::COMPENSATION]),
        (format!("{undone}{}", handler.replace("isForCompensation='true'", "")), vec![codes::COMPENSATION]),
        (
            format!("{undone}{handler}{}", handler.replace("'h'", "'i'").replace("s1", "s2")),
            vec![codes::COMPENSATION],
        ),
        (
            format!(
                "{undone}{handler}{}{}",
                undone.replace("'b'", "'d'").replace("<task id='t'/>", ""),
                handler.replace("'h'", "'i'").replace("'b'", "'d'").replace("s1", "s2")
            ),
            vec![codes::COMPENSATION],
        ),
        (
            format!("{undone}{handler}<sequenceFlow id='f' sourceRef='a' targetRef='h'/>"),
            vec![codes::INCOMING_FLOW],
        ),
        (
            format!("{undone}{handler}<sequenceFlow id='f' sourceRef='h' targetRef='t'/>"),
            vec![codes::OUTGOING_FLOW],
        ),
        (
            format!("{undone}{handler}<sequenceFlow id='f' sourceRef='b' targetRef='t'/>"),
            vec![codes::OUTGOING_FLOW],
        ),
        (
            format!("{}{handler}", undone.replace("Definition/>", "Definition waitForCompletion='true'/>")),
            vec![],
        ),
        (within("", ""), vec![codes::COMPENSATION]),
        (format!("<subProcess id='s2'><task id='u'/>{}</subProcess>", within("", "")), vec![]),
        (throw(""), vec![]),
        (format!("<task id='t'/>{}", throw("activityRef='t' waitForCompletion='false'")), vec![]),
        (throw("activityRef='nothing'"), vec![codes::COMPENSATION]),
        (throw("activityRef='a'"), vec![codes::COMPENSATION]),
        (
            format!("<task id='t'/><subProcess id='s2'>{}</subProcess>", throw("activityRef='t'")),
            vec![codes::COMPENSATION],
        ),
        (
            format!(
                "<task id='t'/><subProcess id='s2' triggeredByEvent='true'><startEvent id='s3'><errorEventDefinition/></startEvent>{}</subProcess>",
                throw("activityRef='t'")
            ),
            vec![],
        ),
        (format!("<transaction id='t'>{cancel_end}</transaction>{cancel}"), vec![]),
        (format!("<transaction id='t'>{cancel_end}</transaction>"), vec![codes::TRANSACTION]),
        (cancel_end.to_owned(), vec![codes::TRANSACTION]),
        (format!("<subProcess id='t'><task id='u'/></subProcess>{cancel}"), vec![codes::TRANSACTION]),
        (
            format!(
                "<transaction id='t'><task id='u'/></transaction>{cancel}{}",
                cancel.replace("'c'", "'d'")
            ),
            vec![codes::TRANSACTION],
        ),
    ] {
        assert_eq!(errors(&fragment), expected, "{fragment}");
    }
}

#[test]
fn events_that_stand_together_must_be_told_apart() {
    let boundary = |id: &str, definition: &str| {
        format!("<boundaryEvent id='{id}' attachedToRef='t'>{definition}</boundaryEvent>")
    };
    let handler = |id: &str, definition: &str| {
        format!(
            "<subProcess id='{id}' triggeredByEvent='true'><startEvent id='{id}0'>{definition}</startEvent></subProcess>"
        )
    };
    let (message, timer) = (
        "<messageEventDefinition messageRef='m'/>",
        "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>",
    );
    let signal = "<signalEventDefinition signalRef='s'/>";
    let error = "<errorEventDefinition errorRef='e'/>";
    let escalation = "<escalationEventDefinition/>";
    for (definition, expected) in [
        (message, vec![codes::SAME_EVENT]),
        (signal, vec![codes::SAME_EVENT]),
        (error, vec![codes::SAME_EVENT]),
        (escalation, vec![codes::SAME_EVENT]),
        (timer, vec![]),
    ] {
        let twice = format!("{}{}", boundary("b1", definition), boundary("b2", definition));
        assert_eq!(errors(&format!("<userTask id='t'/>{twice}")), expected, "{definition}");
        let twice = format!("{}{}", handler("h1", definition), handler("h2", definition));
        assert_eq!(errors(&twice), expected, "{definition}");
    }
    let several = |all: &str, definitions: &str| {
        format!(
            "<intermediateCatchEvent id='c' parallelMultiple='{all}'>{definitions}</intermediateCatchEvent>"
        )
    };
    let condition = "<conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition>";
    for (fragment, expected) in [
        (several("true", &format!("{message}{signal}{condition}")), vec![]),
        (several("false", &format!("{condition}{condition}")), vec![]),
        (several("true", &format!("{condition}{condition}")), vec![codes::EVENT_DEFINITION_PLACE]),
        (format!("<userTask id='t'/>{}", boundary("b", &format!("{error}{message}"))), vec![]),
        (
            format!(
                "<userTask id='t'/>{}",
                boundary("b", &format!("{error}{message}"))
                    .replace("id='b'", "id='b' parallelMultiple='true'")
            ),
            vec![codes::EVENT_DEFINITION_PLACE],
        ),
        (format!("<task id='t'/>{}", boundary("b", escalation)), vec![codes::UNREACHED_EVENT]),
    ] {
        assert_eq!(errors(&fragment), expected, "{fragment}");
    }
}

#[test]
fn beginnings_and_repetitions() {
    let gateway = |attributes: &str, targets: &str| {
        format!(
            "<eventBasedGateway id='g' {attributes}/><sequenceFlow id='f' sourceRef='g' targetRef='r'/>{targets}"
        )
    };
    let receive = "<receiveTask id='r' messageRef='m'/>";
    let timer = "<intermediateCatchEvent id='r'><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></intermediateCatchEvent>";
    for (fragment, expected) in [
        (gateway("instantiate='true'", receive), vec![]),
        (gateway("instantiate='true' eventGatewayType='Parallel'", receive), vec![]),
        (gateway("eventGatewayType='Parallel'", receive), vec![codes::EVENT_BASED_GATEWAY]),
        (gateway("instantiate='true'", timer), vec![codes::START_EVENT]),
        (format!("{}<sequenceFlow id='i' sourceRef='a' targetRef='g'/>", gateway("instantiate='true'", receive)), vec![codes::START_EVENT]),
        ("<receiveTask id='r' messageRef='m' instantiate='true'/>".to_owned(), vec![]),
        ("<receiveTask id='r' messageRef='m' instantiate='true'/><sequenceFlow id='f' sourceRef='a' targetRef='r'/>".to_owned(), vec![codes::START_EVENT]),
        ("<receiveTask id='r' instantiate='true'/>".to_owned(), vec![codes::MESSAGE_REFERENCE]),
        ("<adHocSubProcess id='d'/>".to_owned(), vec![codes::START_EVENT]),
        ("<adHocSubProcess id='d'><startEvent id='d0'/></adHocSubProcess>".to_owned(), vec![codes::START_EVENT]),
        ("<transaction id='d'/>".to_owned(), vec![codes::START_EVENT]),
        ("<complexGateway id='c'/>".to_owned(), vec![codes::GATEWAY_CONDITION]),
        ("<task id='t'><standardLoopCharacteristics/></task>".to_owned(), vec![codes::REPETITION]),
        ("<task id='t'><standardLoopCharacteristics loopMaximum='-1'/></task>".to_owned(), vec![codes::REPETITION, codes::REPETITION]),
        ("<task id='t' startQuantity='0'/>".to_owned(), vec![codes::REPETITION]),
        ("<task id='t' startQuantity='2'/>".to_owned(), vec![codes::REPETITION]),
        ("<task id='t' completionQuantity='1001'/>".to_owned(), vec![codes::REPETITION]),
        ("<task id='t' completionQuantity='1000'/>".to_owned(), vec![]),
    ] {
        assert_eq!(errors(&fragment), expected, "{fragment}");
    }
}

#[test]
fn data_associations_say_what_they_copy() {
    let task = |association: &str| {
        format!(
            "<dataObject id='o'/><dataStoreReference id='store'/><task id='t'><property id='p1' name='x'/><dataInputAssociation>{association}</dataInputAssociation></task>"
        )
    };
    for (association, expected) in [
        ("<sourceRef>o</sourceRef><targetRef>p1</targetRef>", vec![]),
        ("<sourceRef>store</sourceRef><targetRef>p1</targetRef>", vec![]),
        ("<targetRef>p1</targetRef>", vec![]),
        ("<sourceRef>nothing</sourceRef><targetRef>p1</targetRef>", vec![codes::DATA]),
        ("<sourceRef>o</sourceRef><sourceRef>o</sourceRef><targetRef>p1</targetRef>", vec![codes::DATA]),
        ("<targetRef>p1</targetRef><assignment><from>${o}</from><to>x</to></assignment>", vec![]),
        ("<targetRef>p1</targetRef><assignment><from>${o}</from></assignment>", vec![]),
        (
            "<targetRef>p1</targetRef><assignment><from>${o}</from><to>/a/b</to></assignment>",
            vec![codes::DATA],
        ),
        ("<targetRef>p1</targetRef><assignment><to>x</to></assignment>", vec![codes::DATA]),
    ] {
        assert_eq!(errors(&task(association)), expected, "{association}");
    }
}

#[test]
fn processes_that_are_not_there_or_not_executable() {
    let model = read(b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'><startEvent id='a'/></process></definitions>");
    let model = model.model.unwrap();
    assert_eq!(compile::executable(&model), [""; 0]);
    assert_eq!(compile::compile(&model, "p").unwrap_err()[0].code, codes::NOT_EXECUTABLE);
    let missing = compile::compile(&model, "q").unwrap_err();
    assert_eq!(
        missing[0].to_string(),
        "1:1: error[P103]: there is no process `q`; the processes of this file are: p"
    );
}
