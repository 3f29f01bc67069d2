//! Escalations: thrown at an activation; the nearest event that matches hears it. Whoever threw it goes on, unless what
//! hears it interrupts. An escalation that nobody hears is lost, and that is no fault.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{EscalationTrigger, Trigger};

use super::called;
use super::catching::{self, Catcher, Fit};
use super::occurrence::Next;
use super::step::Step;
use super::triggers;
use crate::identity::NodeKey;

/// Throws an escalation at an activation, and says what comes next for that.
pub(super) fn escalate(step: &mut Step<'_>, from: NodeKey, code: &str) -> Next {
    let found = catching::catcher(step, from, |trigger| {
        let Trigger::Escalation(escalation) = trigger else { return None };
        Fit::of(escalation.code.as_deref(), code)
    });
    let Some((catcher, Trigger::Escalation(trigger))) = found else {
        return called::escalate_to_caller(step, code);
    };
    match catcher {
        Catcher::Boundary { at, event, interrupting } => {
            if interrupting {
                step.cancel(at.node);
            }
            tell(step, at.parent, trigger, code);
            step.enter(at.parent, event, None);
        }
        Catcher::Handler { at, sub_process, start } => {
            let entered = triggers::begin_event_sub_process(step, at.node, sub_process, start);
            tell(step, entered, trigger, code);
        }
    }
    if step.instance.node(from).is_some() { Next::DONE } else { Next::Gone }
}

fn tell(step: &mut Step<'_>, scope: NodeKey, trigger: &EscalationTrigger, code: &str) {
    if let Some(name) = &trigger.code_variable {
        step.set_visible(scope, name.as_str().into(), Arc::new(Value::from(code)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    fn model(cancel: bool, handler: &str) -> String {
        format!(
            r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/>
              <intermediateThrowEvent id="t"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>
              <userTask id="u"/><endEvent id="e0"><escalationEventDefinition escalationRef="esc"/></endEvent>{handler}
              s0 -> t
              t -> u
              u -> e0
            </subProcess><endEvent id="end"/><endEvent id="x"/><endEvent id="y"/>
            <boundaryEvent id="all" attachedToRef="sub" cancelActivity="{cancel}"><escalationEventDefinition/></boundaryEvent>
            <boundaryEvent id="b" attachedToRef="sub" cancelActivity="{cancel}"><escalationEventDefinition escalationRef="esc" camunda:escalationCodeVariable="code"/></boundaryEvent>
            start -> sub
            sub -> end
            all -> x
            b -> y"#
        )
    }

    fn handler(interrupting: bool) -> String {
        format!(
            r#"<subProcess id="h" triggeredByEvent="true"><startEvent id="h0" isInterrupting="{interrupting}"><escalationEventDefinition escalationRef="esc"/></startEvent>
              <intermediateThrowEvent id="again"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>
              h0 -> again
            </subProcess>"#
        )
    }

    #[test]
    fn the_nearest_event_hears_it() {
        let cases = [
            (model(false, ""), "u", "start s0 t b y", "start s0 t b y u e0 b y sub end"),
            (model(true, ""), "Completed", "start s0 -t -sub b y", ""),
            (
                model(false, &handler(false)),
                "u",
                "start s0 t h0 again h b y",
                "start s0 t h0 again h b y u e0 h0 again h b y sub end",
            ),
            (model(false, &handler(true)), "Completed", "start s0 -t h0 again h sub b y end", ""),
        ];
        for (model, places, path, then) in cases {
            let mut run = Run::start(&model);
            let sorted = |path: &str| {
                let mut words = path.split(' ').map(str::to_owned).collect::<Vec<_>>();
                words.sort();
                words
            };
            assert_eq!(run.places(), places, "{model}");
            assert_eq!(sorted(&run.path()), sorted(path), "{}", run.path());
            if !then.is_empty() {
                run.complete("u", json!({}));
                assert_eq!(sorted(&run.path()), sorted(then), "{}", run.path());
            }
        }
    }

    #[test]
    fn nobody_needs_to_hear_it() {
        let run = Run::start(
            r#"<startEvent id="start"/><intermediateThrowEvent id="t"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>
            start -> t"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start t"));
    }
}
