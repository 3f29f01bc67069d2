//! One connection of a caller: TLS or not, bytes, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::case::{Deed, Ending, Layer, Then};
use super::certificates::Who;
use super::site::Site;

/// Longer than every deadline of the site: who waits this long has found a connection that never ends.
const PATIENCE: Duration = Duration::from_secs(8);

impl Site {
    /// Does it, and reads until the connection ends.
    pub(super) async fn perform(&self, deed: &Deed) -> Ending {
        let bytes = (deed.bytes)(self);
        let performed = async {
            if deed.layer == Layer::Socket {
                let mut stream = TcpStream::connect(self.address).await.unwrap();
                return exchange(&mut stream, &bytes, deed.then).await;
            }
            match self.connect(deed.who, deed.layer).await {
                Ok(mut stream) => exchange(&mut stream, &bytes, deed.then).await,
                Err(_) => Ending::Closed,
            }
        };
        timeout(PATIENCE, performed).await.expect("the site ends every connection in time")
    }

    pub(super) async fn connect(&self, who: Who, layer: Layer) -> std::io::Result<TlsStream<TcpStream>> {
        self.connect_with(self.configuration(who, layer)).await
    }

    pub(super) async fn connect_with(
        &self,
        configuration: Arc<ClientConfig>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").expect("a host name");
        TlsConnector::from(configuration).connect(name, socket).await
    }

    pub(super) fn configuration(&self, who: Who, layer: Layer) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        for authority in self.certificates.authorities() {
            roots.add(authority).unwrap();
        }
        let versions: &[&rustls::SupportedProtocolVersion] = match layer {
            Layer::Tls12 => &[&rustls::version::TLS12],
            Layer::Tls | Layer::Alpn(_) | Layer::Socket => {
                &[&rustls::version::TLS13, &rustls::version::TLS12]
            }
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut configuration = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(self.certificates.resolver(who));
        if let Layer::Alpn(protocol) = layer {
            configuration.alpn_protocols = vec![protocol.to_vec()];
        }
        Arc::new(configuration)
    }

    /// A request and its answer on a connection that may go on.
    pub(super) async fn ask(&self, who: Who, request: &[u8]) -> Ending {
        let mut stream = self.connect(who, Layer::Tls).await.unwrap();
        timeout(PATIENCE, exchange(&mut stream, request, Then::Read)).await.expect("the site answers in time")
    }
}

async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: &[u8], then: Then) -> Ending {
    // A site that refuses early may close before all is written.
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    if then == Then::Leave {
        let _ = stream.shutdown().await;
    }
    let _ = stream.read_to_end(&mut answer).await;
    ending(&answer)
}

pub(super) fn ending(answer: &[u8]) -> Ending {
    let text = String::from_utf8_lossy(answer).into_owned();
    match text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok()) {
        Some(status) => Ending::Answer { status, text },
        None => Ending::Closed,
    }
}
