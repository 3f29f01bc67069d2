//! Connections without an accepted certificate. Anybody can open those, so they have a small place of their own, with bounds on
//! bytes and time: when it is full, the oldest of the address that has the most goes. Whoever is served has left it by then, and
//! strangers only push out strangers. A certificate of a known authority that is not on the allow list stays a stranger's.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::Instrument;

use super::listen::thumbprint;
use super::metered::{Meter, Metered};
use super::route;
use crate::audit::Line;
use crate::fault::Fault;
use crate::limits::{
    CONNECTIONS_MAX, CONNECTIONS_PER_PEER_MAX, HANDSHAKE_BYTES_MAX, HANDSHAKES_MAX, HEADERS_MAX,
    STRANGER_HEADER_BYTES_MAX, STRANGER_TIMEOUT,
};
use crate::mailbox::Mailbox;

/// What a connection's handshake is called in the audit log.
const OPERATION: &str = "connect";

/// A connection whose client has shown a certificate of the allow list.
pub(super) struct Established {
    pub(super) stream: TlsStream<Metered<TcpStream>>,
    pub(super) thumbprint: String,
    pub(super) address: String,
    pub(super) meter: Meter,
    pub(super) place: Place,
}

/// A place among the open connections, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    thumbprint: String,
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
}

pub(super) struct Handshakes {
    acceptor: TlsAcceptor,
    mailbox: Arc<Mailbox>,
    places: Places,
    running: JoinSet<Option<Established>>,
    /// The running ones, oldest first.
    order: VecDeque<(SocketAddr, AbortHandle)>,
}

/// The places among the open connections.
#[derive(Clone)]
struct Places {
    all: Arc<Semaphore>,
    /// By thumbprint, how many are taken.
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Handshakes {
    pub(super) fn new(acceptor: TlsAcceptor, mailbox: Arc<Mailbox>) -> Self {
        Self {
            acceptor,
            mailbox,
            places: Places { all: Arc::new(Semaphore::new(CONNECTIONS_MAX)), taken: Arc::default() },
            running: JoinSet::new(),
            order: VecDeque::new(),
        }
    }

    /// Starts the handshake of a new connection, at the cost of another when there are too many.
    pub(super) fn start(&mut self, socket: TcpStream, address: SocketAddr) {
        self.order.retain(|(_, handshake)| !handshake.is_finished());
        if self.order.len() >= HANDSHAKES_MAX {
            self.push_one_out();
        }
        let handshake =
            handshake(self.acceptor.clone(), Arc::clone(&self.mailbox), self.places.clone(), socket, address);
        self.order.push_back((address, self.running.spawn(handshake.in_current_span())));
    }

    fn push_one_out(&mut self) {
        let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
        for (address, _) in &self.order {
            *counts.entry(address.ip()).or_default() += 1;
        }
        let busiest = counts.into_iter().max_by_key(|(_, count)| *count).map(|(address, _)| address);
        let oldest = self.order.iter().position(|(address, _)| Some(address.ip()) == busiest);
        if let Some((address, handshake)) = oldest.and_then(|oldest| self.order.remove(oldest)) {
            handshake.abort();
            Line::new(OPERATION, Some(&address.to_string()), None).refused(Fault::PushedOut);
        }
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

/// From a socket to a connection that may be served. Whoever is refused has its line in the audit log.
async fn handshake(
    acceptor: TlsAcceptor,
    mailbox: Arc<Mailbox>,
    places: Places,
    socket: TcpStream,
    address: SocketAddr,
) -> Option<Established> {
    let deadline = Instant::now() + mailbox.settings.handshake_timeout;
    let address = address.to_string();
    let meter = Meter::new(HANDSHAKE_BYTES_MAX);
    let refuse = |fault: Fault, thumbprint: Option<&str>| {
        Line::new(OPERATION, Some(&address), thumbprint).refused(fault);
        None
    };
    let stream = match timeout_at(deadline, acceptor.accept(Metered::new(socket, meter.clone()))).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(peer = address, %error, "TLS handshake refused");
            return refuse(Fault::TlsRefused, None);
        }
        Err(_) => return refuse(Fault::TlsTooSlow, None),
    };
    let thumbprint =
        stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).map(thumbprint)?;
    if mailbox.identify(&thumbprint).is_none() {
        let refused = refuse(Fault::NotListed, Some(&thumbprint));
        turn_away(stream).await;
        return refused;
    }
    // Waiting for a place among the open connections counts as part of the handshake.
    let Ok(permit) = timeout_at(deadline, Arc::clone(&places.all).acquire_owned()).await else {
        return refuse(Fault::TlsTooSlow, Some(&thumbprint));
    };
    let permit = permit.expect("the semaphore is never closed");
    let Some(place) = places.take(permit, &thumbprint) else {
        return refuse(Fault::TooManyConnections, Some(&thumbprint));
    };
    meter.lift();
    Some(Established { stream, thumbprint, address, meter, place })
}

/// Answers the one request of a connection whose certificate is not listed.
async fn turn_away(stream: TlsStream<Metered<TcpStream>>) {
    let service =
        hyper::service::service_fn(|_request| std::future::ready(Ok::<_, Infallible>(route::turned_away())));
    let mut server = hyper::server::conn::http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .keep_alive(false)
        .max_headers(HEADERS_MAX)
        .max_buf_size(STRANGER_HEADER_BYTES_MAX);
    // Boxed, because its future is large and most connections do not get here. However it ends, it is over.
    let connection = Box::pin(server.serve_connection(TokioIo::new(stream), service));
    let _ = timeout(STRANGER_TIMEOUT, connection).await;
}

impl Places {
    fn take(&self, permit: OwnedSemaphorePermit, thumbprint: &str) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(thumbprint.to_owned()).or_default();
        if *count >= CONNECTIONS_PER_PEER_MAX {
            return None;
        }
        *count += 1;
        let taken = Arc::clone(&self.taken);
        Some(Place { _permit: permit, thumbprint: thumbprint.to_owned(), taken })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.thumbprint) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.thumbprint);
            }
        }
    }
}
