//! Long calls take turns. A call that has computed for longer than [`LONG_CALL`](crate::limits::LONG_CALL) is polled only
//! while it holds one of a few places, and hands the place on after every slice of time, and whenever it waits for the
//! site. So does every call of a plugin that has as many long ones as there are places. There is a place less than there
//! are processors, and it goes from plugin to plugin, within a plugin to the call that has computed least: a hundred
//! spinning handlers keep one processor from the short calls and the rest of the site, and half of a place from another
//! plugin that computes.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::limits::{LONG_CALL, VERY_LONG_CALL};
use crate::meter::{Meter, Metered};

/// The places of one host.
#[derive(Debug, Clone)]
pub(crate) struct LongCalls {
    places: Arc<Places>,
}

/// A plugin's part of them.
#[derive(Debug)]
pub(crate) struct Lane {
    places: Arc<Places>,
    plugin: u64,
    /// Its calls that are long ones and have not ended.
    long: Arc<AtomicUsize>,
}

/// Who waits. The order is that of plugins, and within a plugin that of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiter {
    plugin: u64,
    length: Length,
    /// Whoever began first goes first.
    call: u64,
}

/// How long a call has computed so far. Few steps, so that calls that are equally long do not all end last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Length {
    Short,
    Long,
    VeryLong,
}

#[derive(Debug)]
struct Places {
    count: usize,
    state: Mutex<State>,
}

/// One long call of a plugin, until it ends.
#[derive(Debug)]
struct LongOne {
    of: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: BTreeMap<Waiter, oneshot::Sender<Place>>,
    /// The plugin that was given a place last.
    served: u64,
    /// Plugins and calls that were numbered so far.
    numbered: u64,
}

/// Whoever has it may compute. Dropping it hands it on.
#[derive(Debug)]
struct Place {
    /// `None` once it was taken back.
    places: Option<Arc<Places>>,
}

/// A call that computes in turns once it is a long one.
pub(crate) struct InTurns<F> {
    call: Metered<F>,
    meter: Arc<Meter>,
    places: Arc<Places>,
    plugin: u64,
    number: u64,
    plugins_long: Arc<AtomicUsize>,
    long: Option<LongOne>,
    asked: Option<oneshot::Receiver<Place>>,
}

impl LongCalls {
    pub(crate) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_places(processors.saturating_sub(1).max(1))
    }

    fn with_places(count: usize) -> Self {
        let state = State { free: count, waiting: BTreeMap::new(), served: 0, numbered: 0 };
        Self { places: Arc::new(Places { count, state: Mutex::new(state) }) }
    }

    /// For one more plugin.
    pub(crate) fn lane(&self) -> Lane {
        Lane { places: Arc::clone(&self.places), plugin: self.places.number(), long: Arc::default() }
    }
}

impl Lane {
    /// The call, in turns as soon as `meter` says that it is a long one.
    pub(crate) fn in_turns<F: Future>(&self, meter: Arc<Meter>, call: F) -> InTurns<F> {
        InTurns {
            call: Metered::new(Arc::clone(&meter), call),
            meter,
            places: Arc::clone(&self.places),
            plugin: self.plugin,
            number: self.places.number(),
            plugins_long: Arc::clone(&self.long),
            long: None,
            asked: None,
        }
    }
}

impl<F: Future> Future for InTurns<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let length = Length::of(this.meter.used_in_past_polls());
        if length > Length::Short && this.long.is_none() {
            this.long = Some(LongOne::one_of(&this.plugins_long));
        }
        let in_turns = this.long.is_some() || this.plugins_long.load(Ordering::Relaxed) >= this.places.count;
        let waiter = Waiter { plugin: this.plugin, length, call: this.number };
        let place = if in_turns || this.asked.is_some() {
            let asked = this.asked.get_or_insert_with(|| this.places.ask(waiter));
            let Poll::Ready(place) = Pin::new(asked).poll(context) else { return Poll::Pending };
            this.asked = None;
            // An error would mean that the places are gone, and this call holds on to them.
            place.ok()
        } else {
            None
        };
        let poll = Pin::new(&mut this.call).poll(context);
        let interrupted = poll.is_pending() && this.meter.was_interrupted();
        if place.is_some() && interrupted {
            // Before the place goes on: otherwise, on a single thread, call after call would find it free, and all other
            // work would come after the last of them.
            this.asked = Some(this.places.ask(waiter));
        }
        drop(place);
        if interrupted {
            // Other threads that became ready meanwhile would else wait until the kernel's slice of time is over, which is
            // longer than ours.
            std::thread::yield_now();
        }
        poll
    }
}

impl Length {
    fn of(used: Duration) -> Self {
        if used < LONG_CALL {
            Self::Short
        } else if used < VERY_LONG_CALL {
            Self::Long
        } else {
            Self::VeryLong
        }
    }
}

impl LongOne {
    fn one_of(of: &Arc<AtomicUsize>) -> Self {
        of.fetch_add(1, Ordering::Relaxed);
        Self { of: Arc::clone(of) }
    }
}

impl Drop for LongOne {
    fn drop(&mut self) {
        self.of.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    fn number(&self) -> u64 {
        self.with(|state| {
            state.numbered = state.numbered.wrapping_add(1);
            state.numbered
        })
    }

    fn ask(self: &Arc<Self>, waiter: Waiter) -> oneshot::Receiver<Place> {
        let (give, asked) = oneshot::channel();
        self.with(|state| state.waiting.insert(waiter, give));
        self.give();
        asked
    }

    /// Gives free places to whoever waits.
    fn give(self: &Arc<Self>) {
        while let Some(next) = self.with(State::next) {
            // A call that ended in the meantime takes no place.
            if let Err(mut refused) = next.send(Place { places: Some(Arc::clone(self)) }) {
                refused.places = None;
                self.with(|state| state.free = state.free.saturating_add(1));
            }
        }
    }

    /// The lock is held for a few instructions and never while waiting.
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// The first call of the plugin whose turn it is, with a place taken for it.
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        let free = self.free.checked_sub(1)?;
        let next = Waiter { plugin: self.served.wrapping_add(1), length: Length::Short, call: 0 };
        let after = self.waiting.range(next..).next();
        let (&waiter, _) = after.or_else(|| self.waiting.first_key_value())?;
        self.free = free;
        self.served = waiter.plugin;
        self.waiting.remove(&waiter)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.places.take() {
            places.with(|state| state.free = state.free.saturating_add(1));
            places.give();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::{InTurns, Lane, LongCalls};
    use crate::limits::LONG_CALL;
    use crate::meter::Meter;

    /// A long call that computes in slices, as a guest does that is interrupted by ticks, and leaves a mark for each.
    fn compute(
        lane: &Lane,
        name: &'static str,
        slices: usize,
        marks: &Arc<Mutex<Vec<&'static str>>>,
    ) -> InTurns<impl Future<Output = ()> + use<>> {
        let (meter, marks) = (Meter::with_used(LONG_CALL), Arc::clone(marks));
        let interrupted = Arc::clone(&meter);
        lane.in_turns(meter, async move {
            for _ in 0..slices {
                marks.lock().unwrap().push(name);
                interrupted.interrupt();
                tokio::task::yield_now().await;
            }
        })
    }

    #[tokio::test]
    async fn turns_go_from_plugin_to_plugin_and_to_the_older_call_first() {
        let calls = LongCalls::with_places(1);
        let (first, second) = (calls.lane(), calls.lane());
        let marks = Arc::default();
        let (a, b) = (compute(&first, "1a", 3, &marks), compute(&first, "1b", 3, &marks));
        let c = compute(&second, "2", 3, &marks);
        tokio::join!(a, b, c);
        let marks = marks.lock().unwrap();
        // Whoever asks first goes first; from then on the order is that of age.
        let older = marks.iter().position(|mark| *mark == "1a").unwrap();
        let younger = marks.iter().skip(older).copied().filter(|mark| *mark != "2").collect::<String>();
        assert!(younger.starts_with("1a1a1a"), "{marks:?}");
        let last = marks.iter().rposition(|mark| *mark == "2").unwrap();
        assert!(last <= 6, "the second plugin waited for every call of the first: {marks:?}");
    }

    #[tokio::test]
    async fn a_short_call_goes_before_the_long_ones_of_its_plugin() {
        let calls = LongCalls::with_places(1);
        let lane = calls.lane();
        let marks = Arc::default();
        let mut long = Box::pin(compute(&lane, "long", usize::MAX, &marks));
        while marks.lock().unwrap().is_empty() {
            let _ = tokio::time::timeout(Duration::from_millis(1), long.as_mut()).await;
        }
        let before = marks.lock().unwrap().len();
        let short = lane.in_turns(Meter::new(), async {});
        tokio::select! {
            biased;
            () = long => unreachable!("it never ends"),
            () = short => {}
        }
        let turns = marks.lock().unwrap().len() - before;
        assert!(turns <= 2, "it came after {turns} turns");
    }

    /// One thread: whatever else it has to do comes after one slice, not after one of each call.
    #[tokio::test]
    async fn only_the_call_with_the_place_is_in_the_way() {
        let calls = LongCalls::with_places(1);
        let lane = calls.lane();
        let marks = Arc::default();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            tasks.spawn(compute(&lane, "x", usize::MAX, &marks));
        }
        while marks.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let before = marks.lock().unwrap().len();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let slices = marks.lock().unwrap().len() - before;
        assert!(slices <= 20, "{slices} slices of others for ten of its own");
    }

    #[tokio::test]
    async fn a_call_that_waits_for_the_site_holds_no_place() {
        let calls = LongCalls::with_places(1);
        let (first, second) = (calls.lane(), calls.lane());
        let marks = Arc::default();
        let waits = first.in_turns(Meter::with_used(LONG_CALL), std::future::pending::<()>());
        tokio::select! {
            () = waits => unreachable!("it is pending for ever"),
            () = compute(&second, "computes", 100, &marks) => {}
        }
    }

    #[tokio::test]
    async fn a_call_that_was_given_up_takes_no_place_with_it() {
        let calls = LongCalls::with_places(1);
        let lane = calls.lane();
        let marks = Arc::default();
        for wall_ms in [0, 1, 20] {
            let given_up: Vec<_> = (0..5).map(|_| compute(&lane, "x", usize::MAX, &marks)).collect();
            for call in given_up {
                assert!(tokio::time::timeout(Duration::from_millis(wall_ms), call).await.is_err());
            }
        }
        let marks = Arc::default();
        compute(&lane, "last", 3, &marks).await;
        assert_eq!(marks.lock().unwrap().len(), 3);
    }
}
