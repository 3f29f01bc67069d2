//! Messages by command: an operator, or a program on the site, gives a message to whoever waits for it. Shard after shard is
//! asked who that is; then the one gets it, or all, or it starts what it starts, or it is kept for its conversation for a
//! while. Messages of the mailbox go another way: those are answered.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::input::{Change, Correlating, Input};
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::{Presence, Standstill};
use super::view::Missing;
use super::{Acceptance, Correlation, Reply};
use crate::entropy::uuid;
use crate::identity::{DefinitionKey, InstanceId, WaitKey};
use crate::instance::{self, Instance, WaitKind};
use crate::limits::{CORRELATED_WAITS_MAX, EARLY_MESSAGES_PER_KEY_MAX};
use crate::site::keys;
use crate::site::placement::{InstanceKey, Placement};
use crate::site::records::{About, Crossing, Kept, Stored as _};

/// Variables by name.
type Named = Vec<(Arc<str>, Arc<Value>)>;

/// Who waits, and whether there may be more than were looked at.
struct Waiting {
    found: Vec<(InstanceKey, WaitKey)>,
    too_many: bool,
}

impl Shard {
    /// Adds who waits here; then the next shard is asked, or it is decided.
    pub(super) fn decide_correlation(
        &mut self,
        context: &mut Context<'_>,
        correlating: &mut Correlating,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let Waiting { found, too_many } = self.waiting(context, &correlating.correlation)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let ticket = correlating.ticket;
        if too_many {
            let mut draft = Draft::default();
            let reason = format!(
                "more than {CORRELATED_WAITS_MAX} tokens wait for message {}; say for which business key it is",
                correlating.correlation.name
            );
            draft.reply(Some(ticket), Reply::Refused { reason });
            self.commit(context, draft);
            return Ok(());
        }
        correlating.found.extend(found);
        let next = self.index.saturating_add(1);
        if correlating.correlation.business_key.is_none() && next < context.placement.shards() {
            let correlation = std::mem::take(&mut correlating.correlation);
            let found = std::mem::take(&mut correlating.found);
            let further = Correlating { ticket, correlation, found };
            context.passed_on.push((next, Input::Correlate(Box::new(further))));
            return Ok(());
        }
        self.correlate_by_command(context, correlating);
        Ok(())
    }

    fn correlate_by_command(&mut self, context: &mut Context<'_>, correlating: &mut Correlating) {
        let Correlating { ticket, correlation, found } = correlating;
        let ticket = *ticket;
        let Correlation { name, process_id, variables, .. } = &*correlation;
        let anybody = correlation.keys.is_empty() && correlation.correlation_key.is_none();
        let starts = if anybody {
            context.deployments.started_by_message(name, process_id.as_deref())
        } else {
            Vec::new()
        };
        let mut draft = Draft::default();
        let refused = |reason: String| Reply::Refused { reason };
        let reply = match (found.as_slice(), starts.as_slice()) {
            ([], []) => self.keep(context, correlation, &mut draft),
            (found, starts) if correlation.all => {
                for (instance, wait) in found {
                    let crossing = Crossing::Delivery {
                        instance: instance.id(),
                        wait: *wait,
                        name: name.clone(),
                        variables: variables.clone(),
                    };
                    let row = keys::crossing(instance.shard(), &uuid(context.entropy));
                    draft.put(row.clone(), crossing.seal());
                    draft.after.pass_on.push((instance.shard(), Input::Crossing { row, ticket: None }));
                }
                let mut trouble = None;
                for start in starts {
                    let started = self.start_by_command(context, correlation, start, &mut draft);
                    trouble = started.err().or(trouble);
                }
                trouble.map_or(Reply::Done, refused)
            }
            ([(instance, wait)], _) => {
                let change =
                    Change::Deliver { wait: *wait, name: name.clone(), variables: variables.clone() };
                let input = Input::Change { ticket, instance: *instance, change };
                context.passed_on.push((instance.shard(), input));
                return;
            }
            ([], [start]) => match self.start_by_command(context, correlation, start, &mut draft) {
                Ok((instance, business_key)) => Reply::Started { instance, business_key },
                Err(reason) => refused(reason),
            },
            ([], several) => refused(format!("message {name} starts {} processes; name one", several.len())),
            (several, _) => refused(format!("{} tokens wait for message {name}", several.len())),
        };
        draft.reply(Some(ticket), reply);
        self.commit(context, draft);
    }

    fn start_by_command(
        &mut self,
        context: &mut Context<'_>,
        correlation: &Correlation,
        (definition, element): &(DefinitionKey, Arc<str>),
        draft: &mut Draft,
    ) -> Result<(InstanceId, Arc<str>), String> {
        let id = Placement::draw_instance(context.entropy, self.index);
        let business_key = match &correlation.business_key {
            Some(key) => key.clone(),
            None => context.placement.draw_business_key(context.entropy, self.index),
        };
        let start = instance::Start {
            definition: definition.clone(),
            id: id.clone(),
            business_key: business_key.clone(),
            at: element.clone(),
            before: Vec::new(),
            variables: correlation.variables.clone(),
            message: None,
            caller: None,
        };
        let cause = format!("message {} started it", correlation.name);
        self.start(context, start, cause, draft).map_err(|standstill| standstill.to_string())?;
        Ok((id, business_key))
    }

    /// Nobody waits. With a time to live, the message does.
    fn keep(&mut self, context: &mut Context<'_>, correlation: &Correlation, draft: &mut Draft) -> Reply {
        let name = &correlation.name;
        let nobody = format!("nobody waits for message {name}, and no process starts by it");
        let (business_key, ttl_ms) = match (&correlation.business_key, correlation.ttl_ms) {
            (Some(business_key), Some(ttl_ms)) => (business_key.clone(), ttl_ms),
            (None, Some(_)) => {
                let reason = format!("{nobody}; to keep it, say for which business key it is");
                return Reply::Refused { reason };
            }
            (_, None) => return Reply::Refused { reason: nobody },
        };
        let kept = self.kept.entry(business_key.clone()).or_default();
        if kept.len() >= EARLY_MESSAGES_PER_KEY_MAX {
            let reason =
                format!("{nobody}; {EARLY_MESSAGES_PER_KEY_MAX} messages are kept for {business_key}");
            return Reply::Refused { reason };
        }
        let identity = uuid(context.entropy);
        let expires = context.now.plus_ms(ttl_ms);
        let row = keys::kept_message(self.index, &business_key, context.now, &identity);
        draft.put(keys::timer_of_kept(self.index, expires, &identity), About(row.clone()).seal());
        kept.insert(row.clone());
        let record = Kept {
            identity: identity.into(),
            name: name.clone(),
            process_id: correlation.process_id.clone(),
            business_key,
            correlation_key: correlation.correlation_key.clone(),
            keys: correlation.keys.clone(),
            variables: correlation.variables.clone(),
            expires,
        };
        draft.put(row, record.seal());
        self.due_at(expires);
        Reply::Message(Acceptance::Buffered)
    }

    /// A conversation waits for another message than before: gives it the oldest that was kept and fits.
    pub(super) fn decide_kept(
        &mut self,
        context: &mut Context<'_>,
        business_key: &Arc<str>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let rows = self.view.prefix(&keys::kept(self.index, business_key), EARLY_MESSAGES_PER_KEY_MAX)?;
        let mut taken = None;
        for (row, value) in rows {
            let Ok(kept) = Kept::open(&value) else { continue };
            let wanted = Correlation {
                name: kept.name.clone(),
                process_id: kept.process_id.clone(),
                business_key: Some(kept.business_key.clone()),
                correlation_key: kept.correlation_key.clone(),
                keys: kept.keys.clone(),
                ..Correlation::default()
            };
            if let Some(taker) = self.waiting(context, &wanted)?.found.first() {
                taken = Some((row, kept, *taker));
                break;
            }
        }
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let Some((row, kept, (key, wait))) = taken else { return Ok(()) };
        let input = instance::Input::Delivery { wait, name: kept.name.clone(), variables: kept.variables };
        let cause = format!("message {}, which was kept, was delivered", kept.name);
        let mut draft = Draft::default();
        if self.step(context, key, vec![input], cause, &mut draft).is_ok() {
            draft.delete(row.clone());
            draft.delete(keys::timer_of_kept(self.index, kept.expires, &kept.identity));
            self.forget_kept(&row);
            if self.kept.contains_key(business_key) {
                self.queue.push_front(Input::Kept { business_key: business_key.clone() });
            }
            self.commit(context, draft);
        }
        Ok(())
    }

    /// A kept message was delivered, or has expired.
    pub(super) fn forget_kept(&mut self, row: &[u8]) {
        self.kept.retain(|_, rows| {
            rows.remove(row);
            !rows.is_empty()
        });
    }

    /// Another shard has found somebody here who waits for a message by command.
    pub(super) fn decide_delivery(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        (id, wait): (&InstanceId, WaitKey),
        (name, variables): (Arc<str>, Named),
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let key =
            context.placement.of_instance(id).map(|(_, key)| key).filter(|key| key.shard() == self.index);
        let presence = match key {
            Some(key) => self.bring(context, key)?,
            None => Presence::Absent,
        };
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        if let (Some(key), Presence::Here) = (key, presence) {
            let cause = format!("message {name} was delivered by command");
            let input = instance::Input::Delivery { wait, name, variables };
            match self.step(context, key, vec![input], cause, &mut draft) {
                // It has moved in the meantime.
                Ok(()) | Err(Standstill::Refused(_) | Standstill::Absent | Standstill::TooLarge { .. }) => {}
                Err(Standstill::NotDeployed { .. }) => {
                    self.hold(row);
                    return Ok(());
                }
            }
        }
        self.done(context, row, draft);
        Ok(())
    }

    /// Who waits here for such a message.
    fn waiting(&mut self, context: &Context<'_>, wanted: &Correlation) -> Result<Waiting, Missing> {
        let processes = match &wanted.process_id {
            Some(process) => BTreeSet::from([process.clone()]),
            None => context.deployments.processes(),
        };
        let limit = CORRELATED_WAITS_MAX.saturating_add(1);
        let pages: Vec<_> = processes
            .iter()
            .map(|process| {
                let prefix = match &wanted.business_key {
                    Some(key) => keys::message_waits(self.index, process, &wanted.name, key),
                    None => keys::message_waits_named(self.index, process, &wanted.name),
                };
                self.view.prefix(&prefix, limit)
            })
            .collect();
        let mut rows = Vec::new();
        let mut too_many = false;
        for page in pages {
            let page = page?;
            too_many |= page.len() > CORRELATED_WAITS_MAX;
            rows.extend(page.iter().filter_map(|(row, _)| keys::read_waiting(row)));
        }
        let mut found = Vec::new();
        if too_many {
            return Ok(Waiting { found, too_many });
        }
        let presences: Vec<_> = rows.iter().map(|(key, _)| self.bring(context, *key)).collect();
        for ((key, wait), presence) in rows.into_iter().zip(presences) {
            if let Presence::Here = presence?
                && self.instance(key).is_some_and(|instance| fits(instance, wait, wanted))
            {
                found.push((key, wait));
            }
        }
        Ok(Waiting { found, too_many })
    }
}

fn fits(instance: &Instance, wait: WaitKey, wanted: &Correlation) -> bool {
    let key_fits = match instance.wait(wait).map(|wait| &wait.kind) {
        Some(WaitKind::Message { correlation_key, .. }) => {
            correlation_key.is_none()
                || wanted.correlation_key.is_none()
                || *correlation_key == wanted.correlation_key
        }
        _ => false,
    };
    let has = |(name, value): &(Arc<str>, Arc<Value>)| instance.variable(name) == Some(value);
    key_fits && !instance.is_suspended() && wanted.keys.iter().all(has)
}
