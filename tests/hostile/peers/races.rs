//! What takes more than one connection: races, repetitions, and members that are taken off the list while they are connected.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tessera_fhir::ResourceType::Task;
use tessera_fhir::task::{Status, with_status};
use tessera_mailbox::Identity;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::LocalSet;

use super::case::{Ending, Layer, json as sent, ping, request};
use super::certificates::Who;
use super::connection::ending;
use super::site::{OTHER, PEER, Site};

const AT_ONCE: usize = 16;

fn status(ending: &Ending) -> u16 {
    match ending {
        Ending::Answer { status, .. } => *status,
        Ending::Closed => 0,
    }
}

/// All of these at the same time, each on a connection of its own; how often each status came.
async fn at_once(site: &Site, who: Who, requests: Vec<Vec<u8>>) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    let asked = requests.iter().map(|request| site.ask(who, request));
    for answer in futures_util::future::join_all(asked).await {
        *counts.entry(status(&answer)).or_default() += 1;
    }
    counts
}

fn conditional(task: &Value, identifier: &str) -> Vec<u8> {
    let head = format!(
        "POST /fhir/Task HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-None-Exist: identifier=urn:tessera:message|{identifier}"
    );
    request(&head, task.to_string().as_bytes())
}

fn tasks(site: &Site, query: &str) -> u64 {
    let local = site.mailbox.local_identity();
    let found = site.mailbox.search(&local, Task, query, tessera_fhir::search::Handling::Strict);
    found.body.unwrap()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_message_that_comes_many_times_at_once_is_there_once() {
    let site = Site::start(|_| {}).await;
    let message = conditional(&ping(PEER, 50), "b.example-50");
    let counts = at_once(&site, Who::Peer, vec![message.clone(); AT_ONCE]).await;
    assert_eq!(counts, BTreeMap::from([(201, 1), (200, AT_ONCE - 1)]));
    // A peer that was restored from a backup sends its old messages again, and one with other content under an old name.
    let stored = site.digest();
    let mut other = ping(PEER, 50);
    other["description"] = json!("something else");
    for again in [message, conditional(&other, "b.example-50"), conditional(&ping(PEER, 2), "b.example-2")] {
        assert_eq!(status(&site.ask(Who::Peer, &again).await), 200);
    }
    assert_eq!(site.digest(), stored, "nothing was stored again");
    // The name that one member gives its message does not keep the message of another out.
    let mut theirs = ping(OTHER, 50);
    theirs["identifier"][0]["value"] = json!("b.example-50");
    assert_eq!(status(&site.ask(Who::Other, &conditional(&theirs, "b.example-50")).await), 201);
}

#[tokio::test]
async fn of_many_updates_of_one_version_one_wins() {
    let site = Site::start(|_| {}).await;
    let id = site.tasks.requested.clone();
    let task = with_status(site.read(&id), Status::InProgress, &[], None);
    let head =
        format!("PUT /fhir/Task/{id} HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-Match: W/\"1\"");
    let update = request(&head, task.to_string().as_bytes());
    let counts = at_once(&site, Who::Local, vec![update; AT_ONCE]).await;
    assert_eq!(counts, BTreeMap::from([(200, 1), (412, AT_ONCE - 1)]));
    assert_eq!(site.read(&id)["meta"]["versionId"], "2");
}

#[tokio::test]
async fn many_members_at_once_do_not_disturb_each_other() {
    let site = Site::start(|_| {}).await;
    let before = tasks(&site, "");
    let messages = |name: &str, from: u32| -> Vec<Vec<u8>> {
        (from..from + 16)
            .map(|number| sent("POST /fhir/Task", ping(name, number).to_string().as_bytes()))
            .collect()
    };
    let (peer, other) =
        (at_once(&site, Who::Peer, messages(PEER, 100)), at_once(&site, Who::Other, messages(OTHER, 100)));
    let (peer, other) = futures_util::future::join(peer, other).await;
    assert_eq!((peer, other), (BTreeMap::from([(201, 16)]), BTreeMap::from([(201, 16)])));
    assert_eq!(tasks(&site, ""), before + 32);
}

#[tokio::test]
async fn searches_show_nobody_what_is_not_theirs() {
    let site = Site::start(|_| {}).await;
    let of_other = format!("_id={}", site.tasks.of_other);
    let queries = [
        String::new(),
        of_other.clone(),
        "status=requested".to_owned(),
        format!("requester:identifier=http://dsf.dev/sid/organization-identifier|{OTHER}"),
        "_include=Task:requester".to_owned(),
        "_revinclude=Task:requester".to_owned(),
        "_sort=-_lastUpdated&_count=1000".to_owned(),
    ];
    for query in queries {
        let answer = site.ask(Who::Peer, &request(&format!("GET /fhir/Task?{query} HTTP/1.1"), b"")).await;
        let Ending::Answer { status: 200, text } = &answer else { panic!("{query}: {answer:?}") };
        assert!(!text.contains(&site.tasks.of_other) || query == of_other, "{query}: {text}");
        assert!(!text.contains(&format!("\"value\":\"{OTHER}-3\"")), "{query}: {text}");
    }
    // What is not theirs and what does not exist is found equally often.
    let missing = "_id=00000000-0000-4000-8000-000000000000";
    let totals: Vec<u64> = [of_other.as_str(), missing]
        .into_iter()
        .map(|query| {
            let found = site.mailbox.search(
                &Identity::remote(PEER),
                Task,
                query,
                tessera_fhir::search::Handling::Strict,
            );
            found.body.unwrap()["total"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(totals, [0, 0]);
}

#[tokio::test]
async fn whoever_is_taken_off_the_list_is_out_on_every_open_connection() {
    let site = Site::start(|_| {}).await;
    let kept = b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut open = Vec::new();
    for layer in [Layer::Tls, Layer::Tls12] {
        let mut stream = site.connect(Who::Peer, layer).await.unwrap();
        stream.write_all(kept).await.unwrap();
        let mut buffer = vec![0; 64 * 1024];
        let count = stream.read(&mut buffer).await.unwrap();
        assert_eq!(status(&ending(&buffer[..count])), 200);
        open.push(stream);
    }
    let listed = site.certificates.thumbprint(Who::Peer);
    let without = |list: &mut Value| {
        let text = list.to_string().replace(&listed, &"0".repeat(128));
        *list = serde_json::from_str(&text).unwrap();
    };
    site.load_allow_list(without).await;
    for mut stream in open {
        stream.write_all(kept).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(status(&ending(&answer)), 403, "and the connection is closed");
    }
    assert_eq!(status(&site.ask(Who::Peer, &request("GET /fhir/metadata HTTP/1.1", b"")).await), 403);
    // Back on the list, it is served again.
    site.load_allow_list(|_| {}).await;
    assert_eq!(status(&site.ask(Who::Peer, &request("GET /fhir/metadata HTTP/1.1", b"")).await), 200);
}

#[tokio::test]
async fn no_session_is_resumed() {
    let site = Site::start(|_| {}).await;
    for layer in [Layer::Tls, Layer::Tls12] {
        // One configuration, hence one memory of sessions on the client's side.
        let configuration = site.configuration(Who::Peer, layer);
        for round in 0..3 {
            let mut stream = site.connect_with(std::sync::Arc::clone(&configuration)).await.unwrap();
            stream.write_all(&request("GET /fhir/metadata HTTP/1.1", b"")).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            assert_eq!(status(&ending(&answer)), 200);
            let kind = stream.get_ref().1.handshake_kind();
            assert_ne!(kind, Some(rustls::HandshakeKind::Resumed), "{layer:?}, round {round}");
        }
    }
}

#[tokio::test]
async fn one_member_cannot_take_the_places_of_all() {
    let site = Site::start(|_| {}).await;
    let most = tessera_mailbox::limits::CONNECTIONS_PER_PEER_MAX;
    LocalSet::new()
        .run_until(async {
            let mut open = Vec::new();
            for _ in 0..most {
                open.push(site.connect(Who::Peer, Layer::Tls).await.unwrap());
            }
            // Served, one after the other, so that all of them have their place.
            for stream in &mut open {
                stream.write_all(b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
                let mut start = [0; 12];
                stream.read_exact(&mut start).await.unwrap();
                assert_eq!(&start, b"HTTP/1.1 200");
            }
            let metadata = request("GET /fhir/metadata HTTP/1.1", b"");
            assert_eq!(site.ask(Who::Peer, &metadata).await, Ending::Closed);
            assert_eq!(status(&site.ask(Who::Other, &metadata).await), 200);
            // A place that is left can be taken again.
            drop(open);
            while site.ask(Who::Peer, &metadata).await == Ending::Closed {}
        })
        .await;
}
