//! Service task: a handler works, or an expression is evaluated. A task without either is the work of a handler that
//! bears the task's id.

use std::sync::Arc;

use serde_json::{Map, Value};
use tessera_bpmn::compile::{Kind, Rules, RulesResult};

use super::{misplaced, pass};
use crate::effect::Effect;
use crate::instance::calls;
use crate::instance::incident;
use crate::instance::mappings::storable;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::variables::View;
use crate::plugin::Hook;

pub(super) static TABLE: Table = Table {
    element: "service task",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Working), Next::DONE],
            act: begin,
        },
        Row { from: State::Working, on: Occasion::Answered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::ServiceTask(work) = &at.element.kind else { return Err(misplaced(at)) };
    if let (Some(expression), None) = (&work.expression, &work.handler) {
        let value = step.perform(at.node, expression)?;
        if let Some(name) = &work.result_variable {
            step.set_result(at.node, name.as_str().into(), value);
        }
        return Ok(Next::DONE);
    }
    if let Some(rules) = &work.rules {
        let value = storable(decide(rules, &View::of(step, at.node))?)?;
        if let Some(name) = &work.result_variable {
            step.set_result(at.node, name.as_str().into(), value);
        }
        return Ok(Next::DONE);
    }
    let fields = calls::evaluate_fields(step, at.node, &work.fields)?;
    let handler = work.handler.as_deref().map_or_else(|| at.element.id.clone(), Arc::from);
    step.queue(Effect::Call {
        node: at.node,
        handler: Some(handler),
        hook: Hook::ServiceTask,
        fields,
        attempt: 1,
    });
    Ok(Next::Stay(State::Working))
}

/// Decides, and takes of the outcome what the model asks for.
fn decide(rules: &Rules, view: &View<'_>) -> Result<Value, Trouble> {
    let wrong = |message: String| Trouble::new(&incident::DECISION, message);
    let outcome = rules.decision.decide(view).map_err(|error| wrong(error.to_string()))?;
    let entry = |row: &Map<String, Value>| {
        let mut values = row.values();
        match (values.next(), values.next()) {
            (value, None) => Ok(value.cloned().unwrap_or_default()),
            (_, Some(_)) => Err(wrong(format!("decision `{}` has several outputs", rules.decision.id))),
        }
    };
    let one = || match outcome.rows.as_slice() {
        [] => Ok(None),
        [row] => Ok(Some(row)),
        [_, _, ..] => Err(wrong(format!("several rules of decision `{}` hold", rules.decision.id))),
    };
    Ok(match rules.result {
        RulesResult::Value => outcome.value,
        RulesResult::Rows => outcome.rows.into_iter().map(Value::Object).collect(),
        RulesResult::Row => one()?.map_or(Value::Null, |row| Value::Object(row.clone())),
        RulesResult::Entry => one()?.map_or(Ok(Value::Null), entry)?,
        RulesResult::Entries => outcome.rows.iter().map(entry).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::effect::Effect;
    use crate::identity::{Incarnation, Timestamp};
    use crate::instance::tests::run::Run;
    use crate::plugin::{FailureKind, RetryAdvice};

    const MODEL: &str = r#"<startEvent id="start"/><serviceTask id="w" name="Work" camunda:class="Worker">
        <extensionElements><camunda:field name="f"><camunda:expression>${x}</camunda:expression></camunda:field>RETRY</extensionElements>
        </serviceTask><endEvent id="end"/><endEvent id="caught"/>
        <boundaryEvent id="b" attachedToRef="w"><errorEventDefinition errorRef="e" camunda:errorMessageVariable="why"/></boundaryEvent>
        start -> w
        w -> end
        b -> caught"#;

    fn start(retry: &str) -> Run {
        Run::start_with(&MODEL.replace("RETRY", retry), json!({"x": 7}))
    }

    #[test]
    fn a_handler_sees_fields_and_variables_and_its_writes_are_kept() {
        let mut run = start("");
        let (sequence, effect) = run.effect_of("w");
        let incarnation = Incarnation("store".into());
        let call = run.instance.call(&run.program, sequence, Timestamp(5), &incarnation).unwrap();
        assert_eq!(&*call.handler, "Worker");
        assert_eq!(call.execution.fields, [("f".into(), json!(7))]);
        assert_eq!(call.execution.variables.get("x").map(|x| (**x).clone()), Some(json!(7)));
        assert_eq!(call.execution.activity_name.as_deref(), Some("Work"));
        assert_eq!(&*call.execution.definition_id, "p:1.0");
        assert_eq!(call.execution.idempotency_key, "store.i.2.execute");
        assert!(matches!(&*effect, Effect::Call { attempt: 1, .. }));
        run.done_with("w", json!({"y": 1, "z*": 2}));
        assert_eq!((run.variable("y"), run.variable("z")), (json!(1), json!(2)), "the task is no scope");
        assert_eq!(run.path(), "start w end");
    }

    #[test]
    fn answers_that_are_no_success() {
        let policy = RetryAdvice::ByPolicy;
        let cases = [
            (FailureKind::Technical, policy, "", "w~"),
            (FailureKind::Host, RetryAdvice::AfterMs(60_000), "", "w~"),
            (FailureKind::Technical, RetryAdvice::Never, "", "w!W101"),
            (FailureKind::Technical, policy, "R1/PT1S", "w!W101"),
            (FailureKind::PluginBug, policy, "", "w!W102"),
            (FailureKind::CpuLimit, policy, "", "w!W103"),
            (FailureKind::WallLimit, policy, "", "w!W104"),
            (FailureKind::MemoryLimit, policy, "", "w!W105"),
            (FailureKind::OtherLimit, policy, "", "w!W106"),
            (FailureKind::HandlerMissing, policy, "", "w!W107"),
        ];
        for (kind, advice, cycle, places) in cases {
            let cycle = match cycle {
                "" => String::new(),
                cycle => {
                    format!("<camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>")
                }
            };
            let mut run = start(&cycle);
            run.fail("w", kind, advice);
            assert_eq!(run.places(), places, "{kind:?} {advice:?} {cycle}");
        }
    }

    #[test]
    fn failed_work_is_tried_again_until_a_human_is_needed() {
        let mut run = start("");
        for attempt in 1..=2 {
            run.fail("w", FailureKind::Technical, RetryAdvice::ByPolicy);
            assert_eq!(run.places(), "w~", "after attempt {attempt}");
            run.advance(5);
            assert_eq!(run.places(), "w");
        }
        run.fail("w", FailureKind::Technical, RetryAdvice::ByPolicy);
        assert_eq!(run.places(), "w!W101");
        assert_eq!(run.instance.incidents().next().unwrap().evidence, ["last words"]);
        run.retry();
        assert!(matches!(&*run.effect_of("w").1, Effect::Call { attempt: 1, .. }));
        run.done("w");
        assert_eq!(run.path(), "start w end");
    }

    #[test]
    fn bpmn_errors_are_caught_by_code_or_need_a_human() {
        let mut run = start("");
        run.throw("w", "E");
        assert_eq!((run.path().as_str(), run.variable("why")), ("start -w b caught", json!("so")));
        let mut run = start("");
        run.throw("w", "other");
        assert_eq!(run.places(), "w!P503");
        assert!(run.instance.incidents().next().unwrap().message.contains("uncaught"));
        run.retry();
        run.done("w");
        assert_eq!(run.path(), "start w end");
    }

    #[test]
    fn an_expression_is_work_without_a_handler() {
        let run = Run::start_with(
            r#"<startEvent id="start"/><serviceTask id="w" camunda:expression="${x + 1}" camunda:resultVariable="y"/>
            start -> w"#,
            json!({"x": 1}),
        );
        assert_eq!((run.places().as_str(), run.variable("y")), ("Completed", json!(2)));
    }

    #[test]
    fn expressions_that_are_work_set_and_remove_variables() {
        for (expression, x, y) in [
            ("${execution.setVariable('x', 2)}", json!(2), json!("old")),
            ("${execution.setVariableLocal('x', 2)}", json!(2), json!("old")),
            ("${execution.removeVariable('y')}", json!(1), json!(null)),
            ("${x == 1 ? execution.setVariable('y', 'new') : 0}", json!(1), json!("new")),
        ] {
            let model = format!(
                r#"<startEvent id="start"/><serviceTask id="w" camunda:expression="{expression}"/>
                start -> w"#
            );
            let run = Run::start_with(&model, json!({"x": 1, "y": "old"}));
            assert_eq!(
                (run.places().as_str(), run.variable("x"), run.variable("y")),
                ("Completed", x, y),
                "{expression}"
            );
        }
        let condition = r#"<startEvent id="start"/><exclusiveGateway id="g"/><task id="t"/>
            start -> g
            g -> t if ${execution.setVariable('x', 1)}"#;
        assert_eq!(Run::start(condition).places(), "g!P501", "a condition is no work");
    }

    #[test]
    fn a_value_too_deep_to_be_stored_is_a_failure() {
        let mut deep = Value::Null;
        for _ in 0..200 {
            deep = Value::Array(vec![deep]);
        }
        let mut run = start("");
        run.done_with("w", json!({"deep": deep}));
        assert_eq!(run.places(), "w!W106");
    }
}
