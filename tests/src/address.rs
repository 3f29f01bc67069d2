//! Addresses for sites that are started, killed and started again, and so cannot just take any free port each time.
//!
//! All of 127/8 is the own machine on Linux. Each test process has its own address there, made of its process id, so the
//! ports on it belong to it: other tests have another address, and outgoing connections leave from 127.0.0.1.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

static GIVEN: Mutex<BTreeSet<SocketAddr>> = Mutex::new(BTreeSet::new());

/// An address that nobody else gets.
pub fn reserve() -> SocketAddr {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let listener = TcpListener::bind((own(), 0)).expect("a loopback address has free ports");
        let address = listener.local_addr().expect("a bound socket has an address");
        if given.insert(address) {
            return address;
        }
    }
}

/// The address of this test process; 127.0.0.1 where that is the only one (macOS).
fn own() -> IpAddr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let own = IpAddr::from(Ipv4Addr::new(127, 128 | high, middle, low));
    if TcpListener::bind((own, 0)).is_ok() { own } else { IpAddr::from(Ipv4Addr::LOCALHOST) }
}
