//! The mailbox's half of a site: the production mailbox over a simulated disk, its futures polled by hand, and the
//! network that leads to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::resource;
use tessera_fhir::search::Handling;
use tessera_mailbox::{Answer, Clock, Entropy, Mailbox, Settings};
use tessera_store::Committer;

use super::{Ask, Caller, Happening, Request, Response, Site, TIMEOUT_MS, World};
use crate::audit::{Checked, Invariant, ensure};
use crate::fault::Fault;
use crate::mark::Mark;
use crate::network;
use crate::polling::{self, Polled};
use crate::random;

/// A running mailbox.
pub(super) struct MailboxProcess {
    pub(super) mailbox: Arc<Mailbox>,
    committer: Arc<Committer>,
    pending: Vec<(Request, Polled<Answer>)>,
    commit_planned: bool,
}

impl Site {
    /// Whether whoever asks goes through the mailbox's door, where it may be turned away for now.
    fn is_busy(&self, request: &Request) -> bool {
        let from = match &request.caller {
            Caller::Effect { site, .. } => Some(*site),
            Caller::Starter { .. } | Caller::Intruder | Caller::Rotation { .. } => None,
        };
        from.is_some_and(|from| from != request.to || self.split)
    }
}

/// Tasks that one look takes.
const PAGE: usize = 64;

impl World {
    /// Opens the mailbox of a site, unless it is open.
    pub(super) fn start_mailbox(&mut self, site: usize) -> Checked {
        if self.sites[site].mailbox.is_some() {
            return Ok(());
        }
        self.clock(site);
        let drawn = AtomicU64::new(self.random.draw());
        let network = self.plan.network.clone();
        let of_site = &mut self.sites[site];
        of_site.mailbox_epoch += 1;
        of_site.mailbox_disk.reopen();
        let clock = of_site.clock.clone();
        let settings = Settings {
            clock: Clock::new(move || {
                let shown = i64::try_from(clock.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
                jiff::Timestamp::from_millisecond(shown).unwrap_or(jiff::Timestamp::MAX)
            }),
            entropy: Entropy::new(move || {
                let drawn = drawn.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&random::mix(drawn).to_be_bytes());
                bytes[8..].copy_from_slice(&random::mix(!drawn).to_be_bytes());
                bytes
            }),
            ..Settings::new(network.address(site), network.organization(site))
        };
        let committer = Arc::new(Committer::stepwise(of_site.mailbox_disk.clone()));
        let opened = polling::run(
            &committer,
            Mailbox::open(of_site.mailbox_disk.clone(), committer.clone(), settings),
        );
        match opened {
            Ok(mailbox) => {
                of_site.mailbox =
                    Some(MailboxProcess { mailbox, committer, pending: Vec::new(), commit_planned: false });
                // Whoever listened to the old one hears that it is gone, and connects again.
                if let Some(engine) = &mut of_site.engine {
                    engine.news = None;
                    if engine.ready {
                        let epoch = of_site.engine_epoch;
                        let after = self.random.between(100, 2_000);
                        self.after(after, Happening::Reconcile { site, epoch });
                    }
                }
                Ok(())
            }
            Err(error) => Err(crate::audit::violated(
                Invariant::Sanity,
                format!("mailbox {site} does not open: {error}"),
            )),
        }
    }

    pub(super) fn stop_mailbox(&mut self, site: usize) {
        self.sites[site].mailbox = None;
        self.sites[site].mailbox_epoch += 1;
        if let Some(engine) = &mut self.sites[site].engine {
            engine.news = None;
        }
        let after = self.random.between(200, 30_000);
        self.after(after, Happening::RestartMailbox { site });
    }

    /// Sends a request; what the network does to it, it does. `from`: a site, or somebody at the mailbox itself.
    pub(super) fn send(&mut self, from: Option<usize>, request: Request) {
        let near = from == Some(request.to) && !self.sites[request.to].split;
        if near {
            let delay = self.random.below(2);
            return self.after(delay, Happening::Request(Box::new(request)));
        }
        let way = from.map(|from| (from, request.to));
        let leads_nowhere = |ways: &BTreeSet<(usize, usize)>| way.is_some_and(|way| ways.contains(&way));
        if leads_nowhere(&self.cut) || leads_nowhere(&self.unheard) || self.strikes(Fault::Loss, 5) {
            return;
        }
        let twice = self.strikes(Fault::Duplication, 15);
        let delay = self.network_delay();
        if twice {
            // Its copy comes long after it, or while its commit is on the way.
            let later = if self.random.happens(500) {
                delay + self.random.below(5)
            } else {
                self.network_delay() + self.random.below(40_000)
            };
            self.after(later, Happening::Request(Box::new(request.clone())));
        }
        self.after(delay, Happening::Request(Box::new(request)));
    }

    fn network_delay(&mut self) -> u64 {
        if self.strikes(Fault::Delay, 5) {
            self.random.between(1_000, 45_000)
        } else {
            self.random.between(2, 40)
        }
    }

    /// A request has arrived.
    pub(super) fn request_arrives(&mut self, request: Request) -> Checked {
        let site = request.to;
        self.clock(site);
        if self.sites[site].mailbox.is_none() {
            return self.answer(&request, 0, None);
        }
        self.steps += 1;
        self.remark(&request);
        let Some(running) = &self.sites[site].mailbox else { return Ok(()) };
        let mailbox = running.mailbox.clone();
        let identity = match request.certificate {
            None => Some(mailbox.local_identity()),
            Some((of, generation)) => mailbox.identify(&network::thumbprint(of, generation)),
        };
        let Some(identity) = identity else { return self.answer(&request, 403, None) };
        if let Some((of, generation)) = request.certificate {
            self.auditor.sites[site].lists.accepts(of, generation, self.now)?;
        }
        if self.sites[site].is_busy(&request) && self.strikes(Fault::Busy, 40) {
            let later = *self.random.pick(&[302, 408, 425, 429, 500, 503]);
            return self.answer(&request, later, None);
        }
        let Some(running) = &mut self.sites[site].mailbox else { return Ok(()) };
        // Who may send has sent: from now on the message may be on disk.
        if let Some(permitted) = &request.permits {
            self.auditor.sites[site].tasks.permit(permitted.clone());
        }
        let future: Polled<Answer> =
            match request.ask.clone() {
                Ask::Create { body, once } => Box::pin(async move {
                    mailbox.create(&identity, ResourceType::Task, Value::clone(&body), once.as_deref()).await
                }),
                Ask::Read { reference } => Box::pin(async move {
                    let id = reference.strip_prefix("Task/").unwrap_or_default();
                    mailbox.read(&identity, ResourceType::Task, id)
                }),
                Ask::Update { reference, body, version } => Box::pin(async move {
                    let id = reference.strip_prefix("Task/").unwrap_or_default();
                    let tag = format!("W/\"{version}\"");
                    mailbox.update(&identity, ResourceType::Task, id, Value::clone(&body), Some(&tag)).await
                }),
                Ask::Search { query } => Box::pin(async move {
                    mailbox.search(&identity, ResourceType::Task, &query, Handling::Strict)
                }),
                Ask::AllowList { generation } => {
                    self.auditor.sites[site].lists.arrives(generation, self.now);
                    let list = self.plan.network.allow_list(generation);
                    Box::pin(async move { mailbox.load_allow_list(&list).await })
                }
            };
        running.pending.push((request, future));
        self.poll(site)
    }

    fn remark(&mut self, request: &Request) {
        let Ask::Create { once: Some(_), .. } = &request.ask else { return };
        let Some(identity) = &request.permits else { return };
        let stored = self.auditor.sites[request.to].tasks.of(identity).is_some();
        if stored && let Caller::Effect { site, effect, .. } = &request.caller {
            let settled = self.auditor.sites[*site]
                .instances
                .get(&effect.instance)
                .is_some_and(|live| live.settled.contains(&effect.sequence));
            if settled {
                self.mark(Mark::DuplicateAfterSettlement);
            }
        }
    }

    /// Polls what waits; answers what is done; plans a commit for the rest.
    fn poll(&mut self, site: usize) -> Checked {
        let Some(running) = &mut self.sites[site].mailbox else { return Ok(()) };
        let mut done = Vec::new();
        let mut waiting = Vec::new();
        for (request, mut future) in std::mem::take(&mut running.pending) {
            match polling::poll(&mut future) {
                Some(answer) => done.push((request, answer)),
                None => waiting.push((request, future)),
            }
        }
        let waits = !waiting.is_empty();
        running.pending = waiting;
        let plan = waits && !std::mem::replace(&mut running.commit_planned, waits);
        let epoch = self.sites[site].mailbox_epoch;
        self.record_landed()?;
        for (request, answer) in done {
            self.acknowledge(&request, &answer)?;
            let status = answer.status.as_u16();
            self.answer(&request, status, Some(answer))?;
        }
        if plan {
            let latency = if self.strikes(Fault::SlowDisk, 100) {
                // Some take longer than whoever asked has patience.
                self.random.between(500, 2 * TIMEOUT_MS)
            } else {
                self.random.between(1, 5)
            };
            self.after(latency, Happening::MailboxCommit { site, epoch });
        }
        self.listen(site);
        Ok(())
    }

    /// What is answered with success is on disk.
    fn acknowledge(&mut self, request: &Request, answer: &Answer) -> Checked {
        if let (Caller::Intruder, false) = (&request.caller, answer.status.is_success()) {
            self.mark(Mark::IntruderRefused);
            return Ok(());
        }
        if !answer.status.is_success() {
            return Ok(());
        }
        if let (Ask::Search { .. }, Some((of, _))) = (&request.ask, request.certificate) {
            return self.shows_only_own(request.to, of, answer);
        }
        ensure(request.caller != Caller::Intruder, Invariant::Authorisation, || {
            format!("mailbox {} let an intruder {}", request.to, request.ask.describe())
        })?;
        if let Ask::AllowList { generation } = request.ask {
            self.auditor.sites[request.to].lists.acknowledged(generation);
        }
        let tasks = &self.auditor.sites[request.to].tasks;
        match &request.ask {
            Ask::Create { .. } => {
                let there = request.permits.as_ref().is_some_and(|identity| tasks.of(identity).is_some());
                ensure(there, Invariant::AcknowledgedIsDurable, || {
                    format!(
                        "mailbox {} answers {} to a message that is not on its disk",
                        request.to, answer.status
                    )
                })
            }
            Ask::Update { reference, version, .. } => {
                let stored = tasks.known(reference).map_or(0, |task| task.version);
                ensure(stored > *version, Invariant::AcknowledgedIsDurable, || {
                    format!(
                        "mailbox {} answers {} to an update that is not on its disk",
                        request.to, answer.status
                    )
                })
            }
            Ask::Read { .. } | Ask::Search { .. } | Ask::AllowList { .. } => Ok(()),
        }
    }

    /// A search finds what the searcher has sent, and nothing else.
    fn shows_only_own(&mut self, site: usize, searcher: usize, answer: &Answer) -> Checked {
        let own = self.plan.network.organization(searcher);
        let entries = answer.body.as_ref().map(|body| resource::list(body, "entry")).unwrap_or_default();
        let foreign =
            entries.iter().filter_map(|entry| entry.pointer("/resource/requester/identifier/value"));
        let foreign = foreign.filter_map(Value::as_str).find(|requester| *requester != own);
        ensure(foreign.is_none(), Invariant::Authorisation, || {
            format!("mailbox {site} shows a message of {} to {own}", foreign.unwrap_or_default())
        })
    }

    /// Sends the answer back.
    fn answer(&mut self, request: &Request, status: u16, answer: Option<Answer>) -> Checked {
        let committed = (200..300).contains(&status);
        let from = match &request.caller {
            Caller::Effect { site, .. } => Some(*site),
            Caller::Starter { .. } | Caller::Intruder | Caller::Rotation { .. } => None,
        };
        let near = from == Some(request.to) && !self.sites[request.to].split;
        let lost = !near
            && (from.is_some_and(|from| self.cut.contains(&(request.to, from)))
                || self.strikes(Fault::AnswerLost, 10));
        if lost {
            if committed && matches!(request.ask, Ask::Create { .. }) {
                self.mark(Mark::AnswerLostAfterCommit);
            }
            return Ok(());
        }
        let response = match answer {
            Some(answer) => Response {
                status,
                location: answer.location,
                version: answer.version.or_else(|| answer.body.as_ref().and_then(resource::version_id)),
                body: answer.body.unwrap_or(Value::Null),
            },
            None => Response { status, location: None, version: None, body: Value::Null },
        };
        let delay = if near { self.random.below(2) } else { self.network_delay() };
        self.after(
            delay,
            Happening::Response { caller: request.caller.clone(), response: Box::new(response) },
        );
        Ok(())
    }

    /// Whoever asked hears the answer.
    pub(super) fn hear(&mut self, caller: Caller, response: &Response) -> Checked {
        match caller {
            Caller::Effect { site, epoch, effect, attempt } => {
                self.answered(site, epoch, &effect, attempt, response)
            }
            Caller::Starter { conversation } => {
                if (200..300).contains(&response.status) {
                    self.conversations[conversation].acknowledged = true;
                }
                Ok(())
            }
            Caller::Intruder => Ok(()),
            Caller::Rotation { site, generation } => {
                if (200..300).contains(&response.status) {
                    self.sites[site].generation = self.sites[site].generation.max(generation);
                }
                Ok(())
            }
        }
    }

    /// The committer writes what is queued.
    pub(super) fn mailbox_commit(&mut self, site: usize, epoch: u64) -> Checked {
        self.clock(site);
        if self.sites[site].mailbox_epoch != epoch || self.sites[site].mailbox.is_none() {
            return Ok(());
        }
        if self.strikes(Fault::CommitTorn, 5) {
            self.stop_mailbox(site);
            return Ok(());
        }
        let group = self.sites[site].mailbox.as_ref().map_or(0, |running| running.pending.len());
        let fate = self.fate(site, group);
        let disk = self.sites[site].mailbox_disk.clone();
        disk.next(fate);
        let failures = disk.failures();
        let Some(running) = &mut self.sites[site].mailbox else { return Ok(()) };
        running.commit_planned = false;
        running.committer.step();
        if disk.failures() > failures {
            // It takes nothing more until it is opened again; a supervisor sees to that.
            let after = self.random.between(1_000, 20_000);
            self.after(after, Happening::Operate { site });
            self.sites[site].mailbox_failed = true;
        }
        ensure(!disk.passed_over(), Invariant::Atomicity, || {
            format!("mailbox {site} wrote a decision that rests on one that is not on its disk")
        })?;
        self.poll(site)
    }

    /// Everything that a query finds in the own mailbox, oldest change first.
    pub(super) fn search(&mut self, site: usize, query: &str) -> Vec<Value> {
        let Some(running) = &self.sites[site].mailbox else { return Vec::new() };
        let mailbox = &running.mailbox;
        let Some((_, query)) = query.split_once('?') else { return Vec::new() };
        let mut found = Vec::new();
        for page in 1_u32.. {
            let text = format!("{query}&_sort=_lastUpdated&_count={PAGE}&_page={page}");
            let answer =
                mailbox.search(&mailbox.local_identity(), ResourceType::Task, &text, Handling::Strict);
            let entries =
                answer.body.as_ref().map(|body| resource::list(body, "entry").to_vec()).unwrap_or_default();
            let count = entries.len();
            found.extend(
                entries.into_iter().filter_map(|mut entry| entry.get_mut("resource").map(Value::take)),
            );
            if count < PAGE {
                break;
            }
        }
        found
    }
}
