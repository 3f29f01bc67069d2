//! What can go wrong. Each seed draws a random subset at random strength (a swarm), because faults hide each other: a
//! network that loses everything never shows what duplication breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::random::Random;

macro_rules! faults {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $kind,)* }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// As it is written on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

faults! {
    /// A whole site dies between two events and comes back.
    Crash = "crash";
    /// Only the engine of a site dies.
    EngineCrash = "engine-crash";
    /// Only the mailbox of a site dies.
    MailboxCrash = "mailbox-crash";
    /// A request does not arrive.
    Loss = "loss";
    /// A request arrives and is committed, its answer is lost.
    AnswerLost = "answer-lost";
    /// A request arrives twice.
    Duplication = "duplication";
    /// Requests and answers take long, and overtake each other.
    Delay = "delay";
    /// One site does not hear another for a while; the other way round works.
    Cut = "cut";
    /// A commit fails; nothing is written, and nothing until the store is opened anew.
    CommitFails = "commit-fails";
    /// A commit is torn by a power cut: the site dies, nothing of it is there.
    CommitTorn = "commit-torn";
    /// The store does not know whether a commit landed; it did.
    CommitUnknownLanded = "commit-unknown-landed";
    /// The store does not know whether a commit landed; it did not.
    CommitUnknownLost = "commit-unknown-lost";
    /// The disk is full for a while.
    DiskFull = "disk-full";
    /// Commits take very long.
    SlowDisk = "slow-disk";
    /// A read fails.
    ReadFails = "read-fails";
    /// Clocks of sites differ.
    ClockSkew = "clock-skew";
    /// A clock jumps, forth or back.
    ClockJump = "clock-jump";
    /// A handler traps.
    PluginTrap = "plugin-trap";
    /// A handler says that it could not do its work now.
    PluginFails = "plugin-fails";
    /// A handler takes long.
    PluginSlow = "plugin-slow";
    /// A handler answers something else when it is asked again.
    PluginDiffers = "plugin-differs";
    /// An operator cancels an instance.
    Cancel = "cancel";
    /// An operator retries incidents, also twice.
    Retry = "retry";
    /// An operator stops an instance for a while.
    Suspend = "suspend";
    /// An operator brings a running instance to the next version of its process.
    Migrate = "migrate";
    /// A new version is deployed while instances run; the old one is withdrawn for a while.
    Redeploy = "redeploy";
    /// A mailbox has no time: whoever asks is to come later.
    Busy = "busy";
    /// Certificates are rotated: the allow lists change one after the other.
    Rotate = "rotate";
    /// Somebody who may not sends messages: no certificate of the network or one that was replaced, a forged requester, a
    /// wrong recipient, an unknown process, a message that only the own organisation may send, a status that only the
    /// recipient may set; or reads what is not his.
    Intruder = "intruder";
}

impl Fault {
    /// Whether every history has an occasion for it: each has events, commits and reads, and whatever happens at a certain
    /// time happens. A short one may have no message to another site and no call; an operator needs an instance that runs.
    const fn finds_an_occasion(self) -> bool {
        matches!(
            self,
            Self::Crash
                | Self::EngineCrash
                | Self::MailboxCrash
                | Self::Cut
                | Self::CommitFails
                | Self::CommitTorn
                | Self::CommitUnknownLanded
                | Self::CommitUnknownLost
                | Self::DiskFull
                | Self::SlowDisk
                | Self::ReadFails
                | Self::ClockSkew
                | Self::ClockJump
                | Self::Redeploy
                | Self::Rotate
                | Self::Intruder
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which faults a seed has, and how strong each is: 1 to 100.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swarm(BTreeMap<Fault, u64>);

/// Fewer kinds than this would not be a test of their interplay.
pub const FAULT_KINDS_MIN: usize = 9;
/// So many of them find an occasion in every history, and strike soon, whatever chance says.
pub const IMPATIENT_KINDS: usize = 5;
/// An impatient kind strikes at the latest when it has let so many occasions pass; see [`Swarm::patience`].
const OCCASIONS_OF_IMPATIENT_MAX: u64 = 3;
/// A kind that is not strikes at the latest then.
const OCCASIONS_MAX: u64 = 25;

impl Swarm {
    /// Draws one.
    pub fn draw(random: &mut Random) -> Self {
        Self::draw_of(random, Fault::ALL)
    }

    /// Draws one of these kinds.
    pub fn draw_of(random: &mut Random, kinds: &[Fault]) -> Self {
        let mut left: Vec<Fault> = kinds.to_vec();
        let least = FAULT_KINDS_MIN.min(left.len());
        let wanted = least + random.index(left.len() - least + 1);
        let mut drawn = BTreeMap::new();
        let mut certain: Vec<Fault> = kinds.iter().copied().filter(|kind| kind.finds_an_occasion()).collect();
        for _ in 0..IMPATIENT_KINDS.min(certain.len()) {
            drawn.insert(certain.swap_remove(random.index(certain.len())), random.between(1, 100));
        }
        left.retain(|kind| !drawn.contains_key(kind));
        while drawn.len() < wanted {
            let kind = left.swap_remove(random.index(left.len()));
            drawn.insert(kind, random.between(1, 100));
        }
        Self(drawn)
    }

    /// Only those of the kinds that are named.
    #[must_use]
    pub fn only(&self, kinds: &[Fault]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(kind, _)| kinds.contains(kind))
                .map(|(kind, strength)| (*kind, *strength))
                .collect(),
        )
    }

    /// How many occasions each kind lets pass at most before it strikes for the first time: what a seed has, it shows.
    pub fn patience(&self, random: &mut Random) -> BTreeMap<Fault, u64> {
        let mut certain: Vec<Fault> = self.kinds().filter(|kind| kind.finds_an_occasion()).collect();
        let mut impatient = BTreeSet::new();
        while impatient.len() < IMPATIENT_KINDS && !certain.is_empty() {
            impatient.insert(certain.swap_remove(random.index(certain.len())));
        }
        let most = |kind| if impatient.contains(&kind) { OCCASIONS_OF_IMPATIENT_MAX } else { OCCASIONS_MAX };
        self.kinds().map(|kind| (kind, random.below(most(kind)))).collect()
    }

    /// How strong a fault is; 0 if this seed does not have it.
    pub fn strength(&self, kind: Fault) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// The kinds of this swarm.
    pub fn kinds(&self) -> impl Iterator<Item = Fault> {
        self.0.keys().copied()
    }
}
