//! What is due: found in bounded batches, decided one by one, each once. A row is deleted by the commit of its
//! consequence, so a clock that goes back finds nothing to fire again.

use std::collections::BTreeMap;

use super::Rows;
use super::input::Input;
use super::message::table_range;
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::{Presence, Standstill};
use super::view::Missing;
use crate::identity::{Timestamp, WaitKey};
use crate::instance::{self, Refused};
use crate::site::keys::{self, Due, Table};
use crate::site::placement::InstanceKey;
use crate::site::records::{About, Inbox, Stored as _};

impl Shard {
    /// Looks for what is due.
    pub(super) fn decide_timers(
        &mut self,
        context: &mut Context<'_>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let (from, to) = table_range(self.index, Table::Timer, None);
        let limit = context.bounds.timers_per_batch.saturating_add(self.held_timers.len());
        let rows = self.view.walk(&from, &to, limit)?;
        let answered = self.answered_until(&rows, context.now)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&from);
        let full = rows.len() >= limit;
        let mut forgotten = Draft::default();
        let mut in_hand = 0_usize;
        // After a full page there may be more that is due.
        let mut next_due = full.then_some(context.now);
        for (row, value) in rows {
            if self.held_timers.contains(&row) {
                continue;
            }
            let Some((due, what)) = keys::read_timer(&row) else {
                self.held_timers.insert(row);
                continue;
            };
            if due > context.now {
                next_due = Some(due);
                break;
            }
            match (what, About::open(&value)) {
                (Due::Wait { instance, wait }, _) => {
                    in_hand = in_hand.saturating_add(1);
                    self.queue.push_back(Input::WaitDue { row, instance, wait });
                }
                (Due::Early, Ok(About(early))) => {
                    in_hand = in_hand.saturating_add(1);
                    self.queue.push_back(Input::EarlyDue { row, early });
                }
                (Due::Forget, Ok(About(entry))) => {
                    // If it came again later, another row says until when it is kept.
                    if answered.get(&entry).is_some_and(|until| *until <= due) {
                        forgotten.delete(entry);
                    }
                    forgotten.delete(row);
                }
                (Due::Start, Ok(About(about))) => {
                    in_hand = in_hand.saturating_add(1);
                    self.queue.push_back(Input::StartDue { row, about });
                }
                (Due::Kept, Ok(About(kept))) => {
                    forgotten.delete(kept.clone());
                    forgotten.delete(row);
                    self.forget_kept(&kept);
                }
                (Due::Delete { instance }, _) => {
                    in_hand = in_hand.saturating_add(1);
                    self.queue.push_back(Input::DeleteDue { row, instance, from: None });
                }
                (Due::Continue { .. }, _) if !context.continues_by_itself => {
                    self.held_timers.insert(row);
                }
                (Due::Continue { instance, wait }, _) => {
                    in_hand = in_hand.saturating_add(1);
                    self.queue.push_back(Input::WaitDue { row, instance, wait });
                }
                (Due::Early | Due::Forget | Due::Start | Due::Kept, Err(_)) => {
                    self.held_timers.insert(row);
                }
            }
        }
        self.due_in_hand = in_hand;
        self.next_due = next_due;
        self.commit(context, forgotten);
        Ok(())
    }

    /// Until when the messages that may be forgotten now are remembered, by their entries. Those that are to be answered
    /// again are not among them.
    fn answered_until(
        &mut self,
        rows: &Rows,
        now: Timestamp,
    ) -> Result<BTreeMap<Vec<u8>, Timestamp>, Missing> {
        let due = rows.iter().filter_map(|(row, value)| match keys::read_timer(row) {
            Some((due, Due::Forget)) if due <= now => About::open(value).ok(),
            Some(_) | None => None,
        });
        let read: Vec<_> =
            due.map(|About(entry)| self.view.get(&entry).map(|value| (entry, value))).collect();
        let mut answered = BTreeMap::new();
        for read in read {
            let (entry, value) = read?;
            let until = match value.as_deref().map(Inbox::open) {
                Some(Ok(Inbox::Answered { until, .. })) => until,
                Some(Ok(Inbox::Ended)) | None => Timestamp(0),
                Some(Ok(_) | Err(_)) => continue,
            };
            answered.insert(entry, until);
        }
        Ok(answered)
    }

    /// The time of a wait has come.
    pub(super) fn decide_wait_due(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        key: InstanceKey,
        wait: WaitKey,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.due_in_hand = self.due_in_hand.saturating_sub(1);
        let mut draft = Draft::default();
        let stepped = match presence {
            Presence::Here => {
                let input = instance::Input::Timer { wait };
                self.step(context, key, vec![input], "a timer was due".to_owned(), &mut draft)
            }
            Presence::Absent => Err(Standstill::Absent),
            // It stands still until it is restored.
            Presence::Unreadable(_) => {
                self.held_timers.insert(row.to_vec());
                return Ok(());
            }
        };
        match stepped {
            Ok(()) => {}
            Err(Standstill::Refused(Refused::NotDue { due, .. })) => self.due_at(due),
            Err(
                Standstill::NotDeployed { .. }
                | Standstill::TooLarge { .. }
                | Standstill::Refused(Refused::Suspended),
            ) => {
                self.held_timers.insert(row.to_vec());
            }
            // The wait was closed since the row was read, or the row is a stray: either way it is of no use.
            Err(Standstill::Refused(_) | Standstill::Absent) => draft.delete(row.to_vec()),
        }
        self.commit(context, draft);
        Ok(())
    }
}
