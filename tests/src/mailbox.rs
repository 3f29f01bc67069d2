//! A mailbox as a peer or the own organisation sees it: FHIR over mutual TLS, nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::network::Party;

/// Until a site has done what it was asked for, restarts included.
const DEADLINE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub const BPMN_MESSAGE: &str = "http://dsf.dev/fhir/CodeSystem/bpmn-message";
const ORGANIZATION: &str = "http://dsf.dev/sid/organization-identifier";

/// A Task as the contract wants it, to be changed by tests that want it otherwise.
pub fn task(
    profile: &str,
    process: &str,
    message: &str,
    requester: &str,
    recipient: &str,
    business_key: &str,
) -> Value {
    let organization = |name: &str| json!({ "type": "Organization", "identifier": { "system": ORGANIZATION, "value": name } });
    let envelope = |code: &str, value: &str| json!({ "type": { "coding": [{ "system": BPMN_MESSAGE, "code": code }] }, "valueString": value });
    json!({
        "resourceType": "Task",
        "meta": { "profile": [profile] },
        "instantiatesCanonical": process,
        "status": "requested",
        "intent": "order",
        "authoredOn": jiff::Timestamp::now().to_string(),
        "requester": organization(requester),
        "restriction": { "recipient": [organization(recipient)] },
        "input": [envelope("message-name", message), envelope("business-key", business_key)],
    })
}

impl Party {
    /// Puts a Task into the own mailbox as the own organisation; answered with its `Task/id` only when it is safe there.
    pub async fn post(&self, task: &Value) -> String {
        let answer = self.client().create(self.base_url(), "Task", task, None).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        assert_eq!(answer.status.as_u16(), 201, "{}: {}", self.name(), answer.reason());
        let location = answer.location.expect("a created resource has a Location");
        let versionless = location.split("/_history/").next().unwrap_or(&location);
        let id = versionless.rsplit('/').next().unwrap_or(versionless);
        format!("Task/{id}")
    }

    /// Looks at a Task until its status is one of these. The site may be away meanwhile.
    pub async fn until(&self, task: &str, statuses: &[&str]) -> Value {
        let deadline = Instant::now() + DEADLINE;
        let mut look = interval(LOOK_EVERY);
        let mut seen = "nothing".to_owned();
        while Instant::now() < deadline {
            look.tick().await;
            match self.client().get(self.base_url(), task).await {
                Ok(answer) if answer.status.is_success() => {
                    if answer.body["status"].as_str().is_some_and(|status| statuses.contains(&status)) {
                        return answer.body;
                    }
                    seen = answer.body.to_string();
                }
                Ok(answer) => seen = answer.reason(),
                Err(error) => seen = error.to_string(),
            }
        }
        panic!("{task} at {} is not {statuses:?}; last seen: {seen}", self.name());
    }

    /// Looks for a Task until there is one; its `Task/id`.
    pub async fn found(&self, wanted: impl Fn(&Value) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        let mut look = interval(LOOK_EVERY);
        loop {
            look.tick().await;
            if let Some(task) = self.tasks().await.iter().find(|task| wanted(task)) {
                return format!("Task/{}", task["id"].as_str().expect("a stored Task has an id"));
            }
            assert!(Instant::now() < deadline, "no such Task at {}", self.name());
        }
    }

    /// Every Task of the mailbox but the drafts, which plugins bring along as templates for people. What is stored meanwhile
    /// moves others to the next page, where they are read again: each counts once.
    pub async fn tasks(&self) -> Vec<Value> {
        let mut tasks = BTreeMap::new();
        for page in 1.. {
            let answer = self.client().get(self.base_url(), &format!("Task?_count=100&_page={page}")).await;
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
            assert!(answer.status.is_success(), "{}: {}", self.name(), answer.reason());
            let entries = answer.body["entry"].as_array().map_or(&[][..], Vec::as_slice);
            let sent =
                entries.iter().map(|entry| &entry["resource"]).filter(|task| task["status"] != "draft");
            tasks.extend(sent.map(|task| (task["id"].to_string(), task.clone())));
            let links = answer.body["link"].as_array().map_or(&[][..], Vec::as_slice);
            if !links.iter().any(|link| link["relation"] == "next") {
                break;
            }
        }
        tasks.into_values().collect()
    }

    /// Every message that the mailbox holds, by what makes it that message, with the statuses of its Tasks, once all are
    /// done with, and no more came between two looks. More than one status means that the message was taken more than once.
    pub async fn messages(&self) -> BTreeMap<String, Vec<String>> {
        let deadline = Instant::now() + DEADLINE;
        let mut look = interval(LOOK_EVERY);
        let mut seen = None;
        loop {
            look.tick().await;
            let tasks = self.tasks().await;
            let open =
                tasks.iter().find(|task| task["status"] == "requested" || task["status"] == "in-progress");
            let Some(open) = open else {
                let messages = by_message(&tasks);
                if seen.as_ref() == Some(&messages) {
                    return messages;
                }
                seen = Some(messages);
                continue;
            };
            assert!(Instant::now() < deadline, "at {} this stays open: {open:#}", self.name());
        }
    }
}

fn by_message(tasks: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut messages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for task in tasks {
        let envelope = |code| input(task, code).unwrap_or_default();
        let message = format!(
            "{} from {} for {} {}",
            envelope("message-name"),
            task["requester"]["identifier"]["value"].as_str().unwrap_or_default(),
            envelope("business-key"),
            envelope("correlation-key"),
        );
        messages.entry(message).or_default().push(task["status"].as_str().unwrap_or_default().to_owned());
    }
    messages
}

/// A text of the envelope.
pub fn input(task: &Value, code: &str) -> Option<String> {
    let inputs = task["input"].as_array()?;
    let found = inputs.iter().find(|input| {
        let coding = &input["type"]["coding"][0];
        coding["system"] == BPMN_MESSAGE && coding["code"] == code
    })?;
    found["valueString"].as_str().map(str::to_owned)
}
