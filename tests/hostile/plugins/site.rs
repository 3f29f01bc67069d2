//! What a handler meets at a site: the interpreter that asks it, the host that runs it, and services that answer with
//! what every site has, or never.

use std::sync::Arc;

use serde_json::{Value, json};
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;
use tessera_core::effect::Outcome;
use tessera_core::identity::{DefinitionKey, EffectSequence, Incarnation, InstanceId, Timestamp};
use tessera_core::instance::{self, Incident, Input, Instance, Start, Status};
use tessera_core::message::Target;
use tessera_plugin_host::services::{
    Answering, Endpoint, MembershipQuery, Organization, Search, ServiceError, VersionReference,
};
use tessera_plugin_host::{Answer, Plugin, Services};

use crate::package::HANDLER;

const NOW: Timestamp = Timestamp(1_900_000_000_000);

/// One instance of a process whose only work is the handler's.
pub(crate) struct Conversation {
    program: Program,
    pub(crate) instance: Instance,
}

impl Conversation {
    /// Starts it: the handler is about to be called.
    pub(crate) fn start() -> Self {
        let model = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1.0">
              <process id="sinner" isExecutable="true"><startEvent id="start"/>
              <serviceTask id="work" implementation="{HANDLER}"/><endEvent id="end"/>
              <sequenceFlow id="f1" sourceRef="start" targetRef="work"/><sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
              </process></definitions>"#
        );
        let model = read::read(model.as_bytes()).model.expect("it is well-formed");
        let program = compile::compile(&model, "sinner").unwrap_or_else(|found| panic!("{found:#?}"));
        let mut conversation = Self { program, instance: Instance::empty() };
        conversation.input(Input::Start(Box::new(Start {
            definition: DefinitionKey {
                process_id: "sinner".into(),
                version: "1.0".into(),
                digest: "0".into(),
            },
            id: InstanceId("3d9a".into()),
            business_key: "b-1".into(),
            at: "start".into(),
            variables: vec![("precious".into(), Arc::new(json!("data")))],
            message: None,
            caller: None,
            before: Vec::new(),
        })));
        conversation
    }

    /// Lets the plugin do the work that is due, and takes in how it ended.
    pub(crate) async fn work(&mut self, plugin: &Plugin, services: Elsewhere) {
        let incarnation = Incarnation("store".into());
        let (sequence, _) = self.instance.effects().next().expect("work is due");
        let call = self.instance.call(&self.program, sequence, NOW, &incarnation).expect("it is a call");
        let Answer::Outcome(outcome) = plugin.call(call, Arc::new(services)).await else {
            panic!("a service task answered with a message");
        };
        self.settle(sequence, Outcome::Call(outcome));
    }

    /// Tries again what led to the incident.
    pub(crate) fn retry(&mut self) {
        let incident = self.incident().expect("there is one").key;
        self.input(Input::RetryIncident { incident });
    }

    pub(crate) fn incident(&self) -> Option<Arc<Incident>> {
        self.instance.incidents().next().cloned()
    }

    pub(crate) fn has_completed(&self) -> bool {
        self.instance.status() == Status::Completed
    }

    fn settle(&mut self, effect: EffectSequence, outcome: Outcome) {
        self.input(Input::Settled { effect, outcome });
    }

    fn input(&mut self, input: Input) {
        instance::handle(&mut self.instance, &self.program, NOW, input).expect("it is taken");
    }
}

/// The rest of the site.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Elsewhere {
    /// Answers at once, with next to nothing.
    Answers,
    /// Never answers.
    Hangs,
}

impl Elsewhere {
    fn answer<T: Send + 'static>(self, answer: Result<T, ServiceError>) -> Answering<'static, T> {
        match self {
            Self::Answers => Box::pin(std::future::ready(answer)),
            Self::Hangs => Box::pin(std::future::pending()),
        }
    }
}

impl Services for Elsewhere {
    fn mailbox_url(&self) -> String {
        "https://own.example/fhir".to_owned()
    }
    fn fhir_read(&self, _: VersionReference) -> Answering<'_, Arc<Value>> {
        self.answer(Ok(Arc::new(json!({"resourceType": "Endpoint", "id": "secret"}))))
    }
    fn fhir_search(&self, _: Search) -> Answering<'_, Vec<Arc<Value>>> {
        self.answer(Ok(Vec::new()))
    }
    fn local_organization(&self) -> Answering<'_, Organization> {
        self.answer(Ok(Organization {
            identifier: "own.example".to_owned(),
            name: None,
            active: true,
            reference: "Organization/1".to_owned(),
        }))
    }
    fn local_endpoint(&self) -> Answering<'_, Endpoint> {
        self.answer(Err(ServiceError::NotFound))
    }
    fn find_organization(&self, _: String) -> Answering<'_, Option<Organization>> {
        self.answer(Ok(None))
    }
    fn organizations(&self, _: Option<MembershipQuery>) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(Vec::new()))
    }
    fn remote_organizations(&self) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(Vec::new()))
    }
    fn parent_organizations(&self) -> Answering<'_, Vec<Organization>> {
        self.answer(Ok(Vec::new()))
    }
    fn find_endpoint(&self, _: String) -> Answering<'_, Option<Endpoint>> {
        self.answer(Ok(None))
    }
    fn find_member_endpoint(&self, _: String, _: String, _: String) -> Answering<'_, Option<Endpoint>> {
        self.answer(Ok(None))
    }
    fn endpoints(&self, _: Option<MembershipQuery>) -> Answering<'_, Vec<Endpoint>> {
        self.answer(Ok(Vec::new()))
    }
    fn targets(&self, _: MembershipQuery) -> Answering<'_, Vec<Target>> {
        self.answer(Ok(Vec::new()))
    }
}
