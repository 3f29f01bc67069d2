//! Several organisations with real plugins, in one thread and in virtual time: the simulator of `tessera simulate`, for tests.
//!
//! ```
//! use std::time::Duration;
//! use tessera_plugin_sdk::testing::Federation;
//!
//! // A plugin is the bytes of its `.wasm` file.
//! let plugin = tessera_example_plugins::PING_PONG;
//! let federation = Federation::new()
//!     .organization("a.example", &[plugin])
//!     .organization("b.example", &[plugin])
//!     .organization("c.example", &[plugin])
//!     .start("a.example", "dsfdev_ping", "startPing")
//!     .lost("c.example", "a.example", Duration::ZERO, Duration::from_mins(5));
//!
//! let end = federation.run(1).unwrap();
//! let ping = end.instances.iter().find(|instance| instance.process == "dsfdev_ping").unwrap();
//! assert_eq!((ping.completed("note-pong"), ping.completed("note-silence")), (1, 1));
//! ```

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tessera_federation::description::{Description, Lost, Offline, Organization, Parameter, Start};
use tessera_federation::federation;
use tessera_simulation::plan::Limits;

pub use tessera_federation::end::{End, Instance, Message};

/// Organisations, who starts what, and what goes wrong. Nothing goes wrong unless it is asked for.
#[derive(Debug)]
pub struct Federation {
    description: Description,
    plugins: Vec<&'static [u8]>,
    ready: OnceLock<Result<federation::Federation, String>>,
}

impl Default for Federation {
    fn default() -> Self {
        Self::new()
    }
}

impl Federation {
    /// Nobody yet.
    pub fn new() -> Self {
        let description =
            Description { faults: Some(vec!["none".to_owned()]), ..Description::new("a federation") };
        Self { description, plugins: Vec::new(), ready: OnceLock::new() }
    }

    /// An organisation with its plugins, each the bytes of a `.wasm` file.
    #[must_use]
    pub fn organization(mut self, name: &str, plugins: &[&'static [u8]]) -> Self {
        let mut names = Vec::new();
        for plugin in plugins {
            let known = self.plugins.iter().position(|known| known == plugin);
            let place = known.unwrap_or_else(|| {
                self.plugins.push(plugin);
                self.plugins.len() - 1
            });
            names.push(place.to_string());
        }
        self.description.organizations.push(Organization { plugins: names, ..Organization::new(name) });
        self
    }

    /// At once, a message of an organisation to itself begins a conversation.
    #[must_use]
    pub fn start(mut self, organization: &str, process: &str, message: &str) -> Self {
        self.description.starts.push(Start {
            name: None,
            organization: organization.to_owned(),
            process: process.to_owned(),
            message: message.to_owned(),
            inputs: Vec::new(),
            times: 1,
            after: Some(iso(Duration::ZERO)),
        });
        self
    }

    /// An input of the message that was added last: the code of its type, and its `value[x]` member as it stands in FHIR; a
    /// text alone is a `valueString`.
    #[must_use]
    pub fn input(mut self, system: &str, code: &str, value: impl Into<Value>) -> Self {
        if let Some(start) = self.description.starts.last_mut() {
            let (system, code) = (system.to_owned(), code.to_owned());
            start.inputs.push(Parameter { system, code, value: value.into() });
        }
        self
    }

    /// For a while nothing comes from an organisation, and nothing reaches it.
    #[must_use]
    pub fn offline(mut self, organization: &str, after: Duration, lasts: Duration) -> Self {
        let organization = organization.to_owned();
        self.description.offline.push(Offline { organization, after: iso(after), lasts: iso(lasts) });
        self
    }

    /// For a while the messages of one organisation to another are lost; its answers arrive.
    #[must_use]
    pub fn lost(mut self, from: &str, to: &str, after: Duration, lasts: Duration) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.description.lost.push(Lost { from, to, after: iso(after), lasts: iso(lasts) });
        self
    }

    /// Each seed draws some of these faults, by the names that `tessera simulate --help` lists.
    #[must_use]
    pub fn faults(mut self, names: &[&str]) -> Self {
        self.description.faults = Some(names.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    /// Each seed draws some of all faults that strike without anybody's will.
    #[must_use]
    pub fn all_faults(mut self) -> Self {
        self.description.faults = None;
        self
    }

    /// Runs one seed to its end. An error is what is wrong with the federation, or what went wrong in it and how it came to
    /// that. The same seed always ends in the same way.
    pub fn run(&self, seed: u64) -> Result<End, String> {
        let find = |name: &str| {
            let place: usize = name.parse().map_err(|_| format!("there is no plugin {name}"))?;
            self.plugins
                .get(place)
                .map(|bytes| bytes.to_vec())
                .ok_or_else(|| format!("there is no plugin {name}"))
        };
        let ready = self
            .ready
            .get_or_init(|| federation::Federation::new(self.description.clone(), &find))
            .as_ref()?;
        let (outcome, end) = ready.run_seed(seed, &Limits::default());
        match (outcome.violation, end) {
            (None, Some(end)) => Ok(end),
            (violation, _) => {
                let mut text = String::new();
                for line in outcome.history {
                    // Writing to a string cannot fail.
                    let _ = writeln!(text, "{line}");
                }
                let reason = violation.map(|violation| violation.to_string()).unwrap_or_default();
                Err(format!("{text}\nseed {seed}: {reason}"))
            }
        }
    }
}

/// As ISO 8601 writes it.
fn iso(duration: Duration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}
