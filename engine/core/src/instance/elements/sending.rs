//! Sending a message: what send tasks, message throw events and message end events have in common. The message is shaped
//! (by a handler, or plainly), committed, delivered; only then the token moves. What did not arrive is the handler's
//! decision, else a BPMN error if the model catches it, else an incident.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{Kind, Send, Throw};
use tessera_bpmn::expression::Scope;

use super::multiple_throw::thrown;
use super::{misplaced, multi_instance, pass};
use crate::effect::Effect;
use crate::identity::NodeKey;
use crate::instance::fact::Fact;
use crate::instance::occurrence::{Next, Occasion, Occurrence, Row, Trouble};
use crate::instance::state::{State, Status};
use crate::instance::step::{At, Step};
use crate::instance::variables::{View, ancestor_keys};
use crate::instance::{calls, errors, incident};
use crate::message::Target;
use crate::plugin::{DeliveryError, Hook, MessageSpec, SendingElement};

pub(super) const ROWS: &[Row] = &[
    Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Preparing)], act: prepare },
    Row {
        from: State::Preparing,
        on: Occasion::Prepared,
        to: &[Next::Stay(State::Delivering)],
        act: deliver,
    },
    Row { from: State::Delivering, on: Occasion::Delivered, to: &[Next::DONE], act: pass },
    Row {
        from: State::Delivering,
        on: Occasion::NotDelivered,
        to: &[Next::Stay(State::Consulting), Next::Gone],
        act: react,
    },
    Row { from: State::Consulting, on: Occasion::Answered, to: &[Next::DONE], act: pass },
    Row { from: State::Consulting, on: Occasion::LeftToDefault, to: &[Next::Gone], act: give_up },
];

/// Error codes that a message without a handler throws.
const REFUSED: &str = "message-refused";
const UNREACHABLE: &str = "message-unreachable";

const TARGET: &str = "target";
const TARGETS: &str = "targets";
const ADDRESS: [&str; 3] = ["organizationIdentifierValue", "endpointIdentifierValue", "endpointUrl"];
const INSTANTIATES_CANONICAL: &str = "instantiatesCanonical";
const MESSAGE_NAME: &str = "messageName";
const PROFILE: &str = "profile";

fn prepare(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some((_, send)) = sent_by(step, at) else { return Err(misplaced(at)) };
    let spec = specify(step, at, None)?;
    queue(step, at, send, Hook::Prepare(spec))?;
    Ok(Next::Stay(State::Preparing))
}

fn deliver(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let Occurrence::Prepared(message) = occurrence else { return Err(misplaced(at)) };
    let (document, target) = *message;
    step.queue(Effect::Deliver { node: at.node, target, document });
    Ok(Next::Stay(State::Delivering))
}

fn react(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let Occurrence::NotDelivered(failed) = occurrence else { return Err(misplaced(at)) };
    let (error, target) = *failed;
    let Some((_, send)) = sent_by(step, at) else { return Err(misplaced(at)) };
    if send.handler.is_some() {
        let spec = specify(step, at, Some(target))?;
        queue(step, at, send, Hook::Failed(spec, error))?;
        return Ok(Next::Stay(State::Consulting));
    }
    let (bpmn_error, code) = match &error {
        DeliveryError::Refused { .. } => (REFUSED, &incident::MESSAGE_REFUSED),
        DeliveryError::Unreachable { .. } => (UNREACHABLE, &incident::MESSAGE_UNREACHABLE),
    };
    let text = describe(&error);
    if errors::is_caught(step, at.node, bpmn_error) {
        errors::raise(step, at.node, bpmn_error, &text)?;
        return Ok(Next::Gone);
    }
    // A retry shapes the message anew: the delivery of the old one is over for good.
    let spec = specify(step, at, None)?;
    let again = call(step, at, send, Hook::Prepare(spec))?;
    let message = format!("to {} ({}): {text}", target.organization, target.address);
    step.emit(Fact::NodeAdvanced { node: at.node, state: State::Preparing });
    step.open_incident(at.node, Trouble::new(code, message), Some(Arc::new(again)));
    Ok(Next::Gone)
}

/// What the engine does when a handler has no opinion: an iteration ends with its target, an instance fails.
fn give_up(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let target = target(&View::of(step, at.node)).ok().flatten();
    let is_iteration = |key: &NodeKey| {
        let role = step.instance.node(*key).map(|node| node.role);
        matches!(role, Some(crate::instance::state::Role::Iteration(_)))
    };
    let iteration = ancestor_keys(step.instance, at.node).find(is_iteration);
    if let Some(iteration) = iteration {
        drop_target(step, target.as_ref());
        multi_instance::abandon(step, iteration);
        return Ok(Next::Gone);
    }
    let spec = specify(step, at, None)?;
    let target = target.unwrap_or_else(|| Target {
        organization: String::new(),
        endpoint: String::new(),
        address: String::new(),
        correlation_key: None,
    });
    let text = format!(
        "Task {} send failed [recipient: {}, endpoint: {}, businessKey: {}, correlationKey: {}, message: {}]",
        spec.instantiates_canonical,
        target.organization,
        target.endpoint,
        spec.business_key,
        target.correlation_key.as_deref().unwrap_or_default(),
        spec.message_name,
    );
    step.end(Status::Failed, Some(&text));
    Ok(Next::Gone)
}

fn sent_by<'a>(step: &Step<'_>, at: At<'a>) -> Option<(SendingElement, &'a Send)> {
    if let Kind::SendTask(send) = &at.element.kind {
        return Some((SendingElement::SendTask, send));
    }
    let Throw::Message(send) = thrown(step, at)? else { return None };
    let ends = matches!(at.element.kind, Kind::EndEvent(_));
    Some((if ends { SendingElement::EndEvent } else { SendingElement::ThrowEvent }, send))
}

fn queue(step: &mut Step<'_>, at: At<'_>, send: &Send, hook: Hook) -> Result<(), Trouble> {
    let effect = call(step, at, send, hook)?;
    step.queue(effect);
    Ok(())
}

fn call(step: &Step<'_>, at: At<'_>, send: &Send, hook: Hook) -> Result<Effect, Trouble> {
    let own = |name: &str| [INSTANTIATES_CANONICAL, MESSAGE_NAME, PROFILE].contains(&name);
    let fields = send.fields.iter().filter(|field| !own(&field.name));
    let fields = calls::evaluate_fields(step, at.node, fields)?;
    let handler = send.handler.as_deref().map(Arc::from);
    Ok(Effect::Call { node: at.node, handler, hook, fields, attempt: 1 })
}

/// What the model says about the message.
fn specify(step: &Step<'_>, at: At<'_>, sent_to: Option<Target>) -> Result<MessageSpec, Trouble> {
    let view = View::of(step, at.node);
    let Some((element, send)) = sent_by(step, at) else { return Err(misplaced(at)) };
    let field = |name: &str| {
        let field = send.fields.iter().find(|field| field.name == name);
        field.map(|field| field.value.evaluate_text(&view)).transpose()
    };
    let message_name = match (field(MESSAGE_NAME)?, &send.message_name) {
        (Some(name), _) => name,
        (None, Some(name)) => name.evaluate_text(&view)?,
        (None, None) => String::new(),
    };
    let target = match sent_to {
        Some(target) => Some(target),
        // Where a handler shapes the message, it may also find out where a partner that is only named lives.
        None if send.handler.is_some() && is_unaddressed(&view) => None,
        None => target(&view)?,
    };
    Ok(MessageSpec {
        element,
        instantiates_canonical: field(INSTANTIATES_CANONICAL)?.unwrap_or_default(),
        message_name,
        profile: field(PROFILE)?.unwrap_or_default(),
        target,
        business_key: step.instance.business_key.clone(),
    })
}

/// The nearest `target`. None is fine: the handler may choose one.
fn target(view: &View<'_>) -> Result<Option<Target>, Trouble> {
    let Some(value) = view.variable(TARGET).filter(|value| !value.is_null()) else { return Ok(None) };
    match serde::Deserialize::deserialize(value) {
        Ok(target) => Ok(Some(target)),
        Err(error) => {
            Err(Trouble::new(&incident::TARGET, format!("variable `target` is no target: {error}")))
        }
    }
}

/// Whether the nearest `target` is an object that lacks some of what makes an address, but says nothing wrong.
fn is_unaddressed(view: &View<'_>) -> bool {
    let Some(Value::Object(target)) = view.variable(TARGET) else { return false };
    let parts = ADDRESS.map(|part| target.get(part));
    parts.contains(&None) && parts.into_iter().flatten().all(Value::is_string)
}

/// A target that could not be reached is not counted on any more.
fn drop_target(step: &mut Step<'_>, target: Option<&Target>) {
    let Some(target) = target else { return };
    let Some(targets) = step.instance.variable(TARGETS) else { return };
    let Some(entries) = targets.get("entries").and_then(Value::as_array) else { return };
    let is_it = |entry: &Value| {
        let same = |name: &str, value: &str| entry.get(name).and_then(Value::as_str) == Some(value);
        same("endpointIdentifierValue", &target.endpoint)
            && entry.get("correlationKey").and_then(Value::as_str) == target.correlation_key.as_deref()
    };
    let left = entries.iter().filter(|entry| !is_it(entry)).cloned().collect::<Vec<_>>();
    let mut targets = Value::clone(targets);
    if let Some(entries) = targets.get_mut("entries") {
        *entries = Value::Array(left);
    }
    let value = Arc::new(targets);
    step.emit(Fact::VariableSet { node: NodeKey::ROOT, name: TARGETS.into(), value });
}

fn describe(error: &DeliveryError) -> String {
    match error {
        DeliveryError::Refused { status, reason } => format!("refused with HTTP status {status}: {reason}"),
        DeliveryError::Unreachable { reason } => format!("unreachable: {reason}"),
    }
}
