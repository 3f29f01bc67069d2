//! What is expected of an instance, from the tree of blocks and the decisions of its conversation alone. Written
//! independently of the engine: it knows no graph, no token and no fact, only an order in which things may end.

use std::collections::BTreeSet;

use crate::block::{Block, Id, decision};
use crate::scene::way;

/// Something that ended at an element: what the oracle is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Element id.
    pub element: String,
    /// Which part of a multi-instance activity.
    pub part: Part,
    /// The iterations that it lies in, outermost first.
    pub iterations: Vec<u64>,
    /// By itself, or by something else.
    pub completed: bool,
}

/// A multi-instance activity ends once for each iteration and once for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An ordinary activation, or one iteration.
    One,
    /// All iterations together.
    All,
}

/// What may be observed: a series-parallel order.
#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// Ends once.
    Once(String),
    /// Ends so often.
    Times(String, usize),
    /// Ends at most so often: it depends on time.
    AtMost(String, usize),
    /// All iterations end.
    Whole(String),
    /// In this order.
    Sequence(Vec<Self>),
    /// In any order.
    Parallel(Vec<Self>),
    /// Rounds, each ended by the element.
    Rounds { last: String, count: usize, body: Box<Self> },
    /// Iterations.
    Iterations { count: usize, sequential: bool, body: Box<Self> },
    /// One of two: it depends on time.
    Either(Box<Self>, Box<Self>),
    /// It was interrupted somewhere.
    Broken(Box<Self>),
}

/// How much must have been observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It ended.
    Whole,
    /// It still runs, or was cut off: what is there must fit.
    Begun,
}

/// Compares what was observed of an instance with what the tree says.
pub fn check(block: &Block, conversation: &str, observed: &[Ended], extent: Extent) -> Result<(), String> {
    let expected = Expected::Sequence(vec![
        Expected::Once("start".to_owned()),
        of(block, conversation),
        Expected::Once("end".to_owned()),
    ]);
    let done: Vec<&Ended> = observed.iter().filter(|ended| ended.completed).collect();
    let known = expected.elements();
    if let Some(stray) = done.iter().find(|ended| !known.contains(ended.element.as_str())) {
        return Err(format!(
            "{} ended, which must not be reached in conversation {conversation}",
            stray.element
        ));
    }
    expected.check(&done, 0, extent)
}

fn once(name: &str, id: Id) -> Expected {
    Expected::Once(format!("{name}{id}"))
}

fn of(block: &Block, conversation: &str) -> Expected {
    let sequence = Expected::Sequence;
    match block {
        Block::Pass(id) => once("task", *id),
        Block::Work { id, on_error: None } => once("work", *id),
        Block::Work { id, on_error: Some(otherwise) } => {
            if decision::fails(conversation, *id) {
                sequence(vec![once("error", *id), of(otherwise, conversation), once("merge", *id)])
            } else {
                sequence(vec![once("work", *id), once("merge", *id)])
            }
        }
        Block::Sequence(blocks) => sequence(blocks.iter().map(|block| of(block, conversation)).collect()),
        Block::Choice(id, branches) => {
            let taken = &branches[decision::branch(conversation, *id, branches.len())];
            sequence(vec![
                once("decide", *id),
                once("split", *id),
                of(taken, conversation),
                once("merge", *id),
            ])
        }
        Block::Parallel(id, branches) => sequence(vec![
            once("fork", *id),
            Expected::Parallel(branches.iter().map(|branch| of(branch, conversation)).collect()),
            Expected::Times(format!("join{id}"), branches.len()),
        ]),
        Block::Inclusive(id, branches) => {
            let taken: Vec<Expected> = branches
                .iter()
                .enumerate()
                .filter(|(index, _)| decision::takes(conversation, *id, branches.len(), *index))
                .map(|(_, branch)| of(branch, conversation))
                .collect();
            let tokens = taken.len();
            sequence(vec![
                once("decide", *id),
                once("fork", *id),
                Expected::Parallel(taken),
                Expected::Times(format!("join{id}"), tokens),
            ])
        }
        Block::Loop(id, body) => {
            let round = sequence(vec![
                once("again", *id),
                of(body, conversation),
                once("decide", *id),
                once("more", *id),
            ]);
            let count = usize::try_from(decision::rounds(conversation, *id)).unwrap_or(usize::MAX);
            let rounds = Expected::Rounds { last: format!("more{id}"), count, body: Box::new(round) };
            sequence(vec![rounds, once("leave", *id)])
        }
        Block::Pause(id, _) => once("pause", *id),
        Block::Scope { id, body, deadline_ms } => {
            let inside = sequence(vec![once("begin", *id), of(body, conversation), once("finish", *id)]);
            let whole = sequence(vec![inside.clone(), once("scope", *id)]);
            if deadline_ms.is_none() {
                return whole;
            }
            let late = sequence(vec![Expected::Broken(Box::new(inside)), once("late", *id)]);
            sequence(vec![Expected::Either(Box::new(whole), Box::new(late)), once("merge", *id)])
        }
        Block::Each { id, count, sequential, body } => {
            let inside = sequence(vec![
                once("begin", *id),
                of(body, conversation),
                once("finish", *id),
                once("each", *id),
            ]);
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            sequence(vec![
                Expected::Iterations { count, sequential: *sequential, body: Box::new(inside) },
                Expected::Whole(format!("each{id}")),
            ])
        }
        Block::Ask { id, deadline_ms, shaped, .. } => {
            let mut inside = vec![once("begin", *id), once("address", *id), once("send", *id)];
            if *shaped {
                inside.push(once("shown", *id));
            }
            match deadline_ms {
                None => inside.push(once("reply", *id)),
                Some(_) => inside.extend([
                    Expected::Either(Box::new(once("reply", *id)), Box::new(once("late", *id))),
                    once("merge", *id),
                ]),
            }
            inside.extend([once("finish", *id), once("scope", *id)]);
            sequence(inside)
        }
        Block::Undo(id, works) => {
            let mut all = vec![once("begin", *id)];
            all.extend(works.iter().map(|work| once("work", *work)));
            all.push(Expected::Parallel(works.iter().map(|work| once("undo", *work)).collect()));
            all.extend([once("undoing", *id), once("finish", *id), once("scope", *id)]);
            sequence(all)
        }
        Block::Signal { id, work } => sequence(vec![
            once("fork", *id),
            Expected::Parallel(vec![
                once("catch", *id),
                sequence(vec![once("work", *work), once("throw", *id)]),
            ]),
            Expected::Times(format!("join{id}"), 2),
        ]),
        Block::Reminded { id, body, work, .. } => {
            let inside = sequence(vec![
                once("bodybegin", *id),
                of(body, conversation),
                once("bodyfinish", *id),
                once("body", *id),
                once("finish", *id),
            ]);
            let reminder = sequence(vec![once("remind", *id), once("work", *work), once("reminded", *id)]);
            let perhaps = Expected::Either(Box::new(reminder), Box::new(sequence(Vec::new())));
            sequence(vec![once("begin", *id), Expected::Parallel(vec![inside, perhaps]), once("scope", *id)])
        }
        // What the called one does is expected of itself.
        Block::Call { id, .. } => once("call", *id),
        Block::Added(block) => of(block, conversation),
        Block::Scene { id, scene, .. } => {
            sequence(vec![way::expected(scene.way, *id, conversation), once("scope", *id)])
        }
        Block::Reply(id) => sequence(vec![
            once("begin", *id),
            once("address", *id),
            once("send", *id),
            once("finish", *id),
            once("scope", *id),
        ]),
    }
}

impl Expected {
    fn elements(&self) -> BTreeSet<&str> {
        let mut elements = BTreeSet::new();
        self.collect(&mut elements);
        elements
    }

    fn collect<'a>(&'a self, into: &mut BTreeSet<&'a str>) {
        match self {
            Self::Once(element)
            | Self::Times(element, _)
            | Self::AtMost(element, _)
            | Self::Whole(element) => {
                into.insert(element);
            }
            Self::Sequence(all) | Self::Parallel(all) => all.iter().for_each(|one| one.collect(into)),
            Self::Rounds { last, body, .. } => {
                into.insert(last);
                body.collect(into);
            }
            Self::Iterations { body, .. } | Self::Broken(body) => body.collect(into),
            Self::Either(one, other) => {
                one.collect(into);
                other.collect(into);
            }
        }
    }

    /// What of the observed belongs to this, with its position.
    fn own<'o>(&self, observed: &[(usize, &'o Ended)]) -> Vec<(usize, &'o Ended)> {
        let elements = self.elements();
        let fits = |ended: &Ended| {
            elements.contains(ended.element.as_str())
                && match ended.part {
                    Part::One => !matches!(self, Self::Whole(_)),
                    Part::All => self.has_whole(&ended.element),
                }
        };
        observed.iter().filter(|(_, ended)| fits(ended)).copied().collect()
    }

    /// Whether the end of all iterations of an element belongs here too.
    fn has_whole(&self, element: &str) -> bool {
        match self {
            Self::Whole(own) => own == element,
            Self::Once(_) | Self::Times(..) | Self::AtMost(..) => false,
            Self::Sequence(all) | Self::Parallel(all) => all.iter().any(|one| one.has_whole(element)),
            Self::Rounds { body, .. } | Self::Iterations { body, .. } | Self::Broken(body) => {
                body.has_whole(element)
            }
            Self::Either(one, other) => one.has_whole(element) || other.has_whole(element),
        }
    }

    fn check(&self, observed: &[&Ended], depth: usize, extent: Extent) -> Result<(), String> {
        let numbered: Vec<(usize, &Ended)> = observed.iter().copied().enumerate().collect();
        self.fits(&numbered, depth, extent)
    }

    fn fits(&self, observed: &[(usize, &Ended)], depth: usize, extent: Extent) -> Result<(), String> {
        match self {
            Self::Once(element) => counted(element, observed.len(), 1, extent),
            Self::Times(element, times) => counted(element, observed.len(), *times, extent),
            Self::AtMost(element, times) => counted(element, observed.len(), *times, Extent::Begun),
            Self::Whole(element) => counted(element, observed.len(), 1, extent),
            Self::Sequence(all) => {
                let mut behind: Option<usize> = None;
                let mut last_begun = None;
                let parts: Vec<Vec<(usize, &Ended)>> = all.iter().map(|one| one.own(observed)).collect();
                for (index, part) in parts.iter().enumerate() {
                    let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
                    if behind.is_some_and(|behind| first.0 < behind) {
                        return Err(format!("{} ended too early", first.1.element));
                    }
                    behind = Some(last.0);
                    last_begun = Some(index);
                }
                for (index, (one, part)) in all.iter().zip(&parts).enumerate() {
                    // What has something behind it has ended.
                    let extent =
                        if last_begun.is_some_and(|last| index < last) { Extent::Whole } else { extent };
                    one.fits(part, depth, extent)?;
                }
                Ok(())
            }
            Self::Parallel(all) => all.iter().try_for_each(|one| one.fits(&one.own(observed), depth, extent)),
            Self::Rounds { last, count, body } => {
                let mut rounds: Vec<Vec<(usize, &Ended)>> = vec![Vec::new()];
                for one in observed {
                    rounds.last_mut().expect("there is always one").push(*one);
                    if one.1.element == *last {
                        rounds.push(Vec::new());
                    }
                }
                let begun = rounds.pop().unwrap_or_default();
                if rounds.len() > *count || (extent == Extent::Whole && rounds.len() < *count) {
                    return Err(format!("{} rounds ended at {last}, {count} were expected", rounds.len()));
                }
                if rounds.len() == *count && !begun.is_empty() {
                    return Err(format!("a round too many began at {}", begun[0].1.element));
                }
                rounds.iter().try_for_each(|round| body.fits(round, depth, Extent::Whole))?;
                body.fits(&begun, depth, Extent::Begun)
            }
            Self::Iterations { count, sequential, body } => {
                let mut groups: Vec<(u64, Vec<(usize, &Ended)>)> = Vec::new();
                for one in observed {
                    let Some(iteration) = one.1.iterations.get(depth).copied() else {
                        return Err(format!("{} ended outside an iteration", one.1.element));
                    };
                    match groups.iter_mut().find(|(known, _)| *known == iteration) {
                        Some((_, group)) => group.push(*one),
                        None => groups.push((iteration, vec![*one])),
                    }
                }
                if groups.len() > *count || (extent == Extent::Whole && groups.len() < *count) {
                    return Err(format!("{} iterations were seen, {count} were expected", groups.len()));
                }
                if *sequential {
                    for pair in groups.windows(2) {
                        if pair[0].1.last().map(|last| last.0) > pair[1].1.first().map(|first| first.0) {
                            return Err("iterations that follow one another overlap".to_owned());
                        }
                    }
                }
                groups.iter().try_for_each(|(_, group)| body.fits(group, depth + 1, extent))
            }
            Self::Either(one, other) => {
                let only = |expected: &Self| {
                    let own = expected.own(observed);
                    if own.len() == observed.len() {
                        expected.fits(&own, depth, extent)
                    } else {
                        Err("both of two ways were taken that exclude each other".to_owned())
                    }
                };
                only(one).or_else(|first| only(other).map_err(|second| format!("{first}; or else {second}")))
            }
            Self::Broken(body) => body.fits(observed, depth, Extent::Begun),
        }
    }
}

fn counted(element: &str, seen: usize, expected: usize, extent: Extent) -> Result<(), String> {
    if seen > expected || (extent == Extent::Whole && seen < expected) {
        return Err(format!("{element} ended {seen} times, {expected} were expected"));
    }
    Ok(())
}
