//! Checks a document against the table of the schema: which elements, in which order, with which attributes and values.
//! One walk over the elements; after something unexpected it goes on, so that everything is reported at once.

pub(super) mod reference;
mod table;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::lint::document::{Document, Node, Space};
use crate::lint::finding::Span;
use crate::lint::scan::is_ncname;
use table::{Content, GLOBALS, Is, Kind, Particle, TYPES};

/// What a violation is about; each kind is a rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Violated {
    /// The root element.
    Root,
    /// Which elements are where.
    Structure,
    /// Which attributes there are.
    Attribute,
    /// What values are.
    Value,
    /// Where text may stand.
    Text,
}

/// A violation of the schema.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub(super) violated: Violated,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A value that names another element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'d> {
    /// The element that refers.
    pub(super) node: Node<'d>,
    /// The attribute or child element that holds the reference.
    pub(super) role: &'d str,
    pub(super) span: Span,
    /// Whether a name with a prefix may be of another file.
    pub(super) is_qualified: bool,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Checked<'d> {
    pub(super) violations: Vec<Violation>,
    pub(super) references: Vec<Reference<'d>>,
    /// Elements with an attribute that is an id, in the order of the file.
    pub(super) identified: Vec<(Node<'d>, Span)>,
}

/// A type with everything that it inherits.
struct Whole {
    of: &'static table::Type,
    attributes: Vec<&'static table::Attribute>,
    particles: Vec<Part>,
    /// From which particle on only one kind may occur.
    choice_from: usize,
    is_mixed: bool,
    is_open: bool,
}

/// A particle; its name as a number, and what it is checked as unless the element itself says that.
struct Part {
    particle: &'static Particle,
    name: usize,
    is: As,
}

/// A global element.
struct Global {
    is: As,
    is_abstract: bool,
    /// The names of what it substitutes.
    substitutes: Vec<usize>,
}

struct Schema {
    types: Vec<Whole>,
    /// Types by name, as places in `types`.
    places: BTreeMap<(Space, &'static str), usize>,
    /// The numbers of names of elements.
    names: BTreeMap<(Space, &'static str), usize>,
    /// Global elements by the number of their name.
    globals: BTreeMap<usize, Global>,
}

/// What an element is checked as.
#[derive(Clone, Copy)]
enum As {
    /// A place in [`Schema::types`].
    Type(usize),
    Simple(Kind),
    Anything,
}

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let places: BTreeMap<_, _> =
            TYPES.iter().enumerate().map(|(place, of)| ((of.space, of.name), place)).collect();
        let mut names: BTreeMap<(Space, &'static str), usize> = BTreeMap::new();
        let mut number = |space: Space, name: &'static str| {
            let next = names.len();
            *names.entry((space, name)).or_insert(next)
        };
        let type_of =
            |name: (Space, &'static str)| places.get(&name).map_or(As::Anything, |place| As::Type(*place));
        let types = TYPES.iter().map(|of| {
            let mut chain = vec![of];
            let base = |of: &&table::Type| TYPES.get(*places.get(&of.base?)?);
            while let Some(base) = chain.last().and_then(base) {
                chain.push(base);
            }
            let mut whole = Whole {
                of,
                attributes: Vec::new(),
                particles: Vec::new(),
                choice_from: usize::MAX,
                is_mixed: false,
                is_open: false,
            };
            for part in chain.iter().rev() {
                whole.attributes.extend(part.attributes);
                whole.is_mixed |= part.is_mixed;
                let particles = match &part.content {
                    Content::Sequence(particles) => particles,
                    Content::Choice(particles) => {
                        whole.choice_from = whole.particles.len();
                        particles
                    }
                };
                whole.is_open |=
                    particles.iter().any(|particle| matches!(particle.is, Is::Any) && particle.name == "*");
                whole.particles.extend(particles.iter().map(|particle| Part {
                    particle,
                    name: number(particle.space, particle.name),
                    is: match particle.is {
                        Is::Any | Is::Global => As::Anything,
                        Is::Simple(of) => As::Simple(of),
                        Is::Local(name) => type_of(name),
                    },
                }));
            }
            whole
        });
        let types = types.collect();
        let substituted = |global: &table::Global| {
            GLOBALS.iter().find(|other| global.substitutes == Some((other.space, other.name)))
        };
        let globals = GLOBALS.iter().map(|global| {
            let is = match global.type_name {
                (Space::None, "xsd:IDREF") => As::Simple(Kind::IdReference),
                (Space::None, "xsd:QName") => As::Simple(Kind::QName),
                (Space::None, _) => As::Simple(Kind::Text),
                name => type_of(name),
            };
            let heads = std::iter::successors(substituted(global), |head| substituted(head));
            let substitutes = heads.map(|head| number(head.space, head.name)).collect();
            (number(global.space, global.name), Global { is, is_abstract: global.is_abstract, substitutes })
        });
        let globals = globals.collect();
        Schema { types, places, names, globals }
    })
}

/// Checks everything from the root element down.
pub(super) fn check(document: &Document) -> Checked<'_> {
    let mut checked = Checked::default();
    let Some(root) = document.root() else { return checked };
    if !root.is("definitions") {
        let message = match root.name() {
            "definitions" => "the root element `definitions` is not in the namespace of BPMN 2.0".to_owned(),
            name => format!("the root element is `{name}`, not `definitions` of BPMN 2.0"),
        };
        let help =
            format!("BPMN 2.0 models begin with `<definitions xmlns=\"{}\" ...>`", crate::model::NAMESPACE);
        checked.violations.push(Violation {
            violated: Violated::Root,
            span: root.head(),
            message,
            help: Some(help),
        });
        return checked;
    }
    let mut kinds: Vec<As> = vec![As::Anything; document.len()];
    let schema = schema();
    if let Some(first) = kinds.first_mut() {
        let definitions = schema.places.get(&(Space::Bpmn, "tDefinitions"));
        *first = definitions.map_or(As::Anything, |place| As::Type(*place));
    }
    let named = document.names.each().map(|name| schema.names.get(&name).copied());
    let named: Vec<Option<usize>> = named.collect();
    for node in document.nodes() {
        match kinds.get(node.place()).copied().unwrap_or(As::Anything) {
            As::Anything => {}
            As::Simple(kind) => checked.simple(node, kind),
            As::Type(declared) => {
                let place = checked.actual_type(node, declared);
                let Some(whole) = schema.types.get(place) else { continue };
                checked.attributes(node, whole);
                if node.is_unclosed() {
                    continue;
                }
                checked.children(node, whole, &named, &mut kinds);
                checked.text(node, whole);
            }
        }
    }
    checked
}

impl<'d> Checked<'d> {
    fn add(&mut self, violated: Violated, span: Span, message: String, help: Option<String>) {
        if self.violations.len() < crate::limits::LINT_FINDINGS_MAX {
            self.violations.push(Violation { violated, span, message, help });
        }
    }

    /// The type that `xsi:type` asks for, if it extends the declared one.
    fn actual_type(&mut self, node: Node<'d>, declared: usize) -> usize {
        let Some(attribute) = node.attribute_record_in(Space::SchemaInstance, "type") else {
            return declared;
        };
        let written = node.attribute_value(attribute).trim();
        if self.lacks_prefix(node, "xsi:type", written, attribute.value_span()) {
            return declared;
        }
        let local = written.split_once(':').map_or(written, |(_, local)| local);
        let schema = schema();
        let space = schema.types.get(declared).map_or(Space::None, |whole| whole.of.space);
        let is_concrete =
            |place: &&usize| schema.types.get(**place).is_some_and(|whole| !whole.of.is_abstract);
        let found = schema.places.get(&(space, local)).filter(is_concrete).copied();
        let base = |place: usize| schema.places.get(&schema.types.get(place)?.of.base?).copied();
        if let Some(found) = found
            && std::iter::successors(Some(found), |place| base(*place)).any(|place| place == declared)
        {
            return found;
        }
        let message = format!("`{written}` is no type that can stand here");
        self.add(Violated::Value, attribute.value_span(), message, None);
        declared
    }

    fn attributes(&mut self, node: Node<'d>, whole: &Whole) {
        for attribute in node.attributes() {
            let (space, name) = node.attribute_name(attribute);
            match space {
                Space::None => {}
                // Attributes of other namespaces are extensions and allowed everywhere; those of BPMN itself are not.
                Space::Bpmn => {
                    let message = format!(
                        "the attribute `{name}` is written with a prefix; attributes of BPMN have none"
                    );
                    self.add(
                        Violated::Attribute,
                        attribute.value_span(),
                        message,
                        Some("remove the prefix".to_owned()),
                    );
                    continue;
                }
                Space::Diagram
                | Space::DiagramCommon
                | Space::DiagramInterchange
                | Space::Camunda
                | Space::Zeebe
                | Space::Modeler
                | Space::Tessera
                | Space::SchemaInstance
                | Space::Xml
                | Space::Declaration
                | Space::Other(_) => continue,
            }
            let Some(known) = whole.attributes.iter().rev().find(|known| known.name == name) else {
                let known: Vec<&str> = whole.attributes.iter().map(|known| known.name).collect();
                let message = format!("`{}` has no attribute `{name}`", node.name());
                let help = format!("it can have: {}", known.join(", "));
                let span = Span::new(
                    attribute.span().start,
                    attribute.span().start.saturating_add(super::document::short(name.len())),
                );
                self.add(Violated::Attribute, span, message, Some(help));
                continue;
            };
            let value = node.attribute_value(attribute);
            self.value(node, name, value, attribute.value_span(), known.kind);
        }
        for missing in
            whole.attributes.iter().filter(|known| known.is_required && node.attribute(known.name).is_none())
        {
            let message = format!("`{}` needs the attribute `{}`", node.name(), missing.name);
            self.add(Violated::Attribute, node.head(), message, None);
        }
    }

    fn value(&mut self, node: Node<'d>, role: &'d str, value: &str, span: Span, kind: Kind) {
        let trimmed = value.trim();
        let expected = match kind {
            Kind::Text | Kind::Uri => return,
            Kind::Id => {
                self.identified.push((node, span));
                if is_ncname(trimmed) {
                    return;
                }
                "a name: a letter or `_`, then letters, digits, `.`, `-` and `_`".to_owned()
            }
            Kind::IdReference | Kind::QName => {
                let is_qualified = kind == Kind::QName;
                if is_qualified && self.lacks_prefix(node, role, trimmed, span) {
                    return;
                }
                self.references.push(Reference { node, role, span, is_qualified });
                let is_name = match trimmed.split_once(':') {
                    // Placeholders and expressions are common in names of processes to be called.
                    _ if trimmed.contains(['$', '#', '=']) => true,
                    Some((prefix, local)) if is_qualified => is_ncname(prefix) && is_ncname(local),
                    _ => is_ncname(trimmed),
                };
                if is_name {
                    return;
                }
                "the id of an element".to_owned()
            }
            Kind::Boolean if matches!(trimmed, "true" | "false" | "1" | "0") => return,
            Kind::Boolean => "`true` or `false`".to_owned(),
            Kind::Integer if trimmed.parse::<i64>().is_ok() => return,
            Kind::Integer => "a whole number".to_owned(),
            Kind::Number if trimmed.parse::<f64>().is_ok() => return,
            Kind::Number => "a number".to_owned(),
            Kind::OneOf(allowed) if allowed.contains(&trimmed) => return,
            Kind::OneOf(allowed) => format!("one of {}", allowed.join(", ")),
        };
        self.add(
            Violated::Value,
            span,
            format!("`{role}` is `{}`, but must be {expected}", abridged(value)),
            None,
        );
    }

    /// Whether a qualified name has a prefix that is not declared, which is reported.
    fn lacks_prefix(&mut self, node: Node<'d>, role: &str, written: &str, span: Span) -> bool {
        let Some((prefix, local)) = written.split_once(':') else { return false };
        if !is_ncname(prefix) || !is_ncname(local) || node.knows_prefix(prefix) {
            return false;
        }
        let message = format!("`{role}` is `{}`, whose prefix `{prefix}` is not declared", abridged(written));
        let help = format!("declare it in the root element: `xmlns:{prefix}=\"...\"`");
        self.add(Violated::Value, span, message, Some(help));
        true
    }

    fn simple(&mut self, node: Node<'d>, kind: Kind) {
        if let Some(child) = node.children().next() {
            self.add(
                Violated::Structure,
                child.head(),
                format!("`{}` contains only text", node.name()),
                None,
            );
        }
        for attribute in node.attributes() {
            let (space, name) = node.attribute_name(attribute);
            if matches!(space, Space::None | Space::Bpmn) {
                let message = format!("`{}` is only a text and has no attribute `{name}`", node.name());
                self.add(Violated::Attribute, attribute.span(), message, None);
            }
        }
        let text = node.text();
        let about = node.parent().unwrap_or(node);
        self.value(about, node.name(), &text, node.text_span(), kind);
    }

    fn children(&mut self, node: Node<'d>, whole: &Whole, named: &[Option<usize>], kinds: &mut [As]) {
        if whole.is_open {
            // Anything may stand here that is not of BPMN itself.
            for child in
                node.children().filter(|child| node.is("extensionElements") && child.space() == Space::Bpmn)
            {
                let message = format!("`{}` is no extension: it is an element of BPMN", child.written_name());
                self.add(Violated::Structure, child.head(), message, None);
            }
            return;
        }
        let mut counts = vec![0_u32; whole.particles.len()];
        let mut reached = 0_usize;
        let mut chosen: Option<usize> = None;
        for child in node.children() {
            let name = named.get(super::document::long(child.name_index())).copied().flatten();
            let global = name.and_then(|name| schema().globals.get(&name));
            let fits =
                |place: &usize| whole.particles.get(*place).is_some_and(|part| accepts(part, name, global));
            let found = (reached..whole.particles.len()).find(fits);
            let Some(place) = found.or_else(|| (0..reached.min(whole.particles.len())).find(fits)) else {
                let foreign = child.space() != node.space();
                let message = format!("`{}` is not allowed in `{}`", child.written_name(), node.name());
                let help = (foreign && node.space() == Space::Bpmn)
                    .then(|| "extensions stand in `extensionElements`".to_owned());
                self.add(Violated::Structure, child.head(), message, help);
                continue;
            };
            if place < reached {
                let after = whole.particles.get(reached).map_or("", |part| part.particle.name);
                let message = format!("`{}` must stand before `{after}` in `{}`", child.name(), node.name());
                self.add(
                    Violated::Structure,
                    child.head(),
                    message,
                    Some("the order of the schema is fixed; move it up".to_owned()),
                );
            }
            reached = reached.max(place);
            let Some(Part { particle, is, .. }) = whole.particles.get(place) else { continue };
            if let Some(count) = counts.get_mut(place) {
                *count = count.saturating_add(1);
                if particle.max > 0 && *count == particle.max.saturating_add(1) {
                    let message = format!(
                        "`{}` occurs more than {} in `{}`",
                        child.name(),
                        times(particle.max),
                        node.name()
                    );
                    self.add(Violated::Structure, child.head(), message, None);
                }
            }
            if place >= whole.choice_from {
                match chosen {
                    Some(first) if first != place && particle.name != "resourceParameterBinding" => {
                        let other = whole.particles.get(first).map_or("", |part| part.particle.name);
                        let message = format!(
                            "`{}` holds either `{other}` or `{}`, not both",
                            node.name(),
                            child.name()
                        );
                        self.add(Violated::Structure, child.head(), message, None);
                    }
                    Some(_) => {}
                    None => chosen = Some(place),
                }
            }
            if let Some(kind) = kinds.get_mut(child.place()) {
                *kind = match particle.is {
                    Is::Any | Is::Simple(_) | Is::Local(_) => *is,
                    Is::Global => global.map_or(As::Anything, |global| global.is),
                };
            }
        }
        if let Some(binding) = node.child("resourceParameterBinding")
            && node.child("resourceRef").is_none()
        {
            let message = format!("`{}` binds parameters, and needs `resourceRef` for that", node.name());
            self.add(Violated::Structure, binding.head(), message, None);
        }
        for (Part { particle, .. }, count) in whole.particles.iter().zip(counts) {
            if count < particle.min {
                let message = format!("`{}` needs `{}`", node.name(), particle.name);
                self.add(Violated::Structure, node.head(), message, None);
            }
        }
    }

    fn text(&mut self, node: Node<'d>, whole: &Whole) {
        if whole.is_mixed || node.is_blank() {
            return;
        }
        let text = node.text();
        if !text.trim().is_empty() {
            let message = format!("text is not allowed in `{}`: `{}`", node.name(), abridged(text.trim()));
            self.add(Violated::Text, node.text_span(), message, None);
        }
    }
}

/// Whether a child with this name, which may be that of a global element, can stand for a particle.
fn accepts(part: &Part, name: Option<usize>, global: Option<&Global>) -> bool {
    if !matches!(part.particle.is, Is::Global) {
        return name == Some(part.name);
    }
    global.is_some_and(|global| {
        !global.is_abstract && (name == Some(part.name) || global.substitutes.contains(&part.name))
    })
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn abridged(text: &str) -> &str {
    text.get(..text.floor_char_boundary(60)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_unclosed_element_swallowed_is_not_judged() {
        let model = |end: &str| {
            format!(
                "<definitions xmlns='{}' targetNamespace='t'><process id='p'><endEvent id='e'>{end}<task id='a'/></process>\
                 <message wrong='w'/></definitions>",
                crate::model::NAMESPACE
            )
        };
        for (end, violated) in [
            ("", vec![Violated::Attribute]),
            ("</endEvent>", vec![Violated::Attribute]),
            ("<task id='b'/></endEvent>", vec![Violated::Structure, Violated::Attribute]),
        ] {
            let document = Document::read(model(end).as_bytes());
            let found: Vec<Violated> =
                check(&document).violations.iter().map(|found| found.violated).collect();
            assert_eq!(found, violated, "{end}");
        }
    }
}
