//! The mailbox as an HTTP server with mutual TLS. Thin: each route asks one interaction and writes its answer.
//!
//! `listen` owns sockets and TLS, `handshakes` bounds what strangers cost, `route` maps urls to interactions, `negotiate` reads and writes headers and bodies,
//! `websocket` tells subscribers. Identity is the certificate of the TLS session and nothing else.

mod handshakes;
mod listen;
mod metered;
mod negotiate;
mod requests;
mod route;
mod websocket;

pub use listen::{ServeError, TlsSettings, converse, serve, thumbprint};
