//! Model to XML. Everything that was read is written: elements in the order of the schema, attributes, extensions,
//! diagrams and unknown things. Prefixes are kept where they are declared, and declared where they are not.

use std::fmt::Write;
use std::sync::Arc;

use crate::model::{self, Definitions};
use crate::xml::{Child, Declaration, Element, Name, XML, XMLNS};

/// Writes a model as an XML document.
///
/// ```
/// use tessera_bpmn::{read::read, write::write};
///
/// let model = read(b"<b:definitions xmlns:b='http://www.omg.org/spec/BPMN/20100524/MODEL'/>").model.unwrap();
/// let text = write(&model);
/// assert!(text.contains("<b:definitions"));
/// assert_eq!(read(text.as_bytes()).model.unwrap(), model);
/// ```
pub fn write(definitions: &Definitions) -> String {
    let mut writing = Writing {
        text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        declared: vec![Declaration { prefix: Some("xml".into()), namespace: Some(XML.into()) }],
    };
    writing.element(&model::to_xml(definitions), Layout::Indented(0));
    writing.text.push('\n');
    writing.text
}

#[derive(Clone, Copy)]
enum Layout {
    /// Each child on a line of its own, this deep.
    Indented(usize),
    /// Exactly as it is: there is text, to which every space would add.
    Verbatim,
}

struct Writing {
    text: String,
    /// Prefixes and the namespaces that they stand for here, the innermost last.
    declared: Vec<Declaration>,
}

impl Writing {
    /// Descends as deep as the reader lets elements nest.
    fn element(&mut self, element: &Element, layout: Layout) {
        let outside = self.declared.len();
        for attribute in &element.attributes {
            if attribute.name.namespace.as_deref() == Some(XMLNS) {
                let prefix = attribute.name.prefix.as_ref().map(|_| Arc::clone(&attribute.name.local));
                let namespace = (!attribute.value.is_empty()).then(|| attribute.value.as_str().into());
                self.declared.push(Declaration { prefix, namespace });
            }
        }
        let inside = self.declared.len();
        let name = self.name(&element.name, true);
        self.text.push('<');
        self.text.push_str(&name);
        for attribute in &element.attributes {
            let name = self.name(&attribute.name, false);
            self.attribute(&name, &attribute.value);
        }
        let added: Vec<_> = self.declared.get(inside..).unwrap_or_default().to_vec();
        for Declaration { prefix, namespace } in added {
            let name = prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
            self.attribute(&name, namespace.as_deref().unwrap_or_default());
        }
        if element.children.is_empty() {
            self.text.push_str("/>");
        } else {
            self.text.push('>');
            self.children(&element.children, layout);
            self.text.push_str("</");
            self.text.push_str(&name);
            self.text.push('>');
        }
        self.declared.truncate(outside);
    }

    fn children(&mut self, children: &[Child], layout: Layout) {
        let has_text = children.iter().any(|child| matches!(child, Child::Text(_)));
        let (layout, closing) = match layout {
            Layout::Indented(depth) if !has_text => (Layout::Indented(depth.saturating_add(1)), Some(depth)),
            Layout::Indented(_) | Layout::Verbatim => (Layout::Verbatim, None),
        };
        for child in children {
            if let Layout::Indented(depth) = layout {
                self.line(depth);
            }
            match child {
                Child::Element(element) => self.element(element, layout),
                Child::Text(text) => self.escaped(&text.content, false),
            }
        }
        if let Some(depth) = closing {
            self.line(depth);
        }
    }

    fn line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.escaped(value, true);
        self.text.push('"');
    }

    fn escaped(&mut self, text: &str, in_attribute: bool) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' if in_attribute => self.text.push_str("&quot;"),
                // What a reader would turn into something else must be written as a number.
                '\t' | '\n' if in_attribute => self.number(character),
                '\r' => self.number(character),
                _ => self.text.push(character),
            }
        }
    }

    fn number(&mut self, character: char) {
        let written = write!(self.text, "&#{};", u32::from(character));
        written.expect("writing to a String cannot fail");
    }

    /// The name with a prefix that stands for its namespace here; declares one if there is none.
    fn name(&mut self, name: &Name, is_element: bool) -> String {
        if name.namespace.as_deref() == Some(XMLNS) {
            return name
                .prefix
                .as_ref()
                .map_or_else(|| "xmlns".to_owned(), |_| format!("xmlns:{}", name.local));
        }
        let Some(namespace) = &name.namespace else {
            if is_element && name.prefix.is_none() && self.meaning(None).is_some() {
                self.declared.push(Declaration { prefix: None, namespace: None });
            }
            // A prefix without namespace was not declared where it was read, and need not be here.
            return written(name.prefix.as_deref(), &name.local);
        };
        let fits = |writing: &Self, prefix: Option<&str>| {
            (is_element || prefix.is_some()) && writing.meaning(prefix).as_deref() == Some(namespace)
        };
        if name.prefix.is_some() && fits(self, name.prefix.as_deref()) {
            return written(name.prefix.as_deref(), &name.local);
        }
        let mut prefixes = self.declared.iter().rev().map(|declared| declared.prefix.clone());
        let prefix = prefixes.find(|prefix| fits(self, prefix.as_deref())).unwrap_or_else(|| {
            let prefix = Some(self.unused_prefix());
            self.declared
                .push(Declaration { prefix: prefix.clone(), namespace: Some(Arc::clone(namespace)) });
            prefix
        });
        written(prefix.as_deref(), &name.local)
    }

    fn meaning(&self, prefix: Option<&str>) -> Option<Arc<str>> {
        let declared = self.declared.iter().rev().find(|declared| declared.prefix.as_deref() == prefix);
        declared.and_then(|declared| declared.namespace.clone())
    }

    fn unused_prefix(&self) -> Arc<str> {
        let mut number = 0_usize;
        loop {
            let prefix = format!("ns{number}");
            if !self.declared.iter().any(|declared| declared.prefix.as_deref() == Some(&prefix)) {
                return prefix.into();
            }
            number = number.saturating_add(1);
        }
    }
}

fn written(prefix: Option<&str>, local: &str) -> String {
    prefix.map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    /// Found by the fuzz target `bpmn_roundtrip`: what stood on one line got spaces that were not there.
    #[test]
    fn what_is_only_kept_gets_no_spaces() {
        let text = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="urn:x" xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI">
          <process id="p"><extensionElements><x:a><x:b/><x:c>1</x:c></x:a></extensionElements><x:other><x:d/></x:other>
            <documentation>See <x:e><x:f/></x:e></documentation></process>
          <d:BPMNDiagram><d:BPMNPlane><d:BPMNShape/></d:BPMNPlane></d:BPMNDiagram></definitions>"#;
        let model = read(text.as_bytes()).model.unwrap();
        let written = write(&model);
        for kept in [
            "<extensionElements><x:a><x:b/><x:c>1</x:c></x:a></extensionElements>",
            "<x:other><x:d/></x:other>",
            "<documentation>See <x:e><x:f/></x:e></documentation>",
            "<d:BPMNDiagram><d:BPMNPlane><d:BPMNShape/></d:BPMNPlane></d:BPMNDiagram>",
        ] {
            assert!(written.contains(kept), "{kept} in\n{written}");
        }
        assert_eq!(read(written.as_bytes()).model.unwrap(), model);
    }
}
