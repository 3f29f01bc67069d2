//! Inclusive gateway: as a fork it takes each flow whose condition holds. As a join it waits as long as a token somewhere
//! in its scope could still come by an incoming flow that none has come by, unless that token could as well come by one
//! that some has: then it need not be waited for (BPMN 2.0, 13.4.3). This is looked at whenever all has come to rest.
//!
//! The standard speaks of paths of sequence flows only. A boundary event is none, so the way over it excuses no token; but a
//! token that may come that way is waited for.

use tessera_bpmn::compile::{ElementIndex, FlowIndex, Kind, Over, Program};
use tessera_canary::{Canary, is_planted};

use crate::identity::NodeKey;
use crate::instance::joins;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
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
    while let Some(scope) = step.unsettled.first().copied().filter(|_| step.instance.is_running()) {
        let due = next_reset(step, scope).or_else(|| next_inclusive_join(step, scope));
        if due.is_some() {
            return due;
        }
        step.unsettled.remove(&scope);
    }
    None
}

fn next_inclusive_join(step: &mut Step<'_>, scope: NodeKey) -> Option<Due> {
    let program = step.program;
    let joins = step.instance.node(scope)?.parked.iter().filter_map(|(element, tokens)| {
        let index = program.find(element).filter(|index| is_join(program, *index))?;
        let node = *tokens.values().flatten().next_back()?;
        (program.element(index).kind == Kind::InclusiveGateway).then_some((index, node))
    });
    let joins = joins.collect::<Vec<_>>();
    let (index, node) = joins.into_iter().find(|(index, node)| {
        let stands_still = step.instance.node(*node).is_some_and(|node| node.incident.is_some());
        !stands_still && !is_waited_for(step, scope, *index)
    })?;
    Some(Due { node, place: Place::Element(index), occurrence: Occurrence::Begun })
}

/// A complex gateway has let tokens through, and nothing else can come.
fn next_reset(step: &mut Step<'_>, scope: NodeKey) -> Option<Due> {
    let program = step.program;
    if !program.has_complex_joins() {
        return None;
    }
    joins::know(step.instance, scope);
    let known = &step.instance.node(scope)?.joins;
    let gateways = known.holders().filter_map(|element| {
        let index = program.find(element)?;
        matches!(program.element(index).kind, Kind::ComplexGateway { .. }).then_some(index)
    });
    let gateways = gateways.collect::<Vec<_>>();
    gateways.into_iter().find_map(|index| {
        let held = step.instance.node(scope)?.joins.held(&program.element(index).id)?;
        let moves = |node: &NodeKey| step.instance.node(*node).is_some_and(|node| node.incident.is_none());
        let node = held.values().flatten().copied().find(moves)?;
        let due = Due { node, place: Place::Element(index), occurrence: Occurrence::Begun };
        (!is_waited_for(step, scope, index)).then_some(due)
    })
}

fn is_join(program: &Program, index: ElementIndex) -> bool {
    program.inclusive_joins().binary_search(&index).is_ok()
}

/// Whether a token may still come that the join has to wait for.
fn is_waited_for(step: &mut Step<'_>, scope: NodeKey, join: ElementIndex) -> bool {
    if is_planted(Canary::JoinedEarly) {
        return false;
    }
    joins::know(step.instance, scope);
    let program = step.program;
    let id = &program.element(join).id;
    let Some(around) = step.instance.node(scope) else { return false };
    let (parked, held) = (around.parked.get(id), around.joins.held(id));
    let has_token = |flow: &FlowIndex| {
        let by = &program.flow(*flow).id;
        parked.is_some_and(|flows| flows.contains_key(by)) || held.is_some_and(|flows| flows.contains_key(by))
    };
    // A token that could as well come by a flow by which one has come need not be waited for.
    let comes_anew = |from: ElementIndex| {
        let is_new = program.ways(join, from, Over::FlowsAndBoundaries).iter().any(|flow| !has_token(flow));
        is_new && !program.ways(join, from, Over::Flows).iter().any(has_token)
    };
    let comes = |child: &NodeKey| match step.place(*child) {
        Some(Place::Flow(flow)) if program.flow(flow).target == join => !has_token(&flow),
        Some(Place::Flow(flow)) => comes_anew(program.flow(flow).target),
        Some(Place::Element(at)) => at != join && comes_anew(at),
        None => false,
    };
    let coming = around.children.range(around.joins.passed(id)..).copied().find(comes);
    let passed = coming.unwrap_or(NodeKey(step.instance.next.node));
    joins::pass(step.instance, scope, id, passed);
    coming.is_some()
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
    fn a_reminder_that_has_come_excuses_nobody() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><userTask id="a"/><userTask id="t"/><inclusiveGateway id="j"/><userTask id="after"/>
            <boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            start -> a
            b -> t
            a -> j
            t -> j
            j -> after"#,
        );
        run.advance(3_600);
        run.complete("t", json!({}));
        assert_eq!(run.places(), "a j+");
        run.complete("a", json!({}));
        assert_eq!(run.places(), "after");
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
