//! Raw bytes into the mailbox's server, behind TLS: each is answered in HTTP or the connection ends, and the server goes on.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use tessera_mailbox::{Mailbox, Settings, converse, thumbprint};
use tessera_store::{Committer, Memory, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Runtime;

/// Longer than the server takes for anything.
const PATIENCE: Duration = Duration::from_secs(10);
/// A server that has not answered by now waits for more, most likely. Who hangs up earlier takes back what was asked.
const SILENCE: Duration = Duration::from_millis(10);
const PIPE_BYTES: usize = 64 * 1024;
const CERTIFICATE: &[u8] = b"what the peer showed";

struct Server {
    runtime: Runtime,
    mailbox: Arc<Mailbox>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mailbox = runtime.block_on(async {
            let store: Arc<dyn Store> = Arc::new(Memory::default());
            let committer = Arc::new(Committer::start(Arc::clone(&store)).unwrap());
            let settings = Settings::new("https://localhost/fhir", "a.example");
            let mailbox = Mailbox::open(store, committer, settings).await.unwrap();
            let answer = mailbox.load_allow_list(&allow_list()).await;
            assert_eq!(answer.status, 200, "{:#?}", answer.body);
            mailbox
        });
        Server { runtime, mailbox }
    })
}

fn allow_list() -> Value {
    let thumbprint = thumbprint(&CertificateDer::from(CERTIFICATE));
    let member = |name: &str, thumbprint: Option<&str>| {
        let mut organization = json!({
            "resourceType": "Organization", "active": true, "name": name,
            "meta": { "tag": [{ "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": "ALL" }] },
            "identifier": [{ "system": "http://dsf.dev/sid/organization-identifier", "value": name }],
        });
        if let Some(thumbprint) = thumbprint {
            organization["extension"] = json!([{
                "url": "http://dsf.dev/fhir/StructureDefinition/extension-certificate-thumbprint",
                "valueString": thumbprint }]);
        }
        json!({ "resource": organization, "request": { "method": "PUT",
            "url": format!("Organization?identifier=http://dsf.dev/sid/organization-identifier|{name}") } })
    };
    let entries = [member("a.example", Some(&"0".repeat(128))), member("b.example", Some(&thumbprint))];
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

/// The bytes of one connection.
pub fn http_request(bytes: &[u8]) {
    let Server { runtime, mailbox } = server();
    let said = runtime.block_on(say(Arc::clone(mailbox), bytes, SILENCE));
    assert!(said.is_empty() || said.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&said));
    let healthy = b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let said = runtime.block_on(say(Arc::clone(mailbox), healthy, PATIENCE));
    assert!(said.starts_with(b"HTTP/1.1 200"), "the server is ill: {}", String::from_utf8_lossy(&said));
}

/// Says these bytes, and hangs up when the server has not ended the conversation after `patience`; everything that comes back.
async fn say(mailbox: Arc<Mailbox>, bytes: &[u8], patience: Duration) -> Vec<u8> {
    let (client, server) = tokio::io::duplex(PIPE_BYTES);
    let (mut reader, mut writer) = tokio::io::split(client);
    let certificate = CertificateDer::from(CERTIFICATE);
    let serving = converse(mailbox, server, &certificate);
    let speaking = async {
        // The server may end the conversation first.
        let _ = writer.write_all(bytes).await;
        tokio::time::sleep(patience).await;
        let _ = writer.shutdown().await;
    };
    let listening = async {
        let mut said = Vec::new();
        let _ = reader.read_to_end(&mut said).await;
        said
    };
    let conversation = async {
        let mut speaking = pin!(speaking);
        let mut answering = pin!(async { tokio::join!(serving, listening).1 });
        tokio::select! {
            said = &mut answering => said,
            () = &mut speaking => answering.await,
        }
    };
    tokio::time::timeout(2 * PATIENCE, conversation).await.expect("the conversation ends")
}
