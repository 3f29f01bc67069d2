//! Answers a received message in the own mailbox. Which step comes next is decided in `tessera-exchange`; here is the
//! waiting.

use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_exchange::answering::{Goal, Step, Updated, next_step};

use crate::backoff::{Attempts, Backoff};
use crate::engine::link::{LinkError, MailboxLink};
use crate::limits::ANSWER_STEPS_MAX;

/// Answers through the mailbox link.
#[derive(Debug)]
pub struct Answerer {
    /// The own mailbox.
    pub link: MailboxLink,
    /// Between attempts when the mailbox is away.
    pub backoff: Backoff,
}

impl Answerer {
    /// Brings `reference` (`Task/<id>`) to the goal. Waits as long as the own mailbox is away.
    pub async fn answer(&self, effect: &EffectId, reference: &str, goal: &Goal) -> Outcome {
        let mut attempts = Attempts::new(self.backoff);
        let mut steps = 0;
        loop {
            steps += 1;
            match self.step(reference, goal).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) if steps % ANSWER_STEPS_MAX == 0 => attempts.wait().await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%effect, task = reference, %error, "the own mailbox is away; answering again later");
                    attempts.wait().await;
                }
            }
        }
    }

    /// One read and at most one update. `None`: not there yet.
    async fn step(&self, reference: &str, goal: &Goal) -> Result<Option<Outcome>, LinkError> {
        let (found, version) = self.link.read(reference).await?.unzip();
        let next = match next_step(reference, found, goal) {
            Step::Settled(outcome) => return Ok(Some(outcome)),
            Step::Update(next) => next,
        };
        match self.link.update(reference, &next, version.unwrap_or_default()).await? {
            Updated::Done | Updated::Conflict => Ok(None),
            Updated::Refused(reason) => Ok(Some(Outcome::AnswerRefused { reason })),
            Updated::Away(reason) => Err(LinkError::Away(reason)),
        }
    }
}
