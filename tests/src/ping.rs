//! One round of ping: an organisation asks its site to ping all others and reads the result from its own mailbox.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::mailbox;
use crate::network::Party;

const PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-start-ping|1.0";
const PROCESS: &str = "http://dsf.dev/bpe/Process/ping|1.0";

/// A ping process that was started.
#[derive(Debug)]
pub struct Ping<'p> {
    party: &'p Party,
    task: String,
}

impl<'p> Ping<'p> {
    /// Returns when the mailbox has acknowledged the start Task: from here on nothing may be lost.
    pub async fn start(party: &'p Party, business_key: &str) -> Self {
        let task = mailbox::task(PROFILE, PROCESS, "startPing", party.name(), party.name(), business_key);
        Self { party, task: party.post(&task).await }
    }

    /// The result for each organisation that was pinged, once the process has ended.
    pub async fn results(&self) -> BTreeMap<String, String> {
        let task = self.party.until(&self.task, &["completed", "failed"]).await;
        let outputs = task["output"].as_array().map_or(&[][..], Vec::as_slice);
        let results: BTreeMap<_, _> = outputs.iter().filter_map(result).collect();
        assert_eq!(task["status"], "completed", "{task:#}");
        results
    }
}

/// Pinged organisation and `ping-status`.
fn result(output: &Value) -> Option<(String, String)> {
    let status = output["valueCoding"]["code"].as_str()?;
    let details = output["extension"][0]["extension"].as_array()?;
    let organization = details.iter().find(|detail| detail["url"] == "organization-identifier")?;
    let name = organization["valueIdentifier"]["value"].as_str()?;
    Some((name.to_owned(), status.to_owned()))
}
