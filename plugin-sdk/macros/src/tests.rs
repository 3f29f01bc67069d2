//! What an author sees: each case breaks a working plugin in one place and expects a message that names it.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;

const SETTINGS: &str = r#"
name = "greeter"
version = "1.2.0.7"
release-date = "2026-11-23"
title = "Greeter"
license = "Apache-2.0"
[publisher]
name = "Example"
"#;

const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="exampleorg_greet">
    <serviceTask id="say-hello" camunda:class="org.example.Greet">
      <extensionElements>
        <camunda:executionListener event="start" class="look-around"/>
      </extensionElements>
    </serviceTask>
    <endEvent id="say-bye">
      <messageEventDefinition camunda:class="wave"/>
    </endEvent>
  </process>
</definitions>"#;

const DEFINITION: &str = r#"{
  "resourceType": "ActivityDefinition",
  "url": "http://example.org/bpe/Process/greet",
  "extension": [ { "valueCanonical": "http://example.org/fhir/StructureDefinition/task-greet|#{version}" } ]
}"#;

const PROFILE: &str = r#"{ "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-greet" }"#;

const SOURCE: &str = r#"
impl Greeter {
    /// Says hello.
    #[service_task(alias = "org.example.Greet")]
    fn greet(ctx: &Context<'_>) -> Outcome { helper() }
    #[execution_listener(on = start)]
    fn look_around(ctx: &Context<'_>) -> Outcome { Ok(()) }
    #[message_activity]
    fn wave(ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> { Ok(message.plan()) }
    #[message_activity(on_failed = wave)]
    fn not_seen(ctx: &Context<'_>, message: &Message, error: &DeliveryError) -> Result<Disposition> { Ok(Disposition::Proceed) }
    fn helper() -> Outcome { Ok(()) }
}"#;

struct Case {
    settings: String,
    model: String,
    definition: String,
    profile: String,
    source: String,
}

impl Case {
    fn working() -> Self {
        let [settings, model, definition, profile, source] =
            [SETTINGS, MODEL, DEFINITION, PROFILE, SOURCE].map(str::to_owned);
        Self { settings, model, definition, profile, source }
    }

    fn expand(&self) -> Result<String, Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("plugin.toml", &self.settings);
        write("bpe/greet.bpmn", &self.model);
        write("fhir/ActivityDefinition/greet.json", &self.definition);
        write("fhir/StructureDefinition/task-greet.json", &self.profile);
        expand(&self.source, root.path())
    }
}

fn expand(source: &str, root: &Path) -> Result<String, Vec<String>> {
    let item: TokenStream = source.parse().unwrap();
    let expanded = crate::expand(TokenStream::new(), item, root);
    expanded
        .map(|code| code.to_string())
        .map_err(|errors| errors.into_iter().map(|error| error.to_string()).collect())
}

#[test]
fn a_plugin_carries_its_manifest_and_files() {
    let code = Case::working().expand().unwrap();
    for part in [
        r#""tessera:manifest""#,
        r#""tessera:file:bpe/greet.bpmn""#,
        r#""tessera:file:fhir/StructureDefinition/task-greet.json""#,
        r#"\"resource-version\":\"1.2\""#,
        r#"{\"aliases\":[\"org.example.Greet\"],\"doc\":\"Says hello.\",\"kind\":\"service-task\",\"name\":\"greet\"}"#,
        r#"\"resources\":[\"fhir/ActivityDefinition/greet.json\",\"fhir/StructureDefinition/task-greet.json\"]"#,
    ] {
        assert!(code.contains(part), "{part} not in {code}");
    }
    assert!(!code.contains("used"), "the linker would store the files twice");
}

#[test]
fn mistakes_are_named_with_their_place() {
    type Break = fn(&mut Case);
    let cases: [(Break, &str); 16] = [
        (
            |case| case.model = case.model.replace("org.example.Greet", "org.example.Great"),
            "bpe/greet.bpmn:3: 'org.example.Great' of element 'say-hello' is no handler of this plugin; it has greet, look-around, org.example.Greet, wave",
        ),
        (
            |case| case.model = case.model.replace("\"look-around\"", "\"greet\""),
            "bpe/greet.bpmn:5: 'greet' of element 'say-hello' needs #[execution_listener(on = start)]",
        ),
        (
            |case| case.model = case.model.replace("event=\"start\"", "event=\"end\""),
            "bpe/greet.bpmn:5: 'look-around' of element 'say-hello' needs #[execution_listener(on = end)]",
        ),
        (
            |case| case.model = case.model.replace("\"wave\"", "\"greet\""),
            "bpe/greet.bpmn:9: 'greet' of element 'say-bye' needs #[message_activity]",
        ),
        (
            |case| case.model = case.model.replace("camunda:class=\"wave\"", ""),
            "no model in bpe/ names this handler; name it 'wave' there, or remove it",
        ),
        (|case| case.model = case.model.replace("</process>", "</proces>"), "bpe/greet.bpmn:11: "),
        (
            |case| case.model = case.model.replace("process", "collaboration"),
            "exactly one <process> with an id, this one holds 0",
        ),
        (
            |case| case.model = case.model.replace("_greet", "_meet"),
            "process 'exampleorg_meet' has no ActivityDefinition in fhir/",
        ),
        (|case| case.definition = "{\n\"url\":}".to_owned(), "fhir/ActivityDefinition/greet.json:2: "),
        (
            |case| case.profile = case.profile.replace("task-greet", "task-meet"),
            "fhir/StructureDefinition/task-greet.json: no process of this plugin mentions this resource",
        ),
        (
            |case| case.settings = case.settings.replace("1.2.0.7", "1.2"),
            "plugin.toml: version '1.2' must have four numbers",
        ),
        (|case| case.settings = case.settings.replace("title", "titel"), "plugin.toml: "),
        (|case| case.source = case.source.replace("on = start", "on = begin"), "expected start, end or take"),
        (
            |case| case.source = case.source.replace("(on = start)", ""),
            "say when: #[execution_listener(on = start)], end or take",
        ),
        (
            |case| case.source = case.source.replace("on_failed = wave", "on_failed = greet"),
            "`greet` is no #[message_activity] of this block",
        ),
        (
            |case| case.source = case.source.replace("org.example.Greet", "wave"),
            "models could not tell `greet` from `wave`: both are called 'wave'",
        ),
    ];
    for (spoil, expected) in cases {
        let mut case = Case::working();
        spoil(&mut case);
        let messages = case.expand().unwrap_err();
        assert!(
            messages.iter().any(|message| message.contains(expected)),
            "expected '{expected}', got {messages:#?}"
        );
    }
}

#[test]
fn every_dialect_names_handlers() {
    let task = |attributes: &str, content: &str| {
        MODEL.replace(r#"camunda:class="org.example.Greet">"#, &format!("{attributes}>{content}")).replace(
            "<definitions",
            r#"<definitions xmlns:tessera="https://tessera.dev/bpmn/1" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0""#,
        )
    };
    let nested = r#"<extensionElements><zeebe:taskDefinition type="greet"/></extensionElements>"#;
    for (attributes, content) in [
        (r#"tessera:handler="greet""#, ""),
        (r#"camunda:topic="greet""#, ""),
        (r#"camunda:delegateExpression="${greet}""#, ""),
        ("", nested),
    ] {
        let case = Case { model: task(attributes, content), ..Case::working() };
        case.expand().unwrap_or_else(|messages| panic!("{attributes}{content}: {messages:#?}"));
    }
}
