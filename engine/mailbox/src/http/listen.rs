//! Sockets and TLS: client certificates are required, verified against the configured authorities, and everything has a bound.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use sha2::{Digest, Sha512};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tracing::Instrument;

use super::handshakes::{Established, Handshakes};
use super::metered::{Meter, Metered};
use super::requests::Requests;
use super::route;
use crate::audit::Line;
use crate::limits::{BUFFER_BYTES_MAX, DRAIN_TIMEOUT, HEADERS_MAX};
use crate::mailbox::Mailbox;

/// The server's certificate and whom it believes.
#[derive(Debug)]
pub struct TlsSettings {
    /// Certificate of this server, followed by its intermediates.
    pub certificate_chain: Vec<CertificateDer<'static>>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
    /// Authorities whose client certificates are accepted.
    pub client_authorities: Vec<CertificateDer<'static>>,
}

/// The mailbox cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The certificates do not work.
    #[error("the mailbox's TLS settings do not work: {0}; check certificate, key and client authorities")]
    Tls(String),
}

/// Serves until `shutdown` completes, then lets open connections end for a while.
pub async fn serve(
    mailbox: Arc<Mailbox>,
    listener: TcpListener,
    tls: TlsSettings,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let acceptor = TlsAcceptor::from(Arc::new(server_config(tls)?));
    let mut handshakes = Handshakes::new(acceptor, Arc::clone(&mailbox));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        // Finished connections are collected as we go, so that the set stays as small as the open ones.
        while connections.try_join_next().is_some() {}
        tokio::select! {
            () = &mut shutdown => break,
            established = handshakes.next() => {
                let (mailbox, stopping) = (Arc::clone(&mailbox), stopping.clone());
                connections.spawn(connection(mailbox, established, stopping).in_current_span());
            }
            accepted = listener.accept() => match accepted {
                Ok((socket, address)) => {
                    // Small answers must not wait for more.
                    let _ = socket.set_nodelay(true);
                    handshakes.start(socket, address);
                }
                Err(error) => {
                    // Out of file handles, most likely: wait for some to be closed instead of spinning.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(handshakes);
    drop(listener);
    // Nobody listens when all connections have ended.
    let _ = stop.send(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

/// Lower-case hex SHA-512 of a certificate in DER: what allow lists hold.
pub fn thumbprint(certificate: &CertificateDer<'_>) -> String {
    format!("{:x}", Sha512::digest(certificate.as_ref()))
}

fn server_config(tls: TlsSettings) -> Result<rustls::ServerConfig, ServeError> {
    let wrong = |error: &dyn std::fmt::Display| ServeError::Tls(error.to_string());
    // Named here, never the process default: which cryptography is used does not depend on who came first.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut authorities = RootCertStore::empty();
    for authority in tls.client_authorities {
        authorities.add(authority).map_err(|error| wrong(&error))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), Arc::clone(&provider))
        .build()
        .map_err(|error| wrong(&error))?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| wrong(&error))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(tls.certificate_chain, tls.key)
        .map_err(|error| wrong(&error))?;
    // Nothing is resumed: each connection shows its certificate anew, and has it checked.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Serves one connection whose TLS session has ended elsewhere in this process, and whose client has shown `certificate` there.
pub async fn converse<S>(mailbox: Arc<Mailbox>, stream: S, certificate: &CertificateDer<'_>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (_stop, stopping) = watch::channel(false);
    let meter = Meter::new(u64::MAX);
    let peer = route::Peer {
        thumbprint: thumbprint(certificate),
        address: "in-process".to_owned(),
        requests: Requests::new(meter.clone()),
        stopping,
        _place: None,
    };
    answer(mailbox, Metered::new(stream, meter), peer).await;
}

async fn connection(mailbox: Arc<Mailbox>, established: Established, stopping: watch::Receiver<bool>) {
    let Established { stream, thumbprint, address, meter, place } = established;
    let requests = Requests::new(meter);
    let peer = route::Peer { thumbprint, address, requests, stopping, _place: Some(Arc::new(place)) };
    answer(mailbox, stream, peer).await;
}

/// Answers the requests of one connection, one after the other.
async fn answer<S>(mailbox: Arc<Mailbox>, stream: S, peer: route::Peer)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (requests, mut stopping) = (Arc::clone(&peer.requests), peer.stopping.clone());
    let refused = Line::new("request", Some(&peer.address), Some(&peer.thumbprint));
    let refused = match mailbox.identify(&peer.thumbprint) {
        Some(identity) => refused.of(&identity),
        None => refused,
    };
    let header_timeout = mailbox.settings.header_timeout;
    let service = TowerToHyperService::new(route::router(mailbox, peer));
    let mut server = hyper::server::conn::http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_headers(HEADERS_MAX)
        .max_buf_size(BUFFER_BYTES_MAX);
    let connection = server.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
        if let Some(fault) = requests.fault(&error) {
            refused.refused(fault);
        }
    }
}

/// Completes when the server stops, or is gone.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
