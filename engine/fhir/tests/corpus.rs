//! Every FHIR resource of the corpus that lies beside the checkout reads without a problem, in JSON and XML. Where there is
//! no corpus this passes over nothing.

use std::fs;
use std::path::{Path, PathBuf};

use tessera_fhir::source::{Reading, Syntax, read};

#[test]
fn resources_of_the_corpus_read_without_problems() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let files = files(&corpus);
    let mut resources = [0_usize; 2];
    for path in &files {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match read(&bytes) {
            Reading::Resource(source, problems) => {
                assert!(problems.is_empty(), "{}: {problems:#?}", path.display());
                resources[usize::from(source.syntax == Syntax::Xml)] += 1;
            }
            Reading::Foreign => {}
            Reading::Unreadable(problems) => panic!("{}: {problems:#?}", path.display()),
        }
    }
    assert!(files.is_empty() || (resources[0] >= 50 && resources[1] >= 200), "{resources:?}");
}

fn files(corpus: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![corpus.join("dsf"), corpus.join("invalid/dsf-linter/fhir")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "xml" || kind == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
