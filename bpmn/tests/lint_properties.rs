//! Whatever is in a file, the linter ends, panics nowhere, and points into the text; what it repairs stays readable. The files are the
//! examples of all rules, changed at random: what is close to a model gets deeper into rules than noise does.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected fails, as it should")]

use proptest::prelude::*;
use tessera_bpmn::lint::{Config, Preset, Source, Target, lint_file, rules};

const BEFORE: &str = concat!(
    r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" "#,
    r#"xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" "#,
    r#"xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="t">"#,
);

/// The examples of all pages as files.
fn models() -> Vec<String> {
    let pages = rules::RULES.iter().map(|rule| rule.about.page());
    let examples = pages.flat_map(|page| page.bad.into_iter().chain(page.good));
    examples
        .map(|example| {
            if example.text.contains("definitions") {
                example.text
            } else {
                format!("{BEFORE}{}</definitions>", example.text)
            }
        })
        .collect()
}

/// One change of a file.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize, usize),
    Insert(usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "/>",
        "\"",
        "&amp;",
        "&#x0;",
        "<!--",
        "]]>",
        "<![CDATA[",
        "xmlns:a=\"b\"",
        "id=\"a\"",
        "<task id=\"a\"/>",
        "</process>",
        "\u{feff}",
        "\u{0}",
        "ä",
        "𝕏",
        "\r\n",
        "sourceRef=\"a\"",
        "isExecutable=\"true\"",
    ]);
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, count)| Change::Cut(at, count)),
        (any::<usize>(), 1..200_usize, 1..5_usize)
            .prop_map(|(at, count, times)| Change::Repeat(at, count, times)),
        (any::<usize>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: usize| at % (bytes.len() + 1);
    match change {
        Change::Set(at, byte) => {
            let at = place(*at);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Change::Cut(at, count) => {
            let at = place(*at);
            bytes.drain(at..(at + count).min(bytes.len()));
        }
        Change::Repeat(at, count, times) => {
            let at = place(*at);
            let piece = bytes[at..(at + count).min(bytes.len())].repeat(*times);
            bytes.splice(at..at, piece);
        }
        Change::Insert(at, piece) => {
            let at = place(*at);
            bytes.splice(at..at, piece.bytes());
        }
    }
}

fn configurations() -> [Config; 4] {
    let with = |target: &str| Config { target: Target::parse(target), ..Config::default() };
    let everything = Config { presets: vec![Preset::All], dsf: Some(true), ..Config::default() };
    [everything, with("tessera"), with("camunda7"), with("camunda8@8.1")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_in_a_file_makes_it_panic(
        model in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 0..6),
        is_wide in any::<bool>(),
    ) {
        let models = models();
        let text = model.get(&models);
        let mut bytes = if is_wide {
            std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        } else {
            text.as_bytes().to_vec()
        };
        for change in &changes {
            apply(&mut bytes, change);
        }
        for config in configurations() {
            let report = lint_file(Source { path: "a.bpmn", bytes: &bytes }, &config);
            // A lone CR ends a line, too; what is before the LF of a CRLF is a character of the line.
            let lines = report.text.replace("\r\n", "\u{1}\n").replace('\r', "\n");
            let places = |start: u32| {
                let before = lines.get(..usize::try_from(start).unwrap()).unwrap();
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
            };
            for finding in &report.findings {
                let (start, end) = (usize::try_from(finding.span.start).unwrap(), usize::try_from(finding.span.end).unwrap());
                prop_assert!(report.text.get(start..end).is_some(), "{finding:?}");
                prop_assert_eq!((finding.start.line, finding.start.column), places(finding.span.start));
                for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                    let (start, end) = (usize::try_from(edit.span.start).unwrap(), usize::try_from(edit.span.end).unwrap());
                    prop_assert!(report.text.get(start..end).is_some(), "{finding:?}");
                }
            }
        }
    }
}
