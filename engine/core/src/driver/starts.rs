//! Instances that nobody starts by hand: timers and signals start them. Both live in the shard that a process's id hashes
//! to. What a timer of a process waits for is a record of its newest definition; each due time starts one instance, in the
//! commit that moves the timer on. Due times that passed while the site was down collapse into one. A newer definition's
//! timers take the place of the older one's; a date that has started an instance does not start another.

use std::sync::Arc;

use serde_json::Value;
use tessera_canary::{Canary, is_planted};

use super::Reply;
use super::input::{ConditionalStart, Input};
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::{Standstill, crossing};
use super::view::Missing;
use crate::identity::{DefinitionKey, InstanceId, Timestamp};
use crate::instance::{self, timers};
use crate::site::keys;
use crate::site::placement::Placement;
use crate::site::records::{About, Crossing, StartTimer, StartTimers, Stored as _};

/// A process that a signal has started, and the start event.
type Begun = (Arc<str>, Arc<str>);

impl Shard {
    /// Brings the timers of a process in line with its newest definition.
    pub(super) fn decide_starts(
        &mut self,
        context: &mut Context<'_>,
        process: &Arc<str>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let row = keys::start_timers(self.index, process);
        let stored = self.view.get(&row)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let stored = match stored.as_deref().map(StartTimers::open) {
            Some(Ok(stored)) => Some(stored),
            None => None,
            // It stays as it is until the release that wrote it is back.
            Some(Err(_)) => return Ok(()),
        };
        let mut draft = Draft::default();
        match context.deployments.newest(process) {
            Some(newest) if stored.as_ref().is_some_and(|stored| stored.definition == *newest) => {}
            Some(newest) => {
                let timers = begun(context, newest, stored.as_ref());
                if stored.is_some() || !timers.is_empty() {
                    let next = StartTimers { definition: newest.clone(), timers };
                    self.replace(stored.as_ref(), &next, process, &mut draft);
                }
            }
            // It was taken out of use. One that is merely not deployed now goes on when it is again.
            None if context.deployments.is_deactivated(process) => {
                if let Some(stored) = stored {
                    if let Some(due) = stored.next() {
                        draft.delete(keys::timer_of_start(self.index, due, process));
                    }
                    draft.delete(row);
                }
            }
            None => {}
        }
        self.commit(context, draft);
        Ok(())
    }

    /// The time of a process's timer has come.
    pub(super) fn decide_start_due(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        about: &[u8],
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let stored = self.view.get(about)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.due_in_hand = self.due_in_hand.saturating_sub(1);
        let mut draft = Draft::default();
        let Some(Ok(stored)) = stored.as_deref().map(StartTimers::open) else {
            if stored.is_some() {
                self.held_timers.insert(row.to_vec());
            } else {
                draft.delete(row.to_vec());
                self.commit(context, draft);
            }
            return Ok(());
        };
        let process = stored.definition.process_id.clone();
        if stored.next().is_none_or(|due| keys::timer_of_start(self.index, due, &process) != row) {
            // A row of a time that was moved since.
            draft.delete(row.to_vec());
            self.commit(context, draft);
            return Ok(());
        }
        if context.deployments.newest(&process) != Some(&stored.definition) {
            self.held_timers.insert(row.to_vec());
            self.queue.push_back(Input::Starts { process });
            return Ok(());
        }
        let mut next = stored.clone();
        let due = next.timers.iter_mut().filter(|timer| timer.due.is_some_and(|due| due <= context.now));
        let Some(timer) = due.min_by_key(|timer| timer.due) else { return Ok(()) };
        let following = match (timer.due, &timer.repeat) {
            (Some(due), Some(repeat)) => timers::after(due, repeat, context.now),
            (Some(_) | None, None) | (None, Some(_)) => None,
        };
        let element = timer.element.clone();
        (timer.due, timer.repeat) = match following {
            Some((due, repeat)) => (Some(due), Some(repeat)),
            None => (None, None),
        };
        // What cannot be started by this time will not be by trying it again and again; the next time comes.
        let cause = format!("the timer {element} was due");
        self.start_by_event(context, stored.definition.clone(), element, Vec::new(), cause, &mut draft);
        if !is_planted(Canary::StartedAgain) {
            self.replace(Some(&stored), &next, &process, &mut draft);
        }
        self.commit(context, draft);
        Ok(())
    }

    /// Starts the next instance that a signal starts here; when there is none left, those who wait hear it.
    pub(super) fn decide_signal_starts(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        name: &Arc<str>,
        variables: Vec<(Arc<str>, Arc<Value>)>,
        (started, thrower): (Option<&Begun>, Option<InstanceId>),
        purpose: Purpose,
    ) {
        if purpose == Purpose::Prefetch {
            return;
        }
        let (placement, index) = (context.placement, self.index);
        let is_home = |process: &str| placement.of_text(process) == index;
        let next = context.deployments.started_by_signal(name, is_home, started);
        let mut draft = Draft::default();
        let rest = if let Some((definition, element)) = next {
            let started = Some((definition.process_id.clone(), element.clone()));
            let cause = format!("signal {name} started it");
            self.start_by_event(context, definition, element, variables.clone(), cause, &mut draft);
            Crossing::Broadcast { name: name.clone(), variables, started, thrower }
        } else {
            crossing(name.clone(), variables, None, thrower.as_ref())
        };
        draft.put(row.to_vec(), rest.seal());
        self.commit(context, draft);
        self.queue.push_front(Input::Crossing { row: row.to_vec(), ticket: None });
    }

    /// Conditions of start events are looked at.
    pub(super) fn decide_conditional_starts(
        &mut self,
        context: &mut Context<'_>,
        asked: &ConditionalStart,
        purpose: Purpose,
    ) {
        if purpose == Purpose::Prefetch {
            return;
        }
        let process = asked.process_id.as_deref();
        let starts = context.deployments.started_by_condition(process, &asked.variables);
        let mut draft = Draft::default();
        let mut started = Vec::new();
        for (definition, element) in starts {
            let id = Placement::draw_instance(context.entropy, self.index);
            let business_key = match &asked.business_key {
                Some(key) => key.clone(),
                None => context.placement.draw_business_key(context.entropy, self.index),
            };
            let cause = format!("the condition of {element} held");
            let start = instance::Start {
                definition,
                id: id.clone(),
                business_key,
                at: element,
                before: Vec::new(),
                variables: asked.variables.clone(),
                message: None,
                caller: None,
            };
            if self.start(context, start, cause, &mut draft).is_ok() {
                started.push(id);
            }
        }
        let reply = if started.is_empty() {
            Reply::Refused { reason: "no condition of a start event holds".to_owned() }
        } else {
            Reply::StartedAll(started)
        };
        draft.reply(Some(asked.ticket), reply);
        self.commit(context, draft);
    }

    fn start_by_event(
        &mut self,
        context: &mut Context<'_>,
        definition: DefinitionKey,
        at: Arc<str>,
        variables: Vec<(Arc<str>, Arc<Value>)>,
        cause: String,
        draft: &mut Draft,
    ) {
        let start = instance::Start {
            definition,
            id: Placement::draw_instance(context.entropy, self.index),
            business_key: context.placement.draw_business_key(context.entropy, self.index),
            at,
            before: Vec::new(),
            variables,
            message: None,
            caller: None,
        };
        match self.start(context, start, cause, draft) {
            Ok(()) => {}
            Err(Standstill::NotDeployed { .. } | Standstill::Refused(_)) => {}
            Err(Standstill::TooLarge { .. } | Standstill::Absent) => {}
        }
    }

    fn replace(
        &mut self,
        stored: Option<&StartTimers>,
        next: &StartTimers,
        process: &str,
        draft: &mut Draft,
    ) {
        let record = keys::start_timers(self.index, process);
        if let Some(due) = stored.and_then(StartTimers::next) {
            draft.delete(keys::timer_of_start(self.index, due, process));
        }
        if let Some(due) = next.next() {
            draft.put(keys::timer_of_start(self.index, due, process), About(record.clone()).seal());
            self.due_at(due);
        }
        draft.put(record, next.seal());
    }
}

/// The timers of a definition that begins to be the newest.
fn begun(context: &Context<'_>, newest: &DefinitionKey, before: Option<&StartTimers>) -> Vec<StartTimer> {
    let timers = context.deployments.timers(newest).iter().map(|timer| {
        let (element, text) = (timer.element.clone(), timer.text.clone());
        let mut same = before.into_iter().flat_map(|before| &before.timers);
        let same = same.find(|old| old.element == element && old.text == text);
        match same {
            Some(old) if timer.kind == tessera_bpmn::compile::TimerKind::Date => old.clone(),
            Some(_) | None => {
                let (due, repeat) = first(context.now, timer);
                StartTimer { element, text, due, repeat }
            }
        }
    });
    timers.collect()
}

fn first(
    now: Timestamp,
    timer: &crate::site::deployments::TimerStart,
) -> (Option<Timestamp>, Option<instance::Repeat>) {
    match timers::begin(timer.kind, &timer.text, now) {
        Some((due, repeat)) => (Some(due), repeat),
        None => (None, None),
    }
}
