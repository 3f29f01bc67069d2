//! What an operator looks at. Nothing here changes anything; long walks are cut into pages, between which the shard
//! decides other things.

use super::input::{Counting, Input, Listing};
use super::message::table_range;
use super::recovery::next_page;
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::Presence;
use super::view::Missing;
use super::{Action, Counts, Filter, Reply, Row, Ticket};
use crate::identity::Timestamp;
use crate::limits::LIST_ROWS_MAX;
use crate::site::describe;
use crate::site::keys::{self, Table};
use crate::site::placement::InstanceKey;
use crate::site::records::{Step, Stored as _, decode_instance, open_instance};

impl Shard {
    pub(super) fn decide_show(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        self.look(context, ticket, key, purpose, |resident, program, now| {
            Reply::Shown(Box::new(describe::shown(&resident.instance, resident.steps, program, now)))
        })
    }

    pub(super) fn decide_explain(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        self.look(context, ticket, key, purpose, |resident, program, now| {
            Reply::Explained(describe::explanation(&resident.instance, program, now))
        })
    }

    /// Replies if the instance has ended; otherwise the step that ends it will.
    pub(super) fn decide_await_end(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let reply = match (presence, self.instance(key)) {
            (Presence::Unreadable(unreadable), _) => Reply::Refused { reason: unreadable.to_string() },
            (Presence::Here, Some(instance)) if instance.is_running() => {
                self.awaiting_end.entry(key).or_default().push(ticket);
                return Ok(());
            }
            (Presence::Here, Some(instance)) => Reply::Ended { state: describe::row(instance).state },
            (Presence::Here | Presence::Absent, _) => Reply::NotFound,
        };
        // The end that was read may rest on a commit that is under way: then the reply waits for it.
        let mut draft = Draft::default();
        draft.reply(Some(ticket), reply);
        self.commit(context, draft);
        Ok(())
    }

    pub(super) fn decide_journal(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        from: u64,
        limit: usize,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let start = keys::journal_step(key, from);
        let end = tessera_store::prefix_end(&keys::journal(key));
        let rows = self.view.walk(&start, &end, limit.min(LIST_ROWS_MAX))?;
        if purpose == Purpose::Decide {
            self.view.walked(&start);
            let steps = rows.iter().zip(from..).filter_map(|((_, value), step)| {
                Step::open(value).ok().map(|recorded| describe::journal_entry(step, &recorded))
            });
            context.actions.push(Action::Reply { ticket, reply: Reply::Journal(steps.collect()) });
        }
        Ok(())
    }

    /// One page of a list; then the next page, or the next shard, or the reply.
    pub(super) fn decide_list(
        &mut self,
        context: &mut Context<'_>,
        listing: &mut Listing,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let (from, to) = table_range(self.index, Table::Instance, listing.from.as_ref());
        let rows = self.view.walk(&from, &to, context.bounds.rows_per_page)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&from);
        let mut last = None;
        for (key, value) in &rows {
            let instance = open_instance(value).and_then(|(_, record)| decode_instance(&record));
            // One that cannot be read has no line here; asked for by its id, it says why.
            if let Ok(instance) = instance {
                let row = describe::row(&instance);
                if admits(&listing.filter, &row) {
                    listing.rows.push(row);
                }
            }
            if listing.rows.len() >= listing.limit {
                last = keys::read_instance(key);
                break;
            }
        }
        if let Some(last) = last {
            let rows = std::mem::take(&mut listing.rows);
            let reply = Reply::List { rows, more_after: Some(last.id()) };
            context.actions.push(Action::Reply { ticket: listing.ticket, reply });
            return Ok(());
        }
        let next = next_page(&rows, context.bounds);
        let shard = match next {
            Some(_) => Some(self.index),
            None => Some(self.index.saturating_add(1)).filter(|shard| *shard < context.placement.shards()),
        };
        let rows = std::mem::take(&mut listing.rows);
        if let Some(shard) = shard {
            let filter = std::mem::take(&mut listing.filter);
            let (ticket, limit) = (listing.ticket, listing.limit);
            let further = Listing { ticket, filter, limit, rows, from: next };
            context.passed_on.push((shard, Input::List(Box::new(further))));
        } else {
            let reply = Reply::List { rows, more_after: None };
            context.actions.push(Action::Reply { ticket: listing.ticket, reply });
        }
        Ok(())
    }

    /// One page of a count; then the next page, the next table, the next shard, or the reply.
    pub(super) fn decide_count(
        &mut self,
        context: &mut Context<'_>,
        counting: &mut Counting,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let (from, to) = table_range(self.index, counting.table.table(), counting.from.as_ref());
        let rows = self.view.walk(&from, &to, context.bounds.rows_per_page)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.view.walked(&from);
        let counter = counting.table.counter(&mut counting.counts);
        *counter = counter.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        let from = next_page(&rows, context.bounds);
        let next_shard = self.index.saturating_add(1);
        let (shard, table) = match (&from, counting.table.next()) {
            (Some(_), _) => (self.index, counting.table),
            (None, Some(table)) => (self.index, table),
            (None, None) => (next_shard, super::input::CountedTable::FIRST),
        };
        let (ticket, counts) = (counting.ticket, counting.counts.clone());
        if shard < context.placement.shards() {
            let further = Counting { ticket, counts, table, from };
            context.passed_on.push((shard, Input::Count(Box::new(further))));
        } else {
            let reply = Reply::Counts(Counts { statistics: *context.statistics, ..counts });
            context.actions.push(Action::Reply { ticket, reply });
        }
        Ok(())
    }

    fn look(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        purpose: Purpose,
        describe: impl FnOnce(
            &super::resident::Resident,
            Option<&tessera_bpmn::compile::Program>,
            Timestamp,
        ) -> Reply,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let reply = match (presence, self.residents.touch(key)) {
            (Presence::Unreadable(unreadable), _) => Reply::Refused { reason: unreadable.to_string() },
            (Presence::Here, Some(resident)) => {
                let program = context.deployments.program(resident.instance.definition());
                describe(resident, program.map(|program| &**program), context.now)
            }
            (Presence::Here | Presence::Absent, _) => Reply::NotFound,
        };
        context.actions.push(Action::Reply { ticket, reply });
        Ok(())
    }
}

fn admits(filter: &Filter, row: &Row) -> bool {
    filter.process_id.as_ref().is_none_or(|process| *process == row.process_id)
        && filter.business_key.as_ref().is_none_or(|key| *key == row.business_key)
        && (filter.states.is_empty() || filter.states.contains(&row.state))
        && (!filter.with_incident || row.incidents > 0)
}
