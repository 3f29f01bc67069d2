//! Parallel gateway: waits for one token of each incoming flow, then puts one on each outgoing flow. Conditions do not
//! count. Further tokens of a flow wait for the next round.

use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};

pub(super) static TABLE: Table = Table {
    element: "parallel gateway",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Go(State::Parked), Next::DONE],
            act: begin,
        },
        Row {
            from: State::Parked,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Parked), Next::DONE],
            act: join,
        },
    ],
    leaves: Leaves::Every,
};

fn begin(_: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    Ok(if at.element.incoming.len() > 1 { Next::Go(State::Parked) } else { Next::DONE })
}

/// One token of each flow makes the join; the one that came last goes on for all.
fn join(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(own) = step.instance.node(at.node).map(|node| node.by.clone().unwrap_or_else(|| "".into()))
    else {
        return Ok(Next::Gone);
    };
    let scope = step.instance.node(at.parent);
    let parked = scope.and_then(|scope| scope.parked.get(&at.element.id));
    let others = parked.map_or(0, |flows| flows.len().saturating_sub(usize::from(flows.contains_key(&own))));
    if others.saturating_add(1) < at.element.incoming.len() {
        return Ok(Next::Stay(State::Parked));
    }
    let tokens = parked.into_iter().flatten().filter(|(flow, _)| **flow != own);
    let tokens = tokens.filter_map(|(_, tokens)| tokens.first().copied()).collect::<Vec<_>>();
    for token in tokens {
        step.complete(token);
    }
    Ok(Next::DONE)
}

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    #[test]
    fn a_join_waits_for_one_token_of_each_flow() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><parallelGateway id="f"/><serviceTask id="a" camunda:class="H"/><serviceTask id="b" camunda:class="H"/>
            <parallelGateway id="j"/><endEvent id="end"/>
            start -> f
            f -> a
            f -> b
            a -> j
            b -> j
            j -> end"#,
        );
        assert_eq!(run.places(), "a b");
        run.done("b");
        assert_eq!(run.places(), "a j+");
        run.done("a");
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f b a j j end"));
    }

    #[test]
    fn a_second_token_of_the_same_flow_waits_for_the_next_round() {
        // Two tokens reach the join by merge_j, one by b_j.
        let mut run = Run::start(
            r#"<startEvent id="start"/><task id="f"/><serviceTask id="x" camunda:class="H"/><serviceTask id="y" camunda:class="H"/><serviceTask id="b" camunda:class="H"/>
            <exclusiveGateway id="merge"/><parallelGateway id="j"/><endEvent id="end"/>
            start -> f
            f -> x
            f -> y
            f -> b
            x -> merge
            y -> merge
            merge -> j
            b -> j
            j -> end"#,
        );
        run.done("x");
        run.done("y");
        assert_eq!(run.places(), "b j+ j+");
        run.done("b");
        assert_eq!(run.places(), "j!P507", "the other token can not be joined any more, and says so");
    }

    #[test]
    fn a_join_as_last_node_ends_the_process() {
        let run = Run::start(
            r#"<startEvent id="start"/><parallelGateway id="f"/><task id="a"/><task id="b"/><parallelGateway id="j"/>
            start -> f
            f -> a
            f -> b
            a -> j
            b -> j"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f a b j j"));
    }
}
