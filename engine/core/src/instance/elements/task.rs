//! Abstract and manual task: nothing to do for an engine.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "task",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::EachThatHolds,
};

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    #[test]
    fn tasks_pass_and_fork_on_every_flow() {
        let run = Run::start(
            r#"<startEvent id="start"/><task id="a"/><manualTask id="b"/><endEvent id="x"/><endEvent id="y"/>
            start -> a
            a -> b
            b -> x
            b -> y"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start a b x y"));
    }
}
