//! Links: an event that throws and one that catches, of one name in one scope, are a flow that is drawn in two pieces.

use std::collections::BTreeMap;

use super::ElementIndex;
use super::graph::Graph;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{EventDefinition, LinkEventDefinition};

/// One end of a link.
pub(super) struct End<'m> {
    pub(super) index: ElementIndex,
    pub(super) link: &'m LinkEventDefinition,
    pub(super) scope: ElementIndex,
    pub(super) thrown: bool,
}

/// The ends that were met so far.
#[derive(Default)]
pub(super) struct Links<'m> {
    pub(super) ends: Vec<End<'m>>,
}

/// The link that an event is an end of.
pub(super) fn link(definitions: &[EventDefinition]) -> Option<&LinkEventDefinition> {
    match definitions {
        [EventDefinition::LinkEventDefinition(link)] => Some(link),
        _ => None,
    }
}

impl Graph<'_, '_> {
    /// Joins each throwing end with the catching one.
    pub(super) fn resolve_links(&mut self) {
        let ends = std::mem::take(&mut self.links).ends;
        let mut caught = BTreeMap::new();
        for end in ends.iter().filter(|end| !end.thrown) {
            let Some(name) = self.name_of_link(end) else { continue };
            if !self.element_mut(end.index).incoming.is_empty() {
                self.wrong_end(
                    codes::INCOMING_FLOW,
                    end,
                    "a sequence flow leads to a link that catches".to_owned(),
                );
            }
            if caught.insert((end.scope, name), end.index).is_some() {
                self.wrong_end(codes::LINK, end, format!("another event catches the link `{name}`"));
            }
        }
        for end in ends.iter().filter(|end| end.thrown) {
            let Some(name) = self.name_of_link(end) else { continue };
            if !self.element_mut(end.index).outgoing.is_empty() {
                self.wrong_end(
                    codes::OUTGOING_FLOW,
                    end,
                    "a sequence flow leaves a link that throws".to_owned(),
                );
            }
            match caught.get(&(end.scope, name)) {
                Some(target) => self.join(end.index, *target),
                None => self.wrong_end(codes::LINK, end, format!("no event here catches the link `{name}`")),
            }
        }
    }

    fn name_of_link<'m>(&mut self, end: &End<'m>) -> Option<&'m str> {
        let name = end.link.name.as_deref().filter(|name| !name.trim().is_empty());
        if name.is_none() {
            self.wrong_end(codes::LINK, end, "the link has no name".to_owned());
        }
        name
    }

    fn wrong_end(&mut self, code: &'static str, end: &End<'_>, message: String) {
        let id = self.element_mut(end.index).id.clone();
        let finding = Diagnostic::error(code, message, end.link.position).about(&*id);
        let help = "a link is one catching event, and throwing events of the same name in the same scope";
        self.findings.add(finding.help(help));
    }
}
