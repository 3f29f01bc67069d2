//! What strangers cost, measured on a real site: connections without an accepted certificate, thousands at once, and what an
//! honest peer notices of them.
//!
//! A few in every test run, without judging times; `TESSERA_STRANGERS=2000` sets the number, prints the figures and judges:
//! `TESSERA_STRANGERS=2000 cargo test --release -p tessera-tests --test system strangers -- --nocapture`

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tessera::certificate::{self, Credentials, Validity};
use tessera_tests::network::{Network, Roles};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

const VARIABLE: &str = "TESSERA_STRANGERS";
/// The promise: what one stranger may cost, and what an honest peer may notice.
const STRANGER_KIB_MAX: u64 = 64;
const STRANGER_TIME_MAX: Duration = Duration::from_secs(10);
const HONEST_P99_MAX: Duration = Duration::from_secs(1);
const REQUESTS: usize = 300;
/// Between two attempts of a stranger that was thrown out.
const RETURN_AFTER: Duration = Duration::from_millis(100);

/// How a stranger holds on to its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Connects and says nothing.
    Silent,
    /// Begins a ClientHello, and goes on byte by byte.
    Slow,
    /// Completes the handshake with a certificate that is not listed, and asks byte by byte.
    Unlisted,
}

const MANNERS: [Manner; 3] = [Manner::Silent, Manner::Slow, Manner::Unlisted];

struct Crowd {
    address: SocketAddr,
    tls: TlsConnector,
    stop: AtomicBool,
    /// Connections that are open now.
    open: AtomicUsize,
    /// Connections that were made at all.
    made: AtomicUsize,
    longest_ms: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cost_little_and_disturb_nobody() {
    let given: Option<usize> = std::env::var(VARIABLE).ok().map(|count| count.parse().expect("a number"));
    let count = given.unwrap_or(300);
    let network = crate::network(&["a.example", "b.example"]);
    let (a, b) = (network.party("a.example"), network.party("b.example"));
    let site = a.start(Roles::Mailbox);
    // Once undisturbed, which also warms up.
    let calm = honest(&network).await;
    let memory = resident_kib(site.id());

    let crowd = Arc::new(Crowd {
        address: a
            .base_url()
            .trim_start_matches("https://")
            .trim_end_matches("/fhir")
            .parse()
            .expect("an address"),
        tls: stranger(&network),
        stop: AtomicBool::new(false),
        open: AtomicUsize::new(0),
        made: AtomicUsize::new(0),
        longest_ms: AtomicUsize::new(0),
    });
    let mut strangers = JoinSet::new();
    for number in 0..count {
        strangers.spawn(Arc::clone(&crowd).stay(number));
    }
    while crowd.made.load(Ordering::Relaxed) < count {
        tokio::task::yield_now().await;
    }
    let before = crowd.made.load(Ordering::Relaxed);
    let (disturbed, peak) = futures_util::future::join(honest(&network), peak_kib(site.id())).await;
    let returned = crowd.made.load(Ordering::Relaxed) - before;
    // Until each of the first has come to its end.
    tokio::time::sleep(if given.is_some() { STRANGER_TIME_MAX } else { Duration::ZERO }).await;
    crowd.stop.store(true, Ordering::Relaxed);
    strangers.shutdown().await;

    // All that grew is put down to the connections that the site lets stay at one time.
    let held = u64::try_from(count.min(tessera_mailbox::limits::HANDSHAKES_MAX)).expect("small");
    let each = peak.saturating_sub(memory) / held.max(1);
    let longest = Duration::from_millis(crowd.longest_ms.load(Ordering::Relaxed).try_into().expect("small"));
    let _ = writeln!(
        std::io::stderr(),
        "{count} slow connections ({returned} returned meanwhile): honest p50 {:.1?} p99 {:.1?} max {:.1?} on new connections \
         (undisturbed p99 {:.1?}); {each} KiB each, longest {longest:.1?}",
        quantile(&disturbed, 50),
        quantile(&disturbed, 99),
        quantile(&disturbed, 100),
        quantile(&calm, 99),
    );
    assert!(longest < STRANGER_TIME_MAX, "a stranger stayed for {longest:?}");
    if given.is_some() {
        assert!(quantile(&disturbed, 99) < HONEST_P99_MAX);
        assert!(each <= STRANGER_KIB_MAX, "{each} KiB");
    }
    assert!(b.client().get(a.base_url(), "metadata").await.expect("the site is up").status.is_success());
}

/// Requests of a listed peer one after the other, each on a connection of its own; how long each took.
async fn honest(network: &Network) -> Vec<Duration> {
    let (a, b) = (network.party("a.example"), network.party("b.example"));
    let mut took = Vec::new();
    for _ in 0..REQUESTS {
        let client = b.new_client();
        let started = Instant::now();
        let answer = client.get(a.base_url(), "Task?_count=1").await;
        took.push(started.elapsed());
        let answer = answer.expect("an honest peer is answered");
        assert!(answer.status.is_success(), "{}", answer.reason());
    }
    took.sort_unstable();
    took
}

impl Crowd {
    /// Holds one connection, and comes back whenever it is thrown out.
    async fn stay(self: Arc<Self>, number: usize) {
        // The crowd comes from many addresses; the honest peer from one that none of them has.
        let low = u8::try_from(number % 50).expect("small");
        let own = IpAddr::from(Ipv4Addr::new(127, 77, 0, 1 + low));
        let manner = MANNERS[number % MANNERS.len()];
        while !self.stop.load(Ordering::Relaxed) {
            let started = Instant::now();
            if let Ok(socket) = self.connect(own).await {
                self.made.fetch_add(1, Ordering::Relaxed);
                self.open.fetch_add(1, Ordering::Relaxed);
                self.hold(socket, manner).await;
                self.open.fetch_sub(1, Ordering::Relaxed);
                let stayed = usize::try_from(started.elapsed().as_millis()).expect("small");
                self.longest_ms.fetch_max(stayed, Ordering::Relaxed);
            }
            tokio::time::sleep(RETURN_AFTER).await;
        }
    }

    async fn connect(&self, own: IpAddr) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((own, 0).into())?;
        socket.connect(self.address).await
    }

    /// Until the site closes the connection.
    async fn hold(&self, mut socket: TcpStream, manner: Manner) {
        let mut nothing = [0; 64];
        match manner {
            Manner::Silent => while matches!(socket.read(&mut nothing).await, Ok(count) if count > 0) {},
            // A record that announces 16 KiB of handshake.
            Manner::Slow => drip(&mut socket, &[0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3]).await,
            Manner::Unlisted => {
                let name = ServerName::try_from("localhost").expect("a host name");
                if let Ok(mut stream) = self.tls.connect(name, socket).await {
                    drip(&mut stream, b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
                }
            }
        }
    }
}

/// Sends the beginning, then a byte now and then, until the other side has enough.
async fn drip(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin), beginning: &[u8]) {
    if stream.write_all(beginning).await.is_err() || stream.flush().await.is_err() {
        return;
    }
    let mut nothing = [0; 64];
    loop {
        match tokio::time::timeout(Duration::from_millis(500), stream.read(&mut nothing)).await {
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(_)) => {}
            Err(_) => {
                if stream.write_all(b"a").await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        }
    }
}

/// TLS with a certificate of the right authority that is not on the list.
fn stranger(network: &Network) -> TlsConnector {
    let issued =
        certificate::issue(network.authority(), "x.example", &[], Validity::days(Timestamp::now(), 1));
    let credentials: Credentials = issued.and_then(|issued| issued.credentials()).expect("can be issued");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(anybody::Anybody))
        .with_client_auth_cert(credentials.chain().to_vec(), credentials.key().clone_key())
        .expect("the key belongs to the certificate");
    TlsConnector::from(Arc::new(configuration))
}

/// The most memory that a process has while the honest peer is served.
async fn peak_kib(process: u32) -> u64 {
    let mut peak = 0;
    for _ in 0..40 {
        peak = peak.max(resident_kib(process));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    peak
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    resident.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

fn quantile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// The strangers do not care whom they disturb.
mod anybody {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{DigitallySignedStruct, Error, SignatureScheme};

    #[derive(Debug)]
    pub(super) struct Anybody;

    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
        }
    }
}
