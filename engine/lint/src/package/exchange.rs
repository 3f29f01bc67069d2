//! What the processes of a whole run say to each other: who sends which message to whom, and who waits for it. A run
//! may hold several packages, so this knows no package and outlives each. What no file of the run shows is not decided:
//! every answer here errs towards "somebody may".

use std::collections::{BTreeMap, BTreeSet};

use tessera_bpmn::lint::Span;

use crate::limits::NAMESAKES_MAX;
use crate::package::model::{Address, Model, Process};

/// All that the files of a run show of an exchange of messages.
#[derive(Debug, Default)]
pub struct Exchange {
    /// The files with models.
    paths: BTreeSet<String>,
    partners: Vec<Partner>,
    /// The processes that a file draws together, if all of them are in the run and are several.
    pools: Vec<BTreeSet<usize>>,
    by_id: BTreeMap<String, Vec<usize>>,
    by_place: BTreeMap<(String, Span), usize>,
    /// Who sends, and who waits for, a message of this name without saying to or from whom.
    sent: BTreeMap<String, BTreeSet<usize>>,
    awaited: BTreeMap<String, BTreeSet<usize>>,
    /// Who sends to the process with this id, and what; `None`: a message whose name is computed.
    addressed: BTreeMap<String, BTreeSet<(Option<String>, usize)>>,
}

/// A process as others see it.
#[derive(Debug)]
pub struct Partner {
    /// The file that it is in.
    pub path: String,
    /// Its name, or its id.
    pub title: String,
    /// Whether a call can start it.
    pub is_callable: bool,
    id: Option<String>,
    /// Whether more of it is shown than that it is there.
    has_content: bool,
    /// Whether it sends something of which its model does not say what it is, or to whom it goes.
    is_open: bool,
    /// `None`: something that its model does not name.
    waits: BTreeSet<Option<String>>,
    sends: BTreeSet<String>,
    addressees: BTreeSet<String>,
    /// Which of [`Exchange::pools`] it is in.
    pools: Option<usize>,
    /// The first message that it waits for and nobody sends, and that it sends and nobody waits for.
    unsent: Option<String>,
    unawaited: Option<String>,
}

impl Partner {
    /// Whether it may take a message.
    pub fn takes(&self, message: &str) -> bool {
        self.waits.contains(&None) || self.waits.contains(&Some(message.to_owned()))
    }

    /// Whether it waits for anything.
    pub fn waits(&self) -> bool {
        !self.waits.is_empty()
    }

    /// The first of what it waits for that nobody sends.
    pub fn unsent(&self) -> Option<&str> {
        self.unsent.as_deref()
    }

    /// The names of what it waits for.
    pub fn awaited(&self) -> impl Iterator<Item = &str> {
        self.waits.iter().filter_map(Option::as_deref)
    }
}

/// Why it is known that the other half of a message is missing.
#[derive(Debug, Clone, Copy)]
pub enum Missing<'e> {
    /// All who take part are known.
    Everybody,
    /// A partner sends, or waits for, another message that has no other half either.
    Instead(&'e Partner, &'e str),
}

impl Exchange {
    /// The processes with this id, in the order of the files.
    pub fn with_id(&self, id: &str) -> impl Iterator<Item = &Partner> {
        self.by_id.get(id).into_iter().flatten().filter_map(|index| self.partners.get(*index))
    }

    /// Everything of the models with these paths.
    pub fn of<'m>(models: impl Iterator<Item = (&'m str, &'m Model)> + Clone) -> Self {
        let mut exchange = Self::default();
        for (path, model) in models.clone() {
            exchange.paths.insert(path.to_owned());
            for process in &model.processes {
                exchange.add(path, process);
            }
        }
        for (path, model) in models {
            exchange.draw_together(path, model);
        }
        exchange.find_unmatched();
        exchange
    }

    fn add(&mut self, path: &str, process: &Process) {
        let index = self.partners.len();
        let mut partner = Partner {
            path: path.to_owned(),
            title: process.title.clone(),
            is_callable: process.is_callable,
            id: process.id.clone(),
            has_content: process.has_content,
            is_open: false,
            waits: process.receives.iter().map(|receive| receive.message.clone()).collect(),
            sends: BTreeSet::new(),
            addressees: BTreeSet::new(),
            pools: None,
            unsent: None,
            unawaited: None,
        };
        for message in partner.awaited() {
            self.awaited.entry(message.to_owned()).or_default().insert(index);
        }
        for send in &process.sends {
            match send.address() {
                Address::Open => partner.is_open = true,
                Address::Name(message) => {
                    partner.sends.insert(message.to_owned());
                    self.sent.entry(message.to_owned()).or_default().insert(index);
                }
                Address::Process { id, message } => {
                    let entry = (message.map(|value| value.text.trim().to_owned()), index);
                    self.addressed.entry(id.clone()).or_default().insert(entry);
                    partner.addressees.insert(id);
                }
            }
        }
        if let Some(id) = &process.id {
            self.by_id.entry(id.clone()).or_default().push(index);
        }
        self.by_place.insert((path.to_owned(), process.span), index);
        self.partners.push(partner);
    }

    fn draw_together(&mut self, path: &str, model: &Model) {
        let pools: Option<BTreeSet<usize>> = model
            .participants
            .values()
            .map(|process| {
                let index = self.behind(path, process.as_deref()?)?;
                self.partners.get(index)?.has_content.then_some(index)
            })
            .collect();
        let Some(pools) = pools.filter(|pools| pools.len() > 1) else { return };
        for index in &pools {
            if let Some(partner) = self.partners.get_mut(*index) {
                partner.pools = Some(self.pools.len());
            }
        }
        self.pools.push(pools);
    }

    /// The process that a participant of a file stands for: that of the file, or else the only one of the run.
    fn behind(&self, path: &str, process: &str) -> Option<usize> {
        let found = self.by_id.get(process)?;
        let is_own = |index: &&usize| self.partners.get(**index).is_some_and(|partner| partner.path == path);
        match (found.iter().find(is_own), found.as_slice()) {
            (Some(index), _) | (None, [index]) => Some(*index),
            (None, _) => None,
        }
    }

    /// The process behind a participant of a model, if it is in the run.
    pub fn pool(&self, path: &str, model: &Model, participant: &str) -> Option<&Partner> {
        let process = model.participants.get(participant)?.as_deref()?;
        self.partners.get(self.behind(path, process)?)
    }

    /// The processes of the run with this id; several if it holds several versions.
    pub fn processes(&self, id: &str) -> impl Iterator<Item = &Partner> {
        self.by_id.get(id).into_iter().flatten().filter_map(|index| self.partners.get(*index))
    }

    /// Whether somebody sends, or may send, a message that a process waits for.
    fn is_sent(&self, partner: &Partner, message: &str) -> bool {
        let addressed = partner.id.as_ref().and_then(|id| self.addressed.get(id));
        self.sent.contains_key(message)
            || addressed
                .into_iter()
                .flatten()
                .any(|(name, _)| name.as_deref().is_none_or(|name| name == message))
    }

    /// Whether the run has a model with this path.
    pub fn has_file(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether the run has more than one model.
    pub fn has_several_files(&self) -> bool {
        self.paths.len() > 1
    }

    /// A process of a file, as others see it.
    pub fn partner(&self, path: &str, process: &Process) -> Option<&Partner> {
        self.partners.get(*self.by_place.get(&(path.to_owned(), process.span))?)
    }

    /// Whether a process of the run waits for a message of this name.
    pub fn is_awaited(&self, message: &str) -> bool {
        self.awaited.contains_key(message)
    }

    /// With whom a process of a file talks.
    pub fn around(&self, path: &str, process: &Process) -> Option<Circle<'_>> {
        let own = *self.by_place.get(&(path.to_owned(), process.span))?;
        let partner = self.partners.get(own)?;
        let callers = partner.id.iter().filter_map(|id| self.addressed.get(id)).flatten();
        let addressees = || partner.addressees.iter().filter_map(|id| self.by_id.get(id)).flatten();
        let (circle, is_whole): (BTreeSet<usize>, bool) = if let Some(pools) = partner.pools {
            (self.pools.get(pools).cloned().unwrap_or_default(), true)
        } else if callers.clone().next().is_some() || addressees().next().is_some() {
            let circle = callers.map(|(_, caller)| *caller).chain(addressees().copied());
            (circle.collect(), partner.addressees.iter().all(|id| self.by_id.contains_key(id)))
        } else {
            let takers = partner.sends.iter().filter_map(|message| self.awaited.get(message));
            let senders = partner.awaited().filter_map(|message| self.sent.get(message));
            // A name that many use says nothing about who talks to whom.
            let few = takers.chain(senders).filter(|found| found.len() <= NAMESAKES_MAX);
            (few.flatten().copied().collect(), false)
        };
        let others =
            || circle.iter().filter(|index| **index != own).filter_map(|index| self.partners.get(*index));
        let first = |unmatched: fn(&Partner) -> Option<&str>| {
            others().find_map(|other| Some(Missing::Instead(other, unmatched(other)?)))
        };
        Some(Circle {
            exchange: self,
            own: partner,
            is_whole,
            takes_anything: others().any(|other| other.waits.contains(&None)),
            sends_anything: others().any(|other| other.is_open),
            unsent: first(|other| other.unsent.as_deref()),
            unawaited: first(|other| other.unawaited.as_deref()),
        })
    }

    /// Finds what of each process has no other half, once for all who ask.
    fn find_unmatched(&mut self) {
        for index in 0..self.partners.len() {
            let Some(partner) = self.partners.get(index) else { continue };
            let unsent = partner.awaited().find(|message| !self.is_sent(partner, message));
            let unawaited = partner.sends.iter().find(|message| !self.awaited.contains_key(*message));
            let (unsent, unawaited) = (unsent.map(str::to_owned), unawaited.cloned());
            if let Some(partner) = self.partners.get_mut(index) {
                (partner.unsent, partner.unawaited) = (unsent, unawaited);
            }
        }
    }
}

/// A process and those that it talks with, as far as the run shows.
#[derive(Debug)]
pub struct Circle<'e> {
    exchange: &'e Exchange,
    own: &'e Partner,
    /// Whether nobody else can take part.
    is_whole: bool,
    /// Whether one of the others waits for, or sends, something that its model does not name.
    takes_anything: bool,
    sends_anything: bool,
    unsent: Option<Missing<'e>>,
    unawaited: Option<Missing<'e>>,
}

impl<'e> Circle<'e> {
    /// Why nobody waits for a message that the process sends without saying to whom; none if somebody may.
    pub fn nobody_waits(&self, message: &str) -> Option<Missing<'e>> {
        let is_awaited = self.takes_anything || self.exchange.awaited.contains_key(message);
        if is_awaited { None } else { self.unsent.or_else(|| self.everybody()) }
    }

    /// Why nobody sends a message that the process waits for; none if somebody may.
    pub fn nobody_sends(&self, message: &str) -> Option<Missing<'e>> {
        // Whom its own unsaid messages go to may answer.
        let has_strangers = !self.is_whole && self.own.is_open;
        let is_sent = has_strangers || self.sends_anything || self.exchange.is_sent(self.own, message);
        if is_sent { None } else { self.unawaited.or_else(|| self.everybody()) }
    }

    fn everybody(&self) -> Option<Missing<'e>> {
        self.is_whole.then_some(Missing::Everybody)
    }
}
