//! What several rules ask about the extensions of Camunda 7.

use crate::lint::document::Node;

/// Whether an element is a listener of a task or an execution that does not say who listens.
pub(super) fn is_listener_of_nobody(node: Node<'_>) -> bool {
    let says = |way: &str| node.attribute(way).is_some_and(|value| !value.trim().is_empty());
    matches!(node.name(), "taskListener" | "executionListener")
        && !["class", "expression", "delegateExpression"].iter().any(|way| says(way))
        && !node.children().any(|child| child.name() == "script")
}
