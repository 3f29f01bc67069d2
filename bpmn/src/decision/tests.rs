//! Decisions as tables: a table of rules, the inputs, and what is decided.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Decisions;

const HEAD: &str = "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'>";

/// Rules as lines `test | test => output | output`, over the inputs `a`, `b`, … and the outputs `x`, `y`, ….
fn table(attributes: &str, outputs: &[&str], rules: &str) -> String {
    let escape = |text: &str| text.trim().replace('&', "&amp;").replace('<', "&lt;");
    let width =
        rules.lines().next().map_or(0, |line| line.split("=>").next().unwrap_or_default().split('|').count());
    let inputs = ["a", "b", "c"].iter().take(width);
    let inputs: Vec<String> = inputs
        .map(|name| format!("<input><inputExpression><text>{name}</text></inputExpression></input>"))
        .collect();
    let inputs = inputs.concat();
    let outputs: Vec<String> = ["x", "y"]
        .iter()
        .zip(outputs)
        .map(|(name, inner)| format!("<output name='{name}'>{inner}</output>"))
        .collect();
    let outputs = outputs.concat();
    let rule = |line: &str| {
        let (tests, entries) = line.split_once("=>").unwrap();
        let cells = |cells: &str, tag: &str| {
            let cell = |cell: &str| format!("<{tag}><text>{}</text></{tag}>", escape(cell));
            cells.split('|').map(cell).collect::<String>()
        };
        format!("<rule>{}{}</rule>", cells(tests, "inputEntry"), cells(entries, "outputEntry"))
    };
    let rules: String = rules.lines().map(rule).collect();
    format!(
        "{HEAD}<decision id='d'><decisionTable {attributes}>{inputs}{outputs}{rules}</decisionTable></decision></definitions>"
    )
}

fn decide(file: &str, inputs: Value) -> Result<Value, String> {
    let decisions = Decisions::read(file.as_bytes()).map_err(|found| format!("{}", found[0]))?;
    let Value::Object(inputs) = inputs else { panic!("inputs are an object") };
    let inputs: BTreeMap<String, Value> = inputs.into_iter().collect();
    let decision = decisions.find("d").ok_or("there is no decision d")?;
    decision.decide(&inputs).map(|outcome| outcome.value).map_err(|error| error.to_string())
}

#[test]
fn hit_policies() {
    let rules = "< 10 => 1\n> 5 => 2\n> 7 => 1";
    let listed = "<outputValues><text>2, 1</text></outputValues>";
    let cases: [(&str, &str, Value, Result<Value, &str>); 21] = [
        ("", "", json!(4), Ok(json!(1))),
        (
            "",
            "",
            json!(6),
            Err("decision `d`: rules 1 and 2 hold together, which its hit policy UNIQUE forbids"),
        ),
        ("hitPolicy='UNIQUE'", "", json!(null), Ok(json!(null))),
        ("hitPolicy='FIRST'", "", json!(6), Ok(json!(1))),
        ("hitPolicy='FIRST'", "", json!(12), Ok(json!(2))),
        (
            "hitPolicy='ANY'",
            "",
            json!(6),
            Err("decision `d`: rules 1 and 2 hold together, which its hit policy ANY forbids"),
        ),
        ("hitPolicy='ANY'", "", json!(3), Ok(json!(1))),
        ("hitPolicy='PRIORITY'", listed, json!(6), Ok(json!(2))),
        ("hitPolicy='PRIORITY'", listed, json!(3), Ok(json!(1))),
        ("hitPolicy='RULE ORDER'", "", json!(8), Ok(json!([1, 2, 1]))),
        ("hitPolicy='OUTPUT ORDER'", listed, json!(8), Ok(json!([2, 1, 1]))),
        ("hitPolicy='COLLECT'", "", json!(8), Ok(json!([1, 2, 1]))),
        ("hitPolicy='COLLECT'", "", json!("text"), Ok(json!([]))),
        ("hitPolicy='COLLECT' aggregation='SUM'", "", json!(8), Ok(json!(4))),
        ("hitPolicy='COLLECT' aggregation='MIN'", "", json!(8), Ok(json!(1))),
        ("hitPolicy='COLLECT' aggregation='MAX'", "", json!(8), Ok(json!(2))),
        ("hitPolicy='COLLECT' aggregation='COUNT'", "", json!(8), Ok(json!(3))),
        ("hitPolicy='COLLECT' aggregation='COUNT'", "", json!(null), Ok(json!(0))),
        (
            "",
            "<defaultOutputEntry><text>\"none\"</text></defaultOutputEntry>",
            json!(null),
            Ok(json!("none")),
        ),
        (
            "hitPolicy='MOST'",
            "",
            json!(1),
            Err("1:84: error[P332]: `MOST`  is no hit policy (element `d`); use one of DMN's"),
        ),
        (
            "hitPolicy='FIRST' aggregation='SUM'",
            "",
            json!(1),
            Err("1:84: error[P332]: `FIRST` SUM is no hit policy (element `d`); use one of DMN's"),
        ),
    ];
    for (attributes, inner, input, expected) in cases {
        let case = format!("{attributes} {inner} {input}");
        let decided = decide(&table(attributes, &[inner], rules), json!({"a": input}));
        assert_eq!(decided, expected.map_err(str::to_owned), "{case}");
    }
}

#[test]
fn cells() {
    for (cell, holds, does_not) in [
        ("-", json!(null), None),
        ("", json!(1), None),
        ("5", json!(5), Some(json!(6))),
        ("1, 2", json!(2), Some(json!(3))),
        ("not(1, 2)", json!(3), Some(json!(2))),
        ("[1..3]", json!(3), Some(json!(4))),
        ("(1..3)", json!(2), Some(json!(3))),
        ("<= 3", json!(3), Some(json!(4))),
        ("\"de\", \"at\"", json!("at"), Some(json!("fr"))),
        ("true", json!(true), Some(json!(false))),
        ("? > 2 and ? < 5", json!(3), Some(json!(5))),
        ("contains(?, \"x\")", json!("axb"), Some(json!("ab"))),
        ("null", json!(null), Some(json!(0))),
        ("> limit", json!(8), Some(json!(7))),
        ("limit * 2", json!(14), Some(json!(7))),
        ("\"x\"", json!("x"), Some(json!(["x"]))),
    ] {
        let file = table("", &[""], &format!("{cell} => true"));
        let decided = |input: &Value| decide(&file, json!({"a": input, "limit": 7}));
        assert_eq!(decided(&holds), Ok(json!(true)), "{cell} {holds}");
        if let Some(input) = does_not {
            assert_eq!(decided(&input), Ok(json!(null)), "{cell} {input}");
        }
    }
}

#[test]
fn several_inputs_and_outputs() {
    let file = table("", &["", ""], "\"a\" | < 5 => b + 1 | \"low\"\n\"a\" | >= 5 => 0 | a + \"!\"");
    assert_eq!(decide(&file, json!({"a": "a", "b": 2})), Ok(json!({"x": 3, "y": "low"})));
    assert_eq!(decide(&file, json!({"a": "a", "b": 5})), Ok(json!({"x": 0, "y": "a!"})));
    assert_eq!(decide(&file, json!({"a": "b", "b": 5})), Ok(json!(null)));
}

#[test]
fn dates_are_read_where_the_table_says_so() {
    let file = table("", &[""], "< date(\"2020-01-01\") => \"old\"");
    let typed = file.replace("<inputExpression>", "<inputExpression typeRef='date'>");
    let input = json!({"a": "2019-12-31"});
    assert_eq!((decide(&file, input.clone()), decide(&typed, input)), (Ok(json!(null)), Ok(json!("old"))));
}

#[test]
fn decisions_require_decisions() {
    let decision = |id: &str, required: &[&str], text: &str| {
        let required: Vec<String> = required
            .iter()
            .map(|id| {
                format!("<informationRequirement><requiredDecision href='#{id}'/></informationRequirement>")
            })
            .collect();
        let required = required.concat();
        format!(
            "<decision id='{id}' name='the {id}'><variable name='v {id}'/>{required}<literalExpression><text>{text}</text></literalExpression></decision>"
        )
    };
    let file = |decisions: &[String]| format!("{HEAD}{}</definitions>", decisions.concat());
    let sound = file(&[
        decision("d", &["e", "f"], "v e * v f"),
        decision("e", &["f"], "v f + 1"),
        decision("f", &[], "n * 2"),
    ]);
    assert_eq!(decide(&sound, json!({"n": 5})), Ok(json!(110)));
    let circle = file(&[decision("d", &["e"], "1"), decision("e", &["d"], "1")]);
    assert!(decide(&circle, json!({})).unwrap_err().contains("in a circle"));
    let dangling = file(&[decision("d", &["e"], "1")]);
    assert!(decide(&dangling, json!({})).unwrap_err().contains("there is no decision `e`"));
}

#[test]
fn what_is_not_decided_is_refused_with_its_position() {
    for (file, expected) in [
        ("<html/>".to_owned(), "1:1: error[P012]"),
        ("<definitions".to_owned(), "1:1: error[P001]"),
        (format!("{HEAD}\n<decision/></definitions>"), "2:1: error[P102]"),
        (format!("{HEAD}\n<decision id='d'><context/></decision></definitions>"), "2:1: error[P332]"),
        (table("", &[""], "1 2 => 1"), "1:216: error[P301]"),
        (table("", &[""], "1 => 1 | 2"), "1:190: error[P332]"),
        (
            table("", &[""], "1 => 1")
                .replace("<inputExpression>", "<inputExpression expressionLanguage='groovy'>"),
            "1:144: error[P308]",
        ),
    ] {
        let found = decide(&file, json!({})).unwrap_err();
        assert!(found.starts_with(expected), "{file}\n{found}");
    }
}
