//! Opening a site: its record and its definitions are read, or founded if the store is new; then its shards recover.
//! Later, new definitions are put on record here.

use std::collections::VecDeque;

use tessera_store::{Batch, Outcome as CommitOutcome, Precondition, prefix_end};

use super::shard::Shard;
use super::{Action, CommitId, Driver, LoadId, Read, Reply, Rows, Ticket};
use crate::entropy::{Entropy, uuid};
use crate::identity::{Incarnation, Timestamp};
use crate::limits::{DEFINITIONS_MAX, RELOAD_DELAY_MS};
use crate::site::keys;
use crate::site::placement::Placement;
use crate::site::records::{Definition, Meta, Stored as _};

/// Stands for the site itself where loads and commits name a shard.
const SITE: u16 = u16::MAX;

/// How far the site is open.
#[derive(Debug, Default)]
pub(super) struct Opening {
    load: Option<LoadId>,
    recording: Option<Recording>,
    retry_at: Option<Timestamp>,
    /// A new site that is not on record yet.
    founding: Option<Meta>,
    meta: Option<Meta>,
    all_recorded: bool,
    /// Changes of definitions that are not on record yet.
    requested: VecDeque<(Ticket, Vec<Definition>)>,
}

#[derive(Debug)]
struct Recording {
    commit: CommitId,
    /// Who waits for it.
    ticket: Option<Ticket>,
    definitions: Vec<Definition>,
}

impl Opening {
    /// Where things live, once that is on record.
    pub(super) fn placement(&self) -> Option<Placement> {
        self.meta.as_ref().map(|meta| Placement::new(meta.shards))
    }

    pub(super) fn incarnation(&self) -> Option<&Incarnation> {
        self.meta.as_ref().map(|meta| &meta.incarnation)
    }

    pub(super) fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at
    }

    /// Definitions are to be recorded in another way than they are.
    pub(super) fn request(&mut self, ticket: Ticket, definitions: Vec<Definition>) {
        self.requested.push_back((ticket, definitions));
    }

    /// The site's incarnation if everything that has to be on record is.
    pub(super) fn settled(&self) -> Option<&Incarnation> {
        self.incarnation().filter(|_| self.all_recorded)
    }
}

impl Driver {
    /// Reads what the site knows about itself.
    pub(super) fn open(&mut self, actions: &mut Vec<Action>) {
        if self.opening.meta.is_some() || self.opening.founding.is_some() || self.opening.load.is_some() {
            return;
        }
        let load = LoadId(self.numbers.draw(SITE));
        self.opening.load = Some(load);
        let definitions = keys::definitions();
        let to = prefix_end(&definitions);
        actions.push(Action::Load {
            load,
            reads: vec![
                Read::Get { key: keys::meta() },
                Read::Range { from: definitions, to, limit: DEFINITIONS_MAX },
            ],
        });
    }

    /// Takes over what the site knows about itself.
    pub(super) fn opened(
        &mut self,
        load: LoadId,
        result: Result<Vec<Rows>, String>,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
    ) {
        if self.opening.load.take_if(|waiting| *waiting == load).is_none() {
            return;
        }
        let answers = match result {
            Ok(answers) => answers,
            Err(reason) => return actions.push(Action::Halt { reason }),
        };
        let mut answers = answers.into_iter();
        let meta = answers.next().and_then(|rows| rows.into_iter().next());
        for (_, value) in answers.next().unwrap_or_default() {
            match Definition::open(&value) {
                Ok(definition) => self.deployments.remember(definition),
                Err(unreadable) => return actions.push(Action::Halt { reason: unreadable.to_string() }),
            }
        }
        match meta.map(|(_, value)| Meta::open(&value)) {
            Some(Ok(meta)) => self.begin(meta),
            Some(Err(unreadable)) => actions.push(Action::Halt { reason: unreadable.to_string() }),
            None => {
                let shards = Placement::new(self.settings.shards).shards();
                let incarnation = Incarnation(uuid(entropy).into());
                self.opening.founding = Some(Meta { shards, incarnation });
            }
        }
    }

    /// Puts on record what is not: a new site, new definitions.
    pub(super) fn keep_records(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let opening = &mut self.opening;
        if opening.recording.is_some() {
            return;
        }
        // A clock that went back must not put it off.
        if opening.retry_at.is_some_and(|at| now < at && at <= now.plus_ms(RELOAD_DELAY_MS)) {
            return;
        }
        if opening.retry_at.take().is_some() && opening.meta.is_none() {
            // Whether the site was founded is not known: look.
            return self.open(actions);
        }
        let (batch, definitions, ticket) = if let Some(meta) = &opening.founding {
            let key = keys::meta();
            (
                Batch::new().put(key.clone(), meta.seal()).require(Precondition::Absent { key }),
                Vec::new(),
                None,
            )
        } else if opening.meta.is_some() {
            let unrecorded = self.deployments.unrecorded(now);
            opening.all_recorded = unrecorded.is_empty();
            let (ticket, definitions) = if unrecorded.is_empty() {
                let Some((ticket, definitions)) = opening.requested.pop_front() else { return };
                (Some(ticket), definitions)
            } else {
                (None, unrecorded)
            };
            let batch = definitions.iter().fold(Batch::new(), |batch, definition| {
                batch.put(keys::definition(&definition.key), definition.seal())
            });
            (batch, definitions, ticket)
        } else {
            return;
        };
        let commit = CommitId(self.numbers.draw(SITE));
        opening.recording = Some(Recording { commit, ticket, definitions });
        self.statistics.commits = self.statistics.commits.saturating_add(1);
        actions.push(Action::Commit { commit, batch });
    }

    /// Hears whether it is on record.
    pub(super) fn recorded(
        &mut self,
        now: Timestamp,
        commit: CommitId,
        outcome: &CommitOutcome,
        actions: &mut Vec<Action>,
    ) {
        let Some(Recording { definitions, ticket, .. }) =
            self.opening.recording.take_if(|recording| recording.commit == commit)
        else {
            return;
        };
        if *outcome != CommitOutcome::Committed {
            self.statistics.failed_commits = self.statistics.failed_commits.saturating_add(1);
            self.opening.founding = None;
            self.opening.retry_at = Some(now.plus_ms(RELOAD_DELAY_MS));
            actions.extend(ticket.map(|ticket| Action::Reply { ticket, reply: Reply::Busy }));
            return;
        }
        actions.extend(ticket.map(|ticket| Action::Reply { ticket, reply: Reply::Done }));
        for definition in definitions {
            self.changed.insert(definition.key.process_id.clone());
            self.deployments.remember(definition);
        }
        if let Some(meta) = self.opening.founding.take() {
            self.begin(meta);
        }
    }

    fn begin(&mut self, meta: Meta) {
        let shards = Placement::new(meta.shards).shards();
        self.shards = (0..shards).map(Shard::new).collect();
        self.opening.meta = Some(meta);
    }
}
