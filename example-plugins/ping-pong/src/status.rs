//! How a ping or a pong ended: noted per site while branches run in parallel, written to the start Task at the end.

use serde_json::json;
use tessera_plugin_sdk::prelude::*;

use crate::names::{ERROR_MESSAGE, PING, STATUS_CODE, STATUS_EXTENSION, STATUS_SYSTEM};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    NotAllowed,
    NotReachable,
    PongMissing,
    PongReceived,
    PongSend,
}

impl Status {
    const ALL: [Self; 5] =
        [Self::NotAllowed, Self::NotReachable, Self::PongMissing, Self::PongReceived, Self::PongSend];

    /// The code on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "not-allowed",
            Self::NotReachable => "not-reachable",
            Self::PongMissing => "pong-missing",
            Self::PongReceived => "pong-received",
            Self::PongSend => "pong-send",
        }
    }

    pub(crate) fn from_code(code: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|status| status.code() == code);
        known.ok_or_else(|| Error::new(format!("'{code}' is no ping status")).never_retry())
    }

    /// A site that says no is reachable; everything else looks the same from here.
    pub(crate) fn of_delivery(error: &DeliveryError) -> Self {
        match error {
            DeliveryError::Refused(refusal) if matches!(refusal.status, 401 | 403) => Self::NotAllowed,
            DeliveryError::Refused(_) | DeliveryError::Unreachable(_) | DeliveryError::Other(_) => {
                Self::NotReachable
            }
        }
    }
}

/// What there is to say about one site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
}

impl Report {
    /// As an output of a Task.
    pub(crate) fn output(&self, kind: &str, target: &Target) -> Parameter {
        let identifier = |url: &str, system: &str, value: &str| json!({ "url": url, "valueIdentifier": { "system": system, "value": value } });
        let key = target.correlation_key.as_deref().unwrap_or_default();
        let mut parts = vec![
            json!({ "url": "correlation-key", "valueString": key }),
            identifier("organization-identifier", naming::ORGANIZATION, &target.organization),
            identifier("endpoint-identifier", naming::ENDPOINT, &target.endpoint),
        ];
        parts.extend(
            self.reason.as_deref().map(|reason| json!({ "url": "error-message", "valueString": reason })),
        );
        Parameter::coding(Coding::new(PING, kind), &Coding::new(STATUS_SYSTEM, self.status.code()))
            .with_extensions(&[json!({ "url": STATUS_EXTENSION, "extension": parts })])
    }
}

/// Keeps the result of one site, beyond the branch that found it out.
pub(crate) fn note(ctx: &Context<'_>, target: &Target, status: Status, reason: Option<&str>) -> Outcome {
    ctx.set(&variable(STATUS_CODE, target)?, &status.code())?;
    match reason {
        Some(reason) => ctx.set(&variable(ERROR_MESSAGE, target)?, &reason),
        None => Ok(()),
    }
}

/// What was noted about a site. A branch that ended without a note has not seen a pong.
pub(crate) fn noted(ctx: &Context<'_>, target: &Target) -> Result<Report> {
    let code: Option<String> = ctx.get(&variable(STATUS_CODE, target)?)?;
    let status = code.map_or(Ok(Status::PongMissing), |code| Status::from_code(&code))?;
    Ok(Report { status, reason: ctx.get(&variable(ERROR_MESSAGE, target)?)? })
}

fn variable(name: &str, target: &Target) -> Result<String> {
    let key = target.correlation_key.as_deref().required("correlation key of the target")?;
    Ok(format!("{name}_{key}"))
}
