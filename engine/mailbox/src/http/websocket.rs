//! Subscriptions over a WebSocket, exactly as DSF speaks: `bind <id>`, `bound <id>`, then one text per event; a ping every
//! 28 seconds. Events come in the order of commits. Whoever falls behind is closed, reconnects and reconciles.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::StatusCode;
use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::access::{Identity, Operation, permit, tags};
use tessera_fhir::names;
use tessera_fhir::resource::text;
use tessera_fhir::search::Query;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval_at, timeout};

use super::listen::stopped;
use super::route::Peer;
use crate::audit::Line;
use crate::fault::Fault;
use crate::limits::{BINDINGS_MAX, PING_INTERVAL, SEND_TIMEOUT};
use crate::mailbox::Mailbox;

const GOING_AWAY: u16 = 1001;
const CANNOT_ACCEPT: u16 = 1003;
const VIOLATED_POLICY: u16 = 1008;

/// Why a session ends.
struct Close {
    code: u16,
    reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// What is sent to whom binds.
struct Binding {
    query: Query,
    payload: Payload,
}

#[derive(Clone, Copy)]
enum Payload {
    /// The resource as JSON.
    Json,
    /// Only `ping <id>`.
    None,
}

pub(super) async fn session(mailbox: Arc<Mailbox>, identity: Identity, peer: Peer, mut socket: WebSocket) {
    let close = match run(&mailbox, &identity, peer, &mut socket).await {
        Ok(()) => return,
        Err(close) => close,
    };
    tracing::debug!(%identity, code = close.code, reason = close.reason, "subscriptions closed");
    let frame = CloseFrame { code: close.code, reason: close.reason.into() };
    // A peer that is gone needs no farewell.
    let _ = timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(frame)))).await;
}

/// Ends with `Ok` when the client closed or vanished.
async fn run(
    mailbox: &Arc<Mailbox>,
    identity: &Identity,
    peer: Peer,
    socket: &mut WebSocket,
) -> Result<(), Close> {
    let line = |operation| Line::new(operation, Some(&peer.address), Some(&peer.thumbprint)).of(identity);
    permit(identity, Operation::WebSocket, ResourceType::Task).map_err(|refusal| {
        line("websocket").decided(StatusCode::FORBIDDEN, Some(refusal.code.id()));
        Close::new(VIOLATED_POLICY, "Forbidden")
    })?;
    line("websocket").decided(StatusCode::SWITCHING_PROTOCOLS, None);
    // Before the first bind, so that nothing committed after "bound" can be missed.
    let mut events = mailbox.hub.listen();
    let mut stopping = peer.stopping.clone();
    let mut bindings: BTreeMap<String, Binding> = BTreeMap::new();
    let mut ping = interval_at(tokio::time::Instant::now() + PING_INTERVAL, PING_INTERVAL);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            received = socket.recv() => match received {
                Some(Ok(Message::Text(text))) => {
                    if let Some(id) = text.strip_prefix("bind ") {
                        let line = line("bind").about(Some(ResourceType::Subscription), Some(id.trim()));
                        bind(mailbox, id.trim(), &mut bindings).inspect_err(|_| line.refused(Fault::Subscription))?;
                        line.decided(StatusCode::OK, None);
                        send(socket, format!("bound {}", id.trim())).await?;
                    }
                }
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
            },
            event = events.recv() => match event {
                Ok(resource) => tell(mailbox, &peer, &bindings, &resource, socket).await?,
                // 1003 makes DSF clients reconnect and look for what they missed.
                Err(RecvError::Lagged(_)) if !bindings.is_empty() => {
                    return Err(Close::new(CANNOT_ACCEPT, "Events were lost, reconnect"));
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(Close::new(GOING_AWAY, "The mailbox closes")),
            },
            _ = ping.tick() => {
                listed(mailbox, &peer)?;
                let random = [mailbox.settings.entropy.bytes(), mailbox.settings.entropy.bytes()].concat();
                deliver(socket, Message::Ping(random.into())).await?;
            }
            () = stopped(&mut stopping) => {
                return Err(Close::new(GOING_AWAY, "The mailbox closes"));
            }
        }
    }
}

fn bind(mailbox: &Mailbox, id: &str, bindings: &mut BTreeMap<String, Binding>) -> Result<(), Close> {
    let unknown =
        || Close::new(CANNOT_ACCEPT, format!("Subscription with {} not found", id.get(..64).unwrap_or(id)));
    let catalog = mailbox.catalog();
    let subscription = catalog
        .subscriptions
        .get(id)
        .filter(|found| text(found, "status") == Some("active"))
        .ok_or_else(unknown)?;
    let payload = match subscription.get("channel").and_then(|channel| text(channel, "payload")) {
        Some(names::FHIR_JSON) => Payload::Json,
        None => Payload::None,
        Some(_) => {
            return Err(Close::new(
                CANNOT_ACCEPT,
                "Payload not spoken by this version; use application/fhir+json",
            ));
        }
    };
    let query = text(subscription, "criteria")
        .and_then(|criteria| Query::parse_with_type(criteria, &mailbox.settings.time_zone))
        .ok_or_else(unknown)?;
    if bindings.len() >= BINDINGS_MAX {
        return Err(Close::new(VIOLATED_POLICY, "Too many subscriptions on one connection"));
    }
    bindings.insert(id.to_owned(), Binding { query, payload });
    Ok(())
}

async fn tell(
    mailbox: &Mailbox,
    peer: &Peer,
    bindings: &BTreeMap<String, Binding>,
    resource: &Value,
    socket: &mut WebSocket,
) -> Result<(), Close> {
    let catalog = mailbox.catalog();
    for (id, binding) in bindings {
        if !binding.query.matches(resource, &catalog.directory) {
            continue;
        }
        // Who was taken off the list since the connection was made hears nothing more.
        let identity = listed(mailbox, peer)?;
        if permit(&identity, Operation::WebSocket, binding.query.resource_type()).is_err()
            || !tags::visible(&identity, resource, &catalog.directory)
        {
            continue;
        }
        let text = match binding.payload {
            Payload::Json => resource.to_string(),
            Payload::None => format!("ping {id}"),
        };
        send(socket, text).await?;
    }
    Ok(())
}

/// Who the peer is now.
fn listed(mailbox: &Mailbox, peer: &Peer) -> Result<Identity, Close> {
    mailbox.identify(&peer.thumbprint).ok_or_else(|| Close::new(VIOLATED_POLICY, "Credentials expired"))
}

async fn send(socket: &mut WebSocket, text: String) -> Result<(), Close> {
    deliver(socket, Message::Text(text.into())).await
}

async fn deliver(socket: &mut WebSocket, message: Message) -> Result<(), Close> {
    match timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Close::new(GOING_AWAY, "The connection broke")),
        Err(_) => Err(Close::new(CANNOT_ACCEPT, "The client does not read, reconnect")),
    }
}
