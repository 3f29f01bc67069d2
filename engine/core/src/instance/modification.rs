//! An operator moves an instance: ends what is active somewhere, or puts a token before or behind an element. Scopes around
//! it that are not active are entered, without what they begin with; scopes that are left empty end at once, the process
//! itself only if nothing else of the modification puts a token into it. Of a multi-instance activity, its id means one
//! iteration, and `id#multiInstanceBody` all of them together.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tessera_bpmn::compile::{ElementIndex, Kind, Program};
use tessera_canary::{Canary, is_planted};

use super::elements::{multi_instance, sub_process};
use super::fact::Fact;
use super::input::Refused;
use super::mappings::Direction;
use super::occurrence::Trouble;
use super::state::{Role, State, Status};
use super::step::{At, Step};
use super::{called, mappings, triggers};
use crate::calling::Returned;
use crate::identity::NodeKey;

/// Behind the id of a multi-instance activity: all its iterations together.
const BODY: &str = "#multiInstanceBody";

/// One change of where an instance stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modification {
    /// End everything that is active at an element.
    Cancel(Arc<str>),
    /// End one activation.
    CancelOne(NodeKey),
    /// Put a token before an element.
    StartBefore(Arc<str>),
    /// Put a token on the one flow that leaves an element.
    StartAfter(Arc<str>),
}

/// Does all of it, in order. `Err`: try it on a copy first.
pub(super) fn modify(step: &mut Step<'_>, changes: &[Modification]) -> Result<(), Refused> {
    for change in changes {
        match change {
            Modification::Cancel(element) => {
                let (index, _) = find(step, element)?;
                if !is_planted(Canary::MovedTwice) {
                    cancel_all(step, index);
                }
            }
            Modification::CancelOne(node) => {
                let known = step.instance.node(*node).filter(|_| *node != NodeKey::ROOT);
                let scope = known.ok_or(Refused::UnknownNode(*node))?.parent;
                multi_instance::give_up(step, *node);
                end_if_empty(step, scope);
            }
            Modification::StartBefore(element) => start_before(step, element)?,
            Modification::StartAfter(element) => {
                let (index, _) = find(step, element)?;
                let [flow] = step.program.element(index).outgoing[..] else {
                    let reason = "not exactly one sequence flow leaves it; start before its target instead";
                    return Err(Refused::Modification {
                        element: element.clone(),
                        reason: reason.to_owned(),
                    });
                };
                let scope = scope(step, step.program.element(index).scope, element)?;
                step.take(scope, &[flow]);
            }
        }
    }
    if step.instance.node(NodeKey::ROOT).is_some_and(|root| root.children.is_empty()) {
        let reason = "it was modified so that nothing is left of it";
        called::tell(step, Returned::Lost { reason: reason.to_owned() });
        step.end(Status::Cancelled, Some(reason));
    }
    Ok(())
}

/// Puts a token before an element.
pub(super) fn start_before(step: &mut Step<'_>, id: &Arc<str>) -> Result<(), Refused> {
    let (index, what) = find(step, id)?;
    let element = step.program.element(index);
    interrupt_by_start(step, index, id)?;
    let scope = scope(step, element.scope, id)?;
    if what == What::OneIteration {
        return start_iteration(step, scope, index, id);
    }
    if matches!(element.kind, Kind::EventSubProcess { .. })
        && let [start, ..] = step.program.scope(index).start_events[..]
    {
        triggers::begin_event_sub_process(step, scope, index, start);
        return Ok(());
    }
    if let Kind::BoundaryEvent { attached_to, interrupting: true, .. } = &element.kind {
        let attached = step.program.element(*attached_to).id.clone();
        let nodes = step.instance.activations().filter(|activation| {
            activation.parent == scope && *activation.element == attached && activation.role != Role::Flow
        });
        for node in nodes.map(|activation| activation.key).collect::<Vec<_>>() {
            step.cancel(node);
        }
    }
    step.enter(scope, index, None);
    Ok(())
}

/// An event subprocess that is entered by its start event interrupts what is around it, as if the event had happened; one that is
/// entered further on does not.
fn interrupt_by_start(step: &mut Step<'_>, start: ElementIndex, wanted: &Arc<str>) -> Result<(), Refused> {
    let start = step.program.element(start);
    let entered = step.program.element(start.scope);
    let is_active = || step.instance.activations().any(|activation| *activation.element == entered.id);
    let interrupts = start.interrupts
        && matches!(start.kind, Kind::StartEvent(_))
        && matches!(entered.kind, Kind::EventSubProcess { .. });
    if interrupts && !is_active() {
        let around = scope(step, entered.scope, wanted)?;
        step.cancel_children(around);
        triggers::close_starts(step, around);
    }
    Ok(())
}

/// What an id of a modification means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    All,
    OneIteration,
}

fn find(step: &Step<'_>, id: &Arc<str>) -> Result<(ElementIndex, What), Refused> {
    let is_repeated = |index: &ElementIndex| step.program.element(*index).multi_instance.is_some();
    if let Some(index) = step.program.find(id).filter(|index| *index != Program::ROOT) {
        return Ok((index, if is_repeated(&index) { What::OneIteration } else { What::All }));
    }
    let body = id.strip_suffix(BODY).and_then(|id| step.program.find(id)).filter(is_repeated);
    body.map(|index| (index, What::All)).ok_or_else(|| Refused::UnknownElement {
        process: step.program.process_id.clone(),
        element: id.clone(),
    })
}

/// Iterations end with their body. Scopes that are left empty end too.
fn cancel_all(step: &mut Step<'_>, index: ElementIndex) {
    let element = &step.program.element(index).id;
    let here = step.instance.activations().filter(|activation| {
        activation.element == element && matches!(activation.role, Role::Element | Role::Body)
    });
    for (node, scope) in here.map(|activation| (activation.key, activation.parent)).collect::<Vec<_>>() {
        step.cancel(node);
        end_if_empty(step, scope);
    }
}

/// The process itself may yet get a token.
fn end_if_empty(step: &mut Step<'_>, mut scope: NodeKey) {
    while scope != NodeKey::ROOT
        && let Some(node) = step.instance.node(scope)
        && node.children.is_empty()
    {
        let parent = node.parent;
        step.cancel(scope);
        scope = parent;
    }
}

/// Adds an iteration to those that are active side by side, or begins an activity with one.
fn start_iteration(
    step: &mut Step<'_>,
    scope: NodeKey,
    index: ElementIndex,
    wanted: &Arc<str>,
) -> Result<(), Refused> {
    let element = step.program.element(index);
    let bodies = step.instance.activations().filter(|activation| {
        activation.parent == scope && *activation.element == element.id && activation.role == Role::Body
    });
    let bodies: Vec<NodeKey> = bodies.map(|activation| activation.key).collect();
    let refused =
        |reason: &str| Err(Refused::Modification { element: wanted.clone(), reason: reason.to_owned() });
    let sequential = element.multi_instance.as_ref().is_some_and(|plan| plan.sequential);
    let body = match bodies[..] {
        [] => begin_body(step, scope, index, wanted)?,
        [_] if sequential => return refused("its iterations follow one another, and one is active"),
        [body] if step.instance.node(body).is_none_or(|body| body.iterations.is_none()) => {
            return refused("its other iterations have not begun; add one afterwards");
        }
        [body] => body,
        _ => return refused("it is active several times"),
    };
    multi_instance::add_iteration(step, At { node: body, parent: scope, role: Role::Body, index, element });
    Ok(())
}

/// The one activation of a scope; entered if there is none. `wanted` is what the token is for.
fn scope(step: &mut Step<'_>, index: ElementIndex, wanted: &Arc<str>) -> Result<NodeKey, Refused> {
    if index == Program::ROOT {
        return Ok(NodeKey::ROOT);
    }
    let mut missing = Vec::new();
    let mut around = index;
    let mut node = loop {
        if around == Program::ROOT {
            break NodeKey::ROOT;
        }
        let element = step.program.element(around);
        let mut active = step.instance.activations().filter(|activation| {
            *activation.element == element.id && matches!(activation.role, Role::Element | Role::Iteration(_))
        });
        match (active.next(), active.next()) {
            (None, _) => {
                missing.push(around);
                around = element.scope;
            }
            (Some(one), None) => break one.key,
            (Some(_), Some(_)) => {
                let reason = format!("the scope `{}` around it is active several times", element.id);
                return Err(Refused::Modification { element: wanted.clone(), reason });
            }
        }
    };
    for index in missing.into_iter().rev() {
        node = enter_scope(step, node, index, wanted)?;
    }
    Ok(node)
}

/// Enters a scope without what it begins with. An iterated one gets one iteration.
fn enter_scope(
    step: &mut Step<'_>,
    parent: NodeKey,
    index: ElementIndex,
    wanted: &Arc<str>,
) -> Result<NodeKey, Refused> {
    let element = step.program.element(index);
    let (outer, inner) = if element.multi_instance.is_some() {
        let body = begin_body(step, parent, index, wanted)?;
        step.emit(Fact::IterationsPlanned { node: body, total: 1, items: None });
        step.emit(Fact::IterationsCounted { node: body, started: 1, ended: 0 });
        (body, hold(step, body, index, Role::Iteration(0)))
    } else {
        let node = hold(step, parent, index, Role::Element);
        (node, node)
    };
    let refused = |trouble: Trouble| cannot_be_entered(&element.id, &trouble, wanted);
    let Some(at) = step.at(inner) else { return Ok(inner) };
    let inputs = mappings::evaluate(step, inner, &element.inputs, Direction::In).map_err(refused)?;
    step.set_own(inner, inputs);
    if outer == inner {
        triggers::open_boundary(step, at).map_err(refused)?;
    }
    sub_process::prepare(step, at).map_err(refused)?;
    // Nothing of it begins by itself but what is put into it.
    if matches!(element.kind, Kind::AdHocSubProcess { .. }) {
        step.emit(Fact::IterationsPlanned { node: inner, total: 0, items: None });
    }
    Ok(inner)
}

/// Begins all iterations of an activity together, without any.
fn begin_body(
    step: &mut Step<'_>,
    parent: NodeKey,
    index: ElementIndex,
    wanted: &Arc<str>,
) -> Result<NodeKey, Refused> {
    let body = hold(step, parent, index, Role::Body);
    step.emit(Fact::IterationsPlanned { node: body, total: 0, items: None });
    if let Some(at) = step.at(body) {
        let opened = triggers::open_boundary(step, at);
        opened.map_err(|trouble| cannot_be_entered(&at.element.id, &trouble, wanted))?;
    }
    Ok(body)
}

fn hold(step: &mut Step<'_>, parent: NodeKey, index: ElementIndex, role: Role) -> NodeKey {
    let node = NodeKey(step.instance.next.node);
    let element = step.program.element(index).id.clone();
    step.emit(Fact::NodeEntered { node, parent, element, role, by: None, at: step.now });
    step.emit(Fact::NodeAdvanced { node, state: State::Holding });
    node
}

fn cannot_be_entered(id: &str, trouble: &Trouble, wanted: &Arc<str>) -> Refused {
    let reason = format!("`{id}` cannot be entered: {}", trouble.message);
    Refused::Modification { element: wanted.clone(), reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::instance::Input;
    use crate::instance::tests::run::Run;

    const MODEL: &str = r#"<startEvent id="start"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/><parallelGateway id="join"/>
        <subProcess id="sub"><startEvent id="s0"/><subProcess id="deep"><startEvent id="d0"/><userTask id="c"/>
            <subProcess id="h" triggeredByEvent="true"><startEvent id="h0"><messageEventDefinition messageRef="n"/></startEvent><userTask id="hu"/>
              h0 -> hu
            </subProcess>
            d0 -> c
          </subProcess>
          s0 -> deep
        </subProcess>
        <boundaryEvent id="stop" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>
        <subProcess id="many"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="m0"/><userTask id="each"/>
          m0 -> each
        </subProcess>
        <exclusiveGateway id="which" default="no"/><userTask id="end"/>
        <sequenceFlow id="no" sourceRef="which" targetRef="end"/><sequenceFlow id="yes" sourceRef="which" targetRef="a"><conditionExpression>${false}</conditionExpression></sequenceFlow>
        start -> fork
        fork -> a
        fork -> b
        a -> join
        b -> join
        join -> sub
        sub -> many
        many -> which"#;

    fn change(text: &str) -> Modification {
        let (what, id) = text.split_once(' ').unwrap();
        match what {
            "cancel" => Modification::Cancel(id.into()),
            "before" => Modification::StartBefore(id.into()),
            "after" => Modification::StartAfter(id.into()),
            other => panic!("{other}"),
        }
    }

    fn modify(run: &mut Run, changes: &[&str]) -> Result<(), Refused> {
        run.input(Input::Modify(changes.iter().map(|text| change(text)).collect()))
    }

    #[test]
    fn where_it_stands_afterwards() {
        let cases: [(&[&str], &str); 17] = [
            (&["cancel a"], "b"),
            (&["cancel a", "cancel b"], "Cancelled"),
            (&["cancel a", "before c"], "b c sub"),
            (&["before deep"], "a b c sub"),
            (&["before c", "before c"], "a b c c sub"),
            (&["cancel a", "cancel b", "before hu"], "hu sub"),
            (&["cancel a", "cancel b", "before h"], "hu sub"),
            (&["cancel a", "cancel b", "before stop"], "Completed"),
            (&["after a"], "a b join+"),
            (&["after a", "cancel b", "after b"], "a c sub"),
            (&["cancel a", "cancel b", "before each"], "each"),
            (&["cancel a", "cancel b", "before many#multiInstanceBody", "before end"], "each each each end"),
            (&["cancel a", "cancel b", "before many"], "each"),
            (&["cancel a", "cancel b", "before many", "before many"], "each each"),
            (&["before many", "cancel many", "cancel a"], "b"),
            (&["before many", "cancel many#multiInstanceBody", "cancel a"], "b"),
            (&["cancel a", "cancel b", "before a"], "a"),
        ];
        for (changes, places) in cases {
            let mut run = Run::start(MODEL);
            modify(&mut run, changes).unwrap_or_else(|refused| panic!("{changes:?}: {refused}"));
            let mut found: Vec<_> = run.places().split(' ').map(str::to_owned).collect();
            // A scope is no place of its own here; its boundary event's wait makes it look like one.
            found.retain(|place| place != "sub" && place != "deep");
            let wanted: Vec<_> = places.split(' ').filter(|place| *place != "sub").collect();
            assert_eq!(found, wanted, "{changes:?}");
        }
    }

    #[test]
    fn scopes_around_it_are_there_with_all_that_belongs_to_them() {
        let mut run = Run::start(MODEL);
        modify(&mut run, &["cancel a", "cancel b", "before c"]).unwrap();
        run.message("n", None);
        assert_eq!(run.places().replace(" sub", ""), "hu");
        run.message("m", None);
        assert_eq!(run.places(), "Completed", "the boundary event of the scope was waited for");
        let mut run = Run::start(MODEL);
        modify(&mut run, &["cancel a", "cancel b", "before each"]).unwrap();
        run.complete("each", json!({}));
        assert_eq!(run.places(), "end", "one iteration is all there is");
    }

    #[test]
    fn a_scope_that_is_left_empty_ends_before_the_next_change() {
        let mut run = Run::start(MODEL);
        modify(&mut run, &["cancel a", "cancel b", "before c"]).unwrap();
        let sub = |run: &Run| run.instance.activations().find(|one| **one.element == *"sub").unwrap().key;
        let before = sub(&run);
        modify(&mut run, &["before c", "cancel c", "before c"]).unwrap();
        assert!(run.places().contains('c') && sub(&run) != before, "another activation of the scope");
        let before = sub(&run);
        modify(&mut run, &["before hu", "cancel c"]).unwrap();
        assert!(run.places().contains("hu") && sub(&run) == before, "what is put into it first keeps it");
    }

    #[test]
    fn what_cannot_be_done_leaves_no_trace() {
        let several = ["cancel a", "cancel b", "before many#multiInstanceBody"];
        let mut run = Run::start(MODEL);
        modify(&mut run, &several).unwrap();
        let ambiguous = modify(&mut run, &["before each"]).unwrap_err().to_string();
        assert!(ambiguous.contains("active several times"), "{ambiguous}");
        let mut run = Run::start(MODEL);
        assert!(modify(&mut run, &["cancel a", "before nowhere"]).is_err());
        assert!(modify(&mut run, &["cancel a", "after which"]).is_err());
        assert!(modify(&mut run, &["cancel a#multiInstanceBody"]).is_err());
        assert!(modify(&mut run, &["before many#multiInstanceBody", "before many"]).is_err());
        assert_eq!(run.places(), "a b");
        assert!(run.input(Input::Modify(vec![Modification::CancelOne(NodeKey(77))])).is_err());
    }

    #[test]
    fn one_iteration_is_given_up() {
        let mut run = Run::start(MODEL);
        modify(&mut run, &["cancel a", "cancel b", "before many#multiInstanceBody"]).unwrap();
        let iteration = |run: &Run| {
            let iterations = run.instance.activations().filter(|one| matches!(one.role, Role::Iteration(_)));
            iterations.map(|one| one.key).next().unwrap()
        };
        let one = iteration(&run);
        modify(&mut run, &["before many"]).unwrap();
        assert_eq!(run.places(), "each each each each");
        run.input(Input::Modify(vec![Modification::CancelOne(one)])).unwrap();
        assert_eq!(run.places(), "each each each");
        run.complete("each", json!({}));
        run.complete("each", json!({}));
        run.complete("each", json!({}));
        assert_eq!(run.places(), "end");
    }
}
