//! Orders of a plugin to the host: any function of any interface with any arguments, in any order. The call ends as the core
//! can take it, within its limits, and the next call of the same plugin finds nothing of it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tessera_core::identity::Timestamp;
use tessera_core::message::Target;
use tessera_core::plugin::{Call, CallOutcome, Execution, Hook, Writes};
use tessera_plugin_host::services::{
    Answering, Endpoint, MembershipQuery, Organization, Search, ServiceError, VersionReference,
};
use tessera_plugin_host::{Answer, Limits, Package, Plugin, PluginHost, Services, Settings};
use tokio::runtime::Runtime;

const ORDERS_MAX: usize = 64;
/// From this function on, the arguments are so many times as long.
const LONG_FROM: u8 = 224;
const LONG_TIMES: usize = 4_096;
const WRITE_BYTES_MAX: usize = 256 * 1024;
const FAILURE_BYTES_MAX: usize = 64 * 1024;

struct World {
    runtime: Runtime,
    plugin: Arc<Plugin>,
    _host: PluginHost,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let limits = Limits { write_bytes: WRITE_BYTES_MAX, log_bytes: 16 * 1024, ..Limits::default() };
        let host = PluginHost::new(Settings { limits, ..Settings::default() }).unwrap();
        let plugin = host.load(&Package::read(tessera_misbehaving::MISBEHAVING).unwrap()).unwrap();
        World { runtime, plugin, _host: host }
    })
}

/// One order in each line: a byte for the function, and two texts around a tab.
pub fn host_calls(bytes: &[u8]) {
    let ended = call("obey", &orders(bytes));
    if let CallOutcome::Completed(writes) = &ended {
        let written = written_bytes(writes);
        assert!(written <= WRITE_BYTES_MAX, "{written} bytes are written");
    } else {
        let CallOutcome::Failed(failure) = &ended else { panic!("a service task ended as {ended:?}") };
        assert!(!failure.message.is_empty(), "failed without a reason");
        let told = format!("{failure:?}").len();
        assert!(told <= FAILURE_BYTES_MAX, "{told} bytes of a failure");
    }
    assert_eq!(call("do-nothing", &json!([])), CallOutcome::Completed(Writes::default()), "the next call");
}

fn orders(bytes: &[u8]) -> Value {
    let lines = bytes.split(|byte| *byte == b'\n').take(ORDERS_MAX);
    lines
        .filter_map(|line| {
            let (function, texts) = line.split_first()?;
            let at = texts.iter().position(|byte| *byte == b'\t').unwrap_or(texts.len());
            let times = if *function < LONG_FROM { 1 } else { LONG_TIMES };
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).repeat(times);
            Some(json!([function, text(&texts[..at]), text(texts.get(at + 1..).unwrap_or_default())]))
        })
        .collect()
}

fn call(handler: &str, orders: &Value) -> CallOutcome {
    let World { runtime, plugin, .. } = world();
    let call =
        Call { handler: handler.into(), hook: Hook::ServiceTask, execution: execution(orders.clone()) };
    match runtime.block_on(plugin.call(call, Arc::new(Echo))) {
        Answer::Outcome(outcome) => outcome,
        Answer::Plan(plan) => panic!("a service task answered with {plan:?}"),
    }
}

fn written_bytes(writes: &Writes) -> usize {
    let variables = writes.variables.iter();
    let bytes = variables
        .map(|write| write.name.len() + write.value.as_ref().map_or(0, |value| value.to_string().len()));
    bytes.sum::<usize>() + writes.outputs.iter().map(|output| output.to_string().len()).sum::<usize>()
}

fn execution(orders: Value) -> Execution {
    let task = json!({ "resourceType": "Task", "input": [] });
    Execution {
        instance_id: "i".into(),
        business_key: "b".into(),
        process_id: "testtessera_misbehave".into(),
        process_version: "1.0".into(),
        definition_id: "testtessera_misbehave:1.0".into(),
        activity_id: "sin".into(),
        activity_name: None,
        activity_instance_id: "sin:1".into(),
        fields: Vec::new(),
        attempt: 1,
        loop_counter: None,
        idempotency_key: "incarnation.i.1".into(),
        now: Timestamp(1_700_000_000_000),
        variables: BTreeMap::from([("orders".into(), Arc::new(orders))]),
        local: Vec::new(),
        start_message: Some(Arc::new(task)),
        messages: Vec::new(),
    }
}

/// A site that answers with what it was asked, and sometimes with an error.
struct Echo;

fn answer<T: Send + 'static>(asked: &str, found: impl FnOnce() -> T) -> Answering<'static, T> {
    let answer = match asked.len() % 4 {
        0 => Err(ServiceError::NotFound),
        _ => Ok(found()),
    };
    Box::pin(std::future::ready(answer))
}

fn organization(identifier: &str) -> Organization {
    let reference = format!("Organization/{identifier}");
    Organization {
        identifier: identifier.to_owned(),
        name: Some(identifier.to_owned()),
        active: true,
        reference,
    }
}

fn endpoint(identifier: &str) -> Endpoint {
    Endpoint {
        identifier: identifier.to_owned(),
        name: None,
        address: identifier.to_owned(),
        active: true,
        organization: Some(identifier.to_owned()),
    }
}

impl Services for Echo {
    fn mailbox_url(&self) -> String {
        "https://a.example/fhir".to_owned()
    }

    fn fhir_read(&self, asked: VersionReference) -> Answering<'_, Arc<Value>> {
        answer(&asked.id, || Arc::new(json!({ "resourceType": asked.resource_type, "id": asked.id })))
    }

    fn fhir_search(&self, asked: Search) -> Answering<'_, Vec<Arc<Value>>> {
        answer(&asked.resource_type, || vec![Arc::new(json!({ "resourceType": asked.resource_type }))])
    }

    fn local_organization(&self) -> Answering<'_, Organization> {
        answer("own", || organization("own"))
    }

    fn local_endpoint(&self) -> Answering<'_, Endpoint> {
        answer("own", || endpoint("own"))
    }

    fn find_organization(&self, asked: String) -> Answering<'_, Option<Organization>> {
        answer(&asked, || Some(organization(&asked)))
    }

    fn organizations(&self, asked: Option<MembershipQuery>) -> Answering<'_, Vec<Organization>> {
        let asked = asked.map(|query| query.parent_organization).unwrap_or_default();
        answer(&asked, || vec![organization(&asked)])
    }

    fn remote_organizations(&self) -> Answering<'_, Vec<Organization>> {
        answer("own", Vec::new)
    }

    fn parent_organizations(&self) -> Answering<'_, Vec<Organization>> {
        answer("own", Vec::new)
    }

    fn find_endpoint(&self, asked: String) -> Answering<'_, Option<Endpoint>> {
        answer(&asked, || Some(endpoint(&asked)))
    }

    fn find_member_endpoint(&self, _: String, asked: String, _: String) -> Answering<'_, Option<Endpoint>> {
        answer(&asked, || Some(endpoint(&asked)))
    }

    fn endpoints(&self, asked: Option<MembershipQuery>) -> Answering<'_, Vec<Endpoint>> {
        let asked = asked.map(|query| query.parent_organization).unwrap_or_default();
        answer(&asked, || vec![endpoint(&asked)])
    }

    fn targets(&self, asked: MembershipQuery) -> Answering<'_, Vec<Target>> {
        let asked = asked.parent_organization;
        answer(&asked, || {
            let (endpoint, address) = (asked.clone(), asked.clone());
            vec![Target { organization: asked.clone(), endpoint, address, correlation_key: None }]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_obeyed() {
        let CallOutcome::Completed(writes) = call("obey", &orders(b"\x20greeting\thello\n\x26none")) else {
            panic!("the orders fit");
        };
        let written: Vec<_> =
            writes.variables.iter().map(|write| (&*write.name, write.value.as_deref())).collect();
        assert_eq!(written, [("greeting", Some(&json!("hello")))]);
    }
}
