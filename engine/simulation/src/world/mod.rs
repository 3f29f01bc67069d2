//! The world: many sites in one thread, a virtual clock, a heap of what happens next ordered by (time, sequence), and one
//! generator of chance. Everything that a site decides is production code: the driver, the mailbox, what `tessera-exchange`
//! decides between them. Store, transport, plugins, clock and entropy are the simulator's.
//!
//! `engine` and `mailbox` run the two halves of a site, `hands` performs effects, `people` are operators, starters and
//! intruders. A run has two phases: chaos, then healing; see [`World::run`].

#![allow(clippy::unnecessary_wraps, reason = "whatever happens is handled alike: it may show a violation")]

mod clerk;
mod engine;
mod epilogue;
mod hands;
mod intruders;
mod mailbox;
mod people;
mod telling;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tessera_core::driver::{Bounds, Deployment, Event};
use tessera_core::identity::{EffectId, InstanceId, Timestamp};
use tessera_store::Write;

use crate::audit::{Auditor, Checked, Invariant, Violation, violated};
use crate::disk::Disk;
use crate::fault::{Fault, Swarm};
use crate::mark::Mark;
use crate::plan::Plan;
use crate::random::{Random, digest, digest_bytes, mix};
use engine::Engine;
use epilogue::Act;
use mailbox::MailboxProcess;
use people::Conversation;

/// Virtual time at which every world begins: 2026-11-01.
pub const EPOCH_MS: u64 = 1_793_491_200_000;
/// More happenings than any healthy run has: something goes round and round.
const HAPPENINGS_MAX: u64 = 400_000;
/// What is not answered by then counts as lost.
const TIMEOUT_MS: u64 = 30_000;
/// Between two looks of the engine into its mailbox.
const RECONCILE_MS: u64 = 30_000;
/// The same while nothing is expected to happen.
const RECONCILE_ASLEEP_MS: u64 = 60 * 60 * 1_000;

/// One site.
struct Site {
    /// What its clock shows beyond the world's time.
    offset: i64,
    /// What its clock shows, for the mailbox.
    clock: Arc<AtomicU64>,
    engine_disk: Arc<Disk>,
    mailbox_disk: Arc<Disk>,
    engine: Option<Engine>,
    mailbox: Option<MailboxProcess>,
    engine_epoch: u64,
    mailbox_epoch: u64,
    /// Mailbox and engine are two processes: the way between them is as bad as every other.
    split: bool,
    shards: u16,
    /// What it may have under way; some sites are small, so that these bounds are met.
    bounds: Bounds,
    /// What its plugin folder holds.
    definitions: Vec<Deployment>,
    /// Its certificate.
    generation: u64,
    disk_full: bool,
    mailbox_failed: bool,
}

/// Who asks a mailbox, and hears the answer.
#[derive(Debug, Clone, PartialEq)]
enum Caller {
    Effect { site: usize, epoch: u64, effect: EffectId, attempt: u32 },
    Starter { conversation: usize },
    Intruder,
    Rotation { site: usize, generation: u64 },
}

/// What is asked of a mailbox.
#[derive(Debug, Clone)]
enum Ask {
    Create { body: Arc<Value>, once: Option<String> },
    Read { reference: Arc<str> },
    Search { query: String },
    Update { reference: Arc<str>, body: Arc<Value>, version: u64 },
    AllowList { generation: u64 },
}

#[derive(Debug, Clone)]
struct Request {
    to: usize,
    /// The certificate that is presented: whose, of which generation. `None`: the own engine, in the same process or by its
    /// own certificate.
    certificate: Option<(usize, u64)>,
    ask: Ask,
    caller: Caller,
    /// The identity of a message whose sender may send it.
    permits: Option<String>,
}

/// What a mailbox answered.
#[derive(Debug, Clone)]
struct Response {
    status: u16,
    location: Option<String>,
    version: Option<u64>,
    body: Value,
}

/// What can happen.
enum Happening {
    Engine {
        site: usize,
        epoch: u64,
        event: Box<Event>,
    },
    EngineCommit {
        site: usize,
        epoch: u64,
    },
    EngineTick {
        site: usize,
        epoch: u64,
    },
    Perform {
        site: usize,
        epoch: u64,
        effect: EffectId,
    },
    Timeout {
        site: usize,
        epoch: u64,
        effect: EffectId,
        attempt: u32,
    },
    Reconcile {
        site: usize,
        epoch: u64,
    },
    News {
        site: usize,
        epoch: u64,
        task: Box<Value>,
        searched: bool,
    },
    Request(Box<Request>),
    Response {
        caller: Caller,
        response: Box<Response>,
    },
    MailboxCommit {
        site: usize,
        epoch: u64,
    },
    Start {
        conversation: usize,
    },
    Restart {
        site: usize,
    },
    RestartMailbox {
        site: usize,
    },
    Cut {
        from: usize,
        to: usize,
        apart: bool,
    },
    /// What a site asks of another is lost from now on, or not any more; answers arrive.
    Unheard {
        from: usize,
        to: usize,
        unheard: bool,
    },
    DiskFull {
        site: usize,
        full: bool,
    },
    ClockJump {
        site: usize,
        by: i64,
    },
    Operate {
        site: usize,
    },
    Redeploy {
        site: usize,
    },
    Reactivate {
        site: usize,
    },
    Migrate {
        site: usize,
        instance: InstanceId,
    },
    Rotate {
        site: usize,
        generation: u64,
    },
    Intrude,
    Heal,
    Inspect,
}

struct Scheduled {
    at: u64,
    sequence: u64,
    happening: Happening,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.sequence) == (other.at, other.sequence)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was violated first.
    pub violation: Option<Violation>,
    /// Events that drivers and mailboxes handled.
    pub steps: u64,
    /// Virtual milliseconds.
    pub virtual_ms: u64,
    /// Kinds of fault that the seed had.
    pub kinds: usize,
    /// Faults that struck, and how often.
    pub struck: BTreeMap<Fault, u64>,
    /// Rare events that were met.
    pub marks: BTreeSet<Mark>,
    /// Of everything that happened, in order.
    pub trace_hash: u64,
    /// The last things that happened, if something was violated.
    pub history: Vec<String>,
    /// Sites of the network.
    pub sites: usize,
    /// Borders that were crossed: places where a site could die.
    pub borders: u64,
}

/// A network of sites and everything around it.
pub struct World {
    plan: Plan,
    random: Random,
    now: u64,
    heap: BinaryHeap<Reverse<Scheduled>>,
    sequence: u64,
    sites: Vec<Site>,
    cut: BTreeSet<(usize, usize)>,
    unheard: BTreeSet<(usize, usize)>,
    conversations: Vec<Conversation>,
    swarm: Swarm,
    chaos: bool,
    auditor: Auditor,
    steps: u64,
    nonce: u64,
    struck: BTreeMap<Fault, u64>,
    /// Occasions that a fault which has not struck yet lets pass.
    patience: BTreeMap<Fault, u64>,
    trace_hash: u64,
    history: std::collections::VecDeque<String>,
    borders: u64,
    finished: bool,
    /// Cancelled work whose plugin has not answered yet.
    abandoned: BTreeSet<EffectId>,
    rotation: u64,
    /// What is tried when everything has come to its end, the last first.
    epilogue: Vec<Act>,
    /// Nothing is expected to happen for a long time.
    asleep: bool,
}

/// Each bound of some sites is so small that it is met.
fn bounds(random: &mut Random) -> Bounds {
    let mut small = |per_mille: u64, most: usize, usual: usize| {
        if random.happens(per_mille) { 1 + random.index(most) } else { usual }
    };
    let usual = Bounds::default();
    Bounds {
        commits_in_flight: small(500, 3, usual.commits_in_flight),
        effects_in_flight: small(250, 4, usual.effects_in_flight),
        inputs: small(200, 6, usual.inputs),
        timers_per_batch: small(300, 2, usual.timers_per_batch),
        rows_per_page: small(400, 3, usual.rows_per_page),
        residents: small(400, 3, usual.residents),
        remembered_reads: small(200, 3, usual.remembered_reads),
    }
}

impl World {
    /// The world of a plan, before anything has happened.
    pub fn new(plan: Plan) -> Self {
        let mut random = Random::new(plan.seed);
        let swarm = plan.swarm.clone();
        let patience = swarm.patience(&mut random);
        let mut struck = BTreeMap::new();
        let mut auditor = Auditor::new(plan.sites);
        auditor.waiting_is_an_end = plan.waiting_is_an_end;
        for definition in plan.definitions.iter().chain(&plan.successors) {
            if let Some(expectation) = &definition.expectation {
                auditor.expectations.insert(definition.deployment.key.clone(), expectation.clone());
            }
        }
        let sites = (0..plan.sites)
            .map(|index| {
                let skew = swarm.strength(Fault::ClockSkew);
                let offset = if skew > 0 {
                    *struck.entry(Fault::ClockSkew).or_default() += 1;
                    i64::try_from(random.below(skew * 4_000)).unwrap_or(0) - 200_000
                } else {
                    0
                };
                Site {
                    offset,
                    clock: Arc::new(AtomicU64::new(EPOCH_MS)),
                    engine_disk: Arc::default(),
                    mailbox_disk: Arc::new(Disk::with(plan.network.mailbox_image(index))),
                    engine: None,
                    mailbox: None,
                    engine_epoch: 0,
                    mailbox_epoch: 0,
                    split: random.happens(400),
                    shards: if random.happens(500) { 1 } else { 4 },
                    bounds: bounds(&mut random),
                    definitions: plan.deployed_at(index),
                    generation: 0,
                    disk_full: false,
                    mailbox_failed: false,
                }
            })
            .collect();
        let epilogue = if plan.is_drawn { epilogue::draw(&mut random) } else { Vec::new() };
        Self {
            conversations: plan.starts.iter().cloned().map(Conversation::new).collect(),
            swarm,
            random,
            now: EPOCH_MS,
            heap: BinaryHeap::new(),
            sequence: 0,
            sites,
            cut: BTreeSet::new(),
            unheard: BTreeSet::new(),
            chaos: true,
            auditor,
            steps: 0,
            nonce: 0,
            struck,
            patience,
            trace_hash: 0,
            history: std::collections::VecDeque::new(),
            borders: 0,
            finished: false,
            abandoned: BTreeSet::new(),
            rotation: 0,
            epilogue,
            asleep: false,
            plan,
        }
    }

    /// Chaos, then healing, to the end or to the first violation.
    pub fn run(mut self) -> Outcome {
        let violation = self.live().err();
        let history = if violation.is_some() { self.history.into() } else { Vec::new() };
        Outcome {
            violation,
            steps: self.steps,
            virtual_ms: self.now - EPOCH_MS,
            kinds: self.plan.swarm.kinds().count(),
            struck: self.struck,
            marks: self.auditor.marks,
            trace_hash: self.trace_hash,
            history,
            sites: self.sites.len(),
            borders: self.borders,
        }
    }

    fn live(&mut self) -> Checked {
        for site in 0..self.sites.len() {
            self.start_site(site)?;
        }
        self.people_plan();
        let heal = EPOCH_MS + self.plan.chaos_ms;
        self.at(heal, Happening::Heal);
        let mut happened = 0_u64;
        while let Some(Reverse(next)) = self.heap.pop() {
            happened += 1;
            if happened > HAPPENINGS_MAX {
                return Err(violated(Invariant::Liveness, "it goes round and round"));
            }
            self.now = self.now.max(next.at);
            self.happen(next.happening)?;
            self.record_landed()?;
            if self.finished {
                return self.conclude();
            }
        }
        Err(violated(Invariant::Liveness, "nothing happens any more"))
    }

    fn happen(&mut self, happening: Happening) -> Checked {
        let site = happening.site();
        if let Some(site) = site {
            self.borders += 1;
            match self.plan.crashes.get(&self.borders) {
                Some(Fault::EngineCrash) => self.kill_engine(site),
                Some(Fault::MailboxCrash) => self.stop_mailbox(site),
                Some(_) => self.crash(site, Fault::Crash),
                None => self.maybe_crash(site),
            }
        }
        self.note(&happening);
        match happening {
            Happening::Engine { site, epoch, event } => self.engine_event(site, epoch, *event),
            Happening::EngineCommit { site, epoch } => self.engine_commit(site, epoch),
            Happening::EngineTick { site, epoch } => self.engine_tick(site, epoch),
            Happening::Perform { site, epoch, effect } => self.perform(site, epoch, &effect),
            Happening::Timeout { site, epoch, effect, attempt } => {
                self.timed_out(site, epoch, &effect, attempt)
            }
            Happening::Reconcile { site, epoch } => self.reconcile(site, epoch),
            Happening::News { site, epoch, task, searched } => self.news(site, epoch, *task, searched),
            Happening::Request(request) => self.request_arrives(*request),
            Happening::Response { caller, response } => self.hear(caller, &response),
            Happening::MailboxCommit { site, epoch } => self.mailbox_commit(site, epoch),
            Happening::Start { conversation } => self.start_conversation(conversation),
            Happening::Restart { site } => self.start_site(site),
            Happening::RestartMailbox { site } => self.start_mailbox(site),
            Happening::Cut { from, to, apart } => {
                if apart && self.chaos {
                    self.strike(Fault::Cut);
                    self.cut.insert((from, to));
                } else {
                    self.cut.remove(&(from, to));
                }
                Ok(())
            }
            Happening::Unheard { from, to, unheard } => {
                if unheard && self.chaos {
                    self.unheard.insert((from, to));
                } else {
                    self.unheard.remove(&(from, to));
                }
                Ok(())
            }
            Happening::DiskFull { site, full } => {
                self.sites[site].disk_full = full && self.chaos;
                if full && self.chaos {
                    self.strike(Fault::DiskFull);
                }
                Ok(())
            }
            Happening::ClockJump { site, by } => self.clock_jump(site, by),
            Happening::Operate { site } => self.operate(site),
            Happening::Redeploy { site } => self.redeploy(site),
            Happening::Reactivate { site } => self.reactivate(site),
            Happening::Migrate { site, instance } => self.migrate(site, instance),
            Happening::Rotate { site, generation } => self.rotate(site, generation),
            Happening::Intrude => self.intrude(),
            Happening::Heal => self.heal(),
            Happening::Inspect => self.inspect(),
        }
    }

    /// Everything that landed is looked at before anything else happens.
    fn record_landed(&mut self) -> Checked {
        self.auditor.now = self.now - EPOCH_MS;
        for site in 0..self.sites.len() {
            for writes in self.sites[site].mailbox_disk.take_landed() {
                self.trace(&writes);
                self.auditor.mailbox_landed(site, &writes)?;
            }
            for writes in self.sites[site].engine_disk.take_landed() {
                self.trace(&writes);
                self.auditor.engine_landed(site, &writes)?;
            }
        }
        Ok(())
    }

    fn at(&mut self, at: u64, happening: Happening) {
        self.sequence += 1;
        self.heap.push(Reverse(Scheduled { at, sequence: self.sequence, happening }));
    }

    fn after(&mut self, milliseconds: u64, happening: Happening) {
        self.at(self.now + milliseconds, happening);
    }

    fn strike(&mut self, fault: Fault) {
        *self.struck.entry(fault).or_default() += 1;
    }

    fn mark(&mut self, mark: Mark) {
        self.auditor.marks.insert(mark);
    }

    /// Whether a fault strikes now, at most so often in a thousand.
    fn strikes(&mut self, fault: Fault, per_mille_max: u64) -> bool {
        let strength = self.swarm.strength(fault);
        if !self.chaos || strength == 0 {
            return false;
        }
        let mut strikes = self.random.below(100_000) < strength * per_mille_max;
        // What a seed has, it shows: a fault that was rare by chance strikes in the end.
        if !strikes && let Some(patience) = self.patience.get_mut(&fault) {
            strikes = *patience == 0;
            *patience = patience.saturating_sub(1);
        }
        if strikes {
            self.patience.remove(&fault);
            self.strike(fault);
        }
        strikes
    }

    /// What the clock of a site shows.
    fn clock(&mut self, site: usize) -> Timestamp {
        let shown = self.now.saturating_add_signed(self.sites[site].offset);
        self.sites[site].clock.store(shown, Ordering::Relaxed);
        let latest = &mut self.auditor.sites[site].latest;
        *latest = (*latest).max(shown);
        Timestamp(shown)
    }

    /// The world's time when the clock of a site shows this.
    fn world_time(&self, site: usize, shown: Timestamp) -> u64 {
        shown.0.saturating_add_signed(-self.sites[site].offset)
    }

    /// What lands is part of the trace, byte for byte.
    fn trace(&mut self, writes: &[Write]) {
        for write in writes {
            let value = write.value().map_or(0, digest_bytes);
            self.trace_hash =
                mix(self.trace_hash.rotate_left(7) ^ digest_bytes(write.key()) ^ value.rotate_left(1));
        }
    }

    fn note(&mut self, happening: &Happening) {
        let text = self.told(happening);
        self.trace_hash = mix(self.trace_hash.rotate_left(7) ^ digest(&[&text]) ^ (self.now - EPOCH_MS));
        if self.history.len() >= self.plan.history_max {
            self.history.pop_front();
        }
        // What happens all the time says nothing to a reader.
        let routine = matches!(
            happening,
            Happening::Reconcile { .. }
                | Happening::Inspect
                | Happening::EngineTick { .. }
                | Happening::Timeout { .. }
        );
        let routine = routine
            || matches!(happening, Happening::Engine { event, .. } if matches!(**event, Event::Loaded { .. }));
        if self.plan.history_max > 0 && !routine {
            self.history.push_back(format!(
                "{:>6}.{:03} s  {text}",
                (self.now - EPOCH_MS) / 1_000,
                (self.now - EPOCH_MS) % 1_000
            ));
        }
    }
}

impl Happening {
    fn site(&self) -> Option<usize> {
        match self {
            Self::Engine { site, .. }
            | Self::EngineCommit { site, .. }
            | Self::EngineTick { site, .. }
            | Self::Perform { site, .. }
            | Self::Reconcile { site, .. }
            | Self::News { site, .. }
            | Self::MailboxCommit { site, .. } => Some(*site),
            Self::Request(request) => Some(request.to),
            Self::Response { caller: Caller::Effect { site, .. }, .. } => Some(*site),
            Self::Response { .. }
            | Self::Timeout { .. }
            | Self::Start { .. }
            | Self::Restart { .. }
            | Self::RestartMailbox { .. }
            | Self::Cut { .. }
            | Self::Unheard { .. }
            | Self::DiskFull { .. }
            | Self::ClockJump { .. }
            | Self::Operate { .. }
            | Self::Redeploy { .. }
            | Self::Reactivate { .. }
            | Self::Migrate { .. }
            | Self::Rotate { .. }
            | Self::Intrude
            | Self::Heal
            | Self::Inspect => None,
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("World")
            .field("now", &self.now)
            .field("sites", &self.sites.len())
            .finish_non_exhaustive()
    }
}
