//! Which planted bug this build has: chosen by a feature (`--features canary-lose-outbox`), or, with the feature `canaries`,
//! while the program runs. The bugs themselves are where real ones would be; their list is the crate `tessera-canary`.

pub use tessera_canary::Canary;

/// The one whose feature this build has.
pub fn of_this_build() -> Option<Canary> {
    let features = [
        (Canary::TokenTwice, cfg!(feature = "canary-token-twice")),
        (Canary::WaitForgotten, cfg!(feature = "canary-wait-forgotten")),
        (Canary::VersionIgnored, cfg!(feature = "canary-version-ignored")),
        (Canary::TakenAgain, cfg!(feature = "canary-taken-again")),
        (Canary::PerformedEarly, cfg!(feature = "canary-performed-early")),
        (Canary::StoredTwice, cfg!(feature = "canary-stored-twice")),
        (Canary::AnsweredEarly, cfg!(feature = "canary-answered-early")),
        (Canary::RepliedEarly, cfg!(feature = "canary-replied-early")),
        (Canary::FactLost, cfg!(feature = "canary-fact-lost")),
        (Canary::AnyConversation, cfg!(feature = "canary-any-conversation")),
        (Canary::RequesterUnchecked, cfg!(feature = "canary-requester-unchecked")),
        (Canary::CommitsUncounted, cfg!(feature = "canary-commits-uncounted")),
        (Canary::TimerEarly, cfg!(feature = "canary-timer-early")),
        (Canary::JoinedEarly, cfg!(feature = "canary-joined-early")),
        (Canary::IndexLeftBehind, cfg!(feature = "canary-index-left-behind")),
        (Canary::LoseOutbox, cfg!(feature = "canary-lose-outbox")),
        (Canary::SilenceIsConsent, cfg!(feature = "canary-silence-is-consent")),
        (Canary::RefusedEarly, cfg!(feature = "canary-refused-early")),
        (Canary::CommitUnchained, cfg!(feature = "canary-commit-unchained")),
        (Canary::DecisionUnchained, cfg!(feature = "canary-decision-unchained")),
        (Canary::NeverForgotten, cfg!(feature = "canary-never-forgotten")),
        (Canary::GivenUpEarly, cfg!(feature = "canary-given-up-early")),
        (Canary::SecondPageLost, cfg!(feature = "canary-second-page-lost")),
        (Canary::NewestEvicted, cfg!(feature = "canary-newest-evicted")),
        (Canary::TimerLate, cfg!(feature = "canary-timer-late")),
        (Canary::ToldCompleted, cfg!(feature = "canary-told-completed")),
        (Canary::KeyPerAttempt, cfg!(feature = "canary-key-per-attempt")),
        (Canary::OldDefinition, cfg!(feature = "canary-old-definition")),
        (Canary::OutOfUse, cfg!(feature = "canary-out-of-use")),
        (Canary::AnyKey, cfg!(feature = "canary-any-key")),
        (Canary::WrittenOutside, cfg!(feature = "canary-written-outside")),
        (Canary::ErrorWritesLost, cfg!(feature = "canary-error-writes-lost")),
        (Canary::PayloadLost, cfg!(feature = "canary-payload-lost")),
        (Canary::OutputsLost, cfg!(feature = "canary-outputs-lost")),
        (Canary::CallLeftRunning, cfg!(feature = "canary-call-left-running")),
        (Canary::UndoneAgain, cfg!(feature = "canary-undone-again")),
        (Canary::CycleForEver, cfg!(feature = "canary-cycle-for-ever")),
        (Canary::StartedAgain, cfg!(feature = "canary-started-again")),
        (Canary::FirstOfSeveral, cfg!(feature = "canary-first-of-several")),
        (Canary::YoungestFirst, cfg!(feature = "canary-youngest-first")),
        (Canary::AnyPackage, cfg!(feature = "canary-any-package")),
        (Canary::MovedTwice, cfg!(feature = "canary-moved-twice")),
    ];
    features.into_iter().find_map(|(canary, chosen)| chosen.then_some(canary))
}

/// Plants a bug from now on. `Err`: this build has none.
#[cfg(feature = "canaries")]
#[expect(clippy::unnecessary_wraps, reason = "a build without the feature refuses")]
pub fn plant(canary: Option<Canary>) -> Result<(), String> {
    tessera_canary::plant(canary);
    Ok(())
}

/// Plants a bug from now on. `Err`: this build has none.
#[cfg(not(feature = "canaries"))]
pub fn plant(canary: Option<Canary>) -> Result<(), String> {
    match canary {
        None => Ok(()),
        Some(canary) => {
            Err(format!("{} is not in this build; build it with `--features canaries`", canary.name()))
        }
    }
}
