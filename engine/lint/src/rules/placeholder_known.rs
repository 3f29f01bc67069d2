//! Placeholders in resources are `#{version}`, `#{date}` and `#{organization}`. In a folder of sources, a name with dots, such as
//! `#{org.example.publisher}` or `#{org.example.publisher:nobody}`, is read from the configuration of the site.
//!
//! The Data Sharing Framework looks for every other name, also in `${...}`, among the settings of the site, the name with dots also
//! as environment variable `ORG_EXAMPLE_PUBLISHER`, and does not start the plugin if it is not there. What stands behind a colon is
//! the default. A single word is most probably misspelt. A site of Tessera reads nothing from its configuration and refuses the
//! resource, so a built plugin has only the three.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "publisher": "«#{publisher}»" }
//! ```
//! **Bad**, no plugin fills this in, and not every site may:
//! ```json fhir/CodeSystem/sum.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "publisher": "«#{org.example.publisher}»", "title": "«${title}»" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "publisher": "Example", "contact": [ { "name": "#{org.example.contact:Nobody}" } ] }
//! ```

use tessera_bpmn::lint::Level;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let is_built = package.plugin.is_some();
    for resource in package.all_of_plugin() {
        let mut open: Vec<Node<'_>> = vec![resource.root()];
        while let Some(node) = open.pop() {
            if node.value.is_array() {
                open.extend(node.each());
            } else if let Some(text) = node.as_text() {
                if let Some((placeholder, reading)) = worst(text, is_built) {
                    report(resource.file, node, placeholder, reading, found);
                }
            } else {
                open.extend(node.members().map(|(_, member)| member));
            }
        }
    }
}

fn report(file: usize, node: Node<'_>, placeholder: &str, reading: Reading, found: &mut Found<'_, '_>) {
    match reading {
        Reading::Known => {}
        Reading::Configured => {
            found
                .on(
                    file,
                    node,
                    format!("the placeholder `{placeholder}` has no default: each site must set it"),
                )
                .help("write the default behind a colon")
                .at_most(Level::Info);
        }
        Reading::Unknown => {
            found
                .on(file, node, format!("the placeholder `{placeholder}` is not known"))
                .help("known are #{version}, #{date} and #{organization}");
        }
    }
}

/// What becomes of a placeholder, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reading {
    /// A site fills it in, or has a default for it.
    Known,
    /// A site fills it in if it is configured to.
    Configured,
    /// Nobody fills it in.
    Unknown,
}

/// The placeholder of a text that is worst, the first of them.
fn worst(text: &str, is_built: bool) -> Option<(&str, Reading)> {
    let mut worst: Option<(&str, Reading)> = None;
    for (start, sign) in text.match_indices(['#', '$']) {
        let Some(written) = text.get(start..) else { continue };
        let Some((name, _)) =
            written.get(sign.len()..).and_then(|rest| rest.strip_prefix('{')?.split_once('}'))
        else {
            continue;
        };
        let reading = match (sign, is_built) {
            // Only the Data Sharing Framework reads these.
            ("$", true) => Reading::Known,
            (_, true) if !is_of_site(name) => Reading::Unknown,
            _ if sign == "#" && is_of_site(name) || name.contains(':') => Reading::Known,
            _ if name.contains('.') => Reading::Configured,
            _ => Reading::Unknown,
        };
        let end = name.len().saturating_add("#{}".len());
        if let Some(placeholder) = written.get(..end)
            && worst.is_none_or(|(_, known)| known < reading)
        {
            worst = Some((placeholder, reading));
        }
    }
    worst
}

/// Whether every site fills it in.
fn is_of_site(name: &str) -> bool {
    matches!(name, "version" | "date" | "organization")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_placeholder_of_a_text_is_shown() {
        for (text, of_sources, of_built) in [
            ("#{version}", Reading::Known, Reading::Known),
            ("#{version} #{versoin}", Reading::Unknown, Reading::Unknown),
            ("#{org.example.a} #{b}", Reading::Unknown, Reading::Unknown),
            ("#{org.example.a}", Reading::Configured, Reading::Unknown),
            ("#{org.example.a:}", Reading::Known, Reading::Unknown),
            ("${org.example.a}", Reading::Configured, Reading::Known),
            ("${version}", Reading::Unknown, Reading::Known),
        ] {
            let reading = |is_built| worst(text, is_built).map(|(_, reading)| reading);
            assert_eq!((reading(false), reading(true)), (Some(of_sources), Some(of_built)), "{text}");
        }
        for text in ["#", "#{", "$ {a}", "a}", "#{version"] {
            assert_eq!(worst(text, false), None, "{text}");
        }
    }
}
