//! Call activities: which process is called, in which version, and what crosses the border in either direction.

use super::extension::{self, Extensions};
use super::graph::Graph;
use super::{Binding, Call, Kind, Passed, Passing};
use crate::diagnostic::{Diagnostic, codes};
use crate::expression::Template;
use crate::model::{Base, CallActivity};
use crate::xml::{Attribute, Element};

impl<'m> Graph<'m, '_> {
    /// What is called; `None` if that was refused.
    pub(super) fn call_activity(&mut self, activity: &'m CallActivity, id: &'m str) -> Kind {
        let base = activity.base();
        for unknown in ["caseRef", "variableMappingClass", "variableMappingDelegateExpression"] {
            if let Some(attribute) = extension::camunda_attribute(base, unknown) {
                let message = format!("`{unknown}` is not executable");
                let finding = Diagnostic::error(codes::CALLED_ELEMENT, message, attribute.position).about(id);
                self.findings.add(finding.help("call a process by `calledElement`, map by `in` and `out`"));
            }
        }
        let zeebe = extension::zeebe(base, "calledElement");
        let called = activity.called_element.as_ref().map(|called| (called.as_str(), base.position));
        let zeebe_called = zeebe.and_then(|zeebe| zeebe.find_attribute("processId"));
        let zeebe_called = zeebe_called.map(|attribute| (attribute.value.as_str(), attribute.position));
        let Some((source, position)) = zeebe_called.or(called).filter(|(text, _)| !text.trim().is_empty())
        else {
            let finding =
                Diagnostic::error(codes::CALLED_ELEMENT, "it does not say what it calls", base.position);
            self.findings.add(finding.about(id).help("set `calledElement` to the id of a process"));
            return Kind::Task;
        };
        let local = source.trim().rsplit(':').next().unwrap_or_default();
        if self.references.global_tasks.contains(local) {
            self.not_yet("a call of a global task", base, id);
            return Kind::Task;
        }
        let mut extensions = self.extensions(base, id);
        let Some(process) = extensions.template(source.trim(), position) else { return Kind::Task };
        let binding = extensions.binding(zeebe);
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        if let Some(zeebe) = zeebe {
            let wanted = |local: &str| zeebe.attribute(local) != Some("false");
            // Without those around it, the activity's own variables: its input mappings.
            inputs.push(Passing { what: Passed::All, local: !wanted("propagateAllParentVariables") });
            // With output mappings, these alone decide what the process around gets to see.
            let (_, mapped) = extensions.mappings();
            let kept = !mapped.is_empty() || !wanted("propagateAllChildVariables");
            outputs.push(Passing { what: Passed::All, local: kept });
        }
        inputs.extend(extensions.passings("in"));
        outputs.extend(extensions.passings("out"));
        let business_key = extensions.called_business_key();
        Kind::CallActivity(Box::new(Call { process, binding, business_key, inputs, outputs }))
    }
}

impl Extensions<'_, '_> {
    fn binding(&mut self, zeebe: Option<&Element>) -> Binding {
        let camunda = |local: &str| extension::camunda_attribute(self.base, local);
        let written = camunda("calledElementBinding")
            .or_else(|| zeebe.and_then(|zeebe| zeebe.find_attribute("bindingType")));
        let version = camunda("calledElementVersion");
        let tag = camunda("calledElementVersionTag")
            .or_else(|| zeebe.and_then(|zeebe| zeebe.find_attribute("versionTag")));
        match written.map(|attribute| attribute.value.trim()) {
            None | Some("latest" | "") => Binding::Latest,
            Some("deployment") => Binding::Deployment,
            Some("version") => {
                self.bound(version, "calledElementVersion").map_or(Binding::Latest, Binding::Version)
            }
            Some("versionTag") => self.bound(tag, "versionTag").map_or(Binding::Latest, Binding::VersionTag),
            Some(other) => {
                let message =
                    format!("`{other}` is no binding; it is latest, deployment, version or versionTag");
                let position = written.map_or(self.base.position, |attribute| attribute.position);
                self.error(codes::CALLED_ELEMENT, message, position);
                Binding::Latest
            }
        }
    }

    fn bound(&mut self, attribute: Option<&Attribute>, wanted: &str) -> Option<Template> {
        let Some(attribute) = attribute else {
            let message = format!("this binding needs `{wanted}`");
            self.error(codes::CALLED_ELEMENT, message, self.base.position);
            return None;
        };
        self.template(attribute.value.trim(), attribute.position)
    }

    /// The elements `in` or `out`, but for the one that is about the business key.
    pub(super) fn passings(&mut self, local: &str) -> Vec<Passing> {
        let base: &Base = self.base;
        let elements = base.extensions().filter(|element| extension::is_camunda_named(element, local));
        elements.filter_map(|element| self.passing(element)).collect()
    }

    fn passing(&mut self, element: &Element) -> Option<Passing> {
        if element.attribute("businessKey").is_some() {
            return None;
        }
        let local = element.attribute("local") == Some("true");
        let target = element.attribute("target").map(str::to_owned);
        let expression = element.find_attribute("sourceExpression");
        let what = match (element.attribute("variables"), element.attribute("source"), expression, target) {
            (Some("all"), ..) => Passed::All,
            (None, Some(source), _, Some(target)) => Passed::Variable { source: source.to_owned(), target },
            (None, None, Some(expression), Some(target)) => {
                let source = self.template(&expression.value, expression.position)?;
                Passed::Value { source, target }
            }
            _ => {
                let message =
                    "it needs `variables=\"all\"`, or a `target` and a `source` or `sourceExpression`";
                self.error(codes::MAPPING, message, element.position);
                return None;
            }
        };
        Some(Passing { what, local })
    }

    fn called_business_key(&mut self) -> Option<Template> {
        let base: &Base = self.base;
        let mut elements = base.extensions().filter(|element| extension::is_camunda_named(element, "in"));
        let key = elements.find_map(|element| element.find_attribute("businessKey"))?;
        self.template(&key.value, key.position)
    }
}
