//! Every model of the corpus that lies beside the checkout: read without panic, written back without loss, compiled or
//! refused. Where there is no corpus these tests pass over nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use tessera_bpmn::compile;
use tessera_bpmn::diagnostic::codes;
use tessera_bpmn::read::{Placeholders, read, substitute};
use tessera_bpmn::write::write;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")
}

fn models(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if [".bpmn", ".bpmn20.xml"].iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// How often each element, attribute and text occurs. Read by quick-xml alone, so that our reader is not its own witness.
fn census(text: &str) -> BTreeMap<String, usize> {
    let mut reader = NsReader::from_str(text);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    let mut count = |key: String| *counts.entry(key).or_default() += 1;
    let namespace = |resolved: &ResolveResult<'_>| format!("{resolved:?}");
    loop {
        let (resolved, event) = reader.read_resolved_event().unwrap();
        let prefix = namespace(&resolved);
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let name = format!("{prefix}{:?}", start.local_name());
                path.push(name);
                count(path.join("/"));
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let key = if attribute.key.0.starts_with("xmlns") {
                        attribute.key.0.to_owned()
                    } else {
                        let (resolved, local) = reader.resolver().resolve_attribute(attribute.key);
                        format!("{}{local:?}", namespace(&resolved))
                    };
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    let value = value.split(['\t', '\r', '\n']).collect::<Vec<_>>().join(" ");
                    count(format!("{}/@{key}={}", path.join("/"), value.trim()));
                }
                content.clear();
                if matches!(event, Event::Empty(_)) {
                    path.pop();
                }
            }
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => content.push(character),
                None => content.push_str(quick_xml::escape::resolve_predefined_entity(&reference).unwrap()),
            },
            Event::End(_) => {
                if !content.trim().is_empty() {
                    count(format!("{}={}", path.join("/"), content.trim()));
                }
                content.clear();
                path.pop();
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => return counts,
        }
    }
}

#[test]
fn reading_and_writing_keeps_every_element_attribute_and_text() {
    for path in models(&corpus()) {
        let bytes = fs::read(&path).unwrap();
        let reading = read(&bytes);
        let has_entities = reading.diagnostics.iter().any(|finding| finding.code == codes::ENTITY);
        let Some(model) = reading.model else { continue };
        let text = write(&model);
        let again = read(text.as_bytes());
        assert_eq!(again.model.as_ref(), Some(&model), "{}: the model changed\n{text}", path.display());
        // What an entity stood for is refused, so that it cannot be written back either.
        let Some(original) = std::str::from_utf8(&bytes).ok().filter(|_| !has_entities) else { continue };
        let (before, after) = (census(original), census(&text));
        let lost: Vec<_> =
            before.iter().filter(|(key, count)| after.get(*key) != Some(count)).take(5).collect();
        let gained: Vec<_> =
            after.iter().filter(|(key, count)| before.get(*key) != Some(count)).take(5).collect();
        assert!(
            lost.is_empty() && gained.is_empty(),
            "{}: lost {lost:#?}, gained {gained:#?}",
            path.display()
        );
    }
}

#[test]
fn every_executable_process_compiles_or_says_why_not() {
    for path in models(&corpus()) {
        let Some(model) = read(&fs::read(&path).unwrap()).model else { continue };
        for process in compile::executable(&model) {
            let examination = compile::examine(&model, process);
            let silent = examination.program.is_none() && examination.diagnostics.is_empty();
            assert!(!silent, "{}: {process} is refused without a reason", path.display());
        }
    }
}

#[test]
fn ping_pong_of_the_data_sharing_framework_compiles() {
    let placeholders = Placeholders { version: "1.0", date: "2026-01-31", organization: "site-a" };
    for path in models(&corpus().join("dsf/dsf-process-ping-pong/bpe")) {
        let substituted = substitute(&fs::read_to_string(&path).unwrap(), &placeholders);
        assert_eq!(substituted.diagnostics, [], "{}", path.display());
        let reading = read(substituted.text.as_bytes());
        assert_eq!(reading.diagnostics, [], "{}", path.display());
        let model = reading.model.unwrap();
        let process = compile::executable(&model)[0];
        let examination = compile::examine(&model, process);
        assert_eq!(examination.diagnostics, [], "{}", path.display());
        assert_eq!(examination.program.unwrap().version_tag.as_deref(), Some("1.0"), "{}", path.display());
    }
}
