//! What a shard finds out when it starts, or starts again: page by page, without a look at what is merely parked.

use std::collections::BTreeSet;

use tessera_canary::{Canary, is_planted};

use super::input::{Input, Recovery, Then};
use super::message::table_range;
use super::shard::{Context, Draft, Performed, Purpose, Shard};
use super::view::Missing;
use super::{Bounds, Rows};
use crate::site::keys::{self, Table};
use crate::site::records::{Early, Head, Inbox, Kept, Rejection, Stored as _};

impl Shard {
    /// Takes the next step of recovery and puts the one after it in front of everything else.
    pub(super) fn decide_recovery(
        &mut self,
        context: &mut Context<'_>,
        recovery: &Recovery,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        match recovery {
            Recovery::Head => {
                let head = self.view.get(&keys::head(self.index))?;
                if purpose == Purpose::Decide {
                    // An unreadable head only means that numbers begin anew: they need to differ from those in flight.
                    let stored = head.as_deref().and_then(|bytes| Head::open(bytes).ok());
                    self.head = self.head.max(stored.map_or(0, |head| head.0));
                    self.queue.push_front(Input::Recover(Recovery::Early { from: None }));
                }
            }
            Recovery::Early { from } => {
                if let Some((rows, more)) = self.page(context, Table::Early, from.as_ref(), purpose)? {
                    for (_, value) in rows {
                        if let Ok(early) = Early::open(&value) {
                            let kept = self.early.entry(early.business_key).or_default();
                            *kept = kept.saturating_add(1);
                        }
                    }
                    self.go_on(match more {
                        Some(from) => Recovery::Early { from: Some(from) },
                        None => Recovery::Kept { from: None },
                    });
                }
            }
            Recovery::Kept { from } => {
                if let Some((rows, more)) = self.page(context, Table::Kept, from.as_ref(), purpose)? {
                    for (row, value) in rows {
                        if let Ok(kept) = Kept::open(&value) {
                            self.kept.entry(kept.business_key).or_default().insert(row);
                        }
                    }
                    self.go_on(match more {
                        Some(from) => Recovery::Kept { from: Some(from) },
                        None => Recovery::Outbox { from: None, then: Then::GoOn },
                    });
                }
            }
            Recovery::Outbox { from, then } => self.walk_outbox(context, from.as_ref(), *then, purpose)?,
            Recovery::Rejections { from, then } => {
                self.walk_rejections(context, from.as_ref(), *then, purpose)?;
            }
            Recovery::Crossings { from, then } => {
                if let Some((rows, more)) = self.page(context, Table::Crossing, from.as_ref(), purpose)? {
                    for (row, _) in rows {
                        if self.crossings.insert(row.clone()) {
                            self.queue.push_back(Input::Crossing { row, ticket: None });
                        }
                    }
                    match (more, then) {
                        (Some(from), _) => {
                            self.go_on(Recovery::Crossings { from: Some(from), then: *then });
                        }
                        (None, Then::GoOn) => self.go_on(Recovery::Done),
                        (None, Then::Stop) => {}
                    }
                }
            }
            Recovery::Done => {
                if purpose == Purpose::Decide {
                    self.recovered = true;
                    if std::mem::take(&mut self.failed) {
                        // A commit whose fate was not known may have left something to others.
                        for shard in (0..context.placement.shards()).filter(|shard| *shard != self.index) {
                            let walk = Recovery::Crossings { from: None, then: Then::Stop };
                            context.passed_on.push((shard, Input::Recover(walk)));
                        }
                    }
                    // Conversations that changed while the shard was down.
                    let waiting: Vec<_> = self.early.keys().cloned().collect();
                    self.queue.extend(waiting.into_iter().map(|business_key| Input::Early { business_key }));
                    self.due_at(context.now);
                    let processes = context.deployments.processes().into_iter();
                    let (placement, index) = (context.placement, self.index);
                    let here = processes.filter(|process| placement.of_text(process) == index);
                    self.queue.extend(here.map(|process| Input::Starts { process }));
                }
            }
        }
        Ok(())
    }

    fn walk_outbox(
        &mut self,
        context: &Context<'_>,
        from: Option<&Vec<u8>>,
        then: Then,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let Some((mut rows, more)) = self.page(context, Table::Outbox, from, purpose)? else { return Ok(()) };
        if is_planted(Canary::LoseOutbox) {
            rows.clear();
        }
        let mut resumed = BTreeSet::new();
        // With no room left, the walk begins again when something is settled. That is the only reason to walk again: rows
        // whose effects cannot be performed now, because a commit is under way or a definition is gone, would be found
        // for ever.
        let full = self.effects_in_hand() >= context.bounds.effects_in_flight;
        self.outbox_behind |= full;
        for (row, _) in rows.iter().filter(|_| !full) {
            if let Some((instance, sequence)) = keys::read_outbox(row)
                && !self.performing.contains(&Performed::Instance(instance, sequence))
            {
                resumed.insert(instance);
            }
        }
        self.go_on(match more.filter(|_| !full) {
            Some(from) => Recovery::Outbox { from: Some(from), then },
            None => Recovery::Rejections { from: None, then },
        });
        for instance in resumed.into_iter().rev() {
            self.queue.push_front(Input::Resume { instance });
        }
        Ok(())
    }

    fn walk_rejections(
        &mut self,
        context: &mut Context<'_>,
        from: Option<&Vec<u8>>,
        then: Then,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let (start, to) = table_range(self.index, Table::Rejection, from);
        let rows = self.view.walk(&start, &to, context.bounds.rows_per_page)?;
        let rejected: Vec<_> = rows.iter().filter_map(|(_, value)| Rejection::open(value).ok()).collect();
        let entries: Vec<_> = rejected
            .iter()
            .map(|rejection| self.view.get(&keys::inbox(self.index, &rejection.message)))
            .collect();
        let entries = entries.into_iter().collect::<Result<Vec<_>, _>>()?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&start);
        let mut draft = Draft::default();
        for (rejection, entry) in rejected.iter().zip(entries) {
            if let Some(Ok(entry)) = entry.as_deref().map(Inbox::open) {
                self.perform_own_answer(context, &rejection.message, &entry, &mut draft);
            }
        }
        self.commit(context, draft);
        match (next_page(&rows, context.bounds), then) {
            (Some(from), _) => self.go_on(Recovery::Rejections { from: Some(from), then }),
            (None, Then::GoOn) => self.go_on(Recovery::Crossings { from: None, then }),
            (None, Then::Stop) => self.outbox_walking = false,
        }
        Ok(())
    }

    /// One page of a table and where the next begins; `None` if only its reads were wanted.
    fn page(
        &mut self,
        context: &Context<'_>,
        table: Table,
        from: Option<&Vec<u8>>,
        purpose: Purpose,
    ) -> Result<Option<Page>, Missing> {
        let (from, to) = table_range(self.index, table, from);
        let rows = self.view.walk(&from, &to, context.bounds.rows_per_page)?;
        if purpose == Purpose::Prefetch {
            return Ok(None);
        }
        self.view.walked(&from);
        let more = next_page(&rows, context.bounds);
        Ok(Some((rows, more)))
    }

    fn go_on(&mut self, next: Recovery) {
        self.queue.push_front(Input::Recover(next));
    }
}

/// Rows, and where the next page begins.
type Page = (Rows, Option<Vec<u8>>);

/// Where the page after this one begins, if there may be one.
pub(super) fn next_page(rows: &Rows, bounds: Bounds) -> Option<Vec<u8>> {
    if rows.len() < bounds.rows_per_page || is_planted(Canary::SecondPageLost) {
        return None;
    }
    rows.last().map(|(key, _)| keys::after(key.clone()))
}
