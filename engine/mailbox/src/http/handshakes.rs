//! Connections that have not shown a certificate yet. Anybody can open those, so they have a small place of their own: when it
//! is full the oldest goes. Whoever is served has left it by then, and strangers only push out strangers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::Instrument;

use crate::limits::{CONNECTIONS_MAX, HANDSHAKES_MAX};

/// A connection whose client has shown a certificate of an authority that we believe.
pub(super) struct Established {
    pub(super) stream: TlsStream<TcpStream>,
    /// Its place among the open connections.
    pub(super) permit: OwnedSemaphorePermit,
}

pub(super) struct Handshakes {
    acceptor: TlsAcceptor,
    timeout: Duration,
    places: Arc<Semaphore>,
    running: JoinSet<Option<Established>>,
    /// The running ones, oldest first.
    order: VecDeque<AbortHandle>,
}

impl Handshakes {
    pub(super) fn new(acceptor: TlsAcceptor, timeout: Duration) -> Self {
        Self {
            acceptor,
            timeout,
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            running: JoinSet::new(),
            order: VecDeque::new(),
        }
    }

    /// Starts the handshake of a new connection, at the cost of the oldest when there are too many.
    pub(super) fn start(&mut self, socket: TcpStream) {
        self.order.retain(|handshake| !handshake.is_finished());
        if self.order.len() >= HANDSHAKES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            tracing::debug!("too many TLS handshakes at one time; the oldest is dropped");
            oldest.abort();
        }
        let (acceptor, places, timeout) = (self.acceptor.clone(), Arc::clone(&self.places), self.timeout);
        let handshake = async move {
            let peer = socket.peer_addr().ok();
            // Waiting for a place among the open connections counts as part of the handshake.
            let whole = async { Ok((acceptor.accept(socket).await?, places.acquire_owned().await)) };
            match tokio::time::timeout(timeout, whole).await {
                Ok(Ok((stream, permit))) => {
                    Some(Established { stream, permit: permit.expect("the semaphore is never closed") })
                }
                Ok(Err(error)) => {
                    let error: std::io::Error = error;
                    tracing::info!(?peer, %error, "TLS handshake refused");
                    None
                }
                Err(_) => {
                    tracing::info!(?peer, "TLS handshake timed out");
                    None
                }
            }
        };
        self.order.push_back(self.running.spawn(handshake.in_current_span()));
    }

    /// The next connection that is ready to be served. Waits for ever while there is none.
    pub(super) async fn next(&mut self) -> Established {
        loop {
            match self.running.join_next().await {
                Some(Ok(Some(established))) => return established,
                // Refused, too slow, or pushed out.
                Some(Ok(None) | Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}
