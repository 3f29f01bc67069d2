//! `tessera lint` as build servers call it: exit codes, every output in the form that its readers require, standard input,
//! baseline, repair, and what the action and the hook of this repository run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tessera_tests::process::fed;

const BROKEN: &str = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\">\r\n\
    \t<message id=\"unused\" name=\"Prüfung\"/>\r\n\
    \t<process id=\"p\"><startEvent id=\"s\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"gone\"/></process>\r\n\
    </definitions>\r\n";
const QUIET: &str =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\"/>\n";

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_tessera-under-test"))
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn lint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).arg("lint").args(arguments).current_dir(folder).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_exit_code_says_whether_there_are_errors_and_whether_everything_was_looked_at() {
    let folder = folder(&[
        ("good/a.bpmn", QUIET.as_bytes()),
        ("bad/b.bpmn", BROKEN.as_bytes()),
        ("plugins/c.wasm", b"\0asm"),
    ]);
    let of = |arguments: &[&str]| code(&lint(folder.path(), arguments));
    assert_eq!(of(&["good"]), 0);
    assert_eq!(of(&["bad"]), 1);
    assert_eq!(of(&["bad", "--rule", "schema=off"]), 0);
    assert_eq!(of(&["bad", "--rule", "schema=off", "--fail-on", "warning"]), 1);
    assert_eq!(of(&["bad", "--rule", "schema=off", "--max-warnings", "0"]), 1);
    assert_eq!(of(&["plugins"]), 1, "a plugin that cannot be opened is a finding");
    let missing = lint(folder.path(), &["missing.bpmn", "bad", "plugins"]);
    assert_eq!(code(&missing), 2);
    assert!(text(&missing.stderr).contains("missing.bpmn"));
    let found = text(&missing.stdout);
    assert!(
        found.contains("bad/b.bpmn:3:84") && found.contains("plugin-readable"),
        "all else is checked: {found}"
    );
    assert_eq!(of(&["bad", "--rule", "no-bpmnd=off"]), 2);
    assert_eq!(of(&[]), 2);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_entered_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&[("a.bpmn", QUIET.as_bytes()), ("closed/b.bpmn", QUIET.as_bytes())]);
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may enter everything.
    let may_enter = fs::read_dir(&closed).is_ok();
    let output = lint(folder.path(), &["."]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(code(&output), if may_enter { 0 } else { 2 });
}

#[test]
fn human_output_has_a_frame_and_no_colours_in_a_pipe() {
    let folder = folder(&[("b.bpmn", BROKEN.as_bytes())]);
    let plain = text(&lint(folder.path(), &["b.bpmn"]).stdout);
    assert!(!plain.contains('\x1b'));
    assert!(plain.contains(" --> b.bpmn:3:84\n"), "{plain}");
    assert!(text(&lint(folder.path(), &["b.bpmn", "--color", "always"]).stdout).contains("\x1b[1;31m"));
}

#[test]
fn positions_are_the_same_in_every_encoding() {
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(BROKEN.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xEF\xBB\xBF", BROKEN.as_bytes()].concat();
    let folder = folder(&[("a.bpmn", BROKEN.as_bytes()), ("b.bpmn", &utf16), ("c.bpmn", &marked)]);
    let output = json(&lint(folder.path(), &[".", "--format", "json"]));
    let places = |file: usize| {
        let findings = output["files"][file]["findings"].as_array().unwrap();
        findings.iter().map(|finding| (finding["rule"].clone(), finding["start"].clone())).collect::<Vec<_>>()
    };
    assert!(places(0).len() > 3);
    assert_eq!(places(0), places(1));
    assert_eq!(places(0), places(2));
    let message = output["files"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["element"] == "unused");
    assert_eq!(message.unwrap()["start"]["column"], 2, "a tab is one column");
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let folder = folder(&[("a b/ä.bpmn", BROKEN.as_bytes()), ("good.bpmn", QUIET.as_bytes())]);
    let sarif = json(&lint(folder.path(), &[".", "--format", "sarif"]));
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "tessera");
    let rules = driver["rules"].as_array().unwrap();
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules.len(), "each rule has an id of its own");
    for rule in rules {
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert!(
            ["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
        );
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 3);
    let mut prints = Vec::new();
    for result in results {
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note", "none"].contains(&result["level"].as_str().unwrap()));
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "a%20b/%C3%A4.bpmn");
        let region = |key: &str| physical["region"][key].as_u64().unwrap();
        assert!(region("startLine") >= 1 && region("startColumn") >= 1);
        assert!((region("endLine"), region("endColumn")) >= (region("startLine"), region("startColumn")));
        prints.push(result["partialFingerprints"]["tessera/v1"].as_str().unwrap().to_owned());
    }
    prints.sort_unstable();
    let count = prints.len();
    prints.dedup();
    assert_eq!(prints.len(), count, "fingerprints tell results apart");
    let known = ["$schema", "version", "runs"];
    assert!(sarif.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
    let known = ["tool", "columnKind", "originalUriBaseIds", "invocations", "results"];
    assert!(run.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
}

#[test]
fn junit_counts_what_it_holds() {
    let folder = folder(&[("b.bpmn", BROKEN.as_bytes()), ("good.bpmn", QUIET.as_bytes())]);
    let xml = text(&lint(folder.path(), &[".", "missing.json", "--format", "junit"]).stdout);
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>"));
    let count = |needle: &str| xml.matches(needle).count();
    assert_eq!(count("<testsuite "), 3);
    assert_eq!(count("<error "), 1);
    let failures = count("<failure ");
    assert!(failures > 0 && xml.contains(&format!(" failures=\"{failures}\" errors=\"0\"")), "{xml}");
    assert!(xml.contains("<testcase classname=\"good.bpmn\" name=\"no findings\" time=\"0.000\"/>"));
}

#[test]
fn several_outputs_are_written_at_once() {
    let folder = folder(&[("b.bpmn", BROKEN.as_bytes())]);
    let output = lint(folder.path(), &["b.bpmn", "--format", "github", "--format", "json=out.json"]);
    assert!(text(&output.stdout).starts_with("::"));
    let written: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(written["version"], 1);
}

#[test]
fn standard_input_is_a_file_without_a_folder() {
    let folder = folder(&[]);
    let with = |arguments: &[&str], input: &str| {
        fed(Command::new(program()).arg("lint").args(arguments).current_dir(folder.path()), input)
    };
    let output = with(&["-"], BROKEN);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stdout).contains(" --> stdin.bpmn:3:84"));
    let task = r#"{ "resourceType": "Task", "status": "draft", "intent": "plan" }"#;
    let output = with(&["-", "--stdin-name", "task.json"], task);
    assert!(text(&output.stdout).contains("task-draft"), "{}", text(&output.stdout));
}

#[test]
fn a_baseline_hides_what_was_there_and_nothing_else() {
    let folder = folder(&[("in/b.bpmn", BROKEN.as_bytes())]);
    assert_eq!(code(&lint(folder.path(), &["in", "--write-baseline", "--baseline", "known.json"])), 0);
    assert_eq!(code(&lint(folder.path(), &["in", "--baseline", "known.json"])), 0);
    // From another folder, and with lines moved.
    fs::write(folder.path().join("in/b.bpmn"), format!("\n\n{BROKEN}")).unwrap();
    assert_eq!(code(&lint(&folder.path().join("in"), &[".", "--baseline", "../known.json"])), 0);
    let worse = BROKEN.replace("</process>", "<endEvent id=\"s\"/></process>");
    fs::write(folder.path().join("in/b.bpmn"), worse).unwrap();
    let output = lint(folder.path(), &["in", "--baseline", "known.json"]);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stdout).contains("id-unique"), "{}", text(&output.stdout));
}

#[test]
fn repairs_are_shown_and_made() {
    let folder = folder(&[("b.bpmn", BROKEN.as_bytes())]);
    let shown = lint(folder.path(), &["b.bpmn", "--diff"]);
    assert_eq!(code(&shown), 1);
    let difference = text(&shown.stdout);
    assert!(difference.starts_with("--- a/b.bpmn\n+++ b/b.bpmn\n@@ -1,4 +1,3 @@\n"), "{difference}");
    assert!(difference.contains("\n-\t<message id=\"unused\" name=\"Prüfung\"/>\r\n"));
    assert_eq!(fs::read(folder.path().join("b.bpmn")).unwrap(), BROKEN.as_bytes());
    lint(folder.path(), &["b.bpmn", "--fix"]);
    let expected = BROKEN.replace("\t<message id=\"unused\" name=\"Prüfung\"/>\r\n", "");
    assert_eq!(fs::read_to_string(folder.path().join("b.bpmn")).unwrap(), expected);
    assert_eq!(code(&lint(folder.path(), &["b.bpmn", "--diff"])), 0);
}

#[test]
fn the_configuration_above_the_files_holds_for_them() {
    let configuration = b"extends = ['base.toml']\nignore = ['old']\n[[overrides]]\npaths = ['loose/**']\n\
        rules = { schema = 'off' }\n[[allow]]\nrule = 'reference-resolves'\npaths = ['allowed/*']\nreason = 'on its way'\n";
    let folder = folder(&[
        ("tessera-lint.toml", configuration),
        ("base.toml", b"[rules]\npractice = 'off'\nstructure = 'off'\n"),
        ("strict/a.bpmn", BROKEN.as_bytes()),
        ("loose/a.bpmn", BROKEN.as_bytes()),
        ("allowed/a.bpmn", BROKEN.as_bytes()),
        ("old/a.bpmn", BROKEN.as_bytes()),
    ]);
    let output = json(&lint(folder.path(), &[".", "--format", "json"]));
    let files: Vec<(&str, usize, usize)> = output["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let count = |key: &str| file[key].as_array().unwrap().len();
            (file["path"].as_str().unwrap(), count("findings"), count("suppressed"))
        })
        .collect();
    assert_eq!(files, [("allowed/a.bpmn", 0, 1), ("loose/a.bpmn", 0, 0), ("strict/a.bpmn", 1, 0)]);
    let from_within = lint(&folder.path().join("loose"), &["a.bpmn"]);
    assert_eq!(code(&from_within), 0, "{}", text(&from_within.stdout));
    assert_eq!(code(&lint(folder.path(), &["loose", "--no-config"])), 1);
}

#[test]
fn rules_explain_themselves() {
    let folder = folder(&[]);
    let page = text(&lint(folder.path(), &["--explain", "L209"]).stdout);
    assert!(
        page.starts_with("L209 no-duplicate-sequence-flows (") && page.contains("**How to fix.**"),
        "{page}"
    );
    assert!(text(&lint(folder.path(), &["--list"]).stdout).lines().count() > 100);
    assert!(json(&lint(folder.path(), &["--list", "--format", "json"])).as_array().unwrap().len() > 100);
    assert!(text(&lint(folder.path(), &["--explain", "configuration"]).stdout).contains("max-warnings"));
    assert_eq!(code(&lint(folder.path(), &["--explain", "L999"])), 2);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn the_action_runs_and_annotates() {
    let folder = folder(&[("a b/b.bpmn", BROKEN.as_bytes()), ("good.bpmn", QUIET.as_bytes())]);
    let action = fs::read_to_string(root().join(".github/actions/lint/action.yml")).unwrap();
    assert!(action.contains("\"$GITHUB_ACTION_PATH/run\""), "the action runs the script beside it");
    assert!(root().join(".github/actions/lint/../../../engine/node/Cargo.toml").is_file());
    let run = |paths: &str, arguments: &str| {
        Command::new(root().join(".github/actions/lint/run"))
            .current_dir(folder.path())
            .env("TESSERA", program())
            .env("LINT_PATHS", paths)
            .env("LINT_ARGUMENTS", arguments)
            .env("LINT_SARIF", "out.sarif")
            .output()
            .unwrap()
    };
    let output = run("a b\n", "");
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("::error file=a b/b.bpmn,line=3,col=84,"),
        "{}",
        text(&output.stdout)
    );
    let sarif: Value = serde_json::from_slice(&fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(code(&run("good.bpmn", "")), 0);
    assert_eq!(code(&run(".", "--rule=schema=off\n--target=camunda8@8.6\n")), 0);
}

#[test]
fn the_hook_runs() {
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let value = |key: &str| {
        let line = hooks.lines().find_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key));
        line.unwrap_or_else(|| panic!("the hook has no {key}")).trim()
    };
    let mut words = value("entry:").split(' ');
    assert_eq!(words.next(), Some("tessera"));
    let arguments: Vec<String> = serde_json::from_str(value("args:")).unwrap();
    let folder = folder(&[("b.bpmn", BROKEN.as_bytes())]);
    let run = || {
        let mut command = Command::new(program());
        command.args(words.clone()).args(&arguments).current_dir(folder.path()).output().unwrap()
    };
    assert_eq!(code(&run()), 1);
    fs::write(folder.path().join("b.bpmn"), QUIET).unwrap();
    assert_eq!(code(&run()), 0);
}

/// Debug builds and busy machines are slow; what is meant is that no runtime is started and no plugin compiled.
const START_MAX: Duration = Duration::from_millis(500);

#[test]
fn it_starts_at_once() {
    let folder = folder(&[("a.bpmn", QUIET.as_bytes())]);
    let fastest = (0..5)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(code(&lint(folder.path(), &["a.bpmn"])), 0);
            start.elapsed()
        })
        .min();
    assert!(fastest.unwrap() < START_MAX, "{fastest:?}");
}

/// A chain of tasks with extensions, most of them drawn, of about so many bytes.
fn chain(bytes: usize) -> String {
    use std::fmt::Write as _;
    let mut process = String::from("<startEvent id=\"s\" name=\"Begun\"/>");
    let mut diagram = String::new();
    let mut last = "s".to_owned();
    for number in 0.. {
        let task = format!("task{number}");
        let _ = writeln!(
            process,
            "<serviceTask id=\"{task}\" name=\"Work {number}\" camunda:class=\"org.example.Work\"><extensionElements>\
             <camunda:inputOutput><camunda:inputParameter name=\"in{number}\">${{value{number}}}</camunda:inputParameter>\
             </camunda:inputOutput><camunda:field name=\"text\"><camunda:string>{number}</camunda:string></camunda:field>\
             </extensionElements></serviceTask>\n<sequenceFlow id=\"f{number}\" sourceRef=\"{last}\" targetRef=\"{task}\"/>"
        );
        // What is not drawn is a finding each, so that the output does not fit into a pipe.
        if number >= 1_000 {
            let _ = writeln!(
                diagram,
                "<di:BPMNShape id=\"shape{number}\" bpmnElement=\"{task}\"><dc:Bounds x=\"{number}\" y=\"1\" width=\"100\" height=\"80\"/></di:BPMNShape>"
            );
        }
        last = task;
        if process.len() + diagram.len() > bytes {
            break;
        }
    }
    format!(
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:di=\"http://www.omg.org/spec/BPMN/20100524/DI\" \
         xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\" xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" targetNamespace=\"t\">\
         <process id=\"p\" isExecutable=\"true\">{process}<endEvent id=\"e\" name=\"Ended\"/>\
         <sequenceFlow id=\"last\" sourceRef=\"{last}\" targetRef=\"e\"/></process>\
         <di:BPMNDiagram id=\"d\"><di:BPMNPlane id=\"plane\" bpmnElement=\"p\">{diagram}</di:BPMNPlane></di:BPMNDiagram></definitions>"
    )
}

/// What a large model costs is memory; how long it takes, README says.
#[cfg(target_os = "linux")]
#[test]
fn a_model_of_ten_megabytes_needs_less_than_ten_times_its_size() {
    let model = chain(10_000_000);
    let folder = folder(&[("large.bpmn", model.as_bytes())]);
    let mut child = Command::new(program())
        .args(["lint", "--no-config", "--rule", "behaviour=off", "--format", "json", "large.bpmn"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    // When the first byte is there everything was checked, and the rest waits until the pipe is read.
    let mut written = vec![0_u8];
    output.read_exact(&mut written).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    output.read_to_end(&mut written).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    let found: Value = serde_json::from_slice(&written).unwrap();
    assert!(found["summary"]["warnings"].as_u64().unwrap() >= 1_000);
    assert!(peak_kib * 1024 < 10 * model.len(), "{peak_kib} KiB for {} bytes", model.len());
}
