//! Extensions of Camunda and Zeebe have names that these engines know.
//!
//! **Why it is bad.** Every engine skips an extension that it does not know, without a word: the misspelt one has no effect.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <serviceTask id="t"><extensionElements>«<camunda:inputOutputs»/></extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <serviceTask id="t"><extensionElements><camunda:inputOutput/></extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Correct the name, or use a namespace of your own for what only you understand.

use crate::lint::{File, Findings, Space};

/// The elements of `http://camunda.org/schema/1.0/bpmn`, up to 7.24.
const CAMUNDA: &[&str] = &[
    "connector",
    "connectorId",
    "constraint",
    "entry",
    "errorEventDefinition",
    "executionListener",
    "expression",
    "failedJobRetryTimeCycle",
    "field",
    "formData",
    "formField",
    "formProperty",
    "in",
    "inputOutput",
    "inputParameter",
    "list",
    "map",
    "out",
    "outputParameter",
    "potentialStarter",
    "properties",
    "property",
    "resourceAssignmentExpression",
    "script",
    "string",
    "taskListener",
    "validation",
    "value",
];
/// The elements of `http://camunda.org/schema/zeebe/1.0`, up to 8.9.
const ZEEBE: &[&str] = &[
    "adHoc",
    "agentDefinition",
    "assignmentDefinition",
    "calledDecision",
    "calledElement",
    "conditionalFilter",
    "executionListener",
    "executionListeners",
    "formDefinition",
    "header",
    "input",
    "ioMapping",
    "jobPriorityDefinition",
    "linkedResource",
    "linkedResources",
    "loopCharacteristics",
    "output",
    "priorityDefinition",
    "properties",
    "property",
    "script",
    "subscription",
    "taskDefinition",
    "taskHeaders",
    "taskListener",
    "taskListeners",
    "taskSchedule",
    "userTask",
    "userTaskForm",
    "versionTag",
];

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (space, known, engine) in [(Space::Camunda, CAMUNDA, "Camunda 7"), (Space::Zeebe, ZEEBE, "Camunda 8")]
    {
        if !file.document().uses(space) {
            continue;
        }
        for node in
            file.document().nodes().filter(|node| node.space() == space && !known.contains(&node.name()))
        {
            findings.on(node, format!("{engine} knows no extension `{}`", node.written_name()));
        }
    }
}
