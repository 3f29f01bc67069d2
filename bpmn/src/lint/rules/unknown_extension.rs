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
//! ```xml
//! <process id="p">
//!   <serviceTask id="t" «camunda:klass»="org.example.Work"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <serviceTask id="t"><extensionElements><camunda:inputOutput/></extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Correct the name, or use a namespace of your own for what only you understand.

use crate::lint::{File, Findings, Space, Span};

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
/// The attributes of `http://camunda.org/schema/1.0/bpmn` on elements of BPMN. Descendants of the engine have more of their
/// own, so that only those with its prefix are looked at.
const CAMUNDA_ATTRIBUTES: &[&str] = &[
    "assignee",
    "async",
    "asyncAfter",
    "asyncBefore",
    "calledElementBinding",
    "calledElementTenantId",
    "calledElementVersion",
    "calledElementVersionTag",
    "candidateGroups",
    "candidateStarterGroups",
    "candidateStarterUsers",
    "candidateUsers",
    "caseBinding",
    "caseRef",
    "caseTenantId",
    "caseVersion",
    "class",
    "collection",
    "decisionRef",
    "decisionRefBinding",
    "decisionRefTenantId",
    "decisionRefVersion",
    "decisionRefVersionTag",
    "delegateExpression",
    "diagramRelationId",
    "dueDate",
    "elementVariable",
    "errorCodeVariable",
    "errorMessage",
    "errorMessageVariable",
    "escalationCodeVariable",
    "exclusive",
    "expression",
    "followUpDate",
    "formHandlerClass",
    "formKey",
    "formRef",
    "formRefBinding",
    "formRefVersion",
    "historyTimeToLive",
    "initiator",
    "isStartableInTasklist",
    "jobPriority",
    "mapDecisionResult",
    "modelerTemplate",
    "modelerTemplateIcon",
    "modelerTemplateVersion",
    "priority",
    "resource",
    "resultVariable",
    "resultVariableName",
    "taskPriority",
    "topic",
    "type",
    "variableEvents",
    "variableMappingClass",
    "variableMappingDelegateExpression",
    "variableName",
    "versionTag",
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
    if file.document().uses(Space::Camunda) {
        attributes(file, findings);
    }
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

fn attributes(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes().filter(|node| node.space() == Space::Bpmn) {
        for attribute in node.attributes() {
            let (space, name) = node.attribute_name(attribute);
            if space != Space::Camunda || CAMUNDA_ATTRIBUTES.contains(&name) {
                continue;
            }
            let written = attribute.span().of(file.document().text());
            let written = written.split(['=', ' ', '\t', '\r', '\n']).next().unwrap_or_default();
            let bytes = u32::try_from(written.len()).unwrap_or_default();
            let start = attribute.span().start;
            if written.starts_with("camunda:") {
                let span = Span::new(start, start.saturating_add(bytes));
                findings.at(span, format!("Camunda 7 knows no attribute `{written}`"));
            }
        }
    }
}
