//! A site for tests: a directory of one organization, a mailbox of one resource, and services that can hang.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "stops the test that it serves")]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tessera_core::identity::Timestamp;
use tessera_core::message::Target;
use tessera_core::plugin::{Call, CallOutcome, Execution, Failure, Hook, MessageSpec, SendingElement};
use tessera_plugin_host::services::{
    Answering, Endpoint, MembershipQuery, Organization, Search, ServiceError, VersionReference,
};
use tessera_plugin_host::{Answer, Limits, Package, Plugin, PluginHost, Services, Settings};

/// Services of a site whose partner is `partner.example`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Site {
    /// Every service waits for ever.
    pub hangs: bool,
    /// Its mailbox cannot be reached.
    pub is_away: bool,
}

impl Site {
    fn answer<T: Send + 'static>(self, answer: Result<T, ServiceError>) -> Answering<'static, T> {
        if self.hangs {
            return Box::pin(std::future::pending());
        }
        let unreachable = Err(ServiceError::Unreachable("connection refused".into()));
        Box::pin(std::future::ready(if self.is_away { unreachable } else { answer }))
    }
}

fn organization(identifier: &str) -> Organization {
    Organization {
        identifier: identifier.into(),
        name: None,
        active: true,
        reference: format!("Organization/{identifier}"),
    }
}

fn endpoint(organization: &str) -> Endpoint {
    Endpoint {
        identifier: format!("endpoint.{organization}"),
        name: None,
        address: format!("https://{organization}/fhir"),
        active: true,
        organization: Some(organization.into()),
    }
}

pub fn target() -> Target {
    Target {
        organization: "partner.example".into(),
        endpoint: "endpoint.partner.example".into(),
        address: "https://partner.example/fhir".into(),
        correlation_key: None,
    }
}

impl Services for Site {
    fn mailbox_url(&self) -> String {
        "https://own.example/fhir".into()
    }
    fn fhir_read(&self, _: VersionReference) -> Answering<'_, Arc<Value>> {
        self.answer(Err(ServiceError::NotFound))
    }
    fn fhir_search(&self, search: Search) -> Answering<'_, Vec<Arc<Value>>> {
        let identifier =
            json!({"system": "http://dsf.dev/sid/endpoint-identifier", "value": "endpoint.partner.example"});
        let found = json!({"resourceType": search.resource_type, "id": "1", "identifier": [identifier],
            "address": "https://partner.example/fhir", "status": "active"});
        self.answer(Ok(vec![Arc::new(found)]))
    }
    fn local_organization(&self) -> Answering<'_, Organization> {
        self.answer(Ok(organization("own.example")))
    }
    fn local_endpoint(&self) -> Answering<'_, Endpoint> {
        self.answer(Ok(endpoint("own.example")))
    }
    fn find_organization(&self, identifier: String) -> Answering<'_, Option<Organization>> {
        self.answer(Ok(Some(organization(&identifier))))
    }
    fn organizations(&self, _: Option<MembershipQuery>) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(vec![organization("own.example"), organization("partner.example")]))
    }
    fn remote_organizations(&self) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(vec![organization("partner.example")]))
    }
    fn parent_organizations(&self) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(Vec::new()))
    }
    fn find_endpoint(&self, _: String) -> Answering<'_, Option<Endpoint>> {
        self.answer(Ok(Some(endpoint("partner.example"))))
    }
    fn find_member_endpoint(&self, _: String, member: String, _: String) -> Answering<'_, Option<Endpoint>> {
        self.answer(Ok(Some(endpoint(&member))))
    }
    fn endpoints(&self, _: Option<MembershipQuery>) -> Answering<'_, Vec<Endpoint>> {
        self.answer(Ok(vec![endpoint("own.example"), endpoint("partner.example")]))
    }
    fn targets(&self, _: MembershipQuery) -> Answering<'_, Vec<Target>> {
        self.answer(Ok(vec![target()]))
    }
}

/// A host with these limits, and the plugin in it.
pub fn load(limits: Limits, bytes: &[u8]) -> (PluginHost, Arc<Plugin>) {
    let host = PluginHost::new(Settings { limits, concurrent_calls: 8, ..Settings::default() }).unwrap();
    let plugin = host.load(&Package::read(bytes).unwrap()).unwrap();
    (host, plugin)
}

/// What a handler sees unless a test says otherwise.
pub fn execution() -> Execution {
    Execution {
        instance_id: "3d9a".into(),
        business_key: "b-1".into(),
        process_id: "testtessera_misbehave".into(),
        process_version: "1.0".into(),
        definition_id: "testtessera_misbehave:1.0".into(),
        activity_id: "sin".into(),
        activity_name: None,
        activity_instance_id: "sin:1".into(),
        fields: Vec::new(),
        attempt: 1,
        loop_counter: None,
        idempotency_key: "incarnation.3d9a.1".into(),
        now: Timestamp(1_700_000_000_000),
        variables: BTreeMap::new(),
        local: Vec::new(),
        start_message: None,
        messages: Vec::new(),
    }
}

pub async fn call_hook(plugin: &Plugin, handler: &str, hook: Hook, site: Site) -> Answer {
    plugin.call(Call { handler: handler.into(), hook, execution: execution() }, Arc::new(site)).await
}

/// Calls a service task.
pub async fn call(plugin: &Plugin, handler: &str) -> CallOutcome {
    let answer = call_hook(plugin, handler, Hook::ServiceTask, Site::default()).await;
    let Answer::Outcome(outcome) = answer else { panic!("a service task answered with a plan: {answer:?}") };
    outcome
}

pub fn failure(outcome: CallOutcome) -> Failure {
    let CallOutcome::Failed(failure) = outcome else { panic!("expected a failure, got {outcome:?}") };
    failure
}

/// A ping to [`target`].
pub fn message_spec() -> MessageSpec {
    MessageSpec {
        element: SendingElement::SendTask,
        instantiates_canonical: "http://dsf.dev/bpe/Process/pong|1.0".into(),
        message_name: "ping".into(),
        profile: "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0".into(),
        target: Some(target()),
        business_key: "b-1".into(),
    }
}
