//! The wire: who gets through TLS, who through the allow list, and what HTTP says about the rest.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tessera_mailbox::limits::HANDSHAKES_MAX;
use tessera_mailbox::{Settings, TlsSettings, serve, thumbprint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::network::{LOCAL, PEER, Site, ping};

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    key: Arc<KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let mut params = CertificateParams::new(vec![name.to_owned(), "localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Certificate { chain: vec![certificate.der().clone()], key: Arc::new(key) }
    }

    fn der(&self) -> CertificateDer<'static> {
        self.0.as_ref().der().clone()
    }
}

impl Certificate {
    pub(crate) fn thumbprint(&self) -> String {
        thumbprint(&self.chain[0])
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }
}

/// A served site, with certificates for itself and its peer.
pub(crate) struct Served {
    pub(crate) site: Site,
    pub(crate) address: SocketAddr,
    pub(crate) base: String,
    pub(crate) authority: Authority,
    pub(crate) local: Certificate,
    pub(crate) peer: Certificate,
    _stop: oneshot::Sender<()>,
}

impl Served {
    pub(crate) async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let authority = Authority::new("Network");
        let local = authority.issue(LOCAL, |_| {});
        let peer = authority.issue(PEER, |_| {});
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = format!("https://localhost:{}/fhir", address.port());
        let mut settings = Settings::new(&base, LOCAL);
        change(&mut settings);
        let site = Site::in_network(settings, &local.thumbprint(), &peer.thumbprint()).await;
        let tls = TlsSettings {
            certificate_chain: local.chain.clone(),
            key: local.key(),
            client_authorities: vec![authority.der()],
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let mailbox = Arc::clone(&site.mailbox);
        tokio::spawn(async move {
            serve(mailbox, listener, tls, async move {
                let _ = stopped.await;
            })
            .await
            .unwrap();
        });
        Self { site, address, base, authority, local, peer, _stop: stop }
    }

    /// A TLS connection with this client certificate.
    pub(crate) async fn connect(
        &self,
        certificate: Option<&Certificate>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.authority.der()).unwrap();
        let builder =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots);
        let config = match certificate {
            Some(certificate) => {
                builder.with_client_auth_cert(certificate.chain.clone(), certificate.key()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let socket = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), socket).await
    }

    /// One request, written as text; the whole answer as text. An error when TLS or the connection fails.
    pub(crate) async fn ask(
        &self,
        certificate: Option<&Certificate>,
        head: &str,
        body: &[u8],
    ) -> std::io::Result<String> {
        let mut stream = self.connect(certificate).await?;
        let length = body.len();
        let request =
            format!("{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        // A server that refuses a body early may close before all of it is written.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer).await;
        if answer.is_empty() {
            read?;
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

#[tokio::test]
async fn who_gets_in() {
    let served = Served::start(|_| {}).await;
    let get = "GET /fhir/Organization HTTP/1.1";
    assert_eq!(status(&served.ask(Some(&served.peer), get, b"").await.unwrap()), "200");
    let stranger = served.authority.issue("stranger", |_| {});
    let answer = served.ask(Some(&stranger), get, b"").await.unwrap();
    assert_eq!(status(&answer), "403");
    assert!(answer.ends_with("\r\n\r\n"), "no body for strangers: {answer}");
    let header = format!("{get}\r\nX-ClientCert: {}", served.peer.thumbprint());
    assert_eq!(status(&served.ask(Some(&stranger), &header, b"").await.unwrap()), "403");
    let expired = served.authority.issue(PEER, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let forged = Authority::new("Network").issue(PEER, |_| {});
    for (name, certificate) in
        [("none", None), ("expired", Some(&expired)), ("wrong authority", Some(&forged))]
    {
        assert!(served.ask(certificate, get, b"").await.is_err(), "{name}");
    }
    // Taken off the list: out at once, even on a connection that is already open.
    let mut open = served.connect(Some(&served.peer)).await.unwrap();
    let request = b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut buffer = vec![0; 64 * 1024];
    open.write_all(request).await.unwrap();
    let count = open.read(&mut buffer).await.unwrap();
    assert!(buffer[..count].starts_with(b"HTTP/1.1 200"));
    let list = crate::network::allow_list(&served.base, &served.local.thumbprint(), &"0".repeat(128));
    assert_eq!(served.site.mailbox.load_allow_list(&list).await.status, 200);
    open.write_all(request).await.unwrap();
    let count = open.read(&mut buffer).await.unwrap();
    assert!(buffer[..count].starts_with(b"HTTP/1.1 403"), "{}", String::from_utf8_lossy(&buffer[..count]));
}

#[tokio::test]
async fn a_task_over_the_wire() {
    let served = Served::start(|_| {}).await;
    let post = "POST /fhir/Task HTTP/1.1\r\nContent-Type: application/fhir+json;charset=utf-8\r\nAccept: application/fhir+json";
    let body = ping(PEER, 1).to_string();
    let head = format!(
        "{post}\r\nPrefer: return=minimal\r\nIf-None-Exist: identifier=urn:tessera:message|b.example-1"
    );
    let answer = served.ask(Some(&served.peer), &head, body.as_bytes()).await.unwrap();
    assert_eq!(status(&answer), "201", "{answer}");
    let headers = answer.to_lowercase();
    assert!(headers.contains("etag: w/\"1\"") && headers.contains("last-modified: "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "minimal: {answer}");
    let location = headers.split("location: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    assert!(location.starts_with(&format!("{}/task/", served.base)), "{location}");
    assert_eq!(status(&served.ask(Some(&served.peer), &head, body.as_bytes()).await.unwrap()), "200");
    let forged = ping(LOCAL, 1).to_string();
    let answer = served.ask(Some(&served.peer), post, forged.as_bytes()).await.unwrap();
    assert!(
        status(&answer) == "403" && answer.contains("OperationOutcome") && answer.contains("F1103"),
        "{answer}"
    );
    let id = location.rsplit('/').nth(2).unwrap();
    let head = format!("HEAD /fhir/Task/{id} HTTP/1.1");
    assert_eq!(status(&served.ask(Some(&served.local), &head, b"").await.unwrap()), "200");
    let known = format!("GET /fhir/Task/{id} HTTP/1.1\r\nIf-None-Match: W/\"1\"");
    assert_eq!(status(&served.ask(Some(&served.local), &known, b"").await.unwrap()), "304");
}

#[tokio::test]
async fn http_refusals() {
    let served = Served::start(|settings| settings.body_bytes_max = 10_000).await;
    let json = "Content-Type: application/fhir+json";
    let table = [
        ("GET /fhir/Task HTTP/1.1\r\nAccept: application/fhir+xml".to_owned(), String::new(), "406"),
        ("GET /fhir/Task?_format=xml HTTP/1.1".to_owned(), String::new(), "415"),
        (
            "POST /fhir/Task HTTP/1.1\r\nContent-Type: application/fhir+xml".to_owned(),
            "<Task/>".to_owned(),
            "415",
        ),
        ("POST /fhir/Task HTTP/1.1".to_owned(), "{}".to_owned(), "415"),
        (format!("POST /fhir/Task HTTP/1.1\r\n{json}"), "{".to_owned(), "403"),
        (
            format!("POST /fhir/Task HTTP/1.1\r\n{json}"),
            format!("{{\"a\":\"{}\"}}", "x".repeat(20_000)),
            "413",
        ),
        (format!("POST /fhir/Task HTTP/1.1\r\n{json}\r\nIf-None-Exist:"), ping(LOCAL, 1).to_string(), "400"),
        ("GET /fhir/Patient HTTP/1.1".to_owned(), String::new(), "404"),
        ("GET /fhir/Task/00000000-0000-4000-8000-000000000000 HTTP/1.1".to_owned(), String::new(), "404"),
        ("GET /elsewhere HTTP/1.1".to_owned(), String::new(), "404"),
        ("GET /fhir HTTP/1.1".to_owned(), String::new(), "405"),
        ("PATCH /fhir/Task/1 HTTP/1.1".to_owned(), String::new(), "405"),
        ("GET /fhir/Task?foo=bar HTTP/1.1\r\nPrefer: handling=strict".to_owned(), String::new(), "400"),
        ("GET /fhir/metadata HTTP/1.1".to_owned(), String::new(), "200"),
    ];
    for (head, body, expected) in table {
        let answer = served.ask(Some(&served.local), &head, body.as_bytes()).await.unwrap();
        assert_eq!(status(&answer), expected, "{head}: {answer}");
    }
}

#[tokio::test]
async fn strangers_push_out_strangers_only() {
    let served = Served::start(|_| {}).await;
    let mut open = served.connect(Some(&served.peer)).await.unwrap();
    let mut idle = Vec::new();
    for _ in 0..HANDSHAKES_MAX + 50 {
        idle.push(TcpStream::connect(served.address).await.unwrap());
    }
    let get = "GET /fhir/metadata HTTP/1.1";
    assert_eq!(status(&served.ask(Some(&served.peer), get, b"").await.unwrap()), "200");
    // The oldest had to go.
    let mut nothing = [0; 1];
    assert!(matches!(idle[0].read(&mut nothing).await, Ok(0) | Err(_)));
    // Whoever was served before is served on.
    open.write_all(format!("{get}\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = [0; 15];
    open.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn slow_headers_are_cut_off() {
    let served = Served::start(|settings| settings.header_timeout = Duration::from_millis(100)).await;
    let mut stream = served.connect(Some(&served.peer)).await.unwrap();
    stream.write_all(b"GET /fhir/Task HTTP/1.1\r\nHost:").await.unwrap();
    let mut answer = Vec::new();
    // Ends, with or without a farewell; without the timeout this would wait for ever.
    let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok());
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    // Whoever asks nothing more after an answer does not keep the connection either.
    let mut stream = served.connect(Some(&served.peer)).await.unwrap();
    stream.write_all(b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok());
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}
