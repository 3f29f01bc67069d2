//! Inclusive gateway: as a fork it takes each flow whose condition holds. As a join it waits as long as a token somewhere
//! in its scope could still come by an incoming flow that none has come by, unless that token could as well come by one
//! that some has: then it need not be waited for (the rule of BPMN 2.0). This is looked at whenever all has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use tessera_bpmn::compile::{ElementIndex, FlowIndex, Kind, Program};
use tessera_canary::{Canary, is_planted};

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

/// The first join that need not wait any longer, when all is at rest. Only scopes where something has happened since
/// are looked at: what a join waits for lies in its own scope.
pub(in crate::instance) fn next_join(step: &mut Step<'_>) -> Option<Due> {
    if step.unsettled.is_empty() || !step.instance.is_running() {
        return None;
    }
    let scopes = step.unsettled.iter().filter_map(|scope| step.instance.node(*scope)).collect::<Vec<_>>();
    let due = scopes.iter().find_map(|scope| next_reset(step, scope));
    let due = due.or_else(|| scopes.iter().find_map(|scope| next_inclusive_join(step, scope)));
    if due.is_none() {
        step.unsettled.clear();
    }
    due
}

fn next_inclusive_join(step: &Step<'_>, scope: &Node) -> Option<Due> {
    let program = step.program;
    for (element, parked) in &scope.parked {
        let joins = program.find(element).filter(|index| is_join(program, *index));
        let Some(index) = joins.filter(|index| program.element(*index).kind == Kind::InclusiveGateway) else {
            continue;
        };
        let node = *parked.values().flatten().next_back()?;
        let stands_still = step.instance.node(node).is_some_and(|node| node.incident.is_some());
        if !stands_still && !is_waited_for(step, scope, index, &BTreeSet::new()) {
            return Some(Due { node, place: Place::Element(index), occurrence: Occurrence::Begun });
        }
    }
    None
}

/// A complex gateway has let tokens through, and nothing else can come.
fn next_reset(step: &Step<'_>, scope: &Node) -> Option<Due> {
    let program = step.program;
    if !program.has_complex_joins() {
        return None;
    }
    let mut kept: BTreeMap<ElementIndex, Vec<(NodeKey, &Node)>> = BTreeMap::new();
    let children = scope.children.iter().filter_map(|key| Some((*key, step.instance.node(*key)?)));
    for (key, node) in children.filter(|(_, node)| node.state == State::Holding && node.role == Role::Element)
    {
        let gateway = program.find(&node.element);
        let is_complex =
            |index: &ElementIndex| matches!(program.element(*index).kind, Kind::ComplexGateway { .. });
        if let Some(index) = gateway.filter(is_complex) {
            kept.entry(index).or_default().push((key, node));
        }
    }
    kept.into_iter().find_map(|(index, tokens)| {
        let taken = tokens.iter().filter_map(|(_, node)| node.by.as_deref()).collect::<BTreeSet<_>>();
        let node = tokens.iter().find(|(_, node)| node.incident.is_none())?.0;
        let can_go_on = !is_waited_for(step, scope, index, &taken);
        can_go_on.then_some(Due { node, place: Place::Element(index), occurrence: Occurrence::Begun })
    })
}

fn is_join(program: &Program, index: ElementIndex) -> bool {
    program.inclusive_joins().binary_search(&index).is_ok()
}

/// Whether a token may still come that the join has to wait for. By the `taken` flows some has come before.
fn is_waited_for(step: &Step<'_>, scope: &Node, join: ElementIndex, taken: &BTreeSet<&str>) -> bool {
    let program = step.program;
    let element = program.element(join);
    let parked = scope.parked.get(&element.id);
    let has_token = |flow: FlowIndex| {
        let id = &program.flow(flow).id;
        taken.contains(&**id) || parked.is_some_and(|flows| flows.contains_key(id))
    };
    if is_planted(Canary::JoinedEarly) {
        return false;
    }
    let mut known = BTreeMap::new();
    scope.children.iter().any(|child| match step.place(*child) {
        Some(Place::Flow(flow)) if program.flow(flow).target == join => !has_token(flow),
        Some(Place::Flow(flow)) => {
            let from = program.flow(flow).target;
            *known.entry(from).or_insert_with(|| comes_anew(program, from, join, has_token))
        }
        Some(Place::Element(at)) if at == join => false,
        Some(Place::Element(at)) => {
            *known.entry(at).or_insert_with(|| comes_anew(program, at, join, has_token))
        }
        None => false,
    })
}

/// Whether a token can come from an element to the join, without passing it, and only by flows by which none has come.
fn comes_anew(
    program: &Program,
    from: ElementIndex,
    join: ElementIndex,
    has_token: impl Fn(FlowIndex) -> bool,
) -> bool {
    let mut seen = vec![false; program.elements().len()];
    let mut is_new =
        |index: ElementIndex| seen.get_mut(index.slot()).is_some_and(|seen| !std::mem::replace(seen, true));
    let mut ahead = vec![from];
    let mut comes = false;
    while let Some(index) = ahead.pop() {
        let element = program.element(index);
        for flow in &element.outgoing {
            let target = program.flow(*flow).target;
            if target == join {
                if has_token(*flow) {
                    return false;
                }
                comes = true;
            } else if is_new(target) {
                ahead.push(target);
            }
        }
        ahead.extend(element.boundary_events.iter().filter(|event| is_new(**event)));
    }
    comes
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
