//! What instances tell each other: a call, its end, and that it is not needed any more. Each is written into the table of
//! the shard that it is for in the commit of its cause, and deleted by the commit of its consequence.

use std::sync::Arc;

use serde_json::Value;

use super::input::Input;
use super::shard::{Context, Draft, Purpose, Shard};
use super::step::{Presence, Standstill};
use super::view::Missing;
use crate::calling::{Callee, Caller, Notice, Returned};
use crate::identity::{EffectSequence, InstanceId, WaitKey};
use crate::instance::{self, Instance, Refused};
use crate::site::keys;
use crate::site::records::{Call, Crossing, Stored as _};

/// Leaves a notice to the shard of the instance that it is for.
pub(super) fn notify(
    context: &Context<'_>,
    instance: &Instance,
    sequence: EffectSequence,
    notice: &Notice,
    draft: &mut Draft,
) {
    let (placement, id) = (context.placement, instance.id());
    let identity = identity(id, sequence);
    let (to, crossing) = match notice {
        Notice::Call { wait, callee } => {
            let called = placement.called(id, *wait, &callee.business_key);
            match call(context, instance, *wait, callee, called.id()) {
                Ok(call) => (called.shard(), Crossing::Call(Box::new(call))),
                // Told in the same way in which the end of a call is told, so that there is one way only.
                Err(reason) => {
                    let Some((shard, _)) = placement.of_instance(id) else { return };
                    (shard, lost(id, *wait, reason))
                }
            }
        }
        Notice::Release { wait, call, business_key } => {
            let called = placement.called(id, *wait, business_key);
            (called.shard(), Crossing::Release { called: called.id(), by: id.clone(), call: *call })
        }
        Notice::Return { caller, wait, returned, variables } => {
            // The id was given by this site; one of another cannot be here.
            let Some((shard, _)) = placement.of_instance(caller) else { return };
            let (returned, variables) = (returned.clone(), variables.clone());
            (shard, Crossing::Return { caller: caller.clone(), wait: *wait, returned, variables })
        }
    };
    leave(to, &identity, &crossing, draft);
}

fn leave(shard: u16, identity: &str, crossing: &Crossing, draft: &mut Draft) {
    let row = keys::crossing(shard, identity);
    draft.put(row.clone(), crossing.seal());
    draft.after.pass_on.push((shard, Input::Crossing { row, ticket: None }));
}

fn identity(instance: &InstanceId, sequence: EffectSequence) -> String {
    format!("{instance}.{}", sequence.0)
}

fn lost(caller: &InstanceId, wait: WaitKey, reason: String) -> Crossing {
    let returned = Returned::Lost { reason };
    Crossing::Return { caller: caller.clone(), wait, returned, variables: Vec::new() }
}

fn call(
    context: &Context<'_>,
    caller: &Instance,
    wait: WaitKey,
    callee: &Callee,
    id: InstanceId,
) -> Result<Call, String> {
    let (definition, at) =
        context.deployments.called(&callee.process_id, &callee.binding, caller.definition())?;
    Ok(Call {
        id,
        definition,
        at,
        business_key: callee.business_key.clone(),
        caller: Caller {
            instance: caller.id().clone(),
            wait,
            returns: callee.returns.clone(),
            errors: callee.errors.clone(),
            escalations: callee.escalations.clone(),
        },
        variables: callee.variables.clone(),
    })
}

impl Shard {
    /// An instance calls a process.
    pub(super) fn decide_call(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        call: Call,
        purpose: Purpose,
    ) {
        if purpose == Purpose::Prefetch {
            return;
        }
        let Call { id, definition, at, business_key, caller, variables } = call;
        let (told, wait) = (caller.instance.clone(), caller.wait);
        let cause = format!("instance {told} called it");
        let start = instance::Start {
            definition,
            id: id.clone(),
            business_key,
            at,
            variables,
            message: None,
            before: Vec::new(),
            caller: Some(caller),
        };
        let mut draft = Draft::default();
        match self.start(context, start, cause, &mut draft) {
            Ok(()) => {}
            Err(Standstill::NotDeployed { .. }) => {
                self.hold(row);
                return;
            }
            Err(standstill @ (Standstill::Refused(_) | Standstill::TooLarge { .. } | Standstill::Absent)) => {
                let reason = format!("the called instance could not start: {standstill}");
                if let Some((shard, _)) = context.placement.of_instance(&told) {
                    leave(shard, &format!("{id}.start"), &lost(&told, wait, reason), &mut draft);
                }
            }
        }
        self.done(context, row, draft);
    }

    /// Its caller does not need an instance any more.
    pub(super) fn decide_release(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        called: &InstanceId,
        by: &InstanceId,
        call: EffectSequence,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.addressed(context, called)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        match presence {
            Some((key, Presence::Here)) => {
                let input = vec![instance::Input::Released];
                let cause = format!("instance {by} does not need it any more");
                match self.step(context, key, input, cause, &mut draft) {
                    // It has ended in the meantime.
                    Ok(()) | Err(Standstill::Refused(_) | Standstill::Absent) => {}
                    Err(Standstill::NotDeployed { .. } | Standstill::TooLarge { .. }) => {
                        self.hold(row);
                        return Ok(());
                    }
                }
            }
            Some((_, Presence::Unreadable(_))) => {
                self.hold(row);
                return Ok(());
            }
            // The call may still lie here, held for want of its definition.
            Some((_, Presence::Absent)) | None => {
                let call = keys::crossing(self.index, &identity(by, call));
                self.crossings.remove(&call);
                self.held_crossings.remove(&call);
                draft.delete(call);
            }
        }
        self.done(context, row, draft);
        Ok(())
    }

    /// A called instance has something to tell.
    #[expect(clippy::too_many_arguments, reason = "what the row holds, and where it lies")]
    pub(super) fn decide_return(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        caller: &InstanceId,
        wait: WaitKey,
        returned: Returned,
        variables: Vec<(Arc<str>, Arc<Value>)>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.addressed(context, caller)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        match presence {
            Some((key, Presence::Here)) => {
                let cause = match &returned {
                    Returned::Completed => "what it called has ended".to_owned(),
                    Returned::Error { code, .. } => format!("what it called ended by BPMN error {code}"),
                    Returned::Escalation { code, .. } => format!("what it called threw escalation {code}"),
                    Returned::Lost { .. } => "what it called is lost".to_owned(),
                };
                let input = instance::Input::Returned { wait, returned, variables };
                match self.step(context, key, vec![input], cause.clone(), &mut draft) {
                    Err(Standstill::Refused(Refused::Suspended)) => {
                        self.hold(row);
                        return Ok(());
                    }
                    // It does not wait for it any more.
                    Ok(()) | Err(Standstill::Refused(_) | Standstill::Absent) => {}
                    Err(Standstill::NotDeployed { .. }) => {
                        self.hold(row);
                        return Ok(());
                    }
                    Err(standstill @ Standstill::TooLarge { .. }) => {
                        // What is in memory has taken the step; what is stored has not.
                        self.bring(context, key)?;
                        let returned = Returned::Lost { reason: standstill.to_string() };
                        let input = instance::Input::Returned { wait, returned, variables: Vec::new() };
                        draft = Draft::default();
                        if self.step(context, key, vec![input], cause, &mut draft).is_err() {
                            self.hold(row);
                            return Ok(());
                        }
                    }
                }
            }
            Some((_, Presence::Unreadable(_))) => {
                self.hold(row);
                return Ok(());
            }
            Some((_, Presence::Absent)) | None => {}
        }
        self.done(context, row, draft);
        Ok(())
    }

    /// It stays where it is until something changes.
    pub(super) fn hold(&mut self, row: &[u8]) {
        self.held_crossings.insert(row.to_vec());
    }
}
