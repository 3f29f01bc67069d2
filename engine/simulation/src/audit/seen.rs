//! What was seen of a network, for whoever judges how it ended.

use std::sync::Arc;

use tessera_core::instance::{Instance, Status};

use super::{Auditor, Live};
use crate::network::Network;
use crate::oracle::Part;

/// Everything that was seen.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    auditor: &'a Auditor,
    network: &'a Network,
}

/// One instance.
#[derive(Debug, Clone, Copy)]
pub struct SeenInstance<'a> {
    /// Its organisation.
    pub organization: &'a str,
    live: &'a Live,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(auditor: &'a Auditor, network: &'a Network) -> Self {
        Self { auditor, network }
    }

    /// Every instance of every site.
    pub fn instances(&self) -> impl Iterator<Item = SeenInstance<'a>> + use<'a> {
        let network = self.network;
        self.auditor.sites.iter().enumerate().flat_map(move |(site, of_site)| {
            let organization = network.organization(site);
            of_site.instances.values().map(move |live| SeenInstance { organization, live })
        })
    }

    /// The status of every Task in the mailbox of an organisation, with its conversation.
    pub fn tasks(&self, organization: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let site = self.network.site_of(organization).and_then(|site| self.auditor.sites.get(site));
        site.into_iter()
            .flat_map(|site| site.tasks.all())
            .map(|(_, task)| (task.business_key.as_str(), task.status.as_str()))
    }
}

impl<'a> SeenInstance<'a> {
    /// As its facts say.
    pub fn instance(&self) -> &'a Instance {
        &self.live.instance
    }

    /// `process/@id`.
    pub fn process(&self) -> &'a str {
        &self.live.instance.definition().process_id
    }

    /// Its conversation.
    pub fn business_key(&self) -> &'a Arc<str> {
        self.live.instance.business_key()
    }

    /// How far it has come.
    pub fn status(&self) -> Status {
        self.live.instance.status()
    }

    /// How often an element completed; each iteration of a multi-instance activity counts.
    pub fn completed(&self, element: &str) -> usize {
        self.way().filter(|completed| *completed == element).count()
    }

    /// Elements that completed, in order.
    pub fn way(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let completed = self.live.trace.iter().filter(|ended| ended.completed && ended.part == Part::One);
        completed.map(|ended| ended.element.as_str())
    }
}
