//! The reference file is true, and every mistake is answered with file, line, key and what to do.

use super::*;
use crate::certificate::Validity;
use tempfile::TempDir;

/// A folder with every file that the reference names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let validity = Validity::days("2026-11-22T10:00:00Z".parse().unwrap(), 30);
    let authority = certificate::authority("Test CA", validity).unwrap();
    authority.write(folder.path(), "ca").unwrap();
    for stem in ["server", "client"] {
        certificate::issue(&authority, stem, &[], validity).unwrap().write(folder.path(), stem).unwrap();
    }
    std::fs::write(folder.path().join("allow-list.json"), "{}").unwrap();
    folder
}

fn parsed(content: &str, folder: &TempDir) -> Result<Config, Vec<Problem>> {
    parse(content, Path::new("site.toml"), folder.path())
}

/// The file as an operator would see the answer to it, in a folder that is called `/site`.
fn answer(content: &str, folder: &TempDir) -> String {
    let error = match parsed(content, folder) {
        Ok(config) => return format!("accepted: {config:?}"),
        Err(problems) => ConfigError::Invalid { file: "site.toml".into(), problems },
    };
    error.to_string().replace(folder.path().to_str().unwrap(), "/site")
}

/// A line of the reference that a comment hides: `(marker, key)`, the marker saying default or example.
fn hidden(line: &str) -> Option<(&'static str, &str)> {
    let (marker, rest) = match (line.strip_prefix("# "), line.strip_prefix('#')) {
        (Some(rest), _) => ("# ", rest),
        (None, Some(rest)) => ("#", rest),
        (None, None) => return None,
    };
    let (key, _) = rest.split_once(" = ")?;
    key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some((marker, key))
}

fn reference_with(shown: &[&str]) -> String {
    let lines = REFERENCE.lines().map(|line| match hidden(line) {
        Some((marker, _)) if shown.contains(&marker) => &line[marker.len()..],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_reference_parses_and_states_the_true_defaults() {
    let folder = folder();
    let without = parsed(REFERENCE, &folder).unwrap();
    let with = parsed(&reference_with(&["#"]), &folder).unwrap();
    assert_eq!(format!("{without:#?}"), format!("{with:#?}"));
    assert!(REFERENCE.lines().filter_map(hidden).any(|(marker, _)| marker == "#"));
}

#[test]
fn the_reference_holds_every_key() {
    // A nonsense key in each section makes the reader list all it knows there.
    let folder = folder();
    let every_line = reference_with(&["#", "# "]);
    for split in ["roles = [\"mailbox\", \"engine\"]", "roles = [\"engine\"]"] {
        let sections = every_line.replace("roles = [\"mailbox\", \"engine\"]", split);
        let spiked: String = sections
            .lines()
            .flat_map(|line| if line.starts_with('[') { vec![line, "zzz = 1"] } else { vec![line] })
            .collect::<Vec<_>>()
            .join("\n");
        for text in
            parsed(&format!("zzz = 1\n{spiked}"), &folder).unwrap_err().iter().map(|problem| &problem.text)
        {
            let Some((_, known)) = text.split_once("known keys here: ") else { continue };
            for key in known.split(", ") {
                let present =
                    |line: &str| line == format!("[{key}]") || line.starts_with(&format!("{key} = "));
                let nested = |line: &str| line.starts_with(&format!("[plugins.{key}"));
                assert!(
                    every_line.lines().any(|line| present(line) || nested(line)),
                    "{key} is not in site.toml"
                );
            }
        }
    }
}

#[test]
fn examples_are_accepted_where_they_belong() {
    let folder = folder();
    let allow_list = REFERENCE.replace("# allow_list", "allow_list");
    let config = parsed(&allow_list, &folder).unwrap();
    assert_eq!(config.mailbox.unwrap().allow_list, Some(folder.path().join("allow-list.json")));

    let engine_only = without_section(&REFERENCE.replace("# mailbox = ", "mailbox = "), "mailbox");
    let config = parsed(&format!("roles = [\"engine\"]\n{engine_only}"), &folder).unwrap();
    assert!(config.mailbox.is_none());
    let base_url = "https://hospital-a.example:8443/fhir".to_owned();
    assert_eq!(config.engine.unwrap().mailbox, MailboxLink::Remote { base_url });

    let mailbox_only = ["client", "engine", "delivery", "plugins", "plugins.limits"]
        .iter()
        .fold(REFERENCE.to_owned(), |content, section| without_section(&content, section));
    assert!(parsed(&format!("roles = [\"mailbox\"]\n{mailbox_only}"), &folder).unwrap().engine.is_none());
}

#[test]
fn the_approval_line_fits_into_the_list() {
    let folder = folder();
    let line = approval_line("ping-pong", "1.0.0.0", &"ab".repeat(32));
    let content = REFERENCE.replace("#approved = []", &format!("approved = [\n{line}\n]"));
    assert!(parsed(&content, &folder).unwrap().engine.unwrap().plugins.approved.contains(&"ab".repeat(32)));
}

#[test]
fn mistakes_are_answered_with_line_key_and_advice() {
    let folder = folder();
    std::fs::write(folder.path().join("empty.pem"), "nothing here").unwrap();
    let change = |from: &str, to: &str| {
        assert!(REFERENCE.contains(from), "{from}");
        REFERENCE.replacen(from, to, 1)
    };
    let cases = [
        ("not TOML", change("[log]", "[log")),
        ("misspelt optional key", change("#filter = \"info\"", "filtr = \"info\"")),
        ("misspelt required key", change("listen = ", "lisen = ")),
        ("key in the wrong section", change("[log]", "[log]\nbase_url = \"https://a.example\"")),
        ("unknown section", format!("{REFERENCE}\n[logging]\nformat = \"json\"")),
        ("missing key", change("identifier = \"hospital-a.example\"", "")),
        ("missing section", without_section(REFERENCE, "client")),
        (
            "not a section",
            change("[organization]\n# Identifier", "#").replacen("identifier = ", "organization = ", 1),
        ),
        ("wrong type", change("listen = \"127.0.0.1:8443\"", "listen = 8443")),
        ("address without port", change("127.0.0.1:8443", "localhost")),
        ("plain http", change("base_url = \"https:", "base_url = \"http:")),
        ("trailing slash", change("8443/fhir\"", "8443/fhir/\"")),
        ("unknown store", change("#kind = \"sled\"", "kind = \"postgres\"")),
        ("unknown role", change("#roles = [\"mailbox\", \"engine\"]", "roles = [\"mailbox\", \"enigne\"]")),
        ("no role", change("#roles = [\"mailbox\", \"engine\"]", "roles = []")),
        (
            "section of a role that is off",
            change("#roles = [\"mailbox\", \"engine\"]", "roles = [\"mailbox\"]"),
        ),
        ("own mailbox named twice", change("# mailbox = ", "mailbox = ")),
        (
            "engine without mailbox",
            format!("roles = [\"engine\"]\n{}", without_section(REFERENCE, "mailbox")),
        ),
        ("no such certificate", change("certificate = \"server.pem\"", "certificate = \"sever.pem\"")),
        ("no certificate inside", change("client_ca = \"ca.pem\"", "client_ca = \"empty.pem\"")),
        ("no key inside", change("key = \"server.key\"", "key = \"server.pem\"")),
        ("key of another certificate", change("key = \"server.key\"", "key = \"client.key\"")),
        ("no such allow list", change("# allow_list = \"allow-list.json\"", "allow_list = \"list.json\"")),
        ("duration without unit", change("#timeout = \"30s\"", "timeout = \"30\"")),
        ("negative duration", change("#expiry = \"1h\"", "expiry = \"-1h\"")),
        ("retries that shrink", change("#longest_retry = \"1m\"", "longest_retry = \"500ms\"")),
        ("too many shards", change("#shards = 8", "shards = 100_000")),
        ("decimal size", change("#memory = \"64MiB\"", "memory = \"64MB\"")),
        ("not enough memory", change("#memory = \"64MiB\"", "memory = \"64KiB\"")),
        ("not a digest", change("#approved = []", "approved = [\"ping-pong\"]")),
        ("unknown log format", change("#format = \"text\"", "format = \"xml\"")),
        ("bad log filter", change("#filter = \"info\"", "filter = \"info,tessera=loud\"")),
        ("several at once", change("listen = ", "lisen = ").replacen("#shards = 8", "shards = 0", 1)),
    ];
    let table: Vec<String> =
        cases.iter().map(|(name, content)| format!("## {name}\n{}", answer(content, &folder))).collect();
    let heading = "the configuration is not valid; `tessera run --help` explains every key\n";
    insta::assert_snapshot!(table.join("\n\n").replace(heading, ""));
}

#[test]
fn an_unreadable_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Config::load(&folder.path().join("none.toml")).unwrap_err().to_string();
    let shown = error.replace(folder.path().to_str().unwrap(), "/site");
    assert_eq!(
        shown,
        "cannot read the configuration /site/none.toml: No such file or directory (os error 2)"
    );
}

fn without_section(content: &str, name: &str) -> String {
    let header = format!("[{name}]");
    let mut inside = false;
    let kept = content.lines().filter(|line| {
        if line.starts_with('[') {
            inside = *line == header;
        }
        !inside
    });
    kept.collect::<Vec<_>>().join("\n")
}
