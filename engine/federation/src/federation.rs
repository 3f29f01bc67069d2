//! A description becomes something that can be run: plugins compiled, models and resources in place, and for each seed a plan
//! of the simulator.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tessera_bpmn::compile;
use tessera_bpmn::decision::Decisions;
use tessera_bpmn::read::{self, Placeholders};
use tessera_core::driver::Deployment;
use tessera_core::identity::DefinitionKey;
use tessera_core::plugin::CallOutcome;
use tessera_hosting::directory::Directory;
use tessera_hosting::prepare::{authorized, creation_order, prepare, resource};
use tessera_plugin_host::Plugin;
use tessera_simulation::campaign::{Order, Report, Watch, run, run_seed};
use tessera_simulation::fault::{Fault, Swarm};
use tessera_simulation::network::{Network, Party};
use tessera_simulation::plan::{Definition, Limits, Lost, Outage, Plan, Start, Verdict};
use tessera_simulation::plugins::{Plugins as Handlers, Request, handler_missing};
use tessera_simulation::random::{Random, digest, mix};
use tessera_simulation::world::Outcome;

use crate::description::{Description, Organization, Parameter};
use crate::end::End;
use crate::faults::{DEFAULT_FAULTS, named};
use crate::mailbox::InMemory;
use crate::plugins::{Loaded, Plugins};

/// Reads a file that a description names.
pub type Find<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Organisations with their plugins, ready to be run.
#[derive(Debug)]
pub struct Federation {
    description: Description,
    network: Arc<Network>,
    handlers: Arc<Sandboxed>,
    definitions: Vec<Definition>,
    starts: Vec<Start>,
    /// Business keys, each with the name of its start.
    conversations: BTreeMap<String, String>,
    outages: Vec<Outage>,
    faults: Vec<Fault>,
    chaos_ms: u64,
    patience_ms: u64,
}

/// The plugins of all organisations.
#[derive(Debug)]
struct Sandboxed {
    plugins: Plugins,
    by_definition: BTreeMap<DefinitionKey, Arc<Plugin>>,
}

impl Handlers for Sandboxed {
    fn call(&self, request: &Request<'_>) -> CallOutcome {
        let Some(plugin) = self.by_definition.get(request.definition) else {
            return handler_missing(&request.call.handler);
        };
        let network = request.network;
        let mailbox = Arc::new(InMemory(request.mailbox.cloned()));
        let organization = network.organization(request.site).to_owned();
        let directory = Directory::new(mailbox, network.address(request.site), organization);
        self.plugins.ask(plugin, directory, request.effect, request.call.clone())
    }
}

/// What an organisation runs.
struct Site {
    deployments: Vec<Deployment>,
    resources: Vec<Value>,
}

impl Federation {
    /// Reads and checks everything. An error says what is wrong, in words.
    pub fn new(description: Description, find: Find<'_>) -> Result<Self, String> {
        let mut files: Vec<&String> =
            description.organizations.iter().flat_map(|organization| &organization.plugins).collect();
        files.sort();
        files.dedup();
        let read = files.iter().map(|file| Ok(((*file).clone(), find(file)?)));
        let plugins =
            Plugins::load(read.collect::<Result<Vec<_>, String>>()?).map_err(|error| error.to_string())?;
        let mut by_definition = BTreeMap::new();
        let mut sites = Vec::new();
        for organization in &description.organizations {
            let of_file = |file: &String| {
                let place = files.binary_search(&file).ok()?;
                plugins.loaded().get(place)
            };
            let used: Vec<&Loaded> = organization.plugins.iter().filter_map(of_file).collect();
            sites.push(site(organization, &used, find, &mut by_definition)?);
        }
        let deployments: Vec<&Deployment> = sites.iter().flat_map(|site| &site.deployments).collect();
        description.expect.iter().try_for_each(|expected| expected.check(&description, &deployments))?;
        let parties = description.organizations.iter().zip(&sites).map(|(organization, site)| Party {
            organization: organization.name.clone(),
            roles: organization.roles.clone(),
            resources: site.resources.clone(),
        });
        let network = Network::new(&description.parent, parties.collect())?;
        let (starts, conversations) = starts(&description, &network, &sites)?;
        let outages = outages(&description, &network)?;
        let faults = description.faults.as_deref().map_or_else(|| Ok(DEFAULT_FAULTS.to_vec()), named)?;
        let ends =
            outages.iter().map(|outage| outage.at_ms.saturating_add(outage.lasts_ms).saturating_add(1));
        let chaos_ms = ends.fold(milliseconds(&description.chaos)?, u64::max);
        Ok(Self {
            network: Arc::new(network),
            handlers: Arc::new(Sandboxed { plugins, by_definition }),
            definitions: definitions(sites),
            starts,
            conversations,
            outages,
            faults,
            chaos_ms,
            patience_ms: milliseconds(&description.patience)?,
            description,
        })
    }

    /// What it was made of.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Runs many seeds, until one breaks an expectation.
    pub fn run(&self, order: &Order, watch: Watch<'_>) -> Result<Report, String> {
        run(&|seed, limits| Ok(self.plan(seed, limits)), order, watch)
    }

    /// Runs one seed, and says how it ended; without an end if something was broken.
    pub fn run_seed(&self, seed: u64, limits: &Limits) -> (Outcome, Option<End>) {
        let kept: Arc<Mutex<Option<End>>> = Arc::default();
        let source = |seed: u64, limits: &Limits| {
            let mut plan = self.plan(seed, limits);
            let (judge, kept, description) =
                (plan.verdict.take(), Arc::clone(&kept), self.description.clone());
            plan.verdict = Some(Verdict(Arc::new(move |seen| {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(End::of(seen, &description));
                judge.as_ref().map_or(Ok(()), |judge| (judge.0)(seen))
            })));
            Ok(plan)
        };
        let outcome = run_seed(&source, seed, limits, HISTORY_MAX);
        let end = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        (outcome, end)
    }

    /// What a seed means.
    fn plan(&self, seed: u64, limits: &Limits) -> Plan {
        // Faults have a generator of their own, so that taking some away does not change the rest.
        let mut random = Random::new(mix(seed ^ digest(&[&self.description.title])));
        let (mut faults, mut rest) = (random.fork(), random.fork());
        let drawn = Swarm::draw_of(&mut faults, &self.faults);
        let starts = limits.conversations.unwrap_or(usize::MAX).max(1);
        let (conversations, description) = (self.conversations.clone(), self.description.clone());
        let begun: BTreeMap<String, String> = self
            .starts
            .iter()
            .take(starts)
            .filter_map(|start| conversations.get_key_value(&start.business_key))
            .map(|(key, name)| (key.clone(), name.clone()))
            .collect();
        let judge = move |seen: &tessera_simulation::audit::Seen<'_>| {
            End::of(seen, &description).judge(&description.expect, &begun)
        };
        Plan {
            seed: rest.draw(),
            sites: self.network.size(),
            network: Arc::clone(&self.network),
            plugins: Arc::clone(&self.handlers) as Arc<dyn Handlers>,
            definitions: self.definitions.clone(),
            successors: Vec::new(),
            starts: self.starts.iter().take(starts).cloned().collect(),
            waiting_is_an_end: self.description.waiting_is_an_end,
            verdict: Some(Verdict(Arc::new(judge))),
            is_drawn: false,
            swarm: limits.faults.as_ref().map_or_else(|| drawn.clone(), |kinds| drawn.only(kinds)),
            chaos_ms: limits.chaos_ms.map_or(self.chaos_ms, |most| most.min(self.chaos_ms)),
            outages: self.outages.clone(),
            liveness_ms: self.patience_ms,
            crashes: BTreeMap::new(),
            history_max: 0,
        }
    }
}

/// The last happenings that one seed shows.
const HISTORY_MAX: usize = 300;

fn site(
    organization: &Organization,
    plugins: &[&Loaded],
    find: Find<'_>,
    by_definition: &mut BTreeMap<DefinitionKey, Arc<Plugin>>,
) -> Result<Site, String> {
    let mut site = Site { deployments: Vec::new(), resources: Vec::new() };
    for loaded in plugins {
        let prepared =
            prepare(&loaded.package, &organization.name).map_err(|problems| problems.join("\n"))?;
        for deployment in &prepared.definitions {
            by_definition.insert(deployment.key.clone(), Arc::clone(&loaded.plugin));
        }
        site.deployments.extend(prepared.definitions);
        site.resources.extend(prepared.resources);
    }
    let placeholders =
        Placeholders { version: &organization.version, date: RELEASED, organization: &organization.name };
    let text =
        |file: &String| String::from_utf8(find(file)?).map_err(|error| format!("{file}: not UTF-8: {error}"));
    for file in &organization.models {
        let compiled = compiled(&text(file)?, &placeholders);
        site.deployments.extend(compiled.map_err(|problem| format!("{file}: {problem}"))?);
    }
    for file in &organization.resources {
        site.resources.push(resource(file, &text(file)?, &placeholders)?);
    }
    site.resources.sort_by_key(creation_order);
    Ok(site)
}

/// `#{date}` in models and resources that no plugin brings.
const RELEASED: &str = "2030-01-01";

/// Every executable process of a model.
fn compiled(text: &str, placeholders: &Placeholders<'_>) -> Result<Vec<Deployment>, String> {
    let in_words = |findings: Vec<tessera_bpmn::diagnostic::Diagnostic>| {
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let text = read::substitute(text, placeholders).text;
    let definitions = read::read(text.as_bytes()).into_result().map_err(in_words)?;
    let mut deployments = Vec::new();
    for process in compile::executable(&definitions) {
        let examined = compile::examine_with(&definitions, process, &Decisions::default());
        let program = examined.program.ok_or_else(|| in_words(examined.diagnostics))?;
        let version = program.version_tag.as_deref().unwrap_or(placeholders.version).into();
        let digest = format!("{:016x}", digest(&[&text, process])).into();
        let key = DefinitionKey { process_id: process.into(), version, digest };
        deployments.push(Deployment { key, program: Arc::new(program) });
    }
    Ok(deployments)
}

fn definitions(sites: Vec<Site>) -> Vec<Definition> {
    let of_site = |(site, Site { deployments, resources }): (usize, Site)| {
        let canonical = |deployment: &Deployment| {
            let process = &deployment.key.process_id;
            resources
                .iter()
                .find_map(|resource| tessera_hosting::prepare::canonical_of(resource, process))
                .unwrap_or_else(|| process.to_string())
        };
        let definition = |deployment: Deployment| Definition {
            site,
            canonical: canonical(&deployment),
            deployment,
            expectation: None,
        };
        deployments.into_iter().map(definition).collect::<Vec<_>>()
    };
    sites.into_iter().enumerate().flat_map(of_site).collect()
}

type Started = (Vec<Start>, BTreeMap<String, String>);

fn starts(description: &Description, network: &Network, sites: &[Site]) -> Result<Started, String> {
    let (mut starts, mut conversations) = (Vec::new(), BTreeMap::new());
    for (number, start) in description.starts.iter().enumerate() {
        let site = place(network, &start.organization)?;
        let (process, message) = (&start.process, &start.message);
        let (canonical, profile) = authorized(&sites[site].resources, process, message).ok_or_else(|| {
            format!(
                "{} has no ActivityDefinition by which process {process} takes message {message}",
                start.organization
            )
        })?;
        let name = start.name.clone().unwrap_or_else(|| format!("start-{}", number + 1));
        for time in 1..=start.times {
            let business_key = format!("{name}.{time}");
            conversations.insert(business_key.clone(), name.clone());
            starts.push(Start {
                site,
                process: process.clone(),
                canonical: canonical.clone(),
                message: message.clone(),
                profile: profile.clone(),
                business_key,
                inputs: start.inputs.iter().map(Parameter::json).collect(),
                at_ms: start.after.as_deref().map(milliseconds).transpose()?,
            });
        }
    }
    if starts.is_empty() || conversations.len() < starts.len() {
        return Err("there must be starts, and each needs a name of its own".to_owned());
    }
    Ok((starts, conversations))
}

fn outages(description: &Description, network: &Network) -> Result<Vec<Outage>, String> {
    let mut outages = Vec::new();
    for offline in &description.offline {
        let away = place(network, &offline.organization)?;
        let (at_ms, lasts_ms) = (milliseconds(&offline.after)?, milliseconds(&offline.lasts)?);
        for other in (0..network.size()).filter(|other| *other != away) {
            for (from, to) in [(away, other), (other, away)] {
                outages.push(Outage { from, to, at_ms, lasts_ms, of: Lost::Everything });
            }
        }
    }
    for lost in &description.lost {
        let (from, to) = (place(network, &lost.from)?, place(network, &lost.to)?);
        let (at_ms, lasts_ms) = (milliseconds(&lost.after)?, milliseconds(&lost.lasts)?);
        outages.push(Outage { from, to, at_ms, lasts_ms, of: Lost::Messages });
    }
    Ok(outages)
}

fn place(network: &Network, organization: &str) -> Result<usize, String> {
    network
        .site_of(organization)
        .ok_or_else(|| format!("{organization} is no organisation of the simulation"))
}

fn milliseconds(duration: &str) -> Result<u64, String> {
    let wrong =
        |error: &dyn fmt::Display| format!("{duration:?} is no ISO 8601 duration of at least 0: {error}");
    let span: jiff::Span = duration.parse().map_err(|error| wrong(&error))?;
    let total = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|error| wrong(&error))?
        .as_millis();
    u64::try_from(total).map_err(|error| wrong(&error))
}
