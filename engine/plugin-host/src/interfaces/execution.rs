//! `tessera:process/execution`: the running activity. Reads come from the call's snapshot, writes are buffered.
#![allow(unreachable_pub, reason = "the generated bindings re-export the handle types")]

use std::sync::Arc;

use serde_json::Value;
use tessera_core::plugin::{VariableScope, VariableWrite};
use wasmtime::component::Resource;

use crate::bindings::tessera::process::execution::{
    ActivityInfo, Host, HostExecution, ProcessInfo, Scope, TaskParameter,
};
use crate::bindings::tessera::process::types::{self, HostError, NamedValue, ResourceJson, Target};
use crate::limits::VARIABLE_NAME_BYTES_MAX;
use crate::sandbox::{LimitReached, Sandbox};
use crate::values;

/// The handle that a handler borrows. There is one per call, so that it carries nothing: the call's data are in the
/// [`Sandbox`].
pub struct RunningActivity;

type Written = wasmtime::Result<Result<(), HostError>>;

impl types::Host for Sandbox {}
impl Host for Sandbox {}

impl HostExecution for Sandbox {
    fn instance_id(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<String> {
        Ok(self.execution.instance_id.as_ref().into())
    }

    fn business_key(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<String> {
        Ok(self.execution.business_key.as_ref().into())
    }

    fn set_alternative_business_key(&mut self, _: Resource<RunningActivity>, key: String) -> Written {
        if key.is_empty() {
            return Ok(invalid("an alternative business key must not be empty".into()));
        }
        self.write_alternative_business_key(key)?;
        Ok(Ok(()))
    }

    fn process(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<ProcessInfo> {
        Ok(ProcessInfo {
            plugin: self.plugin.name.as_ref().into(),
            plugin_version: self.plugin.version.as_ref().into(),
            process_id: self.execution.process_id.as_ref().into(),
            process_version: self.execution.process_version.as_ref().into(),
            definition_id: self.execution.definition_id.as_ref().into(),
            more: Vec::new(),
        })
    }

    fn activity(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<ActivityInfo> {
        let execution = &self.execution;
        Ok(ActivityInfo {
            activity_id: execution.activity_id.as_ref().into(),
            activity_name: execution.activity_name.as_deref().map(Into::into),
            activity_instance_id: execution.activity_instance_id.as_ref().into(),
            fields: execution.fields.iter().map(|(name, value)| values::named(name, value)).collect(),
            attempt: execution.attempt,
            loop_counter: execution.loop_counter,
            more: Vec::new(),
        })
    }

    fn idempotency_key(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<String> {
        Ok(self.execution.idempotency_key.clone())
    }

    fn fresh_key(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<String> {
        Ok(Self::fresh_key(self))
    }

    fn now(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<u64> {
        Ok(self.execution.now.0)
    }

    fn get(&mut self, _: Resource<RunningActivity>, name: String) -> wasmtime::Result<Option<types::Value>> {
        Ok(self.variable(&name).map(|value| values::to_guest(value)))
    }

    fn get_local(
        &mut self,
        _: Resource<RunningActivity>,
        name: String,
    ) -> wasmtime::Result<Option<types::Value>> {
        Ok(self.local_variable(&name).map(|value| values::to_guest(value)))
    }

    fn get_many(
        &mut self,
        _: Resource<RunningActivity>,
        names: Option<Vec<String>>,
    ) -> wasmtime::Result<Vec<NamedValue>> {
        let names = match names {
            Some(names) => names.into_iter().map(Arc::from).collect(),
            None => self.variable_names(),
        };
        let (mut variables, mut bytes) = (Vec::new(), 0_usize);
        for name in names {
            let Some(value) = self.variable(&name) else { continue };
            let variable = values::named(&name, value);
            bytes = bytes
                .saturating_add(size_of::<NamedValue>())
                .saturating_add(name.len())
                .saturating_add(values::guest_bytes(&variable.value));
            self.check_answer(bytes)?;
            variables.push(variable);
        }
        Ok(variables)
    }

    fn set(&mut self, _: Resource<RunningActivity>, scope: Scope, variables: Vec<NamedValue>) -> Written {
        // All or nothing: a handler that swallows the error must not commit half of it.
        let mut writes = Vec::with_capacity(variables.len());
        for NamedValue { name, value } in variables {
            if let Some(rule) = broken_name_rule(&name) {
                return Ok(invalid(rule));
            }
            self.charge_write(values::weight(&value))?;
            match values::from_guest(value) {
                Ok(value) => writes.push(write(scope, &name, Some(value))),
                Err(reason) => return Ok(invalid(format!("variable {name:?}: {reason}"))),
            }
        }
        for write in writes {
            self.write_variable(write)?;
        }
        Ok(Ok(()))
    }

    fn unset(&mut self, _: Resource<RunningActivity>, scope: Scope, names: Vec<String>) -> Written {
        if let Some(rule) = names.iter().find_map(|name| broken_name_rule(name)) {
            return Ok(invalid(rule));
        }
        for name in names {
            self.write_variable(write(scope, &name, None))?;
        }
        Ok(Ok(()))
    }

    fn target(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<Option<Target>> {
        let target = self.variable("target").and_then(|value| values::target_of_variable(value));
        Ok(target.map(values::target_to_guest))
    }

    fn set_target(&mut self, _: Resource<RunningActivity>, scope: Scope, target: Option<Target>) -> Written {
        let target = target.map(|target| values::target_variable(&values::target_from_guest(target)));
        self.write_known("target", scope, target)?;
        Ok(Ok(()))
    }

    fn targets(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<Vec<Target>> {
        let targets =
            self.variable("targets").map(|value| values::targets_of_variable(value)).unwrap_or_default();
        Ok(targets.into_iter().map(values::target_to_guest).collect())
    }

    fn set_targets(&mut self, _: Resource<RunningActivity>, scope: Scope, targets: Vec<Target>) -> Written {
        let targets: Vec<_> = targets.into_iter().map(values::target_from_guest).collect();
        self.write_known("targets", scope, Some(values::targets_variable(&targets)))?;
        Ok(Ok(()))
    }

    fn start_task(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<Option<ResourceJson>> {
        Ok(self.execution.start_message.as_ref().map(|task| values::resource(task)))
    }

    fn latest_task(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<Option<ResourceJson>> {
        let latest = self.execution.messages.last().or(self.execution.start_message.as_ref());
        Ok(latest.map(|task| values::resource(task)))
    }

    fn tasks(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<Vec<ResourceJson>> {
        let (mut tasks, mut bytes) = (Vec::new(), 0_usize);
        for task in &self.execution.messages {
            let task = values::resource(task);
            bytes = bytes.saturating_add(task.json.len());
            self.check_answer(bytes)?;
            tasks.push(task);
        }
        Ok(tasks)
    }

    fn add_output(&mut self, _: Resource<RunningActivity>, output: TaskParameter) -> Written {
        self.charge_write(values::task_parameter_weight(&output))?;
        match values::task_parameter(output) {
            Ok(output) => self.write_output(output),
            Err(reason) => return Ok(invalid(format!("output: {reason}"))),
        }
        Ok(Ok(()))
    }

    fn drop(&mut self, _: Resource<RunningActivity>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl Sandbox {
    fn write_known(&mut self, name: &str, scope: Scope, value: Option<Value>) -> Result<(), LimitReached> {
        self.charge_write(value.as_ref().map_or(0, |value| values::json_weight(&value.to_string())))?;
        self.write_variable(write(scope, name, value))
    }
}

fn write(scope: Scope, name: &str, value: Option<Value>) -> VariableWrite {
    let scope = match scope {
        Scope::Process => VariableScope::Process,
        Scope::Local => VariableScope::Local,
    };
    VariableWrite { scope, name: name.into(), value: value.map(Arc::new) }
}

pub(crate) fn broken_name_rule(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("a variable must have a name".into());
    }
    (name.len() > VARIABLE_NAME_BYTES_MAX).then(|| {
        let start = crate::sandbox::shortened(name, 40);
        format!("variable name {start:?}... is longer than {VARIABLE_NAME_BYTES_MAX} bytes")
    })
}

fn invalid(reason: String) -> Result<(), HostError> {
    Err(HostError::Invalid(reason))
}
