//! The WebAssembly side: the host's imports as a [`Host`], and a plugin's handlers as exports.

use std::marker::PhantomData;
use std::sync::Once;

use crate::bindings::exports::tessera::process::{execution_listener, message_activity, service_task};
use crate::bindings::tessera::process::execution::Execution;
use crate::bindings::tessera::process::types::Failure;
use crate::bindings::tessera::process::{directory, fhir, log};
use crate::host::{
    ActivityInfo, Field, Host, HostError, NamedValue, ProcessInfo, ResourceJson, Scope, SearchRequest,
    Server, Value, VersionRef,
};
use crate::{
    Context, DeliveryError, Disposition, Endpoint, Level, ListenerEvent, MembershipQuery, Message,
    MessagePlan, Organization, Parameter, Plugin, Target,
};

/// The imports, for the duration of one call.
#[derive(Clone, Copy)]
pub(crate) struct Imports<'a>(&'a Execution);

impl Host for Imports<'_> {
    fn instance_id(&self) -> String {
        self.0.instance_id()
    }

    fn business_key(&self) -> String {
        self.0.business_key()
    }

    fn set_alternative_business_key(&self, key: &str) -> Result<(), HostError> {
        self.0.set_alternative_business_key(key)
    }

    fn process(&self) -> ProcessInfo {
        self.0.process()
    }

    fn activity(&self) -> ActivityInfo {
        self.0.activity()
    }

    fn idempotency_key(&self) -> String {
        self.0.idempotency_key()
    }

    fn fresh_key(&self) -> String {
        self.0.fresh_key()
    }

    fn now_ms(&self) -> u64 {
        self.0.now()
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name)
    }

    fn local_variable(&self, name: &str) -> Option<Value> {
        self.0.get_local(name)
    }

    fn set_variables(&self, scope: Scope, variables: &[NamedValue]) -> Result<(), HostError> {
        self.0.set(scope, variables)
    }

    fn unset_variables(&self, scope: Scope, names: &[String]) -> Result<(), HostError> {
        self.0.unset(scope, names)
    }

    fn target(&self) -> Option<Target> {
        self.0.target()
    }

    fn set_target(&self, scope: Scope, target: Option<&Target>) -> Result<(), HostError> {
        self.0.set_target(scope, target)
    }

    fn targets(&self) -> Vec<Target> {
        self.0.targets()
    }

    fn set_targets(&self, scope: Scope, targets: &[Target]) -> Result<(), HostError> {
        self.0.set_targets(scope, targets)
    }

    fn start_task(&self) -> Option<ResourceJson> {
        self.0.start_task()
    }

    fn latest_task(&self) -> Option<ResourceJson> {
        self.0.latest_task()
    }

    fn tasks(&self) -> Vec<ResourceJson> {
        self.0.tasks()
    }

    fn add_output(&self, output: &Parameter) -> Result<(), HostError> {
        self.0.add_output(output)
    }

    fn log_enabled(&self, level: Level) -> bool {
        log::enabled(level)
    }

    fn log(&self, level: Level, target: &str, message: &str, fields: &[Field]) {
        log::write(level, target, message, fields);
    }

    fn log_sensitive(&self, message: &str, payload_json: &str) {
        log::sensitive(message, payload_json);
    }

    fn fhir_base_url(&self, server: &Server) -> Result<String, HostError> {
        Ok(fhir::Client::open(server)?.base_url())
    }

    fn fhir_read(&self, server: &Server, reference: &VersionRef) -> Result<ResourceJson, HostError> {
        fhir::Client::open(server)?.read(reference)
    }

    fn fhir_search(&self, server: &Server, request: &SearchRequest) -> Result<Vec<ResourceJson>, HostError> {
        fhir::Client::open(server)?.search(request)
    }

    fn local_organization(&self) -> Result<Organization, HostError> {
        directory::local_organization()
    }

    fn local_endpoint(&self) -> Result<Endpoint, HostError> {
        directory::local_endpoint()
    }

    fn find_organization(&self, identifier: &str) -> Result<Option<Organization>, HostError> {
        directory::find_organization(identifier)
    }

    fn organizations(&self, query: Option<&MembershipQuery>) -> Result<Vec<Organization>, HostError> {
        directory::organizations(query)
    }

    fn remote_organizations(&self) -> Result<Vec<Organization>, HostError> {
        directory::remote_organizations()
    }

    fn parent_organizations(&self) -> Result<Vec<Organization>, HostError> {
        directory::parent_organizations()
    }

    fn find_endpoint(&self, identifier: &str) -> Result<Option<Endpoint>, HostError> {
        directory::find_endpoint(identifier)
    }

    fn find_member_endpoint(
        &self,
        parent: &str,
        member: &str,
        role: &str,
    ) -> Result<Option<Endpoint>, HostError> {
        directory::find_member_endpoint(parent, member, role)
    }

    fn endpoints(&self, query: Option<&MembershipQuery>) -> Result<Vec<Endpoint>, HostError> {
        directory::endpoints(query)
    }

    fn member_targets(
        &self,
        query: &MembershipQuery,
        correlation_keys: bool,
    ) -> Result<Vec<Target>, HostError> {
        directory::targets(query, correlation_keys)
    }
}

/// The component's exports for a plugin.
pub struct Component<P>(PhantomData<P>);

impl<P: Plugin> service_task::Guest for Component<P> {
    fn execute(execution: &Execution, handler: String) -> Result<(), Failure> {
        log_panics();
        P::service_task(&Context::new(Imports(execution)), &handler).map_err(Failure::from)
    }
}

impl<P: Plugin> execution_listener::Guest for Component<P> {
    fn notify(execution: &Execution, handler: String, event: ListenerEvent) -> Result<(), Failure> {
        log_panics();
        P::execution_listener(&Context::new(Imports(execution)), &handler, event).map_err(Failure::from)
    }
}

impl<P: Plugin> message_activity::Guest for Component<P> {
    fn prepare(
        execution: &Execution,
        handler: String,
        spec: message_activity::MessageSpec,
    ) -> Result<MessagePlan, Failure> {
        log_panics();
        P::prepare(&Context::new(Imports(execution)), &handler, &Message::new(spec)).map_err(Failure::from)
    }

    fn failed(
        execution: &Execution,
        handler: String,
        spec: message_activity::MessageSpec,
        error: DeliveryError,
    ) -> Disposition {
        log_panics();
        P::failed(&Context::new(Imports(execution)), &handler, &Message::new(spec), &error)
            .unwrap_or_else(|error| Disposition::Fail(error.into()))
    }
}

/// A panic ends in a trap, which carries no text. So the text is logged first, where the host finds it.
fn log_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("panicked with a value that is no text");
            let place = panic
                .location()
                .map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
            log::write(Level::Error, "panic", &format!("{message}{place}"), &[]);
        }));
    });
}
