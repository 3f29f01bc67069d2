//! Who gets a message, where several wait, and which message is taken, where several are kept.

use std::collections::BTreeMap;

use tessera_core::identity::InstanceId;
use tessera_core::instance::{Fact, WaitKind};
use tessera_core::message::Message;
use tessera_core::site::inspect::Kept;

use super::{Checked, Invariant, Site, ensure};

/// Messages that a site keeps for whoever will wait for them, by the keys of their rows.
pub(super) type Early = BTreeMap<Vec<u8>, Kept>;

impl Site {
    /// Looks at the messages of a step before it is folded.
    pub(super) fn may_take(&self, id: &InstanceId, facts: &[Fact]) -> Checked {
        let taken = |fact: &Fact| {
            let Fact::MessageTaken { message, started: false, .. } = fact else { return None };
            Some(message.clone())
        };
        let mut taken = facts.iter().filter_map(taken);
        let (Some(message), None) = (taken.next(), taken.next()) else { return Ok(()) };
        let waiting = self.waiting_for(id, &message);
        ensure(waiting < 2, Invariant::OneCorrelation, || {
            format!("{id} took {} {}, for which {waiting} wait", message.name, message.id)
        })?;
        let older = self.older_than(&message);
        ensure(older.is_none(), Invariant::OneCorrelation, || {
            let older = older.map_or("", |kept| &*kept.message);
            format!("{id} took {} {}, although {older} came before it", message.name, message.id)
        })
    }

    /// How many wait for what a message brings: for its correlation key, or else for any.
    fn waiting_for(&self, id: &InstanceId, message: &Message) -> usize {
        let (mut exactly, mut any) = (0, 0);
        for (other, live) in &self.instances {
            let instance = &live.instance;
            // By another key than the conversation's it reaches the instance that has that key.
            let is_reached = match &message.business_key {
                Some(key) if key == instance.business_key() => true,
                Some(_) | None => other == id,
            };
            if !is_reached || !instance.is_running() || instance.definition().process_id != message.process_id
            {
                continue;
            }
            for (_, wait) in instance.waits() {
                let WaitKind::Message { name, correlation_key } = &wait.kind else { continue };
                if *name == message.name {
                    exactly += usize::from(*correlation_key == message.correlation_key);
                    any += usize::from(correlation_key.is_none());
                }
            }
        }
        if exactly > 0 { exactly } else { any }
    }

    /// One that was kept before and is for the same, whoever that is.
    fn older_than(&self, message: &Message) -> Option<&Kept> {
        let is_same = |kept: &&Kept| {
            kept.process_id == message.process_id
                && kept.name == message.name
                && Some(&kept.business_key) == message.business_key.as_ref()
                && kept.correlation_key == message.correlation_key
        };
        let own = self.early.values().find(|kept| kept.message == message.id);
        self.early
            .values()
            .filter(is_same)
            .find(|kept| kept.message != message.id && own.is_none_or(|own| kept.expires < own.expires))
    }
}
