//! Rare events that a campaign must have seen: a campaign that never meets them proves less than it seems to.

macro_rules! marks {
    ($($(#[$doc:meta])* $mark:ident = $name:literal;)*) => {
        /// A rare event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mark { $($(#[$doc])* $mark,)* }

        impl Mark {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$mark,)*];

            /// What happened.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$mark => $name,)* }
            }
        }
    };
}

marks! {
    /// Kept until somebody waits for it.
    MessageBeforeSubscription = "a message came before its subscription";
    /// The sender had given up on the answer or was restarted.
    DuplicateAfterSettlement = "a duplicate arrived after the message was settled";
    /// The site was down when it was due.
    TimerDueWhileDown = "a timer became due while its site was down";
    /// In one commit group or tick.
    TwoTimersInOneTick = "two timers were due in one tick";
    /// The message was committed, nothing was sent yet.
    CrashBetweenCommitAndSend = "a site died between commit and send";
    /// The peer had it, the sender did not know.
    CrashBetweenSendAndSettle = "a site died between send and settlement";
    /// Nobody waited for it any more.
    AnswerAfterCancel = "a plugin answered after its work was cancelled";
    /// Both in one instant.
    BoundaryRace = "a boundary event interrupted work that was about to be done";
    /// Instances ran on.
    RedeployWithInstances = "a new version was deployed while instances ran";
    /// It did not fire twice.
    ClockBackOverTimer = "a clock went back over a timer that had fired";
    /// The message was refused or tried again.
    RotatedMidDelivery = "a certificate was rotated while a message was on its way";
    /// A branch came after another had waited.
    LateInclusiveBranch = "an inclusive join waited for a late branch";
    /// The second was refused.
    IncidentResolvedTwice = "an incident was resolved twice";
    /// The sender delivered again.
    AnswerLostAfterCommit = "an answer was lost after the remote commit";
    /// It recovered.
    ReloadAfterUnknownCommit = "a shard reloaded after a commit of unknown fate that had landed";
    /// Recovery began again.
    CrashDuringRecovery = "a site died while it recovered";
    /// Nobody waited for it any more.
    ReplyAfterDeadline = "a reply came after its deadline";
    /// It went on in the next version.
    Migrated = "a running instance was migrated";
    /// By whoever threw it.
    Undone = "what was done was undone";
    /// It was in another instance.
    SignalCrossed = "a signal of one conversation moved another";
    /// Without interrupting.
    Reminded = "a reminder came while the work went on";
    /// It ended before.
    CallAbandoned = "a call was interrupted, and what it had called was cancelled";
    /// It moved again afterwards.
    Resumed = "an instance was stopped and went on";
    /// The partner heard of it.
    CancelledPartner = "a partner was cancelled while it was waited for";
    /// Found by search.
    FoundByReconciling = "a message was found by reconciling, not by news";
    /// New instances were refused.
    OutOfUse = "a process that was out of use was not started";
    /// Somebody had asked whether it held.
    StartedByCondition = "a process was started by its condition";
    /// After a day.
    Forgotten = "messages were forgotten a day after their answers";
    /// No trace of it.
    IntruderRefused = "an intruder was refused";
}
