//! What several rules read in the same way: canonicals, codes, messages, and which resources a site manages.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;
use tessera_fhir::builtin;
use tessera_fhir::definitions::Definitions;
use tessera_fhir::names;
use tessera_fhir::process::ProcessCanonical;
use tessera_fhir::resource::{list, text};
use tessera_fhir::source::Node;

use crate::limits::{
    BASES_MAX, MISSPELT_BYTES_MAX, MISSPELT_LETTERS_MAX, NAMES_SHOWN, QUESTIONNAIRE_ITEMS_MAX,
};
use crate::package::{Package, Resource};

/// Types whose url, version, date and status a site manages.
pub(crate) const VERSIONED: &[&str] = &[
    "ActivityDefinition",
    "CodeSystem",
    "Library",
    "Measure",
    "Questionnaire",
    "StructureDefinition",
    "ValueSet",
];

/// Types that need a read-access tag.
pub(crate) const TAGGED: &[&str] = &[
    "ActivityDefinition",
    "CodeSystem",
    "Library",
    "Measure",
    "NamingSystem",
    "Questionnaire",
    "StructureDefinition",
    "ValueSet",
];

/// The fields that a message is made from.
pub(crate) const SEND_FIELDS: &[&str] = &["instantiatesCanonical", "messageName", "profile"];

/// What the urls of the definitions of FHIR itself begin with.
const FHIR_PROFILES: &str = "http://hl7.org/fhir/StructureDefinition/";

/// What every site has, made once.
static BUILT_IN: LazyLock<Vec<Value>> = LazyLock::new(builtin::resources);

/// Names, as a sentence lists them; only the first of many.
pub(crate) fn listed<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    let shown: Vec<String> = names.by_ref().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.next().is_some() { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Url and version of a canonical.
pub(crate) fn split(canonical: &str) -> (&str, Option<&str>) {
    canonical.split_once('|').map_or((canonical, None), |(url, version)| (url, Some(version)))
}

/// Whether a canonical names the version of this plugin.
pub(crate) fn is_current(package: &Package, canonical: &str) -> bool {
    let version = split(canonical).1;
    let built = package.plugin.as_ref().map(|plugin| plugin.resource_version.as_str());
    version == Some("#{version}") || (version.is_some() && version == built)
}

/// The url of the process that a canonical with version names; none when it has another form.
pub(crate) fn process_url(canonical: &str) -> Option<&str> {
    let (url, version) = split(canonical);
    let version = match version? {
        "#{version}" => "0.0",
        version => version,
    };
    ProcessCanonical::parse(&format!("{url}|{version}")).map(|_| url)
}

/// The process-authorization of a message.
pub(crate) fn authorization<'r>(definition: &'r Resource, message: &str) -> Option<Node<'r>> {
    definition.root().extensions(names::PROCESS_AUTHORIZATION).find(|authorization| {
        let name = authorization.extensions("message-name").next();
        name.and_then(|name| name.text("valueString")) == Some(message)
    })
}

/// System and code of the first coding of an input.
pub(crate) fn code_of(input: Node<'_>) -> Option<(&str, &str)> {
    let coding = input.member("type")?.items("coding").next()?;
    let code = coding.text("code").filter(|code| !code.trim().is_empty())?;
    Some((coding.text("system")?, code))
}

/// What a profile fixes an element to.
pub(crate) fn fixed_value<'r>(profile: Node<'r>, id: &str) -> Option<Node<'r>> {
    let mut elements = profile.member("differential")?.items("element");
    let element = elements.find(|element| element.text("id") == Some(id))?;
    element.choice("fixed").map(|(_, value)| value)
}

/// The ids of the elements of what a profile is made from; none where a profile in between is not known.
pub(crate) fn inherited_elements<'p>(package: &'p Package, profile: &'p Value) -> Option<BTreeSet<&'p str>> {
    let mut found = BTreeSet::new();
    let mut profile = profile;
    for _ in 0..BASES_MAX {
        let (url, _) = split(text(profile, "baseDefinition")?);
        if url.starts_with(FHIR_PROFILES) {
            return Some(found);
        }
        let own = package.by_url("StructureDefinition", url).map(|base| &base.value.source.resource);
        let built_in = || BUILT_IN.iter().find(|resource| text(resource, "url") == Some(url));
        profile = own.or_else(built_in)?;
        for part in ["snapshot", "differential"] {
            let elements = profile.get(part).into_iter().flat_map(|part| list(part, "element"));
            found.extend(elements.filter_map(|element| text(element, "id")));
        }
    }
    None
}

/// All items of a Questionnaire, those within others too.
pub(crate) fn items(questionnaire: Node<'_>) -> Vec<Node<'_>> {
    let mut open: Vec<Node<'_>> = questionnaire.items("item").collect();
    open.reverse();
    let mut found = Vec::new();
    while let Some(item) = open.pop() {
        if found.len() >= QUESTIONNAIRE_ITEMS_MAX {
            break;
        }
        found.push(item);
        let mut inner: Vec<Node<'_>> = item.items("item").collect();
        inner.reverse();
        open.append(&mut inner);
    }
    found
}

/// Whether a code system has a code; none when neither the package nor DSF has the code system, or not all of it.
pub(crate) fn known_code(package: &Package, system: &str, code: &str) -> Option<bool> {
    if let Some(code_system) = package.by_url("CodeSystem", system) {
        let root = &code_system.value.source.resource;
        let is_complete = matches!(text(root, "content"), Some("complete") | None);
        let has_it = codes(root).contains(code);
        return (is_complete || has_it).then_some(has_it);
    }
    let built_in = BUILT_IN.iter().find(|resource| {
        text(resource, "resourceType") == Some("CodeSystem") && text(resource, "url") == Some(system)
    })?;
    Some(codes(built_in).contains(code))
}

/// The code system of the package that a system which is not there most probably means: one that differs in a letter or
/// two, or has the same last segment.
pub(crate) fn misspelt_system<'p>(package: &'p Package, system: &str) -> Option<&'p str> {
    if package.by_url("CodeSystem", system).is_some() || known_code(package, system, "").is_some() {
        return None;
    }
    let last = |url: &str| url.rsplit('/').next().map(str::to_ascii_lowercase);
    let urls = || package.of_type("CodeSystem").filter_map(|code_system| code_system.value.url());
    let is_near = |url: &&str| {
        url.len().max(system.len()) <= MISSPELT_BYTES_MAX
            && strsim::osa_distance(url, system) <= MISSPELT_LETTERS_MAX
    };
    urls().find(|url| last(url) == last(system)).or_else(|| urls().find(is_near))
}

fn codes(code_system: &Value) -> BTreeSet<&str> {
    let mut open: Vec<&Value> = list(code_system, "concept").iter().collect();
    let mut found = BTreeSet::new();
    while let Some(concept) = open.pop() {
        found.extend(text(concept, "code"));
        open.extend(list(concept, "concept"));
    }
    found
}

/// The definitions that Tasks of this package are checked with: its own, and those that every site has.
pub(crate) fn definitions(package: &Package) -> Definitions {
    let mut definitions = Definitions::default();
    let own = package.resources().map(|resource| resource.value.source.resource.clone());
    for (number, mut resource) in BUILT_IN.iter().cloned().chain(own).enumerate() {
        if let Some(members) = resource.as_object_mut() {
            members.insert("id".to_owned(), Value::String(number.to_string()));
        }
        definitions.put(&resource);
    }
    definitions
}
