//! Start and completion quantities: an activity may need several tokens before it begins, and give several when it is
//! done. Tokens that wait for others wait at the end of the flow by which they came.

use tessera_bpmn::compile::{ElementIndex, FlowIndex};

use super::step::Step;
use crate::identity::NodeKey;

/// Whether a token that came by a flow makes its target begin. Then those that it needs besides are gone.
pub(super) fn gather(step: &mut Step<'_>, token: NodeKey, scope: NodeKey, target: ElementIndex) -> bool {
    let element = step.program.element(target);
    let missing = usize::try_from(element.start_quantity.saturating_sub(1)).unwrap_or(usize::MAX);
    if missing == 0 {
        return true;
    }
    let parked = step.instance.node(scope).map(|scope| &scope.parked);
    let of_flow = |flow: &FlowIndex| parked.and_then(|parked| parked.get(&step.program.flow(*flow).id));
    let waiting = element.incoming.iter().filter_map(of_flow).flat_map(|flows| flows.values().flatten());
    let others = waiting.copied().filter(|other| *other != token).take(missing).collect::<Vec<_>>();
    if others.len() < missing {
        return false;
    }
    for other in others {
        step.complete(other);
    }
    true
}

/// Each flow as often as tokens are to be put on it.
pub(super) fn times(flows: &[FlowIndex], quantity: u32) -> Vec<FlowIndex> {
    flows.repeat(usize::try_from(quantity).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    #[test]
    fn several_tokens_are_needed_and_given() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><userTask id="a"/><userTask id="b"/><userTask id="c" startQuantity="2" completionQuantity="2"/><userTask id="d"/>
            start -> a
            start -> b
            a -> c
            b -> c
            c -> d"#,
        );
        assert_eq!(run.places(), "a b");
        run.complete("a", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("a_c+ b", "start a"));
        run.complete("b", json!({}));
        assert_eq!(run.places(), "c");
        run.complete("c", json!({}));
        assert_eq!(run.places(), "d d");
    }

    #[test]
    fn too_few_tokens_need_a_human() {
        let run = Run::start(
            r#"<startEvent id="start"/><task id="a" startQuantity="2"/>
            start -> a"#,
        );
        assert_eq!(run.places(), "start_a!P507");
    }

    #[test]
    fn what_is_gathered_may_be_repeated() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><task id="f" completionQuantity="2"/><userTask id="a" startQuantity="2" completionQuantity="3"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask><userTask id="b"/>
            start -> f
            f -> a
            a -> b"#,
        );
        assert_eq!(run.places(), "a a");
        run.complete("a", json!({}));
        run.complete("a", json!({}));
        assert_eq!(run.places(), "b b b");
    }
}
