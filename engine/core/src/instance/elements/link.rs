//! One end of a link. A token passes both unseen, as if the flow were drawn in one piece ([`Step::take`]); it is met here
//! only where a listener or a condition stands at the way.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "link",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::EachThatHolds,
};

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    const ENDS: &str = r#"<intermediateThrowEvent id="l1"><linkEventDefinition name="l"/></intermediateThrowEvent>
        <intermediateThrowEvent id="l2"><linkEventDefinition name="l"/></intermediateThrowEvent>
        <intermediateCatchEvent id="l3"><linkEventDefinition name="l"/></intermediateCatchEvent>"#;

    #[test]
    fn tokens_pass_unseen() {
        let run = Run::start(&format!(
            r#"<startEvent id="start"/><task id="f"/>{ENDS}<task id="a"/><task id="b"/>
            start -> f
            f -> l1
            f -> l2
            l3 -> a
            l3 -> b"#
        ));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f a b a b"));
    }

    #[test]
    fn a_link_is_one_flow_for_a_join() {
        let run = Run::start(&format!(
            r#"<startEvent id="start"/><parallelGateway id="f"/>{ENDS}<parallelGateway id="j"/><task id="end"/>
            start -> f
            f -> l1
            f -> j
            l3 -> j
            j -> end"#
        ));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start f j j end"));
    }

    #[test]
    fn a_circle_of_links_leads_nowhere() {
        let run = Run::start(&format!(
            r#"<startEvent id="start"/>{ENDS}
            start -> l1
            l3 -> l2"#
        ));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start"));
    }
}
