//! What expressions mean, as tables of source and outcome.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Expression, Scope, Template};
use crate::diagnostic::Position;

fn variables() -> BTreeMap<String, Value> {
    let object = json!({
        "stop": "yes", "flag": true, "count": 3, "ratio": 0.5, "nothing": null, "list": [1, 2, "three"], "text": "Ping",
        "targets": {"entries": [{"endpointUrl": "https://a", "correlationKey": "k"}]}, "target": {"correlationKey": null},
        "patientReference": {"identifier": "x", "absoluteReference": null}, "statusCode": "not-allowed",
        "evaluation-obfuscation": true, "number": "12", "none": [],
    });
    object.as_object().unwrap().clone().into_iter().collect()
}

/// The value as JSON, or `! ` and the message.
fn check(source: &str, expected: &str) {
    let outcome = match Expression::parse(source, Position::START) {
        Ok(expression) => match expression.evaluate(&variables()) {
            Ok(value) => value.to_string(),
            Err(error) => format!("! {} @{}", error.message, error.position.column),
        },
        Err(error) => format!("!! {} @{}", error.message, error.position.column),
    };
    assert_eq!(outcome, expected, "{source}");
}

#[test]
fn models_of_the_data_sharing_framework() {
    for (source, expected) in [
        ("${flag}", "true"),
        ("${!flag}", "false"),
        ("${stop == 'yes'}", "true"),
        ("${stop == 'no'}", "false"),
        ("${execution.getVariable('evaluation-obfuscation')==true}", "true"),
        ("${execution.getVariable('request-rate-below-limit') == false}", "false"),
        ("${execution.hasVariable(\"sendError\")}", "false"),
        (
            "${execution.hasVariable('statusCode') && (statusCode == 'not-allowed' || statusCode == 'not-reachable')}",
            "true",
        ),
        ("${execution.hasVariable('absent') && (absent == 'a')}", "false"),
        ("${targets.entries}", r#"[{"correlationKey":"k","endpointUrl":"https://a"}]"#),
        ("${target.correlationKey}", "null"),
        ("${patientReference.hasIdentifier() && !patientReference.hasAbsoluteReference()}", "true"),
    ] {
        check(source, expected);
    }
}

#[test]
fn operators() {
    for (source, expected) in [
        ("${1 + 2 * 3}", "7"),
        ("${(1 + 2) * 3}", "9"),
        ("${10 - 3 - 2}", "5"),
        ("${7 div 2}", "3.5"),
        ("${-7 mod 4}", "-3"),
        ("${9223372036854775807 + 1}", "! the result is not a number that JSON can hold @23"),
        ("${1 / 0}", "! division by zero @5"),
        ("${number + 1}", "13"),
        ("${nothing + 1}", "1"),
        ("${text + 1}", "! a text is not a number; to join texts write them side by side: `${a}${b}` @8"),
        ("${count lt 4 and count ge 3}", "true"),
        ("${'a' < 'b'}", "true"),
        ("${'10' > 9}", "true"),
        ("${nothing < 1}", "false"),
        ("${list < 1}", "! a list cannot be ordered against a number @8"),
        ("${1 == 1.0}", "true"),
        ("${number == 12}", "true"),
        ("${nothing == null}", "true"),
        ("${text ne null}", "true"),
        ("${flag == 'TRUE'}", "true"),
        ("${empty none && empty '' && empty nothing && not empty list}", "true"),
        ("${flag ? 'a' : 'b'}", "\"a\""),
        ("${false ? 1 : flag ? 2 : 3}", "2"),
        ("${flag || absent}", "true"),
        ("${count && flag}", "! a number is neither true nor false @3"),
        ("#{'it\\'s'}", "\"it's\""),
        ("${'}'}", "\"}\""),
    ] {
        check(source, expected);
    }
}

#[test]
fn paths_and_methods() {
    for (source, expected) in [
        ("${list[0]}", "1"),
        ("${list['2']}", "\"three\""),
        ("${list[9]}", "null"),
        ("${targets['entries'][0].endpointUrl}", "\"https://a\""),
        ("${targets.entries.size()}", "1"),
        ("${targets.getEntries().get(0).correlationKey}", "\"k\""),
        ("${list.contains('three')}", "true"),
        ("${text.toLowerCase().startsWith('pi')}", "true"),
        ("${text.indexOf('n')}", "2"),
        ("${text.substring(1, 3)}", "\"in\""),
        ("${text.substring(9)}", "! a text has no such place; its characters are counted from 0 @8"),
        ("${text.concat('!').replace('!', '?')}", "\"Ping?\""),
        ("${'a;b'.split(';')[1]}", "\"b\""),
        ("${list.indexOf(2)}", "1"),
        ("${count.toString().equals('3')}", "true"),
        ("${ratio.intValue()}", "0"),
        ("${targets.getOrDefault('none', 7)}", "7"),
        (
            "${bean.run()}",
            "! there is no variable `bean`; objects of Java are not here, make it a plugin handler @8",
        ),
        ("${text.getClass()}", "! `getClass` looks behind values, which expressions cannot @8"),
        (
            "${execution.setVariable('x', 1)}",
            "! `execution.setVariable` can only be the work of a task or listener @13",
        ),
        ("${text.size()}", "! a text has no method `size` with 0 arguments @8"),
        ("${nothing.x}", "! null has no property `x` @11"),
        (
            "${absent}",
            "! there is no variable `absent`; set it before, or ask `execution.hasVariable('absent')` @3",
        ),
        (
            "${execution.getVariable(1)}",
            "! `execution.getVariable` takes the name of a variable, not a number @13",
        ),
        ("${execution.businessKey}", "null"),
        ("${execution}", "! `execution` is no value; use one of its methods @3"),
    ] {
        check(source, expected);
    }
    let unknown = Expression::parse("${execution.getEngineServices()}", Position::START).unwrap();
    assert!(
        unknown
            .evaluate(&variables())
            .unwrap_err()
            .message
            .starts_with("`execution` has no `getEngineServices` here")
    );
}

/// An activity within a process.
struct Activity(BTreeMap<String, Value>, BTreeMap<String, Value>);

impl Scope for Activity {
    fn variable(&self, name: &str) -> Option<&Value> {
        self.0.get(name).or_else(|| self.1.get(name))
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn business_key(&self) -> Option<&str> {
        Some("key")
    }

    fn instance_id(&self) -> Option<&str> {
        Some("i1")
    }

    fn activity_id(&self) -> Option<&str> {
        Some("ask")
    }

    fn activity_name(&self) -> Option<&str> {
        Some("Ask")
    }

    fn process_definition_id(&self) -> Option<&str> {
        Some("p|1.0")
    }
}

#[test]
fn the_methods_of_execution() {
    let variables = |value: Value| value.as_object().unwrap().clone().into_iter().collect();
    let activity =
        Activity(variables(json!({"near": 1, "unset": null})), variables(json!({"far": 2, "near": 3})));
    let outcome = |source: &str| {
        let expression = Expression::parse(&format!("${{execution.{source}}}"), Position::START).unwrap();
        match expression.evaluate(&activity) {
            Ok(value) => value.to_string(),
            Err(error) => format!("! {}", error.message),
        }
    };
    for (source, expected) in [
        ("getVariable('near')", "1"),
        ("getVariable('far')", "2"),
        ("getVariable('absent')", "null"),
        ("getVariable('unset')", "null"),
        ("getVariableLocal('near')", "1"),
        ("getVariableLocal('far')", "null"),
        ("hasVariable('far')", "true"),
        ("hasVariable('unset')", "true"),
        ("hasVariable('absent')", "false"),
        ("hasVariableLocal('near')", "true"),
        ("hasVariableLocal('far')", "false"),
        ("businessKey", "\"key\""),
        ("getBusinessKey()", "\"key\""),
        ("processBusinessKey", "\"key\""),
        ("getProcessBusinessKey()", "\"key\""),
        ("id", "\"i1\""),
        ("getId()", "\"i1\""),
        ("processInstanceId", "\"i1\""),
        ("getProcessInstanceId()", "\"i1\""),
        ("currentActivityId", "\"ask\""),
        ("getCurrentActivityId()", "\"ask\""),
        ("currentActivityName", "\"Ask\""),
        ("getCurrentActivityName()", "\"Ask\""),
        ("processDefinitionId", "\"p|1.0\""),
        ("getProcessDefinitionId()", "\"p|1.0\""),
        ("getVariable()", "! `execution.getVariable` takes one argument, the name of a variable in quotes"),
        (
            "hasVariable('a', 'b')",
            "! `execution.hasVariable` takes one argument, the name of a variable in quotes",
        ),
        ("getVariable(near)", "! `execution.getVariable` takes the name of a variable, not a number"),
    ] {
        assert_eq!(outcome(source), expected, "{source}");
    }
    for (source, name) in [
        ("getVariables()", "getVariables"),
        ("getVariableNames()", "getVariableNames"),
        ("getBusinessKey('x')", "getBusinessKey"),
        ("getProcessEngineServices()", "getProcessEngineServices"),
        ("getBpmnModelElementInstance()", "getBpmnModelElementInstance"),
        ("getParentId()", "getParentId"),
        ("getSuperExecution()", "getSuperExecution"),
        ("getTenantId()", "getTenantId"),
        ("getEventName()", "getEventName"),
        ("getCurrentTransitionId()", "getCurrentTransitionId"),
        ("eventName", "eventName"),
        ("getvariable('near')", "getvariable"),
    ] {
        let said = outcome(source);
        assert!(
            said.starts_with(&format!("! `execution` has no `{name}` here; it has getVariable,")),
            "{said}"
        );
    }
    for (source, name, value, local) in [
        ("setVariable('x', near)", "x", Some(json!(1)), false),
        ("setVariable('x', null)", "x", Some(json!(null)), false),
        ("setVariableLocal('x', far)", "x", Some(json!(2)), true),
        ("removeVariable('near')", "near", None, false),
        ("removeVariableLocal('near')", "near", None, true),
    ] {
        assert!(outcome(source).contains("can only be the work of a task or listener"), "{source}");
        let work = Expression::parse(&format!("${{execution.{source}}}"), Position::START).unwrap();
        let write = super::Write { name: name.to_owned(), value, local };
        assert_eq!(work.perform(&activity), Ok((Value::Null, vec![write])), "{source}");
    }
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (source, expected) in [
        ("", "!! the expression is empty; write `${...}` @1"),
        ("flag", "!! `flag` is not an expression; write `${...}` @1"),
        ("= flag +", "!! the expression ends where a value is expected @9"),
        ("${flag", "!! the expression is not closed; add `}` @1"),
        ("${'flag}", "!! a text in the expression is not closed; add ' @1"),
        ("${flag} ${flag}", "!! there is text after the expression; write one `${...}` and nothing else @1"),
        ("${}", "!! the expression ends where a value is expected @3"),
        ("${a b}", "!! `b` is not expected here; is an operator missing? @5"),
        ("${a = b}", "!! `=` does not compare; write `==` @5"),
        ("${a.1}", "!! a property name must follow the dot, not `1` @5"),
        ("${f(1)}", "!! functions cannot be called here; only methods of `execution` and of values can @3"),
        (
            "${vars:eq(x, 1)}",
            "!! functions cannot be called here; only methods of `execution` and of values can @3",
        ),
        (
            "${fn:f(1)}",
            "!! functions cannot be called here; only methods of `execution` and of values can @3",
        ),
        ("${a § b}", "!! `§` is not allowed in an expression @5"),
        ("${1x}", "!! `1` runs into a name; put an operator or a space between them @3"),
    ] {
        check(source, expected);
    }
    for deep in
        [format!("${{{}1{}}}", "(".repeat(5000), ")".repeat(5000)), format!("${{a{}}}", ".b".repeat(5000))]
    {
        assert!(Expression::parse(&deep, Position::START).unwrap_err().message.contains("too deeply"));
    }
}

#[test]
fn work_may_set_variables() {
    let work = Expression::parse("${execution.setVariable('x', count + 1)}", Position::START).unwrap();
    let (value, writes) = work.perform(&variables()).unwrap();
    assert_eq!(value, Value::Null);
    assert_eq!(writes, [super::Write { name: "x".to_owned(), value: Some(json!(4)), local: false }]);
}

#[test]
fn a_condition_in_feel_says_why_it_is_unknown() {
    let condition = Expression::parse("= absent > 1", Position::START).unwrap();
    let error = condition.evaluate_condition(&variables()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the condition = absent > 1 yields null instead of true or false: there is no variable `absent` \
         (in the expression at 1:3)"
    );
}

#[test]
fn a_condition_is_true_or_false() {
    let condition = Expression::parse("\n ${count}", Position::START).unwrap();
    let error = condition.evaluate_condition(&variables()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the condition ${count} yields a number instead of true or false (in the expression at 2:2)"
    );
}

#[test]
fn templates() {
    for (source, expected, literal) in [
        ("PT20S", json!("PT20S"), true),
        ("", json!(""), true),
        ("${count}", json!(3), false),
        (" ${count}", json!(" 3"), false),
        ("stop_${stop}_${list}", json!(r#"stop_yes_[1,2,"three"]"#), false),
        ("\\${stop} costs $5 # \\", json!("${stop} costs $5 # \\"), true),
        ("${'${'}", json!("${"), false),
        ("= count * 2", json!(6), false),
    ] {
        let template = Template::parse(source, Position::START).unwrap();
        assert_eq!(template.evaluate(&variables()), Ok(expected), "{source}");
        assert_eq!(template.literal().is_some(), literal, "{source}");
    }
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(source in r"\PC{0,60}") {
        let _ = Template::parse(&source, Position::START).map(|template| template.evaluate(&variables()));
    }

    #[test]
    fn anything_that_looks_like_an_expression_has_a_value_or_an_error(
        words in prop::collection::vec(prop::sample::select(vec![
            "count", "list", "target", "nothing", "'a'", "\"", "1", "2.5", "9223372036854775807", "+", "-", "*", "/", "%", "==", "!=",
            "<", ">=", "&&", "||", "!", "not ", "empty ", "(", ")", "[", "]", ".", ",", "?", ":", "execution", "getVariable",
            "size()", "contains", " ", "true", "null",
        ]), 0..20)
    ) {
        let source = format!("${{{}}}", words.concat());
        let _ = Expression::parse(&source, Position::START).map(|expression| expression.evaluate(&variables()));
    }
}
