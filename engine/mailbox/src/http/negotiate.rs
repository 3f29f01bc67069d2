//! Headers and bodies: which format is asked for, what a request carries, and how an answer is written.

use axum::body::{Body, to_bytes};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;
use tessera_fhir::format::{Format, Requested, xml_comes_later};
use tessera_fhir::outcome;
use tessera_fhir::search::Handling;

use crate::answer::{Answer, Rejection, Written};
use crate::limits::BODY_TIMEOUT;

/// What `Prefer: return=…` asks to see of what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    Representation,
    Minimal,
    OperationOutcome,
}

/// The format that the caller can read. `_format` wins over `Accept`.
pub(super) fn answer_format(headers: &HeaderMap, query: &str) -> Result<Format, Rejection> {
    let parameter = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "_format");
    let (requested, refused) = match (&parameter, headers.get(ACCEPT)) {
        (Some((_, format)), _) => (Requested::by_parameter(format), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (None, Some(accept)) => {
            (Requested::by_accept(accept.to_str().unwrap_or_default()), StatusCode::NOT_ACCEPTABLE)
        }
        (None, None) => (Requested::Format(Format::Json), StatusCode::NOT_ACCEPTABLE),
    };
    match requested {
        Requested::Format(format) => Ok(format),
        Requested::Xml => Err(Answer::error(refused, "not-supported", xml_comes_later())),
        Requested::Other => Err(Answer::error(refused, "not-supported", "ask for application/fhir+json")),
    }
}

/// The resource in a request.
pub(super) async fn resource(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Value, Rejection> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = match Requested::by_media_type(content_type) {
        Requested::Format(format) => format,
        Requested::Xml => {
            return Err(Answer::error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-supported",
                xml_comes_later(),
            ));
        }
        Requested::Other => {
            return Err(Answer::error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-supported",
                format!("Content-Type '{content_type}' is not understood; send application/fhir+json"),
            ));
        }
    };
    let bytes = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, bytes_max))
        .await
        .map_err(|_| {
            Answer::error(StatusCode::REQUEST_TIMEOUT, "timeout", "the body did not arrive in time")
        })?
        .map_err(|error| {
            // The limit is the one cause that the client can do something about; a broken connection reads no answer.
            tracing::debug!(%error, "a request body was not read");
            Answer::error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                format!("the body is larger than {bytes_max} bytes, or was cut off"),
            )
        })?;
    // 403 for what cannot be parsed is DSF's choice; its clients know it.
    format.read(&bytes).map_err(|error| Answer::error(StatusCode::FORBIDDEN, "structure", error.to_string()))
}

/// `Prefer: handling=…`.
pub(super) fn handling(headers: &HeaderMap) -> Handling {
    prefer(headers).find_map(Handling::of).unwrap_or_default()
}

/// The text of a header, if it is there and text.
pub(super) fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A read as the caller's conditions want it: unchanged is 304, changed against expectation is 412.
pub(super) fn conditional(headers: &HeaderMap, answer: Answer) -> Answer {
    if answer.status != StatusCode::OK {
        return answer;
    }
    let etag = answer.etag();
    let seconds = answer.last_modified.map(Timestamp::as_second);
    let expected = header(headers, &IF_MATCH).filter(|expected| expected.starts_with("W/"));
    if expected.is_some() && expected != etag {
        return Answer::error(
            StatusCode::PRECONDITION_FAILED,
            "conflict",
            "the resource has another version",
        )
        .into_answer();
    }
    if let Some(known) = header(headers, &IF_NONE_MATCH) {
        return if Some(known) == etag { not_modified(answer) } else { answer };
    }
    let date =
        |name: &HeaderName| header(headers, name).and_then(|text| http_date(&text)).map(Timestamp::as_second);
    if let (Some(since), Some(written)) = (date(&IF_MODIFIED_SINCE), seconds)
        && written <= since
    {
        return not_modified(answer);
    }
    if let (Some(expected), Some(written)) = (date(&IF_UNMODIFIED_SINCE), seconds)
        && written != expected
    {
        return Answer::error(
            StatusCode::PRECONDITION_FAILED,
            "conflict",
            "the resource was written at another time",
        )
        .into_answer();
    }
    answer
}

/// Writes an answer.
pub(super) fn response(headers: &HeaderMap, format: Format, answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status;
    let written = response.headers_mut();
    let mut add = |name: HeaderName, value: Option<String>| {
        // What we write into headers is ASCII; anything else would only lose the header.
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            written.insert(name, value);
        }
    };
    add(ETAG, answer.etag());
    add(LOCATION, answer.location.clone());
    add(LAST_MODIFIED, answer.last_modified.and_then(format_http_date));
    add(VARY, Some("Accept".to_owned()));
    add(CACHE_CONTROL, Some("private, no-cache, no-transform".to_owned()));
    let body = match (answer.written, returned(headers)) {
        (None, _) | (Some(_), Return::Representation) => answer.body,
        (Some(_), Return::Minimal) => None,
        (Some(verb), Return::OperationOutcome) => {
            let verb = match verb {
                Written::Created => "created",
                Written::Updated => "updated",
            };
            let kind = answer.body.as_ref().and_then(tessera_fhir::resource::type_name).unwrap_or("Resource");
            let location = answer.location.unwrap_or_default();
            Some(outcome::information("informational", format!("{kind} {verb} at location {location}")))
        }
    };
    if let Some(body) = body {
        add(CONTENT_TYPE, Some(format.content_type().to_owned()));
        *response.body_mut() = Body::from(format.write(&body));
    }
    response
}

fn not_modified(answer: Answer) -> Answer {
    Answer { status: StatusCode::NOT_MODIFIED, body: None, ..answer }
}

fn returned(headers: &HeaderMap) -> Return {
    prefer(headers)
        .flat_map(|value| value.split([',', ';']))
        .find_map(|part| match part.trim() {
            "return=minimal" => Some(Return::Minimal),
            "return=OperationOutcome" => Some(Return::OperationOutcome),
            "return=representation" => Some(Return::Representation),
            _ => None,
        })
        .unwrap_or(Return::Representation)
}

/// DSF compares whole values only and clients send the header twice; lists as in RFC 7240 are understood, too.
fn prefer(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok())
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn format_http_date(time: Timestamp) -> Option<String> {
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}
