//! Sites ask each other for a sign of life: one plugin, three processes. `ping` sends a ping to many sites at once and
//! collects the pongs, `pong` answers, `ping_autostart` starts the first at intervals. Wire-compatible with the DSF's
//! ping-pong process 1.0; the aliases let its own models run on this code.
//!
//! Start with the models in `bpe/`; each handler here is one of their elements.

mod autostart;
mod names;
mod status;
mod targets;

use tessera_plugin_sdk::prelude::*;

use names::{CORRELATION_KEY, ENDPOINT_IDENTIFIER, ERROR_MESSAGE, PING, STATUS_CODE, TARGET_NOT_ALLOWED};
use status::{Report, Status};

#[plugin]
impl PingPong {
    /// Chooses the endpoints to ping: those found by the search in input `target-endpoints`, or all known ones.
    #[service_task(alias = "dev.dsf.bpe.service.SelectPingTargets")]
    fn select_ping_targets(ctx: &Context<'_>) -> Outcome {
        let targets = targets::select(ctx)?;
        info!(ctx, "ping targets selected", count = targets.len());
        ctx.set_targets(&targets)
    }

    /// Adds where the pong shall go.
    #[message_activity(alias = "dev.dsf.bpe.message.SendPing")]
    fn send_ping(ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> {
        let local = ctx.directory().local_endpoint()?;
        let kind = Coding::new(PING, ENDPOINT_IDENTIFIER);
        Ok(message.plan().input(Parameter::reference(kind, "Endpoint", naming::ENDPOINT, &local.identifier)))
    }

    /// Remembers why a ping was not delivered; the model decides what follows.
    #[message_activity(on_failed = send_ping)]
    fn ping_not_sent(ctx: &Context<'_>, _message: &Message, error: &DeliveryError) -> Result<Disposition> {
        ctx.set_local(STATUS_CODE, &Status::of_delivery(error).code())?;
        ctx.set_local(ERROR_MESSAGE, &error.reason())?;
        Ok(Disposition::Proceed)
    }

    /// Makes this site's branch wait for the pong that carries this site's key.
    #[execution_listener(on = start, alias = "dev.dsf.bpe.listener.SetCorrelationKeyListener")]
    fn set_correlation_key(ctx: &Context<'_>) -> Outcome {
        ctx.set_local(
            CORRELATION_KEY,
            &ctx.target()?.correlation_key.required("correlation key of the target")?,
        )
    }

    /// Notes that a pong came.
    #[service_task(alias = "dev.dsf.bpe.service.LogPong")]
    fn log_pong(ctx: &Context<'_>) -> Outcome {
        let target = ctx.target()?;
        info!(ctx, "pong received", organization = target.organization, endpoint = target.endpoint);
        status::note(ctx, &target, Status::PongReceived, None)
    }

    /// Notes that no pong came in time.
    #[service_task(alias = "dev.dsf.bpe.service.LogNoResponse")]
    fn log_no_response(ctx: &Context<'_>) -> Outcome {
        let target = ctx.target()?;
        warn!(ctx, "no pong", organization = target.organization, endpoint = target.endpoint);
        status::note(ctx, &target, Status::PongMissing, None)
    }

    /// Notes that the ping was not delivered, and why.
    #[service_task(alias = "dev.dsf.bpe.service.LogSendError")]
    fn log_send_error(ctx: &Context<'_>) -> Outcome {
        let target = ctx.target()?;
        let status = Status::from_code(&ctx.require::<String>(STATUS_CODE)?)?;
        let reason: Option<String> = ctx.get(ERROR_MESSAGE)?;
        let shown = reason.as_deref().unwrap_or("unknown");
        warn!(
            ctx,
            "ping not delivered",
            organization = target.organization,
            endpoint = target.endpoint,
            reason = shown
        );
        status::note(ctx, &target, status, reason.as_deref())
    }

    /// Writes one output per site to the Task that started the ping.
    #[service_task(alias = "dev.dsf.bpe.service.SaveResults")]
    fn save_results(ctx: &Context<'_>) -> Outcome {
        let mut targets = ctx.targets();
        targets.sort_by(|one, other| one.endpoint.cmp(&other.endpoint));
        for target in &targets {
            let report = status::noted(ctx, target)?;
            ctx.add_output(&report.output(names::PING_STATUS, target))?;
        }
        Ok(())
    }

    /// Says in the log who pinged.
    #[service_task(alias = "dev.dsf.bpe.service.LogPing")]
    fn log_ping(ctx: &Context<'_>) -> Outcome {
        let task = ctx.start_task()?;
        let endpoint = task.input_reference_identifier(PING, ENDPOINT_IDENTIFIER).unwrap_or("unknown");
        info!(ctx, "ping received", organization = task.requester()?, endpoint = endpoint);
        Ok(())
    }

    /// Finds the endpoint that the ping names, if it is one of the sender's and active.
    #[service_task(alias = "dev.dsf.bpe.service.SelectPongTarget")]
    fn select_pong_target(ctx: &Context<'_>) -> Outcome {
        let task = ctx.start_task()?;
        let sender = task.requester()?;
        let named = task
            .input_reference_identifier(PING, ENDPOINT_IDENTIFIER)
            .required("input endpoint-identifier")?;
        let endpoint = ctx
            .directory()
            .find_endpoint(named)?
            .filter(|endpoint| endpoint.organization.as_deref() == Some(sender))
            .or_bpmn_error(TARGET_NOT_ALLOWED, "the ping names no active endpoint of its sender")?;
        let key = task.correlation_key().required("input correlation-key")?;
        ctx.set_target(&Target::new(sender, endpoint.identifier, endpoint.address).with_correlation_key(key))
    }

    /// A pong carries nothing but the keys of its ping.
    #[message_activity(alias = "dev.dsf.bpe.message.SendPong")]
    fn send_pong(_ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> {
        Ok(message.plan())
    }

    /// Tells whoever reads the ping's Task why no pong went out. The instance fails.
    #[message_activity(on_failed = send_pong)]
    fn pong_not_sent(ctx: &Context<'_>, _message: &Message, error: &DeliveryError) -> Result<Disposition> {
        let report = Report { status: Status::of_delivery(error), reason: Some(error.reason()) };
        ctx.add_output(&report.output(names::PONG_STATUS, &ctx.target()?))?;
        Ok(Disposition::Default)
    }

    /// Tells whoever reads the ping's Task that the pong went out. Only after delivery is that true, hence no part of
    /// `send_pong`.
    #[execution_listener(on = end)]
    fn record_pong_sent(ctx: &Context<'_>) -> Outcome {
        let report = Report { status: Status::PongSend, reason: None };
        ctx.add_output(&report.output(names::PONG_STATUS, &ctx.target()?))
    }

    /// Points the start message at this site itself, and reads how often it shall be sent.
    #[service_task(alias = "dev.dsf.bpe.service.SetTargetAndConfigureTimer")]
    fn set_target_and_configure_timer(ctx: &Context<'_>) -> Outcome {
        autostart::configure(ctx)
    }

    /// Starts one ping: a conversation of its own, over the same endpoints as the autostart.
    #[message_activity(alias = "dev.dsf.bpe.message.SendStartPing")]
    fn send_start_ping(ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> {
        autostart::plan(ctx, message)
    }
}

#[cfg(test)]
mod tests;
