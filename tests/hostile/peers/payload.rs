//! What JSON lets a caller try: depth, numbers of things, texts that two readers read differently, other syntaxes.

use serde_json::json;

use super::case::Expected::Answer;
use super::case::{Case, Deed, json as sent, legitimate, ping, request, send};
use super::certificates::Who;
use super::site::PEER;

const POST: &str = "POST /fhir/Task";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, ending, deed: Deed| {
        cases.push(Case { name: name.to_owned(), deed, ending, twin: legitimate() });
    };
    let unreadable = Answer(403, "F1208");
    // A Task that is in order but for what stands before its end.
    let with = |member: String| {
        send(Who::Peer, POST, move |_| {
            let task = ping(PEER, 1).to_string();
            format!("{},{member}}}", &task[..task.len() - 1])
        })
    };
    let nested = |levels: usize| format!("\"x\":{}{}", "[".repeat(levels), "]".repeat(levels));
    case("nothing", unreadable, send(Who::Peer, POST, |_| " ".to_owned()));
    case("half a document", unreadable, send(Who::Peer, POST, |_| "{\"resourceType\":\"Ta".to_owned()));
    case("two documents", unreadable, send(Who::Peer, POST, |_| ping(PEER, 1).to_string().repeat(2)));
    case("a list", unreadable, send(Who::Peer, POST, |_| "[]".to_owned()));
    case("a number", unreadable, send(Who::Peer, POST, |_| "4711".to_owned()));
    case("no resourceType", unreadable, send(Who::Peer, POST, |_| "{}".to_owned()));
    case("nesting of 70 levels", unreadable, with(nested(70)));
    case("nesting of 100,000 levels", unreadable, with(nested(100_000)));
    case(
        "nesting of 100,000 objects",
        unreadable,
        with(format!("\"x\":{}1{}", "{\"x\":".repeat(100_000), "}".repeat(100_000))),
    );
    case("nesting without end", unreadable, with(format!("\"x\":{}", "[".repeat(500_000))));
    case("half a million numbers", unreadable, with(format!("\"x\":[{}0]", "0,".repeat(450_000))));
    case(
        "half a million members",
        unreadable,
        with(
            (0..40_000)
                .map(|at| format!("\"x{at}\":[[]]"))
                .chain(["\"y\":[".to_owned() + &"1,".repeat(180_000) + "1]"])
                .collect::<Vec<_>>()
                .join(","),
        ),
    );
    case("member twice", unreadable, with("\"status\":\"requested\"".to_owned()));
    case("member twice, escaped", unreadable, with("\"\\u0073tatus\":\"completed\"".to_owned()));
    case("member twice, deep inside", unreadable, with("\"x\":[{\"a\":{\"b\":1,\"b\":2}}]".to_owned()));
    case("number of 400 digits", unreadable, with(format!("\"x\":{}", "9".repeat(400))));
    case("number of 100,000 digits", unreadable, with(format!("\"x\":{}", "9".repeat(100_000))));
    case("exponent of 10,000", unreadable, with("\"x\":1e10000".to_owned()));
    case("not a number", unreadable, with("\"x\":NaN".to_owned()));
    case("NUL in a text", unreadable, with("\"x\":\"a\\u0000b\"".to_owned()));
    case("NUL as it is", unreadable, with("\"x\":\"a\0b\"".to_owned()));
    case("control character in a name", unreadable, with("\"a\\u001bb\":1".to_owned()));
    case("first half of a surrogate pair", unreadable, with("\"x\":\"\\ud83d\"".to_owned()));
    case("second half of a surrogate pair", unreadable, with("\"x\":\"\\ude00\"".to_owned()));
    case("halves in the wrong order", unreadable, with("\"x\":\"\\ude00\\ud83d\"".to_owned()));
    case(
        "bytes that are not UTF-8",
        unreadable,
        Deed::new(Who::Peer, |_| sent(POST, b"{\"resourceType\":\"Task\",\"x\":\"\xc3\x28\"}")),
    );
    case(
        "UTF-16",
        unreadable,
        Deed::new(Who::Peer, |_| {
            let text: Vec<u8> =
                "{\"resourceType\":\"Task\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
            sent(POST, &text)
        }),
    );
    case(
        "byte order mark",
        unreadable,
        Deed::new(Who::Peer, |_| sent(POST, b"\xef\xbb\xbf{\"resourceType\":\"Task\"}")),
    );
    case("comment", unreadable, with("/* */\"x\":1".to_owned()));
    case("XML with entities, called JSON", unreadable, Deed::new(Who::Peer, |_| sent(POST, BOMB.as_bytes())));
    case(
        "other type than the url",
        Answer(403, "F1219"),
        send(Who::Peer, POST, |_| json!({ "resourceType": "Patient", "name": "patient-4711" }).to_string()),
    );
    case(
        "10,001 extensions as inputs",
        Answer(403, "F1106"),
        send(Who::Peer, POST, |_| {
            let mut task = ping(PEER, 1);
            let input = task["input"][1].clone();
            task["input"].as_array_mut().unwrap().extend(std::iter::repeat_n(input, 5_000));
            let name = task["input"][0].clone();
            task["input"].as_array_mut().unwrap().push(name);
            task.to_string()
        }),
    );
    case(
        "business key of 100,000 bytes",
        Answer(403, "F1114"),
        send(Who::Peer, POST, |_| {
            let mut task = ping(PEER, 1);
            task["input"][1]["valueString"] = json!("k".repeat(100_000));
            task.to_string()
        }),
    );
    case(
        "texts where lists belong",
        Answer(403, "F1106"),
        send(Who::Peer, POST, |_| {
            let mut task = ping(PEER, 1);
            task["input"] = json!("all of it");
            task["restriction"] = json!([]);
            task.to_string()
        }),
    );
    let bundle = |entries: usize, of: &'static str| {
        send(Who::Peer, "POST /fhir", move |_| {
            format!(
                "{{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{}{of}]}}",
                format!("{of},").repeat(entries - 1)
            )
        })
    };
    case("Bundle of 100,000 entries", Answer(400, "F1213"), bundle(100_000, "{}"));
    case(
        "Bundle of 201 searches",
        Answer(400, "F1213"),
        bundle(201, "{\"request\":{\"method\":\"GET\",\"url\":\"Task\"}}"),
    );
    case(
        "Bundle within a Bundle",
        Answer(400, "F1213"),
        send(Who::Peer, "POST /fhir", |_| {
            let inner = json!({ "resourceType": "Bundle", "type": "batch", "entry": [] });
            json!({ "resourceType": "Bundle", "type": "transaction", "entry": [{
            "resource": inner, "request": { "method": "POST", "url": "" } }] })
            .to_string()
        }),
    );
    case(
        "Bundle with a foreign url",
        Answer(400, "F1213"),
        send(Who::Peer, "POST /fhir", |_| {
            json!({ "resourceType": "Bundle", "type": "transaction", "entry": [{
            "resource": ping(PEER, 1), "request": { "method": "POST", "url": "https://evil.example/steal" } }] })
            .to_string()
        }),
    );
    case(
        "Bundle that is none",
        Answer(403, "F1222"),
        send(Who::Peer, "POST /fhir", |_| ping(PEER, 1).to_string()),
    );
    case(
        "Bundle of another type",
        Answer(403, "F1222"),
        send(Who::Peer, "POST /fhir", |_| {
            json!({ "resourceType": "Bundle", "type": "message", "entry": [] }).to_string()
        }),
    );
    case(
        "XML without a Content-Type of its own",
        Answer(415, "F1204"),
        Deed::new(Who::Peer, |_| {
            request(&format!("{POST} HTTP/1.1\r\nContent-Type: text/plain"), BOMB.as_bytes())
        }),
    );
    cases
}

const BOMB: &str = "<!DOCTYPE x [<!ENTITY a \"patient-4711\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><Task xmlns=\"http://hl7.org/fhir\">&a;&b;</Task>";
