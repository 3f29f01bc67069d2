//! Performing effects: handlers, deliveries, answers. What an answer means and what comes next is decided by
//! `tessera-exchange`, as in the node; here is when it happens.

use std::sync::Arc;
use std::time::Duration;

use tessera_core::driver::{Event, Work};
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_exchange::answering::{Goal, Step, Updated, next_step};
use tessera_exchange::backoff::{Attempts, Backoff};
use tessera_exchange::delivery::{Delivery, Heard, Next};

use super::{Ask, Caller, Happening, Request, Response, TIMEOUT_MS, World};
use crate::audit::{Checked, mailbox_identity};
use crate::fault::Fault;
use crate::plugins;

/// Between attempts to deliver.
const BACKOFF: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(1) };
/// From `authoredOn` until a message is given up.
const EXPIRY: Duration = Duration::from_hours(7 * 24);

/// An effect that is being performed.
pub(super) struct Hand {
    work: Work,
    attempt: u32,
    kind: Kind,
}

enum Kind {
    Call,
    Deliver(Delivery),
    Answer { goal: Goal, attempts: Attempts, updating: bool },
}

impl Hand {
    /// What is to be done.
    pub(super) fn work(&self) -> &Work {
        &self.work
    }

    /// How often a delivery was tried; `None` if it is none.
    pub(super) fn deliveries(&self) -> Option<u32> {
        matches!(self.kind, Kind::Deliver(_)).then_some(self.attempt)
    }
}

impl World {
    /// Takes an effect in hand. One that is in hand already is left alone.
    pub(super) fn take_in_hand(&mut self, site: usize, epoch: u64, effect: EffectId, work: Work) {
        let now = self.clock(site);
        let kind = match &work {
            Work::Call { .. } | Work::Build { .. } => Kind::Call,
            Work::Deliver { document, .. } => Kind::Deliver(Delivery::new(document, now, EXPIRY, BACKOFF)),
            Work::Answer { status, business_key, outputs, error, .. } => Kind::Answer {
                goal: Goal {
                    status: *status,
                    business_key: business_key.clone(),
                    outputs: outputs.clone(),
                    error: error.clone(),
                },
                attempts: BACKOFF.attempts(),
                updating: false,
            },
        };
        let Some(engine) = self.engine(site, epoch) else { return };
        if engine.hands.contains_key(&effect) {
            return;
        }
        engine.hands.insert(effect.clone(), Hand { work, attempt: 0, kind });
        // Now and then it has to wait for its turn.
        let delay = if self.random.happens(30) { self.random.below(2_000) } else { self.random.below(3) };
        self.after(delay, Happening::Perform { site, epoch, effect });
    }

    /// Does the next thing for an effect.
    pub(super) fn perform(&mut self, site: usize, epoch: u64, effect: &EffectId) -> Checked {
        let now = self.clock(site);
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let Some(hand) = engine.hands.get_mut(effect) else { return Ok(()) };
        hand.attempt += 1;
        let (attempt, work) = (hand.attempt, hand.work.clone());
        let once = match &hand.kind {
            Kind::Deliver(delivery) => delivery.if_none_exist().map(str::to_owned),
            Kind::Call | Kind::Answer { .. } => None,
        };
        if let Kind::Answer { updating, .. } = &mut hand.kind {
            *updating = false;
        }
        let caller = Caller::Effect { site, epoch, effect: effect.clone(), attempt };
        match work {
            Work::Call { definition, call } => {
                let trap = self.strikes(Fault::PluginTrap, 200);
                let fails = self.strikes(Fault::PluginFails, 300);
                let slow = self.strikes(Fault::PluginSlow, 300);
                let differs = self.strikes(Fault::PluginDiffers, 500);
                self.nonce += 1;
                let away = self.sites[site].mailbox.is_none() && self.random.happens(500);
                let request = plugins::Request {
                    site,
                    effect,
                    definition: &definition,
                    call: &call,
                    network: &self.plan.network,
                    mailbox: self.sites[site].mailbox.as_ref().map(|running| &running.mailbox),
                    nonce: self.nonce,
                    differs,
                };
                let outcome = if trap {
                    plugins::trap()
                } else if away {
                    plugins::mailbox_away()
                } else if fails {
                    plugins::fail()
                } else {
                    self.plan.plugins.call(&request)
                };
                let delay =
                    if slow { self.random.between(1_000, 90_000) } else { self.random.between(1, 50) };
                let event =
                    Box::new(Event::Settled { effect: effect.clone(), outcome: Outcome::Call(outcome) });
                self.after(delay, Happening::Engine { site, epoch, event });
            }
            Work::Build { message, .. } => {
                let outcome = Outcome::Call(plugins::build(&self.plan.network, site, effect, now, &message));
                let event = Box::new(Event::Settled { effect: effect.clone(), outcome });
                self.after(0, Happening::Engine { site, epoch, event });
            }
            Work::Deliver { target, document } => {
                let Some(to) = self.plan.network.site_at(&target.address) else { return Ok(()) };
                let permits = mailbox_identity(&document);
                let own = to == site;
                let certificate = (!own).then_some((site, self.sites[site].generation));
                let ask = Ask::Create { body: document, once };
                self.send(Some(site), Request { to, certificate, ask, caller, permits });
                self.after(TIMEOUT_MS, Happening::Timeout { site, epoch, effect: effect.clone(), attempt });
            }
            Work::Answer { message, .. } => {
                let ask = Ask::Read { reference: message };
                self.send(Some(site), Request { to: site, certificate: None, ask, caller, permits: None });
                self.after(TIMEOUT_MS, Happening::Timeout { site, epoch, effect: effect.clone(), attempt });
            }
        }
        Ok(())
    }

    /// An answer has not come in time.
    pub(super) fn timed_out(&mut self, site: usize, epoch: u64, effect: &EffectId, attempt: u32) -> Checked {
        let response = Response { status: 0, location: None, version: None, body: serde_json::Value::Null };
        self.answered(site, epoch, effect, attempt, &response)
    }

    /// An answer to a request that was made for an effect. Status 0: none came.
    pub(super) fn answered(
        &mut self,
        site: usize,
        epoch: u64,
        effect: &EffectId,
        attempt: u32,
        response: &Response,
    ) -> Checked {
        let now = self.clock(site);
        let random = u8::try_from(self.random.below(256)).unwrap_or(0);
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let Some(hand) = engine.hands.get_mut(effect).filter(|hand| hand.attempt == attempt) else {
            return Ok(());
        };
        let reason = || format!("HTTP {}: {}", response.status, response.body);
        let mut update = None;
        let next = match &mut hand.kind {
            Kind::Call => return Ok(()),
            Kind::Deliver(delivery) => {
                let heard = match response.status {
                    0 => Heard::Nothing { reason: "no answer came".to_owned() },
                    status => Heard::Answer { status, location: response.location.clone(), reason: reason() },
                };
                delivery.heard(heard, now, random)
            }
            Kind::Answer { goal, attempts, updating } => {
                let Work::Answer { message, .. } = &hand.work else { return Ok(()) };
                let again = |attempts: &mut Attempts| Next::Again {
                    wait: attempts.next_wait(random),
                    reason: String::new(),
                };
                if std::mem::take(updating) {
                    match Updated::of(response.status, reason) {
                        Updated::Done | Updated::Conflict => {
                            Next::Again { wait: Duration::ZERO, reason: String::new() }
                        }
                        Updated::Refused(reason) => Next::Settled(Outcome::AnswerRefused { reason }),
                        Updated::Away(_) => again(attempts),
                    }
                } else {
                    let found = match response.status {
                        200 => Some(Some(response.body.clone())),
                        404 | 410 => Some(None),
                        _ => None,
                    };
                    match found.map(|found| next_step(message, found, goal)) {
                        None => again(attempts),
                        Some(Step::Settled(outcome)) => Next::Settled(outcome),
                        Some(Step::Update(body)) => {
                            *updating = true;
                            update = Some((message.clone(), Arc::new(body), response.version.unwrap_or(1)));
                            Next::Again { wait: Duration::ZERO, reason: String::new() }
                        }
                    }
                }
            }
        };
        if let Some((reference, body, version)) = update {
            hand.attempt += 1;
            let attempt = hand.attempt;
            let caller = Caller::Effect { site, epoch, effect: effect.clone(), attempt };
            let ask = Ask::Update { reference, body, version };
            self.send(Some(site), Request { to: site, certificate: None, ask, caller, permits: None });
            self.after(TIMEOUT_MS, Happening::Timeout { site, epoch, effect: effect.clone(), attempt });
            return Ok(());
        }
        match next {
            Next::Settled(outcome) => {
                self.engine_event(site, epoch, Event::Settled { effect: effect.clone(), outcome })
            }
            Next::Again { wait, .. } => {
                // Whatever still comes of this attempt is late.
                hand.attempt += 1;
                let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                self.after(wait, Happening::Perform { site, epoch, effect: effect.clone() });
                Ok(())
            }
        }
    }
}
