//! The sites of a network as each of them knows it: names, addresses, certificates, and what their mailboxes hold before
//! anything happens. That is made once, because installing the built-in resources takes longer than a seed.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tessera_exchange::writing::Endpoint;
use tessera_fhir::allow_list::{self, Member};
use tessera_fhir::resource;
use tessera_mailbox::{Answer, Clock, Entropy, Mailbox, Settings};
use tessera_store::{Committer, Entry};

use crate::disk::Disk;
use crate::model;
use crate::polling::run;

/// Sites that a built-in collaboration may have.
pub const SITES_MAX: usize = 5;
/// Processes that a built-in collaboration may have.
pub const PROCESSES_MAX: usize = 8;
/// Certificates that a site may have had.
pub const GENERATIONS_MAX: u64 = 4;

/// An organisation that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Organization identifier, by convention a host name.
    pub organization: String,
    /// Role codes in the parent organization, e.g. `DIC`.
    pub roles: Vec<String>,
    /// What its plugins bring into its mailbox.
    pub resources: Vec<Value>,
}

/// All of them.
#[derive(Debug)]
pub struct Network {
    parent: String,
    parties: Vec<Party>,
    /// What their mailboxes hold before anything happens.
    images: Vec<Vec<Entry>>,
}

/// Thumbprint of the certificate that a site uses in a generation.
pub fn thumbprint(site: usize, generation: u64) -> String {
    format!("{:0128x}", (site as u128) * 1_000 + u128::from(generation) + 1)
}

impl Network {
    /// Opens a mailbox for each party. An error says what one of them refuses.
    pub fn new(parent: &str, parties: Vec<Party>) -> Result<Self, String> {
        let mut network = Self { parent: parent.to_owned(), parties, images: Vec::new() };
        let images: Result<_, _> = (0..network.parties.len()).map(|site| network.image(site)).collect();
        network.images = images?;
        Ok(network)
    }

    /// The network of the built-in collaborations.
    pub fn built_in() -> Arc<Self> {
        static NETWORK: OnceLock<Arc<Network>> = OnceLock::new();
        let party = |site: usize| Party {
            organization: format!("site-{site}.example"),
            roles: vec!["DIC".to_owned()],
            resources: resources(),
        };
        let open = || {
            let network = Self::new("network.example", (0..SITES_MAX).map(party).collect());
            Arc::new(network.expect("the built-in resources are in order"))
        };
        NETWORK.get_or_init(open).clone()
    }

    /// How many sites it has.
    pub fn size(&self) -> usize {
        self.parties.len()
    }

    /// Organization identifier of a site.
    pub fn organization(&self, site: usize) -> &str {
        &self.parties[site].organization
    }

    /// Identifier of its endpoint.
    pub fn endpoint(&self, site: usize) -> String {
        format!("endpoint.{}", self.organization(site))
    }

    /// FHIR base URL of its mailbox.
    pub fn address(&self, site: usize) -> String {
        format!("https://{}/fhir", self.organization(site))
    }

    /// The site with an address.
    pub fn site_at(&self, address: &str) -> Option<usize> {
        (0..self.size()).find(|site| self.address(*site) == address.trim_end_matches('/'))
    }

    /// The site of an organization.
    pub fn site_of(&self, organization: &str) -> Option<usize> {
        self.parties.iter().position(|party| party.organization == organization)
    }

    /// What the allow list has under an endpoint identifier.
    pub fn listed(&self, endpoint: &str) -> Option<Endpoint> {
        let site = (0..self.size()).find(|site| self.endpoint(*site) == endpoint)?;
        let organization = Some(self.organization(site).to_owned());
        Some(Endpoint { address: self.address(site), organization })
    }

    /// The allow list after some rotations.
    pub fn allow_list(&self, generation: u64) -> Value {
        let member = |(site, party): (usize, &Party)| Member {
            organization: party.organization.clone(),
            name: party.organization.clone(),
            endpoint: self.endpoint(site),
            address: self.address(site),
            thumbprint: thumbprint(site, generation),
            roles: party.roles.clone(),
        };
        let members: Vec<Member> = self.parties.iter().enumerate().map(member).collect();
        allow_list::bundle(&self.parent, &members)
    }

    /// What the mailbox of a site holds before anything happens.
    pub(crate) fn mailbox_image(&self, site: usize) -> &[Entry] {
        &self.images[site]
    }

    /// The mailbox of a site before anything has happened, to be looked into: nobody commits what is written to it.
    pub fn mailbox(&self, site: usize) -> Result<Arc<Mailbox>, String> {
        let disk = Arc::new(Disk::with(&self.images[site]));
        let committer = Arc::new(Committer::stepwise(disk.clone()));
        self.open(site, disk, &committer)
    }

    fn open(&self, site: usize, disk: Arc<Disk>, committer: &Arc<Committer>) -> Result<Arc<Mailbox>, String> {
        let organization = self.organization(site);
        let settings = Settings {
            clock: Clock::new(|| jiff::Timestamp::UNIX_EPOCH),
            entropy: counting(site),
            ..Settings::new(self.address(site), organization)
        };
        run(committer, Mailbox::open(disk, committer.clone(), settings))
            .map_err(|error| format!("the mailbox of {organization} does not open: {error}"))
    }

    fn image(&self, site: usize) -> Result<Vec<Entry>, String> {
        let party = &self.parties[site];
        let disk = Arc::new(Disk::default());
        let committer = Arc::new(Committer::stepwise(disk.clone()));
        let mailbox = self.open(site, disk.clone(), &committer)?;
        let accepted = |answer: Answer, what: &str| {
            if answer.status.is_success() {
                return Ok(());
            }
            let reason = answer.body.map(|body| body.to_string()).unwrap_or_default();
            Err(format!("the mailbox of {} refuses {what}: {reason}", party.organization))
        };
        accepted(run(&committer, mailbox.load_allow_list(&self.allow_list(0))), "the allow list")?;
        for resource in &party.resources {
            let kind = resource::resource_type(resource).ok_or_else(|| {
                format!("{} brings something that is no resource: {resource}", party.organization)
            })?;
            let identity = mailbox.local_identity();
            let answer = run(&committer, mailbox.create(&identity, kind, resource.clone(), None));
            let url = resource.get("url").and_then(Value::as_str).unwrap_or("a resource");
            accepted(answer, &format!("{kind} {url}"))?;
        }
        Ok(disk.entries())
    }
}

/// The processes of all collaborations, as a plugin brings them to a mailbox. `start` is only for the own organisation.
fn resources() -> Vec<Value> {
    let meta = |profile: &str| {
        json!({
            "profile": [format!("http://dsf.dev/fhir/StructureDefinition/{profile}")],
            "tag": [{ "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": "ALL" }],
        })
    };
    let coding = |code: &str| json!({ "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": code });
    let authorization = |message: &str, requesters: &[&str]| {
        let mut parts = vec![
            json!({ "url": "message-name", "valueString": message }),
            json!({ "url": "task-profile", "valueCanonical": model::PROFILE }),
        ];
        parts
            .extend(requesters.iter().map(|code| json!({ "url": "requester", "valueCoding": coding(code) })));
        parts.push(json!({ "url": "recipient", "valueCoding": coding("LOCAL_ALL") }));
        json!({
            "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
            "extension": parts,
        })
    };
    let (url, version) = model::PROFILE.split_once('|').unwrap_or((model::PROFILE, ""));
    let mut all = vec![json!({
        "resourceType": "StructureDefinition", "meta": meta("structure-definition"), "url": url,
        "version": version, "name": "TaskSimulation", "status": "active", "fhirVersion": "4.0.1",
        "kind": "resource", "abstract": false, "type": "Task",
        "baseDefinition": "http://dsf.dev/fhir/StructureDefinition/task", "derivation": "constraint",
        "differential": { "element": [
            { "id": "Task.input:business-key", "path": "Task.input", "sliceName": "business-key", "min": 1 },
        ] },
    })];
    all.extend((0..PROCESSES_MAX).map(|process| {
        let canonical = model::canonical(process);
        let (url, version) = canonical.split_once('|').unwrap_or((&canonical, ""));
        json!({
            "resourceType": "ActivityDefinition", "meta": meta("activity-definition"), "url": url,
            "version": version, "name": format!("Simulated{process}"), "status": "active", "kind": "Task",
            "extension": [
                authorization(model::START, &["LOCAL_ALL"]),
                authorization(model::NOTE, &["LOCAL_ALL"]),
                authorization(model::ASK, &["REMOTE_ALL", "LOCAL_ALL"]),
                authorization(model::REPLY, &["REMOTE_ALL", "LOCAL_ALL"]),
            ],
        })
    }));
    all
}

/// Ids that are the same in every process.
fn counting(site: usize) -> Entropy {
    let next = std::sync::atomic::AtomicU64::new(1);
    Entropy::new(move || {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let drawn = crate::random::mix(number << 8 | site as u64);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&drawn.to_be_bytes());
        bytes[8..].copy_from_slice(&crate::random::mix(drawn).to_be_bytes());
        bytes
    })
}
