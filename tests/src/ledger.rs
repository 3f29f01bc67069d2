//! The ledger of a crash test: everything that a mailbox has acknowledged, so that at the end each of it can be found in the
//! journals, once.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::mailbox;
use crate::network::{Network, Party, Roles};

/// The longest that a site may take to acknowledge, all kills of that time included.
const DEADLINE: Duration = Duration::from_mins(3);
const RETRY_EVERY: Duration = Duration::from_millis(25);
const INSTANCES_MAX: &str = "1000000";

const PING_PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-start-ping|1.0";
const PING_PROCESS: &str = "http://dsf.dev/bpe/Process/ping|1.0";
const AUTOSTART_PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-start-ping-autostart|1.0";
const AUTOSTOP_PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-stop-ping-autostart|1.0";
const AUTOSTART_PROCESS: &str = "http://dsf.dev/bpe/Process/pingAutostart|1.0";
const SYSTEM: &str = "urn:tessera:ledger";

/// One acknowledged start of a ping.
#[derive(Debug, Clone)]
struct Entry {
    party: String,
    key: String,
    /// `Task/id`, as the acknowledgement names it.
    task: String,
}

/// What was acknowledged.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    attempts: usize,
}

/// What the comparison of ledger and journals found.
#[derive(Debug, Default)]
pub struct Balance {
    pub acknowledged: usize,
    /// Deliveries that were tried for them; the surplus had no answer.
    pub attempts: usize,
    /// Instances in all journals.
    pub instances: usize,
    /// Starts that timers sent.
    pub from_timers: usize,
    /// What was acknowledged and is nowhere, or did not end as it should.
    pub lost: Vec<String>,
    /// What happened more than once.
    pub double: Vec<String>,
}

impl Ledger {
    /// Starts a ping at this party, however often that has to be tried.
    pub async fn ping(&mut self, party: &Party, key: &str) {
        let task = mailbox::task(PING_PROFILE, PING_PROCESS, "startPing", party.name(), party.name(), key);
        let (task, attempts) = acknowledged(party, task, key).await;
        self.attempts += attempts;
        self.entries.push(Entry { party: party.name().to_owned(), key: key.to_owned(), task });
    }

    pub fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.attempts += other.attempts;
    }

    /// Waits until everything has ended, and compares.
    pub async fn balance(&self, network: &Network, engine: Roles) -> Balance {
        let mut balance =
            Balance { acknowledged: self.entries.len(), attempts: self.attempts, ..Balance::default() };
        for party in network.parties() {
            for (message, statuses) in party.messages().await {
                if statuses.len() > 1 {
                    balance.double.push(format!("{message} at {}: {statuses:?}", party.name()));
                } else if statuses != ["completed"] {
                    balance.lost.push(format!("{message} at {}: {statuses:?}", party.name()));
                }
            }
        }
        let journals: BTreeMap<&str, BTreeMap<(String, String), Vec<String>>> =
            network.parties().iter().map(|party| (party.name(), instances(party, engine))).collect();
        for (party, journal) in &journals {
            for ((process, key), states) in journal {
                balance.instances += states.len();
                if states.len() > 1 && !(process.ends_with("_pong")) {
                    balance.double.push(format!("{process} {key} at {party}: {states:?}"));
                }
                if states.iter().any(|state| state != "completed") {
                    balance.lost.push(format!("{process} {key} at {party}: {states:?}"));
                }
                if process == "dsfdev_ping" && !self.entries.iter().any(|entry| entry.key == *key) {
                    balance.from_timers += 1;
                }
            }
        }
        for entry in &self.entries {
            self.compare(entry, network, &journals, &mut balance).await;
        }
        balance
    }

    async fn compare(
        &self,
        entry: &Entry,
        network: &Network,
        journals: &BTreeMap<&str, BTreeMap<(String, String), Vec<String>>>,
        balance: &mut Balance,
    ) {
        let task = network.party(&entry.party).until(&entry.task, &["completed", "failed"]).await;
        let outputs = task["output"].as_array().map_or(0, Vec::len);
        if task["status"] != "completed" || outputs != network.parties().len() - 1 {
            balance.lost.push(format!("{} of {}: {task}", entry.task, entry.party));
        }
        for party in network.parties() {
            let process = if party.name() == entry.party { "dsfdev_ping" } else { "dsfdev_pong" };
            let found = journals[party.name()].get(&(process.to_owned(), entry.key.clone()));
            match found.map_or(0, Vec::len) {
                0 => balance.lost.push(format!("{process} for {} at {}", entry.key, party.name())),
                1 => {}
                count => {
                    balance.double.push(format!("{process} for {} at {}: {count}", entry.key, party.name()));
                }
            }
        }
    }
}

/// Lets a timer of the party start pings, one a second; the `Task/id` that ends with it.
pub async fn start_timer(party: &Party) -> String {
    let message = "startPingAutostart";
    let mut task =
        mailbox::task(AUTOSTART_PROFILE, AUTOSTART_PROCESS, message, party.name(), party.name(), "timer");
    let interval = json!({
        "type": { "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/ping", "code": "timer-interval" }] },
        "valueString": "PT1S",
    });
    task["input"].as_array_mut().expect("a Task has inputs").push(interval);
    acknowledged(party, task, "timer-start").await.0
}

/// The end of that. A signal reaches whoever waits for it, and the process waits between two starts only: so it is sent until it
/// was heard.
pub async fn stop_timer(party: &Party, started: &str) {
    let message = "stopPingAutostart";
    for number in 0.. {
        let key = format!("timer-stop-{number}");
        let task =
            mailbox::task(AUTOSTOP_PROFILE, AUTOSTART_PROCESS, message, party.name(), party.name(), &key);
        let (stop, _) = acknowledged(party, task, &key).await;
        party.until(&stop, &["completed"]).await;
        let answer = party.client().get(party.base_url(), started).await;
        if answer.is_ok_and(|answer| answer.body["status"] == "completed") {
            return;
        }
    }
}

/// Posts until there is an acknowledgement; the Task that it names, and the number of attempts.
async fn acknowledged(party: &Party, mut task: Value, key: &str) -> (String, usize) {
    task["identifier"] = json!([{ "system": SYSTEM, "value": key }]);
    let condition = format!("identifier={SYSTEM}|{key}");
    let deadline = Instant::now() + DEADLINE;
    let mut retry = interval(RETRY_EVERY);
    let mut attempts = 0;
    loop {
        retry.tick().await;
        attempts += 1;
        let seen = match party.client().create(party.base_url(), "Task", &task, Some(&condition)).await {
            Ok(answer) if answer.status.is_success() => {
                let location = answer.location.expect("a stored resource has a Location");
                let versionless = location.split("/_history/").next().unwrap_or(&location);
                let id = versionless.rsplit('/').next().unwrap_or(versionless);
                return (format!("Task/{id}"), attempts);
            }
            Ok(answer) => {
                assert!(!answer.status.is_client_error(), "{key} at {}: {}", party.name(), answer.reason());
                answer.reason()
            }
            Err(error) => error.to_string(),
        };
        assert!(Instant::now() < deadline, "{key} at {} is not acknowledged: {seen}", party.name());
    }
}

/// The journal of a party: the states of the instances of each process and business key.
fn instances(party: &Party, engine: Roles) -> BTreeMap<(String, String), Vec<String>> {
    let listed = party.ask(engine, &["instance", "list", "--limit", INSTANCES_MAX]);
    let mut instances: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for instance in listed.as_array().expect("a list of instances") {
        let text = |name: &str| instance[name].as_str().unwrap_or_default().to_owned();
        instances.entry((text("process_id"), text("business_key"))).or_default().push(text("state"));
    }
    instances
}
