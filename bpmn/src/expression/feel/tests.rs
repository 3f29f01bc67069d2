//! What FEEL means, as tables of expression and outcome. The facts are those of the standard and of the public conformance
//! suite's groups that are named here; the cases are our own.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::diagnostic::Position;
use crate::expression::{Dialect, Expression, Scope};

struct Variables(BTreeMap<String, Json>);

impl Scope for Variables {
    fn variable(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    fn local_variable(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// 2030-01-31T12:00:00Z, a Thursday.
    fn now_ms(&self) -> Option<i64> {
        Some(1_896_091_200_000)
    }
}

fn variables() -> Variables {
    let object = json!({
        "approved": true, "nothing": null, "items": [1, 2, 3], "name": "Ada", "amount": 12.5, "order": {"customerId": "c7", "total": 120},
        "Current Vacation Status": {"name": "Ada", "days left": 3}, "Employee Badge Number": 17, "count": 4,
        "risks": [{"level": "red", "weight": 2}, {"level": "yellow", "weight": 5}], "applicant": {"age": 30, "email": null},
    });
    Variables(object.as_object().unwrap().clone().into_iter().collect())
}

/// The value as JSON; null with its reason as `null: reason @column`; `! ` and the message if there is none.
fn outcome(source: &str) -> String {
    let variables = variables();
    let expression = match Expression::parse_as(Dialect::Feel, source, Position::START) {
        Ok(expression) => expression,
        Err(error) => return format!("!! {} @{}", error.message, error.position.column),
    };
    match expression.evaluate_feel(&variables) {
        Ok((Json::Null, Some(reason))) => format!("null: {} @{}", reason.message, reason.position.column),
        Ok((value, _)) => value.to_string(),
        Err(error) => format!("! {} @{}", error.message, error.position.column),
    }
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(source, expected)| (source, *expected, outcome(source)))
        .filter(|(_, expected, found)| match expected.strip_suffix('…') {
            Some(start) => !found.starts_with(start),
            None => expected != found,
        })
        .map(|(source, expected, found)| format!("{source}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_models_of_other_engines_say() {
    check(&[
        ("approved", "true"),
        ("= approved", "true"),
        ("not(approved)", "false"),
        ("order.customerId", "\"c7\""),
        ("Current Vacation Status.name", "\"Ada\""),
        ("Current Vacation Status.days left + 1", "4"),
        ("\"id eq \" + string(Employee Badge Number)", "\"id eq 17\""),
        ("{\n \"name\": name,\n total: order.total\n}", r#"{"name":"Ada","total":120}"#),
        ("if order != null then order.total else []", "120"),
        ("every risk in risks satisfies risk.weight > 1", "true"),
        ("some risk in risks satisfies risk.level = \"red\"", "true"),
        ("string join(risks.level, \", \")", "\"red, yellow\""),
        ("risks[level = \"red\"].weight", "[2]"),
        ("risks[1].level", "\"red\""),
        ("day of week(today()) = \"Thursday\"", "true"),
        ("string(now())", "\"2030-01-31T12:00:00Z\""),
        ("sum(for risk in risks return risk.weight * 2)", "14"),
        ("absent", "null: there is no variable `absent` @1"),
        ("applicant.address", "null: the context has no entry `address` @10"),
        ("applicant.email", "null"),
        ("applicant.age >= 18 and applicant.email = null", "true"),
        ("items[-1]", "3"),
        ("items[item > 1]", "[2,3]"),
        ("count(items) + count", "7"),
    ]);
}

#[test]
fn literals_and_names() {
    check(&[
        ("`order`.total", "120"),
        ("{\"a-b c\": 1, r: `a-b c` + 1}.r", "2"),
        ("`order", "!! a name in the expression is not closed; add ` @1"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("-0.1 + 0.3", "0.2"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("9007199254740993", "9007199254740993"),
        ("\"a\\\"b\\\\c\\u00e4\\n\\uD83D\\uDCA9\"", "\"a\\\"b\\\\cä\\n💩\""),
        ("[1, \"a\", null, [true]]", "[1,\"a\",null,[true]]"),
        ("{a: 1, b: a + 1}.b", "2"),
        ("{the first one: 1, x: the first one + 1}.x", "2"),
        ("{days-left: 3, x: days-left - 1}.x", "2"),
        ("{a: {b: {c: 4}}}.a.b.c", "4"),
        ("// a remark\n 1 /* and another */ + 1", "2"),
        ("@\"2030-01-31\"", "\"2030-01-31\""),
        ("@\"P1DT2H\"", "\"P1DT2H\""),
        ("@\"soon\"", "!! `soon` is no date, time, date and time, or duration @1"),
        ("{a: 1, a: 2}", "!! the entry `a` is there twice @8"),
        ("1 +", "!! the expression ends where a value is expected @4"),
        ("a b c", "null: there is no variable `a b c` @1"),
        ("name ) ", "!! `)` is not expected here; is an operator missing? @6"),
        ("\"open", "!! a text in the expression is not closed; add \" @1"),
        ("a == b", "!! a value is expected here, not `=` @4"),
        ("a && b", "!! `&` is not allowed in a FEEL expression @3"),
        (
            "function(a) external {}",
            "!! functions outside of FEEL cannot be called; make it a plugin handler @13",
        ),
        ("function(a) a", "! a function cannot be the value of a variable @1"),
    ]);
}

#[test]
fn operators_and_three_truths() {
    check(&[
        ("2 + 3 * 4 ** 2 / 2", "26"),
        ("-2 ** 2", "4"),
        ("10 - 3 - 2", "5"),
        ("1 / 3", "0.3333333333333333"),
        ("1 / 0", "null: division by zero @3"),
        ("\"a\" + \"b\"", "\"ab\""),
        ("\"a\" + 1", "null: `+` has no result for a text and a number; make both a text by `string()` @5"),
        ("nothing + 1", "null: `+` has no result for null and a number @9"),
        ("1 = \"1\"", "null: `=` has no result for a number and a text @3"),
        ("nothing = null", "true"),
        ("1 != null", "true"),
        ("[1, 2] = [1, 2]", "true"),
        ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
        ("1 < \"a\"", "null: `<` has no result for a number and a text @3"),
        ("true and nothing", "null"),
        ("false and nothing", "false"),
        ("nothing or true", "true"),
        ("nothing or false", "null"),
        ("not(nothing)", "null: `not` takes true or false, not null @4"),
        ("5 between 1 and 5", "true"),
        ("5 between 1 and 4 or true", "true"),
        ("if nothing then 1 else 2", "2"),
        ("if 1 = 1 then if false then 1 else 2 else 3", "2"),
    ]);
}

/// Groups 0072-feel-in, 1155-feel-range, 1156-range-function.
#[test]
fn ranges_and_tests() {
    check(&[
        ("1 in [1..5]", "true"),
        ("1 in (1..5]", "false"),
        ("5 in [1..5[", "false"),
        ("1 in ]1..5]", "false"),
        ("3 in (1, 2, 3)", "true"),
        ("3 in (< 2, > 5)", "false"),
        ("7 in (< 2, > 5)", "true"),
        ("3 in (!= 3)", "false"),
        ("4 in != 3", "true"),
        ("3 in <= 3", "true"),
        ("3 in [[1..2], [3..4]]", "true"),
        ("\"b\" in [\"a\"..\"c\"]", "true"),
        ("2 in [2, 4]", "true"),
        ("(1..10).end", "10"),
        ("[1..10).end included", "false"),
        ("[1..3] = [1..3]", "true"),
        ("(< 5) = (< 5)", "true"),
        ("[3..1] instance of range<number>", "true"),
        ("[1..\"a\"]", "null: `<` has no result for a number and a text @1"),
        ("\"x\" in [1..3]", "null: `<` has no result for a text and a number @5"),
        ("before(1, [2..3])", "true"),
        ("after([5..6), 6)", "false"),
        ("after(6, [5..6))", "true"),
        ("meets([1..5], [5..9])", "true"),
        ("meets([1..5), [5..9])", "false"),
        ("met by([5..9], [1..5])", "true"),
        ("overlaps([1..5], [3..9])", "true"),
        ("overlaps before([1..5], [3..9])", "true"),
        ("overlaps after([3..9], [1..5])", "true"),
        ("finishes(9, [1..9])", "true"),
        ("finished by([1..9], [5..9])", "true"),
        ("includes([1..9], 5)", "true"),
        ("includes((1..9), 1)", "false"),
        ("during([2..3], [1..9])", "true"),
        ("starts([1..3], [1..9])", "true"),
        ("started by([1..9], 1)", "true"),
        ("coincides([1..9], [1..9])", "true"),
        ("coincides(5, 6)", "false"),
        ("range(\"[1..3]\") = [1..3]", "true"),
        ("range(\"[a..3]\")", "null: the text is no range such as [1..10] @6"),
        ("before(point1: 1, point2: 2)", "true"),
    ]);
}

#[test]
fn iterations_filters_and_functions() {
    check(&[
        ("for x in [1, 2], y in [10, 20] return x + y", "[11,21,12,22]"),
        ("for x in 1..3 return x * x", "[1,4,9]"),
        ("for x in 3..1 return x", "[3,2,1]"),
        ("for x in (1..4) return x", "[2,3]"),
        ("for x in nothing return x", "null: null has no items @1"),
        ("for x in 5 return x", "[5]"),
        ("for d in @\"2030-01-30\"..@\"2030-02-01\" return d.day", "[30,31,1]"),
        ("some x in [1, 2] satisfies x > 1", "true"),
        ("every x in [1, 2] satisfies x > 1", "false"),
        ("every x in [] satisfies x > 1", "true"),
        ("some x in [1, nothing] satisfies x > 1", "null: `<` has no result for null and a number @36"),
        ("[1, 2, 3][2]", "2"),
        ("[1, 2, 3][4]", "null: the list has no such item @10"),
        ("[][1]", "null: the list has no such item @3"),
        ("5[1]", "5"),
        ("[{x: 1}, {x: 2}][x > 1].x", "[2]"),
        ("[{x: 1}, {y: 2}].x", "[1,null]"),
        ("(function(a, b) a + b)(1, 2)", "3"),
        ("{f: function(n: number) n + 1, r: f(2)}.r", "3"),
        ("{f: function(n) n + 1, r: f(n: 2)}.r", "3"),
        ("{f: function(n) n + 1, r: f(1, 2)}.r", "null…"),
        ("sort([3, 1, 2], function(a, b) a > b)", "[3,2,1]"),
        ("sort(list: [3, 1, 2], precedes: function(a, b) a < b)", "[1,2,3]"),
        ("sort([3, 1, 2])", "[1,2,3]"),
        ("list replace([1, 2, 3], function(item, new) item > 1, 0)", "[1,0,0]"),
        ("absent(1)", "null: there is no function `absent` @1"),
        ("upper case(nothing)", "null: `upper case` takes a text, not null @11"),
        ("upper case()", "null: `upper case` takes 1 arguments, not 0 @11"),
        (
            "substring(word: \"a\")",
            "null: the parameters of `substring` are string, start position, length @10",
        ),
    ]);
}

/// Groups 0069-feel-list, 0070-feel-instance-of.
#[test]
fn kinds_of_values() {
    check(&[
        ("1 instance of number", "true"),
        ("\"a\" instance of number", "false"),
        ("nothing instance of number", "false"),
        ("nothing instance of Null", "true"),
        ("[1] instance of list<number>", "true"),
        ("[1, \"a\"] instance of list<number>", "false"),
        ("{a: 1} instance of context<a: number>", "true"),
        ("@\"P1D\" instance of days and time duration", "true"),
        ("@\"P1M\" instance of years and months duration", "true"),
        ("@\"2030-01-01T00:00:00\" instance of date and time", "true"),
        ("@\"2030-01-01\" instance of date and approved", "true"),
        ("abs instance of function<number> -> number", "true"),
        (
            "1 instance of thing",
            "!! `thing` is no type of FEEL; there are number, string, boolean, date, time and others @15",
        ),
        ("is defined(absent)", "false"),
        ("is defined(nothing)", "true"),
        ("is defined(order.absent)", "false"),
        ("get or else(absent, 7)", "7"),
    ]);
}

#[test]
fn built_in_functions_for_text() {
    check(&[
        ("substring(\"foobar\", 3)", "\"obar\""),
        ("substring(\"foobar\", 3, 3)", "\"oba\""),
        ("substring(\"foobar\", -2, 1)", "\"a\""),
        ("substring(\"foobar\", 0)", "null…"),
        ("string length(\"tes💩t\")", "5"),
        ("upper case(\"aBc4\")", "\"ABC4\""),
        ("lower case(\"aBc4\")", "\"abc4\""),
        ("substring before(\"foobar\", \"bar\")", "\"foo\""),
        ("substring before(\"foobar\", \"xyz\")", "\"\""),
        ("substring after(\"foobar\", \"ob\")", "\"ar\""),
        ("contains(\"foobar\", \"of\")", "false"),
        ("starts with(\"foobar\", \"fo\")", "true"),
        ("ends with(\"foobar\", \"r\")", "true"),
        ("matches(\"foobar\", \"^fo*b\")", "true"),
        ("matches(\"HELLO\", \"hello\", \"i\")", "true"),
        ("matches(\"a\", \"(\")", "null: the pattern is no regular expression @8"),
        ("replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""),
        ("replace(\"a.b\", \".\", \"x\", \"q\")", "\"axb\""),
        ("split(\"a;b;;c\", \";\")", r#"["a","b","","c"]"#),
        ("extract(\"this is 1234 and 1235\", \"123[0-9]\")", r#"["1234","1235"]"#),
        ("string join([\"a\", null, \"b\"], \"-\")", "\"a-b\""),
        ("string join([\"a\", \"b\"], \", \", \"[\", \"]\")", "\"[a, b]\""),
        ("trim(\"  a \")", "\"a\""),
        ("is blank(\" \")", "true"),
        ("string(1.10)", "\"1.1\""),
        ("string([1, \"a\", {b: null}])", "\"[1, \\\"a\\\", {b: null}]\""),
        ("string(null)", "null"),
        ("string(@\"P14M\")", "\"P1Y2M\""),
    ]);
}

#[test]
fn built_in_functions_for_lists() {
    check(&[
        ("list contains([1, 2, null], null)", "true"),
        ("count([1, null])", "2"),
        ("min(3, 1, 2)", "1"),
        ("max([\"a\", \"c\", \"b\"])", "\"c\""),
        ("min([])", "null…"),
        ("sum([1, 2.5])", "3.5"),
        ("sum([])", "null…"),
        ("mean(1, 2, 3, 4)", "2.5"),
        ("median([6, 1, 2, 3])", "2.5"),
        ("median(8, 2, 5, 3, 4)", "4"),
        ("stddev(2, 4, 7, 5)", "2.08166599946613…"),
        ("mode([6, 1, 9, 6, 1])", "[1,6]"),
        ("product([2, 3, 4])", "24"),
        ("all([true, nothing, false])", "false"),
        ("all([true, nothing])", "null"),
        ("all([])", "true"),
        ("any([false, true])", "true"),
        ("any(false, false)", "false"),
        ("sublist([4, 5, 6], 1, 2)", "[4,5]"),
        ("sublist([4, 5, 6], -2)", "[5,6]"),
        ("sublist([1], 3)", "null…"),
        ("append([1], 2, 3)", "[1,2,3]"),
        ("concatenate([1, 2], [3])", "[1,2,3]"),
        ("insert before([1, 3], 2, 2)", "[1,2,3]"),
        ("remove([1, 2, 3], -1)", "[1,2]"),
        ("list replace([1, 2, 3], 2, 9)", "[1,9,3]"),
        ("reverse([1, 2, 3])", "[3,2,1]"),
        ("index of([1, 2, 3, 2], 2)", "[2,4]"),
        ("union([1, 2], [2, 3])", "[1,2,3]"),
        ("distinct values([1, 2, 1, null, null])", "[1,2,null]"),
        ("duplicate values([1, 2, 1, 3, 3])", "[1,3]"),
        ("flatten([[1, 2], [[3]], 4])", "[1,2,3,4]"),
        ("partition([1, 2, 3, 4, 5], 2)", "[[1,2],[3,4],[5]]"),
        ("is empty([])", "true"),
    ]);
}

#[test]
fn built_in_functions_for_numbers_and_contexts() {
    check(&[
        ("decimal(1 / 3, 2)", "0.33"),
        ("decimal(2.5, 0)", "2"),
        ("floor(-1.56, 1)", "-1.6"),
        ("ceiling(1.5)", "2"),
        ("round up(5.5, 0)", "6"),
        ("round down(-5.5, 0)", "-5"),
        ("round half up(5.5, 0)", "6"),
        ("round half down(5.5, 0)", "5"),
        ("round half up(1234, -2)", "1200"),
        ("abs(-10)", "10"),
        ("abs(@\"-PT5H\")", "\"PT5H\""),
        ("modulo(-12, 5)", "3"),
        ("modulo(12, -5)", "-3"),
        ("modulo(10.1, 4.5)", "1.1"),
        ("sqrt(16)", "4"),
        ("sqrt(-1)", "null…"),
        ("log(0)", "null…"),
        ("decimal(exp(1), 4)", "2.7183"),
        ("odd(5)", "true"),
        ("even(2.5)", "false"),
        ("number(\"1 000,5\", \" \", \",\")", "1000.5"),
        ("number(\"1,000\", \",\", \".\")", "1000"),
        ("number(\"12\")", "12"),
        ("number(\"a\")", "null: the text is no number @7"),
        ("get value({a: {b: 1}}, [\"a\", \"b\"])", "1"),
        ("get value({a: 1}, \"b\")", "null…"),
        ("get entries({a: 1, b: 2}).key", r#"["a","b"]"#),
        ("context([{key: \"a\", value: 1}])", r#"{"a":1}"#),
        ("context put({a: 1}, \"b\", 2)", r#"{"a":1,"b":2}"#),
        ("context put({a: {b: 1}}, [\"a\", \"c\"], 2)", r#"{"a":{"b":1,"c":2}}"#),
        ("context merge([{a: 1}, {a: 2, b: 3}])", r#"{"a":2,"b":3}"#),
    ]);
}

/// Groups 0007-date-time, 1115 to 1121, 0074-feel-properties.
#[test]
fn dates_times_and_durations() {
    check(&[
        ("date(\"2012-12-25\").month", "12"),
        ("date(2012, 12, 25) = date(\"2012-12-25\")", "true"),
        ("date(\"2012-02-30\")", "null: this is no date such as 2030-01-31 @5"),
        ("date(date and time(\"2012-12-25T11:00:00Z\"))", "\"2012-12-25\""),
        ("date and time(date(\"2012-12-24\"), time(\"23:59:00\"))", "\"2012-12-24T23:59:00\""),
        ("date and time(\"2012-12-24\")", "\"2012-12-24T00:00:00\""),
        ("date and time(\"2012-12-24T23:59:00+02:00\") = date and time(\"2012-12-24T21:59:00Z\")", "true"),
        ("date and time(\"2012-12-24T23:59:00\") < date and time(\"2012-12-24T21:59:00Z\")", "null…"),
        ("time(\"23:59:00z\")", "\"23:59:00Z\""),
        ("time(14, 30, 0, duration(\"PT1H\"))", "\"14:30:00+01:00\""),
        ("time(\"24:00:00\")", "null…"),
        ("time(\"23:30:00\") + @\"PT1H\"", "\"00:30:00\""),
        ("@\"2012-12-24T23:59:00@Europe/Paris\".timezone", "\"Europe/Paris\""),
        ("@\"12:00:00+05:30\".time offset", "\"PT5H30M\""),
        ("@\"2030-01-31\" + @\"P1M\"", "\"2030-02-28\""),
        ("@\"2030-01-31\" + @\"PT36H\"", "\"2030-02-01\""),
        ("@\"2030-01-31\" - @\"2030-01-01\"", "\"P30D\""),
        ("@\"2030-01-31T00:00:00Z\" - @\"P1D\"", "\"2030-01-30T00:00:00Z\""),
        ("@\"PT90M\"", "\"PT1H30M\""),
        ("@\"P1DT2H\".hours", "2"),
        ("@\"-P1Y2M\".years", "-1"),
        ("@\"P1Y\" * 1.5", "\"P1Y6M\""),
        ("@\"PT1H\" / 2", "\"PT30M\""),
        ("@\"PT1H\" / @\"PT30M\"", "2"),
        ("@\"PT1.5S\" + @\"PT0.5S\"", "\"PT2S\""),
        ("duration(\"P1Y6M\")", "\"P1Y6M\""),
        ("duration(\"a day\")", "null: the text is no duration such as P1DT2H @9"),
        ("years and months duration(date(\"2011-12-22\"), date(\"2013-08-24\"))", "\"P1Y8M\""),
        ("@\"2030-01-31\".weekday", "4"),
        ("day of year(date(2019, 9, 17))", "260"),
        ("month of year(date(2019, 9, 17))", "\"September\""),
        ("week of year(date(2005, 1, 1))", "53"),
        ("last day of month(date(2024, 2, 1))", "\"2024-02-29\""),
        ("today() < @\"2031-01-01\"", "true"),
        ("is(@\"23:00:50z\", @\"23:00:50+00:00\")", "true"),
        ("is(1, \"1\")", "false"),
    ]);
}

#[test]
fn nothing_runs_for_ever_or_too_deep() {
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(outcome(&deep).contains("too deeply"));
    let chain = format!("1{}", " + 1".repeat(5_000));
    assert!(outcome(&chain).contains("too deeply"));
    let nested = format!("{}1{}", "[".repeat(250), "]".repeat(250));
    assert_eq!(outcome(&nested), nested);
    check(&[
        ("count(for i in 1..1000000000 return i)", "! it takes more than 1000000 steps…"),
        ("{f: function(f, n) f(f, n + 1), r: f(f, 0)}.r", "! functions call each other too deeply…"),
        (
            "{d: function(s) s + s, a: d(d(d(d(d(d(d(d(\"0123456789\")))))))), b: d(d(d(d(d(d(d(d(a))))))))}.b",
            "! it takes more than 1000000 steps…",
        ),
        (
            "sum(for i in 1..2000 return count(for j in 1..2000 return j))",
            "! it takes more than 1000000 steps…",
        ),
    ]);
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(source in r"\PC{0,60}") {
        outcome(&source);
    }

    #[test]
    fn anything_that_looks_like_feel_has_a_value_or_an_error(
        words in prop::collection::vec(prop::sample::select(vec![
            "count", "items", "order", "nothing", "\"a\"", "\"", "1", "2.5", "9e28", "+", "-", "*", "/", "**", "=", "!=", "<", ">=",
            " and ", " or ", "not(", "(", ")", "[", "]", ".", ",", "..", "{", "}", ":", " in ", " between ", "if ", " then ",
            " else ", "for x in ", " return ", "some x in ", " satisfies ", "function(x) ", " instance of ", "number", "@\"P1D\"",
            "sum(", "date(", "x", " ", "true", "null", "string(", "sort(", "range(",
        ]), 0..24)
    ) {
        outcome(&words.concat());
    }
}
