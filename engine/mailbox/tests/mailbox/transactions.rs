//! Bundles: the allow list again and again, all or nothing, each for itself.

use serde_json::{Value, json};
use tessera_fhir::ResourceType::{Organization, OrganizationAffiliation};
use tessera_fhir::search::Handling;

use crate::network::{BASE, PEER, Site, allow_list, local_identity, organization, peer_identity, ping};

fn statuses(bundle: &Value) -> Vec<&str> {
    bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["response"]["status"].as_str().unwrap())
        .collect()
}

fn total(site: &Site, kind: tessera_fhir::ResourceType) -> Value {
    site.mailbox.search(&local_identity(), kind, "", Handling::Strict).body.unwrap()["total"].clone()
}

#[tokio::test]
async fn an_allow_list_may_be_loaded_again_and_again() {
    let site = Site::usual().await;
    let list = allow_list(BASE, &"a".repeat(128), &"d".repeat(128));
    let answer = site.mailbox.load_allow_list(&list).await;
    assert_eq!(answer.status, 200, "{:#?}", answer.body);
    assert_eq!(statuses(&answer.body.unwrap()), ["200 OK"; 7]);
    assert_eq!(total(&site, Organization), 3);
    assert_eq!(total(&site, OrganizationAffiliation), 2);
    // The peer has a new certificate; the old one is out.
    assert_eq!(site.mailbox.identify(&"d".repeat(128)).unwrap().organization, PEER);
    assert_eq!(site.mailbox.identify(&"b".repeat(128)), None);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_keeps_the_order_of_its_entries() {
    let site = Site::usual().await;
    let post = |identifier: &str| {
        json!({ "fullUrl": format!("urn:uuid:{identifier}"), "resource": organization(identifier, None, None),
        "request": { "method": "POST", "url": "Organization" } })
    };
    let bundle =
        |entries: Vec<Value>| json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    let local = local_identity();
    let twice = site.mailbox.process(&local, &bundle(vec![post("x.example"), post("x.example")])).await;
    assert_eq!(twice.status, 400, "the fullUrl is there twice");
    let mut second = post("x.example");
    second["fullUrl"] = json!("urn:uuid:other");
    let duplicate = site.mailbox.process(&local, &bundle(vec![post("x.example"), second.clone()])).await;
    assert_eq!(duplicate.status, 403);
    assert_eq!(total(&site, Organization), 3);
    second["request"]["ifNoneExist"] =
        json!("identifier=http://dsf.dev/sid/organization-identifier|x.example");
    let get = json!({ "request": { "method": "GET", "url": "Organization?name=x.example" } });
    let absent =
        json!({ "request": { "method": "GET", "url": "Organization/00000000-0000-4000-8000-000000000000" } });
    let delete = json!({ "request": { "method": "DELETE", "url": "Organization?name=nobody" } });
    let good =
        site.mailbox.process(&local, &bundle(vec![get, post("x.example"), second, absent, delete])).await;
    let body = good.body.unwrap();
    assert_eq!(
        statuses(&body),
        ["200 OK", "201 Created", "200 OK", "404 Not Found", "204 No Content"],
        "{body:#}"
    );
    assert_eq!(
        body["entry"][0]["resource"]["resourceType"], "Organization",
        "a single hit is answered as itself"
    );
    let unknown = json!({ "fullUrl": "urn:uuid:y", "resource": organization("y.example", None, Some("urn:uuid:nowhere")),
        "request": { "method": "POST", "url": "Organization" } });
    assert_eq!(site.mailbox.process(&local, &bundle(vec![unknown])).await.status, 403);
    assert_eq!(site.mailbox.process(&peer_identity(), &bundle(vec![post("z.example")])).await.status, 403);
    let other = json!({ "resourceType": "Bundle", "type": "collection" });
    assert_eq!(site.mailbox.process(&local, &other).await.status, 403);
    assert_eq!(site.mailbox.process(&local, &bundle(vec![json!({})])).await.status, 400);
}

#[tokio::test]
async fn in_a_batch_each_entry_stands_for_itself() {
    let site = Site::usual().await;
    let post =
        |resource: Value| json!({ "resource": resource, "request": { "method": "POST", "url": "Task" } });
    let mut forged = ping(PEER, 2);
    forged["requester"]["identifier"]["value"] = json!("a.example");
    let entries = vec![
        post(ping(PEER, 1)),
        post(forged),
        json!({ "request": { "method": "DELETE", "url": "Task/x" } }),
    ];
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
    let body = site.mailbox.process(&peer_identity(), &batch).await.body.unwrap();
    assert_eq!(statuses(&body), ["201 Created", "403 Forbidden", "404 Not Found"]);
    assert_eq!(body["type"], "batch-response");
}
