//! Pumps the driver: one thread that hands it events and does what its actions say.
//!
//! All deciding happens in `tessera-core`; all waiting happens elsewhere (the committer's thread, the tokio runtime).
//! Loads are answered at once from the embedded store. Nothing is performed or replied before the driver says so,
//! and it says so only after the commit.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tessera_core::driver::{Acceptance, Action, Command, Driver, Event, Read, Reply, Rows, Settings, Ticket};
use tessera_core::entropy::Entropy;
use tessera_core::identity::Incarnation;
use tessera_core::message::Message;
use tessera_store::{Committer, Store};
use tokio::sync::oneshot;

use crate::clock;
use crate::engine::perform::Performer;
use crate::failure::Alarm;

/// What the rest of the node hands to the pump.
enum Input {
    Event(Event),
    Ask { ask: Ask, reply: oneshot::Sender<Reply> },
    Stop,
}

/// Questions that carry a ticket.
enum Ask {
    Message(Message),
    InProgress(Message),
    Command(Command),
}

/// How recovery ended: the incarnation of the opened store, or why the store cannot be used.
pub type Recovery = Result<Incarnation, String>;

/// The way into a running engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inputs: Sender<Input>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Offers a message of the own mailbox in status `requested`. It is queued when this returns, so that messages
    /// reach the driver in the order of the calls.
    pub fn message(&self, message: Message) -> impl Future<Output = Acceptance> + Send + use<> {
        acceptance(self.ask(Ask::Message(message)))
    }

    /// Tells of a message that the mailbox shows as `in-progress`.
    pub fn in_progress(&self, message: Message) -> impl Future<Output = Acceptance> + Send + use<> {
        acceptance(self.ask(Ask::InProgress(message)))
    }

    /// Asks something of the site.
    pub fn command(&self, command: Command) -> impl Future<Output = Reply> + Send + use<> {
        self.ask(Ask::Command(command))
    }

    /// Tells the driver that something happened. Nothing is lost if the engine has stopped: it starts from its store.
    pub fn tell(&self, event: Event) {
        let _ = self.inputs.send(Input::Event(event));
    }

    fn ask(&self, ask: Ask) -> impl Future<Output = Reply> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        // A stopped engine drops the question, which ends the wait for its answer.
        let _ = self.inputs.send(Input::Ask { ask, reply });
        async { answer.await.unwrap_or(Reply::Busy) }
    }
}

async fn acceptance(reply: impl Future<Output = Reply>) -> Acceptance {
    if let Reply::Message(acceptance) = reply.await { acceptance } else { Acceptance::Busy }
}

/// The pump's thread. Dropping it without [`stop`](Self::stop) leaves the thread to end by itself.
#[derive(Debug)]
pub struct Pump {
    engine: Engine,
    thread: JoinHandle<()>,
}

impl Pump {
    /// Starts the thread. The first event must be [`Event::Start`]; `ready` is told when recovery is over.
    pub fn start(
        settings: Settings,
        store: Arc<dyn Store>,
        committer: Arc<Committer>,
        performer: impl FnOnce(Engine) -> Performer,
        ready: oneshot::Sender<Recovery>,
        alarm: Alarm,
    ) -> std::io::Result<Self> {
        let (inputs, received) = channel();
        let engine = Engine { inputs };
        let machine = Machine {
            driver: Driver::new(settings),
            entropy: clock::entropy(),
            store,
            committer,
            performer: performer(engine.clone()),
            engine: engine.clone(),
            waiting: BTreeMap::new(),
            next_ticket: 0,
            events: VecDeque::new(),
            ready: Some(ready),
            halted: false,
        };
        let thread = std::thread::Builder::new()
            .name("tessera-engine".to_owned())
            .spawn(move || machine.run(&received, &alarm))?;
        Ok(Self { engine, thread })
    }

    /// The way in.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Stops taking events and waits for the thread. What was committed is on disk; the rest was never acknowledged.
    pub fn stop(self) {
        let _ = self.engine.inputs.send(Input::Stop);
        if self.thread.join().is_err() {
            tracing::error!("the engine's thread panicked");
        }
    }
}

struct Machine {
    driver: Driver,
    entropy: Box<dyn Entropy + Send>,
    store: Arc<dyn Store>,
    committer: Arc<Committer>,
    performer: Performer,
    engine: Engine,
    waiting: BTreeMap<Ticket, oneshot::Sender<Reply>>,
    next_ticket: u64,
    events: VecDeque<Event>,
    ready: Option<oneshot::Sender<Recovery>>,
    halted: bool,
}

impl Machine {
    /// Until it is told to stop. A panic is a bug in deciding code, and its state is not to be trusted any more.
    fn run(mut self, inputs: &Receiver<Input>, alarm: &Alarm) {
        if catch_unwind(AssertUnwindSafe(|| self.pump(inputs))).is_err() {
            alarm.raise("the engine panicked; please report the log of this site as a bug");
        }
        self.performer.stop();
    }

    fn pump(&mut self, inputs: &Receiver<Input>) {
        let mut actions = Vec::new();
        while !self.halted {
            let Some(event) = self.next(inputs) else { break };
            self.driver.handle(clock::now(), event, &mut *self.entropy, &mut actions);
            for action in actions.drain(..) {
                self.act(action);
            }
        }
    }

    /// The next event: one that an action caused, else one from outside, else a due tick.
    fn next(&mut self, inputs: &Receiver<Input>) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        let input = match self.driver.next_wakeup() {
            None => inputs.recv().ok()?,
            Some(due) => {
                let wait = Duration::from_millis(due.0.saturating_sub(clock::now().0));
                match inputs.recv_timeout(wait) {
                    Ok(input) => input,
                    Err(RecvTimeoutError::Timeout) => return Some(Event::Tick),
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        };
        match input {
            Input::Event(event) => Some(event),
            Input::Ask { ask, reply } => {
                let ticket = Ticket(self.next_ticket);
                self.next_ticket += 1;
                self.waiting.insert(ticket, reply);
                Some(match ask {
                    Ask::Message(message) => Event::Message { ticket, message },
                    Ask::InProgress(message) => Event::InProgress { ticket, message },
                    Ask::Command(command) => Event::Command { ticket, command },
                })
            }
            Input::Stop => None,
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Load { load, reads } => {
                let result: Result<Vec<Rows>, String> = reads.iter().map(|read| self.read(read)).collect();
                if let Err(reason) = &result {
                    // The shard reads again in a second, and answers "busy" until then.
                    tracing::error!(
                        reason,
                        "the store cannot be read; if this goes on, restore it from a backup"
                    );
                }
                self.events.push_back(Event::Loaded { load, result });
            }
            Action::Commit { commit, batch } => {
                let engine = self.engine.clone();
                let on_done = move |outcome| engine.tell(Event::Committed { commit, outcome });
                self.committer.submit(batch, Box::new(on_done));
            }
            Action::Perform { effect, work } => self.performer.perform(effect, work),
            Action::Abandon { effect } => self.performer.abandon(&effect),
            Action::Reply { ticket, reply } => {
                if let Some(waiting) = self.waiting.remove(&ticket) {
                    // Whoever asked may have gone; the decision stands.
                    let _ = waiting.send(reply);
                }
            }
            Action::Ready { incarnation } => self.recovered(Ok(incarnation)),
            Action::Halt { reason } => {
                tracing::error!(reason, "the engine stops");
                self.halted = true;
                self.recovered(Err(reason));
            }
        }
    }

    fn recovered(&mut self, recovery: Recovery) {
        if let Some(ready) = self.ready.take() {
            // Whoever started the site may have given up.
            let _ = ready.send(recovery);
        }
    }

    fn read(&self, read: &Read) -> Result<Rows, String> {
        let rows = match read {
            Read::Get { key } => self
                .store
                .get(key)
                .map(|value| value.map(|value| (key.clone(), value)).into_iter().collect::<Rows>()),
            Read::Range { from, to, limit } => self.store.range(from, to, *limit),
        };
        rows.map_err(|error| error.to_string())
    }
}
