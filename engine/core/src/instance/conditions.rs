//! Conditions that events wait for. One that sees a variable that was set is looked at before the token that set it moves on, so
//! that an activity, or the scope around it, can still be interrupted by what its own work has changed [10.5.6]. One that begins
//! to be waited for is looked at when all else is at rest. As in Operaton, one that holds counts again with every change, and
//! one that has no value (yet) does not hold.

use std::sync::Arc;

use tessera_bpmn::compile::{Condition, Program, Trigger};

use super::fact::Fact;
use super::state::Instance;
use super::step::Step;
use super::triggers::{self, Payload};
use super::variables::{View, ancestor_keys};
use super::wait::{Wait, WaitKind};
use crate::identity::{NodeKey, WaitKey};

/// What may make a condition true.
pub(super) enum News {
    Changed { node: NodeKey, name: Arc<str>, change: Change },
    Opened(WaitKey),
}

/// How a variable changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Created,
    Updated,
    Removed,
}

/// What is new by a fact that is about to be applied.
pub(super) fn news(instance: &Instance, fact: &Fact) -> Option<News> {
    if let Fact::VariableSet { node, name, .. } | Fact::VariableRemoved { node, name } = fact {
        let there = instance.node(*node).is_some_and(|node| node.variables.contains_key(name));
        let change = match there {
            _ if matches!(fact, Fact::VariableRemoved { .. }) => Change::Removed,
            true => Change::Updated,
            false => Change::Created,
        };
        return Some(News::Changed { node: *node, name: name.clone(), change });
    }
    let Fact::WaitOpened { wait, opened } = fact else { return None };
    (opened.kind == WaitKind::Condition).then_some(News::Opened(*wait))
}

/// Moves what waits for a condition that holds by now.
pub(super) fn look(step: &mut Step<'_>) {
    let news = std::mem::take(&mut step.news);
    look_at(step, &news);
}

/// Moves what a change has made true, and leaves to [`look`] what begins to be waited for. Whoever made the change may be over then.
pub(super) fn look_at_changes(step: &mut Step<'_>) {
    if step.news.iter().all(|news| matches!(news, News::Opened(_))) {
        return;
    }
    let (changed, opened) =
        std::mem::take(&mut step.news).into_iter().partition(|news| matches!(news, News::Changed { .. }));
    step.news = opened;
    for fired in look_at(step, &changed) {
        step.news.retain(|news| !matches!(news, News::Opened(opened) if *opened == fired));
    }
}

fn look_at(step: &mut Step<'_>, news: &[News]) -> Vec<WaitKey> {
    let mut fired = Vec::new();
    if news.is_empty() || step.instance.is_suspended() {
        return fired;
    }
    let waits = step.instance.waits().filter(|(_, wait)| wait.kind == WaitKind::Condition);
    let waits = waits.map(|(key, wait)| (key, wait.clone())).collect::<Vec<_>>();
    let first = step.ahead();
    for (key, wait) in waits {
        // One before may have ended it.
        if step.instance.wait(key).is_none() || !holds(step, news, key, &wait) {
            continue;
        }
        if let Some(waiting) = triggers::waiting(step, &wait) {
            triggers::fire(step, key, &wait, &waiting, Payload::Nothing);
            fired.push(key);
        }
    }
    step.first_come_first(first);
    fired
}

fn holds(step: &Step<'_>, news: &[News], key: WaitKey, wait: &Wait) -> bool {
    conditions(step.program, &wait.element).any(|condition| one_holds(step, news, key, wait, condition))
}

fn one_holds(step: &Step<'_>, news: &[News], key: WaitKey, wait: &Wait, condition: &Condition) -> bool {
    let concerns = |news: &News| match news {
        News::Opened(opened) => *opened == key,
        News::Changed { node, name, change } => {
            let counts = match change {
                Change::Created => condition.changes.created,
                Change::Updated => condition.changes.updated,
                Change::Removed => condition.changes.removed,
            };
            counts
                && (condition.variables.is_empty()
                    || condition.variables.iter().any(|variable| **variable == **name))
                && ancestor_keys(step.instance, wait.node).any(|around| around == *node)
        }
    };
    let view = View::of(step, wait.node);
    news.iter().any(concerns) && condition.expression.evaluate_condition(&view).unwrap_or(false)
}

/// The conditions of an event; each of them moves it.
fn conditions<'a>(program: &'a Program, element: &str) -> impl Iterator<Item = &'a Condition> {
    let trigger = program.find(element).and_then(|index| program.element(index).kind.trigger());
    let triggers = trigger.map(Trigger::each).unwrap_or_default().iter();
    triggers.filter_map(
        |trigger| if let Trigger::Condition(condition) = trigger { Some(condition) } else { None },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    const CONDITION: &str =
        "<conditionalEventDefinition><condition>${x == 1}</condition></conditionalEventDefinition>";

    /// A process whose event subprocess waits for the condition.
    fn handler(interrupting: bool) -> String {
        format!(
            r#"<startEvent id="start"/><userTask id="u"/>
            <subProcess id="h" triggeredByEvent="true"><startEvent id="h0" isInterrupting="{interrupting}">{CONDITION}</startEvent><userTask id="v"/>
              h0 -> v
            </subProcess>
            start -> u"#
        )
    }

    #[test]
    fn a_catch_event_waits_until_it_holds() {
        let model = format!(
            r#"<startEvent id="start"/><intermediateCatchEvent id="c">{CONDITION}</intermediateCatchEvent>
            start -> c"#
        );
        let mut run = Run::start(&model);
        assert_eq!(run.places(), "c", "no value is no truth");
        run.set("x", json!(0));
        assert_eq!(run.places(), "c");
        run.set("x", json!(1));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start c"));
        assert_eq!(Run::start_with(&model, json!({"x": 1})).places(), "Completed", "it holds from the start");
    }

    #[test]
    fn boundary_events_and_event_subprocesses_hear_every_change() {
        let boundary = |cancel: bool| {
            format!(
                r#"<startEvent id="start"/><userTask id="u"/><boundaryEvent id="b" attachedToRef="u" cancelActivity="{cancel}">{CONDITION}</boundaryEvent><userTask id="v"/>
                start -> u
                b -> v"#
            )
        };
        for model in [boundary(false), handler(false)] {
            let mut run = Run::start(&model);
            for places in ["u v", "u v v"] {
                run.set("x", json!(1));
                assert_eq!(run.places(), places, "{model}");
            }
        }
        for model in [boundary(true), handler(true)] {
            let mut run = Run::start(&model);
            run.set("x", json!(1));
            assert_eq!(run.places(), "v", "{model}");
        }
    }

    #[test]
    fn what_work_changes_is_seen_before_its_token_moves_on() {
        const START: &str = r#"<startEvent id="start"/><userTask id="v"/><userTask id="w"/>"#;
        let event = |attached_to: &str, cancel: bool| {
            format!(
                r#"<boundaryEvent id="b" attachedToRef="{attached_to}" cancelActivity="{cancel}">{CONDITION}</boundaryEvent>"#
            )
        };
        let of_task = |cancel| {
            let event = event("u", cancel);
            format!("{START}<userTask id='u'/>{event}\n start -> u\n u -> w\n b -> v")
        };
        let of_sub_process = |cancel| {
            let event = event("sub", cancel);
            format!(
                "{START}<subProcess id='sub'><userTask id='u'/></subProcess>{event}\n start -> sub\n sub -> w\n b -> v"
            )
        };
        let cases = [
            (of_task(true), "v"),
            (of_task(false), "v w"),
            (of_sub_process(true), "v"),
            (of_sub_process(false), "v w"),
            (handler(true), "v"),
            (handler(false), "v"),
        ];
        for (model, places) in cases {
            let mut run = Run::start(&model);
            run.complete("u", json!({"x": 1}));
            assert_eq!(run.places(), places, "{model}");
        }
    }

    #[test]
    fn only_the_named_variable_counts_and_only_where_it_is_seen() {
        let named = CONDITION.replacen("Definition>", r#"Definition camunda:variableName="y">"#, 1);
        let mut run = Run::start(&format!(
            r#"<startEvent id="start"/><intermediateCatchEvent id="c">{named}</intermediateCatchEvent>
            start -> c"#
        ));
        run.set("x", json!(1));
        assert_eq!(run.places(), "c");
        run.set("y", json!(0));
        assert_eq!(run.places(), "Completed");
    }

    #[test]
    fn a_condition_that_keeps_itself_true_is_stopped() {
        let mut run = Run::start(&format!(
            r#"<startEvent id="start"/><userTask id="u"/><boundaryEvent id="b" attachedToRef="u" cancelActivity="false">{CONDITION}</boundaryEvent>
            <serviceTask id="s" camunda:expression="${{1}}" camunda:resultVariable="x"/>
            start -> u
            b -> s"#
        ));
        run.set("x", json!(1));
        assert!(run.places().contains("!P505"), "{}", run.places());
    }
}
