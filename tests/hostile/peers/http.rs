//! What HTTP lets a caller try: heads and bodies that are too large, too slow, cut off or ambiguous; urls that go elsewhere;
//! headers that claim to be somebody.

use super::case::Expected::{Answer, Bare};
use super::case::{Case, Deed, Expected, Then, get, json, legitimate, ping, request, send};
use super::certificates::Who;
use super::site::PEER;

const MEBIBYTE: usize = 1024 * 1024;
const JSON: &str = "Content-Type: application/fhir+json";
const POST: &str = "POST /fhir/Task";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, ending, deed: Deed| {
        cases.push(Case { name: name.to_owned(), deed, ending, twin: legitimate() });
    };
    let raw = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        Deed::new(Who::Peer, move |_| bytes.clone())
    };
    let head =
        |lines: &str| raw(format!("{lines}\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes());
    let post = |headers: &'static str, body: Vec<u8>| {
        Deed::new(Who::Peer, move |_| request(&format!("{POST} HTTP/1.1\r\n{headers}"), &body))
    };
    let task = |number| ping(PEER, number).to_string().into_bytes();

    // Heads.
    case("random bytes instead of HTTP", Bare(400, "F1302"), raw(&[0xfe; 600]));
    case("HTTP/2 without being asked", Expected::Closed("F1302"), raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    let long = |bytes: usize| head(&format!("GET /fhir/metadata HTTP/1.1\r\nX-Long: {}", "a".repeat(bytes)));
    case("head over the limit", Answer(431, "F1227"), long(40_000));
    case("head far over the limit", Bare(431, "F1302"), long(200_000));
    case("head of a megabyte", Bare(431, "F1302"), long(1_000_000));
    case(
        "url over the limit",
        Answer(431, "F1227"),
        head(&format!("GET /fhir/{} HTTP/1.1", "a".repeat(40_000))),
    );
    case(
        "hundred headers",
        Bare(431, "F1302"),
        head(&format!("GET /fhir/metadata HTTP/1.1{}", "\r\nX-One: 1".repeat(100))),
    );
    case(
        "url of 20,000 bytes",
        Answer(404, "F1201"),
        head(&format!("GET /fhir/{} HTTP/1.1", "a".repeat(20_000))).then(Then::Read),
    );
    case("NUL in a header", Bare(400, "F1302"), head("GET /fhir/metadata HTTP/1.1\r\nX-Nul: a\0b"));
    case("folded header", Bare(400, "F1302"), head("GET /fhir/metadata HTTP/1.1\r\nX-Fold: a\r\n b"));
    case(
        "space before a colon",
        Bare(400, "F1302"),
        head("GET /fhir/metadata HTTP/1.1\r\nContent-Length : 5"),
    );
    case("head that stops", Expected::Closed("F1303"), raw(b"GET /fhir/metadata HTTP/1.1\r\nHost: local"));
    case(
        "head that is cut off",
        Expected::Closed("F1302"),
        raw(b"GET /fhir/metadata HTTP/1.1\r\nHost: local").then(Then::Leave),
    );
    case("no Host", Answer(400, "F1225"), raw(b"GET /fhir/metadata HTTP/1.1\r\nConnection: close\r\n\r\n"));
    case("two Hosts", Answer(400, "F1225"), head("GET /fhir/metadata HTTP/1.1\r\nHost: b.example"));
    case(
        "two Content-Types",
        Answer(400, "F1225"),
        post("Content-Type: application/fhir+json\r\nContent-Type: text/plain", task(1)),
    );
    case(
        "two conditions",
        Answer(400, "F1225"),
        post(
            "Content-Type: application/fhir+json\r\nIf-None-Exist: identifier=a|b\r\nIf-None-Exist: identifier=c|d",
            task(1),
        ),
    );

    // Lengths.
    case("two lengths", Bare(400, "F1302"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"));
    case(
        "length that is no number",
        Bare(400, "F1302"),
        raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nabcde"),
    );
    case("length of 2^64", Bare(400, "F1302"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18446744073709551616\r\n\r\nabcde"));
    case("chunked and then not", Bare(400, "F1302"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"));
    case(
        "chunked in HTTP/1.0",
        Bare(400, "F1302"),
        raw(b"POST /fhir/Task HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    );
    case("chunk of no size", Answer(400, "F1207"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"));
    case("chunk of 2^64", Answer(400, "F1207"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n"));
    case("body over the limit, length stated", Answer(413, "F1205"), post(JSON, vec![b' '; MEBIBYTE + 1]));
    case("body far over the limit", Answer(413, "F1205"), post(JSON, vec![b' '; 12 * MEBIBYTE]));
    case("length of a terabyte, nothing follows", Answer(413, "F1205"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000000000000\r\n\r\n"));
    case("body over the limit, in chunks", Answer(413, "F1205"), Deed::new(Who::Peer, |_| chunked(17)));
    case(
        "chunks without end",
        Answer(408, "F1206"),
        Deed::new(Who::Peer, |_| {
            let mut bytes = chunked(2);
            bytes.truncate(bytes.len() - 5);
            bytes
        }),
    );
    case("body that stops", Answer(408, "F1206"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 500\r\n\r\n{\"resourceType\""));
    case("body that is cut off", Answer(400, "F1207"), raw(b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/fhir+json\r\nContent-Length: 500\r\n\r\n{\"resourceType\"").then(Then::Leave));
    case(
        "compressed body",
        Answer(415, "F1209"),
        post("Content-Type: application/fhir+json\r\nContent-Encoding: gzip", gzip_bomb()),
    );
    case(
        "body of an unknown encoding",
        Answer(415, "F1209"),
        post("Content-Type: application/fhir+json\r\nContent-Encoding: br", task(1)),
    );

    // Formats.
    case(
        "no Content-Type",
        Answer(415, "F1204"),
        Deed::new(Who::Peer, move |_| request(&format!("{POST} HTTP/1.1"), &task(1))),
    );
    case(
        "form instead of FHIR",
        Answer(415, "F1204"),
        post("Content-Type: application/x-www-form-urlencoded", b"a=b".to_vec()),
    );
    case("asks for HTML", Answer(406, "F1203"), head("GET /fhir/Task HTTP/1.1\r\nAccept: text/html"));
    case("asks for an unknown _format", Answer(415, "F1204"), get(Who::Peer, "/fhir/Task?_format=exe"));

    // Urls and methods.
    case("way up", Answer(404, "F1201"), get(Who::Peer, "/fhir/../../etc/passwd"));
    case("way up, encoded", Answer(404, "F1201"), get(Who::Peer, "/fhir/%2e%2e/%2e%2e/etc/passwd"));
    case("id with a way up", Bare(404, "F1215"), get(Who::Peer, "/fhir/Task/..%2f..%2fhead"));
    case("id with NUL", Bare(404, "F1215"), get(Who::Peer, "/fhir/Task/a%00b"));
    case(
        "id of 10,000 letters",
        Bare(404, "F1215"),
        head(&format!("GET /fhir/Task/{} HTTP/1.1", "a".repeat(10_000))),
    );
    case("version that is no number", Bare(404, "F1215"), get(Who::Peer, "/fhir/Task/1/_history/-1"));
    case("url that is not UTF-8", Answer(400, "F1225"), get(Who::Peer, "/fhir/%ff%fe"));
    case("outside of the base", Answer(404, "F1201"), get(Who::Peer, "/admin"));
    case("resource type of medicine", Answer(404, "F1201"), get(Who::Peer, "/fhir/Patient"));
    case("TRACE", Answer(405, "F1202"), head("TRACE /fhir/Task HTTP/1.1"));
    case("CONNECT elsewhere", Answer(404, "F1201"), head("CONNECT evil.example:443 HTTP/1.1"));
    case("PATCH", Answer(405, "F1202"), head("PATCH /fhir/Task/1 HTTP/1.1"));
    case("upgrade that is none", Answer(400, "F1225"), get(Who::Peer, "/fhir/ws"));

    // Claims.
    let claims = [
        "X-ClientCert",
        "X-Forwarded-Client-Cert",
        "X-SSL-Client-Cert",
        "X-Forwarded-For",
        "Forwarded",
        "Authorization",
    ];
    for claim in claims {
        let deed = Deed::new(Who::Unlisted, move |site| {
            let listed = site.certificates.thumbprint(Who::Local);
            request(&format!("GET /fhir/Task HTTP/1.1\r\n{claim}: {listed}"), b"")
        });
        case(&format!("identity claimed in {claim}"), Bare(403, "F1301"), deed);
    }
    let claimed = send(Who::Peer, POST, |_| ping(super::site::LOCAL, 1).to_string());
    let claimed = Deed::new(Who::Peer, move |site| {
        let plain = String::from_utf8((claimed.bytes)(site)).unwrap();
        let listed = site.certificates.thumbprint(Who::Local);
        plain.replacen("\r\n", &format!("\r\nX-ClientCert: {listed}\r\n"), 1).into_bytes()
    });
    case("another's name, backed by a header", Answer(403, "F1103"), claimed);
    case(
        "garbage behind a request",
        Answer(404, "F1201"),
        Deed::new(Who::Peer, |_| {
            // The connection was to be closed, so what follows is not even parsed.
            let mut bytes = json("POST /elsewhere", b"{}");
            bytes.extend_from_slice(&[0xff; 2_000]);
            bytes
        }),
    );
    cases
}

/// So many chunks of 64 KiB, and the end.
fn chunked(count: usize) -> Vec<u8> {
    let mut bytes = b"POST /fhir/Task HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..count {
        bytes.extend_from_slice(b"10000\r\n");
        bytes.extend(std::iter::repeat_n(b' ', 0x10000));
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// The head of a gzip stream; what it would become nobody finds out.
fn gzip_bomb() -> Vec<u8> {
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3][..], &[0; 1_000]].concat()
}
