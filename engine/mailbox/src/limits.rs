//! Every bound of the mailbox, named, with unit and reason.

use std::time::Duration;

/// Bytes of one request body. A value of the store holds 16 MiB and a step of the engine 12 MiB: what a peer sends leaves room
/// for the outputs that are added to it. Large data travel as references.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of the body of an update. Only this site updates, and a Task of [`BODY_BYTES_MAX`] must still get its outputs.
pub const UPDATE_BYTES_MAX: usize = 2 * BODY_BYTES_MAX;

/// Bytes that the mailbox itself adds to a resource: id, version, time, default profile.
pub const STAMP_BYTES_MAX: usize = 4 * 1024;

/// Bytes of a body that is larger than it may be which are read all the same, so that its sender hears the refusal.
pub const DISCARDED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of a request head. Certificates are not in it.
pub const HEADER_BYTES_MAX: usize = 32 * 1024;

/// Bytes of a connection's buffer, which has room for a head and what came with it. A head beyond [`HEADER_BYTES_MAX`] that is
/// complete when it is seen is answered; one that fills this ends the connection.
pub const BUFFER_BYTES_MAX: usize = 2 * HEADER_BYTES_MAX;

/// Bytes that a connection may send before its certificate is accepted: a chain of four certificates with large keys has half.
/// It bounds what a stranger can make us keep.
pub const HANDSHAKE_BYTES_MAX: u64 = 32 * 1024;

/// Bytes of a request head of a connection whose certificate is not on the allow list; the answer does not depend on it.
pub const STRANGER_HEADER_BYTES_MAX: usize = 8 * 1024;

/// Time that a connection with an unlisted certificate has to ask and to read its refusal. With [`HANDSHAKE_TIMEOUT`] less
/// than the ten seconds that a stranger may cost.
pub const STRANGER_TIMEOUT: Duration = Duration::from_secs(3);

/// Headers of one request.
pub const HEADERS_MAX: usize = 64;

/// Time for a TLS handshake: a few round trips around the world.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(3);

/// Connections without an accepted certificate at one time; one more pushes out the oldest of the address that has the most.
pub const HANDSHAKES_MAX: usize = 256;

/// Time from the start of a request to the end of its head.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for a request body to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_mins(1);

/// Connections of listed organizations at one time; one more waits for [`HANDSHAKE_TIMEOUT`].
pub const CONNECTIONS_MAX: usize = 1_024;

/// Connections of one listed certificate at one time, so that one member cannot take the places of all others.
pub const CONNECTIONS_PER_PEER_MAX: usize = 128;

/// Entries of a Bundle that another organization may send: each is a decision of its own, which others wait for.
pub const REMOTE_ENTRIES_MAX: usize = 200;

/// Bytes of one field of an audit line: an organization identifier is a host name.
pub const AUDIT_FIELD_BYTES_MAX: usize = 255;

/// Letters of the text of a refusal.
pub const FAULT_CHARS_MAX: usize = 1_000;

/// Time that open connections get to end on shutdown.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Events that a subscriber may lag behind before it must reconcile.
pub const EVENTS_BACKLOG_MAX: usize = 4_096;

/// Subscriptions that one WebSocket may bind.
pub const BINDINGS_MAX: usize = 64;

/// Bytes of one text that a WebSocket client sends; `bind <id>` has 69 at most.
pub const BIND_BYTES_MAX: usize = 4_096;

/// Pause between two pings on a WebSocket, as DSF has it.
pub const PING_INTERVAL: Duration = Duration::from_secs(28);

/// Time for one message to leave on a WebSocket; a client that takes longer reconnects and reconciles.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Entries read from the store at a time during a search.
pub const SCAN_CHUNK: usize = 1_000;

/// Bytes of an index value kept as it is; longer ones are kept as their hash.
pub const INDEX_VALUE_BYTES_MAX: usize = 400;

/// Resources that `_include` and `_revinclude` may add to one page.
pub const INCLUDES_MAX: usize = 1_000;
