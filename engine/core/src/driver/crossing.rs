//! What crosses shards travels as durable input: the shard that causes it writes it into the other's table, in the commit
//! of its cause; the other decides and deletes it in one commit. So it happens once, whoever crashes in between.

use std::sync::Arc;

use serde_json::Value;
use tessera_store::prefix_end;

use super::input::Input;
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::{Presence, Standstill, broadcast, crossing};
use super::view::Missing;
use super::{Acceptance, Reply, Ticket};
use crate::entropy::uuid;
use crate::identity::InstanceId;
use crate::instance;
use crate::site::keys;
use crate::site::placement::InstanceKey;
use crate::site::records::{Crossing, Stored as _};

impl Shard {
    /// An operator broadcasts a signal.
    pub(super) fn decide_broadcast(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        name: &Arc<str>,
        variables: &[(Arc<str>, Arc<Value>)],
        purpose: Purpose,
    ) {
        if purpose == Purpose::Decide {
            let mut draft = Draft::default();
            let identity = uuid(context.entropy);
            broadcast(context, &identity, name, variables, None, &mut draft);
            draft.reply(Some(ticket), Reply::Done);
            self.commit(context, draft);
        }
    }

    /// Something was left here by a shard.
    pub(super) fn decide_crossing(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        ticket: Option<Ticket>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let crossing = self.view.get(row)?;
        match crossing.as_deref().map(Crossing::open) {
            Some(Ok(Crossing::Signal { name, variables, told })) => {
                self.decide_signal(context, row, &name, &variables, (told.as_ref(), None), purpose)
            }
            Some(Ok(Crossing::Thrown { name, variables, told, thrower })) => {
                let progress = (told.as_ref(), Some(&thrower));
                self.decide_signal(context, row, &name, &variables, progress, purpose)
            }
            Some(Ok(Crossing::Message { message, instance })) => {
                self.decide_handed(context, row, ticket, &message, &instance, purpose)
            }
            Some(Ok(Crossing::Broadcast { name, variables, started, thrower })) => {
                let progress = (started.as_ref(), thrower);
                self.decide_signal_starts(context, row, &name, variables, progress, purpose);
                Ok(())
            }
            Some(Ok(Crossing::Delivery { instance, wait, name, variables })) => {
                self.decide_delivery(context, row, (&instance, wait), (name, variables), purpose)
            }
            Some(Ok(Crossing::Call(call))) => {
                self.decide_call(context, row, *call, purpose);
                Ok(())
            }
            Some(Ok(Crossing::Release { called, by, call })) => {
                self.decide_release(context, row, &called, &by, call, purpose)
            }
            Some(Ok(Crossing::Return { caller, wait, returned, variables })) => {
                self.decide_return(context, row, &caller, wait, returned, variables, purpose)
            }
            // Decided before. An unreadable one stays where it is.
            Some(Err(_)) | None => {
                if purpose == Purpose::Decide {
                    self.crossings.remove(row);
                    let mut draft = Draft::default();
                    draft.reply(ticket, Reply::Message(Acceptance::AlreadyTaken));
                    self.commit(context, draft);
                }
                Ok(())
            }
        }
    }

    /// Tells the next instance that waits for a signal, all its waits in one step, and notes how far the signal came.
    fn decide_signal(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        name: &Arc<str>,
        variables: &[(Arc<str>, Arc<Value>)],
        (told, thrower): (Option<&InstanceId>, Option<&InstanceId>),
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let prefix = keys::signal_waits(self.index, name);
        let end = prefix_end(&prefix);
        let last = told.and_then(|id| context.placement.of_instance(id)).map(|(_, key)| key);
        let from = match last {
            Some(key) => keys::signal_waits_after(self.index, name, key),
            None => keys::after(prefix),
        };
        let rows = self.view.walk(&from, &end, context.bounds.rows_per_page)?;
        let waits: Vec<_> = rows.iter().filter_map(|(row, _)| keys::read_waiting(row)).collect();
        let next = waits.first().map(|(instance, _)| *instance);
        let presence = match next {
            Some(key) => self.bring(context, key)?,
            None => Presence::Absent,
        };
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&from);
        let mut draft = Draft::default();
        let Some(key) = next else {
            self.done(context, row, draft);
            return Ok(());
        };
        if let (Presence::Here, true) = (presence, thrower != Some(&key.id())) {
            let signals = waits.iter().filter(|(instance, _)| *instance == key);
            let inputs = signals.map(|(_, wait)| instance::Input::Signal {
                wait: *wait,
                name: name.clone(),
                variables: variables.to_vec(),
            });
            match self.step(
                context,
                key,
                inputs.collect(),
                format!("signal {name} was broadcast"),
                &mut draft,
            ) {
                // An instance that cannot move now does not hear it: a signal is not kept.
                Ok(()) | Err(Standstill::NotDeployed { .. } | Standstill::Refused(_)) => {}
                Err(Standstill::TooLarge { .. } | Standstill::Absent) => {}
            }
        }
        let told = Some(key.id());
        let rest = crossing(name.clone(), variables.to_vec(), told, thrower);
        draft.put(row.to_vec(), rest.seal());
        self.commit(context, draft);
        self.queue.push_back(Input::Crossing { row: row.to_vec(), ticket: None });
        Ok(())
    }

    /// The instance that something was left here for, brought into memory; `None` if this shard cannot have it.
    pub(super) fn addressed(
        &mut self,
        context: &Context<'_>,
        id: &InstanceId,
    ) -> Result<Option<(InstanceKey, Presence)>, Missing> {
        match context.placement.of_instance(id) {
            Some((shard, key)) if shard == self.index => Ok(Some((key, self.bring(context, key)?))),
            Some(_) | None => Ok(None),
        }
    }

    /// What was left here is deleted in the commit of its consequence.
    pub(super) fn done(&mut self, context: &mut Context<'_>, row: &[u8], mut draft: Draft) {
        self.crossings.remove(row);
        draft.delete(row.to_vec());
        self.commit(context, draft);
    }
}
