//! Names of elements and attributes: each is stored once and known by a number; namespaces that rules ask for are known
//! by name.

use std::collections::BTreeMap;

use crate::dialect;
use crate::lint::document::{long, short};

/// A namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// No namespace.
    None,
    /// BPMN 2.0 models.
    Bpmn,
    /// BPMN 2.0 diagrams.
    Diagram,
    /// Bounds, points and fonts of diagrams.
    DiagramCommon,
    /// What diagrams of all kinds share.
    DiagramInterchange,
    /// Extensions of Camunda 7 and its descendants.
    Camunda,
    /// Extensions of Camunda 8.
    Zeebe,
    /// What the Camunda Modeler notes.
    Modeler,
    /// Extensions of this program.
    Tessera,
    /// `xsi:type` and others.
    SchemaInstance,
    /// `xml:lang` and others.
    Xml,
    /// Namespace declarations.
    Declaration,
    /// Another namespace, by number.
    Other(u32),
}

const DIAGRAM_COMMON: &str = "http://www.omg.org/spec/DD/20100524/DC";
const DIAGRAM_INTERCHANGE: &str = "http://www.omg.org/spec/DD/20100524/DI";
const MODELER: &str = "http://camunda.org/schema/modeler/1.0";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

impl Space {
    fn known(uri: &str) -> Option<Self> {
        Some(match uri {
            "" => Self::None,
            crate::model::NAMESPACE => Self::Bpmn,
            crate::model::DIAGRAM_NAMESPACE => Self::Diagram,
            DIAGRAM_COMMON => Self::DiagramCommon,
            DIAGRAM_INTERCHANGE => Self::DiagramInterchange,
            dialect::TESSERA => Self::Tessera,
            dialect::ZEEBE => Self::Zeebe,
            uri if dialect::CAMUNDA.contains(&uri) => Self::Camunda,
            MODELER => Self::Modeler,
            SCHEMA_INSTANCE => Self::SchemaInstance,
            crate::xml::XML => Self::Xml,
            crate::xml::XMLNS => Self::Declaration,
            _ => return None,
        })
    }
}

impl Space {
    /// What a prefix mostly means, for files that forgot to declare it.
    pub(super) fn usual(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "bpmn" | "bpmn2" | "semantic" => Self::Bpmn,
            "bpmndi" => Self::Diagram,
            "dc" | "omgdc" => Self::DiagramCommon,
            "di" | "omgdi" => Self::DiagramInterchange,
            "camunda" | "operaton" | "activiti" => Self::Camunda,
            "zeebe" => Self::Zeebe,
            "modeler" => Self::Modeler,
            "tessera" => Self::Tessera,
            "xsi" => Self::SchemaInstance,
            _ => return None,
        })
    }
}

/// All names of a document.
#[derive(Debug)]
pub(super) struct Names {
    all: Vec<(Space, String)>,
    /// By the length of the name, then by the name: few names are of one length, and most comparisons need no look at texts.
    by_local: BTreeMap<usize, BTreeMap<String, Vec<(Space, u32)>>>,
    others: Vec<String>,
    /// Numbers of names that were asked for last, each where [`place_of`] says: a file has few names, and repeats them.
    recent: [u32; RECENT],
}

/// How many names are looked for among the last ones.
const RECENT: usize = 64;

/// Where a name is kept among the last ones. Names that share a place are found in the map.
fn place_of(local: &str) -> usize {
    let last = local.bytes().next_back().unwrap_or_default();
    let first = local.bytes().next().unwrap_or_default();
    local.len().wrapping_mul(7).wrapping_add(usize::from(first ^ last.rotate_left(2))) % RECENT
}

impl Default for Names {
    fn default() -> Self {
        Self { all: Vec::new(), by_local: BTreeMap::new(), others: Vec::new(), recent: [0; RECENT] }
    }
}

impl Names {
    /// The namespace with this address.
    pub(super) fn namespace(&mut self, uri: &str) -> Space {
        if let Some(known) = Space::known(uri) {
            return known;
        }
        let place = self.others.iter().position(|other| other == uri).unwrap_or_else(|| {
            self.others.push(uri.to_owned());
            self.others.len().saturating_sub(1)
        });
        Space::Other(short(place))
    }

    /// The address of a namespace; the first, where it has several.
    pub(super) fn address(&self, space: Space) -> Option<&str> {
        Some(match space {
            Space::None => return None,
            Space::Bpmn => crate::model::NAMESPACE,
            Space::Diagram => crate::model::DIAGRAM_NAMESPACE,
            Space::DiagramCommon => DIAGRAM_COMMON,
            Space::DiagramInterchange => DIAGRAM_INTERCHANGE,
            Space::Camunda => return dialect::CAMUNDA.first().copied(),
            Space::Zeebe => dialect::ZEEBE,
            Space::Modeler => MODELER,
            Space::Tessera => dialect::TESSERA,
            Space::SchemaInstance => SCHEMA_INSTANCE,
            Space::Xml => crate::xml::XML,
            Space::Declaration => crate::xml::XMLNS,
            Space::Other(number) => self.others.get(long(number))?,
        })
    }

    /// The number of a name.
    pub(super) fn number(&mut self, space: Space, local: &str) -> u32 {
        let place = place_of(local);
        let recent = self.recent.get(place).copied().unwrap_or_default();
        if let Some((known_space, known)) = self.all.get(long(recent))
            && *known_space == space
            && known == local
        {
            return recent;
        }
        let number = self.looked_up(space, local);
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = number;
        }
        number
    }

    fn looked_up(&mut self, space: Space, local: &str) -> u32 {
        let of_length = self.by_local.entry(local.len()).or_default();
        if let Some(known) = of_length.get(local)
            && let Some((_, number)) = known.iter().find(|(other, _)| *other == space)
        {
            return *number;
        }
        let number = short(self.all.len());
        self.all.push((space, local.to_owned()));
        of_length.entry(local.to_owned()).or_default().push((space, number));
        number
    }

    /// All names, in the order of their numbers.
    pub(super) fn each(&self) -> impl Iterator<Item = (Space, &str)> {
        self.all.iter().map(|(space, local)| (*space, local.as_str()))
    }

    pub(super) fn local(&self, number: u32) -> &str {
        self.all.get(long(number)).map_or("", |(_, local)| local)
    }

    pub(super) fn space(&self, number: u32) -> Space {
        self.all.get(long(number)).map_or(Space::None, |(space, _)| *space)
    }

    pub(super) fn uses(&self, space: Space) -> bool {
        self.all.iter().any(|(used, _)| *used == space)
    }
}
