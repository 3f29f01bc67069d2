//! Call activity: another process is called, and its end waited for. What crosses the border is computed on the side that
//! it comes from; what the called instance throws and does not catch goes on here.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{self, Call, Kind, Passed, Passing, Trigger};
use tessera_bpmn::expression::Scope as _;

use super::{misplaced, pass};
use crate::calling::{Binding, Callee, Catches, Notice};
use crate::effect::Effect;
use crate::identity::{EffectSequence, WaitKey};
use crate::instance::mappings::storable;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::variables::{Named, View, ancestors};
use crate::instance::wait::WaitKind;
use crate::instance::{called, catching, incident};

pub(super) static TABLE: Table = Table {
    element: "call activity",
    rows: &[
        Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Waiting)], act: begin },
        Row { from: State::Waiting, on: Occasion::Triggered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::CallActivity(call) = &at.element.kind else { return Err(misplaced(at)) };
    let wait = WaitKey(step.instance.next.wait);
    let callee = callee(step, at, call, wait)?;
    let kind = WaitKind::Called {
        process_id: callee.process_id.clone(),
        business_key: callee.business_key.clone(),
        call: EffectSequence(step.instance.next.effect),
    };
    step.queue(Effect::Notify(Box::new(Notice::Call { wait, callee })));
    step.open_wait(at.node, &at.element.id, kind);
    Ok(Next::Stay(State::Waiting))
}

fn callee(step: &Step<'_>, at: At<'_>, call: &Call, wait: WaitKey) -> Result<Callee, Trouble> {
    let view = View::of(step, at.node);
    let process_id = call.process.evaluate_text(&view)?.trim().to_owned();
    if process_id.is_empty() {
        let message = format!("`{}` yields no process id", call.process);
        return Err(Trouble::new(&incident::CALLED, message));
    }
    let binding = match &call.binding {
        compile::Binding::Latest => Binding::Latest,
        compile::Binding::Deployment => Binding::WithCaller,
        compile::Binding::VersionTag(tag) => Binding::Tag(tag.evaluate_text(&view)?.into()),
        compile::Binding::Version(number) => {
            let text = number.evaluate_text(&view)?;
            let wrong = |_| Trouble::new(&incident::CALLED, format!("`{text}` is no number of a version"));
            Binding::Number(text.trim().parse().map_err(wrong)?)
        }
    };
    // Without a key, the called instance is a conversation of its own.
    let business_key = match &call.business_key {
        Some(key) => key.evaluate_text(&view)?,
        None => format!("{}.{}", step.instance.id, wait.0),
    };
    let (errors, escalations) = catches(step, at);
    Ok(Callee {
        process_id: process_id.into(),
        binding,
        business_key: business_key.into(),
        variables: passed(step, at, &call.inputs)?,
        returns: called::returns(call),
        errors,
        escalations,
    })
}

/// The errors and the escalations that are caught here, or by those who called this instance.
fn catches(step: &Step<'_>, at: At<'_>) -> (Catches, Catches) {
    let mut errors = catching::catches(step, at.node, |trigger| {
        let Trigger::Error(error) = trigger else { return None };
        Some(error.code.as_deref())
    });
    let mut escalations = catching::catches(step, at.node, |trigger| {
        let Trigger::Escalation(escalation) = trigger else { return None };
        Some(escalation.code.as_deref())
    });
    if let Some(caller) = called::callers(step) {
        errors.inherit(&caller.errors);
        escalations.inherit(&caller.escalations);
    }
    (errors, escalations)
}

/// What crosses to another instance: later mappings override earlier ones.
pub(super) fn passed(step: &Step<'_>, at: At<'_>, passings: &[Passing]) -> Result<Named, Trouble> {
    let view = View::of(step, at.node);
    let mut passed: std::collections::BTreeMap<Arc<str>, Arc<Value>> = std::collections::BTreeMap::new();
    for passing in passings {
        match &passing.what {
            Passed::All => {
                let mut all = std::collections::BTreeMap::new();
                let levels = if passing.local { 1 } else { usize::MAX };
                for node in ancestors(step.instance, at.node).take(levels) {
                    for (name, value) in &node.variables {
                        all.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
                passed.extend(all);
            }
            Passed::Variable { source, target } => {
                let value = if passing.local { view.local_variable(source) } else { view.variable(source) };
                passed.insert(target.as_str().into(), Arc::new(value.cloned().unwrap_or_default()));
            }
            Passed::Value { source, target } => {
                passed.insert(target.as_str().into(), storable(source.evaluate(&view)?)?);
            }
        }
    }
    Ok(passed.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use crate::calling::{Callee, Notice, Returned, Returns};
    use crate::effect::Effect;
    use crate::identity::WaitKey;
    use crate::instance::tests::run::Run;
    use crate::instance::{Input, WaitKind};

    fn model(call: &str) -> String {
        format!(
            r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/>
              <callActivity id="c" calledElement="${{callee}}"><extensionElements>{call}</extensionElements></callActivity>
              <boundaryEvent id="told" attachedToRef="c" cancelActivity="false"><escalationEventDefinition escalationRef="esc"/></boundaryEvent>
              <userTask id="heard"/>
              s0 -> c
              told -> heard
            </subProcess><endEvent id="end"/><endEvent id="caught"/><endEvent id="stopped"/>
            <boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>
            <boundaryEvent id="stop" attachedToRef="sub"><signalEventDefinition signalRef="sig"/></boundaryEvent>
            start -> sub
            sub -> end
            b -> caught
            stop -> stopped"#
        )
    }

    fn callee(run: &Run) -> Callee {
        let notices = run.instance.effects().filter_map(|(_, effect)| match &**effect {
            Effect::Notify(notice) => match &**notice {
                Notice::Call { callee, .. } => Some(callee.clone()),
                Notice::Release { .. } | Notice::Return { .. } => None,
            },
            Effect::Call { .. }
            | Effect::Deliver { .. }
            | Effect::Answer { .. }
            | Effect::Broadcast { .. } => None,
        });
        notices.last().expect("something was called")
    }

    fn wait(run: &Run) -> WaitKey {
        let mut waits = run.instance.waits().filter(|(_, wait)| matches!(wait.kind, WaitKind::Called { .. }));
        waits.next().expect("it waits for what it called").0
    }

    fn returned(run: &mut Run, returned: Returned, variables: Value) {
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let variables = variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect();
        let wait = wait(run);
        run.input(Input::Returned { wait, returned, variables }).expect("it is waited for");
    }

    #[test]
    fn what_goes_in_and_what_comes_back() {
        let cases = [
            ("", json!({}), json!({"y": null})),
            (
                r#"<camunda:in variables="all"/><camunda:out variables="all"/>"#,
                json!({"callee": "p2", "x": 1}),
                json!({"y": 7}),
            ),
            (
                r#"<camunda:in source="x" target="z"/><camunda:in source="none" target="n"/><camunda:in sourceExpression="${x + 1}" target="w"/>
                <camunda:out source="y" target="x"/><camunda:out sourceExpression="${y + 1}" target="y"/>"#,
                json!({"n": null, "w": 2, "z": 1}),
                json!({"x": 7, "y": 8}),
            ),
            (
                r#"<camunda:in variables="all" local="true"/><camunda:out source="y" target="y" local="true"/>"#,
                json!({}),
                json!({"y": null}),
            ),
        ];
        for (mapping, passed, back) in cases {
            let mut run = Run::start_with(&model(mapping), json!({"callee": "p2", "x": 1}));
            let callee = callee(&run);
            let variables: Value = callee
                .variables
                .iter()
                .map(|(name, value)| (name.to_string(), Value::clone(value)))
                .collect::<serde_json::Map<_, _>>()
                .into();
            assert_eq!((&*callee.process_id, variables), ("p2", passed), "{mapping}");
            assert!(callee.business_key.starts_with("i."), "a conversation of its own");
            returned(&mut run, Returned::Completed, json!({"y": 7}));
            assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start s0 c sub end"));
            for (name, value) in back.as_object().unwrap() {
                assert_eq!(run.variable(name), *value, "{mapping}: {name}");
            }
        }
    }

    #[test]
    fn only_what_is_needed_comes_back() {
        let mapping = r#"<camunda:in businessKey="${execution.processBusinessKey}"/><camunda:out source="y" target="x"/>"#;
        let callee = callee(&Run::start_with(&model(mapping), json!({"callee": "p2"})));
        assert_eq!(callee.returns, Returns::Named(["y".into()].into()));
        assert_eq!(&*callee.business_key, "key");
        assert_eq!((callee.errors.find("E"), callee.errors.find("F")), (Some(true), None));
        assert_eq!((callee.escalations.find("ESC"), callee.escalations.find("F")), (Some(false), None));
    }

    #[test]
    fn what_the_called_instance_throws_goes_on_here() {
        let start = || Run::start_with(&model(""), json!({"callee": "p2"}));
        let error = |code: &str| Returned::Error { code: code.into(), message: String::new() };
        let cases = [
            (error("E"), "Completed", "start s0 -c -sub b caught"),
            (error("F"), "c!P503", "start s0"),
            (Returned::Escalation { code: "ESC".into(), ended: false }, "c heard", "start s0 told"),
            (Returned::Escalation { code: "ESC".into(), ended: true }, "c!P510 heard", "start s0 told"),
            (Returned::Lost { reason: "gone".into() }, "c!P510", "start s0"),
        ];
        for (what, places, path) in cases {
            let mut run = start();
            returned(&mut run, what.clone(), json!({}));
            assert_eq!((run.places().as_str(), run.path().as_str()), (places, path), "{what:?}");
        }
        let mut run = start();
        returned(&mut run, Returned::Lost { reason: "gone".into() }, json!({}));
        run.retry();
        returned(&mut run, Returned::Completed, json!({}));
        assert_eq!(run.path(), "start s0 c sub end", "a retry calls again");
    }

    #[test]
    fn what_is_not_needed_any_more_is_released() {
        let mut run = Run::start_with(&model(""), json!({"callee": "p2"}));
        let waiting = wait(&run);
        run.signal("s", json!({}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start s0 -c -sub stop stopped")
        );
        let released = run.instance.effects().any(|(_, effect)| match &**effect {
            Effect::Notify(notice) => matches!(&**notice, Notice::Release { wait, .. } if *wait == waiting),
            Effect::Call { .. }
            | Effect::Deliver { .. }
            | Effect::Answer { .. }
            | Effect::Broadcast { .. } => false,
        });
        assert!(released);
    }

    #[test]
    fn a_call_that_cannot_be_made_needs_a_human() {
        let mut run = Run::start(&model(""));
        assert_eq!(run.places(), "c!P501", "the callee is not known");
        run.set("callee", json!(" "));
        run.retry();
        assert_eq!(run.places(), "c!P510");
        let element = r#"calledElement="${callee}""#;
        let bound = |version: &str| {
            let attributes = format!(
                r#"calledElement="p2" camunda:calledElementBinding="version" camunda:calledElementVersion="{version}""#
            );
            Run::start(&model("").replace(element, &attributes)).places()
        };
        assert_eq!((bound("7").as_str(), bound("${'x'}").as_str()), ("c", "c!P510"));
    }
}
