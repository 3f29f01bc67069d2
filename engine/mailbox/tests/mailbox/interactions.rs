//! Create, read, update, delete and search, as the local organization and as a peer see them.

use serde_json::{Value, json};
use tessera_fhir::ResourceType::{Endpoint, Organization, OrganizationAffiliation, Subscription, Task};
use tessera_fhir::search::Handling;
use tessera_fhir::task::{Status, with_status};
use tessera_mailbox::{Identity, Mailbox, Settings};

use crate::network::{
    PEER, Site, endpoint, id_of, local_identity, organization, peer_identity, ping, settings,
};

fn text(answer: &tessera_mailbox::Answer) -> String {
    answer.body.as_ref().map(Value::to_string).unwrap_or_default()
}

#[tokio::test]
async fn a_task_is_created_stamped_and_read_by_both_sides_only() {
    let site = Site::usual().await;
    let created = site.mailbox.create(&peer_identity(), Task, ping(PEER, 1), None).await;
    assert_eq!(created.status, 201, "{}", text(&created));
    let id = id_of(&created);
    assert_eq!(
        created.location.as_deref(),
        Some(format!("https://a.example/fhir/Task/{id}/_history/1").as_str())
    );
    assert_eq!(created.etag().as_deref(), Some("W/\"1\""));
    let meta = &created.body.as_ref().unwrap()["meta"];
    assert_eq!(meta["versionId"], "1");
    assert!(meta["lastUpdated"].is_string());
    let table = [(local_identity(), 200), (peer_identity(), 200), (Identity::remote("parent.example"), 403)];
    for (identity, status) in table {
        assert_eq!(site.mailbox.read(&identity, Task, &id).status, status, "{identity}");
        let found = site.mailbox.search(&identity, Task, "status=requested", Handling::Strict);
        assert_eq!(found.body.unwrap()["total"], u32::from(status == 200), "{identity}");
    }
}

#[tokio::test]
async fn refused_tasks() {
    let site = Site::usual().await;
    let mut cases: Vec<(&str, Value, &str)> = Vec::new();
    let mut case = |name, code, change: &dyn Fn(&mut Value)| {
        let mut task = ping(PEER, 1);
        change(&mut task);
        cases.push((name, task, code));
    };
    case("forged requester", "F1103", &|task| task["requester"]["identifier"]["value"] = json!("a.example"));
    case("foreign recipient", "F1104", &|task| {
        task["restriction"]["recipient"][0]["identifier"]["value"] = json!(PEER);
    });
    case("status", "F1101", &|task| task["status"] = json!("in-progress"));
    case("unknown process", "F1105", &|task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/other|1.0");
    });
    case("no process", "F1105", &|task| task["instantiatesCanonical"] = json!("other"));
    case("output", "F1107", &|task| task["output"] = json!([task["input"][0].clone()]));
    case("message name", "F1110", &|task| task["input"][0]["valueString"] = json!("pong"));
    case("blank message name", "F1106", &|task| task["input"][0]["valueString"] = json!(" "));
    case("unknown profile", "F1110", &|task| task["meta"]["profile"] = json!(["http://dsf.dev/other"]));
    case("other profile beside", "not installed", &|task| {
        task["meta"]["profile"]
            .as_array_mut()
            .unwrap()
            .push(json!("http://dsf.dev/fhir/StructureDefinition/x|9.9"));
    });
    case("task-identifier", "F1108", &|task| {
        task["identifier"][0]["system"] = json!("http://dsf.dev/sid/task-identifier");
    });
    case("no correlation key", "correlation-key", &|task| {
        task["input"].as_array_mut().unwrap().remove(2);
    });
    case("requester reference", "requester.reference", &|task| {
        task["requester"]["reference"] = json!("Organization/1");
    });
    case("unknown endpoint", "F1007", &|task| {
        task["input"][3]["valueReference"]["identifier"]["value"] = json!("nowhere");
    });
    case("wrong type", "Endpoint", &|task| task["resourceType"] = json!("Endpoint"));
    for (name, task, expected) in cases {
        let answer = site.mailbox.create(&peer_identity(), Task, task, None).await;
        assert_eq!(answer.status, 403, "{name}");
        assert_eq!(answer.body.as_ref().unwrap()["resourceType"], "OperationOutcome", "{name}");
        assert!(text(&answer).contains(expected), "{name}: {}", text(&answer));
    }
    let all = site.mailbox.search(&local_identity(), Task, "", Handling::Strict);
    assert_eq!(all.body.unwrap()["total"], 0);
}

#[tokio::test]
async fn what_is_too_large_is_refused_alone() {
    const MEBIBYTE: usize = 1024 * 1024;
    let site = Site::usual().await;
    let with = |bytes: usize| {
        let mut task = ping(PEER, 1);
        task["description"] =
            json!("x".repeat(bytes - task.to_string().len() - r#""description":"","#.len()));
        task
    };
    for (name, task) in [("value of the store", with(16_777_206)), ("body", with(4 * MEBIBYTE + 8 * 1024))] {
        let answer = site.mailbox.create(&peer_identity(), Task, task, None).await;
        assert_eq!(answer.status, 413, "{name}: {}", text(&answer));
        assert_eq!(answer.body.as_ref().unwrap()["issue"][0]["code"], "too-long");
    }
    // Each entry is small enough, all of them are not.
    let entry = json!({ "resource": with(4 * MEBIBYTE), "request": { "method": "POST", "url": "Task" } });
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": vec![entry; 9] });
    assert_eq!(site.mailbox.process(&peer_identity(), &bundle).await.status, 413);
    let created = site.mailbox.create(&peer_identity(), Task, with(4 * MEBIBYTE), None).await;
    assert_eq!(created.status, 201, "{}", text(&created));
    // What was accepted at the limit can still be worked on and ended.
    let id = id_of(&created);
    let mut taken = with_status(created.body.unwrap(), Status::InProgress, &[], None);
    let answer = site.mailbox.update(&local_identity(), Task, &id, taken.clone(), None).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    taken["output"] = json!([{ "type": { "coding": [{ "system": "urn:x", "code": "result" }] },
        "valueString": "x".repeat(3 * MEBIBYTE) }]);
    let answer = site.mailbox.update(&local_identity(), Task, &id, taken.clone(), None).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    taken["output"][0]["valueString"] = json!("x".repeat(5 * MEBIBYTE));
    assert_eq!(site.mailbox.update(&local_identity(), Task, &id, taken, None).await.status, 413);
    assert_eq!(site.mailbox.create(&peer_identity(), Task, ping(PEER, 2), None).await.status, 201);
}

#[tokio::test]
async fn a_repeated_delivery_creates_once() {
    let site = Site::usual().await;
    let condition = "identifier=urn:tessera:message|b.example-7";
    let peer = peer_identity();
    let deliveries = (0..20).map(|_| site.mailbox.create(&peer, Task, ping(PEER, 7), Some(condition)));
    let answers = futures_util::future::join_all(deliveries).await;
    let created: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(created.len(), 1);
    for answer in &answers {
        assert_eq!(answer.location, created[0].location);
    }
    let table = [("", 400), ("foo=bar", 400), ("Task?status=requested", 400), ("_count=1", 400)];
    for (condition, status) in table {
        let answer = site.mailbox.create(&peer_identity(), Task, ping(PEER, 8), Some(condition)).await;
        assert_eq!(answer.status, status, "{condition}");
    }
    site.mailbox.create(&peer_identity(), Task, ping(PEER, 7), None).await;
    let ambiguous = site.mailbox.create(&peer_identity(), Task, ping(PEER, 7), Some(condition)).await;
    assert_eq!(ambiguous.status, 412);
}

#[tokio::test]
async fn nobody_keeps_the_message_of_another_out_or_asks_for_it() {
    let site = Site::usual().await;
    // A parent organization is listed, too, and here it plays foul: it takes the identifiers of others first.
    let foul = Identity::remote("parent.example");
    let condition = |whose: &str| format!("identifier=urn:tessera:message|{whose}-7");
    for whose in [PEER, "a.example"] {
        let mut taken = ping("parent.example", 7);
        taken["identifier"][0]["value"] = json!(format!("{whose}-7"));
        assert_eq!(site.mailbox.create(&foul, Task, taken, None).await.status, 201);
    }
    for (identity, whose) in [(peer_identity(), PEER), (local_identity(), "a.example")] {
        let condition = condition(whose);
        let mine = site.mailbox.create(&identity, Task, ping(whose, 7), Some(&condition)).await;
        assert_eq!(mine.status, 201, "{whose}: {}", text(&mine));
        let again = site.mailbox.create(&identity, Task, ping(whose, 7), Some(&condition)).await;
        assert_eq!((again.status, again.location), (200.try_into().unwrap(), mine.location), "{whose}");
    }
    // The other way round: whether the peer sent something with this business key is not told.
    let probe = "identifier=urn:tessera:message|b.example-7&status=requested";
    let mut question = ping("parent.example", 8);
    question["identifier"][0]["value"] = json!("question");
    site.mailbox.create(&peer_identity(), Task, ping(PEER, 9), None).await;
    let answer =
        site.mailbox.create(&foul, Task, question, Some("identifier=urn:tessera:message|b.example-9")).await;
    assert_eq!(answer.status, 201, "{}", text(&answer));
    for answer in [
        site.mailbox.delete_by_query(&Identity::remote("c.example"), Task, probe).await,
        site.mailbox.delete_by_query(&Identity::remote("c.example"), Task, "status=completed").await,
    ] {
        assert_eq!(answer.status, 204, "{}", text(&answer));
    }
}

#[tokio::test]
async fn many_concurrent_tasks_all_arrive_and_times_increase() {
    let site = Site::usual().await;
    let peer = peer_identity();
    let creations = (0..200).map(|number| site.mailbox.create(&peer, Task, ping(PEER, number), None));
    let answers = futures_util::future::join_all(creations).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let mut seen = std::collections::BTreeSet::new();
    let mut url = "status=requested&_sort=_lastUpdated&_count=30".to_owned();
    let mut last = String::new();
    loop {
        let page = site.mailbox.search(&local_identity(), Task, &url, Handling::Strict).body.unwrap();
        assert_eq!(page["total"], 200);
        for task in tessera_fhir::bundle::matches(&page) {
            let updated = task["meta"]["lastUpdated"].as_str().unwrap().to_owned();
            assert!(updated > last, "{updated} after {last}");
            last = updated;
            seen.insert(task["id"].as_str().unwrap().to_owned());
        }
        match tessera_fhir::bundle::link(&page, "next") {
            Some(next) => url = next.split_once('?').unwrap().1.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 200);
    // Catch-up as DSF's engine does it: nothing is newer than the newest.
    let query = format!("status=requested&_lastUpdated=gt{}", last.trim_end_matches('Z'));
    let newer = site.mailbox.search(&local_identity(), Task, &query, Handling::Strict).body.unwrap();
    assert_eq!(newer["total"], 0);
}

async fn status(
    mailbox: &Mailbox,
    identity: &Identity,
    task: &Value,
    to: Status,
    if_match: Option<&str>,
) -> u16 {
    let id = task["id"].as_str().unwrap();
    let new = with_status(task.clone(), to, &[], None);
    mailbox.update(identity, Task, id, new, if_match).await.status.as_u16()
}

#[tokio::test]
async fn the_life_of_a_task() {
    let site = Site::usual().await;
    let mailbox = &site.mailbox;
    let task = mailbox.create(&peer_identity(), Task, ping(PEER, 1), None).await.body.unwrap();
    let id = task["id"].as_str().unwrap();
    assert_eq!(status(mailbox, &peer_identity(), &task, Status::InProgress, None).await, 403);
    assert_eq!(status(mailbox, &local_identity(), &task, Status::Completed, None).await, 403);
    assert_eq!(status(mailbox, &local_identity(), &task, Status::InProgress, Some("W/\"9\"")).await, 412);
    assert_eq!(status(mailbox, &local_identity(), &task, Status::InProgress, Some("W/\"1\"")).await, 200);
    assert_eq!(status(mailbox, &local_identity(), &task, Status::InProgress, Some("W/\"1\"")).await, 412);
    assert_eq!(status(mailbox, &local_identity(), &task, Status::Requested, None).await, 403);
    let failed = with_status(task.clone(), Status::Failed, &[], Some("Unable to correlate Task"));
    let answer = mailbox.update(&local_identity(), Task, id, failed, Some("W/\"2\"")).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let seen = mailbox.read(&peer_identity(), Task, id).body.unwrap();
    assert_eq!(seen["output"][0]["valueString"], "Unable to correlate Task");
    assert_eq!(seen["meta"]["versionId"], "3");
    assert_eq!(mailbox.read_version(&peer_identity(), Task, id, 1).body.unwrap()["status"], "requested");
    assert_eq!(mailbox.read_version(&peer_identity(), Task, id, 4).status, 404);
    assert_eq!(mailbox.delete(&local_identity(), Task, id).await.status, 403);
    let search = |query: &str| {
        mailbox.search(&local_identity(), Task, query, Handling::Strict).body.unwrap()["total"].clone()
    };
    assert_eq!(search("status=requested"), 0);
    assert_eq!(search("status=failed"), 1);
    assert_eq!(search("identifier=urn:tessera:message|b.example-1"), 1);
    assert_eq!(search("requester:identifier=http://dsf.dev/sid/organization-identifier|b.example"), 1);
    let mut changed = seen.clone();
    changed["input"][1]["valueString"] = json!("other");
    assert_eq!(mailbox.update(&local_identity(), Task, id, changed, None).await.status, 403);
}

#[tokio::test]
async fn updates_and_deletes_keep_their_statuses() {
    let site = Site::usual().await;
    let mailbox = &site.mailbox;
    let local = local_identity();
    let created = mailbox
        .create(&local, Organization, organization("c.example", Some(&"c".repeat(128)), None), None)
        .await;
    assert_eq!(created.status, 201);
    let id = id_of(&created);
    let body = created.body.unwrap();
    assert_eq!(body["meta"]["profile"][0], "http://dsf.dev/fhir/StructureDefinition/organization");
    let unknown = "00000000-0000-4000-8000-000000000000";
    let with_id = |id: &str| {
        let mut body = body.clone();
        body["id"] = json!(id);
        body
    };
    assert_eq!(mailbox.update(&local, Organization, &id, with_id("other"), None).await.status, 400);
    assert_eq!(mailbox.update(&local, Organization, unknown, with_id(unknown), None).await.status, 405);
    assert_eq!(mailbox.update(&peer_identity(), Organization, &id, body.clone(), None).await.status, 403);
    let mut renamed = body.clone();
    renamed["identifier"][0]["value"] = json!("d.example");
    assert_eq!(mailbox.update(&local, Organization, &id, renamed, None).await.status, 403);
    // The same thumbprint for two organizations, and the same identifier twice.
    let twice = mailbox
        .create(&local, Organization, organization("d.example", Some(&"c".repeat(128)), None), None)
        .await;
    assert_eq!(twice.status, 403);
    assert!(text(&twice).contains("F1006"));
    assert_eq!(
        mailbox.create(&local, Organization, organization("c.example", None, None), None).await.status,
        403
    );
    assert_eq!(mailbox.read(&peer_identity(), Organization, &id).status, 200);
    assert_eq!(mailbox.identify(&"c".repeat(128)), Some(Identity::remote("c.example")));
    assert_eq!(mailbox.delete(&peer_identity(), Organization, &id).await.status, 403);
    assert_eq!(mailbox.delete(&local, Organization, &id).await.status, 200);
    assert_eq!(mailbox.identify(&"c".repeat(128)), None);
    assert_eq!(mailbox.delete(&local, Organization, &id).await.status, 200);
    assert_eq!(mailbox.delete(&local, Organization, unknown).await.status, 404);
    let gone = mailbox.read(&local, Organization, &id);
    assert_eq!((gone.status.as_u16(), gone.version), (410, Some(2)));
    assert_eq!(mailbox.read_version(&local, Organization, &id, 1).status, 200);
    assert_eq!(mailbox.read_version(&local, Organization, &id, 2).status, 410);
    assert_eq!(mailbox.read_version(&local, Organization, &id, 3).status, 404);
    assert_eq!(mailbox.update(&local, Organization, &id, body.clone(), None).await.status, 410);
    // What was deleted is free again.
    assert_eq!(mailbox.create(&local, Organization, body, None).await.status, 201);
    let query = "identifier=http://dsf.dev/sid/organization-identifier|c.example";
    assert_eq!(mailbox.delete_by_query(&local, Organization, query).await.status, 200);
    assert_eq!(mailbox.delete_by_query(&local, Organization, query).await.status, 204);
}

#[tokio::test]
async fn searches_that_engines_and_plugins_make() {
    let site = Site::usual().await;
    let search = |kind, query: &str| {
        let bundle = site.mailbox.search(&local_identity(), kind, query, Handling::Strict).body.unwrap();
        let count = |mode: &str| {
            bundle["entry"]
                .as_array()
                .map_or(0, |entries| entries.iter().filter(|entry| entry["search"]["mode"] == mode).count())
        };
        (bundle["total"].as_u64().unwrap_or(99), count("include"))
    };
    let system = "http://dsf.dev/sid/organization-identifier";
    let roles = "http://dsf.dev/fhir/CodeSystem/organization-role";
    let table = [
        (Endpoint, "status=active&address=https://b.example/fhir&_include=Endpoint:organization".to_owned(), (1, 1)),
        (Endpoint, "status=active&identifier=http://dsf.dev/sid/endpoint-identifier|".to_owned(), (2, 0)),
        (Endpoint, "_revinclude=Organization:endpoint&_sort=_id&_page=1".to_owned(), (2, 2)),
        (Organization, format!("active=true&identifier={system}|b.example"), (1, 0)),
        (
            Organization,
            format!("active=true&identifier:not={system}|a.example&_profile=http://dsf.dev/fhir/StructureDefinition/organization"),
            (2, 0),
        ),
        (Organization, "name=B.EX".to_owned(), (1, 0)),
        (Organization, "_count=0".to_owned(), (3, 0)),
        (
            OrganizationAffiliation,
            format!(
                "active=true&primary-organization:identifier={system}|parent.example&participating-organization:identifier={system}|b.example&role={roles}|HRP&_include=OrganizationAffiliation:endpoint:Endpoint&_include=OrganizationAffiliation:participating-organization"
            ),
            (1, 2),
        ),
        (OrganizationAffiliation, format!("primary-organization:identifier={system}|parent.example&role={roles}|DIC"), (1, 0)),
        (
            Subscription,
            "criteria:exact=Task%3Fstatus%3Drequested&status=active&type=websocket&payload=application/fhir%2Bjson".to_owned(),
            (1, 0),
        ),
    ];
    for (kind, query, expected) in table {
        assert_eq!(search(kind, &query), expected, "{kind}?{query}");
    }
    assert_eq!(site.mailbox.search(&local_identity(), Endpoint, "nonsense=1", Handling::Strict).status, 400);
    let lenient =
        site.mailbox.search(&local_identity(), Endpoint, "nonsense=1", Handling::Lenient).body.unwrap();
    assert_eq!(lenient["entry"][2]["search"]["mode"], "outcome");
    // The Subscription is for this site only.
    let hidden = site.mailbox.search(&peer_identity(), Subscription, "", Handling::Strict).body.unwrap();
    assert_eq!(hidden["total"], 0);
}

#[tokio::test]
async fn references_must_exist_and_identifiers_hide_our_ids() {
    let site = Site::usual().await;
    let local = local_identity();
    let dangling = endpoint("c.example.endpoint", "https://c.example:12345/fhir", "Organization/nowhere");
    let answer = site.mailbox.create(&local, Endpoint, dangling, None).await;
    assert!(answer.status == 403 && text(&answer).contains("F1007"), "{}", text(&answer));
    let peer = site.mailbox.search(&local, Organization, "name=b.example", Handling::Strict).body.unwrap();
    let peer_id = peer["entry"][0]["resource"]["id"].as_str().unwrap();
    let mut good =
        endpoint("c.example.endpoint", "https://c.example:12345/fhir", &format!("Organization/{peer_id}"));
    good["managingOrganization"]["identifier"] =
        json!({ "system": "http://dsf.dev/sid/organization-identifier", "value": PEER });
    let answer = site.mailbox.create(&local, Endpoint, good, None).await;
    assert_eq!(answer.status, 201, "{}", text(&answer));
    assert!(answer.body.unwrap()["managingOrganization"].get("reference").is_none());
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let site = Site::usual().await;
    let id = id_of(&site.mailbox.create(&peer_identity(), Task, ping(PEER, 1), None).await);
    let before = site.mailbox.search(&local_identity(), Subscription, "", Handling::Strict).body.unwrap();
    drop(site.mailbox);
    for (base_url, organization, stored) in [
        ("https://b.example/fhir", "a.example", "https://a.example/fhir"),
        ("https://a.example/fhir", PEER, "'a.example'"),
    ] {
        let other = Settings::new(base_url, organization);
        let refused = Mailbox::open(site.store.clone(), site.committer.clone(), other).await.unwrap_err();
        let (refused, configured) = (refused.to_string(), if organization == PEER { PEER } else { base_url });
        assert!(refused.contains(stored) && refused.contains(configured), "{refused}");
    }
    let again = Mailbox::open(site.store, site.committer, settings()).await.unwrap();
    assert_eq!(again.read(&local_identity(), Task, &id).status, 200);
    assert_eq!(again.identify(&"b".repeat(128)).unwrap().organization, PEER);
    // Built-in resources are brought once.
    let after = again.search(&local_identity(), Subscription, "", Handling::Strict).body.unwrap();
    assert_eq!(before["entry"][0]["resource"]["id"], after["entry"][0]["resource"]["id"]);
    assert_eq!(after["total"], 1);
}
