//! Multi-instance: one body around all iterations of an activity. Boundary events and outgoing flows belong to the body,
//! listeners and mappings to each iteration. Iterations are counted, never searched: a thousand cost a thousand times one.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::MultiInstance;

use super::{misplaced, standard_loop};
use crate::identity::NodeKey;
use crate::instance::compensation;
use crate::instance::fact::Fact;
use crate::instance::incident;
use crate::instance::mappings::storable;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{Role, State};
use crate::instance::step::{At, Place, Step};
use crate::instance::variables::View;
use crate::limits::MULTI_INSTANCE_MAX;

pub(super) static TABLE: Table = Table {
    element: "multi-instance body",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: begin,
        },
        Row {
            from: State::Holding,
            on: Occasion::IterationEnded,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: go_on,
        },
    ],
    leaves: Leaves::EachThatHolds,
};

/// Decides how many iterations there are, and begins the first, or all.
fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(plan) = &at.element.multi_instance else { return Err(misplaced(at)) };
    let Planned { total, items } = plan_iterations(step, at, plan)?;
    let kept = if plan.sequential { items.clone().map(|items| Arc::new(Value::Array(items))) } else { None };
    step.emit(Fact::IterationsPlanned { node: at.node, total, items: kept });
    if total == 0 {
        collect(step, at, plan, total);
        return Ok(Next::DONE);
    }
    let begun = if plan.sequential { 1 } else { total };
    let mut items = items.into_iter().flatten();
    let mut entered = Vec::new();
    for index in 0..begun {
        entered.push(begin_iteration(step, at, plan.element_variable.as_deref(), index, items.next()));
    }
    step.emit(Fact::IterationsCounted { node: at.node, started: begun, ended: 0 });
    for node in entered.into_iter().rev() {
        step.due(node, Place::Element(at.index), Occurrence::Begun);
    }
    Ok(Next::Stay(State::Holding))
}

struct Planned {
    total: u32,
    items: Option<Vec<Value>>,
}

fn plan_iterations(step: &Step<'_>, at: At<'_>, plan: &MultiInstance) -> Result<Planned, Trouble> {
    let view = View::of(step, at.node);
    let unusable = |message: String| Trouble::new(&incident::COLLECTION, message);
    let items = match &plan.collection {
        None => None,
        Some(collection) => match collection.evaluate(&view)? {
            Value::Array(items) => Some(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                return Err(unusable(format!("collection `{}` is no list", collection.source())));
            }
        },
    };
    let cardinality = match &plan.cardinality {
        None => None,
        Some(cardinality) => {
            let text = cardinality.evaluate_text(&view)?;
            let number = text.trim().parse::<usize>();
            Some(number.map_err(|_| unusable(format!("cardinality `{text}` is no number of iterations")))?)
        }
    };
    let counts = [items.as_ref().map(Vec::len), cardinality];
    let total = counts.into_iter().flatten().min().unwrap_or_default();
    if total > MULTI_INSTANCE_MAX {
        return Err(unusable(format!("{total} iterations are more than {MULTI_INSTANCE_MAX}")));
    }
    let total = u32::try_from(total).map_err(|_| unusable(format!("{total} iterations are too many")))?;
    Ok(Planned { total, items })
}

pub(super) fn begin_iteration(
    step: &mut Step<'_>,
    at: At<'_>,
    variable: Option<&str>,
    index: u32,
    item: Option<Value>,
) -> NodeKey {
    let node = NodeKey(step.instance.next.node);
    step.emit(Fact::NodeEntered {
        node,
        parent: at.node,
        element: at.element.id.clone(),
        role: Role::Iteration(index),
        by: None,
        at: step.now,
    });
    if let (Some(name), Some(item)) = (variable, item) {
        step.emit(Fact::VariableSet { node, name: name.into(), value: Arc::new(item) });
    }
    node
}

/// An iteration has done its work: its result is collected, then its body decides.
pub(in crate::instance) fn end_iteration(
    step: &mut Step<'_>,
    at: At<'_>,
    index: u32,
) -> Result<Next, Trouble> {
    if let Some(plan) = &at.element.standard_loop {
        return standard_loop::end_round(step, at, index, plan);
    }
    let Some(plan) = &at.element.multi_instance else { return Ok(Next::Gone) };
    // Everything that may fail comes first, so that a retry does not count twice.
    let view = View::of_ended_iteration(step, at.node);
    let result = match (&plan.output_collection, &plan.output_element) {
        (Some(_), Some(template)) => Some(storable(template.evaluate(&view)?)?),
        (Some(_) | None, Some(_) | None) => None,
    };
    let condition = plan.completion_condition.as_ref();
    let satisfied = condition.map_or(Ok(false), |condition| condition.evaluate_condition(&view))?;
    if let Some(value) = result {
        step.emit(Fact::ResultCollected { node: at.parent, index, value });
    }
    compensation::keep(step, at);
    count_ended(step, at.node, at.parent, Place::Element(at.index), satisfied);
    Ok(Next::Gone)
}

/// Gives an iteration up; the others go on as if it had ended.
pub(super) fn abandon(step: &mut Step<'_>, iteration: NodeKey) {
    let Some(at) = step.at(iteration) else { return };
    step.cancel_children(iteration);
    count_ended(step, iteration, at.parent, Place::Element(at.index), false);
}

/// Begins one iteration more by hand; it has no item.
pub(in crate::instance) fn add_iteration(step: &mut Step<'_>, at: At<'_>) {
    let Some(counts) = step.instance.node(at.node).and_then(|body| body.iterations.as_deref()) else {
        return;
    };
    let (total, started, ended, results) =
        (counts.total, counts.started, counts.ended, counts.results.clone());
    // A plan begins without results.
    step.emit(Fact::IterationsPlanned { node: at.node, total: total.saturating_add(1), items: None });
    step.emit(Fact::IterationsCounted { node: at.node, started: started.saturating_add(1), ended });
    for (index, value) in results {
        step.emit(Fact::ResultCollected { node: at.node, index, value });
    }
    let node = begin_iteration(step, at, None, total, None);
    step.due(node, Place::Element(at.index), Occurrence::Begun);
}

/// Ends one activation by hand; an iteration counts as ended for those that go on.
pub(in crate::instance) fn give_up(step: &mut Step<'_>, node: NodeKey) {
    let at = step.at(node).filter(|at| matches!(at.role, Role::Iteration(_)));
    if let Some(at) = at
        && let Some(counts) = step.instance.node(at.parent).and_then(|body| body.iterations.as_deref())
    {
        let (started, ended) = (counts.started, counts.ended.saturating_add(1));
        step.emit(Fact::IterationsCounted { node: at.parent, started, ended });
        step.due(at.parent, Place::Element(at.index), Occurrence::IterationEnded { satisfied: false });
    }
    step.cancel(node);
}

pub(super) fn count_ended(
    step: &mut Step<'_>,
    iteration: NodeKey,
    body: NodeKey,
    place: Place,
    satisfied: bool,
) {
    let counts = step.instance.node(body).and_then(|body| body.iterations.as_deref());
    let Some((started, ended)) = counts.map(|counts| (counts.started, counts.ended.saturating_add(1))) else {
        return;
    };
    step.emit(Fact::IterationsCounted { node: body, started, ended });
    step.complete(iteration);
    step.due(body, place, Occurrence::IterationEnded { satisfied });
}

/// Ends the body, begins the next iteration, or waits for the others.
fn go_on(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let satisfied = matches!(occurrence, Occurrence::IterationEnded { satisfied: true });
    let Some(plan) = &at.element.multi_instance else { return Err(misplaced(at)) };
    let counts = step.instance.node(at.node).and_then(|body| body.iterations.as_deref());
    let Some(counts) = counts else { return Err(misplaced(at)) };
    let (total, started, ended) = (counts.total, counts.started, counts.ended);
    if satisfied || ended >= total {
        step.cancel_children(at.node);
        collect(step, at, plan, total);
        return Ok(Next::DONE);
    }
    if plan.sequential {
        let position = usize::try_from(started).unwrap_or(usize::MAX);
        let item = counts.items.as_ref().and_then(|items| items.get(position)).cloned();
        let node = begin_iteration(step, at, plan.element_variable.as_deref(), started, item);
        step.emit(Fact::IterationsCounted { node: at.node, started: started.saturating_add(1), ended });
        step.due(node, Place::Element(at.index), Occurrence::Begun);
    }
    Ok(Next::Stay(State::Holding))
}

/// Hands the results out, in order; null for an iteration that yielded none.
fn collect(step: &mut Step<'_>, at: At<'_>, plan: &MultiInstance, total: u32) {
    let Some(name) = &plan.output_collection else { return };
    let results = step.instance.node(at.node).and_then(|body| body.iterations.as_deref());
    let result = |index| results.and_then(|counts| counts.results.get(&index)).map(|value| (**value).clone());
    let list = (0..total).map(|index| result(index).unwrap_or(Value::Null)).collect();
    step.set_visible(at.parent, name.as_str().into(), Arc::new(Value::Array(list)));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::instance::tests::run::Run;

    fn model(attributes: &str, inner: &str) -> String {
        format!(
            r#"<startEvent id="start"/><serviceTask id="w" camunda:class="H"><multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics></serviceTask>
            <endEvent id="end"/><endEvent id="x"/>
            <boundaryEvent id="b" attachedToRef="w"><errorEventDefinition errorRef="e"/></boundaryEvent>
            start -> w
            w -> end
            b -> x"#
        )
    }

    const COLLECTION: &str = r#"camunda:collection="${items}" camunda:elementVariable="item""#;

    #[test]
    fn how_many_there_are() {
        let cardinality = "<loopCardinality>${n}</loopCardinality>";
        let cases: [(&str, &str, Value, &str); 8] = [
            (COLLECTION, "", json!({"items": [1, 2, 3]}), "w w w"),
            (COLLECTION, "", json!({"items": []}), "Completed"),
            (COLLECTION, "", json!({"items": "none"}), "w!P506"),
            (COLLECTION, "", json!({}), "w!P501"),
            ("", cardinality, json!({"n": 2}), "w w"),
            ("", cardinality, json!({"n": -1}), "w!P506"),
            ("", cardinality, json!({"n": 1_000_000}), "w!P506"),
            (COLLECTION, cardinality, json!({"items": [1, 2, 3], "n": 2}), "w w"),
        ];
        for (attributes, inner, variables, places) in cases {
            let case = format!("{attributes} {inner} {variables}");
            let run = Run::start_with(&model(attributes, inner), variables);
            assert_eq!(run.places(), places, "{case}");
        }
    }

    #[test]
    fn one_after_the_other() {
        let mut run = Run::start_with(
            &model(&format!(r#"isSequential="true" {COLLECTION}"#), ""),
            json!({"items": ["a", "b"]}),
        );
        for item in ["a", "b"] {
            assert_eq!(run.places(), "w");
            let iteration = run.instance.nodes.values().last().unwrap();
            assert_eq!(iteration.variables["item"].as_str(), Some(item));
            run.done("w");
        }
        assert_eq!(run.path(), "start w w w#body end");
    }

    #[test]
    fn enough_is_enough() {
        let half =
            "<completionCondition>${nrOfCompletedInstances / nrOfInstances >= 0.5}</completionCondition>";
        let mut run =
            Run::start_with(&model("", &format!("<loopCardinality>4</loopCardinality>{half}")), json!({}));
        run.done("w");
        assert_eq!(run.places(), "w w w");
        run.done("w");
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start w w -w -w w#body end"));
    }

    #[test]
    fn an_error_in_one_ends_all() {
        let mut run = Run::start(&model("", "<loopCardinality>3</loopCardinality>"));
        run.done("w");
        run.throw("w", "E");
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start w -w -w -w#body b x"));
    }

    #[test]
    fn results_are_collected_in_order() {
        let model = r#"<startEvent id="start"/><serviceTask id="w" camunda:class="H">
            <extensionElements><zeebe:loopCharacteristics xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" inputCollection="${items}" inputElement="item"
              outputCollection="results" outputElement="${item * 10 + loopCounter}"/></extensionElements>
            <multiInstanceLoopCharacteristics><extensionElements>
              <zeebe:loopCharacteristics xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" inputCollection="${items}" inputElement="item"
              outputCollection="results" outputElement="${item * 10 + loopCounter}"/></extensionElements></multiInstanceLoopCharacteristics></serviceTask>
            start -> w"#;
        let mut run = Run::start_with(model, json!({"items": [1, 2]}));
        run.done("w");
        run.done("w");
        assert_eq!((run.places().as_str(), run.variable("results")), ("Completed", json!([11, 22])));
    }
}
