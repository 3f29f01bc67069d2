//! The rules of the repository that no compiler checks: who may know whom, where a dependency lives, what files are
//! called and how they begin, and that README says what is there. Each test reports all offenders at once.

#![expect(clippy::panic, reason = "a test fails by panicking and says where")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Every package, and the packages of this workspace that what it ships may know.
const LAYERS: &[(&str, &[&str])] = &[
    ("tessera-bpmn", &[]),
    ("tessera-store", &[]),
    ("tessera-canary", &[]),
    ("tessera-fhir", &["tessera-canary"]),
    ("tessera-lint", &["tessera-bpmn", "tessera-fhir"]),
    ("tessera-core", &["tessera-bpmn", "tessera-canary", "tessera-store"]),
    ("tessera-plugin-host", &["tessera-core"]),
    ("tessera-mailbox", &["tessera-canary", "tessera-fhir", "tessera-store"]),
    ("tessera-exchange", &["tessera-canary", "tessera-core", "tessera-fhir"]),
    (
        "tessera-hosting",
        &["tessera-bpmn", "tessera-core", "tessera-exchange", "tessera-fhir", "tessera-plugin-host"],
    ),
    (
        "tessera-simulation",
        &[
            "tessera-bpmn",
            "tessera-canary",
            "tessera-core",
            "tessera-exchange",
            "tessera-fhir",
            "tessera-mailbox",
            "tessera-store",
        ],
    ),
    (
        "tessera-federation",
        &[
            "tessera-bpmn",
            "tessera-core",
            "tessera-fhir",
            "tessera-hosting",
            "tessera-mailbox",
            "tessera-plugin-host",
            "tessera-simulation",
        ],
    ),
    (
        "tessera",
        &[
            "tessera-bpmn",
            "tessera-core",
            "tessera-example-plugins",
            "tessera-exchange",
            "tessera-federation",
            "tessera-fhir",
            "tessera-hosting",
            "tessera-lint",
            "tessera-mailbox",
            "tessera-plugin-host",
            "tessera-simulation",
            "tessera-store",
        ],
    ),
    ("tessera-plugin-sdk", &["tessera-federation", "tessera-plugin-sdk-macros", "tessera-simulation"]),
    ("tessera-plugin-sdk-macros", &[]),
    ("tessera-plugin-build", &[]),
    ("tessera-example-plugins", &["tessera-plugin-build"]),
    ("benchmark", &["tessera-plugin-sdk"]),
    ("hello-world", &["tessera-plugin-sdk"]),
    ("ping-pong", &["tessera-plugin-sdk"]),
    ("misbehaving", &["tessera-plugin-sdk"]),
    ("tessera-misbehaving", &["tessera-plugin-build"]),
    (
        "tessera-fuzzing",
        &[
            "tessera-bpmn",
            "tessera-core",
            "tessera-fhir",
            "tessera-mailbox",
            "tessera-misbehaving",
            "tessera-plugin-host",
            "tessera-store",
        ],
    ),
    ("tessera-hostile", &[]),
    ("tessera-tests", &["tessera", "tessera-example-plugins", "tessera-fhir", "tessera-plugin-build"]),
];

/// Dependencies that stay behind one border, and the packages that are that border. Tests may use more.
const HOMES: &[(&str, &[&str])] = &[
    ("axum", &["tessera-mailbox"]),
    ("clap", &["tessera", "tessera-tests"]),
    ("fjall", &["tessera-store"]),
    ("hyper", &["tessera-mailbox"]),
    ("postcard", &["tessera-core"]),
    ("quick-xml", &["tessera-bpmn", "tessera-fhir", "tessera-plugin-sdk-macros"]),
    ("rcgen", &["tessera"]),
    ("reqwest", &["tessera"]),
    ("rustls", &["tessera", "tessera-fuzzing", "tessera-mailbox"]),
    ("sled", &["tessera-store"]),
    ("syn", &["tessera-plugin-sdk-macros"]),
    (
        "tokio",
        &[
            "tessera",
            "tessera-federation",
            "tessera-fuzzing",
            "tessera-mailbox",
            "tessera-plugin-host",
            "tessera-tests",
        ],
    ),
    ("wasmparser", &["tessera-plugin-host"]),
    ("wasmtime", &["tessera-plugin-host"]),
    ("wit-bindgen", &["tessera-plugin-sdk"]),
];

/// Folders of pure code, and what must not be named in them: same input, same output, on every machine.
const PURE: &[&str] = &["bpmn/src", "engine/core/src", "engine/fhir/src", "engine/lint/src"];
const IMPURE: &[&str] = &[
    "HashMap",
    "HashSet",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
];

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "service", "util", "utils"];

/// What is not finished, or not run. Written in halves, because this file is read too.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ign", "ore"),
];

const HEADER_LINES_MAX: usize = 10;

/// What README promises and `.ci/run` keeps.
const COMMANDS: [&str; 2] =
    ["cargo run --release -- demo --once", "cargo test --release --workspace --locked"];

#[test]
fn packages_know_only_the_layers_below() {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let own: BTreeSet<&str> = layers.keys().copied().collect();
    let packages = packages();
    let mut problems = Vec::new();
    for package in &packages {
        let Some(allowed) = layers.get(package.name.as_str()) else {
            problems.push(format!("{} has no place in the layers; give it one", package.name));
            continue;
        };
        for dependency in package.shipped() {
            if own.contains(dependency) && !allowed.contains(&dependency) {
                problems.push(format!("{} must not know {dependency}", package.name));
            }
        }
        for dependency in *allowed {
            if !package.shipped().contains(dependency) {
                problems.push(format!("{} does not use {dependency}; tighten its layer", package.name));
            }
        }
    }
    for name in own {
        if !packages.iter().any(|package| package.name == name) {
            problems.push(format!("{name} is no package any more"));
        }
    }
    none(&problems);
}

#[test]
fn heavy_dependencies_stay_behind_their_border() {
    let mut problems = Vec::new();
    for package in packages() {
        for (dependency, homes) in HOMES {
            if package.shipped().contains(dependency) && !homes.contains(&package.name.as_str()) {
                problems.push(format!("{} must not use {dependency}; it lives in {homes:?}", package.name));
            }
        }
    }
    none(&problems);
}

#[test]
fn versions_and_lints_are_set_once() {
    let mut problems = Vec::new();
    let packages = packages();
    for package in &packages {
        if package.manifest.get("lints").and_then(|lints| lints.get("workspace"))
            != Some(&Value::Boolean(true))
        {
            problems.push(format!("{} does not inherit the workspace's lints", package.name));
        }
        for (name, requirement) in package.requirements() {
            if requirement.get("workspace").is_none() && requirement.get("path").is_none() {
                problems.push(format!("{} sets its own version of {name}", package.name));
            }
        }
    }
    for name in declared().keys() {
        if !packages.iter().any(|package| package.requirements().any(|(used, _)| used == name)) {
            problems.push(format!("Cargo.toml declares {name}, which nobody uses"));
        }
    }
    none(&problems);
}

#[test]
fn pure_code_stays_pure() {
    let mut problems = Vec::new();
    for folder in PURE {
        for file in files(&root().join(folder), &["rs"]) {
            let text = read(&file);
            for name in IMPURE.iter().filter(|name| text.contains(**name)) {
                problems.push(format!("{} names {name}", shown(&file)));
            }
        }
    }
    none(&problems);
}

#[test]
fn files_say_why_they_exist() {
    let mut problems = Vec::new();
    for file in files(&root(), &["rs"]) {
        let text = read(&file);
        let header = text.lines().take_while(|line| line.starts_with("//!")).count();
        match header {
            0 => problems.push(format!("{} does not begin with `//!`", shown(&file))),
            1..=HEADER_LINES_MAX => {}
            // An example in the header is worth its lines.
            _ if text.lines().take(header).any(|line| line.starts_with("//! ```")) => {}
            _ => problems
                .push(format!("{} begins with {header} lines; say it in {HEADER_LINES_MAX}", shown(&file))),
        }
    }
    none(&problems);
}

#[test]
fn names_say_something() {
    let mut problems = Vec::new();
    for file in files(&root(), &["rs"]) {
        let relative = file.strip_prefix(root()).expect("files are found under the root").to_owned();
        for part in relative.components() {
            let name = part.as_os_str().to_string_lossy();
            let stem = name.strip_suffix(".rs").unwrap_or(&name);
            if EMPTY_NAMES.contains(&stem) {
                problems.push(format!("{}: {stem:?} names no idea", relative.display()));
            }
        }
    }
    none(&problems);
}

#[test]
fn nothing_is_left_unfinished() {
    let mut problems = Vec::new();
    for file in files(&root(), &["rs", "toml", "md", "wit", "bpmn"]) {
        for (number, line) in read(&file).lines().enumerate() {
            for mark in UNFINISHED.iter().filter(|mark| line.contains(**mark)) {
                problems.push(format!("{}:{}: {mark}", shown(&file), number + 1));
            }
        }
    }
    none(&problems);
}

#[test]
fn readme_lists_exactly_the_direct_dependencies() {
    let listed: BTreeSet<String> = section("## Dependencies")
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .flat_map(|row| row.split('|').next().unwrap_or_default().split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    let own: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    let used: BTreeSet<String> = packages()
        .iter()
        .flat_map(Package::requirements)
        .map(|(name, _)| name.to_owned())
        .filter(|name| !own.contains(name.as_str()))
        .collect();
    let missing = used.difference(&listed).map(|name| format!("README's dependency table lacks {name}"));
    let stale = listed.difference(&used).map(|name| format!("README lists {name}, which nobody uses"));
    none(&missing.chain(stale).collect::<Vec<_>>());
}

#[test]
fn readme_maps_every_package() {
    let map = section("## Code map");
    let unmapped = packages()
        .into_iter()
        .filter(|package| !map.contains(&format!("`{}`", package.folder)))
        .map(|package| format!("README's code map does not name `{}`", package.folder));
    none(&unmapped.collect::<Vec<_>>());
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut problems = Vec::new();
    for file in files(&root(), &["md"]) {
        let text = read(&file);
        let folder = file.parent().expect("a file lies in a folder");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let images = text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for target in targets.chain(images) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !target.contains("://") && !folder.join(path).exists() {
                problems.push(format!("{} links to {target}, which is not there", shown(&file)));
            }
        }
    }
    none(&problems);
}

#[test]
fn readme_and_ci_run_the_same_commands() {
    let readme = read(&root().join("README.md"));
    let script = read(&root().join(".ci/run"));
    let workflow = read(&root().join(".github/workflows/ci.yml"));
    let [demo, tests] = COMMANDS;
    let mut problems = Vec::new();
    for command in COMMANDS {
        if !readme.lines().any(|line| line.trim() == command) {
            problems.push(format!("README does not state `{command}` on a line of its own"));
        }
    }
    // The script takes the first line that looks like a test command; it has none of its own.
    let taken = readme.lines().find(|line| line.trim_start().starts_with("cargo test "));
    if taken.map(str::trim) != Some(tests) {
        problems.push(format!(".ci/run would take {taken:?} from README as the test command"));
    }
    if !script.contains("README.md") || script.contains(tests) {
        problems.push(".ci/run does not take the test command from README".to_owned());
    }
    if !script.lines().any(|line| line.replace(" --locked", "").ends_with(demo)) {
        problems.push(format!(".ci/run does not run `{demo}`"));
    }
    // The tests build the program a second time under another name; `cargo run` has to know which one is meant.
    let runs = manifest(&root())["workspace"].get("default-members").cloned();
    if runs != Some(Value::Array(vec![Value::from("engine/node")])) {
        problems
            .push(format!("Cargo.toml: default-members are {runs:?}; `cargo run` needs [\"engine/node\"]"));
    }
    if !workflow.contains("run: .ci/run") {
        problems.push("the workflow does not run .ci/run".to_owned());
    }
    none(&problems);
}

#[test]
fn decisions_are_numbered_and_complete() {
    let decisions = files(&root().join("engine/decisions"), &["md"]);
    assert!(!decisions.is_empty(), "there are no decisions");
    let mut problems = Vec::new();
    for (index, file) in decisions.iter().enumerate() {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with(&format!("{:03}-", index + 1)) {
            problems.push(format!("{name} should have number {:03}", index + 1));
        }
        let text = read(file);
        for heading in ["# ", "## Context", "## Choice", "## Price", "## What would change our mind"] {
            if !text.lines().any(|line| line.starts_with(heading)) {
                problems.push(format!("{name} has no {heading:?}"));
            }
        }
    }
    none(&problems);
}

struct Package {
    name: String,
    /// From the root, as README writes it.
    folder: String,
    manifest: Table,
}

impl Package {
    /// Everything that it depends on, tests and build scripts included.
    fn requirements(&self) -> impl Iterator<Item = (&str, &Value)> {
        ["dependencies", "build-dependencies", "dev-dependencies"]
            .into_iter()
            .flat_map(|kind| self.table(kind))
    }

    /// What ends up in, or makes, what it ships.
    fn shipped(&self) -> BTreeSet<&str> {
        ["dependencies", "build-dependencies"]
            .into_iter()
            .flat_map(|kind| self.table(kind))
            .map(|(name, _)| name)
            .collect()
    }

    fn table(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let table = self.manifest.get(kind).and_then(Value::as_table);
        table.into_iter().flatten().map(|(name, requirement)| (name.as_str(), requirement))
    }
}

/// Every package of the workspace, as the root manifest lists them.
fn packages() -> Vec<Package> {
    let workspace = manifest(&root());
    let members = workspace["workspace"]["members"].as_array().expect("the root lists its members");
    members
        .iter()
        .map(|member| {
            let folder = member.as_str().expect("a member is a path").to_owned();
            let manifest = manifest(&root().join(&folder));
            let name = manifest["package"]["name"].as_str().expect("a package has a name").to_owned();
            Package { name, folder, manifest }
        })
        .collect()
}

/// The dependencies whose version the root manifest sets.
fn declared() -> Table {
    manifest(&root())["workspace"]["dependencies"].as_table().expect("the root sets versions").clone()
}

fn manifest(folder: &Path) -> Table {
    let path = folder.join("Cargo.toml");
    read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A section of README, from its heading to the next of the same rank.
fn section(heading: &str) -> String {
    let readme = read(&root().join("README.md"));
    let (_, rest) =
        readme.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("README has no {heading:?}"));
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// All files of these kinds, in order. What is built and what is hidden is not ours to judge.
fn files(folder: &Path, kinds: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|kind| kinds.iter().any(|wanted| kind == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace").to_owned()
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
