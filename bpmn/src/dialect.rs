//! The extensions that models carry: their namespaces, and how they are found. Activiti, Operaton and fox (Camunda's first name) speak the
//! Camunda dialect under namespaces of their own. Compiler and linter must mean the same by them, and so must the crates above.

use crate::model::Base;
use crate::xml::{Attribute, Element};

/// Our own extensions.
pub const TESSERA: &str = "https://tessera.dev/bpmn/1";
/// The Camunda 7 dialect, under each of its names.
pub const CAMUNDA: [&str; 5] = [
    "http://camunda.org/schema/1.0/bpmn",
    "http://operaton.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
    "http://www.camunda.com/fox",
    "http://www.operaton.com/fox",
];
/// The Camunda 8 dialect.
pub const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";

/// An attribute of our own dialect or of Camunda's; ours comes first.
pub fn attribute<'m>(base: &'m Base, local: &str) -> Option<&'m Attribute> {
    base.attribute(TESSERA, local)
        .or_else(|| CAMUNDA.iter().find_map(|namespace| base.attribute(namespace, local)))
}

/// Whether an element belongs to our own dialect or to Camunda's.
pub fn is_ours_or_camunda(element: &Element) -> bool {
    let namespace = element.name.namespace.as_deref();
    namespace.is_some_and(|namespace| namespace == TESSERA || CAMUNDA.contains(&namespace))
}
