//! Which files of a folder tree belong together. A plugin's sources have the folders `bpe` and `fhir` side by side, and
//! a tree may hold several plugins; what lies in tests, and what lies elsewhere, is judged apart.

use std::collections::BTreeMap;

use tessera_bpmn::lint::Source;

/// Folders whose parent is the root of a package.
const ROOTS: &[&str] = &["bpe", "fhir"];

/// Splits files into packages, as indexes; files keep their order.
pub fn groups(files: &[Source<'_>]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, source) in files.iter().enumerate() {
        groups.entry(root(source.path)).or_default().push(index);
    }
    groups.into_values().collect()
}

/// The folder that a file's package lies in.
fn root(path: &str) -> String {
    let path = path.replace('\\', "/");
    let folders: Vec<&str> = path.split('/').collect();
    let folders = folders.get(..folders.len().saturating_sub(1)).unwrap_or_default();
    let end = folders.iter().rposition(|folder| ROOTS.contains(folder)).unwrap_or(folders.len());
    folders.get(..end).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_beside_each_other_are_one_package() {
        let paths = [
            "a/bpe/ping.bpmn",
            "a/fhir/Task/x.xml",
            "a/fhir/examples/b/Task/y.json",
            "a/test/fhir/Task/z.xml",
            "b/ping.bpmn",
            "single.json",
        ];
        let sources: Vec<Source<'_>> = paths.iter().map(|path| Source { path, bytes: b"" }).collect();
        assert_eq!(groups(&sources), [vec![5], vec![0, 1, 2], vec![3], vec![4]]);
    }
}
