//! Pinging at intervals: a process that sends start messages to its own site.

use tessera_plugin_sdk::prelude::*;

use crate::names::{PING, TARGET_ENDPOINTS, TIMER_INTERVAL, TIMER_INTERVAL_VARIABLE};

/// Unless the start Task says otherwise: once a day.
const INTERVAL: &str = "PT24H";

/// Sets `target` to this site and `timerInterval` to what the start Task wants.
pub(crate) fn configure(ctx: &Context<'_>) -> Outcome {
    let organization = ctx.directory().local_organization()?;
    let endpoint = ctx.directory().local_endpoint()?;
    ctx.set_target(&Target::new(organization.identifier, endpoint.identifier, endpoint.address))?;
    let task = ctx.start_task()?;
    ctx.set(TIMER_INTERVAL_VARIABLE, &task.input_str(PING, TIMER_INTERVAL).unwrap_or(INTERVAL))
}

/// Every ping is a conversation of its own; the search for endpoints is handed on.
pub(crate) fn plan(ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> {
    let plan = message.plan().business_key(BusinessKey::Fresh);
    let task = ctx.start_task()?;
    Ok(match task.input_str(PING, TARGET_ENDPOINTS) {
        Some(query) => plan.input(Parameter::string(Coding::new(PING, TARGET_ENDPOINTS), query)),
        None => plan,
    })
}
