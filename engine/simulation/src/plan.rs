//! What a seed means: the collaboration, its sites and conversations, the faults and how long they last. A plan can be
//! made smaller without changing what is left of it; that is how a failing history is shrunk.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_core::driver::Deployment;

use crate::audit::Expectation;
use crate::block::{Block, Generator};
use crate::fault::{Fault, Swarm};
use crate::model;
use crate::network::{PROCESSES_MAX, SITES_MAX};
use crate::random::Random;

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
    /// Which process of the collaboration.
    pub process: usize,
    /// What is deployed.
    pub deployment: Deployment,
    /// What is expected.
    pub expectation: Expectation,
}

/// Everything that a world begins with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of everything that is not decided here.
    pub seed: u64,
    /// Sites of the network.
    pub sites: usize,
    /// Where processes run and who asks whom.
    pub roles: Roles,
    /// The processes.
    pub definitions: Vec<Definition>,
    /// Their next versions, which replace them while instances run.
    pub successors: Vec<Definition>,
    /// Business keys.
    pub conversations: Vec<String>,
    /// The faults.
    pub swarm: Swarm,
    /// How long they last, in virtual milliseconds.
    pub chaos_ms: u64,
    /// The site that is about to act dies at this border, whatever the faults.
    pub crash_at: Option<u64>,
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
            usize::try_from(shape.between(3, PROCESSES_MAX.min(drawn_sites + 2) as u64)).unwrap_or(3);
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
            let budget = i64::try_from(shape.between(3, 9)).unwrap_or(5);
            let mut own = shape.fork();
            let block = Generator::new(&mut own, partners, budget).process(process > 0);
            let next = Block::Sequence(vec![
                Block::Pass(900),
                block.clone(),
                Block::Work { id: 901, on_error: None },
            ]);
            if process < processes {
                definitions.push(define(process, &format!("first-{process}"), block)?);
                successors.push(define(process, &format!("second-{process}"), next)?);
            }
        }
        let drawn_conversations = usize::try_from(rest.between(2, 5)).unwrap_or(2);
        let conversations =
            limits.conversations.map_or(drawn_conversations, |most| most.clamp(1, drawn_conversations));
        let drawn_chaos = rest.between(5, 40) * 60_000;
        let swarm = Swarm::draw(&mut faults);
        Ok(Self {
            seed: rest.draw(),
            sites,
            roles,
            definitions,
            successors,
            conversations: (0..conversations).map(|index| format!("conversation-{index}")).collect(),
            swarm: limits.faults.as_ref().map_or_else(|| swarm.clone(), |kinds| swarm.only(kinds)),
            chaos_ms: limits.chaos_ms.map_or(drawn_chaos, |most| most.min(drawn_chaos)),
            crash_at: None,
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
            roles: Roles { sites: vec![0, 1], askers: vec![0, 0] },
            definitions: vec![define(0, "first-0", ping)?, define(1, "first-1", pong)?],
            successors: Vec::new(),
            conversations: vec!["conversation-0".to_owned()],
            swarm: Swarm::default(),
            chaos_ms: 60_000,
            crash_at: None,
            history_max: 200,
        })
    }

    /// What the plugin folder of a site holds at first.
    pub fn deployed_at(&self, site: usize) -> Vec<Deployment> {
        let here = self.definitions.iter().filter(|definition| self.roles.sites[definition.process] == site);
        here.map(|definition| definition.deployment.clone()).collect()
    }

    /// The next versions of what a site runs.
    pub fn successors_at(&self, site: usize) -> Vec<Deployment> {
        let here = self.successors.iter().filter(|definition| self.roles.sites[definition.process] == site);
        here.map(|definition| definition.deployment.clone()).collect()
    }

    /// The models, for a report.
    pub fn texts(&self) -> BTreeMap<Arc<str>, String> {
        let text = |definition: &Definition| {
            (definition.deployment.key.process_id.clone(), definition.expectation.model.text.clone())
        };
        self.definitions.iter().map(text).collect()
    }
}

/// Compiles a process.
pub fn define(process: usize, digest: &str, block: Block) -> Result<Definition, String> {
    let starter = if process == 0 { model::START } else { model::ASK };
    let model = model::write(process, starter, &block);
    let deployment = model::compiled(process, digest, &model.text)?;
    Ok(Definition { process, deployment, expectation: Expectation { block, model } })
}
