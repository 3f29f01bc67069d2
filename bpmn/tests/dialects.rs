//! What the words of the dialects become, what is refused and what is reported to do nothing, as tables: an element, and
//! the findings as `code line:column`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use serde_json::{Value, json};
use tessera_bpmn::compile::{self, Changes, Examination, Kind, ListenerEvent, Throw, Trigger};
use tessera_bpmn::decision::Decisions;
use tessera_bpmn::diagnostic::Diagnostic;
use tessera_bpmn::expression::Dialect;
use tessera_bpmn::read::read;

const DECISIONS: &[u8] =
    b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'><decision id='d'>\
    <literalExpression><text>1</text></literalExpression></decision></definitions>";

/// The element `x` stands on line 2, behind a start event.
fn examine_in(language: &str, element: &str) -> Examination {
    let text = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:camunda='http://camunda.org/schema/1.0/bpmn' \
         xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' xmlns:t='https://tessera.dev/bpmn/1' {language}><message id='m' name='ping'>\
         <extensionElements><zeebe:subscription correlationKey='= key'/></extensionElements></message><signal id='s' name='stop'/>\
         <process id='p' isExecutable='true'><startEvent id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='x'/>\n{element}\n</process></definitions>"
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.diagnostics, [], "{element}");
    compile::examine_with(&reading.model.unwrap(), "p", &Decisions::read(DECISIONS).unwrap())
}

fn examine(element: &str) -> Examination {
    examine_in("", element)
}

fn kind(element: &str) -> Kind {
    let examination = examine(element);
    let program = examination.program.unwrap_or_else(|| panic!("{element}\n{:#?}", examination.diagnostics));
    program.element(program.find("x").unwrap()).kind.clone()
}

fn findings(examination: &Examination) -> Vec<String> {
    let place = |finding: &Diagnostic| format!("{} {}", finding.code, finding.position);
    examination.diagnostics.iter().map(place).collect()
}

#[test]
fn scripts() {
    for (element, expected) in [
        (
            "<scriptTask id='x' scriptFormat='feel' camunda:resultVariable='y'><script>1 + a</script></scriptTask>",
            "",
        ),
        ("<scriptTask id='x' scriptFormat='feel'><script>1 + a</script></scriptTask>", "P331 2:48"),
        (
            "<scriptTask id='x' scriptFormat='juel'><script> ${execution.setVariable('a', 1)} </script></scriptTask>",
            "",
        ),
        ("<scriptTask id='x'><script>= 1</script></scriptTask>", "P331 2:28"),
        ("<scriptTask id='x' scriptFormat='groovy'><script>x = 1</script></scriptTask>", "P330 2:50"),
        (
            "<scriptTask id='x' scriptFormat='javascript' t:handler='h'><script>x = 1</script></scriptTask>",
            "",
        ),
        ("<scriptTask id='x'><script>x = 1</script></scriptTask>", "P330 2:28"),
        ("<scriptTask id='x' scriptFormat='feel'/>", "P330 2:1"),
        ("<scriptTask id='x' scriptFormat='feel' camunda:resource='a.feel'/>", "P330 2:58"),
        ("<scriptTask id='x' scriptFormat='feel'><script>1 +</script></scriptTask>", "P301 2:51"),
        (
            "<scriptTask id='x'><extensionElements><zeebe:script expression='= a' resultVariable='r'/></extensionElements></scriptTask>",
            "",
        ),
        (
            "<scriptTask id='x'><extensionElements><zeebe:script/></extensionElements></scriptTask>",
            "P330 2:39",
        ),
        (
            "<task id='x'><extensionElements><camunda:executionListener event='start'><camunda:script scriptFormat='python'>x</camunda:script></camunda:executionListener></extensionElements></task>",
            "P330 2:112",
        ),
        (
            "<task id='x'><extensionElements><camunda:inputOutput><camunda:inputParameter name='a'><camunda:script scriptFormat='feel'>1 + 1</camunda:script></camunda:inputParameter></camunda:inputOutput></extensionElements></task>",
            "",
        ),
    ] {
        let examination = examine(element);
        assert_eq!(findings(&examination).join(", "), expected, "{element}\n{:#?}", examination.diagnostics);
    }
    let refused = examine("<scriptTask id='x' scriptFormat='groovy'><script>x = 1</script></scriptTask>");
    assert!(refused.diagnostics[0].help.as_deref().unwrap().contains("make it a plugin"));
}

#[test]
fn languages_of_expressions() {
    let flow = |condition: &str| {
        format!(
            "<exclusiveGateway id='x' default='g'/><task id='y'/><task id='z'/><sequenceFlow id='g' sourceRef='x' targetRef='z'/><sequenceFlow id='h' sourceRef='x' targetRef='y'>{condition}</sequenceFlow>"
        )
    };
    let feel_file = "expressionLanguage='https://www.omg.org/spec/DMN/20191111/FEEL/'";
    for (file, condition, expected) in [
        ("", "<conditionExpression>${a == 1}</conditionExpression>", Some(Dialect::Unified)),
        ("", "<conditionExpression>= a = 1</conditionExpression>", Some(Dialect::Feel)),
        ("", "<conditionExpression language='feel'>a = 1</conditionExpression>", Some(Dialect::Feel)),
        (feel_file, "<conditionExpression>a = 1</conditionExpression>", Some(Dialect::Feel)),
        (feel_file, "<conditionExpression>${a == 1}</conditionExpression>", Some(Dialect::Unified)),
        ("", "<conditionExpression language='groovy'>a == 1</conditionExpression>", None),
        ("", "<conditionExpression>a = 1</conditionExpression>", None),
        ("", "<conditionExpression language='feel'>a == 1</conditionExpression>", None),
    ] {
        let program = examine_in(file, &flow(condition)).program;
        let condition_of = |program: &compile::Program| {
            let flow = program.flow(program.find_flow("h").unwrap());
            flow.condition.as_ref().map(tessera_bpmn::expression::Expression::dialect)
        };
        assert_eq!(program.as_ref().and_then(condition_of), expected, "{file} {condition}");
    }
}

#[test]
fn timers_in_feel_and_as_they_are() {
    let timer = |duration: &str| {
        format!(
            "<intermediateCatchEvent id='x'><timerEventDefinition>{duration}</timerEventDefinition></intermediateCatchEvent>"
        )
    };
    let value = |file: &str, duration: &str| {
        let examination = examine_in(file, &timer(duration));
        let program =
            examination.program.unwrap_or_else(|| panic!("{duration}\n{:#?}", examination.diagnostics));
        let Kind::CatchEvent(Trigger::Timer(timer)) = &program.element(program.find("x").unwrap()).kind
        else {
            panic!("{duration} is no timer")
        };
        let hours = std::collections::BTreeMap::from([("hours".to_owned(), json!(3))]);
        timer.value.evaluate_text(&hours).unwrap()
    };
    let feel_file = "expressionLanguage='http://www.omg.org/spec/FEEL/20140401'";
    for (file, duration, expected) in [
        ("", "<timeDuration>PT5S</timeDuration>", "PT5S"),
        (feel_file, "<timeDuration> PT5S </timeDuration>", "PT5S"),
        (feel_file, "<timeDuration>duration(\"PT1H\") * hours</timeDuration>", "PT3H"),
        ("", "<timeDuration>= \"PT\" + string(hours) + \"M\"</timeDuration>", "PT3M"),
        ("", "<timeDuration>PT${hours}S</timeDuration>", "PT3S"),
        (
            "",
            "<timeDate language='feel'>date and time(\"2030-01-01T00:00:00Z\")</timeDate>",
            "2030-01-01T00:00:00Z",
        ),
    ] {
        assert_eq!(value(file, duration), expected, "{duration}");
    }
}

#[test]
fn work() {
    for (element, expected) in [
        ("<serviceTask id='x' camunda:type='external' camunda:topic='t'/>", ""),
        ("<serviceTask id='x' camunda:type='mail'/>", "P304 2:35"),
        (
            "<serviceTask id='x'><extensionElements><camunda:connector/></extensionElements></serviceTask>",
            "P304 2:40",
        ),
        (
            "<serviceTask id='x'><extensionElements><zeebe:taskDefinition type='= t'/></extensionElements></serviceTask>",
            "P304 2:68",
        ),
        ("<sendTask id='x' messageRef='m' camunda:expression='${a}'/>", ""),
        (
            "<endEvent id='x'><messageEventDefinition messageRef='m' camunda:expression='${a}'/></endEvent>",
            "P304 2:77",
        ),
        ("<serviceTask id='x' camunda:jobPriority='5'/>", "P331 2:42"),
        ("<serviceTask id='x' zeebe:modelerTemplate='a'/>", ""),
        (
            "<serviceTask id='x'><extensionElements><zeebe:linkedResources/><zeebe:properties/></extensionElements></serviceTask>",
            "P331 2:40",
        ),
        ("<businessRuleTask id='x' camunda:decisionRef='d' camunda:resultVariable='r'/>", ""),
        ("<businessRuleTask id='x' camunda:decisionRef='d'/>", "P331 2:47"),
        ("<businessRuleTask id='x' camunda:decisionRef='other' camunda:resultVariable='r'/>", "P332 2:47"),
        (
            "<businessRuleTask id='x' camunda:decisionRef='d' camunda:mapDecisionResult='all' camunda:resultVariable='r'/>",
            "P332 2:77",
        ),
        ("<businessRuleTask id='x' camunda:decisionRef='other' camunda:class='C'/>", ""),
        (
            "<businessRuleTask id='x'><extensionElements><zeebe:calledDecision decisionId='d' resultVariable='r'/></extensionElements></businessRuleTask>",
            "",
        ),
    ] {
        let examination = examine(element);
        assert_eq!(findings(&examination).join(", "), expected, "{element}\n{:#?}", examination.diagnostics);
    }
    let Kind::ServiceTask(work) = kind(
        "<serviceTask id='x'><extensionElements><zeebe:taskDefinition type='t'/><zeebe:taskHeaders><zeebe:header key='k' value='= v'/></zeebe:taskHeaders></extensionElements></serviceTask>",
    ) else {
        panic!("it is a service task")
    };
    assert_eq!((work.handler.as_deref(), &*work.fields[0].name), (Some("t"), "k"));
    assert_eq!(work.fields[0].value.literal(), Some("= v"), "a header is no expression");
}

#[test]
fn user_tasks() {
    let user_task = |attributes: &str, extensions: &str| {
        let element = format!(
            "<userTask id='x' {attributes}><extensionElements>{extensions}</extensionElements></userTask>"
        );
        let examination = examine(&element);
        let program = examination.program.clone().unwrap_or_else(|| panic!("{:#?}", examination.diagnostics));
        (program.element(program.find("x").unwrap()).clone(), findings(&examination).join(", "))
    };
    let zeebe = "<zeebe:userTask/><zeebe:assignmentDefinition assignee='= who' candidateGroups='a, b'/><zeebe:formDefinition formId='f'/>\
        <zeebe:taskSchedule dueDate='= due'/><zeebe:priorityDefinition priority='3'/>";
    let camunda = "camunda:assignee='${who}' camunda:candidateGroups='a, b' camunda:formKey='f' camunda:dueDate='${due}' camunda:priority='3'";
    for (attributes, extensions) in [(camunda, ""), ("", zeebe)] {
        let (element, found) = user_task(attributes, extensions);
        let variables = std::collections::BTreeMap::from([
            ("who".to_owned(), json!("anna")),
            ("due".to_owned(), json!("2030-01-01")),
        ]);
        let said: Value = element
            .assignment
            .unwrap()
            .entries()
            .map(|(name, template)| (name.to_owned(), template.evaluate(&variables).unwrap()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let expected = json!({"assignee": "anna", "candidateGroups": "a, b", "form": "f", "dueDate": "2030-01-01", "priority": "3"});
        assert_eq!((said, found.as_str()), (expected, ""), "{attributes} {extensions}");
    }
    let standard = "<humanPerformer><resourceAssignmentExpression><formalExpression>${who}</formalExpression></resourceAssignmentExpression></humanPerformer>\
        <potentialOwner><resourceAssignmentExpression><formalExpression>user(b), group(c), d</formalExpression></resourceAssignmentExpression></potentialOwner><performer/>";
    let examination = examine(&format!("<userTask id='x' camunda:candidateGroups='g'>{standard}</userTask>"));
    assert_eq!(findings(&examination), ["P331 2:334"]);
    let program = examination.program.unwrap();
    let assignment = program.element(program.find("x").unwrap()).assignment.clone().unwrap();
    let said: Vec<_> = assignment.entries().map(|(name, template)| (name, template.source())).collect();
    assert_eq!(said, [("assignee", "${who}"), ("candidateUsers", "b"), ("candidateGroups", "g")]);
    let listeners = "<camunda:taskListener event='complete' class='D'/><camunda:taskListener event='create' delegateExpression='${c}'/>\
        <camunda:executionListener event='end' class='B'/><camunda:executionListener event='start' class='A'/>\
        <camunda:taskListener event='assignment' class='never'/><camunda:taskListener event='delete' class='E'/>";
    let (element, found) = user_task("", listeners);
    let order: Vec<_> = element
        .listeners
        .iter()
        .map(|listener| (listener.event, listener.handler.as_deref().unwrap()))
        .collect();
    assert_eq!(
        order,
        [
            (ListenerEvent::End, "D"),
            (ListenerEvent::End, "B"),
            (ListenerEvent::Start, "A"),
            (ListenerEvent::Start, "c")
        ]
    );
    assert_eq!(found.matches("P331").count(), 2, "{found}");
}

#[test]
fn conditions_and_signals() {
    let condition = |attributes: &str, extensions: &str| {
        format!(
            "<intermediateCatchEvent id='x'><conditionalEventDefinition {attributes}><extensionElements>{extensions}</extensionElements><condition>${{a}}</condition></conditionalEventDefinition></intermediateCatchEvent>"
        )
    };
    let updates = Changes { created: false, updated: true, removed: false };
    let some = Changes { created: true, updated: false, removed: true };
    for (attributes, extensions, variables, changes) in [
        ("", "", vec![], Changes::ALL),
        ("camunda:variableName='a' camunda:variableEvents='update'", "", vec!["a"], updates),
        (
            "",
            "<zeebe:conditionalFilter variableNames='a, b' variableEvents='create, delete'/>",
            vec!["a", "b"],
            some,
        ),
    ] {
        let Kind::CatchEvent(Trigger::Condition(condition)) = kind(&condition(attributes, extensions)) else {
            panic!("{attributes} is no condition")
        };
        assert_eq!(
            (condition.variables, condition.changes),
            (variables.into_iter().map(str::to_owned).collect(), changes)
        );
    }
    assert_eq!(findings(&examine(&condition("camunda:variableEvents='now'", ""))), ["P008 2:84"]);
    let signal = "<endEvent id='x'><signalEventDefinition signalRef='s'><extensionElements><camunda:in variables='all'/></extensionElements></signalEventDefinition></endEvent>";
    let Kind::EndEvent(Throw::Signal { payload, .. }) = kind(signal) else { panic!("it is a signal") };
    assert_eq!(payload.len(), 1);
    let Kind::CatchEvent(Trigger::Message(message)) = kind(
        "<intermediateCatchEvent id='x'><messageEventDefinition messageRef='m'/></intermediateCatchEvent>",
    ) else {
        panic!("it is a message")
    };
    assert_eq!(message.correlation_key.unwrap().source(), "= key");
}
