//! A history in words: by the names of organisations, elements and messages, for whoever looks for what went wrong.

use tessera_core::driver::{Event, Work};
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_core::plugin::{CallOutcome, DeliveryError, Hook};
use tessera_fhir::task::Message;

use super::{Ask, Caller, Happening, World};

impl World {
    /// What happens, in one line.
    pub(super) fn told(&self, happening: &Happening) -> String {
        let name = |site: usize| self.plan.network.organization(site);
        match happening {
            Happening::Engine { site, event, .. } => self.told_of_engine(*site, event),
            Happening::EngineCommit { site, .. } => format!("disk of the engine of {} commits", name(*site)),
            Happening::EngineTick { site, .. } => format!("{} is woken", name(*site)),
            Happening::Perform { site, effect, .. } => {
                format!("{} performs {}", name(*site), self.told_of_effect(*site, effect))
            }
            Happening::Timeout { site, effect, .. } => {
                format!("{} gives up on an answer to {}", name(*site), self.told_of_effect(*site, effect))
            }
            Happening::Reconcile { site, .. } => format!("{} looks into its mailbox", name(*site)),
            Happening::News { site, .. } => format!("{} hears news of its mailbox", name(*site)),
            Happening::Request(request) => {
                format!("mailbox of {} is asked: {}", name(request.to), request.ask.describe())
            }
            Happening::Response { caller, response } => {
                format!("{} hears HTTP {}", self.told_of_caller(caller), response.status)
            }
            Happening::MailboxCommit { site, .. } => {
                format!("disk of the mailbox of {} commits", name(*site))
            }
            Happening::Start { conversation } => {
                let start =
                    self.conversations.get(*conversation).map(|begun| begun.start.business_key.clone());
                format!("conversation {} is started", start.unwrap_or_default())
            }
            Happening::Restart { site } => format!("{} starts", name(*site)),
            Happening::RestartMailbox { site } => format!("mailbox of {} starts", name(*site)),
            Happening::Cut { from, to, apart } => {
                let way = if *apart { "cut" } else { "whole" };
                format!("the way from {} to {} is {way}", name(*from), name(*to))
            }
            Happening::Unheard { from, to, unheard } => {
                let gets = if *unheard { "does not get" } else { "gets again" };
                format!("{} {gets} what {} sends", name(*to), name(*from))
            }
            Happening::DiskFull { site, full } => {
                format!("disk of {} {}", name(*site), if *full { "is full" } else { "has room again" })
            }
            Happening::ClockJump { site, by } => format!("clock of {} jumps by {by} ms", name(*site)),
            Happening::Operate { site } => format!("an operator looks at {}", name(*site)),
            Happening::Redeploy { site } => format!("{} gets a new version", name(*site)),
            Happening::Reactivate { site } => format!("{} gets its old version back", name(*site)),
            Happening::Migrate { site, instance } => {
                format!("an operator of {} migrates {instance}", name(*site))
            }
            Happening::Rotate { site, .. } => format!("{} gets a new certificate", name(*site)),
            Happening::Intrude => "somebody tries to intrude".to_owned(),
            Happening::Heal => "everything is healed".to_owned(),
            Happening::Inspect => "everything is looked at".to_owned(),
        }
    }

    fn told_of_engine(&self, site: usize, event: &Event) -> String {
        let what = match event {
            Event::Start => "opens its store".to_owned(),
            Event::Deploy(deployment) => format!("deploys {}", deployment.key),
            Event::Withdraw { definition } => format!("withdraws {definition}"),
            Event::Message { message, .. } => {
                format!("is offered message {} from {} ({})", message.name, message.sender, message.id)
            }
            Event::InProgress { message, .. } => {
                format!("is asked about message {} ({})", message.name, message.id)
            }
            Event::Command { command, .. } => format!("is told {command:?}"),
            Event::Loaded { .. } => "has loaded".to_owned(),
            Event::Committed { outcome, .. } => format!("hears of a commit: {outcome:?}"),
            Event::Settled { effect, outcome } => {
                format!("hears of {}: {}", self.told_of_effect(site, effect), ending(outcome))
            }
            Event::Tick => "is woken".to_owned(),
        };
        format!("{} {what}", self.plan.network.organization(site))
    }

    /// What an effect does, as long as somebody has it in hand.
    fn told_of_effect(&self, site: usize, effect: &EffectId) -> String {
        let hand = self.sites[site].engine.as_ref().and_then(|engine| engine.hands.get(effect));
        let what = match hand.map(super::hands::Hand::work) {
            Some(Work::Call { call, .. }) => {
                let hook = match &call.hook {
                    Hook::ServiceTask => "call",
                    Hook::Listener(_) => "listener",
                    Hook::Prepare(_) => "message",
                    Hook::Failed(..) => "failed delivery",
                };
                format!("the {hook} of {} (handler {})", call.execution.activity_id, call.handler)
            }
            Some(Work::Build { message, execution, .. }) => {
                format!("message {} of {}", message.message_name, execution.activity_id)
            }
            Some(Work::Deliver { target, document }) => {
                let message =
                    Message::parse(document).map(|message| message.message_name).unwrap_or_default();
                format!("message {message} to {}", target.organization)
            }
            Some(Work::Answer { message, status, .. }) => format!("answer {status:?} to {message}"),
            None => "what nobody waits for".to_owned(),
        };
        format!("{what}, effect {} of {}", effect.sequence.0, effect.instance)
    }

    fn told_of_caller(&self, caller: &Caller) -> String {
        let name = |site: usize| self.plan.network.organization(site);
        match caller {
            Caller::Effect { site, effect, .. } => {
                format!("{} with {}", name(*site), self.told_of_effect(*site, effect))
            }
            Caller::Starter { conversation } => format!("the starter of conversation {conversation}"),
            Caller::Intruder => "the intruder".to_owned(),
            Caller::Rotation { site, .. } => format!("the operator of {}", name(*site)),
        }
    }
}

impl Ask {
    /// What is asked, in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Create { once, .. } => format!("create {}", once.as_deref().unwrap_or("something")),
            Self::Read { reference } => format!("read {reference}"),
            Self::Search { query } => format!("search for {query}"),
            Self::Update { reference, version, body } => {
                format!("update {reference} version {version} to {}", body["status"])
            }
            Self::AllowList { generation } => format!("allow list {generation}"),
        }
    }
}

fn ending(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Call(CallOutcome::Completed(writes)) => {
            let names: Vec<&str> = writes.variables.iter().map(|write| &*write.name).collect();
            if names.is_empty() { "done".to_owned() } else { format!("done, sets {}", names.join(", ")) }
        }
        Outcome::Call(CallOutcome::Prepared { target, .. }) => {
            format!("written, for {}", target.organization)
        }
        Outcome::Call(CallOutcome::DefaultDisposition(_)) => "what follows is left to the model".to_owned(),
        Outcome::Call(CallOutcome::BpmnError { code, .. }) => format!("BPMN error {code}"),
        Outcome::Call(CallOutcome::Failed(failure)) => {
            format!("failed ({:?}): {}", failure.kind, failure.message)
        }
        Outcome::Delivered { reference } => {
            format!("delivered as {}", reference.as_deref().unwrap_or("something"))
        }
        Outcome::NotDelivered(DeliveryError::Refused { status, reason }) => {
            format!("refused with HTTP {status}: {reason}")
        }
        Outcome::NotDelivered(DeliveryError::Unreachable { reason }) => format!("not delivered: {reason}"),
        Outcome::Done => "done".to_owned(),
        Outcome::AnswerRefused { reason } => format!("refused: {reason}"),
    }
}
