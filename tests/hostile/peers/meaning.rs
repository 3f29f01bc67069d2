//! What FHIR lets a caller try: the name, the Task or the process of somebody else; what is over; what is not theirs to change.

use serde_json::{Value, json};
use tessera_fhir::task::{Status, with_status};

use super::case::Expected::{Answer, Bare};
use super::case::{Case, Deed, Expected, get, json as sent, legitimate, ping, request, send};
use super::certificates::Who;
use super::site::{LOCAL, OTHER, PEER, Site};

const POST: &str = "POST /fhir/Task";

pub(super) fn cases() -> Vec<Case> {
    [creating(), changing(), asking()].into_iter().flatten().collect()
}

/// Tasks that the peer must not send.
fn creating() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, code: &'static str, change: fn(&mut Value)| {
        let deed = send(Who::Peer, POST, move |_| {
            let mut task = ping(PEER, 1);
            change(&mut task);
            task.to_string()
        });
        cases.push(Case { name: name.to_owned(), deed, ending: Answer(403, code), twin: legitimate() });
    };
    case("requester is the site itself", "F1103", |task| {
        task["requester"]["identifier"]["value"] = json!(LOCAL);
    });
    case("requester is another member", "F1103", |task| {
        task["requester"]["identifier"]["value"] = json!(OTHER);
    });
    case("requester of another system", "F1103", |task| {
        task["requester"]["identifier"]["system"] = json!("urn:x");
    });
    case("no requester", "F1103", |task| {
        task.as_object_mut().unwrap().remove("requester");
    });
    case("recipient is another member", "F1104", |task| {
        task["restriction"]["recipient"][0]["identifier"]["value"] = json!(OTHER);
    });
    case("two recipients", "F1104", |task| {
        let recipient = task["restriction"]["recipient"][0].clone();
        task["restriction"]["recipient"].as_array_mut().unwrap().push(recipient);
    });
    case("no recipient", "F1104", |task| {
        task.as_object_mut().unwrap().remove("restriction");
    });
    case("unknown process", "F1105", |task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/other|1.0");
    });
    case("unknown version", "F1105", |task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/pong|9.9");
    });
    case("process without version", "F1105", |task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/pong");
    });
    case("process of the own organisation only", "F1109", |task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/local|1.0");
    });
    case("role that the peer has not", "F1109", |task| {
        task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/role|1.0");
    });
    case("message that the process does not know", "F1110", |task| {
        task["input"][0]["valueString"] = json!("pong");
    });
    case("two message names", "F1106", |task| {
        let name = task["input"][0].clone();
        task["input"].as_array_mut().unwrap().push(name);
    });
    case("no message name", "F1106", |task| {
        task["input"].as_array_mut().unwrap().remove(0);
    });
    case("profile of something else", "F1110", |task| task["meta"]["profile"] = json!(["http://dsf.dev/x"]));
    case("profile that is not installed, beside", "F1221", |task| {
        let profiles = task["meta"]["profile"].as_array_mut().unwrap();
        profiles.push(json!("http://dsf.dev/fhir/StructureDefinition/x|9.9"));
    });
    case("input that the profile does not know", "F1221", |task| {
        let mut input = task["input"][1].clone();
        input["type"]["coding"][0]["code"] = json!("exploit");
        task["input"].as_array_mut().unwrap().push(input);
    });
    case("no correlation key", "F1221", |task| {
        task["input"].as_array_mut().unwrap().remove(2);
    });
    case("status in-progress", "F1101", |task| task["status"] = json!("in-progress"));
    case("status completed", "F1101", |task| task["status"] = json!("completed"));
    case("status that does not exist", "F1101", |task| task["status"] = json!("hacked"));
    case("draft of a peer", "F1112", |task| task["status"] = json!("draft"));
    case("output of its own", "F1107", |task| task["output"] = json!([task["input"][0].clone()]));
    case("identifier of drafts", "F1108", |task| {
        task["identifier"] = json!([{ "system": "http://dsf.dev/sid/task-identifier", "value": "x" }]);
    });
    case("line break in the business key", "F1114", |task| task["input"][1]["valueString"] = json!("a\nb"));
    cases
}

/// What is not the caller's to change, or not any more.
fn changing() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, ending, deed: Deed| {
        cases.push(Case { name: name.to_owned(), deed, ending, twin: legitimate() });
    };
    let update = |who, id: fn(&Site) -> String, change: fn(&mut Value)| {
        Deed::new(who, move |site| {
            let id = id(site);
            let mut task = site.read(&id);
            change(&mut task);
            sent(&format!("PUT /fhir/Task/{id}"), task.to_string().as_bytes())
        })
    };
    let requested: fn(&Site) -> String = |site| site.tasks.requested.clone();
    let completed: fn(&Site) -> String = |site| site.tasks.completed.clone();
    let of_other: fn(&Site) -> String = |site| site.tasks.of_other.clone();
    case(
        "peer changes its own Task",
        Answer(403, "F1001"),
        update(Who::Peer, requested, |task| task["description"] = json!("x")),
    );
    case(
        "peer changes the Task of another",
        Answer(403, "F1001"),
        update(Who::Peer, of_other, |task| task["description"] = json!("x")),
    );
    case(
        "peer completes its own Task",
        Answer(403, "F1001"),
        update(Who::Peer, requested, |task| task["status"] = json!("completed")),
    );
    case(
        "from requested to completed at once",
        Answer(403, "F1102"),
        update(Who::Local, requested, |task| task["status"] = json!("completed")),
    );
    case(
        "back from completed to requested",
        Answer(403, "F1102"),
        update(Who::Local, completed, |task| task["status"] = json!("requested")),
    );
    case(
        "change after the end",
        Answer(403, "F1102"),
        update(Who::Local, completed, |task| task["description"] = json!("x")),
    );
    case(
        "another requester while taking it",
        Answer(403, "F1111"),
        update(Who::Local, requested, |task| {
            task["status"] = json!("in-progress");
            task["requester"]["identifier"]["value"] = json!(OTHER);
        }),
    );
    case(
        "another id than the url",
        Answer(400, "F1217"),
        update(Who::Local, requested, |task| task["id"] = json!("other")),
    );
    case(
        "update of what is not there",
        Answer(405, "F1218"),
        Deed::new(Who::Local, |_| {
            let mut task = ping(PEER, 1);
            task["id"] = json!("00000000-0000-4000-8000-000000000000");
            sent("PUT /fhir/Task/00000000-0000-4000-8000-000000000000", task.to_string().as_bytes())
        }),
    );
    case(
        "update of a version that is over",
        Answer(412, "F1211"),
        Deed::new(Who::Local, |site| {
            let id = &site.tasks.requested;
            let task = with_status(site.read(id), Status::InProgress, &[], None);
            let head = format!(
                "PUT /fhir/Task/{id} HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-Match: W/\"7\""
            );
            request(&head, task.to_string().as_bytes())
        }),
    );
    let delete = |id: fn(&Site) -> String| {
        Deed::new(Who::Peer, move |site| request(&format!("DELETE /fhir/Task/{} HTTP/1.1", id(site)), b""))
    };
    case("peer deletes its own Task", Answer(403, "F1001"), delete(requested));
    case("peer deletes the Task of another", Answer(403, "F1001"), delete(of_other));
    let foreign = |kind: &'static str| {
        Deed::new(Who::Peer, move |_| {
            let body =
                json!({ "resourceType": kind, "status": "active", "active": true, "name": "patient-4711" });
            sent(&format!("POST /fhir/{kind}"), body.to_string().as_bytes())
        })
    };
    for kind in [
        "Organization",
        "OrganizationAffiliation",
        "Endpoint",
        "ActivityDefinition",
        "StructureDefinition",
        "Subscription",
        "CodeSystem",
        "ValueSet",
        "NamingSystem",
    ] {
        case(&format!("peer installs {kind}"), Answer(403, "F1001"), foreign(kind));
    }
    case(
        "peer puts itself on the allow list",
        Answer(403, "F1001"),
        send(Who::Peer, "POST /fhir", |_| {
            let organization = json!({ "resourceType": "Organization", "active": true });
            json!({ "resourceType": "Bundle", "type": "transaction", "entry": [{ "resource": organization,
            "request": { "method": "POST", "url": "Organization" } }] })
            .to_string()
        }),
    );
    case(
        "transaction with one forbidden entry",
        Answer(403, "F1103"),
        send(Who::Peer, "POST /fhir", |_| {
            let entry =
                |task: Value| json!({ "resource": task, "request": { "method": "POST", "url": "Task" } });
            json!({ "resourceType": "Bundle", "type": "transaction", "entry": [entry(ping(PEER, 1)), entry(ping(OTHER, 1))] }).to_string()
        }),
    );
    case(
        "condition that matches nothing in particular",
        Answer(400, "F1210"),
        Deed::new(Who::Peer, |_| {
            let head =
                format!("{POST} HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-None-Exist: _count=1");
            request(&head, ping(PEER, 1).to_string().as_bytes())
        }),
    );
    case(
        "condition with a path",
        Answer(400, "F1210"),
        Deed::new(Who::Peer, |_| {
            let head = format!(
                "{POST} HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-None-Exist: Organization?identifier=a|b"
            );
            request(&head, ping(PEER, 1).to_string().as_bytes())
        }),
    );
    case(
        "condition that matches two Tasks",
        Answer(412, "F1212"),
        Deed::new(Who::Peer, |_| {
            let head = format!(
                "{POST} HTTP/1.1\r\nContent-Type: application/fhir+json\r\nIf-None-Exist: requester:identifier=http://dsf.dev/sid/organization-identifier|b.example"
            );
            request(&head, ping(PEER, 1).to_string().as_bytes())
        }),
    );
    cases
}

/// What is not the caller's to know.
fn asking() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, ending, deed: Deed| {
        cases.push(Case {
            name: name.to_owned(),
            deed,
            ending,
            twin: get(Who::Peer, "/fhir/Task?status=requested"),
        });
    };
    case(
        "the Task of another",
        Answer(403, "F1002"),
        Deed::new(Who::Peer, |site| {
            request(&format!("GET /fhir/Task/{} HTTP/1.1", site.tasks.of_other), b"")
        }),
    );
    case(
        "the first version of the Task of another",
        Answer(403, "F1002"),
        Deed::new(Who::Peer, |site| {
            request(&format!("GET /fhir/Task/{}/_history/1 HTTP/1.1", site.tasks.of_other), b"")
        }),
    );
    case(
        "a Task that was never there",
        Bare(404, "F1215"),
        get(Who::Peer, "/fhir/Task/00000000-0000-4000-8000-000000000000"),
    );
    case(
        "a version that was never there",
        Bare(404, "F1215"),
        Deed::new(Who::Peer, |site| {
            request(&format!("GET /fhir/Task/{}/_history/9 HTTP/1.1", site.tasks.requested), b"")
        }),
    );
    case(
        "strict search with an unknown parameter",
        Answer(400, "F1216"),
        Deed::new(Who::Peer, |_| request("GET /fhir/Task?secret=1 HTTP/1.1\r\nPrefer: handling=strict", b"")),
    );
    case(
        "strict search with 100 parameters",
        Answer(400, "F1216"),
        Deed::new(Who::Peer, |_| {
            request(
                &format!(
                    "GET /fhir/Task?{} HTTP/1.1\r\nPrefer: handling=strict",
                    "status=requested&".repeat(100)
                ),
                b"",
            )
        }),
    );
    case(
        "subscription to the Tasks of others",
        Expected::Upgraded("F1001"),
        Deed::new(Who::Peer, |_| {
            b"GET /fhir/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".to_vec()
        }),
    );
    cases
}
