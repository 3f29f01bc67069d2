//! Names on the wire and of variables, as the DSF's ping-pong process uses them.

/// Code system of inputs and outputs.
pub(crate) const PING: &str = "http://dsf.dev/fhir/CodeSystem/ping";
pub(crate) const ENDPOINT_IDENTIFIER: &str = "endpoint-identifier";
pub(crate) const TARGET_ENDPOINTS: &str = "target-endpoints";
pub(crate) const TIMER_INTERVAL: &str = "timer-interval";
pub(crate) const PING_STATUS: &str = "ping-status";
pub(crate) const PONG_STATUS: &str = "pong-status";

/// Code system of the outputs' values.
pub(crate) const STATUS_SYSTEM: &str = "http://dsf.dev/fhir/CodeSystem/ping-status";
/// Extension that tells which site an output is about.
pub(crate) const STATUS_EXTENSION: &str = "http://dsf.dev/fhir/StructureDefinition/extension-ping-status";

/// Variables that models read.
pub(crate) const CORRELATION_KEY: &str = "correlationKey";
pub(crate) const STATUS_CODE: &str = "statusCode";
pub(crate) const ERROR_MESSAGE: &str = "errorMessage";
pub(crate) const TIMER_INTERVAL_VARIABLE: &str = "timerInterval";

/// Error code that a boundary event of the pong model catches.
pub(crate) const TARGET_NOT_ALLOWED: &str = "target_not_allowed";
