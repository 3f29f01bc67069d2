//! Inputs and outputs of elements: values computed from what is visible.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{Mapping, MappingValue};
use tessera_bpmn::expression::Scope;

use super::incident;
use super::occurrence::Trouble;
use super::step::Step;
use super::variables::{Named, View, is_storable};
use crate::identity::NodeKey;

/// Computes all values before any of them is set.
pub(super) fn evaluate(step: &Step<'_>, node: NodeKey, mappings: &[Mapping]) -> Result<Named, Trouble> {
    let view = View::new(step.instance, step.program, node);
    mappings
        .iter()
        .map(|mapping| Ok((mapping.name.as_str().into(), storable(value(&mapping.value, &view)?)?)))
        .collect()
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
