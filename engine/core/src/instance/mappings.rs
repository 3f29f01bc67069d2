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
