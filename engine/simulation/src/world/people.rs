//! People: those who start conversations, operators who look after sites, and those who should not be there.

use std::sync::Arc;
use tessera_core::driver::{Command, Deployment, Event};
use tessera_core::identity::InstanceId;
use tessera_core::instance::Status;
use tessera_exchange::delivery::{MESSAGE_IDENTIFIER, instant};
use tessera_fhir::resource::Identifier;
use tessera_fhir::task::{self, Draft};

use super::engine::Asked;
use super::mailbox::MailboxProcess;
use super::{Ask, Caller, Happening, Request, World};
use crate::audit::{Checked, Invariant, Seen, ensure, violated};
use crate::fault::{Fault, Swarm};
use crate::mark::Mark;
use crate::network;
use crate::plan::{Lost, Outage, Start};

/// Milliseconds of a day.
pub(super) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// So long after healing, in milliseconds, everything that was broken is up again.
const SETTLED_MS: u64 = 300_000;

/// Somebody wants the collaboration to take place.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) start: Start,
    /// Whether the site has said that it has begun.
    pub(super) acknowledged: bool,
}

impl Conversation {
    pub(super) fn new(start: Start) -> Self {
        Self { start, acknowledged: false }
    }

    fn identity(&self) -> String {
        format!("start.{}", self.start.business_key)
    }
}

impl World {
    /// What people are going to do.
    pub(super) fn people_plan(&mut self) {
        let chaos = self.plan.chaos_ms;
        for conversation in 0..self.conversations.len() {
            // Some are in a hurry: their site has not recorded its definitions yet.
            let latest = if self.random.happens(200) { 1_000 } else { chaos / 2 };
            let drawn = self.random.below(latest + 1);
            let at = self.plan.starts[conversation].at_ms.unwrap_or(drawn);
            self.after(at, Happening::Start { conversation });
        }
        for Outage { from, to, at_ms, lasts_ms, of } in self.plan.outages.clone() {
            let ends = at_ms.saturating_add(lasts_ms);
            match of {
                Lost::Everything => {
                    self.after(at_ms, Happening::Cut { from, to, apart: true });
                    self.after(ends, Happening::Cut { from, to, apart: false });
                }
                Lost::Messages => {
                    self.after(at_ms, Happening::Unheard { from, to, unheard: true });
                    self.after(ends, Happening::Unheard { from, to, unheard: false });
                }
            }
        }
        let sites = self.sites.len() as u64;
        let often = |strength: u64, most: u64| if strength == 0 { 0 } else { 1 + strength * most / 100 };
        for _ in 0..often(self.swarm.strength(Fault::Cut), 8) {
            let (at, lasts) = (self.random.below(chaos), self.random.between(5_000, 300_000));
            let from = self.random.index(self.sites.len());
            let to = (from + 1 + self.random.index(self.sites.len().max(2) - 1)) % self.sites.len();
            self.after(at, Happening::Cut { from, to, apart: true });
            self.after(at + lasts, Happening::Cut { from, to, apart: false });
        }
        for _ in 0..often(self.swarm.strength(Fault::DiskFull), 3) {
            let (at, lasts) = (self.random.below(chaos), self.random.between(5_000, 120_000));
            let site = self.random.index(self.sites.len());
            self.after(at, Happening::DiskFull { site, full: true });
            self.after(at + lasts, Happening::DiskFull { site, full: false });
        }
        for _ in 0..often(self.swarm.strength(Fault::ClockJump), 6) {
            let at = self.random.below(chaos);
            let site = self.random.index(self.sites.len());
            if self.random.happens(200) {
                // Days back, until somebody notices.
                let by = -i64::try_from(self.random.between(1, 3) * DAY_MS).unwrap_or(0);
                self.after(at, Happening::ClockJump { site, by });
                let noticed = self.random.between(10_000, 300_000);
                self.after((at + noticed).min(chaos - 1), Happening::ClockJump { site, by: -by });
            } else {
                let by = i64::try_from(self.random.below(400_000)).unwrap_or(0) - 200_000;
                self.after(at, Happening::ClockJump { site, by });
            }
        }
        for (fault, most) in [(Fault::Cancel, 3), (Fault::Retry, 8), (Fault::Suspend, 6), (Fault::Migrate, 8)]
        {
            for _ in 0..often(self.swarm.strength(fault), most) {
                let at = self.random.below(chaos);
                let site = self.random.index(self.sites.len());
                self.after(at, Happening::Operate { site });
            }
        }
        if self.swarm.strength(Fault::Redeploy) > 0 {
            let certain = self.random.index(self.sites.len());
            for site in 0..self.sites.len() {
                if site == certain || self.random.happens(500) {
                    let at = self.random.below(chaos);
                    self.after(at, Happening::Redeploy { site });
                }
            }
        }
        for _ in 0..often(self.swarm.strength(Fault::Rotate), 2).min(network::GENERATIONS_MAX - 1) {
            let at = self.random.below(chaos);
            self.rotation += 1;
            let generation = self.rotation;
            for site in 0..self.sites.len() {
                let later = at + self.random.below(120_000);
                self.after(later, Happening::Rotate { site, generation });
            }
        }
        for _ in 0..often(self.swarm.strength(Fault::Intruder), 10) {
            let at = self.random.below(chaos);
            self.after(at, Happening::Intrude);
        }
        debug_assert!(sites > 0, "a world has sites");
    }

    /// Puts the start message into the own mailbox, until it is acknowledged.
    pub(super) fn start_conversation(&mut self, conversation: usize) -> Checked {
        if self.conversations[conversation].acknowledged {
            return Ok(());
        }
        let start = self.conversations[conversation].start.clone();
        let site = start.site;
        let now = self.clock(site);
        let identity = self.conversations[conversation].identity();
        let organization = self.plan.network.organization(site);
        let body = task::build(&Draft {
            profile: start.profile,
            instantiates_canonical: start.canonical,
            message_name: start.message,
            business_key: Some(start.business_key),
            correlation_key: None,
            requester: organization.to_owned(),
            recipient: organization.to_owned(),
            authored_on: instant(now),
            identifier: Identifier::new(MESSAGE_IDENTIFIER, identity.clone()),
            additional_inputs: start.inputs,
        });
        let once = format!("identifier=https%3A%2F%2Ftessera.dev%2Fsid%2Fmessage%7C{identity}");
        let ask = Ask::Create { body: Arc::new(body), once: Some(once) };
        let caller = Caller::Starter { conversation };
        self.send(None, Request { to: site, certificate: None, ask, caller, permits: Some(identity) });
        let again = self.random.between(5_000, 20_000);
        self.after(again, Happening::Start { conversation });
        Ok(())
    }

    pub(super) fn clock_jump(&mut self, site: usize, by: i64) -> Checked {
        if !self.chaos {
            return Ok(());
        }
        self.strike(Fault::ClockJump);
        let fired_before = self.clock(site);
        self.sites[site].offset += by;
        if by < 0 {
            let back_over = self.auditor.sites[site].instances.values().any(|live| {
                live.trace.iter().any(|ended| ended.completed && ended.element.starts_with("pause"))
            });
            if back_over && fired_before.0 > 0 {
                self.mark(Mark::ClockBackOverTimer);
            }
        }
        let epoch = self.sites[site].engine_epoch;
        self.after(0, Happening::EngineTick { site, epoch });
        Ok(())
    }

    /// An operator, or a supervisor, looks at a site.
    pub(super) fn operate(&mut self, site: usize) -> Checked {
        if self.sites[site].engine_disk.is_broken() && self.sites[site].engine.is_some() {
            self.stop_engine(site);
            self.after(1_000, Happening::Restart { site });
        }
        if std::mem::take(&mut self.sites[site].mailbox_failed) && self.sites[site].mailbox.is_some() {
            self.stop_mailbox(site);
        }
        let running: Vec<_> = self.auditor.sites[site]
            .instances
            .iter()
            .filter(|(_, live)| live.instance.status() == Status::Running)
            .map(|(id, live)| {
                let incidents: Vec<_> = live.instance.incidents().map(|incident| incident.key).collect();
                (id.clone(), live.instance.business_key().clone(), incidents)
            })
            .collect();
        let retries = !self.chaos || self.swarm.strength(Fault::Retry) > 0;
        for (instance, _, incidents) in running.iter().filter(|_| retries) {
            for incident in incidents {
                if self.chaos {
                    self.strike(Fault::Retry);
                }
                for again in [false, true] {
                    let asked = Asked::Retry { instance: instance.clone(), incident: *incident, again };
                    let command = Command::Retry { instance: instance.clone(), incident: *incident };
                    self.command(site, asked, command)?;
                    if !self.chaos || self.random.happens(500) {
                        break;
                    }
                }
            }
        }
        let suspended = self.auditor.sites[site].instances.iter();
        let suspended: Vec<_> = suspended
            .filter(|(_, live)| live.instance.is_running() && live.instance.is_suspended())
            .map(|(id, _)| id.clone())
            .collect();
        for instance in suspended {
            // Whoever has stopped something looks after it.
            if !self.chaos || self.random.happens(500) {
                self.command(site, Asked::Nothing, Command::Resume { instance })?;
            }
        }
        if !running.is_empty() && self.strikes(Fault::Suspend, 800) {
            let (instance, ..) = self.random.pick(&running).clone();
            self.command(site, Asked::Nothing, Command::Suspend { instance })?;
            let later = self.random.between(5_000, 120_000);
            self.after(later, Happening::Operate { site });
        }
        let successors = self.plan.successors_at(site);
        let is_new = |id: &InstanceId| {
            let live = self.auditor.sites[site].instances.get(id);
            live.is_none_or(|live| successors.iter().any(|known| known.key == *live.instance.definition()))
        };
        // It goes forward and never back.
        let old: Vec<_> = running.iter().map(|(id, ..)| id).filter(|id| !is_new(id)).cloned().collect();
        if !old.is_empty() && !successors.is_empty() && self.strikes(Fault::Migrate, 800) {
            for successor in successors {
                self.deploy(site, successor)?;
            }
            let instance = self.random.pick(&old).clone();
            let later = self.random.between(10, 2_000);
            self.after(later, Happening::Migrate { site, instance });
        }
        if !running.is_empty() && self.strikes(Fault::Cancel, 400) {
            let (instance, conversation, _) = self.random.pick(&running).clone();
            self.auditor.excused.insert(conversation);
            self.auditor.cancelled.insert(instance.clone());
            if self.conversations.iter().any(|known| known.start.site != site) {
                self.mark(Mark::CancelledPartner);
            }
            let command =
                Command::Cancel { instance: instance.clone(), reason: "as the seed wants".to_owned() };
            self.command(site, Asked::Cancel(instance), command)?;
        }
        Ok(())
    }

    /// A new version comes into the plugin folder; the old one is taken away for a while.
    pub(super) fn redeploy(&mut self, site: usize) -> Checked {
        if !self.chaos {
            return Ok(());
        }
        let successors = self.plan.successors_at(site);
        if successors.is_empty() {
            return Ok(());
        }
        self.strike(Fault::Redeploy);
        let live = self.auditor.sites[site].instances.values().any(|live| live.instance.is_running());
        if live {
            self.mark(Mark::RedeployWithInstances);
        }
        let withdrawn = if self.random.happens(500) { self.plan.deployed_at(site) } else { Vec::new() };
        for deployment in successors {
            self.deploy(site, deployment)?;
        }
        self.auditor.sites[site].withdrawn |= !withdrawn.is_empty();
        for old in withdrawn {
            self.sites[site].definitions.retain(|known| known.key != old.key);
            let epoch = self.sites[site].engine_epoch;
            self.engine_event(site, epoch, Event::Withdraw { definition: old.key })?;
        }
        let later = self.random.between(10_000, 200_000);
        self.after(later, Happening::Reactivate { site });
        Ok(())
    }

    fn deploy(&mut self, site: usize, deployment: Deployment) -> Checked {
        if self.sites[site].definitions.iter().all(|known| known.key != deployment.key) {
            self.sites[site].definitions.push(deployment.clone());
        }
        let epoch = self.sites[site].engine_epoch;
        self.engine_event(site, epoch, Event::Deploy(deployment))
    }

    /// An instance goes on in the next version of its process, if that is possible where it is.
    pub(super) fn migrate(&mut self, site: usize, instance: InstanceId) -> Checked {
        let mapping = std::collections::BTreeMap::new();
        let command = Command::Migrate { instance, version: None, mapping, dry_run: false };
        self.command(site, Asked::Nothing, command)
    }

    /// The old version is there again, beside the new one.
    pub(super) fn reactivate(&mut self, site: usize) -> Checked {
        for deployment in self.plan.deployed_at(site) {
            if self.sites[site].definitions.iter().all(|known| known.key != deployment.key) {
                self.deploy(site, deployment)?;
            }
        }
        Ok(())
    }

    /// A site's mailbox gets the next allow list; once it has it, the site uses its next certificate.
    pub(super) fn rotate(&mut self, site: usize, generation: u64) -> Checked {
        // The first generation is what everybody begins with; an older one than the last is out of date.
        let is_old = generation == 0 || generation < self.rotation;
        if !self.chaos && (is_old || self.uses(site, generation)) {
            return Ok(());
        }
        if self.chaos {
            self.strike(Fault::Rotate);
            let under_way = self.sites[site].engine.as_ref();
            if under_way.is_some_and(|engine| engine.hands.values().any(|hand| hand.deliveries().is_some())) {
                self.mark(Mark::RotatedMidDelivery);
            }
        }
        let caller = Caller::Rotation { site, generation };
        let ask = Ask::AllowList { generation };
        self.send(None, Request { to: site, certificate: None, ask, caller, permits: None });
        Ok(())
    }

    /// Whether the site has its certificate of a generation, and its mailbox knows those of all.
    fn uses(&self, site: usize, generation: u64) -> bool {
        let knows = |running: &MailboxProcess| {
            let known = |of| running.mailbox.identify(&network::thumbprint(of, generation)).is_some();
            (0..self.sites.len()).all(known)
        };
        self.sites[site].generation == generation && self.sites[site].mailbox.as_ref().is_some_and(knows)
    }

    /// No more faults; what was broken is repaired.
    pub(super) fn heal(&mut self) -> Checked {
        self.chaos = false;
        self.cut.clear();
        self.unheard.clear();
        self.swarm = Swarm::default();
        for site in 0..self.sites.len() {
            self.sites[site].disk_full = false;
            if self.sites[site].engine_disk.is_broken() {
                self.stop_engine(site);
            }
            if self.sites[site].mailbox_disk.is_broken() || self.sites[site].mailbox_failed {
                self.sites[site].mailbox = None;
                self.sites[site].mailbox_failed = false;
            }
            self.start_site(site)?;
            self.reactivate(site)?;
            // Everybody has the last list, and the certificate that belongs to it.
            let generation = self.rotation;
            self.rotate(site, generation)?;
        }
        self.after(60_000, Happening::Inspect);
        Ok(())
    }

    /// Looks whether everything has come to its end; repairs what an operator would repair.
    pub(super) fn inspect(&mut self) -> Checked {
        let waiting = self.conversations.iter().find(|conversation| !conversation.acknowledged);
        let unfinished = match waiting {
            Some(conversation) => Some(format!("{} was never started", conversation.start.business_key)),
            None => self.auditor.unfinished(),
        };
        let Some(unfinished) = unfinished else { return self.go_on_after_the_end() };
        let since = self.now - (super::EPOCH_MS + self.plan.chaos_ms);
        for site in (0..self.sites.len()).filter(|_| since > SETTLED_MS) {
            let shown = self.clock(site);
            self.auditor.check_timers(site, shown)?;
        }
        if since > self.plan.liveness_ms {
            self.history.extend(self.auditor.survey());
            return Err(violated(
                Invariant::Liveness,
                format!("{unfinished}, {} minutes after everything was healed", since / 60_000),
            ));
        }
        for site in 0..self.sites.len() {
            self.start_site(site)?;
            self.operate(site)?;
            // Whatever was still on its way when everything was healed may have brought an older list; by now it is there.
            if (120_000..180_000).contains(&since) {
                let generation = self.rotation;
                self.rotate(site, generation)?;
            }
        }
        self.after(60_000, Happening::Inspect);
        Ok(())
    }

    /// The verdict.
    pub(super) fn conclude(&mut self) -> Checked {
        self.auditor.conclude()?;
        for conversation in &self.conversations {
            let Start { site, process, business_key, .. } = &conversation.start;
            let roots = self.auditor.instances_of(*site, process, business_key);
            ensure(roots == 1, Invariant::OneConsequence, || {
                format!("{business_key} was started once and has {roots} instances of {process}")
            })?;
            ensure(
                self.auditor.has_consequence(&conversation.identity()),
                Invariant::OneCorrelation,
                || format!("the start message of {business_key} was acknowledged and never taken"),
            )?;
        }
        match &self.plan.verdict {
            Some(verdict) => (verdict.0)(&Seen::new(&self.auditor, &self.plan.network))
                .map_err(|reason| violated(Invariant::Expectation, reason)),
            None => Ok(()),
        }
    }
}
