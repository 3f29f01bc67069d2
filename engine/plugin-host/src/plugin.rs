//! A compiled plugin, and one call of one of its handlers: a fresh store and instance, the right export, and the answer
//! in the core's words.

use std::sync::Arc;

use serde_json::Value;
use tessera_core::message::Target;
use tessera_core::plugin::{
    Call, CallOutcome, DeliveryError, Failure, FailureKind, Hook, ListenerEvent, MessageSpec, SendingElement,
    VariableScope, VariableWrite, Writes,
};
use tokio::sync::Semaphore;
use wasmtime::component::{InstancePre, Resource};
use wasmtime::{Store, UpdateDeadline};

use crate::bindings::exports::tessera::process::message_activity::{self, BusinessKey, Disposition};
use crate::bindings::exports::tessera::process::{execution_listener, service_task};
use crate::bindings::tessera::process::types as wit;
use crate::failure::{self, NotStarted};
use crate::interfaces::execution::{RunningActivity, broken_name_rule};
use crate::lane::Lane;
use crate::limits::{ERROR_CODE_BYTES_MAX, FAILURE_TEXT_BYTES, Limits};
use crate::manifest::{HandlerKind, Manifest};
use crate::meter::Meter;
use crate::package::Package;
use crate::sandbox::{LimitReached, PluginIdentity, Sandbox, shortened};
use crate::services::Services;
use crate::ticker::Ticker;
use crate::values;

/// A plugin that can be called. Cheap to share; all calls are independent of each other.
pub struct Plugin {
    identity: Arc<PluginIdentity>,
    manifest: Manifest,
    sha256: String,
    limits: Limits,
    ready: InstancePre<Sandbox>,
    exports: Exports,
    /// Places for calls of this plugin, and for those of all plugins of the host.
    own_turns: Semaphore,
    all_turns: Arc<Semaphore>,
    lane: Lane,
    ticker: Arc<Ticker>,
}

/// Why a package cannot become a plugin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not valid for this host's WebAssembly features and limits.
    #[error("the component does not compile: {0}")]
    Compile(String),
    /// The process that compiles did not come to an end within its limits.
    #[error(
        "compiling the component was stopped: {0}; a plugin that needs more is no ordinary plugin: ask its author"
    )]
    Limit(String),
    /// The process that compiles cannot be used.
    #[error("the component could not be compiled: {0}")]
    Compiler(String),
    /// It imports what this host does not offer.
    #[error("the component does not link: {0}; build it with the SDK of this release")]
    Link(String),
    /// The manifest promises more than the component has.
    #[error(
        "the manifest has a {kind} handler, but the component does not export `tessera:process/{kind}`: {reason}"
    )]
    MissingExport {
        /// As in the manifest.
        kind: &'static str,
        /// What the runtime says.
        reason: String,
    },
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Final, as the core takes it.
    Outcome(CallOutcome),
    /// `prepare` succeeded: the message is to be built from this.
    Plan(MessagePlan),
}

/// What `prepare` wants to be sent. All choices are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct MessagePlan {
    /// What the handler buffered.
    pub writes: Writes,
    /// The key that the message carries: the instance's own, a fresh one, or one that the handler chose.
    pub business_key: String,
    /// `Task.input` entries after the host's own.
    pub additional_inputs: Vec<Value>,
    /// The key that the message carries to tell branches apart.
    pub correlation_key: Option<String>,
    /// To whom. The address is what the plugin said: the sender resolves it again.
    pub target: Target,
}

/// The exports that this plugin has, looked up once.
struct Exports {
    service_task: Option<service_task::GuestIndices>,
    execution_listener: Option<execution_listener::GuestIndices>,
    message_activity: Option<message_activity::GuestIndices>,
}

/// How the guest's function returned.
enum Returned {
    Done(Result<(), wit::Failure>),
    /// With the target of the message's specification.
    Prepared(Box<Result<message_activity::MessagePlan, wit::Failure>>, Option<Target>),
    Disposed(Disposition),
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("identity", &self.identity)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl Plugin {
    pub(crate) fn new(
        package: &Package,
        ready: InstancePre<Sandbox>,
        limits: Limits,
        all_turns: Arc<Semaphore>,
        lane: Lane,
        ticker: Arc<Ticker>,
    ) -> Result<Self, LoadError> {
        let manifest = package.manifest().clone();
        let exports = Exports {
            service_task: export(&manifest, HandlerKind::ServiceTask, || {
                service_task::GuestIndices::new(&ready)
            })?,
            execution_listener: export(&manifest, HandlerKind::ExecutionListener, || {
                execution_listener::GuestIndices::new(&ready)
            })?,
            message_activity: export(&manifest, HandlerKind::MessageActivity, || {
                message_activity::GuestIndices::new(&ready)
            })?,
        };
        let identity = Arc::new(PluginIdentity {
            name: manifest.name.as_str().into(),
            version: manifest.version.as_str().into(),
        });
        Ok(Self {
            identity,
            manifest,
            sha256: package.sha256().to_owned(),
            own_turns: Semaphore::new(limits.concurrent_calls.clamp(1, Semaphore::MAX_PERMITS)),
            limits,
            ready,
            exports,
            all_turns,
            lane,
            ticker,
        })
    }

    /// What the plugin says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of its file, lowercase hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What one call may use: the operator's limits, lowered by the manifest.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Calls a handler and waits for its end, at most for the wall-clock limit. Dropping the future ends the call.
    ///
    /// Needs a tokio runtime with time. The guest gives the thread back at least once in a tick.
    pub async fn call(&self, call: Call, services: Arc<dyn Services>) -> Answer {
        let kind = HandlerKind::of(&call.hook);
        let Some(handler) = self.manifest.handler(&call.handler, kind) else {
            return Answer::failed(self.missing(&call.handler, kind));
        };
        let of =
            format!("handler {:?} of plugin {} {}", handler.name, self.identity.name, self.identity.version);

        // Waiting for a turn is not the plugin's fault: its clock starts afterwards.
        let _own_turn = self.own_turns.acquire().await.expect("the semaphore is never closed");
        let _turn = self.all_turns.acquire().await.expect("the semaphore is never closed");

        let Call { hook, execution, .. } = call;
        let _ticking = self.ticker.tick();
        let meter = Meter::new();
        let sandbox = Sandbox::new(
            Arc::clone(&self.identity),
            execution,
            services,
            self.limits.clone(),
            Arc::clone(&meter),
        );
        let mut store = Store::new(self.ready.engine(), sandbox);
        let run = self.lane.in_turns(meter, self.run(&mut store, &handler.name, hook));
        let returned = tokio::time::timeout(self.limits.wall, run).await;

        let sandbox = store.data_mut();
        sandbox.end_printed_lines();
        match returned {
            Ok(Ok(returned)) => sandbox.answer(&of, returned),
            Ok(Err(error)) => Answer::failed(failure::of_error(&of, &error, &mut sandbox.last_lines)),
            Err(_elapsed) => {
                let what = format!("was stopped: it did not end within {} ms", self.limits.wall.as_millis());
                let log = sandbox.last_lines.take();
                Answer::failed(failure::failure(FailureKind::WallLimit, &of, &what, log))
            }
        }
    }

    async fn run(&self, store: &mut Store<Sandbox>, handler: &str, hook: Hook) -> wasmtime::Result<Returned> {
        store.limiter(|sandbox| sandbox);
        store.set_hostcall_fuel(self.limits.host_call_bytes);
        store.set_max_component_handles(self.limits.handles);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            store.data().interrupt()?;
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        let instance = self.ready.instantiate_async(&mut *store).await;
        let instance = instance.map_err(|error| error.context(NotStarted))?;
        let activity = Resource::<RunningActivity>::new_own(0);
        let present = "checked when the plugin was loaded: its manifest has a handler of this kind";
        match hook {
            Hook::ServiceTask => {
                let guest =
                    self.exports.service_task.as_ref().expect(present).load(&mut *store, &instance)?;
                Ok(Returned::Done(guest.call_execute(store, activity, handler).await?))
            }
            Hook::Listener(event) => {
                let guest =
                    self.exports.execution_listener.as_ref().expect(present).load(&mut *store, &instance)?;
                Ok(Returned::Done(guest.call_notify(store, activity, handler, listener_event(event)).await?))
            }
            Hook::Prepare(spec) => {
                let guest =
                    self.exports.message_activity.as_ref().expect(present).load(&mut *store, &instance)?;
                let plan = guest.call_prepare(store, activity, handler, &message_spec(&spec)).await?;
                Ok(Returned::Prepared(Box::new(plan), spec.target))
            }
            Hook::Failed(spec, error) => {
                let guest =
                    self.exports.message_activity.as_ref().expect(present).load(&mut *store, &instance)?;
                let error = delivery_error(error);
                let spec = message_spec(&spec);
                Ok(Returned::Disposed(guest.call_failed(store, activity, handler, &spec, &error).await?))
            }
        }
    }

    fn missing(&self, name: &str, kind: HandlerKind) -> Failure {
        let of = format!("plugin {} {}", self.identity.name, self.identity.version);
        let what = if self.manifest.has_handler(name) {
            format!("has a handler {name:?}, but not of kind {}", kind.as_str())
        } else {
            format!("has no {} handler named {name:?}", kind.as_str())
        };
        failure::failure(FailureKind::HandlerMissing, &of, &what, Vec::new())
    }
}

impl Answer {
    fn failed(failure: Failure) -> Self {
        Self::Outcome(CallOutcome::Failed(failure))
    }
}

impl Sandbox {
    fn answer(&mut self, of: &str, returned: Returned) -> Answer {
        match returned {
            Returned::Done(Ok(())) | Returned::Disposed(Disposition::Proceed) => {
                Answer::Outcome(CallOutcome::Completed(self.take_writes()))
            }
            Returned::Disposed(Disposition::Default) => {
                Answer::Outcome(CallOutcome::DefaultDisposition(self.take_writes()))
            }
            Returned::Done(Err(failure)) | Returned::Disposed(Disposition::Fail(failure)) => {
                self.failed(of, failure)
            }
            Returned::Prepared(plan, target) => match *plan {
                Ok(plan) => match self.charge_plan(&plan) {
                    Ok(()) => match self.plan(plan, target) {
                        Ok(plan) => Answer::Plan(plan),
                        Err(reason) => self.unusable(of, &reason),
                    },
                    Err(limit) => self.stopped(of, &limit),
                },
                Err(failure) => self.failed(of, failure),
            },
        }
    }

    fn failed(&mut self, of: &str, failure: wit::Failure) -> Answer {
        match failure {
            wit::Failure::BpmnError(error) => self.bpmn_error(of, error),
            wit::Failure::Technical(error) => {
                let kind =
                    if self.mailbox_was_away { FailureKind::MailboxAway } else { FailureKind::Technical };
                Answer::failed(failure::of_technical(kind, &error, &mut self.last_lines))
            }
        }
    }

    fn bpmn_error(&mut self, of: &str, error: wit::BpmnError) -> Answer {
        let wit::BpmnError { code, message, variables } = error;
        if code.len() > ERROR_CODE_BYTES_MAX {
            let reason = format!("the code of its BPMN error is longer than {ERROR_CODE_BYTES_MAX} bytes");
            return self.unusable(of, &reason);
        }
        let message = shortened(&message, FAILURE_TEXT_BYTES).to_owned();
        let mut writes = self.take_writes();
        for wit::NamedValue { name, value } in variables {
            if let Err(limit) = self.charge_write(values::weight(&value)) {
                return self.stopped(of, &limit);
            }
            if let Some(rule) = broken_name_rule(&name) {
                return self.unusable(of, &format!("BPMN error {code:?}: {rule}"));
            }
            match values::from_guest(value) {
                Ok(value) => writes.variables.push(VariableWrite {
                    scope: VariableScope::Process,
                    name: name.into(),
                    value: Some(Arc::new(value)),
                }),
                Err(reason) => {
                    return self.unusable(of, &format!("variable {name:?} of BPMN error {code:?}: {reason}"));
                }
            }
        }
        Answer::Outcome(CallOutcome::BpmnError { code, message, writes })
    }

    fn plan(
        &mut self,
        plan: message_activity::MessagePlan,
        given: Option<Target>,
    ) -> Result<MessagePlan, String> {
        let target = plan
            .target
            .map(values::target_from_guest)
            .or(given)
            .ok_or("there is no target: set the variable `target` before, or return one in the plan")?;
        let business_key = match plan.business_key {
            BusinessKey::Same => self.execution.business_key.as_ref().into(),
            BusinessKey::Fresh => self.fresh_key(),
            BusinessKey::Alternative => self
                .alternative_business_key()
                .ok_or("the alternative business key is wanted, but none was set")?,
            BusinessKey::Explicit(key) if key.is_empty() => return Err("the business key is empty".into()),
            BusinessKey::Explicit(key) => key,
        };
        let additional_inputs = plan
            .additional_inputs
            .into_iter()
            .map(values::task_parameter)
            .collect::<Result<_, _>>()
            .map_err(|reason| format!("additional input: {reason}"))?;
        let correlation_key = plan.correlation_key.or_else(|| target.correlation_key.clone());
        Ok(MessagePlan {
            writes: self.take_writes(),
            business_key,
            additional_inputs,
            correlation_key,
            target,
        })
    }

    fn charge_plan(&mut self, plan: &message_activity::MessagePlan) -> Result<(), LimitReached> {
        let inputs = plan.additional_inputs.iter().map(values::task_parameter_weight);
        let key = match &plan.business_key {
            BusinessKey::Same | BusinessKey::Fresh | BusinessKey::Alternative => 0,
            BusinessKey::Explicit(key) => key.len(),
        };
        let correlation = plan.correlation_key.as_ref().map_or(0, String::len);
        self.charge_write(inputs.chain([key, correlation]).fold(0, usize::saturating_add))
    }

    /// The guest returned more than it may.
    fn stopped(&mut self, of: &str, limit: &LimitReached) -> Answer {
        let what = format!("was stopped: {}", limit.message);
        Answer::failed(failure::failure(limit.kind, of, &what, self.last_lines.take()))
    }

    /// The guest returned something that cannot be stored or sent.
    fn unusable(&mut self, of: &str, reason: &str) -> Answer {
        let what = format!("returned an unusable answer: {reason}");
        Answer::failed(failure::failure(FailureKind::PluginBug, of, &what, self.last_lines.take()))
    }
}

fn export<T>(
    manifest: &Manifest,
    kind: HandlerKind,
    look_up: impl FnOnce() -> wasmtime::Result<T>,
) -> Result<Option<T>, LoadError> {
    if !manifest.handlers.iter().any(|handler| handler.kind == kind) {
        return Ok(None);
    }
    match look_up() {
        Ok(indices) => Ok(Some(indices)),
        Err(error) => Err(LoadError::MissingExport { kind: kind.as_str(), reason: format!("{error:#}") }),
    }
}

fn listener_event(event: ListenerEvent) -> execution_listener::Event {
    match event {
        ListenerEvent::Start => execution_listener::Event::Start,
        ListenerEvent::End => execution_listener::Event::End,
        ListenerEvent::Take => execution_listener::Event::Take,
    }
}

fn message_spec(spec: &MessageSpec) -> message_activity::MessageSpec {
    message_activity::MessageSpec {
        element: match spec.element {
            SendingElement::SendTask => message_activity::Element::SendTask,
            SendingElement::ThrowEvent => message_activity::Element::ThrowEvent,
            SendingElement::EndEvent => message_activity::Element::EndEvent,
        },
        instantiates_canonical: spec.instantiates_canonical.clone(),
        message_name: spec.message_name.clone(),
        profile: spec.profile.clone(),
        target: spec.target.clone().map(values::target_to_guest),
        more: Vec::new(),
    }
}

fn delivery_error(error: DeliveryError) -> message_activity::DeliveryError {
    match error {
        DeliveryError::Refused { status, reason } => {
            message_activity::DeliveryError::Refused(message_activity::Refusal { status, reason })
        }
        DeliveryError::Unreachable { reason } => message_activity::DeliveryError::Unreachable(reason),
    }
}
