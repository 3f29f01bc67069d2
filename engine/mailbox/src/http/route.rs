//! Urls to interactions. Before any of them, the caller is looked up by the certificate of its TLS session: per request, so
//! that whoever is taken off the list is out at once. Headers that claim an identity are not even read.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, Request, State, WebSocketUpgrade};
use axum::http::header::{ALLOW, CONNECTION, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::access::Identity;
use tokio::sync::watch;
use tracing::Instrument;

use super::handshakes::Place;
use super::negotiate::{
    Decided, IF_NONE_EXIST, answer_format, conditional, handling, header, resource, response, unambiguous,
};
use super::requests::Requests;
use super::websocket;
use crate::answer::{Answer, Rejection};
use crate::audit::Line;
use crate::fault::Fault;
use crate::limits::BIND_BYTES_MAX;
use crate::mailbox::Mailbox;

/// Who is at the other end of a connection.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) thumbprint: String,
    /// Its address, for the audit log.
    pub(super) address: String,
    /// What has become of its requests.
    pub(super) requests: Arc<Requests>,
    /// Becomes true when the server stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// Kept as long as a subscription lives, which outlives its connection.
    pub(super) _place: Option<Arc<Place>>,
}

type Mailboxes = State<Arc<Mailbox>>;
type Caller = Extension<Identity>;

/// All routes, for one connection.
pub(super) fn router(mailbox: Arc<Mailbox>, peer: Peer) -> Router {
    let path = base_path(&mailbox.settings.base_url).to_owned();
    let routes = Router::new()
        .route("/metadata", get(metadata))
        .route("/ws", get(socket))
        .route("/{type}", get(search).post(create).put(update_by_query).delete(delete_by_query))
        .route("/{type}/{id}", get(read).put(update).delete(delete))
        .route("/{type}/{id}/_history/{version}", get(read_version));
    let router = if path.is_empty() {
        routes.route("/", post(process).get(base))
    } else {
        Router::new()
            .nest(&path, routes)
            .route(&path, post(process).get(base))
            .route(&format!("{path}/"), post(process).get(base))
    };
    router
        .fallback(async |headers: HeaderMap| reply(&headers, "", Err(unknown("this url"))))
        .method_not_allowed_fallback(async |headers: HeaderMap| {
            reply(&headers, "", Err(Answer::fault(Fault::Method, "method not allowed here")))
        })
        .layer(from_fn_with_state(Arc::clone(&mailbox), admit))
        .layer(Extension(peer))
        .with_state(mailbox)
}

/// The path of a base url, without trailing slash.
fn base_path(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

/// Finds out who asks, lets the request through, and writes its line into the audit log.
async fn admit(
    State(mailbox): Mailboxes,
    Extension(peer): Extension<Peer>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let (operation, resource_type, id) =
        asked(request.method(), base_path(&mailbox.settings.base_url), request.uri().path());
    let line = Line::new(operation, Some(&peer.address), Some(&peer.thumbprint));
    let Some(identity) = mailbox.identify(&peer.thumbprint) else {
        line.refused(Fault::NotListed);
        peer.requests.ended(StatusCode::FORBIDDEN);
        return turned_away();
    };
    let open = peer.requests.begin(line.of(&identity).about(resource_type, id.as_deref()));
    let mut response = match unambiguous(request.version(), request.uri(), request.headers()) {
        Ok(()) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Err(rejection) => reply(request.headers(), "", Err(rejection)),
    };
    if response.status().is_client_error() && response.extensions().get::<Decided>().is_none() {
        // Refused before any of our code saw it: a url that is not UTF-8, an upgrade that is none.
        let text = "the url is not well-formed, or headers that it needs are missing";
        response = reply(&HeaderMap::new(), "", Err(Answer::fault(Fault::Header, text)));
    }
    let decided = response.extensions_mut().remove::<Decided>().unwrap_or_default();
    open.end(response.status(), &decided);
    response
}

/// The answer to a certificate that is not listed. No body, and no further request.
pub(super) fn turned_away() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// What a method and a path ask for, for the audit log.
fn asked(method: &Method, base: &str, path: &str) -> (&'static str, Option<ResourceType>, Option<String>) {
    let inside = path.strip_prefix(base).unwrap_or_default();
    let parts: Vec<&str> = inside.split('/').filter(|part| !part.is_empty()).take(4).collect();
    let resource_type = parts.first().and_then(|name| ResourceType::parse(name));
    let operation = match (method.as_str(), parts.as_slice()) {
        ("GET", ["metadata"]) => "metadata",
        ("GET", ["ws"]) => "websocket",
        ("GET" | "HEAD", [_]) => "search",
        ("GET" | "HEAD", [_, _] | [_, _, "_history", _]) => "read",
        ("POST", []) => "process",
        ("POST", [_]) => "create",
        ("PUT", [_] | [_, _]) => "update",
        ("DELETE", [_] | [_, _]) => "delete",
        _ => "other",
    };
    (operation, resource_type, parts.get(1).map(|id| (*id).to_owned()))
}

async fn metadata(
    State(mailbox): Mailboxes,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    reply(&headers, &query.unwrap_or_default(), Ok(Answer::ok(mailbox.capability_statement())))
}

async fn base(headers: HeaderMap) -> Response<Body> {
    let text = "This is the base URL of the FHIR server. GET method not allowed, use POST for batch and transaction bundles";
    let mut response = reply(&headers, "", Err(Answer::fault(Fault::Method, text)));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn process(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = match body_of(&mailbox, &headers, &query, body, mailbox.settings.body_bytes_max).await {
        Ok(bundle) => Ok(mailbox.process(&identity, &bundle).await),
        Err(rejection) => Err(rejection),
    };
    reply(&headers, &query, answer)
}

async fn create(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = async {
        let kind = kind_of(&kind)?;
        let resource = body_of(&mailbox, &headers, &query, body, mailbox.settings.body_bytes_max).await?;
        let condition = header(&headers, &IF_NONE_EXIST);
        Ok(mailbox.create(&identity, kind, resource, condition.as_deref()).await)
    };
    let answer = answer.await;
    reply(&headers, &query, answer)
}

async fn read(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path((kind, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = readable(&headers, &query, &kind)
        .map(|kind| conditional(&headers, mailbox.read(&identity, kind, &id)));
    reply(&headers, &query, answer)
}

async fn read_version(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path((kind, id, version)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = readable(&headers, &query, &kind).and_then(|kind| {
        let version = version.parse().map_err(|_| Answer::not_found())?;
        Ok(conditional(&headers, mailbox.read_version(&identity, kind, &id, version)))
    });
    reply(&headers, &query, answer)
}

async fn search(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = readable(&headers, &query, &kind)
        .map(|kind| mailbox.search(&identity, kind, &query, handling(&headers)));
    reply(&headers, &query, answer)
}

async fn update(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path((kind, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = async {
        let kind = kind_of(&kind)?;
        let resource =
            body_of(&mailbox, &headers, &query, body, update_bytes_max(&mailbox, &identity)).await?;
        let if_match = header(&headers, &IF_MATCH);
        Ok(mailbox.update(&identity, kind, &id, resource, if_match.as_deref()).await)
    };
    let answer = answer.await;
    reply(&headers, &query, answer)
}

async fn update_by_query(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = async {
        let kind = kind_of(&kind)?;
        let resource =
            body_of(&mailbox, &headers, &query, body, update_bytes_max(&mailbox, &identity)).await?;
        Ok(mailbox.update_by_query(&identity, kind, &query, resource).await)
    };
    let answer = answer.await;
    reply(&headers, &query, answer)
}

async fn delete(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path((kind, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = match readable(&headers, &query, &kind) {
        Ok(kind) => Ok(mailbox.delete(&identity, kind, &id).await),
        Err(rejection) => Err(rejection),
    };
    reply(&headers, &query, answer)
}

async fn delete_by_query(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let answer = match readable(&headers, &query, &kind) {
        Ok(kind) => Ok(mailbox.delete_by_query(&identity, kind, &query).await),
        Err(rejection) => Err(rejection),
    };
    reply(&headers, &query, answer)
}

async fn socket(
    State(mailbox): Mailboxes,
    Extension(identity): Caller,
    Extension(peer): Extension<Peer>,
    upgrade: WebSocketUpgrade,
) -> Response<Body> {
    // The session runs as a task of its own, and says like this one whose site it belongs to.
    let span = tracing::Span::current();
    upgrade.max_message_size(BIND_BYTES_MAX).max_frame_size(BIND_BYTES_MAX).on_upgrade(move |socket| {
        async move { websocket::session(mailbox, identity, peer, socket).await }.instrument(span)
    })
}

/// The resource in a request, after it is clear that the answer can be read: nothing is stored for a caller that would not
/// understand what it is told.
async fn body_of(
    mailbox: &Mailbox,
    headers: &HeaderMap,
    query: &str,
    body: Body,
    bytes_max: usize,
) -> Result<Value, Rejection> {
    let patience = mailbox.settings.body_timeout;
    answer_format(headers, query)?;
    resource(headers, body, bytes_max, patience).await
}

/// Only this site may update; nobody else makes the mailbox read more than a new resource has.
fn update_bytes_max(mailbox: &Mailbox, identity: &Identity) -> usize {
    if identity.is_local() { mailbox.settings.update_bytes_max } else { mailbox.settings.body_bytes_max }
}

/// The type that a url names, after it is clear that the answer can be read: nothing is looked up or deleted for nothing.
fn readable(headers: &HeaderMap, query: &str, kind: &str) -> Result<ResourceType, Rejection> {
    answer_format(headers, query)?;
    kind_of(kind)
}

fn kind_of(name: &str) -> Result<ResourceType, Rejection> {
    ResourceType::parse(name).ok_or_else(|| unknown(name))
}

fn unknown(what: &str) -> Rejection {
    Answer::fault(Fault::UnknownUrl, format!("{what} is not known to this mailbox"))
}

fn reply(headers: &HeaderMap, query: &str, answer: Result<Answer, Rejection>) -> Response<Body> {
    match answer_format(headers, query) {
        Ok(format) => response(headers, format, answer.unwrap_or_else(Rejection::into_answer)),
        // The refusal itself must be written in some format; ours is the one that exists.
        Err(rejection) => response(headers, tessera_fhir::format::Format::Json, rejection.into_answer()),
    }
}
