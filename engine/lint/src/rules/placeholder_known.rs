//! Placeholders in resources are `#{version}`, `#{date}` and `#{organization}`.
//!
//! Nothing stands for any other: a site refuses the resource, or reads the placeholder as text.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "publisher": "«#{publisher}»" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "publisher": "Example" }
//! ```

use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin() {
        let mut open: Vec<Node<'_>> = vec![resource.root()];
        while let Some(node) = open.pop() {
            if node.value.is_array() {
                open.extend(node.each());
            } else if let Some(text) = node.as_text() {
                if let Some(name) = unknown(text) {
                    found
                        .on(resource.file, node, format!("the placeholder `#{{{name}}}` is not known"))
                        .help("known are #{version}, #{date} and #{organization}");
                }
            } else {
                open.extend(node.members().map(|(_, member)| member));
            }
        }
    }
}

/// The first placeholder that is not known.
fn unknown(text: &str) -> Option<&str> {
    text.split("#{")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .find(|name| !matches!(*name, "version" | "date" | "organization"))
}
