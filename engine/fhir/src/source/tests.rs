//! Both syntaxes through the one reading function: same value, right places, nothing from outside that panics or is believed.

use serde_json::{Value, json};

use super::*;

fn resource(text: &str) -> (Value, Vec<String>) {
    match read(text.as_bytes()) {
        Reading::Resource(source, problems) => (
            source.resource,
            problems.iter().map(|problem| format!("{} {}", problem.position, problem.message)).collect(),
        ),
        other @ (Reading::Foreign | Reading::Unreadable(_)) => panic!("{text}: {other:?}"),
    }
}

fn xml(inner: &str) -> String {
    format!("<Task xmlns='http://hl7.org/fhir'>{inner}</Task>")
}

#[test]
fn xml_is_read_to_the_same_value_as_json() {
    let table = [
        ("<status value='draft'/>", json!({ "status": "draft" })),
        (
            "<input><type><coding><code value='a'/></coding></type><valueInteger value='7'/></input>",
            json!({ "input": [{ "type": { "coding": [{ "code": "a" }] }, "valueInteger": 7 }] }),
        ),
        (
            "<input><valueDecimal value='1.5'/></input><input><valueBoolean value='true'/></input>",
            json!({ "input": [{ "valueDecimal": 1.5 }, { "valueBoolean": true }] }),
        ),
        (
            "<extension url='u'><valueString value='&lt;ä&amp;&#10;x'/></extension>",
            json!({ "extension": [{ "url": "u", "valueString": "<ä&\nx" }] }),
        ),
        (
            "<status id='s' value='draft'><extension url='u'><valueCode value='c'/></extension></status>",
            json!({ "status": "draft", "_status": { "id": "s", "extension": [{ "url": "u", "valueCode": "c" }] } }),
        ),
        (
            "<meta><profile value='p'/><profile><extension url='u'><valueCode value='c'/></extension></profile></meta>",
            json!({ "meta": {
                "profile": ["p", null],
                "_profile": [null, { "extension": [{ "url": "u", "valueCode": "c" }] }]
            } }),
        ),
        (
            "<contained><Patient><id value='1'/><name><given value='A'/><given value='B'/></name></Patient></contained>",
            json!({ "contained": [{ "resourceType": "Patient", "id": "1", "name": [{ "given": ["A", "B"] }] }] }),
        ),
        (
            "<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'><p class='x'>a &amp; <b>b</b><br/></p></div></text>",
            json!({ "text": {
                "status": "generated",
                "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"x\">a &amp; <b>b</b><br/></p></div>"
            } }),
        ),
        (
            "<requester id='r'><reference value='#{organization}'/></requester>",
            json!({ "requester": { "id": "r", "reference": "#{organization}" } }),
        ),
    ];
    for (inner, expected) in table {
        let (mut value, problems) = resource(&xml(inner));
        assert!(problems.is_empty(), "{inner}: {problems:?}");
        assert_eq!(value.as_object_mut().unwrap().remove("resourceType"), Some(json!("Task")));
        assert_eq!(value, expected, "{inner}");
        let (again, problems) = resource(&{
            let mut task = expected;
            task["resourceType"] = json!("Task");
            task.to_string()
        });
        assert!(problems.is_empty(), "{inner}: {problems:?}");
        assert_eq!(again["resourceType"], "Task");
    }
}

#[test]
fn prefixes_and_bundles_are_read() {
    let (bundle, problems) = resource(
        "<f:Bundle xmlns:f='http://hl7.org/fhir'><f:type value='batch'/><f:entry><f:resource><f:Task>\
         <f:intent value='order'/></f:Task></f:resource></f:entry></f:Bundle>",
    );
    assert!(problems.is_empty(), "{problems:?}");
    let task = json!({ "resourceType": "Task", "intent": "order" });
    assert_eq!(bundle, json!({ "resourceType": "Bundle", "type": "batch", "entry": [{ "resource": task }] }));
}

#[test]
fn what_fhir_does_not_know_is_named_with_its_place() {
    let table = [
        ("<statuz value='x'/>", "1:35 FHIR R4 has no element `statuz` in `Task`"),
        ("<status value='a'/>\n<status value='b'/>", "2:1 `status` may occur once in `Task`"),
        ("<input><valueInteger value='seven'/></input>", "1:63 `valueInteger` needs a number, not `seven`"),
        (
            "<input><valueBoolean value='TRUE'/></input>",
            "1:63 `valueBoolean` needs `true` or `false`, not `TRUE`",
        ),
        ("<status/>", "1:35 `status` has neither a value nor an extension"),
        ("<status>draft</status>", "1:35 `status` has neither a value nor an extension"),
        ("<status valu='x' value='y'/>", "1:49 `status` has no attribute `valu`"),
        ("ä<status value='x'/>", "1:35 `Task` holds text; FHIR writes it as the attribute `value`"),
        (
            "<x:status xmlns:x='urn:x' value='x'/>",
            "1:35 the element `status` is not in the namespace that belongs here",
        ),
        ("<contained><Task/><Task/></contained>", "1:35 `contained` holds exactly one resource of FHIR R4"),
    ];
    for (inner, expected) in table {
        assert_eq!(resource(&xml(inner)).1, [expected], "{inner}");
    }
    let table = [
        (r#"{"resourceType":"Task","statuz":"x"}"#, "1:34 FHIR R4 has no element `statuz` in `Task`"),
        (r#"{"resourceType":"Task","status":1}"#, "1:33 `status` needs a string"),
        (r#"{"resourceType":"Task","input":{}}"#, "1:32 `input` is a list in `Task`"),
        (r#"{"resourceType":"Task","status":["a"]}"#, "1:33 `status` is a single value in `Task`"),
        (r#"{"resourceType":"Task","input":[{"valueInteger":"7"}]}"#, "1:50 `valueInteger` needs a number"),
        (
            r#"{"resourceType":"Task","contained":[{}]}"#,
            "1:37 a resource with a `resourceType` is expected here",
        ),
        ("{\"resourceType\":\"Task\",\n \"status\":\"a\",\"status\":\"b\"}", "2:16 `status` is there twice"),
        (r#"{"resourceType":"Tusk"}"#, "1:1 FHIR R4 has no resource type `Tusk`"),
    ];
    for (text, expected) in table {
        assert_eq!(resource(text).1, [expected], "{text}");
    }
}

#[test]
fn places_are_lines_and_characters() {
    let xml = "<?xml version='1.0'?>\r\n<Task xmlns='http://hl7.org/fhir'>\r\n\t<description value='ä'/><status value='draft'/>\r\n</Task>";
    let json = "{\n \"resourceType\": \"Task\",\n \"description\": \"\u{e4}\", \"status\": \"draft\",\n \"input\": [ {}, { \"valueString\": \"x\" } ]\n}";
    let place = |text: &str, name: &str| match read(text.as_bytes()) {
        Reading::Resource(source, _) => {
            let node = source.root().member(name).unwrap();
            (node.position().line, node.position().column, node.bytes())
        }
        other @ (Reading::Foreign | Reading::Unreadable(_)) => panic!("{other:?}"),
    };
    assert_eq!(place(xml, "status"), (3, 41, 5));
    assert_eq!(place(json, "status"), (3, 33, 5));
    assert_eq!(place(json, "input"), (4, 11, 0));
    let Reading::Resource(source, _) = read(json.as_bytes()) else { panic!("a Task") };
    let (name, value) = source.root().items("input").nth(1).unwrap().choice("value").unwrap();
    assert_eq!((name, value.position().line, value.position().column), ("valueString", 4, 35));
    let with_mark: Vec<u8> = [&[0xEF, 0xBB, 0xBF], json.as_bytes()].concat();
    assert!(matches!(read(&with_mark), Reading::Resource(..)));
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(matches!(read(&wide), Reading::Resource(source, _) if source.resource["status"] == "draft"));
}

#[test]
fn other_files_are_foreign_and_broken_ones_are_unreadable() {
    for foreign in
        ["<html/>", "<databaseChangeLog xmlns='x'/>", "<Tusk xmlns='http://hl7.org/fhir'/>", "{}", "[1]", "7"]
    {
        assert_eq!(read(foreign.as_bytes()), Reading::Foreign, "{foreign}");
    }
    let deep_xml = xml(&"<extension url='x'>".repeat(5_000));
    let deep_json = format!("{{\"a\":{}", "[".repeat(100_000));
    let table = [
        ("", "1:1"),
        ("{", "1:2"),
        ("{\"a\" 1}", "1:6"),
        ("{\"a\":tru}", "1:6"),
        ("{\"a\":\"b}", "1:6"),
        ("{} {}", "1:4"),
        ("<a><b></a>", "1:7"),
        ("<a>", "1:1"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "1:1"),
        ("<a b='&x;'/>", "1:7"),
        ("<a>&nbsp;</a>", "1:4"),
        ("<a b='<'/>", "1:7"),
        ("<a/><b/>", "1:5"),
        ("<a>\u{1}</a>", "1:4"),
        (deep_xml.as_str(), "1:1232"),
        (deep_json.as_str(), "1:69"),
    ];
    for (text, place) in table {
        match read(text.as_bytes()) {
            Reading::Unreadable(problems) => {
                let places: Vec<String> =
                    problems.iter().map(|problem| problem.position.to_string()).collect();
                assert_eq!(places, [place], "{}: {problems:?}", text.chars().take(40).collect::<String>());
            }
            other @ (Reading::Foreign | Reading::Resource(..)) => {
                panic!("{}: {other:?}", text.chars().take(40).collect::<String>())
            }
        }
    }
    let big = vec![b' '; crate::limits::SOURCE_BYTES_MAX + 1];
    assert!(matches!(read(&big), Reading::Unreadable(_)));
    assert!(matches!(read(&[b'<', 0xFF]), Reading::Unreadable(_)));
}

#[test]
fn no_cut_and_no_flipped_byte_makes_reading_panic() {
    let xml = xml(
        "<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'><b>\u{e4}</b></div></text>\
         <contained><Patient><active value='true'/></Patient></contained><input id='i'><valueDecimal value='1.5'/></input>",
    );
    let json = r#"{"resourceType":"Task","_status":{"id":"s"},"input":[{"valueDecimal":-1.5e3},null],"note":"\u00e4"}"#;
    for text in [xml.as_str(), json] {
        for at in 0..text.len() {
            let bytes = text.as_bytes();
            let _ = read(&bytes[..at]);
            for other in [b'<', b'"', b'{', b'&', 0, 0xFF] {
                let mut changed = bytes.to_vec();
                changed[at] = other;
                let _ = read(&changed);
            }
        }
    }
}

#[test]
fn a_large_resource_is_read_in_linear_time() {
    let concept =
        |index: usize| format!("<concept><code value='code-{index}'/><display value='\u{e4}'/></concept>");
    let concepts: String = (0..100_000).map(concept).collect();
    let text = format!("<CodeSystem xmlns='http://hl7.org/fhir'>{concepts}</CodeSystem>");
    let Reading::Resource(source, problems) = read(text.as_bytes()) else { panic!("a CodeSystem") };
    assert!(problems.is_empty());
    let last = source.root().items("concept").last().and_then(|concept| concept.member("code")).unwrap();
    assert_eq!(last.as_text(), Some("code-99999"));
    let (before, _) = text.split_once("code-99999").unwrap();
    assert_eq!(last.position().column, u32::try_from(before.chars().count()).unwrap() + 1);
}
