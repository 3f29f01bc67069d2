//! After everything has come to its end: what only then can be tried without changing how it ends.

use std::sync::Arc;

use tessera_core::driver::Command;
use tessera_core::site::inspect::{self, Row};

use super::engine::Asked;
use super::{Happening, World};
use crate::audit::{Checked, Invariant, TaskState, ensure};
use crate::mark::Mark;
use crate::model;
use crate::random::Random;

/// What a site remembers of a message is gone by then, in milliseconds.
const SLEEP_MS: u64 = 25 * 60 * 60 * 1_000;
/// Between two acts, in milliseconds.
const PAUSE_MS: u64 = 10_000;

/// One thing that is tried.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Somebody says that conditions may hold, and it does or does not.
    StartByCondition { holds: bool },
    /// A process is taken out of use.
    TakeOutOfUse,
    /// It is started.
    StartInVain { site: usize, process: Arc<str> },
    /// A day passes.
    Sleep,
    /// What was to be forgotten by then is looked for.
    Look,
}

/// What is tried in a seed; the last first.
pub(super) fn draw(random: &mut Random) -> Vec<Act> {
    let mut acts = Vec::new();
    if random.happens(50) {
        acts.extend([Act::Look, Act::Sleep]);
    }
    if random.happens(150) {
        acts.push(Act::TakeOutOfUse);
    }
    acts.extend([Act::StartByCondition { holds: true }, Act::StartByCondition { holds: false }]);
    acts
}

impl World {
    /// Tries the next thing; then it is over.
    pub(super) fn go_on_after_the_end(&mut self) -> Checked {
        let Some(act) = self.epilogue.pop() else {
            self.finished = true;
            return Ok(());
        };
        let mut pause = PAUSE_MS;
        match act {
            Act::StartByCondition { holds } => {
                let process = model::conditional_id();
                let mut known = self.plan.definitions.iter();
                let Some(known) = known.find(|known| *known.deployment.key.process_id == *process) else {
                    return self.go_on_after_the_end();
                };
                let site = known.site;
                let conversation = &self.plan.starts[0].business_key;
                let mut variables = model::said(conversation);
                variables.push((model::GO.into(), Arc::new(u64::from(holds).into())));
                let business_key = Some(conversation.as_str().into());
                let command = Command::StartByCondition { process_id: None, business_key, variables };
                self.command(site, Asked::Condition { holds }, command)?;
            }
            Act::TakeOutOfUse => {
                let known = self.random.pick(&self.plan.definitions);
                let (site, key) = (known.site, known.deployment.key.clone());
                let asked = Asked::OutOfUse(key.process_id.clone());
                let command = Command::SetActive {
                    process_id: key.process_id,
                    version: Some(key.version),
                    active: false,
                };
                self.command(site, asked, command)?;
            }
            Act::StartInVain { site, process } => {
                let message_name = match &*process {
                    called if called.contains("called") => None,
                    first if first == model::process_id(0) => Some(model::START.into()),
                    _ => Some(model::ASK.into()),
                };
                let command = Command::Start {
                    process_id: process,
                    version: None,
                    message_name,
                    business_key: None,
                    variables: Vec::new(),
                    before: Vec::new(),
                };
                self.command(site, Asked::InVain, command)?;
            }
            Act::Sleep => {
                self.asleep = true;
                pause = SLEEP_MS;
            }
            Act::Look => {
                for site in 0..self.sites.len() {
                    self.check_forgotten(site)?;
                }
                self.mark(Mark::Forgotten);
            }
        }
        self.after(pause, Happening::Inspect);
        Ok(())
    }

    fn check_forgotten(&self, site: usize) -> Checked {
        let entries = self.sites[site].engine_disk.entries();
        let tasks = &self.auditor.sites[site].tasks;
        let has_ended = |message: &String| tasks.known(message).is_none_or(TaskState::has_ended);
        let mut kept = entries.iter().filter_map(|(key, value)| match inspect::read(key, Some(value)) {
            Ok(Row::Inbox { message, .. }) => Some(message),
            _ => None,
        });
        let kept = kept.find(has_ended);
        ensure(kept.is_none(), Invariant::Bounds, || {
            format!("site {site} still remembers {} after a day", kept.unwrap_or_default())
        })
    }
}
