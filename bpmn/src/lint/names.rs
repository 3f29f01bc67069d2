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

impl Space {
    fn known(uri: &str) -> Option<Self> {
        Some(match uri {
            "" => Self::None,
            crate::model::NAMESPACE => Self::Bpmn,
            crate::model::DIAGRAM_NAMESPACE => Self::Diagram,
            "http://www.omg.org/spec/DD/20100524/DC" => Self::DiagramCommon,
            "http://www.omg.org/spec/DD/20100524/DI" => Self::DiagramInterchange,
            dialect::TESSERA => Self::Tessera,
            dialect::ZEEBE => Self::Zeebe,
            uri if dialect::CAMUNDA.contains(&uri) => Self::Camunda,
            "http://camunda.org/schema/modeler/1.0" => Self::Modeler,
            "http://www.w3.org/2001/XMLSchema-instance" => Self::SchemaInstance,
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
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<(Space, String)>,
    by_local: BTreeMap<String, Vec<(Space, u32)>>,
    others: Vec<String>,
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

    /// The number of a name.
    pub(super) fn number(&mut self, space: Space, local: &str) -> u32 {
        if let Some(known) = self.by_local.get(local)
            && let Some((_, number)) = known.iter().find(|(other, _)| *other == space)
        {
            return *number;
        }
        let number = short(self.all.len());
        self.all.push((space, local.to_owned()));
        self.by_local.entry(local.to_owned()).or_default().push((space, number));
        number
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
