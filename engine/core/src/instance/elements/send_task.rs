//! Send task: sends a message, see [`super::sending`].

use super::sending;
use crate::instance::occurrence::{Leaves, Table};

pub(super) static TABLE: Table =
    Table { element: "send task", rows: sending::ROWS, leaves: Leaves::EachThatHolds };

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::effect::{Effect, Outcome};
    use crate::identity::{Incarnation, Timestamp};
    use crate::instance::tests::run::{Run, target};
    use crate::instance::{Input, Status};
    use crate::plugin::{CallOutcome, Hook, Writes};

    fn model(class: &str, iterations: &str) -> String {
        format!(
            r#"<startEvent id="start"/><sendTask id="s" {class} messageRef="m"><extensionElements>
              <camunda:field name="instantiatesCanonical"><camunda:string>http://x/bpe/Process/q|1.0</camunda:string></camunda:field>
              <camunda:field name="messageName"><camunda:string>hello</camunda:string></camunda:field>
              <camunda:field name="profile"><camunda:string>http://x/task|1.0</camunda:string></camunda:field>
              <camunda:field name="own"><camunda:string>1</camunda:string></camunda:field></extensionElements>{iterations}</sendTask>
            <endEvent id="end"/>
            start -> s
            s -> end"#
        )
    }

    const HANDLER: &str = r#"camunda:class="Sender""#;
    const CAUGHT: &str = r#"<endEvent id="x"/><boundaryEvent id="b" attachedToRef="s"><errorEventDefinition/></boundaryEvent>
        b -> x"#;

    #[test]
    fn a_message_is_shaped_then_delivered_then_the_token_moves() {
        let mut run = Run::start_with(&model(HANDLER, ""), json!({"target": target("b")}));
        let (sequence, effect) = run.effect_of("s");
        let Effect::Call { hook: Hook::Prepare(spec), fields, .. } = &*effect else { panic!("{effect:?}") };
        assert_eq!(
            (spec.instantiates_canonical.as_str(), spec.message_name.as_str()),
            ("http://x/bpe/Process/q|1.0", "hello")
        );
        assert_eq!((spec.profile.as_str(), &spec.target), ("http://x/task|1.0", &Some(target("b"))));
        assert_eq!(fields, &[("own".into(), json!("1"))]);
        let wrong = Outcome::Call(CallOutcome::Completed(Writes::default()));
        assert!(
            run.input(Input::Settled { effect: sequence, outcome: wrong }).is_err(),
            "prepare must shape a message"
        );
        run.prepared("s");
        assert!(matches!(&*run.effect_of("s").1, Effect::Deliver { .. }));
        run.settle("s", Outcome::Delivered { reference: None });
        assert_eq!(run.path(), "start s end");
    }

    #[test]
    fn what_becomes_of_a_message_that_does_not_arrive() {
        type Then = fn(&mut Run);
        let proceed: Then = |run| run.done("s");
        let error: Then = |run| run.throw("s", "E");
        let default: Then =
            |run| run.settle("s", Outcome::Call(CallOutcome::DefaultDisposition(Writes::default())));
        let nothing: Then = |_| {};
        let cases: [(&str, &str, &str, Then, &str, &str); 6] = [
            ("the handler swallows it", HANDLER, "", proceed, "Completed", "start s end"),
            ("the handler throws", HANDLER, CAUGHT, error, "Completed", "start -s b x"),
            ("the handler throws in vain", HANDLER, "", error, "s!P503", "start"),
            ("the handler has no opinion", HANDLER, "", default, "Failed", "start -s"),
            ("there is none, the model catches", "", CAUGHT, nothing, "Completed", "start -s b x"),
            ("there is none, nothing catches", "", "", nothing, "s!W201", "start"),
        ];
        for (case, class, caught, then, places, path) in cases {
            let body = format!("{}\n{caught}", model(class, ""));
            let mut run = Run::start_with(&body, json!({"target": target("b")}));
            run.refused("s");
            then(&mut run);
            assert_eq!((run.places().as_str(), run.path().as_str()), (places, path), "{case}");
        }
    }

    #[test]
    fn a_retry_shapes_the_message_anew() {
        let mut run = Run::start_with(&model("", ""), json!({"target": target("b")}));
        run.refused("s");
        let (incarnation, now) = (Incarnation("store".into()), Timestamp(0));
        run.retry();
        let (sequence, _) = run.effect_of("s");
        assert_eq!(
            run.instance.call(&run.program, sequence, now, &incarnation),
            None,
            "there is no handler to call"
        );
        assert!(run.instance.execution(&run.program, sequence, now, &incarnation).is_some());
        run.sent("s");
        assert_eq!(run.path(), "start s end");
    }

    #[test]
    fn an_iteration_ends_with_its_target() {
        let iterations = r#"<multiInstanceLoopCharacteristics camunda:collection="${targets.entries}" camunda:elementVariable="target"/>"#;
        let targets = json!({"targets": {"entries": [target("a"), target("b")]}});
        let mut run = Run::start_with(&model(HANDLER, iterations), targets);
        run.refused("s");
        run.settle("s", Outcome::Call(CallOutcome::DefaultDisposition(Writes::default())));
        assert_eq!(run.variable("targets")["entries"].as_array().map(Vec::len), Some(1));
        run.sent("s");
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start s s s#body end"));
    }

    #[test]
    fn a_handler_may_address_a_target_that_is_only_named() {
        let named = json!({"target": {"correlationKey": "k"}});
        assert_eq!(Run::start_with(&model(HANDLER, ""), named.clone()).places(), "s");
        assert_eq!(Run::start_with(&model("", ""), named).places(), "s!W203", "nobody else could");
    }

    #[test]
    fn a_target_that_is_none_needs_a_human_and_a_failed_instance_tells_its_starter() {
        let run = Run::start_with(&model(HANDLER, ""), json!({"target": {"organizationIdentifierValue": 1}}));
        assert_eq!(run.places(), "s!W203");
        let mut run = Run::start_by_message(&model(HANDLER, ""));
        run.refused("s");
        run.settle("s", Outcome::Call(CallOutcome::DefaultDisposition(Writes::default())));
        assert_eq!(run.instance.status(), Status::Failed);
        assert_eq!(run.answers(), ["start InProgress", "start Failed"]);
    }
}
