//! A suspended instance: nothing moves it until it is resumed. What happens meanwhile is refused, and brought again by the
//! site where it must not be lost; what an operator does, and what only tells others how it stands, is taken.

use super::conditions::News;
use super::fact::Fact;
use super::input::{Input, Refused};
use super::state::Instance;
use super::step::Step;
use super::wait::WaitKind;
use crate::effect::Effect;

/// Refuses what would move a suspended instance.
pub(super) fn admit(instance: &Instance, input: &Input) -> Result<(), Refused> {
    if !instance.is_suspended() {
        return Ok(());
    }
    let moves = match input {
        Input::Start(_)
        | Input::Cancel { .. }
        | Input::Released
        | Input::SetVariables { .. }
        | Input::Migrate(_)
        | Input::Suspend
        | Input::Resume => false,
        Input::Settled { effect, .. } => match instance.effect(*effect).map(|effect| &**effect) {
            Some(Effect::Call { .. } | Effect::Deliver { .. }) => true,
            Some(Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_)) | None => false,
        },
        Input::Message { .. }
        | Input::Delivery { .. }
        | Input::Signal { .. }
        | Input::Timer { .. }
        | Input::Complete { .. }
        | Input::Throw { .. }
        | Input::Returned { .. }
        | Input::RetryIncident { .. }
        | Input::Modify(_) => true,
    };
    if moves { Err(Refused::Suspended) } else { Ok(()) }
}

/// Nothing moves it from now on.
pub(super) fn suspend(step: &mut Step<'_>) -> Result<(), Refused> {
    if step.instance.is_suspended() {
        return Err(Refused::Suspended);
    }
    step.emit(Fact::SuspensionChanged { suspended: true });
    Ok(())
}

/// It moves again. Conditions may have come to hold meanwhile.
pub(super) fn resume(step: &mut Step<'_>) -> Result<(), Refused> {
    if !step.instance.is_suspended() {
        return Err(Refused::NotSuspended);
    }
    step.emit(Fact::SuspensionChanged { suspended: false });
    let waits = step.instance.waits().filter(|(_, wait)| wait.kind == WaitKind::Condition);
    let opened = waits.map(|(key, _)| News::Opened(key)).collect::<Vec<_>>();
    step.news.extend(opened);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::instance::tests::run::Run;

    #[test]
    fn conditions_that_came_to_hold_meanwhile_count_when_it_is_resumed() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><intermediateCatchEvent id="c"><conditionalEventDefinition><condition>${x == 1}</condition></conditionalEventDefinition></intermediateCatchEvent>
            <userTask id="u"/>
            start -> c
            c -> u"#,
        );
        run.input(Input::Suspend).unwrap();
        run.set("x", json!(1));
        assert_eq!(run.places(), "c");
        assert_eq!(run.input(Input::Suspend), Err(Refused::Suspended));
        run.input(Input::Resume).unwrap();
        assert_eq!(run.places(), "u");
        assert_eq!(run.input(Input::Resume), Err(Refused::NotSuspended));
        let wait = run.completion("u");
        run.input(Input::Suspend).unwrap();
        let complete = Input::Complete { wait, variables: Vec::new() };
        assert_eq!(run.input(complete), Err(Refused::Suspended));
        run.input(Input::Cancel { reason: "enough".to_owned() }).unwrap();
        assert_eq!(run.places(), "Cancelled");
    }
}
