//! The words of the dialects: what is executed, what is a note for tools, and what does nothing here. A word that stands in
//! a model and does nothing is reported, so that nobody relies on it.

use super::graph::Graph;
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::dialect::{CAMUNDA, TESSERA, ZEEBE};
use crate::model::Base;
use crate::xml::Name;

/// Attributes of our own dialect and of Camunda's that are read somewhere in this crate.
const ATTRIBUTES: &[&str] = &[
    "assignee",
    "async",
    "asyncAfter",
    "asyncBefore",
    "calledElementBinding",
    "calledElementVersion",
    "calledElementVersionTag",
    "candidateGroups",
    "candidateUsers",
    "caseRef",
    "class",
    "collection",
    "correlationKey",
    "decisionRef",
    "decisionRefBinding",
    "delegateExpression",
    "dueDate",
    "elementVariable",
    "errorCodeVariable",
    "errorMessage",
    "errorMessageVariable",
    "escalationCodeVariable",
    "exclusive",
    "expression",
    "followUpDate",
    "formKey",
    "handler",
    "historyTimeToLive",
    "mapDecisionResult",
    "outputCollection",
    "outputElement",
    "priority",
    "resource",
    "resultVariable",
    "retry",
    "topic",
    "type",
    "variableEvents",
    "variableMappingClass",
    "variableMappingDelegateExpression",
    "variableName",
    "versionTag",
];

/// Elements of the dialects that are read somewhere in this crate.
const ELEMENTS: &[&str] = &[
    "adHoc",
    "assignmentDefinition",
    "calledDecision",
    "calledElement",
    "conditionalFilter",
    "connector",
    "executionListener",
    "executionListeners",
    "failedJobRetryTimeCycle",
    "field",
    "formDefinition",
    "in",
    "inputOutput",
    "ioMapping",
    "listener",
    "loopCharacteristics",
    "out",
    "priorityDefinition",
    "script",
    "subscription",
    "taskDefinition",
    "taskHeaders",
    "taskListener",
    "taskListeners",
    "taskSchedule",
    "userTask",
    "versionTag",
];

/// What modelling tools write for themselves, and names of what has an effect elsewhere.
const NOTES: &[&str] = &[
    "diagramRelationId",
    "modelerTemplate",
    "modelerTemplateIcon",
    "modelerTemplateVersion",
    "modelerConfigurationName",
    "modelerConfigurationTemplate",
    "properties",
];

impl Graph<'_, '_> {
    /// Reports the words of the dialects on one element that do nothing.
    pub(super) fn idle_words(&mut self, base: &Base, id: &str) {
        for attribute in &base.attributes {
            if is_idle(&attribute.name, ATTRIBUTES) {
                self.idle(&attribute.name, attribute.position, id);
            }
        }
        for element in base.extensions() {
            if is_idle(&element.name, ELEMENTS) {
                self.idle(&element.name, element.position, id);
            }
        }
    }

    fn idle(&mut self, name: &Name, position: Position, id: &str) {
        let message = format!("`{}` has no effect", name.local);
        let finding = Diagnostic::warning(codes::NO_EFFECT, message, position).about(id);
        self.findings.add(finding.help("remove it, or model what it should do by elements and handlers"));
    }
}

fn is_idle(name: &Name, known: &[&str]) -> bool {
    let Some(namespace) = name.namespace.as_deref() else { return false };
    let ours = namespace == TESSERA || namespace == ZEEBE || CAMUNDA.contains(&namespace);
    ours && !known.contains(&&*name.local) && !NOTES.contains(&&*name.local)
}
