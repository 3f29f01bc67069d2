//! Ad-hoc subprocess: a scope whose activities need no flow to begin. All that no flow leads to begin, or those that an
//! expression names; at once or one after the other. It is done when nothing is left to do, or when its completion
//! condition holds after an activity in it has completed.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{AdHoc, ElementIndex, FlowIndex, Kind};

use super::{misplaced, sub_process};
use crate::identity::NodeKey;
use crate::instance::fact::Fact;
use crate::instance::incident;
use crate::instance::mappings::storable;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{Role, State};
use crate::instance::step::{At, Step};
use crate::instance::variables::{View, With};

pub(super) static TABLE: Table = Table {
    element: "ad-hoc subprocess",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: begin,
        },
        Row {
            from: State::Holding,
            on: Occasion::Emptied,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: go_on,
        },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::AdHocSubProcess { plan, .. } = &at.element.kind else { return Err(misplaced(at)) };
    let chosen = chosen(step, at, plan)?;
    sub_process::prepare(step, at)?;
    if let Some((name, _)) = &plan.results {
        let (name, value) = (name.as_str().into(), Arc::new(Value::Array(Vec::new())));
        step.emit(Fact::VariableSet { node: at.node, name, value });
    }
    let total = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let ids = chosen.iter().map(|index| Value::from(&*step.program.element(*index).id)).collect();
    let items = Some(Arc::new(Value::Array(ids)));
    step.emit(Fact::IterationsPlanned { node: at.node, total, items });
    let begun = if plan.sequential { chosen.get(..1).unwrap_or_default() } else { &chosen };
    let started = u32::try_from(begun.len()).unwrap_or(u32::MAX);
    step.emit(Fact::IterationsCounted { node: at.node, started, ended: 0 });
    step.enter_all(at.node, begun);
    Ok(if begun.is_empty() { Next::DONE } else { Next::Stay(State::Holding) })
}

/// What begins in it.
fn chosen(step: &Step<'_>, at: At<'_>, plan: &AdHoc) -> Result<Vec<ElementIndex>, Trouble> {
    let scope = step.program.scope(at.index);
    let Some(list) = &plan.active_elements else { return Ok(scope.implicit_starts.clone()) };
    let unusable = |message: String| Trouble::new(&incident::COLLECTION, message);
    let Value::Array(ids) = list.evaluate(&View::of(step, at.node))? else {
        return Err(unusable(format!("`{}` is no list of the elements that begin", list.source())));
    };
    ids.iter()
        .map(|id| {
            let index = id.as_str().and_then(|id| step.program.find(id));
            let index = index.filter(|index| scope.implicit_starts.contains(index));
            index.ok_or_else(|| unusable(format!("{id} is no element that can begin in `{}`", at.element.id)))
        })
        .collect()
}

/// Nothing is active in it: the next begins, or it is done.
fn go_on(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let plan = step.instance.node(at.node).and_then(|node| node.iterations.as_deref());
    let Some(plan) = plan else { return Err(misplaced(at)) };
    let position = usize::try_from(plan.started).unwrap_or(usize::MAX);
    let id = plan.items.as_ref().and_then(|items| items.get(position)).and_then(Value::as_str);
    let next = id.filter(|_| plan.started < plan.total).and_then(|id| step.program.find(id));
    let Some(next) = next else { return Ok(Next::DONE) };
    let started = plan.started.saturating_add(1);
    step.emit(Fact::IterationsCounted { node: at.node, started, ended: 0 });
    step.enter(at.node, next, None);
    Ok(Next::Stay(State::Holding))
}

/// Whether an activity that is about to complete is the last that an ad-hoc subprocess around it needs.
pub(in crate::instance) fn is_enough(
    step: &Step<'_>,
    at: At<'_>,
    results: Option<&Named>,
) -> Result<bool, Trouble> {
    let Some(around) = step.at(at.parent) else { return Ok(false) };
    let Kind::AdHocSubProcess { plan, .. } = &around.element.kind else { return Ok(false) };
    let Some(condition) = &plan.completion_condition else { return Ok(false) };
    if !at.element.kind.is_activity() || matches!(around.role, Role::Body | Role::Restored) {
        return Ok(false);
    }
    let view = View::of(step, around.node);
    match results {
        Some((name, value)) => Ok(condition.evaluate_condition(&With { view, name, value })?),
        None => Ok(condition.evaluate_condition(&view)?),
    }
}

/// A variable and its value.
type Named = (Arc<str>, Arc<Value>);

/// What has been collected in the ad-hoc subprocess around, with what an activity that is about to complete adds to it.
pub(in crate::instance) fn results(
    step: &Step<'_>,
    at: At<'_>,
    flows: &[FlowIndex],
) -> Result<Option<Named>, Trouble> {
    let Some(around) = step.at(at.parent) else { return Ok(None) };
    let Kind::AdHocSubProcess { plan, .. } = &around.element.kind else { return Ok(None) };
    let Some((name, element)) = &plan.results else { return Ok(None) };
    let is_body = matches!(around.role, Role::Body | Role::Restored);
    if is_body || !flows.is_empty() || !at.element.kind.is_activity() {
        return Ok(None);
    }
    let value = element.evaluate(&View::of(step, at.node))?;
    let so_far = step.instance.node(around.node).and_then(|node| node.variables.get(name.as_str()));
    let mut list = so_far.and_then(|list| list.as_array()).cloned().unwrap_or_default();
    list.push(value);
    Ok(Some((name.as_str().into(), storable(Value::Array(list))?)))
}

/// What was collected in an ad-hoc subprocess that is done becomes visible around it.
pub(in crate::instance) fn hand_out(step: &mut Step<'_>, at: At<'_>) {
    let Kind::AdHocSubProcess { plan, .. } = &at.element.kind else { return };
    let Some((name, _)) = &plan.results else { return };
    let collected = step.instance.node(at.node).and_then(|node| node.variables.get(name.as_str())).cloned();
    if let Some(value) = collected.filter(|_| at.role != Role::Body) {
        step.set_visible(at.parent, name.as_str().into(), value);
    }
}

/// Nothing else begins in an ad-hoc subprocess; what is active ends too, unless the model wants to wait for it.
pub(in crate::instance) fn finish(step: &mut Step<'_>, node: NodeKey) {
    let Some(at) = step.at(node) else { return };
    let Kind::AdHocSubProcess { plan, .. } = &at.element.kind else { return };
    if plan.cancel_remaining {
        step.cancel_children(node);
    }
    let planned = step.instance.node(node).and_then(|node| node.iterations.as_deref());
    if let Some(total) = planned.map(|planned| planned.total) {
        step.emit(Fact::IterationsCounted { node, started: total, ended: 0 });
    }
    step.token_ended(node);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::instance::tests::run::Run;

    fn model(attributes: &str, inner: &str) -> String {
        format!(
            r#"<startEvent id="start"/><adHocSubProcess id="ad" {attributes}>{inner}
              <userTask id="a"/><userTask id="b"/><userTask id="c"/>
              a -> c
            </adHocSubProcess><endEvent id="end"/>
            start -> ad
            ad -> end"#
        )
    }

    const CONDITION: &str = "<completionCondition>${enough}</completionCondition>";
    const CHOSEN: &str = r#"<extensionElements><zeebe:adHoc xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" activeElementsCollection="${chosen}"/></extensionElements>"#;

    #[test]
    fn what_begins_and_when_it_is_done() {
        let sequential = r#"ordering="Sequential""#;
        let wait = r#"cancelRemainingInstances="false""#;
        let not = json!({"enough": false});
        // Attributes, contents, variables, and after each completion of the first that waits: where tokens are.
        let cases: [(&str, &str, Value, &[&str]); 7] = [
            ("", "", json!({}), &["a b", "b c", "c", "Completed"]),
            (sequential, "", json!({}), &["a", "c", "b", "Completed"]),
            ("", CONDITION, not, &["a b", "b c", "c", "Completed"]),
            ("", CONDITION, json!({"enough": true}), &["a b", "Completed"]),
            (wait, CONDITION, json!({"enough": true}), &["a b", "b", "Completed"]),
            (sequential, CONDITION, json!({"enough": true}), &["a", "Completed"]),
            ("", CHOSEN, json!({"chosen": ["b"]}), &["b", "Completed"]),
        ];
        for (attributes, inner, variables, places) in cases {
            let mut run = Run::start_with(&model(attributes, inner), variables);
            for place in places {
                assert_eq!(run.places(), *place, "{attributes} {inner}");
                if let Some(first) = place.split(' ').next().filter(|first| *first != "Completed") {
                    run.complete(first, json!({}));
                }
            }
        }
    }

    #[test]
    fn a_choice_that_cannot_be_made() {
        for (chosen, places) in [(json!([]), "Completed"), (json!("a"), "ad!P506"), (json!(["c"]), "ad!P506")]
        {
            let run = Run::start_with(&model("", CHOSEN), json!({"chosen": chosen}));
            assert_eq!(run.places(), places, "{chosen}");
        }
    }

    #[test]
    fn a_condition_without_a_value_needs_a_human() {
        let mut run = Run::start(&model("", CONDITION));
        run.complete("a", json!({}));
        assert_eq!(run.places(), "a!P501 b");
        run.set("enough", json!(true));
        run.retry();
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start a -b ad end"));
    }
}
