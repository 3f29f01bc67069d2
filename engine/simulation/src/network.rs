//! The sites of the network as each of them knows it: names, addresses, certificates, and what their mailboxes hold
//! before anything happens. Made once per process, because installing the built-in resources takes longer than a seed.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tessera_fhir::allow_list::{self, Member};
use tessera_mailbox::{Clock, Entropy, Mailbox, Settings};
use tessera_store::{Committer, Entry};

use crate::disk::Disk;
use crate::model;
use crate::polling::run;

/// Sites that a network may have.
pub const SITES_MAX: usize = 5;
/// Processes that a collaboration may have.
pub const PROCESSES_MAX: usize = 8;
/// Certificates that a site may have had.
pub const GENERATIONS_MAX: u64 = 4;

/// Organization identifier of a site.
pub fn organization(site: usize) -> String {
    format!("site-{site}.example")
}

/// Identifier of its endpoint.
pub fn endpoint(site: usize) -> String {
    format!("endpoint.site-{site}.example")
}

/// FHIR base URL of its mailbox.
pub fn address(site: usize) -> String {
    format!("https://site-{site}.example/fhir")
}

/// The site with an address.
pub fn site_at(address: &str) -> Option<usize> {
    (0..SITES_MAX).find(|site| self::address(*site) == address.trim_end_matches('/'))
}

/// Thumbprint of the certificate that a site uses in a generation.
pub fn thumbprint(site: usize, generation: u64) -> String {
    format!("{:0128x}", (site as u128) * 1_000 + u128::from(generation) + 1)
}

/// The allow list after some rotations.
pub fn allow_list(generation: u64) -> Value {
    let members: Vec<Member> = (0..SITES_MAX)
        .map(|site| Member {
            organization: organization(site),
            name: format!("Site {site}"),
            endpoint: endpoint(site),
            address: address(site),
            thumbprint: thumbprint(site, generation),
            roles: vec!["DIC".to_owned()],
        })
        .collect();
    allow_list::bundle("network.example", &members)
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
                authorization(model::ASK, &["REMOTE_ALL", "LOCAL_ALL"]),
                authorization(model::REPLY, &["REMOTE_ALL", "LOCAL_ALL"]),
            ],
        })
    }));
    all
}

/// The content of a site's mailbox before anything happens.
pub fn mailbox_image(site: usize) -> &'static [Entry] {
    static IMAGES: [OnceLock<Vec<Entry>>; SITES_MAX] = [const { OnceLock::new() }; SITES_MAX];
    IMAGES[site].get_or_init(|| {
        let disk = Arc::new(Disk::default());
        let committer = Arc::new(Committer::stepwise(disk.clone()));
        let settings = Settings {
            clock: Clock::new(|| jiff::Timestamp::UNIX_EPOCH),
            entropy: counting(site),
            ..Settings::new(address(site), organization(site))
        };
        let mailbox = run(&committer, Mailbox::open(disk.clone(), committer.clone(), settings))
            .expect("an empty store opens");
        let listed = run(&committer, mailbox.load_allow_list(&allow_list(0)));
        assert!(listed.status.is_success(), "the allow list is in order: {:?}", listed.body);
        for resource in resources() {
            let kind = tessera_fhir::resource::resource_type(&resource).expect("it is a resource");
            let created = run(&committer, mailbox.create(&mailbox.local_identity(), kind, resource, None));
            assert!(created.status.is_success(), "the resource is in order: {:?}", created.body);
        }
        disk.entries()
    })
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
