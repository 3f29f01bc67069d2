//! A host for tests. It keeps the contract's promise about writes: a technical failure leaves nothing behind.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::search;
use crate::host::{
    ActivityInfo, Field, FieldValue, Host, HostError, NamedValue, ProcessInfo, ResourceJson, Scope,
    SearchRequest, Server, Value, VersionRef,
};
use crate::{
    Context, DeliveryError, Disposition, Endpoint, Level, ListenerEvent, MembershipQuery, Message,
    MessagePlan, Organization, Outcome, Parameter, Plugin, Result, Target, value,
};

/// A site with one running process instance. Organizations have one endpoint each, named after them.
pub struct MockHost {
    local: String,
    partners: Vec<Partner>,
    memberships: Vec<Membership>,
    fields: Vec<NamedValue>,
    tasks: Vec<Json>,
    resources: Vec<Json>,
    denied: Option<String>,
    business_key: String,
    attempt: u32,
    writes: RefCell<Writes>,
    keys_given: Cell<u32>,
    log: RefCell<Vec<LogLine>>,
}

/// A line that a handler has logged.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Its level.
    pub level: Level,
    /// Its text.
    pub message: String,
    /// Its fields, as text.
    pub fields: BTreeMap<String, String>,
}

struct Partner {
    identifier: String,
    address: String,
}

struct Membership {
    parent: String,
    member: String,
    role: String,
}

#[derive(Clone, Default)]
struct Writes {
    process: BTreeMap<String, Json>,
    local: BTreeMap<String, Json>,
    outputs: Vec<Json>,
    alternative_business_key: Option<String>,
}

impl MockHost {
    /// A site of this organization, alone in the world.
    pub fn new(organization: &str) -> Self {
        let local = Partner { identifier: organization.to_owned(), address: address(organization) };
        Self {
            local: organization.to_owned(),
            partners: vec![local],
            memberships: Vec::new(),
            fields: Vec::new(),
            tasks: Vec::new(),
            resources: Vec::new(),
            denied: None,
            business_key: "7c1f7f36-6d0e-4a9c-9d52-3a1d8f5b2c44".to_owned(),
            attempt: 1,
            writes: RefCell::default(),
            keys_given: Cell::new(0),
            log: RefCell::default(),
        }
    }

    /// Another organization of the allow list; its endpoint is `<organization>/endpoint`.
    #[must_use]
    pub fn with_partner(mut self, organization: &str) -> Self {
        self.partners.push(Partner { identifier: organization.to_owned(), address: address(organization) });
        self
    }

    /// Makes an organization a member of a parent organization, in a role.
    #[must_use]
    pub fn with_member(mut self, parent: &str, member: &str, role: &str) -> Self {
        self.memberships.push(Membership {
            parent: parent.to_owned(),
            member: member.to_owned(),
            role: role.to_owned(),
        });
        self
    }

    /// A message the instance has received; the first one started it.
    #[must_use]
    pub fn with_task(mut self, task: Json) -> Self {
        self.tasks.push(task);
        self
    }

    /// A process variable.
    #[must_use]
    pub fn with_variable(self, name: &str, value: impl Into<Json>) -> Self {
        self.writes.borrow_mut().process.insert(name.to_owned(), value.into());
        self
    }

    /// A variable of the enclosing scope.
    #[must_use]
    pub fn with_local(self, name: &str, value: impl Into<Json>) -> Self {
        self.writes.borrow_mut().local.insert(name.to_owned(), value.into());
        self
    }

    /// Variable `target` of the enclosing scope, as in a multi-instance iteration.
    #[must_use]
    pub fn with_target(self, target: &Target) -> Self {
        self.with_local("target", target_json(target))
    }

    /// Variable `targets`.
    #[must_use]
    pub fn with_targets(self, targets: &[Target]) -> Self {
        self.with_variable("targets", targets_json(targets))
    }

    /// A field that the model injects.
    #[must_use]
    pub fn with_field(mut self, name: &str, text: &str) -> Self {
        self.fields.push(NamedValue { name: name.to_owned(), value: Value::Text(text.to_owned()) });
        self
    }

    /// A resource in the own mailbox.
    #[must_use]
    pub fn with_resource(mut self, resource: Json) -> Self {
        self.resources.push(resource);
        self
    }

    /// The site denies the plugin its mailbox and its directory.
    #[must_use]
    pub fn denying(mut self, missing_grant: &str) -> Self {
        self.denied = Some(missing_grant.to_owned());
        self
    }

    /// The activity runs for the n-th time.
    #[must_use]
    pub fn at_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt;
        self
    }

    /// Runs a service task.
    pub fn service_task<P: Plugin>(&self, handler: &str) -> Outcome {
        self.call(|ctx| P::service_task(ctx, handler))
    }

    /// Notifies a listener.
    pub fn listener<P: Plugin>(&self, handler: &str, event: ListenerEvent) -> Outcome {
        self.call(|ctx| P::execution_listener(ctx, handler, event))
    }

    /// Asks for the plan of a message.
    pub fn prepare<P: Plugin>(&self, handler: &str, message: &Message) -> Result<MessagePlan> {
        self.call(|ctx| P::prepare(ctx, handler, message))
    }

    /// Tells that a message did not arrive.
    pub fn failed<P: Plugin>(
        &self,
        handler: &str,
        message: &Message,
        error: &DeliveryError,
    ) -> Result<Disposition> {
        self.call(|ctx| P::failed(ctx, handler, message, error))
    }

    /// A process variable as it is now.
    pub fn variable(&self, name: &str) -> Option<Json> {
        self.writes.borrow().process.get(name).cloned()
    }

    /// A variable of the enclosing scope as it is now.
    pub fn local(&self, name: &str) -> Option<Json> {
        self.writes.borrow().local.get(name).cloned()
    }

    /// Variable `targets` as it is now.
    pub fn targets(&self) -> Vec<Target> {
        Host::targets(self)
    }

    /// Variable `target` as it is now.
    pub fn target(&self) -> Option<Target> {
        Host::target(self)
    }

    /// The outputs added to the start Task, as FHIR writes them.
    pub fn outputs(&self) -> Vec<Json> {
        self.writes.borrow().outputs.clone()
    }

    /// The alternative business key, if one was set.
    pub fn alternative_business_key(&self) -> Option<String> {
        self.writes.borrow().alternative_business_key.clone()
    }

    /// What was logged, in order. Log lines stay even if the call failed.
    pub fn log_lines(&self) -> Vec<LogLine> {
        self.log.borrow().clone()
    }

    fn call<T>(&self, handler: impl FnOnce(&Context<'_>) -> Result<T>) -> Result<T> {
        let before = self.writes.borrow().clone();
        self.keys_given.set(0);
        let answer = handler(&Context::new(self));
        if answer.as_ref().is_err_and(|error| error.bpmn_code().is_none()) {
            self.writes.replace(before);
        }
        answer
    }

    fn allowed(&self) -> Result<(), HostError> {
        self.denied.as_ref().map_or(Ok(()), |grant| Err(HostError::Denied(grant.clone())))
    }

    fn partners(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<&Partner>, HostError> {
        self.allowed()?;
        Ok(self.partners.iter().filter(|partner| wanted(&partner.identifier)).collect())
    }

    fn is_member(&self, query: Option<&MembershipQuery>, organization: &str) -> bool {
        let Some(query) = query else { return true };
        let named = query.members.is_empty() || query.members.iter().any(|member| member == organization);
        named
            && self.memberships.iter().any(|membership| {
                membership.member == organization
                    && membership.parent == query.parent_organization
                    && query.role.as_ref().is_none_or(|role| *role == membership.role)
            })
    }

    fn scope(&self, scope: Scope, write: impl FnOnce(&mut BTreeMap<String, Json>)) {
        let mut writes = self.writes.borrow_mut();
        write(match scope {
            Scope::Process => &mut writes.process,
            Scope::Local => &mut writes.local,
        });
    }

    fn read(&self, name: &str) -> Option<Json> {
        let writes = self.writes.borrow();
        writes.local.get(name).or_else(|| writes.process.get(name)).cloned()
    }
}

impl Host for MockHost {
    fn instance_id(&self) -> String {
        "2b0f4c1e-91a4-4f5e-8e0a-6f2c7d3b1a55".to_owned()
    }

    fn business_key(&self) -> String {
        self.business_key.clone()
    }

    fn set_alternative_business_key(&self, key: &str) -> Result<(), HostError> {
        self.writes.borrow_mut().alternative_business_key = Some(key.to_owned());
        Ok(())
    }

    fn process(&self) -> ProcessInfo {
        ProcessInfo {
            plugin: "mock".to_owned(),
            plugin_version: "1.0.0.0".to_owned(),
            process_id: "mock_process".to_owned(),
            process_version: "1.0".to_owned(),
            definition_id: "mock_process:1.0".to_owned(),
            more: Vec::new(),
        }
    }

    fn activity(&self) -> ActivityInfo {
        ActivityInfo {
            activity_id: "activity".to_owned(),
            activity_name: None,
            activity_instance_id: "activity:1".to_owned(),
            fields: self.fields.clone(),
            attempt: self.attempt,
            loop_counter: None,
            more: Vec::new(),
        }
    }

    fn idempotency_key(&self) -> String {
        "activity-key".to_owned()
    }

    fn fresh_key(&self) -> String {
        let number = self.keys_given.get() + 1;
        self.keys_given.set(number);
        format!("00000000-0000-4000-8000-{number:012}")
    }

    fn now_ms(&self) -> u64 {
        1_700_000_000_000
    }

    fn variable(&self, name: &str) -> Option<Value> {
        value::write(name, &self.read(name)?).ok()
    }

    fn local_variable(&self, name: &str) -> Option<Value> {
        value::write(name, self.writes.borrow().local.get(name)?).ok()
    }

    fn set_variables(&self, scope: Scope, variables: &[NamedValue]) -> Result<(), HostError> {
        for variable in variables {
            let json = value::read(&variable.name, variable.value.clone())
                .map_err(|error| HostError::Invalid(error.message().to_owned()))?;
            self.scope(scope, |values| {
                values.insert(variable.name.clone(), json);
            });
        }
        Ok(())
    }

    fn unset_variables(&self, scope: Scope, names: &[String]) -> Result<(), HostError> {
        self.scope(scope, |values| values.retain(|name, _| !names.contains(name)));
        Ok(())
    }

    fn target(&self) -> Option<Target> {
        self.read("target").as_ref().and_then(target_of)
    }

    fn set_target(&self, scope: Scope, target: Option<&Target>) -> Result<(), HostError> {
        self.scope(scope, |values| match target {
            Some(target) => {
                values.insert("target".to_owned(), target_json(target));
            }
            None => {
                values.remove("target");
            }
        });
        Ok(())
    }

    fn targets(&self) -> Vec<Target> {
        let targets = self.read("targets");
        let entries = targets.as_ref().and_then(|targets| targets["entries"].as_array());
        entries.into_iter().flatten().filter_map(target_of).collect()
    }

    fn set_targets(&self, scope: Scope, targets: &[Target]) -> Result<(), HostError> {
        self.scope(scope, |values| {
            values.insert("targets".to_owned(), targets_json(targets));
        });
        Ok(())
    }

    fn start_task(&self) -> Option<ResourceJson> {
        self.tasks.first().map(resource)
    }

    fn latest_task(&self) -> Option<ResourceJson> {
        self.tasks.last().map(resource)
    }

    fn tasks(&self) -> Vec<ResourceJson> {
        self.tasks.iter().map(resource).collect()
    }

    fn add_output(&self, output: &Parameter) -> Result<(), HostError> {
        let parse = |text: &str| {
            serde_json::from_str::<Json>(text).map_err(|error| HostError::Invalid(error.to_string()))
        };
        let mut json = parse(&output.value_json)?;
        if !json.is_object() {
            return Err(HostError::Invalid("value-json of an output must be an object".to_owned()));
        }
        json["type"] = json!({ "coding": [{ "system": output.kind.system, "code": output.kind.code }] });
        if let Some(extensions) = &output.extensions_json {
            json["extension"] = parse(extensions)?;
        }
        self.writes.borrow_mut().outputs.push(json);
        Ok(())
    }

    fn log_enabled(&self, _level: Level) -> bool {
        true
    }

    fn log(&self, level: Level, _target: &str, message: &str, fields: &[Field]) {
        let fields = fields.iter().map(|field| (field.key.clone(), text_of(&field.value))).collect();
        self.log.borrow_mut().push(LogLine { level, message: message.to_owned(), fields });
    }

    fn log_sensitive(&self, _message: &str, _payload_json: &str) {}

    fn fhir_base_url(&self, _server: &Server) -> Result<String, HostError> {
        self.allowed()?;
        Ok(address(&self.local))
    }

    fn fhir_read(&self, _server: &Server, reference: &VersionRef) -> Result<ResourceJson, HostError> {
        self.allowed()?;
        let found = self.resources.iter().find(|resource| {
            resource["resourceType"] == *reference.resource_type && resource["id"] == *reference.id
        });
        found.map(resource).ok_or(HostError::NotFound)
    }

    fn fhir_search(&self, _server: &Server, request: &SearchRequest) -> Result<Vec<ResourceJson>, HostError> {
        self.allowed()?;
        let mut found = Vec::new();
        for candidate in &self.resources {
            if search::matches(candidate, request)? {
                found.push(resource(candidate));
            }
        }
        Ok(found)
    }

    fn local_organization(&self) -> Result<Organization, HostError> {
        self.find_organization(&self.local)?.ok_or(HostError::NotFound)
    }

    fn local_endpoint(&self) -> Result<Endpoint, HostError> {
        let found = self.partners(|organization| organization == self.local)?;
        found.first().map(|partner| endpoint(partner)).ok_or(HostError::NotFound)
    }

    fn find_organization(&self, identifier: &str) -> Result<Option<Organization>, HostError> {
        Ok(self
            .partners(|organization| organization == identifier)?
            .first()
            .map(|partner| organization(partner)))
    }

    fn organizations(&self, query: Option<&MembershipQuery>) -> Result<Vec<Organization>, HostError> {
        Ok(self.partners(|member| self.is_member(query, member))?.into_iter().map(organization).collect())
    }

    fn remote_organizations(&self) -> Result<Vec<Organization>, HostError> {
        Ok(self.partners(|organization| organization != self.local)?.into_iter().map(organization).collect())
    }

    fn parent_organizations(&self) -> Result<Vec<Organization>, HostError> {
        let is_parent = |name: &str| self.memberships.iter().any(|membership| membership.parent == name);
        Ok(self.partners(is_parent)?.into_iter().map(organization).collect())
    }

    fn find_endpoint(&self, identifier: &str) -> Result<Option<Endpoint>, HostError> {
        Ok(self.endpoints(None)?.into_iter().find(|endpoint| endpoint.identifier == identifier))
    }

    fn find_member_endpoint(
        &self,
        parent: &str,
        member: &str,
        role: &str,
    ) -> Result<Option<Endpoint>, HostError> {
        let mut query = MembershipQuery::of(parent).role(role);
        query.members.push(member.to_owned());
        Ok(self.endpoints(Some(&query))?.into_iter().next())
    }

    fn endpoints(&self, query: Option<&MembershipQuery>) -> Result<Vec<Endpoint>, HostError> {
        Ok(self.partners(|member| self.is_member(query, member))?.into_iter().map(endpoint).collect())
    }

    fn member_targets(
        &self,
        query: &MembershipQuery,
        correlation_keys: bool,
    ) -> Result<Vec<Target>, HostError> {
        let endpoints = self.endpoints(Some(query))?;
        let targets = endpoints.into_iter().map(|endpoint| {
            let target =
                Target::new(endpoint.organization.unwrap_or_default(), endpoint.identifier, endpoint.address);
            if correlation_keys { target.with_correlation_key(self.fresh_key()) } else { target }
        });
        Ok(targets.collect())
    }
}

fn address(organization: &str) -> String {
    format!("https://{organization}/fhir")
}

fn organization(partner: &Partner) -> Organization {
    Organization {
        identifier: partner.identifier.clone(),
        name: None,
        active: true,
        reference: format!("Organization/{}", partner.identifier),
    }
}

fn endpoint(partner: &Partner) -> Endpoint {
    Endpoint {
        identifier: format!("{}/endpoint", partner.identifier),
        name: None,
        address: partner.address.clone(),
        active: true,
        organization: Some(partner.identifier.clone()),
    }
}

fn resource(json: &Json) -> ResourceJson {
    ResourceJson {
        resource_type: json["resourceType"].as_str().unwrap_or_default().to_owned(),
        json: json.to_string(),
    }
}

fn target_json(target: &Target) -> Json {
    json!({
        "organizationIdentifierValue": target.organization,
        "endpointIdentifierValue": target.endpoint,
        "endpointUrl": target.address,
        "correlationKey": target.correlation_key,
    })
}

fn targets_json(targets: &[Target]) -> Json {
    json!({ "entries": targets.iter().map(target_json).collect::<Vec<_>>() })
}

fn target_of(json: &Json) -> Option<Target> {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    Some(Target {
        organization: text("organizationIdentifierValue")?,
        endpoint: text("endpointIdentifierValue")?,
        address: text("endpointUrl")?,
        correlation_key: text("correlationKey"),
    })
}

fn text_of(value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Double(number) => number.to_string(),
        FieldValue::Boolean(flag) => flag.to_string(),
    }
}
