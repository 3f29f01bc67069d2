//! An executable process has the version tag `#{version}`, as its ActivityDefinition has the version `#{version}`.
//!
//! A Task names process and version. A process without the version of its ActivityDefinition is never found.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true" camunda:versionTag="«1.0»"/>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "version": "#{version}" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true" camunda:versionTag="#{version}"/>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "version": "#{version}" }
//! ```

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        let id = process.id.as_deref().unwrap_or_default();
        let definition = package.activity_definition_of(id);
        let expected =
            definition.and_then(|definition| definition.value.root().text("version")).unwrap_or("#{version}");
        let built = package.plugin.as_ref().map(|plugin| plugin.resource_version.as_str());
        let is_same = |tag: &str| tag == expected || (Some(tag) == built && expected == "#{version}");
        match &process.version_tag {
            None => {
                let message = match definition {
                    Some(_) => {
                        format!("the process has no version tag; its ActivityDefinition has `{expected}`")
                    }
                    None => "the process has no version tag".to_owned(),
                };
                found
                    .at(process.file, process.span, message)
                    .about(id)
                    .help("add camunda:versionTag=\"#{version}\"");
            }
            Some(tag) if !is_same(&tag.text) => {
                let message = match definition {
                    Some(_) => {
                        format!("the version tag is `{}`, the ActivityDefinition has `{expected}`", tag.text)
                    }
                    None => format!("the version tag is `{}`, not `{expected}`", tag.text),
                };
                found.value(process.file, tag, message).about(id).help("write `#{version}` in both");
            }
            Some(_) => {}
        }
    }
}
