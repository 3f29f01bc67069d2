//! Bugs that are planted on purpose: a simulator that does not find them any more is broken, and would say nothing.
//!
//! Each stands where a real one would, as `if is_planted(Canary::…)`. Without the feature `planted` the answer is the
//! constant `false` and the compiler leaves nothing of it; with it, one of them can be chosen while the program runs, so that
//! one build tries them all. Here is only the list, and which invariant each is made to break.

macro_rules! canaries {
    ($($(#[$doc:meta])* $canary:ident = $name:literal, $invariant:literal;)*) => {
        /// A planted bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Canary { $($(#[$doc])* $canary,)* }

        impl Canary {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$canary,)*];

            /// As it is written on the command line; the feature is called `canary-` and this.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$canary => $name,)* }
            }

            /// The invariant that it is made to break. It may be found by another first.
            pub const fn invariant(self) -> &'static str {
                match self { $(Self::$canary => $invariant,)* }
            }

            /// The one with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|canary| canary.name() == name)
            }
        }
    };
}

canaries! {
    /// What has more than one way out puts a second token on the first.
    TokenTwice = "token-twice", "conservation";
    /// A wait for a message is not opened.
    WaitForgotten = "wait-forgotten", "no-orphan";
    /// A mailbox does not compare versions.
    VersionIgnored = "version-ignored", "task-status";
    /// A message that was taken is taken again.
    TakenAgain = "taken-again", "one-correlation";
    /// Effects are performed before their commit is acknowledged.
    PerformedEarly = "performed-early", "effects";
    /// A mailbox does not look whether a message is there already.
    StoredTwice = "stored-twice", "one-consequence";
    /// A mailbox answers before its commit is acknowledged.
    AnsweredEarly = "answered-early", "acknowledged-is-durable";
    /// An engine replies before its commit is acknowledged.
    RepliedEarly = "replied-early", "acknowledged-is-durable";
    /// The journal leaves out the last fact of a long step.
    FactLost = "fact-lost", "replay";
    /// Whoever waits for a message is found whatever its conversation.
    AnyConversation = "any-conversation", "isolation";
    /// A mailbox does not compare the requester with the certificate.
    RequesterUnchecked = "requester-unchecked", "authorisation";
    /// A shard does not count its commits under way.
    CommitsUncounted = "commits-uncounted", "bounds";
    /// A timer is due a second early.
    TimerEarly = "timer-early", "time";
    /// An inclusive join does not wait for a token that is under way.
    JoinedEarly = "joined-early", "oracle";
    /// The index entry of a wait that is over stays.
    IndexLeftBehind = "index-left-behind", "atomicity";
    /// Effects that were not settled before a restart are forgotten.
    LoseOutbox = "lose-outbox", "liveness";
    /// A peer that does not answer counts as one that has the message.
    SilenceIsConsent = "silence-is-consent", "liveness";
    /// A mailbox refuses before the reason for it is on the disk. It was a real bug, which the campaign found.
    RefusedEarly = "refused-early", "liveness";
    /// A commit of a shard does not rest on the one before it.
    CommitUnchained = "commit-unchained", "replay";
    /// A commit of a mailbox does not rest on the one before it. It was a real bug, which the campaign found.
    DecisionUnchained = "decision-unchained", "atomicity";
    /// What a site remembers of a message is not forgotten after its answer.
    NeverForgotten = "never-forgotten", "liveness";
    /// An answer that asks to come later counts as a refusal.
    GivenUpEarly = "given-up-early", "effects";
    /// Whoever waits for a message of a conversation is found whatever its correlation key.
    AnyKey = "any-key", "one-correlation";
    /// A variable is written in the process, though a nearer scope has one of its name.
    WrittenOutside = "written-outside", "oracle";
    /// What a handler wrote before it ended with an error is thrown away.
    ErrorWritesLost = "error-writes-lost", "oracle";
    /// A message leaves without what its handler wants to say.
    PayloadLost = "payload-lost", "oracle";
    /// Whoever asked is told that it was done, and not what came of it.
    OutputsLost = "outputs-lost", "oracle";
    /// A call that is interrupted leaves what it has called.
    CallLeftRunning = "call-left-running", "liveness";
    /// What was undone is undone once more.
    UndoneAgain = "undone-again", "oracle";
    /// A bounded cycle goes on for ever.
    CycleForEver = "cycle-for-ever", "time";
    /// A timer that starts a process is not moved on.
    StartedAgain = "started-again", "time";
    /// Of several that wait for a message the first gets it.
    FirstOfSeveral = "first-of-several", "one-correlation";
    /// Of several messages that were kept the youngest is taken first.
    YoungestFirst = "youngest-first", "one-correlation";
    /// What is called is the newest, whatever the package of its caller.
    AnyPackage = "any-package", "oracle";
    /// What an operator moves stays where it was, too.
    MovedTwice = "moved-twice", "oracle";
    /// Only the first page of a table is walked.
    SecondPageLost = "second-page-lost", "liveness";
    /// The instance that was used last leaves the memory.
    NewestEvicted = "newest-evicted", "liveness";
    /// A timer fires when the last one is due.
    TimerLate = "timer-late", "time";
    /// Senders of a cancelled instance are told that it completed.
    ToldCompleted = "told-completed", "task-status";
    /// A handler that is called again has another idempotency key.
    KeyPerAttempt = "key-per-attempt", "effects";
    /// Instances start in a definition that has been replaced.
    OldDefinition = "old-definition", "oracle";
    /// Instances start in a definition that is out of use.
    OutOfUse = "out-of-use", "authorisation";
}

#[cfg(feature = "planted")]
mod choice {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Canary;

    /// Position in `Canary::ALL`, or beyond it: none. One for the process, because all threads of a campaign try the same.
    static PLANTED: AtomicUsize = AtomicUsize::new(usize::MAX);

    /// Plants a bug in place of the one that was planted before.
    pub fn plant(canary: Option<Canary>) {
        let position = canary.and_then(|wanted| Canary::ALL.iter().position(|known| *known == wanted));
        PLANTED.store(position.unwrap_or(usize::MAX), Ordering::Relaxed);
    }

    /// Whether this bug is planted.
    pub fn is_planted(canary: Canary) -> bool {
        Canary::ALL.get(PLANTED.load(Ordering::Relaxed)) == Some(&canary)
    }
}

#[cfg(feature = "planted")]
pub use choice::{is_planted, plant};

/// Whether this bug is planted: never, in this build.
#[cfg(not(feature = "planted"))]
pub const fn is_planted(_: Canary) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own() {
        for canary in Canary::ALL {
            assert_eq!(Canary::named(canary.name()), Some(*canary));
        }
        assert_eq!(Canary::named("none"), None);
    }
}
