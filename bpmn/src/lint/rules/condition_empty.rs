//! A condition says something.
//!
//! **Why it is bad.** An empty condition cannot be evaluated; the process stops or fails there.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a">«<conditionExpression»> </conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Write the condition, or remove the element.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in
        file.all(&["conditionExpression", "completionCondition"]).filter(|node| file.is_executed(*node))
    {
        // A script may lie in a resource of its own.
        let is_elsewhere =
            node.attributes().iter().any(|attribute| node.attribute_name(attribute).1 == "resource");
        if node.text().trim().is_empty() && !is_elsewhere {
            findings.on(node, "the condition is empty");
        }
    }
}
