//! Inputs and outputs of elements: values computed one after the other; each sees those before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tessera_bpmn::compile::{Mapping, MappingValue};
use tessera_bpmn::expression::Scope;

use super::incident;
use super::occurrence::Trouble;
use super::step::Step;
use super::variables::{Named, View, is_storable};
use crate::identity::NodeKey;

/// Where the values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Into the activation.
    In,
    /// From it to what is around it: what it holds itself hides what is set there.
    Out,
}

/// Computes all values before any of them is set, so that a failure leaves nothing.
pub(super) fn evaluate(
    step: &Step<'_>,
    node: NodeKey,
    mappings: &[Mapping],
    direction: Direction,
) -> Result<Named, Trouble> {
    let mut mapped = Mapped { view: View::of(step, node), direction, values: BTreeMap::new() };
    for mapping in mappings {
        let value = value(&mapping.value, &mapped)?;
        let value = match mapping.path.as_slice() {
            [] => value,
            path => within(mapped.around(step, node, &mapping.name), path, value),
        };
        mapped.values.insert(&mapping.name, storable(value)?);
    }
    Ok(mapped.values.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// What a mapping sees: what was mapped before it, and the variables.
struct Mapped<'a> {
    view: View<'a>,
    direction: Direction,
    values: BTreeMap<&'a str, Arc<Value>>,
}

impl Mapped<'_> {
    fn mapped(&self, name: &str) -> Option<&Value> {
        self.values.get(name).map(AsRef::as_ref)
    }

    /// What a part of a variable is set in: the variable as far as it is mapped, or as it stands where it goes to.
    fn around(&self, step: &Step<'_>, node: NodeKey, name: &str) -> Value {
        let there = match self.direction {
            Direction::In => None,
            Direction::Out => {
                step.instance.node(node).and_then(|node| View::of(step, node.parent).variable(name).cloned())
            }
        };
        self.mapped(name).cloned().or(there).unwrap_or_default()
    }
}

impl Scope for Mapped<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        let own = match self.direction {
            Direction::In => None,
            Direction::Out => self.view.local_variable(name),
        };
        own.or_else(|| self.mapped(name)).or_else(|| self.view.variable(name))
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        let mapped = match self.direction {
            Direction::In => self.mapped(name),
            Direction::Out => None,
        };
        mapped.or_else(|| self.view.local_variable(name))
    }

    fn around(&self) -> Option<&dyn Scope> {
        Some(&self.view)
    }
}

/// Sets a member of a map, and maps on the way there that are missing.
fn within(around: Value, path: &[String], value: Value) -> Value {
    let mut root = around;
    let mut here = &mut root;
    for name in path {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        let Value::Object(members) = here else { return root };
        here = members.entry(name.clone()).or_insert(Value::Null);
    }
    *here = value;
    root
}

/// A computed value that may become a variable.
pub(super) fn storable(value: Value) -> Result<Arc<Value>, Trouble> {
    if is_storable(&value) {
        return Ok(Arc::new(value));
    }
    let message = format!("a value is nested more than {} levels deep", crate::limits::VALUE_DEPTH_MAX);
    Err(Trouble::new(&incident::VALUE, message))
}

/// The depth of the recursion is that of the model, which its reader bounds.
fn value(mapping: &MappingValue, view: &dyn Scope) -> Result<Value, Trouble> {
    match mapping {
        MappingValue::Template(template) => Ok(template.evaluate(view)?),
        MappingValue::List(items) => items.iter().map(|item| value(item, view)).collect(),
        MappingValue::Map(members) => {
            members.iter().map(|(name, member)| Ok((name.clone(), value(member, view)?))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    #[test]
    fn data_objects_are_variables_of_their_scope_and_associations_copy_them() {
        let model = r#"<startEvent id="start"/><dataObject id="order" name="order"/><dataObjectReference id="shown" dataObjectRef="order"/>
            <subProcess id="sub"><dataObject id="draft" name="a draft"/><dataObjectReference id="draftShown" dataObjectRef="draft"/>
              <userTask id="u"><ioSpecification><dataInput id="in" name="given"/><dataOutput id="out" name="made"/><inputSet/><outputSet/></ioSpecification>
                <dataInputAssociation><sourceRef>shown</sourceRef><targetRef>in</targetRef></dataInputAssociation>
                <dataOutputAssociation><sourceRef>out</sourceRef><targetRef>draftShown</targetRef></dataOutputAssociation>
              </userTask>
              <task id="v"><dataOutputAssociation><targetRef>shown</targetRef><assignment><from>${draft} and ${order}</from><to>order</to></assignment></dataOutputAssociation></task>
              u -> v
            </subProcess>
            start -> sub"#;
        let mut run = Run::start_with(model, json!({"order": "o"}));
        let task = run.instance.nodes.values().find(|node| &*node.element == "u").unwrap();
        assert_eq!(*task.variables["given"], json!("o"));
        run.complete("u", json!({"made": "m"}));
        assert_eq!((run.places().as_str(), run.variable("order")), ("Completed", json!("m and o")));
        assert_eq!((run.variable("draft"), run.variable("given")), (json!(null), json!(null)));
        assert!(run.instance.variable("draft").is_none(), "it was a variable of the subprocess");
    }

    #[test]
    fn each_mapping_sees_those_before_it() {
        let model = r#"<startEvent id="start"/><userTask id="u"><extensionElements><camunda:inputOutput>
              <camunda:inputParameter name="a">${x + 1}</camunda:inputParameter><camunda:inputParameter name="b">${a * 2}</camunda:inputParameter>
              <camunda:outputParameter name="c">${b + 1}</camunda:outputParameter><camunda:outputParameter name="d">${c + 1}</camunda:outputParameter>
              <camunda:outputParameter name="a">outer</camunda:outputParameter><camunda:outputParameter name="e">${a}</camunda:outputParameter>
            </camunda:inputOutput></extensionElements></userTask>
            start -> u"#;
        let mut run = Run::start_with(model, json!({"x": 1}));
        run.complete("u", json!({}));
        let outputs = ["a", "b", "c", "d", "e"].map(|name| run.variable(name));
        assert_eq!(
            outputs,
            [json!("outer"), json!(null), json!(5), json!(6), json!(2)],
            "its own `a` hides the outer one"
        );
    }

    #[test]
    fn members_of_maps_are_mapped_one_by_one() {
        let model = r#"<startEvent id="start"/><userTask id="u"><extensionElements><zeebe:ioMapping xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
              <zeebe:input source="= 1" target="case.a.b"/><zeebe:input source="= case.a.b + 1" target="case.a.c"/>
              <zeebe:output source="= case" target="out.case"/><zeebe:output source="= result" target="out.result"/>
            </zeebe:ioMapping></extensionElements></userTask>
            start -> u"#;
        let mut run = Run::start_with(model, json!({"out": {"kept": true}, "case": "outer"}));
        run.complete("u", json!({"result": 3, "more": 4}));
        let out = json!({"kept": true, "case": {"a": {"b": 1, "c": 2}}, "result": 3});
        assert_eq!(
            (run.places().as_str(), run.variable("out"), run.variable("case")),
            ("Completed", out, json!("outer"))
        );
        assert_eq!(
            (run.variable("result"), run.variable("more")),
            (json!(null), json!(null)),
            "only what is mapped is seen"
        );
    }

    #[test]
    fn loops_take_and_give_data() {
        let model = r#"<startEvent id="start"/><dataObject id="items"/><dataObject id="results"/>
            <userTask id="u"><multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>
              <inputDataItem id="item"/><outputDataItem id="result"/></multiInstanceLoopCharacteristics>
              </userTask>
            start -> u"#;
        let mut run = Run::start_with(model, json!({"items": [1, 2]}));
        for result in ["a", "b"] {
            run.complete("u", json!({"result": result}));
        }
        assert_eq!((run.places().as_str(), run.variable("results")), ("Completed", json!(["a", "b"])));
    }
}
