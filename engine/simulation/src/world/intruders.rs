//! Those who should not be there. Whatever they do is refused, and leaves nothing behind.

use std::sync::Arc;

use serde_json::json;
use tessera_exchange::delivery::{MESSAGE_IDENTIFIER, instant};
use tessera_fhir::resource::Identifier;
use tessera_fhir::task::{self, Draft};

use super::{Ask, Caller, Happening, Request, World};
use crate::audit::Checked;
use crate::fault::Fault;
use crate::model;

/// A generation of certificates that no list has.
const UNKNOWN_GENERATION: u64 = 77;

impl World {
    /// Somebody who may not sends a message, moves one, or looks at one.
    pub(super) fn intrude(&mut self) -> Checked {
        // A site alone has nobody who could.
        if !self.chaos || self.sites.len() < 2 {
            return Ok(());
        }
        self.strike(Fault::Intruder);
        self.nonce += 1;
        let to = self.random.index(self.sites.len());
        let other = (to + 1 + self.random.index(self.sites.len() - 1)) % self.sites.len();
        let network = self.plan.network.clone();
        let organization = |site: usize| network.organization(site % network.size()).to_owned();
        let process = self.random.index(self.plan.definitions.len());
        let mut draft = Draft {
            profile: model::PROFILE.to_owned(),
            instantiates_canonical: self.plan.definitions[process].canonical.clone(),
            message_name: model::ASK.to_owned(),
            business_key: Some(self.random.pick(&self.plan.starts).business_key.clone()),
            correlation_key: None,
            requester: organization(other),
            recipient: organization(to),
            authored_on: instant(self.clock(to)),
            identifier: Identifier::new(MESSAGE_IDENTIFIER, format!("intruder.{}", self.nonce)),
            additional_inputs: Vec::new(),
        };
        let mut certificate = (other, self.sites[other].generation);
        match self.random.below(9) {
            // Nobody of this network.
            0 => certificate.1 = UNKNOWN_GENERATION,
            // A member in the name of another, or of the recipient.
            1 => draft.requester = organization(other + 1),
            // A message that only the own organisation may send.
            2 => model::START.clone_into(&mut draft.message_name),
            // A message for somebody else.
            3 => draft.recipient = organization(to + 1),
            // A message of a process that is not here, or that it does not have.
            4 => draft.instantiates_canonical = draft.instantiates_canonical.replace("simulated", "other"),
            5 => "unknown".clone_into(&mut draft.message_name),
            // A member whose certificate was replaced.
            6 => match (0..self.rotation).find(|old| self.auditor.sites[to].lists.is_revoked(*old, self.now))
            {
                Some(revoked) => certificate.1 = revoked,
                None => certificate.1 = UNKNOWN_GENERATION,
            },
            7 => return self.look_at_others(to, certificate),
            _ => return self.intrude_upon_task(to, certificate),
        }
        self.try_in_vain(to, certificate, Ask::Create { body: Arc::new(task::build(&draft)), once: None })
    }

    /// A member looks for the Tasks of others, or reads one.
    fn look_at_others(&mut self, to: usize, certificate: (usize, u64)) -> Checked {
        let own = self.plan.network.organization(certificate.0);
        let foreign = self.auditor.sites[to].tasks.all().find(|(_, task)| task.requester != own);
        let reference = foreign.map(|(id, _)| format!("Task/{id}"));
        let ask = match reference.filter(|_| self.nonce.is_multiple_of(2)) {
            Some(reference) => Ask::Read { reference: reference.into() },
            None => Ask::Search { query: "_count=100".to_owned() },
        };
        self.try_in_vain(to, certificate, ask)
    }

    /// A member tries to set the status of a Task, which only the recipient may.
    fn intrude_upon_task(&mut self, to: usize, certificate: (usize, u64)) -> Checked {
        let known = self.auditor.sites[to].tasks.all().find(|(_, task)| task.status != "completed");
        let Some((id, task)) = known.map(|(id, task)| (id.clone(), task.clone())) else { return Ok(()) };
        let running = self.sites[to].mailbox.as_ref().map(|running| running.mailbox.clone());
        let Some(mailbox) = running else { return Ok(()) };
        let current = mailbox.read(&mailbox.local_identity(), tessera_fhir::ResourceType::Task, &id);
        let Some(mut body) = current.body.filter(|_| current.status.is_success()) else { return Ok(()) };
        body["status"] = json!("failed");
        let ask = Ask::Update {
            reference: format!("Task/{id}").into(),
            body: Arc::new(body),
            version: task.version,
        };
        self.try_in_vain(to, certificate, ask)
    }

    fn try_in_vain(&mut self, to: usize, certificate: (usize, u64), ask: Ask) -> Checked {
        let request =
            Request { to, certificate: Some(certificate), ask, caller: Caller::Intruder, permits: None };
        self.after(5, Happening::Request(Box::new(request)));
        Ok(())
    }
}
