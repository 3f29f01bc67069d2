//! The engine's half of a site: the production driver, pumped as the node pumps it. Loads are answered at once, commits go
//! through the production committer, and nothing is performed or replied before the driver says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tessera_core::driver::{
    Acceptance, Action, Command, CommitId, Driver, Event, Read, Reply, Rows, Settings, Ticket,
};
use tessera_core::identity::{EffectId, IncidentKey, InstanceId};
use tessera_exchange::inbox::{self, Offer};
use tessera_mailbox::Events;
use tessera_store::{Committer, Outcome as CommitOutcome, Store as _};

use super::epilogue::Act;
use super::hands::Hand;
use super::people::DAY_MS;
use super::{Happening, RECONCILE_ASLEEP_MS, RECONCILE_MS, World};
use crate::audit::{Checked, Invariant, ensure, violated};
use crate::disk::{Disk, Fate};
use crate::fault::Fault;
use crate::mark::Mark;
use crate::polling;
use crate::random::Random;

/// A running engine.
pub(super) struct Engine {
    pub(super) driver: Driver,
    entropy: Random,
    committer: Arc<Committer>,
    done: Arc<Mutex<VecDeque<Event>>>,
    pub(super) hands: BTreeMap<EffectId, Hand>,
    asked: BTreeMap<Ticket, Asked>,
    next_ticket: u64,
    pub(super) ready: bool,
    /// Batches that wait for their commit.
    queued: usize,
    tick_at: Option<u64>,
    pub(super) news: Option<Events>,
    in_flight: BTreeMap<CommitId, u16>,
    /// Messages that came as news to this process.
    heard: BTreeSet<Arc<str>>,
}

/// Why a ticket was drawn.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Message(Arc<str>),
    Cancel(InstanceId),
    Retry {
        instance: InstanceId,
        incident: IncidentKey,
        again: bool,
    },
    /// New instances may not use a process.
    OutOfUse(Arc<str>),
    /// Whether the condition of a process holds, which is started then.
    Condition {
        holds: bool,
    },
    /// A start that must be refused.
    InVain,
    /// The answer is of no interest: what came of it shows.
    Nothing,
}

impl World {
    /// Starts whatever of a site is not running.
    pub(super) fn start_site(&mut self, site: usize) -> Checked {
        self.start_mailbox(site)?;
        if self.sites[site].engine.is_some() {
            return Ok(());
        }
        let now = self.clock(site);
        let overdue = self.auditor.sites[site]
            .instances
            .values()
            .any(|live| live.timer_rows.iter().any(|(_, due)| *due <= now));
        if overdue {
            self.mark(Mark::TimerDueWhileDown);
        }
        let entropy = self.random.fork();
        let of_site = &mut self.sites[site];
        of_site.engine_epoch += 1;
        of_site.engine_disk.reopen();
        let committer = Arc::new(Committer::stepwise(of_site.engine_disk.clone()));
        let usual = Settings::default();
        // A clock that goes days back and forth would make every message that waits meanwhile expire.
        let jumps = self.plan.swarm.strength(Fault::ClockJump) > 0;
        let early_message_ttl_ms = if jumps { 10 * DAY_MS } else { usual.early_message_ttl_ms };
        let (shards, bounds) = (of_site.shards, of_site.bounds);
        let settings = Settings { shards, bounds, early_message_ttl_ms, ..usual };
        of_site.engine = Some(Engine {
            driver: Driver::new(settings),
            entropy,
            committer,
            done: Arc::default(),
            hands: BTreeMap::new(),
            asked: BTreeMap::new(),
            next_ticket: 0,
            ready: false,
            queued: 0,
            tick_at: None,
            news: None,
            in_flight: BTreeMap::new(),
            heard: BTreeSet::new(),
        });
        let epoch = of_site.engine_epoch;
        for deployment in of_site.definitions.clone() {
            self.engine_event(site, epoch, Event::Deploy(deployment))?;
        }
        self.engine_event(site, epoch, Event::Start)
    }

    /// The engine that an epoch names, if it still runs.
    pub(super) fn engine(&mut self, site: usize, epoch: u64) -> Option<&mut Engine> {
        let site = self.sites.get_mut(site)?;
        if site.engine_epoch == epoch { site.engine.as_mut() } else { None }
    }

    /// Hands an event to a driver and does what it says.
    pub(super) fn engine_event(&mut self, site: usize, epoch: u64, event: Event) -> Checked {
        let now = self.clock(site);
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        if let Event::Committed { commit, .. } = &event {
            engine.in_flight.remove(commit);
        }
        let was_late = matches!(&event, Event::Settled { effect, .. } if !engine.hands.contains_key(effect));
        if let Event::Settled { effect, .. } = &event {
            engine.hands.remove(effect);
        }
        let unknown = matches!(&event, Event::Committed { outcome: CommitOutcome::Unknown(_), .. });
        let mut actions = Vec::new();
        let mut entropy = engine.entropy.clone();
        engine.driver.handle(now, event, &mut entropy, &mut actions);
        engine.entropy = entropy;
        self.steps += 1;
        if was_late {
            self.mark(Mark::AnswerAfterCancel);
        }
        if unknown {
            self.mark(Mark::ReloadAfterUnknownCommit);
        }
        for action in actions {
            self.act(site, epoch, action)?;
        }
        self.plan_tick(site, epoch);
        Ok(())
    }

    fn act(&mut self, site: usize, epoch: u64, action: Action) -> Checked {
        match action {
            Action::Load { load, reads } => {
                let unreadable = self.strikes(Fault::ReadFails, 10);
                let disk = self.sites[site].engine_disk.clone();
                let result = if unreadable {
                    Err("the disk does not answer".to_owned())
                } else {
                    reads.iter().map(|read| look_up(&disk, read)).collect()
                };
                let event = Box::new(Event::Loaded { load, result });
                self.after(0, Happening::Engine { site, epoch, event });
            }
            Action::Commit { commit, batch } => {
                let latency = self.commit_latency();
                let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
                let shard = u16::try_from(commit.0 & 0xffff).unwrap_or(0);
                engine.in_flight.insert(commit, shard);
                let under_way = engine.in_flight.values().filter(|other| **other == shard).count();
                let done = engine.done.clone();
                let on_done = move |outcome| {
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push_back(Event::Committed { commit, outcome });
                };
                engine.committer.submit(batch, Box::new(on_done));
                let planned = engine.queued > 0;
                engine.queued += 1;
                let most = self.sites[site].bounds.commits_in_flight;
                ensure(under_way <= most, Invariant::Bounds, || {
                    format!(
                        "site {site} has {under_way} commits of shard {shard} under way, {most} are allowed"
                    )
                })?;
                if !planned {
                    self.after(latency, Happening::EngineCommit { site, epoch });
                }
            }
            Action::Perform { effect, work } => {
                self.auditor.performs(site, &effect, &work)?;
                self.take_in_hand(site, epoch, effect, work);
                let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
                let under_way = engine.hands.len();
                let of_site = &self.sites[site];
                let most = of_site.bounds.effects_in_flight * usize::from(of_site.shards);
                ensure(under_way <= most, Invariant::Bounds, || {
                    format!("site {site} performs {under_way} effects at once, {most} are allowed")
                })?;
            }
            Action::Abandon { effect } => {
                if let Some(engine) = self.engine(site, epoch) {
                    engine.hands.remove(&effect);
                }
                self.abandoned.insert(effect);
            }
            Action::Reply { ticket, reply } => self.replied(site, epoch, ticket, reply)?,
            Action::Ready { .. } => {
                if let Some(engine) = self.engine(site, epoch) {
                    engine.ready = true;
                }
                self.reconcile(site, epoch)?;
            }
            // A store that cannot be read when it is opened stops the program; a supervisor starts it again.
            Action::Halt { .. } if self.chaos && self.swarm.strength(Fault::ReadFails) > 0 => {
                self.stop_engine(site);
                let after = self.random.between(1_000, 20_000);
                self.after(after, Happening::Restart { site });
            }
            Action::Halt { reason } => {
                return Err(violated(Invariant::Sanity, format!("site {site} halts: {reason}")));
            }
        }
        Ok(())
    }

    fn commit_latency(&mut self) -> u64 {
        let slow = self.strikes(Fault::SlowDisk, 100);
        let ordinary = self.random.between(1, 5);
        if slow { self.random.between(500, 20_000) } else { ordinary }
    }

    /// The committer writes what is queued.
    pub(super) fn engine_commit(&mut self, site: usize, epoch: u64) -> Checked {
        if self.engine(site, epoch).is_none() {
            return Ok(());
        }
        if self.strikes(Fault::CommitTorn, 10) {
            // The power went in the middle of it; what is torn is thrown away when the store is opened.
            self.crash(site, Fault::CommitTorn);
            return Ok(());
        }
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let group = std::mem::take(&mut engine.queued);
        let fate = self.fate(site, group);
        let disk = self.sites[site].engine_disk.clone();
        disk.next(fate);
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        engine.committer.step();
        let done = std::mem::take(&mut *engine.done.lock().unwrap_or_else(PoisonError::into_inner));
        for event in done {
            self.after(0, Happening::Engine { site, epoch, event: Box::new(event) });
        }
        if disk.is_broken() {
            // A supervisor sees that the store takes nothing more, and starts the site again.
            let after = self.random.between(2_000, 30_000);
            self.after(after, Happening::Operate { site });
        }
        Ok(())
    }

    pub(super) fn fate(&mut self, site: usize, group: usize) -> Fate {
        if self.sites[site].disk_full {
            return Fate::Full;
        }
        // Where several batches are written at once, one of them is more likely to be what the disk has no room for.
        let full_per_mille = if group > 1 { 80 } else { 20 };
        if self.strikes(Fault::CommitFails, 8) {
            Fate::Fails
        } else if self.strikes(Fault::CommitUnknownLanded, 8) {
            Fate::UnknownLanded
        } else if self.strikes(Fault::CommitUnknownLost, 8) {
            Fate::UnknownLost
        } else if self.strikes(Fault::DiskFull, full_per_mille) {
            Fate::FullForOne(self.random.index(group.max(1)))
        } else {
            Fate::Lands
        }
    }

    pub(super) fn engine_tick(&mut self, site: usize, epoch: u64) -> Checked {
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        engine.tick_at = None;
        self.engine_event(site, epoch, Event::Tick)
    }

    fn plan_tick(&mut self, site: usize, epoch: u64) {
        let Some(due) = self.engine(site, epoch).and_then(|engine| engine.driver.next_wakeup()) else {
            return;
        };
        let at = self.world_time(site, due).max(self.now + 1);
        let Some(engine) = self.engine(site, epoch) else { return };
        if engine.tick_at.is_none_or(|planned| at < planned) {
            engine.tick_at = Some(at);
            self.at(at, Happening::EngineTick { site, epoch });
        }
    }

    /// Asks the engine something.
    pub(super) fn ask_engine(
        &mut self,
        site: usize,
        asked: Asked,
        event: impl FnOnce(Ticket) -> Event,
    ) -> Checked {
        let epoch = self.sites[site].engine_epoch;
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let ticket = Ticket(engine.next_ticket);
        engine.next_ticket += 1;
        engine.asked.insert(ticket, asked);
        self.engine_event(site, epoch, event(ticket))
    }

    fn replied(&mut self, site: usize, epoch: u64, ticket: Ticket, reply: Reply) -> Checked {
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let Some(asked) = engine.asked.remove(&ticket) else {
            return Err(violated(
                Invariant::Sanity,
                format!("site {site} replies twice or to nobody: {reply:?}"),
            ));
        };
        self.record_landed()?;
        match (asked, reply) {
            (Asked::Message(id), Reply::Message(acceptance)) => match acceptance {
                Acceptance::Taken { instance, .. } => {
                    let live = self.auditor.sites[site].instances.get(&instance);
                    let has = live.is_some_and(|live| {
                        live.instance.messages().iter().any(|taken| taken.message.id == id)
                    });
                    ensure(has, Invariant::AcknowledgedIsDurable, || {
                        format!("site {site} says that {instance} took {id}; its disk does not")
                    })?;
                }
                Acceptance::Buffered => self.mark(Mark::MessageBeforeSubscription),
                Acceptance::Rejected { .. } => {
                    let late = self.auditor.sites[site].tasks.known(&id).is_some_and(|task| {
                        self.auditor.sites[site]
                            .instances
                            .values()
                            .any(|live| **live.instance.business_key() == *task.business_key)
                    });
                    if late {
                        self.mark(Mark::ReplyAfterDeadline);
                    }
                }
                Acceptance::AlreadyTaken | Acceptance::Busy => {}
            },
            (Asked::Cancel(instance), Reply::Done) => {
                let ended = self.auditor.sites[site]
                    .instances
                    .get(&instance)
                    .is_some_and(|live| !live.instance.is_running());
                ensure(ended, Invariant::AcknowledgedIsDurable, || {
                    format!("site {site} says that {instance} is cancelled; its disk does not")
                })?;
            }
            (Asked::Retry { instance, incident, again }, Reply::Done) => {
                let open = self.auditor.sites[site]
                    .instances
                    .get(&instance)
                    .is_some_and(|live| live.instance.incident(incident).is_some());
                ensure(!open, Invariant::AcknowledgedIsDurable, || {
                    format!(
                        "site {site} says that incident {} of {instance} is resolved; its disk does not",
                        incident.0
                    )
                })?;
                ensure(!again, Invariant::Effects, || {
                    format!("incident {} of {instance} was resolved twice", incident.0)
                })?;
            }
            (Asked::Retry { again: true, .. }, Reply::Refused { .. }) => {
                self.mark(Mark::IncidentResolvedTwice);
            }
            (Asked::OutOfUse(process), Reply::Done) => self.epilogue.push(Act::StartInVain { site, process }),
            (Asked::Condition { holds }, Reply::StartedAll(started)) => {
                ensure(started.len() == usize::from(holds), Invariant::Oracle, || {
                    format!("site {site} started {} processes whose condition holds: {holds}", started.len())
                })?;
                if holds {
                    self.mark(Mark::StartedByCondition);
                }
            }
            (Asked::InVain, Reply::Started { instance, .. }) => {
                return Err(violated(
                    Invariant::Authorisation,
                    format!("site {site} started {instance} in a process that is out of use"),
                ));
            }
            (Asked::InVain, Reply::Refused { .. }) => self.mark(Mark::OutOfUse),
            // A command whose answer is not heard may have been done; an operator looks and decides again.
            _ => {}
        }
        Ok(())
    }

    /// Binds to the mailbox first, then looks for what is there; again and again.
    pub(super) fn reconcile(&mut self, site: usize, epoch: u64) -> Checked {
        if self.engine(site, epoch).is_none_or(|engine| !engine.ready) {
            return Ok(());
        }
        let next = if self.asleep { RECONCILE_ASLEEP_MS } else { RECONCILE_MS };
        self.after(next, Happening::Reconcile { site, epoch });
        self.do_deeds(site)?;
        let Some(mailbox) = self.sites[site].mailbox.as_ref().map(|running| running.mailbox.clone()) else {
            return Ok(());
        };
        let connects = self.engine(site, epoch).is_some_and(|engine| engine.news.is_none());
        if connects {
            let events = mailbox.subscribe(&mailbox.local_identity(), inbox::REQUESTED).ok();
            if let Some(engine) = self.engine(site, epoch) {
                engine.news = events;
            }
        }
        let mut found = self.search(site, inbox::REQUESTED);
        if connects {
            found.extend(self.search(site, inbox::IN_PROGRESS));
        }
        for task in found {
            let delay = self.link_delay(site);
            self.after(delay, Happening::News { site, epoch, task: Box::new(task), searched: true });
        }
        Ok(())
    }

    /// The engine hears about a Task.
    pub(super) fn news(&mut self, site: usize, epoch: u64, task: Value, searched: bool) -> Checked {
        let Some(engine) = self.engine(site, epoch) else { return Ok(()) };
        let offer = inbox::offer(task)
            .map_err(|error| violated(Invariant::Sanity, format!("a Task is no message: {error}")))?;
        let (message, in_progress) = match offer {
            None => return Ok(()),
            Some(Offer::Requested(message)) => (message, false),
            Some(Offer::InProgress(message)) => (message, true),
        };
        let first = engine.heard.insert(message.id.clone());
        if searched && first && !in_progress {
            self.mark(Mark::FoundByReconciling);
        }
        self.ask_engine(site, Asked::Message(message.id.clone()), |ticket| {
            if in_progress {
                Event::InProgress { ticket, message }
            } else {
                Event::Message { ticket, message }
            }
        })
    }

    /// What the mailbox has told since the last look.
    pub(super) fn listen(&mut self, site: usize) {
        let epoch = self.sites[site].engine_epoch;
        loop {
            let Some(engine) = self.engine(site, epoch) else { return };
            let Some(mut events) = engine.news.take() else { return };
            let mut next = Box::pin(async move {
                let next = events.next().await;
                (events, next)
            }) as polling::Polled<_>;
            // A future that is dropped while it waits loses nothing but the subscription, which is made anew.
            let Some((events, Ok(task))) = polling::poll(&mut next) else {
                let mailbox = self.sites[site].mailbox.as_ref().map(|running| running.mailbox.clone());
                let events = mailbox
                    .and_then(|mailbox| mailbox.subscribe(&mailbox.local_identity(), inbox::REQUESTED).ok());
                if let Some(engine) = self.engine(site, epoch) {
                    engine.news = events;
                }
                return;
            };
            engine.news = Some(events);
            let lost = self.sites[site].split && self.strikes(Fault::Loss, 2);
            if !lost {
                // What was on its way for long may be news of what is over.
                let late = self.sites[site].split && self.strikes(Fault::Delay, 20);
                let delay = if late { self.random.between(1_000, 45_000) } else { self.link_delay(site) };
                self.after(
                    delay,
                    Happening::News {
                        site,
                        epoch,
                        task: Box::new(Arc::unwrap_or_clone(task)),
                        searched: false,
                    },
                );
            }
        }
    }

    /// Between engine and mailbox of one site.
    pub(super) fn link_delay(&mut self, site: usize) -> u64 {
        if self.sites[site].split { self.random.between(1, 20) } else { self.random.below(2) }
    }

    /// Everything in memory is gone.
    pub(super) fn crash(&mut self, site: usize, fault: Fault) {
        self.stop_engine(site);
        self.sites[site].mailbox = None;
        self.sites[site].mailbox_epoch += 1;
        let after = self.random.between(200, 60_000);
        self.after(after, Happening::Restart { site });
        if fault == Fault::Crash {
            self.strike(fault);
        }
    }

    pub(super) fn stop_engine(&mut self, site: usize) {
        let of_site = &mut self.sites[site];
        of_site.engine_epoch += 1;
        let Some(engine) = of_site.engine.take() else { return };
        let mut marks = Vec::new();
        if !engine.ready {
            marks.push(Mark::CrashDuringRecovery);
        }
        for hand in engine.hands.values() {
            match hand.deliveries() {
                Some(0) => marks.push(Mark::CrashBetweenCommitAndSend),
                Some(_) => marks.push(Mark::CrashBetweenSendAndSettle),
                None => {}
            }
        }
        for mark in marks {
            self.mark(mark);
        }
    }

    pub(super) fn kill_engine(&mut self, site: usize) {
        self.stop_engine(site);
        let after = self.random.between(200, 30_000);
        self.after(after, Happening::Restart { site });
    }

    pub(super) fn maybe_crash(&mut self, site: usize) {
        if self.sites[site].engine.is_some() {
            if self.strikes(Fault::Crash, 2) {
                self.crash(site, Fault::CommitTorn);
            } else if self.strikes(Fault::EngineCrash, 2) {
                self.kill_engine(site);
            }
        }
        if self.sites[site].mailbox.is_some() && self.strikes(Fault::MailboxCrash, 2) {
            self.stop_mailbox(site);
        }
    }

    /// What a command does at a site.
    pub(super) fn command(&mut self, site: usize, asked: Asked, command: Command) -> Checked {
        self.ask_engine(site, asked, |ticket| Event::Command { ticket, command })
    }
}

fn look_up(disk: &Disk, read: &Read) -> Result<Rows, String> {
    let rows = match read {
        Read::Get { key } => {
            disk.get(key).map(|value| value.map(|value| (key.clone(), value)).into_iter().collect())
        }
        Read::Range { from, to, limit } => disk.range(from, to, *limit),
    };
    rows.map_err(|error| error.to_string())
}
