//! The FHIR client of a site: HTTPS with this site's certificate, to peers and, when split, to the own mailbox.
//!
//! One TLS stack (rustls on ring), no redirects, no proxies from the environment, bounded answers. It knows HTTP and
//! FHIR's headers, not what messages mean.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, LOCATION};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tessera_fhir::names::FHIR_JSON;

use crate::certificate::Credentials;
use crate::limits::ANSWER_BYTES_MAX;

const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Who we are and whom we trust.
#[derive(Clone)]
pub struct TlsIdentity {
    config: Arc<rustls::ClientConfig>,
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

/// A certificate, key or authority that TLS cannot use.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot use this certificate or authority: {0}")]
pub struct TlsError(#[from] rustls::Error);

impl TlsIdentity {
    /// Presents `credentials`; trusts servers whose certificates chain to `authorities`.
    pub fn new(
        credentials: &Credentials,
        authorities: &[rustls::pki_types::CertificateDer<'static>],
    ) -> Result<Self, TlsError> {
        let mut roots = rustls::RootCertStore::empty();
        for authority in authorities {
            roots.add(authority.clone())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(credentials.chain().to_vec(), credentials.key().clone_key())?;
        Ok(Self { config: Arc::new(config) })
    }

    /// The rustls configuration of a client that presents this identity.
    pub fn config(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.config)
    }
}

/// Timeouts of one request.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the TLS connection stands.
    pub connect: Duration,
    /// Until the answer is complete.
    pub request: Duration,
}

/// A FHIR client with this site's certificate. Cheap to clone; connections are pooled.
#[derive(Debug, Clone)]
pub struct FhirClient {
    http: reqwest::Client,
}

/// What a FHIR server answered, whatever the status.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// `Location`.
    pub location: Option<String>,
    /// The number in a weak `ETag`.
    pub version: Option<u64>,
    /// The body, `Null` when empty or no JSON.
    pub body: Value,
}

impl Answer {
    /// What an error answer says: the diagnostics of its OperationOutcome, else the status.
    pub fn reason(&self) -> String {
        let said: Vec<&str> = tessera_fhir::resource::list(&self.body, "issue")
            .iter()
            .filter_map(|issue| tessera_fhir::resource::text(issue, "diagnostics"))
            .collect();
        if said.is_empty() { format!("HTTP {}", self.status) } else { said.join("; ") }
    }
}

/// No usable answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Network, TLS or timeout.
    #[error("{0}")]
    Broken(String),
    /// A body beyond the limit.
    #[error("the answer of {url} exceeds {ANSWER_BYTES_MAX} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
    },
}

impl FhirClient {
    /// A client that presents `identity`.
    pub fn new(identity: &TlsIdentity, timeouts: Timeouts) -> Result<Self, TransportError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(rustls::ClientConfig::clone(&identity.config))
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.request)
            .user_agent(concat!("Tessera/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| TransportError::Broken(explain(&error)))?;
        Ok(Self { http })
    }

    /// `POST base/Type`, created once however often it is sent when `if_none_exist` names it.
    pub async fn create(
        &self,
        base: &str,
        resource_type: &str,
        body: &Value,
        if_none_exist: Option<&str>,
    ) -> Result<Answer, TransportError> {
        let mut headers = HeaderMap::new();
        headers.insert(PREFER, HeaderValue::from_static("return=minimal"));
        if let Some(query) = if_none_exist {
            let query =
                HeaderValue::from_str(query).map_err(|error| TransportError::Broken(error.to_string()))?;
            headers.insert(IF_NONE_EXIST, query);
        }
        self.send(Method::POST, &format!("{base}/{resource_type}"), headers, Some(body)).await
    }

    /// `POST base` with a batch or transaction Bundle.
    pub async fn bundle(&self, base: &str, body: &Value) -> Result<Answer, TransportError> {
        self.send(Method::POST, base, HeaderMap::new(), Some(body)).await
    }

    /// `PUT base/Type/id` with `If-Match`.
    pub async fn update(
        &self,
        base: &str,
        reference: &str,
        body: &Value,
        version: u64,
    ) -> Result<Answer, TransportError> {
        let mut headers = HeaderMap::new();
        let tag = format!("W/\"{version}\"");
        headers.insert(IF_MATCH, HeaderValue::from_str(&tag).expect("digits and quotes are header text"));
        self.send(Method::PUT, &format!("{base}/{reference}"), headers, Some(body)).await
    }

    /// `GET base/path`, where `path` may carry a query that is already encoded.
    pub async fn get(&self, base: &str, path: &str) -> Result<Answer, TransportError> {
        let mut headers = HeaderMap::new();
        if path.contains('?') {
            headers.insert(PREFER, HeaderValue::from_static("handling=strict"));
        }
        self.send(Method::GET, &format!("{base}/{path}"), headers, None).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Option<&Value>,
    ) -> Result<Answer, TransportError> {
        let mut request = self.http.request(method, url).headers(headers).header(ACCEPT, FHIR_JSON);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, FHIR_JSON).body(body.to_string());
        }
        let mut response = request.send().await.map_err(|error| TransportError::Broken(explain(&error)))?;
        let status = response.status();
        let text_of = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let location = text_of(LOCATION).map(str::to_owned);
        let version = text_of(ETAG).and_then(weak_version);
        let mut bytes = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| TransportError::Broken(explain(&error)))?
        {
            if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(TransportError::TooLarge { url: url.to_owned() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { status, location, version, body })
    }
}

fn weak_version(tag: &str) -> Option<u64> {
    tag.strip_prefix("W/\"")?.strip_suffix('"')?.parse().ok()
}

/// reqwest hides the cause; an operator needs it (refused, certificate expired, unknown host ...).
fn explain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text.push_str(": ");
            text.push_str(&next_text);
        }
        cause = next.source();
    }
    text
}

/// Percent-encodes one query value.
pub fn encode(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::with_capacity(value.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
        encoded
    })
}

/// `name=value&…` of the pairs, encoded.
pub fn query<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    parameters
        .into_iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}
