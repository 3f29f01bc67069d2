//! How a simulation ended, and whether that is what was expected.

use std::collections::BTreeMap;

use serde_json::Value;
use tessera_core::instance::Status;
use tessera_simulation::audit::Seen;

use crate::description::{Description, Expectation, NOTHING};

/// Everything that there is in the end.
#[derive(Debug, Clone, Default)]
pub struct End {
    /// Instances of all organisations.
    pub instances: Vec<Instance>,
    /// Messages in all mailboxes.
    pub messages: Vec<Message>,
}

/// An instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Whose.
    pub organization: String,
    /// `process/@id`.
    pub process: String,
    /// Its conversation.
    pub business_key: String,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub status: &'static str,
    /// Elements that completed, in order; each iteration of a multi-instance activity counts.
    pub way: Vec<String>,
    /// Process variables.
    pub variables: BTreeMap<String, Value>,
}

/// A message in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who received it.
    pub organization: String,
    /// Its conversation.
    pub business_key: String,
    /// Status of its Task.
    pub status: String,
}

impl Instance {
    /// How often an element completed.
    pub fn completed(&self, element: &str) -> usize {
        self.way.iter().filter(|completed| *completed == element).count()
    }
}

impl End {
    /// Reads it off.
    pub fn of(seen: &Seen<'_>, description: &Description) -> Self {
        let instance = |seen: tessera_simulation::audit::SeenInstance<'_>| Instance {
            organization: seen.organization.to_owned(),
            process: seen.process().to_owned(),
            business_key: seen.business_key().to_string(),
            status: match seen.status() {
                Status::Empty | Status::Running => "running",
                Status::Completed => "completed",
                Status::Failed => "failed",
                Status::Cancelled => "cancelled",
            },
            way: seen.way().map(str::to_owned).collect(),
            variables: seen
                .instance()
                .variables()
                .map(|(name, value)| (name.to_string(), Value::clone(value)))
                .collect(),
        };
        let messages = description.organizations.iter().flat_map(|organization| {
            seen.tasks(&organization.name).map(|(business_key, status)| Message {
                organization: organization.name.clone(),
                business_key: business_key.to_owned(),
                status: status.to_owned(),
            })
        });
        Self { messages: messages.collect(), instances: seen.instances().map(instance).collect() }
    }

    /// The first expectation that does not hold, in words. `conversations`: business keys, each with the name of its start.
    pub fn judge(
        &self,
        expectations: &[Expectation],
        conversations: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        expectations.iter().try_for_each(|expected| self.check(expected, conversations))
    }

    fn check(&self, expected: &Expectation, conversations: &BTreeMap<String, String>) -> Result<(), String> {
        let is_meant = |organization: &str, business_key: &str| {
            expected.organization.as_ref().is_none_or(|wanted| wanted == organization)
                && expected
                    .start
                    .as_ref()
                    .is_none_or(|wanted| conversations.get(business_key).is_some_and(|start| start == wanted))
        };
        let of_process: Vec<&Instance> = self
            .instances
            .iter()
            .filter(|instance| expected.process.as_ref().is_none_or(|wanted| *wanted == instance.process))
            .filter(|instance| is_meant(&instance.organization, &instance.business_key))
            .collect();
        if let Some(wanted) = expected.instances {
            let meant = conversations
                .iter()
                .filter(|(_, start)| expected.start.as_ref().is_none_or(|wanted| wanted == *start));
            for (conversation, _) in meant {
                let count = of_process.iter().filter(|one| one.business_key == *conversation).count();
                if count != wanted {
                    let process = expected.process.as_deref().unwrap_or("all processes");
                    let place = expected.organization.as_deref().unwrap_or("all organisations");
                    return Err(format!(
                        "{conversation} has {count} instances of {process} at {place}, {wanted} are expected"
                    ));
                }
            }
        }
        of_process.iter().try_for_each(|instance| instance.check(expected))?;
        for message in self.messages.iter().filter(|one| is_meant(&one.organization, &one.business_key)) {
            let Message { organization, business_key, status } = message;
            if let Some(wanted) = expected.answered.as_ref().filter(|wanted| !wanted.all().contains(status)) {
                return Err(format!(
                    "a message of {business_key} in the mailbox of {organization} is {status}, expected is {}",
                    wanted.all().join(" or ")
                ));
            }
        }
        Ok(())
    }
}

impl Instance {
    fn check(&self, expected: &Expectation) -> Result<(), String> {
        let Self { organization, process, business_key, status, way, variables } = self;
        let differs = |what: String| {
            let way = way.join(" ");
            Err(format!("{process} of {business_key} at {organization} {what}; its way: {way}"))
        };
        if let Some(wanted) = expected.status.as_ref().filter(|wanted| *wanted != status) {
            return differs(format!("is {status}, expected is {wanted}"));
        }
        let last = way.last().map_or(NOTHING, String::as_str);
        if let Some(wanted) = &expected.ends_at
            && !wanted.all().iter().any(|element| element == last)
        {
            return differs(format!("ends at {last}, expected is {}", wanted.all().join(" or ")));
        }
        for (element, wanted) in &expected.completed {
            let times = self.completed(element);
            if times != *wanted {
                return differs(format!("has completed {element} {times} times, expected is {wanted}"));
            }
        }
        for (name, wanted) in &expected.variables {
            let value = variables.get(name);
            if value != Some(wanted) {
                let value = value.map_or_else(|| "not set".to_owned(), ToString::to_string);
                return differs(format!("has {name} = {value}, expected is {wanted}"));
            }
        }
        Ok(())
    }
}
