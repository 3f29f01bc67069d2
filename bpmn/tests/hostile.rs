//! Files from strangers: every byte string is read or refused, never a panic, never more than the limits allow.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use proptest::prelude::*;
use tessera_bpmn::diagnostic::codes;
use tessera_bpmn::read::read;
use tessera_bpmn::{compile, limits};

fn first(text: &str) -> String {
    let reading = read(text.as_bytes());
    reading
        .diagnostics
        .first()
        .map(|finding| format!("{} {}", finding.code, finding.position))
        .unwrap_or_default()
}

fn model(inner: &str) -> String {
    format!("<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>\n{inner}</definitions>")
}

#[test]
fn what_is_refused_and_where() {
    for (text, expected) in [
        (String::new(), "P001 1:1"),
        ("not XML".to_owned(), "P001 1:1"),
        ("<a/>".to_owned(), "P006 1:1"),
        ("<a>\n  <b></a>".to_owned(), "P001 2:6"),
        ("<a/><b/>".to_owned(), "P001 1:5"),
        ("<a b='1' b='2'/>".to_owned(), "P001 1:1"),
        ("<a b='<'/>".to_owned(), "P001 1:7"),
        (format!("<!DOCTYPE d [<!ENTITY x 'y'>]>{}", model("")), "P003 1:1"),
        (model("<process id='&x;'/>"), "P004 2:14"),
        (model("<process id='p'><documentation>&nbsp;</documentation></process>"), "P004 2:32"),
        (model("<process id='&#0;'/>"), "P001 2:14"),
        (model("<x:y/>"), "P007 2:1"),
        (model("<process isExecutable='maybe'/>"), "P008 2:24"),
        (model("<proces/>"), "P009 2:1"),
        (model("<process><ioSpecification/><ioSpecification/></process>"), "P011 2:28"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>\u{e4}</a>".to_owned(), "P002 1:1"),
        ("<a>".repeat(limits::DEPTH_MAX + 1), "P005 1:385"),
        (
            format!(
                "<a {}/>",
                (0..=limits::ATTRIBUTES_MAX).map(|n| format!("a{n}=''")).collect::<Vec<_>>().join(" ")
            ),
            "P005 1:1",
        ),
        (model(&format!("<process id='{}'/>", "x".repeat(limits::TEXT_BYTES_MAX + 1))), "P005 2:14"),
        (" ".repeat(limits::DOCUMENT_BYTES_MAX + 1), "P005 1:1"),
    ] {
        assert_eq!(first(&text), expected, "{}", text.chars().take(200).collect::<String>());
    }
}

#[test]
fn encodings() {
    let text = model("<process id='p' name='\u{e4}'/>");
    let units: Vec<u16> = std::iter::once(0xFEFF).chain(text.encode_utf16()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let marked = format!("\u{FEFF}{text}").into_bytes();
    for bytes in [text.clone().into_bytes(), marked, little.clone(), big] {
        assert_eq!(read(&bytes).model, read(text.as_bytes()).model);
        assert_eq!(read(&bytes).diagnostics, []);
    }
    assert_eq!(read(&little[..little.len() - 1]).diagnostics[0].code, codes::ENCODING);
    let latin: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let finding = &read(&latin).diagnostics[0];
    assert_eq!((finding.code, finding.position.to_string()), (codes::ENCODING, "2:23".to_owned()));
    let declared = [b"<?xml version='1.0' encoding='ISO-8859-1'?>", latin.as_slice()].concat();
    assert_eq!(read(&declared).model, read(text.as_bytes()).model);
}

const SEED: &str = include_str!("programs.rs");

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn anything_like_xml(pieces in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "/", "</", "/>", "<!", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "&", ";", "&#", "x41;", "=", "'", "\"", " ", "\n",
        "definitions", "process", "xmlns", ":", "a", "id", "http://www.omg.org/spec/BPMN/20100524/MODEL", "\u{e4}", "\u{0}",
    ]), 0..60)) {
        let _ = read(pieces.concat().as_bytes());
    }

    /// A valid model with some bytes cut out, doubled or changed: read, compiled, no panic; what is accepted is written back.
    #[test]
    fn mutated_models(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, any::<u8>(), 0..3), 1..4)) {
        let start = SEED.find("<?xml").unwrap();
        let end = SEED.find("</definitions>").unwrap() + "</definitions>".len();
        let mut bytes = SEED.as_bytes()[start..end].to_vec();
        for (index, length, byte, operation) in cuts {
            let at = index.index(bytes.len());
            let to = (at + length).min(bytes.len());
            match operation {
                0 => drop(bytes.drain(at..to)),
                1 => {
                    let copy = bytes[at..to].to_vec();
                    bytes.splice(at..at, copy);
                }
                _ => bytes[at] = byte,
            }
        }
        if let Some(model) = read(&bytes).model {
            for process in model.processes() {
                let _ = compile::examine(&model, process.id.as_deref().unwrap_or_default());
            }
            let written = tessera_bpmn::write::write(&model);
            prop_assert_eq!(read(written.as_bytes()).model, Some(model));
        }
    }
}
