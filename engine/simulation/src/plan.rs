//! What a seed means: the collaboration, its sites and conversations, the faults and how long they last. A plan can be
//! made smaller without changing what is left of it; that is how a failing history is shrunk.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::driver::Deployment;

use crate::audit::{Expectation, Seen};
use crate::block::{Block, Generator, Id};
use crate::fault::{Fault, Swarm};
use crate::model;
use crate::network::{Network, PROCESSES_MAX, SITES_MAX};
use crate::plugins::Plugins;
use crate::random::Random;
use crate::scene;
use crate::scripted::Scripted;

/// After healing, a built-in collaboration must have come to its end within this.
pub const LIVENESS_MS: u64 = 6 * 60 * 60 * 1_000;

/// So many seeds of a thousand have a process that a timer starts.
const TIMED_PER_MILLE: u64 = 200;
/// So many seeds of a thousand have a process that a condition starts.
const CONDITIONAL_PER_MILLE: u64 = 100;
/// How often the timer starts it.
const TIMED_TIMES: u32 = 3;
/// The time between.
const TIMED_INTERVAL_MS: u64 = 180_000;

/// Where the processes of a collaboration run, and who asks whom.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    /// The site of each process.
    pub sites: Vec<usize>,
    /// The process that asks each process; the first is asked by nobody.
    pub askers: Vec<usize>,
}

/// What may be taken away from a seed's plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// At most so many conversations.
    pub conversations: Option<usize>,
    /// At most so many sites: processes of the others move to those that are left.
    pub sites: Option<usize>,
    /// Only these faults.
    pub faults: Option<Vec<Fault>>,
    /// Chaos for at most so long.
    pub chaos_ms: Option<u64>,
    /// At most so many processes: the others are not asked.
    pub processes: Option<usize>,
}

/// A process as it is deployed, and what is expected of it.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Where.
    pub site: usize,
    /// What messages name it by.
    pub canonical: String,
    /// What is deployed.
    pub deployment: Deployment,
    /// What its instances do, if that is known.
    pub expectation: Option<Expectation>,
}

/// Somebody starts a conversation by a message to the own organisation.
#[derive(Debug, Clone)]
pub struct Start {
    /// Where.
    pub site: usize,
    /// `process/@id`.
    pub process: String,
    /// What messages name it by.
    pub canonical: String,
    /// Message name.
    pub message: String,
    /// Profile of its Task.
    pub profile: String,
    /// The conversation's key.
    pub business_key: String,
    /// Inputs after the envelope, as FHIR JSON.
    pub inputs: Vec<Value>,
    /// When, in virtual milliseconds; drawn if absent.
    pub at_ms: Option<u64>,
}

/// What is lost on a way that leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Everything, the answers to what comes the other way included.
    Everything,
    /// What is asked; the answers to what comes the other way arrive.
    Messages,
}

/// For a while something does not come from one site to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// From where.
    pub from: usize,
    /// To where.
    pub to: usize,
    /// When it begins, in virtual milliseconds.
    pub at_ms: u64,
    /// How long it lasts.
    pub lasts_ms: u64,
    /// What is lost.
    pub of: Lost,
}

/// Says what is wrong with an end, if anything is.
pub type Judge = dyn Fn(&Seen<'_>) -> Result<(), String> + Send + Sync;

/// Judges how everything ended.
#[derive(Clone)]
pub struct Verdict(pub Arc<Judge>);

impl fmt::Debug for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Verdict")
    }
}

/// Where the plan of each seed comes from.
pub type Source<'a> = &'a (dyn Fn(u64, &Limits) -> Result<Plan, String> + Sync);

/// Everything that a world begins with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of everything that is not decided here.
    pub seed: u64,
    /// Sites of the network.
    pub sites: usize,
    /// Who takes part.
    pub network: Arc<Network>,
    /// Who does the work of handlers.
    pub plugins: Arc<dyn Plugins>,
    /// The processes.
    pub definitions: Vec<Definition>,
    /// Their next versions, which replace them while instances run.
    pub successors: Vec<Definition>,
    /// The conversations.
    pub starts: Vec<Start>,
    /// Whether an instance that only waits for messages has come to its end.
    pub waiting_is_an_end: bool,
    /// What is said about the end, beyond what must hold in any case.
    pub verdict: Option<Verdict>,
    /// Whether it has a shape that can be made smaller: fewer sites, fewer processes.
    pub is_drawn: bool,
    /// The faults.
    pub swarm: Swarm,
    /// How long they last, in virtual milliseconds.
    pub chaos_ms: u64,
    /// Ways that lead nowhere at certain times, whatever the faults.
    pub outages: Vec<Outage>,
    /// Everything must have come to its end so long after healing, in virtual milliseconds.
    pub liveness_ms: u64,
    /// What dies at these borders, whatever the faults: the site that is about to act, its engine or its mailbox.
    pub crashes: BTreeMap<u64, Fault>,
    /// So many of the last happenings are kept for a report.
    pub history_max: usize,
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64, limits: &Limits) -> Result<Self, String> {
        // Each part has a generator of its own, so that taking one away does not change the others.
        let mut random = Random::new(crate::random::mix(seed ^ 0x7e55_e7a0));
        let (mut shape, mut places, mut faults, mut rest) =
            (random.fork(), random.fork(), random.fork(), random.fork());
        let drawn_sites = usize::try_from(places.between(3, SITES_MAX as u64)).unwrap_or(3);
        let sites = limits.sites.map_or(drawn_sites, |sites| sites.clamp(1, drawn_sites));
        let drawn_processes =
            usize::try_from(shape.between(3, PROCESSES_MAX.min(drawn_sites + 1) as u64)).unwrap_or(3);
        let processes =
            limits.processes.map_or(drawn_processes, |processes| processes.clamp(1, drawn_processes));
        let mut roles = Roles::default();
        for process in 0..drawn_processes {
            // The first ones are at different sites, so that a message always has a way to go.
            let site = if process < drawn_sites { process } else { places.index(drawn_sites) };
            roles.sites.push(site % sites);
            roles.askers.push(if process == 0 { 0 } else { shape.index(process) });
        }
        let mut definitions = Vec::new();
        let mut successors = Vec::new();
        for process in 0..drawn_processes {
            let partners: Vec<usize> =
                (1..processes).filter(|other| roles.askers[*other] == process).collect();
            let budget = i64::try_from(shape.between(2, 4)).unwrap_or(4);
            let mut own = shape.fork();
            let block = Generator::new(&mut own, partners, budget).process(process > 0);
            if process < processes {
                let site = roles.sites[process];
                let (first, second) = (format!("first-{process}"), format!("second-{process}"));
                for (call, body) in block.calls() {
                    definitions.push(define_called(site, process, call, &first, body.clone())?);
                    successors.push(define_called(site, process, call, &second, changed(body.clone()))?);
                }
                definitions.push(define(site, process, &first, block.clone())?);
                successors.push(define(site, process, &second, changed(block))?);
            }
        }
        if rest.fork().happens(TIMED_PER_MILLE) {
            definitions.push(define_timed(roles.sites[0])?);
        }
        if rest.fork().happens(CONDITIONAL_PER_MILLE) {
            definitions.push(define_conditional(roles.sites[0])?);
        }
        let drawn_conversations = *rest.pick(&[1, 1, 1, 2, 2, 3]);
        let conversations =
            limits.conversations.map_or(drawn_conversations, |most| most.clamp(1, drawn_conversations));
        let drawn_chaos = rest.between(5, 25) * 60_000;
        let swarm = Swarm::draw(&mut faults);
        Ok(Self {
            seed: rest.draw(),
            sites,
            network: Network::built_in(),
            starts: (0..conversations).map(|index| start(roles.sites[0], index)).collect(),
            plugins: Arc::new(Scripted { roles }),
            definitions,
            successors,
            waiting_is_an_end: false,
            verdict: None,
            is_drawn: true,
            swarm: limits.faults.as_ref().map_or_else(|| swarm.clone(), |kinds| swarm.only(kinds)),
            chaos_ms: limits.chaos_ms.map_or(drawn_chaos, |most| most.min(drawn_chaos)),
            outages: Vec::new(),
            liveness_ms: LIVENESS_MS,
            crashes: BTreeMap::new(),
            history_max: 0,
        })
    }

    /// A site asks another, which replies: the shortest collaboration, without any fault. For a site that dies at each border.
    pub fn ping_pong() -> Result<Self, String> {
        let ask = Block::Ask { id: 2, process: 1, deadline_ms: None, shaped: false };
        let ping = Block::Sequence(vec![Block::Work { id: 1, on_error: None }, ask]);
        let pong = Block::Sequence(vec![Block::Work { id: 1, on_error: None }, Block::Reply(2)]);
        Ok(Self {
            seed: 1,
            sites: 2,
            network: Network::built_in(),
            plugins: Arc::new(Scripted { roles: Roles { sites: vec![0, 1], askers: vec![0, 0] } }),
            definitions: vec![define(0, 0, "first-0", ping)?, define(1, 1, "first-1", pong)?],
            successors: Vec::new(),
            starts: vec![start(0, 0)],
            waiting_is_an_end: false,
            verdict: None,
            is_drawn: true,
            swarm: Swarm::default(),
            chaos_ms: 60_000,
            outages: Vec::new(),
            liveness_ms: LIVENESS_MS,
            crashes: BTreeMap::new(),
            history_max: 200,
        })
    }

    /// What the plugin folder of a site holds at first.
    pub fn deployed_at(&self, site: usize) -> Vec<Deployment> {
        let here = self.definitions.iter().filter(|definition| definition.site == site);
        here.map(|definition| definition.deployment.clone()).collect()
    }

    /// The next versions of what a site runs.
    pub fn successors_at(&self, site: usize) -> Vec<Deployment> {
        let here = self.successors.iter().filter(|definition| definition.site == site);
        here.map(|definition| definition.deployment.clone()).collect()
    }
}

/// The conversation with this number.
fn start(site: usize, number: usize) -> Start {
    Start {
        site,
        process: model::process_id(0),
        canonical: model::canonical(0),
        message: model::START.to_owned(),
        profile: model::PROFILE.to_owned(),
        business_key: format!("conversation-{number}"),
        inputs: Vec::new(),
        at_ms: None,
    }
}

/// Compiles a process.
fn define(site: usize, process: usize, digest: &str, block: Block) -> Result<Definition, String> {
    let starter = if process == 0 { model::START } else { model::ASK };
    let model = model::write(process, starter, &block);
    definition(site, process, &model::process_id(process), digest, Expectation { block, model })
}

/// What a timer starts, at a site of the collaboration.
fn define_timed(site: usize) -> Result<Definition, String> {
    let block = Block::Work { id: 1, on_error: None };
    let model = model::write_timed(0, TIMED_TIMES, TIMED_INTERVAL_MS, &block);
    definition(site, 0, &model::timed_id(), "first-timed", Expectation { block, model })
}

/// What a condition starts, at a site of the collaboration.
fn define_conditional(site: usize) -> Result<Definition, String> {
    let block = Block::Scene { id: 1, scene: scene::STARTED, called: None };
    let model = model::write_conditional(0, &block);
    definition(site, 0, &model::conditional_id(), "first-conditional", Expectation { block, model })
}

/// What the next version does.
fn changed(block: Block) -> Block {
    let first = Block::Added(Box::new(Block::Pass(900)));
    Block::Sequence(vec![first, block, Block::Work { id: 901, on_error: None }])
}

/// What a call activity of a process calls, in the package of its caller.
fn define_called(
    site: usize,
    process: usize,
    call: Id,
    digest: &str,
    block: Block,
) -> Result<Definition, String> {
    let model = model::write_called(process, call, &block);
    definition(site, process, &model::called_id(process, call), digest, Expectation { block, model })
}

/// Compiles it. Messages name what is called by its caller: there are none for itself.
fn definition(
    site: usize,
    process: usize,
    id: &str,
    digest: &str,
    expectation: Expectation,
) -> Result<Definition, String> {
    let deployment = model::compiled(id, digest, &expectation.model.text)?;
    Ok(Definition { site, canonical: model::canonical(process), deployment, expectation: Some(expectation) })
}
