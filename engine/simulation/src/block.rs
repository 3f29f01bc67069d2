//! What a process does, as a tree of blocks: the common source of its BPMN (`model`) and of what is expected of it
//! (`oracle`). Nothing here knows a graph.

use crate::random::{Random, digest};
use crate::scene::{self, Scene};

/// Names a block and the elements made of it; unique in its process.
pub type Id = u32;

/// A piece of a process with one way in and one way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Nothing happens.
    Pass(Id),
    /// A handler works. If it may fail, it ends with a BPMN error in some conversations, and the boundary event's way is gone.
    Work {
        /// Its name.
        id: Id,
        /// The way after an error, if it can have one.
        on_error: Option<Box<Self>>,
    },
    /// One after the other.
    Sequence(Vec<Self>),
    /// A handler decides which one.
    Choice(Id, Vec<Self>),
    /// All at once.
    Parallel(Id, Vec<Self>),
    /// A handler decides which ones, at least one.
    Inclusive(Id, Vec<Self>),
    /// Again and again, until a handler decides that it is enough.
    Loop(Id, Box<Self>),
    /// A timer.
    Pause(Id, u64),
    /// An embedded subprocess; with a deadline, it may be interrupted.
    Scope {
        /// Its name.
        id: Id,
        /// What it contains.
        body: Box<Self>,
        /// Milliseconds.
        deadline_ms: Option<u64>,
    },
    /// A multi-instance subprocess.
    Each {
        /// Its name.
        id: Id,
        /// How often.
        count: u32,
        /// One after the other.
        sequential: bool,
        /// What each iteration does.
        body: Box<Self>,
    },
    /// Sends a message that starts a process at another site, and waits for its reply; with a deadline, not for ever.
    Ask {
        /// Its name.
        id: Id,
        /// Which process of the collaboration.
        process: usize,
        /// Milliseconds.
        deadline_ms: Option<u64>,
        /// Whether a handler shapes the message.
        shaped: bool,
    },
    /// Replies to who started the process.
    Reply(Id),
    /// Works, and then undoes all of it by compensation.
    Undo(Id, Vec<Id>),
    /// One branch waits for a signal that the other broadcasts after some work.
    Signal {
        /// Its name.
        id: Id,
        /// What comes before the broadcast.
        work: Id,
    },
    /// A scope with a timer that does not interrupt it: if it takes too long, somebody is reminded, once.
    Reminded {
        /// Its name.
        id: Id,
        /// The scope.
        body: Box<Self>,
        /// Milliseconds.
        after_ms: u64,
        /// The reminder.
        work: Id,
    },
    /// A call activity: a process of its own at the same site, in the same conversation.
    Call {
        /// Its name.
        id: Id,
        /// What the called process does.
        body: Box<Self>,
    },
    /// A fixed piece.
    Scene {
        /// Its name.
        id: Id,
        /// Which.
        scene: &'static Scene,
        /// What its call activity calls.
        called: Option<Box<Self>>,
    },
    /// Was not there in the version before: an instance that comes from there has not passed it.
    Added(Box<Self>),
}

impl Block {
    /// What an instance does in the end that came here from the version before.
    #[must_use]
    pub fn for_migrated(&self) -> Self {
        let Self::Sequence(all) = self else { return self.clone() };
        Self::Sequence(all.iter().filter(|one| !matches!(one, Self::Added(_))).cloned().collect())
    }

    /// The called processes, with those that they call.
    pub fn calls(&self) -> Vec<(Id, &Self)> {
        let mut found = Vec::new();
        self.collect_calls(&mut found);
        found
    }

    fn collect_calls<'a>(&'a self, into: &mut Vec<(Id, &'a Self)>) {
        match self {
            Self::Call { id, body } | Self::Scene { id, called: Some(body), .. } => {
                into.push((*id, body));
                body.collect_calls(into);
            }
            Self::Sequence(all) | Self::Choice(_, all) | Self::Parallel(_, all) | Self::Inclusive(_, all) => {
                for one in all {
                    one.collect_calls(into);
                }
            }
            Self::Work { on_error: Some(body), .. }
            | Self::Loop(_, body)
            | Self::Scope { body, .. }
            | Self::Each { body, .. }
            | Self::Reminded { body, .. }
            | Self::Added(body) => body.collect_calls(into),
            Self::Pass(_)
            | Self::Work { on_error: None, .. }
            | Self::Pause(..)
            | Self::Ask { .. }
            | Self::Reply(_)
            | Self::Undo(..)
            | Self::Signal { .. }
            | Self::Scene { called: None, .. } => {}
        }
    }
}

/// How deep a body may nest.
const DEPTH_MAX: u32 = 4;

/// Draws blocks.
#[derive(Debug)]
pub struct Generator<'a> {
    random: &'a mut Random,
    next: Id,
    /// Processes that this one may ask, each once.
    partners: Vec<usize>,
    /// How many elements are still wanted.
    budget: i64,
}

impl<'a> Generator<'a> {
    /// For one process.
    pub fn new(random: &'a mut Random, partners: Vec<usize>, budget: i64) -> Self {
        Self { random, next: 1, partners, budget }
    }

    /// The whole of a process. What is left of the partners is asked in the end, so that no site is idle.
    pub fn process(&mut self, is_asked: bool) -> Block {
        let mut all = vec![self.sequence(0, true)];
        if self.partners.len() > 1 && self.random.happens(500) {
            let id = self.id();
            let partners = std::mem::take(&mut self.partners);
            all.push(Block::Parallel(id, partners.into_iter().map(|process| self.ask(process)).collect()));
        }
        while let Some(process) = self.partners.pop() {
            all.push(self.ask(process));
        }
        if is_asked {
            let id = self.id();
            all.push(Block::Reply(id));
            if self.random.happens(300) {
                all.push(self.work());
            }
        }
        Block::Sequence(all)
    }

    fn id(&mut self) -> Id {
        let id = self.next;
        self.next += 1;
        id
    }

    fn ask(&mut self, process: usize) -> Block {
        let deadline_ms = self.random.happens(300).then(|| self.random.between(20_000, 600_000));
        // A handler that is asked about a message that did not arrive goes on without it: somebody must stop waiting.
        let shaped = deadline_ms.is_some() && self.random.happens(700);
        Block::Ask { id: self.id(), process, deadline_ms, shaped }
    }

    fn work(&mut self) -> Block {
        Block::Work { id: self.id(), on_error: None }
    }

    fn scene(&mut self, once: bool) -> Block {
        let mut scene = *self.random.pick(scene::ALL);
        while scene.once && !once {
            scene = *self.random.pick(scene::ALL);
        }
        let id = self.id();
        let called = scene.called.map(|scene| Box::new(Block::Scene { id, scene, called: None }));
        Block::Scene { id, scene, called }
    }

    fn sequence(&mut self, depth: u32, once: bool) -> Block {
        let length = self.random.between(1, 3);
        Block::Sequence((0..length).map(|_| self.block(depth + 1, once)).collect())
    }

    fn branches(&mut self, depth: u32, once: bool) -> Vec<Block> {
        let count = self.random.between(2, 3);
        (0..count).map(|_| self.sequence(depth, once)).collect()
    }

    /// `once`: it is executed at most once in a conversation, so that a partner may be asked here.
    fn block(&mut self, depth: u32, once: bool) -> Block {
        self.budget -= 1;
        let leaf = depth >= DEPTH_MAX || self.budget <= 0;
        let kind = if leaf { self.random.below(5) } else { self.random.below(24) };
        match kind {
            0 => Block::Pass(self.id()),
            1 => Block::Pause(self.id(), self.random.between(1, 120) * 1_000),
            2 if once && !self.partners.is_empty() => {
                let process = self.partners.swap_remove(self.random.index(self.partners.len()));
                self.ask(process)
            }
            2..=4 => self.work(),
            5 => {
                let id = self.id();
                Block::Work { id, on_error: Some(Box::new(self.sequence(depth, once))) }
            }
            6 | 7 => Block::Choice(self.id(), self.branches(depth, once)),
            8 | 9 => Block::Parallel(self.id(), self.branches(depth, once)),
            10 => Block::Inclusive(self.id(), self.branches(depth, once)),
            11 => Block::Loop(self.id(), Box::new(self.sequence(depth, false))),
            12 => {
                let deadline_ms = self.random.happens(500).then(|| self.random.between(1, 60) * 1_000);
                // Whom an interrupted scope has asked would not be waited for, and could not be asked again.
                let once = once && deadline_ms.is_none();
                Block::Scope { id: self.id(), body: Box::new(self.sequence(depth, once)), deadline_ms }
            }
            13 => {
                let count = self.random.between(1, 3);
                Block::Undo(self.id(), (0..count).map(|_| self.id()).collect())
            }
            14 => Block::Signal { id: self.id(), work: self.id() },
            15 => Block::Reminded {
                id: self.id(),
                work: self.id(),
                after_ms: self.random.between(1, 60) * 1_000,
                body: Box::new(self.sequence(depth, once)),
            },
            // A called process asks nobody: it has no message that it could reply to.
            16 if once => Block::Call { id: self.id(), body: Box::new(self.sequence(depth, false)) },
            16 | 17 => Block::Each {
                id: self.id(),
                count: u32::try_from(self.random.between(0, 3)).unwrap_or(1),
                sequential: self.random.happens(500),
                body: Box::new(self.sequence(depth, false)),
            },
            _ => self.scene(once),
        }
    }
}

/// What a handler decides in a conversation: the same whenever it is asked, wherever, and for everybody who asks.
pub mod decision {
    use super::{Id, digest};

    fn drawn(conversation: &str, id: Id, what: &str) -> u64 {
        digest(&[conversation, what, &id.to_string()])
    }

    /// Which branch of a choice is taken.
    pub fn branch(conversation: &str, id: Id, branches: usize) -> usize {
        usize::try_from(drawn(conversation, id, "branch") % branches as u64).unwrap_or(0)
    }

    /// Whether a branch of an inclusive fork is taken. At least one is.
    pub fn takes(conversation: &str, id: Id, branches: usize, branch: usize) -> bool {
        let mask = drawn(conversation, id, "mask") % ((1 << branches) - 1) + 1;
        mask & (1 << branch) != 0
    }

    /// How many rounds a loop has.
    pub fn rounds(conversation: &str, id: Id) -> u64 {
        1 + drawn(conversation, id, "rounds") % 3
    }

    /// Which of so many alternatives an element takes.
    pub fn pick(conversation: &str, element: &str, alternatives: usize) -> usize {
        usize::try_from(digest(&[conversation, "pick", element]) % alternatives.max(1) as u64).unwrap_or(0)
    }

    /// Whether work ends with a BPMN error.
    pub fn fails(conversation: &str, id: Id) -> bool {
        drawn(conversation, id, "fails").is_multiple_of(2)
    }
}
