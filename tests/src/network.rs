//! Organisations that know each other: certificates of one authority, one allow list, a folder and an address each.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tessera::certificate::{self, Issued, Validity};
use tessera::client::{FhirClient, Timeouts, TlsIdentity};
use tessera_fhir::allow_list::{self, Member};

use crate::address;
use crate::process::{self, Running};

const PARENT: &str = "network.example";
const CERTIFICATE_DAYS: u32 = 2;
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(20) };

/// Several organisations with everything they need to run, in a temporary folder.
#[derive(Debug)]
pub struct Network {
    folder: TempDir,
    authority: Issued,
    parties: Vec<Party>,
}

/// One organisation. Its site may run or not.
#[derive(Debug)]
pub struct Party {
    program: PathBuf,
    name: String,
    listen: SocketAddr,
    base_url: String,
    folder: PathBuf,
    client: FhirClient,
    identity: TlsIdentity,
}

/// What one process of a party does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roles {
    All,
    Mailbox,
    Engine,
}

impl Drop for Network {
    /// What a failed test leaves behind can be looked at.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            let _ = writeln!(std::io::stderr(), "-- kept: {}", self.folder.path().display());
        }
    }
}

impl Network {
    /// Organisations of these names, whose sites are processes of `program` and run the `plugins` (name, content).
    pub fn new(program: &Path, names: &[&str], plugins: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let authority = certificate::authority("Test CA", validity()).expect("an authority can be made");
        authority.write(folder.path(), "ca").expect("the folder is new");
        let roots = authority.credentials().expect("it was just made").chain().to_vec();
        let mut parties = Vec::new();
        let mut members = Vec::new();
        for name in names {
            let listen = address::reserve();
            let base_url = format!("https://{listen}/fhir");
            let hosts = [listen.ip().to_string()];
            let issued =
                certificate::issue(&authority, name, &hosts, validity()).expect("the authority can issue");
            let credentials = issued.credentials().expect("it was just issued");
            let identity = TlsIdentity::new(&credentials, &roots).expect("it was just issued");
            let own = folder.path().join(name);
            issued.write(&own, "site").expect("the folder is new");
            members.push(Member {
                organization: (*name).to_owned(),
                name: (*name).to_owned(),
                endpoint: (*name).to_owned(),
                address: base_url.clone(),
                thumbprint: credentials.thumbprint(),
                roles: vec!["DIC".to_owned()],
            });
            parties.push(Party {
                program: program.to_owned(),
                name: (*name).to_owned(),
                listen,
                base_url,
                folder: own,
                client: FhirClient::new(&identity, PATIENCE).expect("the settings of the client are valid"),
                identity,
            });
        }
        let allow_list = allow_list::bundle(PARENT, &members);
        for party in &parties {
            party.write(&allow_list, plugins);
        }
        Self { folder, authority, parties }
    }

    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    pub fn party(&self, name: &str) -> &Party {
        let found = self.parties.iter().find(|party| party.name == name);
        found.unwrap_or_else(|| panic!("no party is called {name}"))
    }

    /// All sites, all roles in one process each.
    pub fn start(&self) -> Vec<Running> {
        self.parties.iter().map(|party| party.start(Roles::All)).collect()
    }

    /// The authority that every party trusts.
    pub fn authority(&self) -> &Issued {
        &self.authority
    }

    /// A client with a certificate that no allow list knows; it trusts the network's servers.
    pub fn stranger(&self, certificate: &Issued) -> FhirClient {
        FhirClient::new(&self.presenting(certificate), PATIENCE)
            .expect("the settings of the client are valid")
    }

    /// What presents a certificate and trusts the network's servers.
    pub fn presenting(&self, certificate: &Issued) -> TlsIdentity {
        let credentials = certificate.credentials().expect("the certificate belongs to its key");
        let roots = self.authority.credentials().expect("made by this harness").chain().to_vec();
        TlsIdentity::new(&credentials, &roots).expect("the certificate can be presented")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Party {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its site listens.
    pub fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Speaks for this organisation.
    pub fn client(&self) -> &FhirClient {
        &self.client
    }

    /// Another client of this organisation, which shares no connection with the first.
    pub fn new_client(&self) -> FhirClient {
        FhirClient::new(&self.identity, PATIENCE).expect("the settings of the client are valid")
    }

    pub fn plugins(&self) -> PathBuf {
        self.folder.join("plugins")
    }

    pub fn configuration(&self, roles: Roles) -> PathBuf {
        self.folder.join(roles.file())
    }

    /// Starts one process and waits until it is ready.
    pub fn start(&self, roles: Roles) -> Running {
        Running::start(&self.program, &self.configuration(roles))
    }

    /// What a command such as `["instance", "list"]` says about the running engine, as JSON.
    pub fn ask(&self, roles: Roles, command: &[&str]) -> Value {
        let said = self.tell(roles, &[command, &["--format", "json"]].concat());
        serde_json::from_str(&said)
            .unwrap_or_else(|error| panic!("tessera {command:?} says no JSON: {error}: {said}"))
    }

    /// Why a command is refused; nothing, if its answer is just "no".
    pub fn refused(&self, roles: Roles, command: &[&str]) -> String {
        let output = self.output(roles, command);
        assert!(!output.status.success(), "tessera {command:?} at {} is not refused", self.name);
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The JSON of a command whose answer is "no".
    pub fn answer(&self, roles: Roles, command: &[&str]) -> Value {
        let output = self.output(roles, &[command, &["--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(1), "tessera {command:?} at {}", self.name);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("tessera {command:?} says no JSON: {error}"))
    }

    /// The same, as people read it.
    pub fn tell(&self, roles: Roles, command: &[&str]) -> String {
        let output = self.output(roles, command);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tessera {command:?} at {}: {errors}", self.name);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn output(&self, roles: Roles, command: &[&str]) -> std::process::Output {
        let configuration = self.configuration(roles);
        let configuration = configuration.to_str().expect("temporary folders have readable names");
        process::run(&self.program, &[command, &["--config", configuration]].concat())
    }

    fn write(&self, allow_list: &Value, plugins: &[(&str, &[u8])]) {
        let write = |path: PathBuf, content: &[u8]| {
            std::fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        };
        std::fs::create_dir_all(self.plugins()).expect("the folder is new");
        for (name, content) in plugins {
            write(self.plugins().join(format!("{name}.wasm")), content);
        }
        write(self.folder.join("allow-list.json"), allow_list.to_string().as_bytes());
        for roles in [Roles::All, Roles::Mailbox, Roles::Engine] {
            write(self.configuration(roles), self.settings(roles, plugins).as_bytes());
        }
    }

    fn settings(&self, roles: Roles, plugins: &[(&str, &[u8])]) -> String {
        let Self { name, listen, base_url, .. } = self;
        let pair = "certificate = \"site.pem\"\nkey = \"site.key\"";
        let mut settings = match roles {
            Roles::All => "data = \"data\"\n".to_owned(),
            Roles::Mailbox => "data = \"data-mailbox\"\nroles = [\"mailbox\"]\n".to_owned(),
            Roles::Engine => "data = \"data-engine\"\nroles = [\"engine\"]\n".to_owned(),
        };
        let _ = write!(settings, "[organization]\nidentifier = \"{name}\"\n");
        if roles != Roles::Engine {
            let _ = write!(
                settings,
                "[mailbox]\nlisten = \"{listen}\"\nbase_url = \"{base_url}\"\n{pair}\nclient_ca = \"../ca.pem\"\n\
                 allow_list = \"allow-list.json\"\n"
            );
        }
        if roles == Roles::Engine {
            let _ = write!(settings, "[engine]\nmailbox = \"{base_url}\"\n");
        }
        if roles != Roles::Mailbox {
            let pins: Vec<String> =
                plugins.iter().map(|(_, content)| format!("\"{}\"", sha256(content))).collect();
            let _ = write!(settings, "[client]\n{pair}\ntrust = \"../ca.pem\"\n");
            // A killed peer is back within a second; tests need not wait longer than that for the next attempt.
            let _ = write!(settings, "[delivery]\nfirst_retry = \"50ms\"\nlongest_retry = \"1s\"\n");
            // The tests find out what happens at a limit, so it is low.
            let _ = write!(settings, "[plugins]\napproved = [{}]\n", pins.join(", "));
            let _ =
                write!(settings, "[plugins.limits]\ncpu = \"500ms\"\nwall = \"5s\"\nmemory = \"32MiB\"\n");
        }
        settings
    }
}

impl Roles {
    fn file(self) -> &'static str {
        match self {
            Self::All => "site.toml",
            Self::Mailbox => "mailbox.toml",
            Self::Engine => "engine.toml",
        }
    }
}

fn validity() -> Validity {
    Validity::days(Timestamp::now(), CERTIFICATE_DAYS)
}

fn sha256(content: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(content).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
