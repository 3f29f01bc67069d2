//! The end of history: an ended instance is deleted when its process says so, with its journal and its values. In bounded
//! batches; the row that asks for it goes in the last of them, so that a restart only begins again.

use super::Reply;
use super::input::Input;
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::Presence;
use super::view::Missing;
use crate::identity::Timestamp;
use crate::instance::timers;
use crate::limits::{DELETION_DELAY_MIN_MS, DELETION_PUT_OFF_MS};
use crate::site::keys;
use crate::site::placement::InstanceKey;

/// When the history of an instance that ends now is over; `None`: never.
pub(super) fn over_at(time_to_live: Option<&str>, now: Timestamp) -> Option<Timestamp> {
    let (due, _) = timers::begin(tessera_bpmn::compile::TimerKind::Duration, time_to_live?, now)?;
    Some(due.max(now.plus_ms(DELETION_DELAY_MIN_MS)))
}

impl Shard {
    /// Its history is over now.
    pub(super) fn delete_by_command(&mut self, key: InstanceKey, now: Timestamp, draft: &mut Draft) -> Reply {
        match self.instance(key) {
            None => Reply::NotFound,
            Some(instance) if instance.is_running() => {
                let reason = format!("instance {} still runs; cancel it first", instance.id());
                Reply::Refused { reason }
            }
            Some(_) => {
                draft.put(keys::timer_of_deletion(now, key), Vec::new());
                self.due_at(now);
                Reply::Done
            }
        }
    }

    /// Deletes the next part of an ended instance.
    pub(super) fn decide_deletion(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        key: InstanceKey,
        from: Option<&Vec<u8>>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        let journal = keys::journal(key);
        let start = from.cloned().unwrap_or_else(|| keys::after(journal.clone()));
        let in_journal = keys::is_journal(&start);
        let end = tessera_store::prefix_end(&if in_journal { journal } else { keys::values(key) });
        let rows = self.view.walk(&start, &end, context.bounds.rows_per_page)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&start);
        let mut draft = Draft::default();
        let ended = match presence {
            Presence::Here => self.instance(key).is_some_and(|instance| !instance.is_running()),
            Presence::Absent => true,
            Presence::Unreadable(_) => false,
        };
        if !ended {
            self.due_in_hand = self.due_in_hand.saturating_sub(1);
            draft.delete(row.to_vec());
            self.commit(context, draft);
            return Ok(());
        }
        // Senders of its messages are still to be told how it ended.
        if self.instance(key).is_some_and(|instance| instance.effects().next().is_some()) {
            self.due_in_hand = self.due_in_hand.saturating_sub(1);
            let later = context.now.plus_ms(DELETION_PUT_OFF_MS);
            draft.delete(row.to_vec());
            draft.put(keys::timer_of_deletion(later, key), Vec::new());
            self.due_at(later);
            self.commit(context, draft);
            return Ok(());
        }
        for (key, _) in &rows {
            draft.delete(key.clone());
        }
        let next = match rows.last() {
            Some((last, _)) if rows.len() >= context.bounds.rows_per_page => Some(keys::after(last.clone())),
            Some(_) | None if in_journal => Some(keys::after(keys::values(key))),
            Some(_) | None => None,
        };
        if let Some(from) = next {
            let row = row.to_vec();
            self.queue.push_back(Input::DeleteDue { row, instance: key, from: Some(from) });
        } else {
            self.due_in_hand = self.due_in_hand.saturating_sub(1);
            self.residents.drop(key);
            draft.delete(keys::instance(key));
            draft.delete(row.to_vec());
        }
        self.commit(context, draft);
        Ok(())
    }
}
