//! What a handler may see and do. Reads come from the host as of the call; writes are buffered there and committed
//! together with the step, or not at all.

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(target_arch = "wasm32")]
use crate::host::Host;
use crate::host::{ActivityInfo, FieldValue, HostRef, NamedValue, ProcessInfo, ResourceJson, Scope};
use crate::{Error, Level, Outcome, Parameter, Result, Target, Task, log, value};

/// The running activity.
///
/// ```
/// use tessera_plugin_sdk::{Context, Outcome};
///
/// fn count(ctx: &Context<'_>) -> Outcome {
///     let seen: u32 = ctx.get("seen")?.unwrap_or(0);
///     ctx.set("seen", &(seen + 1))
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub(crate) host: HostRef<'a>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(host: HostRef<'a>) -> Self {
        Self { host }
    }

    /// Id of the process instance.
    pub fn instance_id(&self) -> String {
        self.host.instance_id()
    }

    /// Names the conversation; partners see it.
    pub fn business_key(&self) -> String {
        self.host.business_key()
    }

    /// A second key under which partners reach this instance, see [`crate::BusinessKey::Alternative`].
    pub fn set_alternative_business_key(&self, key: &str) -> Outcome {
        Ok(self.host.set_alternative_business_key(key)?)
    }

    /// The process and the plugin.
    pub fn process(&self) -> ProcessInfo {
        self.host.process()
    }

    /// The activity, its fields and its attempt.
    pub fn activity(&self) -> ActivityInfo {
        self.host.activity()
    }

    /// A field that the model injects (`camunda:field`).
    pub fn field<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let field = self.host.activity().fields.into_iter().find(|field| field.name == name);
        field.map(|field| value::read(name, field.value)).transpose()
    }

    /// Stable across retries of this activity: give it to services that can recognise a repetition.
    pub fn idempotency_key(&self) -> String {
        self.host.idempotency_key()
    }

    /// A UUID nobody has used. On a retry the same calls give the same keys.
    pub fn fresh_key(&self) -> String {
        self.host.fresh_key()
    }

    /// The engine's time in milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> u64 {
        self.host.now_ms()
    }

    /// A variable, from the nearest scope that has it.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        self.host.variable(name).map(|value| value::read(name, value)).transpose()
    }

    /// A variable of the activity's own scope.
    pub fn get_local<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        self.host.local_variable(name).map(|value| value::read(name, value)).transpose()
    }

    /// A variable the handler cannot go on without.
    pub fn require<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.get(name)?.ok_or_else(|| Error::missing(format_args!("variable '{name}'")))
    }

    /// Sets a variable where it is: in the nearest scope that holds one of that name, else in the process instance.
    pub fn set(&self, name: &str, value: &impl Serialize) -> Outcome {
        self.write(Scope::Process, name, value)
    }

    /// Sets a variable of the nearest enclosing scope: multi-instance iteration, sub-process, or process.
    pub fn set_local(&self, name: &str, value: &impl Serialize) -> Outcome {
        self.write(Scope::Local, name, value)
    }

    /// Removes a variable from the nearest scope that holds it.
    pub fn unset(&self, name: &str) -> Outcome {
        Ok(self.host.unset_variables(Scope::Process, &[name.to_owned()])?)
    }

    /// Removes a variable of the nearest enclosing scope.
    pub fn unset_local(&self, name: &str) -> Outcome {
        Ok(self.host.unset_variables(Scope::Local, &[name.to_owned()])?)
    }

    /// Variable `target`: the partner of this scope.
    pub fn target(&self) -> Result<Target> {
        self.host.target().ok_or_else(|| Error::missing("variable 'target'"))
    }

    /// Sets `target`, in the iteration or subprocess that has one of its own, else for the process instance.
    pub fn set_target(&self, target: &Target) -> Outcome {
        Ok(self.host.set_target(Scope::Process, Some(target))?)
    }

    /// Variable `targets`: the partners of the process instance.
    pub fn targets(&self) -> Vec<Target> {
        self.host.targets()
    }

    /// Sets `targets`; a multi-instance activity over `${targets.entries}` then runs once for each.
    pub fn set_targets(&self, targets: &[Target]) -> Outcome {
        Ok(self.host.set_targets(Scope::Process, targets)?)
    }

    /// The Task that started the instance.
    pub fn start_task(&self) -> Result<Task> {
        self.host
            .start_task()
            .ok_or_else(|| Error::missing("the start Task"))
            .and_then(|task| read_task(&task))
    }

    /// The Task received last.
    pub fn latest_task(&self) -> Result<Task> {
        self.host
            .latest_task()
            .ok_or_else(|| Error::missing("a received Task"))
            .and_then(|task| read_task(&task))
    }

    /// All received Tasks, oldest first.
    pub fn tasks(&self) -> Result<Vec<Task>> {
        self.host.tasks().iter().map(read_task).collect()
    }

    /// Adds an output to the Task that started the instance.
    pub fn add_output(&self, output: &Parameter) -> Outcome {
        Ok(self.host.add_output(output)?)
    }

    /// Whether a log level is on.
    pub fn logs(&self, level: Level) -> bool {
        self.host.log_enabled(level)
    }

    /// Writes a log line; usually through [`crate::info!`] and its siblings.
    pub fn log(&self, level: Level, module: &str, message: &str, fields: Vec<(&str, FieldValue)>) {
        self.host.log(level, module, message, &log::fields(fields));
    }

    /// Writes to the data log, which an operator switches on where patient data may be seen.
    pub fn log_sensitive(&self, message: &str, payload: &impl Serialize) -> Outcome {
        self.host.log_sensitive(message, &serde_json::to_string(payload)?);
        Ok(())
    }

    fn write(&self, scope: Scope, name: &str, value: &impl Serialize) -> Outcome {
        let variable = NamedValue { name: name.to_owned(), value: value::write(name, value)? };
        Ok(self.host.set_variables(scope, &[variable])?)
    }
}

fn read_task(resource: &ResourceJson) -> Result<Task> {
    Task::from_json(&resource.json)
}
