//! The configuration of one site, read from one TOML file.
//!
//! `config/site.toml` is the reference: it holds every key with its meaning and default, and tests keep it true. A
//! [`Config`] is complete and consistent: sections of roles that are off do not exist in it, files that it names were
//! read. Whatever is wrong is reported with file, line and key, all at once; unknown keys are refused.

mod quantity;
mod section;

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use rustls::pki_types::CertificateDer;
use toml::de::DeTable;
use tracing_subscriber::EnvFilter;

use crate::certificate::{self, Credentials};
pub use section::Problem;
use section::{Report, Section, Value, count, list, text};

/// A documented file with every key: what `tessera run --help` prints.
pub const REFERENCE: &str = include_str!("config/site.toml");

const SHARDS_MAX: u32 = 1_024;
const CONCURRENT_CALLS_MAX: u32 = 10_000;
/// Below this a WebAssembly guest of any language cannot even start.
const PLUGIN_MEMORY_BYTES_MIN: u64 = 1 << 20;

/// What a site needs to know before it starts.
#[derive(Debug)]
pub struct Config {
    /// The file that this was read from.
    pub file: PathBuf,
    pub data: PathBuf,
    pub organization_identifier: String,
    pub store: tessera_store::Kind,
    /// There when the role "mailbox" is on.
    pub mailbox: Option<Mailbox>,
    /// There when the role "engine" is on.
    pub engine: Option<Engine>,
    pub log: Log,
}

/// The FHIR endpoint that other sites reach.
#[derive(Debug)]
pub struct Mailbox {
    pub listen: SocketAddr,
    /// As peers see it, without a trailing slash.
    pub base_url: String,
    pub credentials: Credentials,
    pub client_authorities: Vec<CertificateDer<'static>>,
    pub allow_list: Option<PathBuf>,
}

/// The process engine and what it calls.
#[derive(Debug)]
pub struct Engine {
    pub shards: u16,
    pub mailbox: MailboxLink,
    pub client: Client,
    pub delivery: Delivery,
    pub plugins: Plugins,
}

/// Where the site's own mailbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxLink {
    /// Both roles run in this process.
    SameProcess,
    /// Split: reached by REST and WebSocket, without a trailing slash.
    Remote { base_url: String },
}

/// How the site presents itself to servers, and which of them it trusts.
#[derive(Debug)]
pub struct Client {
    pub credentials: Credentials,
    pub server_authorities: Vec<CertificateDer<'static>>,
    pub connect_timeout: Duration,
    pub timeout: Duration,
}

/// The retry schedule of messages to peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub first_retry: Duration,
    pub longest_retry: Duration,
    pub expiry: Duration,
}

/// Which plugins run, and what each call may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugins {
    pub folder: PathBuf,
    /// Lowercase hex SHA-256 of the files that may run.
    pub approved: BTreeSet<String>,
    pub limits: PluginLimits,
}

/// The bounds of one plugin call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PluginLimits {
    pub memory_bytes: u64,
    pub cpu: Duration,
    pub wall: Duration,
    pub concurrent_calls: u32,
}

/// What is logged and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// Directives of tracing's `EnvFilter`; known to parse.
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Mailbox,
    Engine,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}: {source}", file.display())]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("{}", Listing { file, problems })]
    Invalid { file: PathBuf, problems: Vec<Problem> },
}

/// One line per problem, in the form that terminals and editors turn into links.
struct Listing<'a> {
    file: &'a Path,
    problems: &'a [Problem],
}

impl Default for PluginLimits {
    fn default() -> Self {
        let (cpu, wall) = (Duration::from_secs(5), Duration::from_mins(1));
        Self { memory_bytes: 64 << 20, cpu, wall, concurrent_calls: 32 }
    }
}

impl Default for Delivery {
    fn default() -> Self {
        let (first_retry, longest_retry) = (Duration::from_secs(1), Duration::from_mins(1));
        Self { first_retry, longest_retry, expiry: Duration::from_hours(1) }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

impl Config {
    /// Reads the file and everything it names but the plugins and the allow list, which the site reads when it starts.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { file: file.to_owned(), source };
        let content = std::fs::read_to_string(file).map_err(unreadable)?;
        let absolute = std::path::absolute(file).map_err(unreadable)?;
        let folder = absolute.parent().expect("the path of a file that could be read has a parent");
        parse(&content, file, folder)
            .map_err(|problems| ConfigError::Invalid { file: file.to_owned(), problems })
    }
}

/// What an operator adds to `plugins.approved` to let a file run.
pub fn approval_line(plugin: &str, version: &str, sha256: &str) -> String {
    format!("    \"{sha256}\", # {plugin} {version}")
}

fn parse(content: &str, file: &Path, folder: &Path) -> Result<Config, Vec<Problem>> {
    let report = Report::new(content);
    let config = match DeTable::parse(content) {
        Ok(document) => site(Section::top(&report, document.get_ref()), file, folder),
        Err(error) => {
            report
                .add(&error.span().unwrap_or_default(), format!("not TOML: {}", error.message().trim_end()));
            None
        }
    };
    let problems = report.into_problems();
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    }
}

fn site(top: Section<'_, '_>, file: &Path, folder: &Path) -> Option<Config> {
    let every_role = || BTreeSet::from([Role::Mailbox, Role::Engine]);
    let roles = top.or("roles", every_role(), roles);
    let data = top.or("data", folder.join("data"), |value| path(value, folder));

    let organization = top.section("organization");
    let identifier = organization.required("identifier", word);
    organization.close();

    let store = top.section("store");
    let kind = store.or("kind", tessera_store::Kind::Sled, |value| {
        text(value)?.parse().map_err(|unknown: tessera_store::UnknownKind| unknown.to_string())
    });
    store.close();

    // With unreadable roles the rest is checked as if all were on: most sites run both.
    let assumed = roles.unwrap_or_else(every_role);
    let mailbox_here = assumed.contains(&Role::Mailbox);
    let mailbox =
        role(&top, Role::Mailbox, &assumed, &["mailbox"], || mailbox(top.section("mailbox"), folder));
    let engine_sections = ["client", "engine", "delivery", "plugins"];
    let engine = role(&top, Role::Engine, &assumed, &engine_sections, || engine(&top, folder, mailbox_here));
    let log = log(top.section("log"));
    top.close();

    // A part that is on but broken is `None` too; then the report is not empty, and nobody sees this value.
    Some(Config {
        file: file.to_owned(),
        data: data?,
        organization_identifier: identifier?,
        store: kind?,
        mailbox,
        engine,
        log: log?,
    })
}

/// The part of the configuration that belongs to one role. When the role is off its sections must be absent, because
/// nobody would read them.
fn role<T>(
    top: &Section<'_, '_>,
    role: Role,
    on: &BTreeSet<Role>,
    sections: &[&'static str],
    read: impl FnOnce() -> Option<T>,
) -> Option<T> {
    if on.contains(&role) {
        return read();
    }
    for &name in sections {
        if top.section(name).is_there() {
            let text = format!(
                "has no effect without the role {role}; remove this section or add {role} to `roles`"
            );
            top.refuse(name, &text);
        }
    }
    None
}

fn mailbox(section: Section<'_, '_>, folder: &Path) -> Option<Mailbox> {
    let listen = section.required("listen", address);
    let base_url = section.required("base_url", base_url);
    let credentials = credentials(&section, folder);
    let client_authorities = section.required("client_ca", |value| authorities(value, folder));
    let allow_list = if section.has("allow_list") {
        section.required("allow_list", |value| existing_file(value, folder)).map(Some)
    } else {
        Some(None)
    };
    section.close();
    Some(Mailbox {
        listen: listen?,
        base_url: base_url?,
        credentials: credentials?,
        client_authorities: client_authorities?,
        allow_list: allow_list?,
    })
}

fn engine(top: &Section<'_, '_>, folder: &Path, mailbox_here: bool) -> Option<Engine> {
    let client = client(top.section("client"), folder);
    let section = top.section("engine");
    let shards = section.or("shards", 8, |value| count(value, 1..=SHARDS_MAX));
    let mailbox = if !mailbox_here {
        section.required("mailbox", base_url).map(|base_url| MailboxLink::Remote { base_url })
    } else if section.has("mailbox") {
        section.refuse(
            "mailbox",
            "the mailbox runs in this process; remove this key, or \"mailbox\" from `roles`",
        );
        None
    } else {
        Some(MailboxLink::SameProcess)
    };
    section.close();
    let delivery = delivery(top.section("delivery"));
    let plugins = plugins(top.section("plugins"), folder);
    Some(Engine {
        shards: u16::try_from(shards?).expect("SHARDS_MAX fits"),
        mailbox: mailbox?,
        client: client?,
        delivery: delivery?,
        plugins: plugins?,
    })
}

fn client(section: Section<'_, '_>, folder: &Path) -> Option<Client> {
    let credentials = credentials(&section, folder);
    let server_authorities = section.required("trust", |value| authorities(value, folder));
    let connect_timeout = section.or("connect_timeout", Duration::from_secs(2), duration);
    let timeout = section.or("timeout", Duration::from_secs(30), duration);
    section.close();
    Some(Client {
        credentials: credentials?,
        server_authorities: server_authorities?,
        connect_timeout: connect_timeout?,
        timeout: timeout?,
    })
}

fn delivery(section: Section<'_, '_>) -> Option<Delivery> {
    let default = Delivery::default();
    let first_retry = section.or("first_retry", default.first_retry, duration);
    let longest_retry = section.or("longest_retry", default.longest_retry, duration);
    let expiry = section.or("expiry", default.expiry, duration);
    if let (Some(first), Some(longest)) = (first_retry, longest_retry)
        && first > longest
    {
        section.refuse("longest_retry", "must not be shorter than `first_retry`");
    }
    section.close();
    Some(Delivery { first_retry: first_retry?, longest_retry: longest_retry?, expiry: expiry? })
}

fn plugins(section: Section<'_, '_>, top_folder: &Path) -> Option<Plugins> {
    let folder = section.or("folder", top_folder.join("plugins"), |value| path(value, top_folder));
    let approved = section.or("approved", Vec::new(), |value| list(value, sha256));
    let bounds = section.section("limits");
    let default = PluginLimits::default();
    let memory = bounds.or("memory", default.memory_bytes, |value| {
        quantity::bytes(text(value)?).and_then(|bytes| {
            let enough = bytes >= PLUGIN_MEMORY_BYTES_MIN;
            enough.then_some(bytes).ok_or_else(|| "must be at least 1MiB, or no plugin can start".to_owned())
        })
    });
    let cpu = bounds.or("cpu", default.cpu, duration);
    let wall = bounds.or("wall", default.wall, duration);
    let concurrent_calls = bounds
        .or("concurrent_calls", default.concurrent_calls, |value| count(value, 1..=CONCURRENT_CALLS_MAX));
    bounds.close();
    section.close();
    let limits =
        PluginLimits { memory_bytes: memory?, cpu: cpu?, wall: wall?, concurrent_calls: concurrent_calls? };
    Some(Plugins { folder: folder?, approved: approved?.into_iter().collect(), limits })
}

fn log(section: Section<'_, '_>) -> Option<Log> {
    let default = Log::default();
    let format = section.or("format", default.format, |value| match text(value)? {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("unknown format {other:?}; choose one of text, json")),
    });
    let filter = section.or("filter", default.filter, |value| {
        let directives = text(value)?;
        let parsed = EnvFilter::builder().parse(directives);
        parsed.map(|_| directives.to_owned()).map_err(|error| format!("not a log filter: {error}"))
    });
    section.close();
    Some(Log { format: format?, filter: filter? })
}

/// The two keys of a certificate that this site presents, read and found to belong together.
fn credentials(section: &Section<'_, '_>, folder: &Path) -> Option<Credentials> {
    let chain = section.required("certificate", |value| authorities(value, folder));
    let key = section.required("key", |value| {
        certificate::read_key(&path(value, folder)?).map_err(|error| error.to_string())
    });
    match Credentials::new(chain?, key?) {
        Ok(credentials) => Some(credentials),
        Err(error) => {
            section.refuse("key", &error.to_string());
            None
        }
    }
}

fn roles(value: &Value<'_>) -> Result<BTreeSet<Role>, String> {
    let named = list(value, |item| match text(item)? {
        "mailbox" => Ok(Role::Mailbox),
        "engine" => Ok(Role::Engine),
        other => Err(format!("unknown role {other:?}; choose from mailbox, engine")),
    })?;
    let roles: BTreeSet<Role> = named.into_iter().collect();
    if roles.is_empty() { Err("name at least one role: mailbox, engine".to_owned()) } else { Ok(roles) }
}

fn word(value: &Value<'_>) -> Result<String, String> {
    let word = text(value)?;
    let valid =
        !word.is_empty() && !word.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    valid.then(|| word.to_owned()).ok_or_else(|| "must not be empty or contain spaces".to_owned())
}

fn address(value: &Value<'_>) -> Result<SocketAddr, String> {
    let address = text(value)?;
    address
        .parse()
        .map_err(|_| format!("{address:?} is not an address and port; write it like \"0.0.0.0:8443\""))
}

fn base_url(value: &Value<'_>) -> Result<String, String> {
    let given = text(value)?;
    let url = Url::parse(given).map_err(|error| format!("{given:?} is not a URL: {error}"))?;
    if url.scheme() != "https" {
        return Err(format!("{given:?} must start with https://"));
    }
    if given.ends_with('/') {
        return Err(format!("{given:?} must not end with a slash"));
    }
    if url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(format!("{given:?} must have nothing but host, port and path"));
    }
    Ok(given.to_owned())
}

fn sha256(value: &Value<'_>) -> Result<String, String> {
    let digest = text(value)?;
    let valid = digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    valid.then(|| digest.to_owned()).ok_or_else(|| {
        format!(
            "{digest:?} is not a SHA-256: 64 digits 0-9 a-f, as the log line of the refused plugin shows it"
        )
    })
}

fn duration(value: &Value<'_>) -> Result<Duration, String> {
    quantity::duration(text(value)?)
}

fn authorities(value: &Value<'_>, folder: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    certificate::read_certificates(&path(value, folder)?).map_err(|error| error.to_string())
}

fn existing_file(value: &Value<'_>, folder: &Path) -> Result<PathBuf, String> {
    let file = path(value, folder)?;
    if file.is_file() { Ok(file) } else { Err(format!("there is no file {}", file.display())) }
}

fn path(value: &Value<'_>, folder: &Path) -> Result<PathBuf, String> {
    let given = text(value)?;
    if given.is_empty() { Err("must name a path".to_owned()) } else { Ok(folder.join(given)) }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mailbox => "\"mailbox\"",
            Self::Engine => "\"engine\"",
        })
    }
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not valid; `tessera run --help` explains every key")?;
        for problem in self.problems {
            write!(f, "\n{}:{problem}", self.file.display())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
