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
    leaves: Leaves::ByEvery,
};

fn begin(_: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    Ok(if at.element.incoming.len() > 1 { Next::Go(State::Parked) } else { Next::DONE })
}

/// One token of each flow makes the join; the one that came last goes on for all.
fn join(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(own) = step.instance.node(at.node).map(|node| node.by.clone().unwrap_or_else(|| "".into())) else {
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
