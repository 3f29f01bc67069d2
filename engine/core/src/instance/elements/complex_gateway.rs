//! Complex gateway: lets tokens through as soon as its activation condition holds; then it waits for what may still come,
//! as an inclusive gateway does, takes that too, and begins anew. Both times the outgoing flows are chosen by their
//! conditions, which may ask `waitingForStart`; the second time a flow without a condition is not taken, and it is no
//! fault that none is. The tokens of the first time stay at the gateway until the second.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::Kind;
use tessera_bpmn::expression::Scope;

use super::misplaced;
use crate::instance::fact::Fact;
use crate::instance::joins;
use crate::instance::life_cycle;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{Node, State};
use crate::instance::step::{At, Place, Step};
use crate::instance::variables::View;

/// How many tokens have come.
const ACTIVATION_COUNT: &str = "activationCount";
/// Whether tokens are let through for the first time since the gateway began anew.
const WAITING_FOR_START: &str = "waitingForStart";

pub(super) static TABLE: Table = Table {
    element: "complex gateway",
    rows: &[
        Row { from: State::Started, on: Occasion::Begun, to: &[Next::Go(State::Parked)], act: arrive },
        Row {
            from: State::Parked,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Parked), Next::Stay(State::Holding)],
            act: activate,
        },
        Row { from: State::Holding, on: Occasion::Begun, to: &[Next::DONE], act: reset },
    ],
    leaves: Leaves::WhicheverHold,
};

fn arrive(_: &mut Step<'_>, _: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    Ok(Next::Go(State::Parked))
}

/// What an activation condition sees.
struct Counted<'a> {
    view: View<'a>,
    count: Value,
}

impl Scope for Counted<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        if name == ACTIVATION_COUNT { Some(&self.count) } else { self.view.variable(name) }
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        if name == ACTIVATION_COUNT { Some(&self.count) } else { self.view.local_variable(name) }
    }

    fn around(&self) -> Option<&dyn Scope> {
        Some(&self.view)
    }
}

fn activate(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::ComplexGateway { activation } = &at.element.kind else { return Err(misplaced(at)) };
    joins::know(step.instance, at.parent);
    let id = &at.element.id;
    let own = flow_of(step.instance.node(at.node));
    let scope = step.instance.node(at.parent).ok_or_else(|| misplaced(at))?;
    let parked = scope.parked.get(id);
    let is_counted = parked.and_then(|flows| flows.get(&own)).is_some_and(|tokens| tokens.contains(&at.node));
    let count = scope.joins.arrived(id).saturating_add(usize::from(!is_counted));
    let count = Value::from(count);
    let view = View::of(step, at.node);
    let activates = activation.evaluate_condition(&Counted { view, count: count.clone() });
    let is_reset_first = scope.joins.held(id).is_some();
    if matches!(activates, Ok(false)) || is_reset_first || !activates? {
        return Ok(Next::Stay(State::Parked));
    }
    let others = parked.into_iter().flatten().filter(|(flow, _)| **flow != own);
    let others = others.filter_map(|(_, tokens)| tokens.first().copied()).collect::<Vec<_>>();
    let node = at.node;
    step.emit(Fact::VariableSet { node, name: ACTIVATION_COUNT.into(), value: Arc::new(count) });
    step.emit(Fact::VariableSet { node, name: WAITING_FOR_START.into(), value: Arc::new(Value::from(true)) });
    let flows = life_cycle::choose(step, at, Leaves::EachThatHolds)?;
    for node in others {
        step.emit(Fact::NodeAdvanced { node, state: State::Holding });
    }
    step.take(at.parent, &flows);
    Ok(Next::Stay(State::Holding))
}

/// What can come has come: it is taken too, and further tokens are a new beginning.
fn reset(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    joins::know(step.instance, at.parent);
    let id = &at.element.id;
    let scope = step.instance.node(at.parent).ok_or_else(|| misplaced(at))?;
    let held = scope.joins.held(id);
    let parked = scope.parked.get(id);
    let late =
        parked.into_iter().flatten().filter(|(flow, _)| !held.is_some_and(|held| held.contains_key(*flow)));
    let late = late.filter_map(|(_, tokens)| tokens.first().copied()).collect::<Vec<_>>();
    let taken = held.into_iter().flat_map(|flows| flows.values().flatten().copied()).collect::<BTreeSet<_>>();
    for node in taken.into_iter().filter(|node| *node != at.node).chain(late) {
        step.complete(node);
    }
    let node = at.node;
    step.emit(Fact::VariableSet {
        node,
        name: WAITING_FOR_START.into(),
        value: Arc::new(Value::from(false)),
    });
    let rest = step.instance.node(at.parent).and_then(|scope| scope.parked.get(id));
    if let Some(token) = rest.and_then(|flows| flows.values().flatten().next().copied()) {
        step.due(token, Place::Element(at.index), Occurrence::Begun);
    }
    Ok(Next::DONE)
}

fn flow_of(node: Option<&Node>) -> Arc<str> {
    node.and_then(|node| node.by.clone()).unwrap_or_else(|| "".into())
}

/// The tokens that were let through and are kept until the gateway begins anew.
#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    const TWO_OF_THREE: &str = r#"<startEvent id="start"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
        <complexGateway id="g"><activationCondition>${activationCount >= 2}</activationCondition></complexGateway><userTask id="after"/>
        start -> f
        f -> a
        f -> b
        f -> c
        a -> g
        b -> g
        c -> g
        g -> after"#;

    #[test]
    fn enough_tokens_go_on_and_the_rest_is_swallowed() {
        let mut run = Run::start(TWO_OF_THREE);
        run.complete("a", json!({}));
        assert_eq!(run.places(), "b c g+");
        run.complete("b", json!({}));
        assert_eq!(run.places(), "after c");
        run.complete("after", json!({}));
        assert_eq!(run.places(), "c");
        run.complete("c", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f a b after c g g g"));
    }

    #[test]
    fn its_condition_may_ask_the_clock() {
        let condition = "<activationCondition language=\"feel\">activationCount &gt;= 2 and now() &lt; date and time(\"2100-01-01T00:00:00Z\")</activationCondition>";
        let model = TWO_OF_THREE
            .replace("<activationCondition>${activationCount >= 2}</activationCondition>", condition);
        let mut run = Run::start(&model);
        run.complete("a", json!({}));
        run.complete("b", json!({}));
        assert_eq!(run.places(), "after c");
    }

    #[test]
    fn what_comes_late_may_go_another_way() {
        let model = TWO_OF_THREE.replace(
            "g -> after",
            "g -> after if ${waitingForStart}\ng -> late if ${not waitingForStart}\n<userTask id=\"late\"/>",
        );
        let mut run = Run::start(&model);
        for task in ["a", "b"] {
            run.complete(task, json!({}));
        }
        assert_eq!(run.places(), "after c");
        run.complete("c", json!({}));
        assert_eq!(run.places(), "after late");
    }

    #[test]
    fn a_second_token_of_a_flow_begins_anew() {
        let model = TWO_OF_THREE
            .replace(
                "f -> c",
                "f -> c\nf -> a2\n<userTask id=\"a2\"/><exclusiveGateway id=\"mg\"/>\na2 -> mg",
            )
            .replace("a -> g", "a -> mg\nmg -> g");
        let mut run = Run::start(&model);
        for task in ["a", "b", "a2", "c"] {
            run.complete(task, json!({}));
        }
        assert_eq!(run.places(), "after g+", "one token of the first flow is left for the next time");
        run.complete("after", json!({}));
        assert_eq!(run.places(), "g!P507");
    }

    #[test]
    fn too_few_tokens_need_a_human_and_so_does_a_way_that_is_not_there() {
        let mut run = Run::start(&TWO_OF_THREE.replace(">= 2", ">= 9"));
        for task in ["a", "b", "c"] {
            run.complete(task, json!({}));
        }
        assert_eq!(run.places(), "g!P507 g!P507 g!P507");
        let mut run = Run::start(&TWO_OF_THREE.replace("g -> after", "g -> after if ${way}"));
        for task in ["a", "b"] {
            run.complete(task, json!({"way": false}));
        }
        assert_eq!(run.places(), "c g!P502 g+");
        run.set("way", json!(true));
        run.retry();
        assert_eq!(run.places(), "after c");
    }
}
