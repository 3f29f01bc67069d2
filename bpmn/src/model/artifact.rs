//! What a diagram shows and an engine ignores, save associations, which say what compensates what.

use super::schema::{choice, element};
use super::{Base, Content, Reference};

choice! {
    /// What stands in a process without being part of its flow.
    Artifact {
        Association(Association) = "association",
        TextAnnotation(TextAnnotation) = "textAnnotation",
        Group(Group) = "group",
    }
}

element! {
    /// Joins two elements.
    Association {
        base: Base,
        attributes { source: Reference = "sourceRef", target: Reference = "targetRef", direction: String = "associationDirection", }
    }
}

element! {
    /// A comment.
    TextAnnotation {
        base: Base,
        attributes { text_format: String = "textFormat", }
        children { text: Option<Box<Content>> = "text", }
    }
}

element! {
    /// A frame around elements.
    Group { base: Base, attributes { category_value: Reference = "categoryValueRef", } }
}

element! {
    /// A way to sort elements.
    Category {
        base: Base,
        attributes { name: String = "name", }
        children { values: Vec<CategoryValue> = "categoryValue", }
    }
}

element! {
    /// What elements are sorted by.
    CategoryValue { base: Base, attributes { value: String = "value", } }
}
