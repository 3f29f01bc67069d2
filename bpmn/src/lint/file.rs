//! What a rule over one file sees: the document, what it defines, its flow graph, its diagram, and what it is for.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::lint::config::{CAMUNDA7_LATEST, CAMUNDA8_LATEST, Config, Target};
use crate::lint::document::{Document, Node, Space, long};
use crate::lint::explored::Explored;
use crate::lint::finding::Findings;
use crate::lint::flow::Graph;
use crate::lint::rule::Group;
use crate::lint::schema::{self, Checked, Violated};
use crate::lint::tree;
use crate::model::Definitions;

/// A file to be checked, with everything that rules look things up in.
pub struct File<'d> {
    document: &'d Document,
    /// Elements by id, sorted.
    ids: Vec<(&'d str, u32)>,
    /// Elements of BPMN by the number of their name.
    by_name: Vec<Vec<Node<'d>>>,
    /// The numbers of names of BPMN.
    names: BTreeMap<&'d str, u32>,
    /// Whether an element is in, or is, a process that is marked as executable; by its place.
    executed: Vec<bool>,
    graph: OnceCell<Graph<'d>>,
    diagram: OnceCell<BTreeMap<&'d str, Node<'d>>>,
    model: OnceCell<Option<Definitions>>,
    schema: OnceCell<Checked<'d>>,
    explored: OnceCell<Explored>,
    target: Option<Target>,
    is_dsf: bool,
}

impl<'d> File<'d> {
    /// Indexes a document.
    #[must_use]
    pub fn new(document: &'d Document, config: &Config) -> Self {
        let mut ids = Vec::new();
        let mut by_name: Vec<Vec<Node<'_>>> = Vec::new();
        let mut names = BTreeMap::new();
        let mut executed: Vec<bool> = Vec::with_capacity(document.len());
        for node in document.nodes() {
            let around = || node.parent().and_then(|parent| executed.get(parent.place()).copied());
            let is_executed =
                if node.is("process") { node.flag("isExecutable") } else { around() == Some(true) };
            executed.push(is_executed);
        }
        // Opaque content of other namespaces may repeat ids as it likes; elements of BPMN and its diagrams may not.
        for node in document.nodes() {
            match node.space() {
                Space::Bpmn => {
                    if let Some(id) = node.id() {
                        ids.push((id, node.index()));
                    }
                    let number = long(node.name_index());
                    if number >= by_name.len() {
                        by_name.resize(number.saturating_add(1), Vec::new());
                    }
                    if let Some(known) = by_name.get_mut(number) {
                        if known.is_empty() {
                            names.insert(node.name(), node.name_index());
                        }
                        known.push(node);
                    }
                }
                Space::Diagram | Space::DiagramCommon | Space::DiagramInterchange => {
                    if let Some(id) = node.id() {
                        ids.push((id, node.index()));
                    }
                }
                Space::None
                | Space::Camunda
                | Space::Zeebe
                | Space::Modeler
                | Space::Tessera
                | Space::SchemaInstance
                | Space::Xml
                | Space::Declaration
                | Space::Other(_) => {}
            }
        }
        ids.sort_unstable();
        ids.dedup_by_key(|(id, _)| *id);
        ids.shrink_to_fit();
        let mut file = Self {
            document,
            ids,
            by_name,
            names,
            executed,
            graph: OnceCell::new(),
            diagram: OnceCell::new(),
            model: OnceCell::new(),
            schema: OnceCell::new(),
            explored: OnceCell::new(),
            target: None,
            is_dsf: false,
        };
        file.target = config.effective_target().or_else(|| file.declared_target());
        file.is_dsf = config.effective_dsf().unwrap_or_else(|| is_of_dsf(document));
        file
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The element `definitions`, if the file has it.
    #[must_use]
    pub fn definitions(&self) -> Option<Node<'d>> {
        self.document.root().filter(|root| root.is("definitions"))
    }

    /// The element of BPMN or of a diagram with this id; the first, if there are several.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<Node<'d>> {
        let place = self.ids.binary_search_by_key(&id, |(known, _)| known).ok()?;
        self.document.node(self.ids.get(place)?.1)
    }

    /// The element that a reference names, with or without prefix.
    #[must_use]
    pub fn referenced(&self, reference: &str) -> Option<Node<'d>> {
        let reference = reference.trim();
        self.by_id(reference).or_else(|| self.by_id(reference.split_once(':')?.1))
    }

    /// The element that an attribute of an element names.
    #[must_use]
    pub fn attribute_target(&self, node: Node<'d>, attribute: &str) -> Option<Node<'d>> {
        self.referenced(node.attribute(attribute)?)
    }

    /// The elements of BPMN with this name, in the order of the file.
    #[must_use]
    pub fn named(&self, name: &str) -> &[Node<'d>] {
        let number = self.names.get(name).map(|number| long(*number));
        number.and_then(|number| self.by_name.get(number)).map_or(&[], Vec::as_slice)
    }

    /// The elements of BPMN with one of these names; those of one name stay together.
    pub fn all(&self, names: &'static [&'static str]) -> impl Iterator<Item = Node<'d>> {
        names.iter().flat_map(|name| self.named(name).iter().copied())
    }

    /// Nodes and flows.
    pub fn graph(&self) -> &Graph<'d> {
        self.graph.get_or_init(|| Graph::new(self))
    }

    /// The shape or edge of a diagram for the element with this id.
    pub fn drawn(&self, id: &str) -> Option<Node<'d>> {
        let drawn = self.diagram.get_or_init(|| {
            let mut drawn = BTreeMap::new();
            for node in self.document.nodes().filter(|node| {
                node.is_in(Space::Diagram, "BPMNShape") || node.is_in(Space::Diagram, "BPMNEdge")
            }) {
                if let Some(element) = node.attribute("bpmnElement") {
                    let local = element.split_once(':').map_or(element, |(_, local)| local);
                    drawn.entry(local).or_insert(node);
                }
            }
            drawn
        });
        drawn.get(id).copied()
    }

    /// The typed model without its diagrams, made when it is first asked for; `None` if the file is not a model. Of positions
    /// only offsets are known.
    pub fn model(&self) -> Option<&Definitions> {
        self.model.get_or_init(|| tree::model(self.document)).as_ref()
    }

    /// The document against the schema.
    pub(super) fn schema(&self) -> &Checked<'d> {
        self.schema.get_or_init(|| schema::check(self.document))
    }

    /// What the processes can do.
    pub(super) fn explored(&self) -> &Explored {
        self.explored.get_or_init(|| Explored::of(self))
    }

    /// Reports violations of the schema, of one kind. What is not even XML was reported as that.
    pub(super) fn report_schema(&self, violated: Violated, findings: &mut Findings<'_>) {
        for violation in self.schema().violations.iter().filter(|violation| violation.violated == violated) {
            let finding = findings.at(violation.span, violation.message.clone());
            if let Some(help) = &violation.help {
                finding.help(help.clone());
            }
        }
    }

    /// Whether an element is in, or is, a process that is marked as executable.
    #[must_use]
    pub fn is_executed(&self, node: Node<'d>) -> bool {
        self.executed.get(node.place()).copied().unwrap_or_default()
    }

    /// Whether a process of the file is marked as executable.
    #[must_use]
    pub fn has_executable(&self) -> bool {
        self.named("process").iter().any(|process| process.flag("isExecutable"))
    }

    /// The engine that is to execute the model, if it is known.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.target
    }

    /// Whether the model is one of the Data Sharing Framework.
    #[must_use]
    pub fn is_dsf(&self) -> bool {
        self.is_dsf
    }

    /// Whether rules of a group have a say in this file.
    #[must_use]
    pub fn is_subject_to(&self, group: Group) -> bool {
        match group {
            Group::Xml
            | Group::Schema
            | Group::Structure
            | Group::Practice
            | Group::Execution
            | Group::Expression
            | Group::Security
            | Group::Behaviour
            | Group::Fhir
            | Group::Package => true,
            Group::Tessera => self.target == Some(Target::Tessera),
            Group::Camunda7 => matches!(self.target, Some(Target::Camunda7(_))),
            Group::Camunda8 => matches!(self.target, Some(Target::Camunda8(..))),
            Group::Dsf => self.is_dsf,
        }
    }

    /// The modeler notes for which engine and version a model was drawn.
    fn declared_target(&self) -> Option<Target> {
        let root = self.document.root()?;
        let platform = root.attribute_in(Space::Modeler, "executionPlatform");
        let version = root.attribute_in(Space::Modeler, "executionPlatformVersion").unwrap_or_default();
        let mut numbers = version.split('.').map(|part| part.parse().ok());
        let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
        match platform {
            Some("Camunda Cloud") => {
                Some(Target::Camunda8(major.unwrap_or(CAMUNDA8_LATEST.0), minor.unwrap_or(CAMUNDA8_LATEST.1)))
            }
            Some("Camunda Platform") => Some(Target::Camunda7(minor.unwrap_or(CAMUNDA7_LATEST))),
            _ if self.document.uses(Space::Zeebe) => {
                Some(Target::Camunda8(CAMUNDA8_LATEST.0, CAMUNDA8_LATEST.1))
            }
            _ => None,
        }
    }
}

/// Whether a model is one of the Data Sharing Framework: it names its classes, its resources, or uses its placeholders.
#[must_use]
pub fn is_of_dsf(document: &Document) -> bool {
    let marks = ["#{version}", "dev.dsf.", "org.highmed.dsf", "de.medizininformatik_initiative"];
    let camunda = document.nodes().filter(|node| matches!(node.space(), Space::Bpmn | Space::Camunda));
    camunda.flat_map(|node| node.attributes().iter().map(move |attribute| (node, attribute))).any(
        |(node, attribute)| {
            matches!(
                node.attribute_name(attribute),
                (Space::Camunda, "class" | "versionTag") | (Space::None, "class")
            ) && marks.iter().any(|mark| node.attribute_value(attribute).contains(mark))
        },
    )
}
