//! The subscription client of DSF's wire protocol: connect, `bind <id>`, wait for `bound <id>`, then one resource per
//! text frame.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tracing::Instrument as _;

use crate::client::TlsIdentity;
use crate::limits::ANSWER_BYTES_MAX;

/// News that wait for the engine; when it falls behind, TCP holds the server back.
const NEWS_QUEUED_MAX: usize = 256;
/// Until the subscription is bound.
const BIND_TIMEOUT: Duration = Duration::from_secs(10);
/// The server pings every 28 seconds; silence for longer means that the connection is dead.
const SILENCE_MAX: Duration = Duration::from_secs(90);

/// No subscription; try again.
#[derive(Debug, thiserror::Error)]
#[error("WebSocket of {base}: {detail}")]
pub struct BindError {
    base: String,
    detail: String,
}

/// Binds the subscription `id` of the mailbox at `base`. The receiver ends with the connection.
pub async fn bind(identity: &TlsIdentity, base: &str, id: &str) -> Result<mpsc::Receiver<Value>, BindError> {
    let failed = |detail: String| BindError { base: base.to_owned(), detail };
    let stream = tokio::time::timeout(BIND_TIMEOUT, connect(identity, base, id))
        .await
        .map_err(|_| failed("no answer".to_owned()))?
        .map_err(failed)?;
    let (news, received) = mpsc::channel(NEWS_QUEUED_MAX);
    tokio::spawn(forward(stream, news).in_current_span());
    Ok(received)
}

type Stream = tokio_tungstenite::WebSocketStream<tokio_rustls::client::TlsStream<TcpStream>>;

async fn connect(identity: &TlsIdentity, base: &str, id: &str) -> Result<Stream, String> {
    let rest = base.strip_prefix("https://").ok_or("the base URL must start with https://")?;
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| format!("bad port {port}"))?),
        None => (authority, 443_u16),
    };
    let tcp =
        TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(|error| error.to_string())?;
    tcp.set_nodelay(true).map_err(|error| error.to_string())?;
    let name = rustls::pki_types::ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| error.to_string())?;
    let tls =
        TlsConnector::from(identity.config()).connect(name, tcp).await.map_err(|error| error.to_string())?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(ANSWER_BYTES_MAX))
        .max_frame_size(Some(ANSWER_BYTES_MAX));
    let (mut stream, _) =
        tokio_tungstenite::client_async_with_config(format!("wss://{rest}/ws"), tls, Some(limits))
            .await
            .map_err(|error| error.to_string())?;
    stream.send(Message::text(format!("bind {id}"))).await.map_err(|error| error.to_string())?;
    let bound = format!("bound {id}");
    while let Some(message) = stream.next().await {
        match message.map_err(|error| error.to_string())? {
            Message::Text(text) if text.as_str() == bound => return Ok(stream),
            Message::Close(frame) => {
                let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                return Err(format!("closed before bound: {reason}"));
            }
            Message::Text(_)
            | Message::Binary(_)
            | Message::Ping(_)
            | Message::Pong(_)
            | Message::Frame(_) => {}
        }
    }
    Err("closed before bound".to_owned())
}

async fn forward(mut stream: Stream, news: mpsc::Sender<Value>) {
    while let Ok(Some(Ok(message))) = tokio::time::timeout(SILENCE_MAX, stream.next()).await {
        match message {
            Message::Text(text) => match serde_json::from_str(text.as_str()) {
                Ok(resource) => {
                    if news.send(resource).await.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a WebSocket frame is not JSON; the reconcile loop will find the Task");
                }
            },
            Message::Close(_) => break,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}
