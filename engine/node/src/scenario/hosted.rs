//! Real plugins in a world: called in the sandbox, over a mailbox in memory that holds the allow list and what they bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::driver::{Deployment, Work};
use tessera_core::identity::EffectId;
use tessera_core::plugin::CallOutcome;
use tessera_federation::mailbox::InMemory;
use tessera_federation::plugins::Plugins;
use tessera_hosting::directory::Directory;
use tessera_hosting::prepare::{authorized, creation_order, prepare};
use tessera_simulation::network::{Network, Party};

use super::schema::Surroundings;

/// Parent organization of everybody on the allow list.
const PARENT: &str = "parent.example";

/// Plugins at one site.
#[derive(Debug)]
pub struct Hosted {
    plugins: Arc<Plugins>,
    directory: Directory,
    definitions: Vec<Deployment>,
    /// What they bring into the mailbox.
    resources: Vec<Value>,
}

impl Hosted {
    /// Hosts plugins at a site. An error says what the site does not accept.
    pub fn new(plugins: Arc<Plugins>, around: &Surroundings) -> Result<Self, String> {
        let (mut definitions, mut resources) = (Vec::new(), Vec::new());
        for loaded in plugins.loaded() {
            let prepared = prepare(&loaded.package, &around.own).map_err(|problems| problems.join("\n"))?;
            definitions.extend(prepared.definitions);
            resources.extend(prepared.resources);
        }
        resources.sort_by_key(creation_order);
        let party = |(organization, resources): (&String, Vec<Value>)| Party {
            organization: organization.clone(),
            roles: vec!["DIC".to_owned()],
            resources,
        };
        let partners = around.partners.iter().map(|partner| (partner, Vec::new()));
        let parties = [(&around.own, resources.clone())].into_iter().chain(partners).map(party).collect();
        let network = Network::new(PARENT, parties)?;
        let mailbox = Arc::new(InMemory(Some(network.mailbox(0)?)));
        let directory = Directory::new(mailbox, network.address(0), around.own.clone());
        Ok(Self { plugins, directory, definitions, resources })
    }

    /// The processes that the plugins bring.
    pub fn definitions(&self) -> &[Deployment] {
        &self.definitions
    }

    /// What `#{key}` means in a model that runs with these plugins.
    pub fn substitutes(&self) -> BTreeMap<String, String> {
        let manifest = self.plugins.loaded().first().map(|first| first.package.manifest());
        let version = manifest.map(|manifest| manifest.resource_version.clone());
        let date = manifest.and_then(|manifest| manifest.release_date.clone());
        let known = [
            ("version", version),
            ("date", date),
            ("organization", Some(self.directory.organization().to_owned())),
        ];
        known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }

    /// What a handler answers; none if no plugin has it.
    pub fn perform(&self, effect: &EffectId, work: &Work) -> Option<CallOutcome> {
        match work {
            Work::Call { call, .. } => {
                let plugin = self.plugins.with_handler(call)?;
                Some(self.plugins.ask(plugin, self.directory.clone(), effect, call.clone()))
            }
            Work::Build { message, execution, .. } => {
                Some(self.plugins.build(&self.directory, effect, message, execution))
            }
            Work::Deliver { .. } | Work::Answer { .. } => None,
        }
    }

    /// `url|version` of a process, and the profile of a message to it.
    pub fn authorized(&self, process: &str, message: &str) -> Option<(String, String)> {
        authorized(&self.resources, process, message)
    }
}
