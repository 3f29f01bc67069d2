//! Headers and bodies: which format is asked for, what a request carries, and how an answer is written.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, EXPECT, HOST, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, Version};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;
use tessera_fhir::format::{Format, Requested, xml_comes_later};
use tessera_fhir::outcome;
use tessera_fhir::search::Handling;

use crate::answer::{Answer, Rejection, Written};
use crate::fault::Fault;
use crate::limits::{DISCARDED_BYTES_MAX, HEADER_BYTES_MAX};

pub(super) const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// What `Prefer: return=…` asks to see of what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    Representation,
    Minimal,
    OperationOutcome,
}

/// What the audit log wants to know of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Decided {
    pub(super) code: Option<&'static str>,
    pub(super) location: Option<String>,
    pub(super) version: Option<u64>,
}

/// Refuses a head that is too large, or can be understood in two ways: everything that decides is there once.
pub(super) fn unambiguous(version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), Rejection> {
    let header_bytes = headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    let url_bytes = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if header_bytes.fold(url_bytes, usize::saturating_add) > HEADER_BYTES_MAX {
        let text = format!("url and headers have more than {HEADER_BYTES_MAX} bytes");
        return Err(Answer::fault(Fault::HeadTooLarge, text));
    }
    let count = |name: &HeaderName| headers.get_all(name).iter().count();
    if version == Version::HTTP_11 && count(&HOST) != 1 {
        return Err(Answer::fault(Fault::Header, "Host must be there once"));
    }
    let once = [CONTENT_TYPE, CONTENT_ENCODING, IF_MATCH, IF_NONE_MATCH, IF_NONE_EXIST];
    match once.iter().find(|name| count(name) > 1) {
        Some(name) => Err(Answer::fault(Fault::Header, format!("{name} must not be repeated"))),
        None => Ok(()),
    }
}

/// The format that the caller can read. `_format` wins over `Accept`.
pub(super) fn answer_format(headers: &HeaderMap, query: &str) -> Result<Format, Rejection> {
    let parameter = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "_format");
    let (requested, refused) = match (&parameter, headers.get(ACCEPT)) {
        (Some((_, format)), _) => (Requested::by_parameter(format), Fault::MediaType),
        (None, Some(accept)) => {
            (Requested::by_accept(accept.to_str().unwrap_or_default()), Fault::NotAcceptable)
        }
        (None, None) => (Requested::Format(Format::Json), Fault::NotAcceptable),
    };
    match requested {
        Requested::Format(format) => Ok(format),
        Requested::Xml => Err(Answer::fault(refused, xml_comes_later())),
        Requested::Other => Err(Answer::fault(refused, "ask for application/fhir+json")),
    }
}

/// The resource in a request.
pub(super) async fn resource(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    patience: Duration,
) -> Result<Value, Rejection> {
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Answer::fault(Fault::Encoded, "a compressed body is not read; send it as it is"));
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = match Requested::by_media_type(content_type) {
        Requested::Format(format) => format,
        Requested::Xml => {
            return Err(Answer::fault(Fault::MediaType, xml_comes_later()));
        }
        Requested::Other => {
            return Err(Answer::fault(
                Fault::MediaType,
                format!("Content-Type '{content_type}' is not understood; send application/fhir+json"),
            ));
        }
    };
    let bytes = tokio::time::timeout(patience, read(headers, body, bytes_max))
        .await
        .map_err(|_| Answer::fault(Fault::BodyTooSlow, "the body did not arrive in time"))??;
    // 403 for what cannot be parsed is DSF's choice; its clients know it.
    format.read(&bytes).map_err(|error| Answer::fault(Fault::Unreadable, error.to_string()))
}

/// A body of up to `bytes_max` bytes. Of a larger one up to [`DISCARDED_BYTES_MAX`] are read all the same: to whoever still
/// sends when the connection is closed, the kernel says that it was reset, and the answer is lost. Who asks before sending
/// (`Expect: 100-continue`) is told before.
async fn read(headers: &HeaderMap, mut body: Body, bytes_max: usize) -> Result<Vec<u8>, Rejection> {
    let too_large = || Answer::fault(Fault::TooLarge, format!("the body is larger than {bytes_max} bytes"));
    let taken_max = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let read_max = if headers.contains_key(EXPECT) { taken_max } else { taken_max.max(DISCARDED_BYTES_MAX) };
    if body.size_hint().lower() > read_max {
        return Err(too_large());
    }
    let (mut bytes, mut came) = (Vec::new(), 0_u64);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| {
            Answer::fault(Fault::BodyCutOff, "the body was cut off, or is not chunked as HTTP wants it")
        })?;
        // Trailers say nothing here.
        let Ok(data) = frame.into_data() else { continue };
        came = came.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
        if came > read_max {
            return Err(too_large());
        }
        if came <= taken_max {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
    }
    if came > taken_max { Err(too_large()) } else { Ok(bytes) }
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
        return Answer::fault(Fault::Version, "the resource has another version").into_answer();
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
        return Answer::fault(Fault::Version, "the resource was written at another time").into_answer();
    }
    answer
}

/// Writes an answer.
pub(super) fn response(headers: &HeaderMap, format: Format, answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status;
    response.extensions_mut().insert(Decided {
        code: answer.code,
        location: answer.location.clone(),
        version: answer.version,
    });
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
