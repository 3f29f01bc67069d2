//! Which certificates a mailbox may accept, written down a second time: those of the allow list that it was given last.

use super::{Checked, Invariant, ensure};

/// A list that was on its way for so long, in milliseconds, is loaded or will not be.
const PENDING_MS: u64 = 120_000;

/// The allow lists that came to a mailbox, by generation of their certificates.
#[derive(Debug, Default)]
pub struct Lists {
    arrived: Vec<Arrival>,
}

#[derive(Debug)]
struct Arrival {
    generation: u64,
    at: u64,
    acknowledged: bool,
}

impl Lists {
    /// Somebody brings a list, at this time of the world.
    pub fn arrives(&mut self, generation: u64, at: u64) {
        self.arrived.push(Arrival { generation, at, acknowledged: false });
    }

    /// The mailbox says that it has it. Which of several arrivals is meant, is not known: the last.
    pub fn acknowledged(&mut self, generation: u64) {
        let arrival = self.arrived.iter_mut().rev().find(|arrival| arrival.generation == generation);
        if let Some(arrival) = arrival {
            arrival.acknowledged = true;
        }
    }

    /// Whether the mailbox certainly has a list without the certificates of a generation.
    pub fn is_revoked(&self, generation: u64, now: u64) -> bool {
        let last = self
            .arrived
            .iter()
            .filter(|arrival| arrival.generation == generation)
            .map(|arrival| arrival.at)
            .max();
        let settled = last.unwrap_or_default() + PENDING_MS;
        self.arrived.iter().any(|other| {
            other.generation != generation
                && other.acknowledged
                && other.at > settled
                && now > other.at + PENDING_MS
        })
    }

    /// The mailbox accepts a certificate.
    pub fn accepts(&self, of: usize, generation: u64, now: u64) -> Checked {
        ensure(!self.is_revoked(generation, now), Invariant::Authorisation, || {
            format!("a certificate of site {of} that was replaced (generation {generation}) is accepted")
        })
    }
}
