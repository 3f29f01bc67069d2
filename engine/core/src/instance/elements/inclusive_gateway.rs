//! Inclusive gateway: as a fork it takes each flow whose condition holds. As a join it waits as long as a token somewhere
//! in its scope could still come by an incoming flow that none has come by, unless that token could as well come by one
//! that some has: then it need not be waited for (the rule of BPMN 2.0). This is looked at whenever all has come to rest.

use std::collections::BTreeSet;
use std::sync::Arc;

use tessera_bpmn::compile::{ElementIndex, FlowIndex, Kind, Program};
use tessera_canary::{Canary, is_planted};

use super::complex_gateway;
use crate::identity::NodeKey;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{Node, Role, State};
use crate::instance::step::{At, Due, Place, Step};

pub(super) static TABLE: Table = Table {
    element: "inclusive gateway",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Parked), Next::DONE],
            act: begin,
        },
        Row { from: State::Parked, on: Occasion::Begun, to: &[Next::DONE], act: join },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(_: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    Ok(if at.element.incoming.len() > 1 { Next::Stay(State::Parked) } else { Next::DONE })
}

/// One token of each flow that has some makes the join; this one goes on for all.
fn join(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let own = step.instance.node(at.node).and_then(|node| node.by.clone());
    let parked = step.instance.node(at.parent).and_then(|scope| scope.parked.get(&at.element.id));
    let others = parked.into_iter().flatten().filter(|(flow, _)| Some(*flow) != own.as_ref());
    let others = others.filter_map(|(_, tokens)| tokens.first().copied()).collect::<Vec<_>>();
    for token in others {
        step.complete(token);
    }
    Ok(Next::DONE)
}

/// The first join that need not wait any longer, when all is at rest.
pub(in crate::instance) fn next_join(step: &Step<'_>) -> Option<Due> {
    let program = step.program;
    if program.inclusive_joins().is_empty() || !step.instance.is_running() {
        return None;
    }
    next_reset(step).or_else(|| next_inclusive_join(step))
}

fn next_inclusive_join(step: &Step<'_>) -> Option<Due> {
    let program = step.program;
    for scope in step.instance.nodes.values().filter(|node| !node.parked.is_empty()) {
        for element in scope.parked.keys() {
            let joins = program.find(element).filter(|index| is_join(program, *index));
            let Some(index) = joins.filter(|index| program.element(*index).kind == Kind::InclusiveGateway)
            else {
                continue;
            };
            let parked = scope.parked.get(element)?;
            let node = *parked.values().flatten().next_back()?;
            let stands_still = step.instance.node(node).is_some_and(|node| node.incident.is_some());
            if !stands_still && !is_waited_for(step, scope, index, &[]) {
                return Some(Due { node, place: Place::Element(index), occurrence: Occurrence::Begun });
            }
        }
    }
    None
}

/// A complex gateway has let tokens through, and nothing else can come.
fn next_reset(step: &Step<'_>) -> Option<Due> {
    let program = step.program;
    let held = step.instance.nodes.iter().filter(|(_, node)| node.state == State::Holding);
    for (key, node) in held {
        let Some(index) = program.find(&node.element) else { continue };
        if node.role != Role::Element || !matches!(program.element(index).kind, Kind::ComplexGateway { .. }) {
            continue;
        }
        let scope = step.instance.node(node.parent)?;
        let all =
            complex_gateway::held(step, node.parent, &node.element).filter_map(|key| step.instance.node(key));
        let taken = all.filter_map(|node| node.by.clone()).collect::<Vec<_>>();
        if node.incident.is_none() && !is_waited_for(step, scope, index, &taken) {
            return Some(Due { node: *key, place: Place::Element(index), occurrence: Occurrence::Begun });
        }
    }
    None
}

fn is_join(program: &Program, index: ElementIndex) -> bool {
    program.inclusive_joins().binary_search(&index).is_ok()
}

/// Whether a token may still come that the join has to wait for. By the `taken` flows some has come before.
fn is_waited_for(step: &Step<'_>, scope: &Node, join: ElementIndex, taken: &[Arc<str>]) -> bool {
    let program = step.program;
    let element = program.element(join);
    let parked = scope.parked.get(&element.id);
    let has_token = |flow: &FlowIndex| {
        let id = &program.flow(*flow).id;
        taken.contains(id) || parked.is_some_and(|flows| flows.contains_key(id))
    };
    let (with, without): (Vec<FlowIndex>, Vec<FlowIndex>) =
        element.incoming.iter().copied().partition(has_token);
    if without.is_empty() || is_planted(Canary::JoinedEarly) {
        return false;
    }
    let (can_come, need_not) = (leading_to(program, join, &without), leading_to(program, join, &with));
    scope.children.iter().any(|child| match position(step, *child) {
        Some(Position::On(flow)) if program.flow(flow).target == join => without.contains(&flow),
        Some(Position::On(flow)) => {
            let next = program.flow(flow).target;
            can_come.contains(&next) && !need_not.contains(&next)
        }
        Some(Position::At(at)) => at != join && can_come.contains(&at) && !need_not.contains(&at),
        None => false,
    })
}

enum Position {
    At(ElementIndex),
    On(FlowIndex),
}

fn position(step: &Step<'_>, node: NodeKey) -> Option<Position> {
    match step.place(node)? {
        Place::Element(index) => Some(Position::At(index)),
        Place::Flow(index) => Some(Position::On(index)),
    }
}

/// The elements from which a token can come to one of these flows without passing the join.
fn leading_to(program: &Program, join: ElementIndex, flows: &[FlowIndex]) -> BTreeSet<ElementIndex> {
    let mut found = BTreeSet::new();
    let mut ahead = flows.iter().map(|flow| program.flow(*flow).source).collect::<Vec<_>>();
    while let Some(index) = ahead.pop() {
        if index == join || !found.insert(index) {
            continue;
        }
        let element = program.element(index);
        ahead.extend(element.incoming.iter().map(|flow| program.flow(*flow).source));
        if let Kind::BoundaryEvent { attached_to, .. } = &element.kind {
            ahead.push(*attached_to);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    const SPLIT: &str = r#"<startEvent id="start"/><inclusiveGateway id="f" default="f_c"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
        <inclusiveGateway id="j"/><userTask id="after"/>
        start -> f
        f -> a if ${x >= 1}
        f -> b if ${x >= 2}
        f -> c
        a -> j
        b -> j
        c -> j
        j -> after"#;

    #[test]
    fn a_join_waits_for_the_tokens_that_there_are() {
        for (x, tokens) in [(0, "c"), (1, "a"), (2, "a b")] {
            let mut run = Run::start_with(SPLIT, json!({"x": x}));
            assert_eq!(run.places(), tokens);
            let tokens = tokens.split(' ').collect::<Vec<_>>();
            for (done, token) in tokens.iter().enumerate() {
                assert!(!run.places().contains("after"), "{x}: {done}");
                run.complete(token, json!({}));
            }
            assert_eq!(run.places(), "after", "{x}");
            run.complete("after", json!({}));
            assert_eq!(run.places(), "Completed");
        }
    }

    #[test]
    fn a_token_that_ends_elsewhere_is_not_waited_for_any_more() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><inclusiveGateway id="f"/><userTask id="a"/><userTask id="b"/><exclusiveGateway id="x" default="x_j"/>
            <inclusiveGateway id="j"/><userTask id="after"/><endEvent id="end"/>
            <boundaryEvent id="t" attachedToRef="b"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            start -> f
            f -> a
            f -> b
            a -> j
            b -> x
            t -> x
            x -> j
            x -> end if ${gone}
            j -> after"#,
        );
        run.complete("a", json!({"gone": true}));
        assert_eq!(run.places(), "b j+");
        run.advance(3_600);
        assert_eq!(run.places(), "after");
    }

    #[test]
    fn a_token_that_could_come_by_the_same_flow_is_not_waited_for() {
        // What is at `b` can reach the join only by the flow by which `a` has come.
        let mut run = Run::start(
            r#"<startEvent id="start"/><task id="f"/><userTask id="a"/><userTask id="b"/><exclusiveGateway id="mm"/><exclusiveGateway id="x" default="x_j"/>
            <task id="other"/><inclusiveGateway id="j"/><userTask id="after"/>
            start -> f
            f -> a
            f -> b
            a -> mm
            b -> mm
            mm -> x
            x -> j
            x -> other if ${false}
            other -> j
            j -> after"#,
        );
        run.complete("a", json!({}));
        assert_eq!(run.places(), "after b");
        run.complete("b", json!({}));
        assert_eq!(run.places(), "after after");
    }

    #[test]
    fn joins_that_wait_for_one_another_need_a_human() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><parallelGateway id="f"/><inclusiveGateway id="j1"/><inclusiveGateway id="j2"/>
            <exclusiveGateway id="x1" default="x1_e1"/><exclusiveGateway id="x2" default="x2_e2"/><endEvent id="e1"/><endEvent id="e2"/>
            start -> f
            f -> j1
            f -> j2
            j1 -> x1
            j2 -> x2
            x1 -> j2 if ${false}
            x2 -> j1 if ${false}
            x1 -> e1
            x2 -> e2"#,
        );
        assert_eq!(run.places(), "j1!P507 j2!P507");
        run.retry();
        assert_eq!(run.places(), "j2!P507");
        run.retry();
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f j1 x1 e1 j2 x2 e2"));
    }
}
