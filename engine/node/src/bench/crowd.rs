//! Strangers at a mailbox: each holds one connection without an accepted certificate for as long as it is let, says as little
//! as it can, and comes back when it was thrown out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::client::TlsIdentity;

/// Between two attempts of a stranger that was thrown out: it is slow in this too. Coming back at once would make the crowd a
/// flood of handshakes, which costs whoever sends it as much as whoever gets it, and measures the machine.
const RETURN_AFTER: Duration = Duration::from_secs(1);
/// Between two bytes of a stranger that is slow.
const BYTE_EVERY: Duration = Duration::from_millis(500);
/// The addresses on loopback that a crowd comes from. No honest peer has one of them.
const ADDRESSES: usize = 50;

/// How a stranger holds on to its connection.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// Connects and says nothing.
    Silent,
    /// Begins a ClientHello, and goes on byte by byte.
    Slow,
    /// Completes the handshake with a certificate that is not listed, and asks byte by byte.
    Unlisted,
}

const MANNERS: [Manner; 3] = [Manner::Silent, Manner::Slow, Manner::Unlisted];

/// Strangers who come and stay, until they are told to go.
#[derive(Debug)]
pub struct Crowd {
    door: Arc<Door>,
    strangers: JoinSet<()>,
}

/// What all of them share.
struct Door {
    mailbox: SocketAddr,
    tls: TlsConnector,
    /// Connections that were made at all.
    made: AtomicUsize,
    changed: Notify,
    longest_us: AtomicU64,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Door").field("mailbox", &self.mailbox).finish_non_exhaustive()
    }
}

impl Crowd {
    /// Sends so many strangers to a mailbox on this machine. `identity` trusts it, and is not on its list.
    pub fn gather(mailbox: SocketAddr, identity: &TlsIdentity, count: usize) -> Self {
        let door = Arc::new(Door {
            mailbox,
            tls: TlsConnector::from(identity.config()),
            made: AtomicUsize::new(0),
            changed: Notify::new(),
            longest_us: AtomicU64::new(0),
        });
        let mut strangers = JoinSet::new();
        for number in 0..count {
            strangers.spawn(Arc::clone(&door).stay(number));
        }
        Self { door, strangers }
    }

    /// Connections that were made since the beginning.
    pub fn connections(&self) -> usize {
        self.door.made.load(Ordering::Relaxed)
    }

    /// Waits until so many were made as there are strangers.
    pub async fn is_there(&self) {
        loop {
            let changed = self.door.changed.notified();
            if self.connections() >= self.strangers.len() {
                return;
            }
            changed.await;
        }
    }

    /// All go; the longest time that one connection was open, those included that are open now.
    pub async fn disperse(mut self) -> Duration {
        self.strangers.shutdown().await;
        Duration::from_micros(self.door.longest_us.load(Ordering::Relaxed))
    }
}

impl Door {
    /// Holds one connection after the other.
    async fn stay(self: Arc<Self>, number: usize) {
        let low = u8::try_from(number % ADDRESSES).expect("there are fewer addresses than a byte counts");
        let own = IpAddr::from(Ipv4Addr::new(127, 77, 0, low.saturating_add(1)));
        let manner = MANNERS[number % MANNERS.len()];
        loop {
            if let Ok(socket) = self.connect(own).await {
                let _stay = Stay { door: &self, since: Instant::now() };
                self.made.fetch_add(1, Ordering::Relaxed);
                self.changed.notify_waiters();
                self.hold(socket, manner).await;
            }
            sleep(RETURN_AFTER).await;
        }
    }

    async fn connect(&self, own: IpAddr) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((own, 0).into())?;
        socket.connect(self.mailbox).await
    }

    /// Until the site closes the connection.
    async fn hold(&self, mut socket: TcpStream, manner: Manner) {
        let mut nothing = [0; 64];
        match manner {
            Manner::Silent => while matches!(socket.read(&mut nothing).await, Ok(count) if count > 0) {},
            // A record that announces 16 KiB of handshake.
            Manner::Slow => drip(&mut socket, &[0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3]).await,
            Manner::Unlisted => {
                let name = ServerName::IpAddress(self.mailbox.ip().into());
                if let Ok(mut stream) = self.tls.connect(name, socket).await {
                    drip(&mut stream, b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
                }
            }
        }
    }
}

/// One connection, from its beginning until it is dropped.
struct Stay<'d> {
    door: &'d Door,
    since: Instant,
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        let stayed = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.door.longest_us.fetch_max(stayed, Ordering::Relaxed);
    }
}

/// Sends the beginning, then a byte now and then, until the other side has enough.
async fn drip(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), beginning: &[u8]) {
    let mut next = beginning;
    let mut nothing = [0; 64];
    loop {
        if stream.write_all(next).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        next = b"a";
        match timeout(BYTE_EVERY, stream.read(&mut nothing)).await {
            Ok(Ok(0) | Err(_)) => return,
            // It answers, and may close next.
            Ok(Ok(_)) => next = b"",
            Err(_) => {}
        }
    }
}
