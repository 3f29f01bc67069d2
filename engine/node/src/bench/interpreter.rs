//! The interpreter alone: start, three service tasks that are answered at once, exclusive gateway, end. Variables and facts
//! included; nothing is stored, nothing waits.

use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use tessera_core::effect::{Effect, Outcome};
use tessera_core::identity::{InstanceId, Timestamp};
use tessera_core::instance::{Input, Instance, Start, Status, handle};
use tessera_core::plugin::{CallOutcome, VariableScope, VariableWrite, Writes};

use crate::bench::harness::Plugins;
use crate::bench::report::rate;
use crate::commands::Failure;

pub(super) fn instances_per_s(plugins: &Plugins, instances: usize) -> Result<u64, Failure> {
    let definition = plugins
        .definition("tesseradev_threeTasks")
        .ok_or_else(|| Failure::CouldNotRun("the benchmark plugin lacks its process".to_owned()))?;
    let failed =
        |what: &dyn std::fmt::Debug| Failure::CouldNotRun(format!("the benchmark's process fails: {what:?}"));
    let counts: Vec<_> = (1..=3).map(|count| Arc::new(json!(count))).collect();
    let name: Arc<str> = "count".into();
    let start_event: Arc<str> = "start".into();
    let id: Arc<str> = "bench".into();
    let start = Instant::now();
    for _ in 0..instances {
        let mut instance = Instance::empty();
        let input = Input::Start(Box::new(Start {
            definition: definition.key.clone(),
            id: InstanceId(Arc::clone(&id)),
            business_key: Arc::clone(&id),
            at: Arc::clone(&start_event),
            variables: Vec::new(),
            message: None,
            before: Vec::new(),
            caller: None,
        }));
        handle(&mut instance, &definition.program, Timestamp(0), input)
            .map_err(|refused| failed(&refused))?;
        for count in &counts {
            let next = instance.effects().find_map(|(sequence, effect)| {
                matches!(effect.as_ref(), Effect::Call { .. }).then_some(sequence)
            });
            let effect = next.ok_or_else(|| failed(&instance.status()))?;
            let write = VariableWrite {
                scope: VariableScope::Process,
                name: Arc::clone(&name),
                value: Some(Arc::clone(count)),
            };
            let writes = Writes { variables: vec![write], ..Writes::default() };
            let outcome = Outcome::Call(CallOutcome::Completed(writes));
            handle(&mut instance, &definition.program, Timestamp(0), Input::Settled { effect, outcome })
                .map_err(|refused| failed(&refused))?;
        }
        if instance.status() != Status::Completed {
            return Err(failed(&instance.status()));
        }
    }
    Ok(rate(instances, start.elapsed()))
}
