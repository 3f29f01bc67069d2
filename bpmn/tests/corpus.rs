//! Every model of the corpus that lies beside the checkout: read without panic, written back without loss. Where there is
//! no corpus, the crate's own models are all there is, and these tests pass over nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tessera_bpmn::read::{Placeholders, read, substitute};
use tessera_bpmn::write::write;
use tessera_bpmn::{compile, xml};

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
            } else if name.ends_with(".bpmn") || name.ends_with(".bpmn20.xml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// How often each element, attribute and text occurs, by the path that leads to it.
fn census(element: &xml::Element, path: &str, counts: &mut BTreeMap<String, usize>) {
    let path = format!("{path}/{{{}}}{}", element.name.namespace.as_deref().unwrap_or_default(), element.name.local);
    *counts.entry(path.clone()).or_default() += 1;
    for attribute in &element.attributes {
        let namespace = attribute.name.namespace.as_deref().unwrap_or_default();
        let value = match attribute.value.as_str() {
            "1" => "true",
            "0" => "false",
            value => value.trim(),
        };
        *counts.entry(format!("{path}/@{{{namespace}}}{}={value}", attribute.name.local)).or_default() += 1;
    }
    let text = element.text();
    if !text.trim().is_empty() {
        *counts.entry(format!("{path}={}", text.trim())).or_default() += 1;
    }
    for child in element.elements() {
        census(child, &path, counts);
    }
}

#[test]
fn reading_and_writing_keeps_every_element_attribute_and_text() {
    for path in models(&corpus()) {
        let bytes = fs::read(&path).unwrap();
        let Some(tree) = tessera_bpmn::read::document(&bytes).model else { continue };
        let Some(model) = read(&bytes).model else { continue };
        let text = write(&model);
        let again = read(text.as_bytes());
        assert_eq!(again.model.as_ref(), Some(&model), "{}: the model changed\n{text}", path.display());
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        census(&tree, "", &mut before);
        census(&tessera_bpmn::read::document(text.as_bytes()).model.unwrap(), "", &mut after);
        let changed: Vec<_> = before.iter().filter(|(key, count)| after.get(*key) != Some(count)).take(5).collect();
        let added: Vec<_> = after.keys().filter(|key| !before.contains_key(*key)).take(5).collect();
        assert!(changed.is_empty() && added.is_empty(), "{}: lost {changed:#?}, gained {added:#?}", path.display());
    }
}
