//! Compensation: what has completed in a scope is kept there as long as the scope is active, and undone when it is thrown
//! at, in the reverse order of completion. What is undone is active again, with the variables that it had at its end; its
//! handler works in it. All handlers begin at once, and whoever threw waits for them.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{ElementIndex, Kind};

use super::fact::Fact;
use super::occurrence::Occurrence;
use super::state::Role;
use super::step::{At, Place, Step};
use super::variables::{LOOP_COUNTER, counts_from};
use crate::identity::NodeKey;

/// Keeps what is needed to undo an activation that is about to complete, if it can be undone.
pub(super) fn keep(step: &mut Step<'_>, at: At<'_>) {
    let element = at.element;
    let holds = !step.instance.remembered(at.node).is_empty();
    let undoable = element.compensated_by.is_some() && at.role != Role::Body;
    if element.is_for_compensation || !(holds || undoable) {
        return;
    }
    if let Role::Iteration(index) = at.role {
        let index = index.saturating_add(counts_from(step.program, &element.id));
        let (name, value) = (LOOP_COUNTER.into(), Arc::new(Value::from(index)));
        step.emit(Fact::VariableSet { node: at.node, name, value });
    }
    let variables = element.kind.scope().is_some() || matches!(at.role, Role::Iteration(_));
    step.emit(Fact::NodeKept { node: at.node, variables });
}

/// Undoes what a thrower reaches: all, or one activity. Says whether there was anything.
pub(super) fn undo(step: &mut Step<'_>, thrower: At<'_>, activity: Option<ElementIndex>) -> bool {
    let wanted = activity.map(|index| step.program.element(index).id.clone());
    let first = step.ahead();
    for scope in reach(step, thrower.parent) {
        undo_in(step, scope, thrower.node, wanted.as_deref());
    }
    let any = step.ahead() > first;
    step.first_come_first(first);
    any
}

/// Undoes all that a scope keeps, as part of undoing the scope itself.
pub(super) fn undo_contents(step: &mut Step<'_>, scope: NodeKey) {
    let first = step.ahead();
    undo_in(step, scope, scope, None);
    step.first_come_first(first);
}

fn undo_in(step: &mut Step<'_>, scope: NodeKey, parent: NodeKey, wanted: Option<&str>) {
    let kept = step
        .instance
        .remembered(scope)
        .iter()
        .map(|kept| kept.element.clone())
        .enumerate()
        .collect::<Vec<_>>();
    for (position, element) in kept.into_iter().rev() {
        let Some(index) = step.program.find(&element) else { continue };
        if wanted.is_none_or(|wanted| *wanted == *element) {
            let node = NodeKey(step.instance.next.node);
            step.emit(Fact::NodeRestored { node, parent, scope, position, at: step.now });
            step.due(node, Place::Element(index), Occurrence::Begun);
        }
    }
}

/// The scopes that keep what a thrower may undo: its own, and for one in an event subprocess those around that.
fn reach(step: &Step<'_>, scope: NodeKey) -> Vec<NodeKey> {
    let mut reach = vec![scope];
    let mut key = scope;
    while let Some(at) = step.at(key)
        && matches!(at.element.kind, Kind::EventSubProcess { .. })
        && at.role != Role::Restored
    {
        key = at.parent;
        reach.push(key);
    }
    reach
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    /// A task `x` of this kind, undone by `ux`.
    fn undone(kind: &str, x: &str, undo: &str) -> String {
        format!(
            r#"<{kind} id="{x}"/><boundaryEvent id="c{x}" attachedToRef="{x}"><compensateEventDefinition/></boundaryEvent>
            <{undo} id="u{x}" isForCompensation="true"/><association id="as{x}" sourceRef="c{x}" targetRef="u{x}"/>"#
        )
    }

    fn throw(id: &str, activity: &str) -> String {
        let activity =
            if activity.is_empty() { String::new() } else { format!(r#"activityRef="{activity}""#) };
        format!(
            r#"<intermediateThrowEvent id="{id}"><compensateEventDefinition {activity}/></intermediateThrowEvent>"#
        )
    }

    #[test]
    fn all_or_one_is_undone_in_reverse_order_and_only_once() {
        for (activity, path) in [
            ("", "start a b ub ua t end"),
            ("a", "start a b ua t end"),
            ("b", "start a b ub t end"),
            ("z", "start a b t end"),
        ] {
            let model = format!(
                r#"<startEvent id="start"/>{}{}{}<task id="z"/><endEvent id="end"><compensateEventDefinition activityRef="a"/></endEvent>
                start -> a
                a -> b
                b -> t
                t -> end"#,
                undone("task", "a", "task"),
                undone("task", "b", "task"),
                throw("t", activity),
            );
            let run = Run::start(&model);
            // The end event undoes what is left of `a`.
            let path = if activity == "b" || activity == "z" {
                path.replace("end", "ua end")
            } else {
                path.to_owned()
            };
            assert_eq!((run.places(), run.path()), ("Completed".to_owned(), path), "{activity}");
        }
    }

    #[test]
    fn the_thrower_waits_for_handlers_that_work_at_once() {
        let model = format!(
            r#"<startEvent id="start"/>{}{}{}<endEvent id="end"/>
            start -> a
            a -> b
            b -> t
            t -> end"#,
            undone("task", "a", "userTask"),
            undone("task", "b", "userTask"),
            throw("t", ""),
        );
        let mut run = Run::start(&model);
        assert_eq!(run.places(), "ua ub");
        run.complete("ua", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("ub", "start a b ua"));
        run.complete("ub", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start a b ua ub t end"));
    }

    #[test]
    fn what_has_not_completed_is_not_undone() {
        let model = format!(
            r#"<startEvent id="start"/><parallelGateway id="f"/>{}{}{}
            start -> f
            f -> a
            f -> t"#,
            undone("userTask", "a", "userTask"),
            undone("task", "b", "task"),
            throw("t", ""),
        );
        let mut run = Run::start(&model);
        assert_eq!((run.places().as_str(), run.path().as_str()), ("a", "start f t"));
        run.complete("a", json!({}));
        assert_eq!(run.places(), "Completed");
    }

    fn sub_process(handler: &str, activity: &str) -> String {
        format!(
            r#"<startEvent id="start"/><subProcess id="sub"><extensionElements><camunda:inputOutput>
                <camunda:inputParameter name="local">${{x}}</camunda:inputParameter></camunda:inputOutput></extensionElements>
              <startEvent id="s0"/>{}{}{handler}
              s0 -> a
              a -> b
            </subProcess>{}<endEvent id="end"/>
            start -> sub
            sub -> t
            t -> end"#,
            undone("task", "a", "userTask"),
            undone("task", "b", "task"),
            throw("t", activity),
        )
    }

    #[test]
    fn a_subprocess_is_undone_by_what_has_completed_in_it_and_sees_its_variables() {
        for activity in ["", "sub"] {
            let mut run = Run::start_with(&sub_process("", activity), json!({"x": 1}));
            assert_eq!((run.places().as_str(), run.path().as_str()), ("ua", "start s0 a b sub ub"));
            run.complete("ua", json!({"local": 2, "x": 3}));
            assert_eq!(run.path(), "start s0 a b sub ub ua t end");
            assert_eq!(
                (run.variable("local"), run.variable("x")),
                (json!(null), json!(3)),
                "what was its own stays its own"
            );
        }
    }

    #[test]
    fn an_event_subprocess_can_undo_the_subprocess_that_it_is_in() {
        let handler = format!(
            r#"<subProcess id="h" triggeredByEvent="true"><startEvent id="h0"><compensateEventDefinition/></startEvent>{}<task id="h2"/>
              h0 -> h1
              h1 -> h2
            </subProcess>"#,
            throw("h1", "b"),
        );
        let run = Run::start_with(&sub_process(&handler, "sub"), json!({"x": 1}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start s0 a b sub h0 ub h1 h2 h t end")
        );
    }

    #[test]
    fn an_event_subprocess_that_is_no_handler_undoes_its_own_and_what_is_around() {
        let model = format!(
            r#"<startEvent id="start"/>{}<endEvent id="end"><errorEventDefinition errorRef="e"/></endEvent>
            <subProcess id="h" triggeredByEvent="true"><startEvent id="h0"><errorEventDefinition errorRef="e"/></startEvent>{}{}
              h0 -> b
              b -> t
            </subProcess>
            start -> a
            a -> end"#,
            undone("task", "a", "task"),
            undone("task", "b", "task"),
            throw("t", ""),
        );
        let run = Run::start(&model);
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start a -end h0 b ub ua t h")
        );
    }

    #[test]
    fn each_iteration_and_each_round_is_undone_with_its_item() {
        let repetitions = [
            r#"<multiInstanceLoopCharacteristics camunda:collection="${items}" camunda:elementVariable="item"/>"#,
            r#"<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${items}" camunda:elementVariable="item"/>"#,
            r#"<standardLoopCharacteristics loopMaximum="2"/>"#,
        ];
        for repetition in repetitions {
            let task = undone("userTask", "a", "userTask").replacen(
                r#"<userTask id="a"/>"#,
                &format!(r#"<userTask id="a">{repetition}</userTask>"#),
                1,
            );
            let model = format!(
                r#"<startEvent id="start"/>{task}{}
                start -> a
                a -> t"#,
                throw("t", "a"),
            );
            let mut run = Run::start_with(&model, json!({"items": ["p", "q"]}));
            for _ in 0..2 {
                run.complete("a", json!({}));
            }
            assert_eq!(run.places(), "ua ua", "{repetition}");
            let restored =
                run.instance.nodes.values().filter(|node| node.role == crate::instance::Role::Restored);
            let seen = restored
                .map(|node| (node.variables.get("item").cloned(), node.variables["loopCounter"].clone()));
            let seen = seen.map(|(item, counter)| json!([item.as_deref(), *counter])).collect::<Vec<_>>();
            let items = if repetition.contains("items") {
                json!([["q", 1], ["p", 0]])
            } else {
                json!([[null, 1], [null, 0]])
            };
            assert_eq!(json!(seen), items);
            run.complete("ua", json!({}));
            run.complete("ua", json!({}));
            assert_eq!(
                (run.places().as_str(), run.path().as_str()),
                ("Completed", "start a a a#body ua ua t")
            );
        }
    }

    #[test]
    fn a_handler_may_be_a_subprocess_and_may_fail() {
        let model = r#"<startEvent id="start"/><task id="a"/><boundaryEvent id="ca" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
            <subProcess id="ua" isForCompensation="true"><startEvent id="s0"/><endEvent id="s1"><errorEventDefinition errorRef="e"/></endEvent>
              s0 -> s1
            </subProcess><association id="as" sourceRef="ua" targetRef="ca"/>
            <boundaryEvent id="b" attachedToRef="ua"><errorEventDefinition errorRef="e"/></boundaryEvent><userTask id="w"/>
            <intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent><endEvent id="end"/>
            start -> a
            a -> t
            b -> w
            t -> end"#;
        let mut run = Run::start(model);
        assert_eq!(run.places(), "w");
        run.complete("w", json!({}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start a s0 -s1 -ua b w t end")
        );
    }

    fn transaction(attributes: &str, end: &str) -> String {
        format!(
            r#"<startEvent id="start"/><transaction id="tx">{attributes}<startEvent id="s0"/>{}<parallelGateway id="f"/><userTask id="other"/><userTask id="decide"/><endEvent id="s1">{end}</endEvent>
              s0 -> a
              a -> f
              f -> decide
              f -> other
              decide -> s1
            </transaction>
            <boundaryEvent id="no" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>
            <boundaryEvent id="wrong" attachedToRef="tx"><errorEventDefinition/></boundaryEvent>
            <task id="cancelled"/><task id="failed"/><endEvent id="end"/>
            start -> tx
            tx -> end
            no -> cancelled
            wrong -> failed"#,
            undone("task", "a", "userTask"),
        )
    }

    #[test]
    fn a_cancelled_transaction_is_undone_and_left_by_its_boundary() {
        let mut run = Run::start(&transaction("", "<cancelEventDefinition/>"));
        run.complete("decide", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("ua", "start s0 a f decide -other"));
        run.complete("ua", json!({}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start s0 a f decide -other ua -s1 -tx no cancelled")
        );
    }

    #[test]
    fn an_error_undoes_nothing() {
        let mut run = Run::start(&transaction("", r#"<errorEventDefinition errorRef="e"/>"#));
        run.complete("decide", json!({}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start s0 a f decide -s1 -other -tx wrong failed")
        );
    }

    #[test]
    fn all_iterations_of_a_transaction_are_cancelled_by_one() {
        let loops = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>";
        let mut run = Run::start(&transaction(loops, "<cancelEventDefinition/>"));
        run.complete("decide", json!({}));
        run.complete("ua", json!({}));
        assert_eq!(run.places(), "Completed");
        assert!(run.path().ends_with("-tx#body no cancelled"), "{}", run.path());
    }
}
