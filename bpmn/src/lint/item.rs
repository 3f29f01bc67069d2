//! Item definitions: what data, events and their definitions carry.

use crate::lint::document::Node;
use crate::lint::file::File;

/// The item definition of data, or of what an event definition throws or catches; `None` if it names none in the file.
pub(super) fn item<'d>(file: &File<'d>, node: Node<'d>) -> Option<Node<'d>> {
    let named = |holder: Node<'d>, attribute: &str| {
        file.attribute_target(holder, attribute).filter(|item| item.is("itemDefinition"))
    };
    let of_target =
        |reference: &str, attribute: &str| named(file.attribute_target(node, reference)?, attribute);
    let own = || named(node, "itemSubjectRef");
    match node.name() {
        "dataObjectReference" => own().or_else(|| of_target("dataObjectRef", "itemSubjectRef")),
        "dataStoreReference" => own().or_else(|| of_target("dataStoreRef", "itemSubjectRef")),
        "messageEventDefinition" => of_target("messageRef", "itemRef"),
        "signalEventDefinition" => of_target("signalRef", "structureRef"),
        "errorEventDefinition" => of_target("errorRef", "structureRef"),
        "escalationEventDefinition" => of_target("escalationRef", "structureRef"),
        _ => own(),
    }
}

/// Whether what is of one item definition may be what is of the other: many tools write one for each piece of data, so that
/// not the definition but its structure is the same.
pub(super) fn fits(one: Node<'_>, other: Node<'_>) -> bool {
    let structure = one.attribute("structureRef");
    let is_same = structure.is_some() && structure == other.attribute("structureRef");
    one == other || is_same && one.flag("isCollection") == other.flag("isCollection")
}

/// How to name an item definition: most have an id and nothing else.
pub(super) fn called(item: Node<'_>) -> &str {
    item.id().or_else(|| item.attribute("structureRef")).unwrap_or_default()
}
