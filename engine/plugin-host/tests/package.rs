//! Packages are read before anything is known about who made them: every broken rule has its message, and no bytes make
//! the reader panic.

use proptest::prelude::*;
use tessera_example_plugins::{HELLO_WORLD, PING_PONG};
use tessera_plugin_host::{HandlerKind, Package, PluginHost, Settings};

const MANIFEST: &str =
    r#"{"schema":1,"api":"0.1.0","name":"p","version":"1.0.0.0","resource-version":"1.0"}"#;

fn unsigned(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &unsigned(content.len()), content].concat()
}

fn custom(name: &str, content: &str) -> Vec<u8> {
    section(0, &[&unsigned(name.len()), name.as_bytes(), content.as_bytes()].concat())
}

fn manifest(json: &str) -> Vec<u8> {
    custom("tessera:manifest", json)
}

fn file(path: &str) -> Vec<u8> {
    custom(&format!("tessera:file:{path}"), "<xml/>")
}

fn component(sections: &[Vec<u8>]) -> Vec<u8> {
    [&b"\0asm\x0d\0\x01\0"[..], &sections.concat()].concat()
}

fn core_module(sections: &[Vec<u8>]) -> Vec<u8> {
    section(1, &[&b"\0asm\x01\0\0\0"[..], &sections.concat()].concat())
}

fn nested(sections: &[Vec<u8>]) -> Vec<u8> {
    section(4, &component(sections))
}

#[test]
fn refuses_what_breaks_a_rule() {
    let with = |change: (&str, &str)| MANIFEST.replace(change.0, change.1);
    let handlers = |list: &str| format!(r#"{},"handlers":{list}}}"#, MANIFEST.strip_suffix('}').unwrap());
    let nesting = (0..20).fold(component(&[]), |inner, _| component(&[section(4, &inner)]));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "no valid WebAssembly at byte 0: "),
        (b"<html>not found</html>".to_vec(), "no valid WebAssembly at byte 0: "),
        (component(&[manifest(MANIFEST)])[..40].to_vec(), "no valid WebAssembly at byte "),
        (
            b"\0asm\x01\0\0\0".to_vec(),
            "the file is a WebAssembly core module, not a component; build the plugin with",
        ),
        (component(&[]), "the component has no section `tessera:manifest`; build it with the plugin SDK"),
        (nesting, "more than 16 levels of nesting"),
        (
            component(&[manifest("{")]),
            "section `tessera:manifest`: EOF while parsing an object at line 1 column 1",
        ),
        (component(&[manifest("{}")]), "section `tessera:manifest`: missing field `schema`"),
        (
            component(&[manifest(&with(("\"schema\":1", "\"schema\":2")))]),
            "schema 2 is not known to this host",
        ),
        (
            component(&[manifest(&with(("0.1.0", "0.2.0")))]),
            "built for plugin contract 0.2.0, this host offers 0.1.x",
        ),
        (
            component(&[manifest(&with(("\"p\"", "\"../p\"")))]),
            "name \"../p\" must be 1 to 100 characters of",
        ),
        (
            component(&[manifest(&with(("\"1.0\"", "\"1\"")))]),
            "resource-version \"1\" must be <major>.<minor>",
        ),
        (
            component(&[manifest(&handlers(r#"[{"name":"a","kind":"script"}]"#))]),
            "unknown variant `script`, expected one of `service-task`",
        ),
        (
            component(&[manifest(&handlers(
                r#"[{"name":"a","kind":"service-task"},{"name":"b","kind":"service-task","aliases":["a"]}]"#,
            ))]),
            "two service-task handlers are called \"a\"",
        ),
        (
            component(&[manifest(&with((
                "\"1.0\"",
                r#""1.0","processes":[{"id":"x_y","model":"bpe/y.bpmn"}]"#,
            )))]),
            "process \"x_y\" names the file \"bpe/y.bpmn\", which is not in the package",
        ),
        (component(&[manifest(MANIFEST), manifest(MANIFEST)]), "occurs twice; a package has one manifest"),
        (
            component(&[manifest(MANIFEST), core_module(&[file("a.json")]), file("a.json")]),
            "section `tessera:file:a.json`: occurs twice",
        ),
        (component(&[nested(&[manifest(MANIFEST)])]), "is nested too deep"),
        (component(&[nested(&[core_module(&[file("a.json")])])]), "is nested too deep"),
        (component(&[file("")]), "the path must have 1 to 255 bytes"),
        (component(&[file("/etc/passwd")]), "a path is relative, without empty segments"),
        (component(&[file("a/../b")]), "a path is relative, without empty segments"),
        (component(&[file("a\\b")]), "a path may only have the characters"),
    ];
    for (bytes, expected) in cases {
        let message = Package::read(bytes).unwrap_err().to_string();
        assert!(message.contains(expected), "expected {expected:?} in {message:?}");
    }
}

#[test]
fn refuses_to_load_what_does_not_keep_its_promises() {
    let host = PluginHost::new(Settings { concurrent_calls: 1, ..Settings::default() }).unwrap();
    let handler = r#""1.0","handlers":[{"name":"a","kind":"service-task"}]"#;
    let promising = MANIFEST.replace("\"1.0\"", handler);
    // One instance type with one function `f` without parameters and result, imported by name.
    let function_type =
        section(7, &[&[1, 0x42, 2, 0x01, 0x40, 0, 0x01, 0, 0x04, 0, 1][..], b"f", &[0x01, 0]].concat());
    let import = |name: &str| {
        let name = [&[1, 0][..], &unsigned(name.len()), name.as_bytes()].concat();
        [function_type.clone(), section(10, &[&name[..], &[0x05, 0]].concat())].concat()
    };
    // A feature that plugins do not get: a memory with 64-bit addresses.
    let memory64 = core_module(&[section(5, &[1, 0x04, 1])]);
    let cases = [
        (
            component(&[manifest(&promising)]),
            "the manifest has a service-task handler, but the component does not export `tessera:process/service-task`",
        ),
        (
            component(&[manifest(MANIFEST), import("tessera:process/crypto@0.1.0")]),
            "the component does not link: component imports instance `tessera:process/crypto@0.1.0`",
        ),
        (component(&[manifest(MANIFEST), memory64]), "the component does not compile: "),
    ];
    for (bytes, expected) in cases {
        let message = host.load(&Package::read(bytes).unwrap()).unwrap_err().to_string();
        assert!(message.contains(expected), "expected {expected:?} in {message:?}");
    }
    // WASI links, whatever part of it: what is not given traps when it is called.
    let clock = component(&[manifest(MANIFEST), import("wasi:clocks/wall-clock@0.2.6")]);
    assert!(host.load(&Package::read(clock).unwrap()).is_ok());
}

#[test]
fn finds_sections_at_both_levels() {
    let package = Package::read(component(&[
        core_module(&[manifest(MANIFEST), file("bpe/a.bpmn")]),
        file("fhir/b.json"),
    ]))
    .unwrap();
    let files: Vec<_> = package.files().collect();
    assert_eq!(files, [("bpe/a.bpmn", &b"<xml/>"[..]), ("fhir/b.json", b"<xml/>")]);
    assert_eq!(package.manifest().name, "p");
    assert_eq!(package.file("bpe/a.bpmn"), Some(&b"<xml/>"[..]));
}

#[test]
fn reads_what_the_sdk_builds() {
    let package = Package::read(PING_PONG).unwrap();
    let manifest = package.manifest();
    assert_eq!((manifest.resource_version.as_str(), manifest.processes.len()), ("1.0", 3));
    let alias = manifest.handler("dev.dsf.bpe.message.SendPing", HandlerKind::MessageActivity).unwrap();
    assert_eq!(alias.name, "send-ping");
    for process in &manifest.processes {
        assert!(
            package.file(&process.model).is_some_and(|model| model.starts_with(b"<?xml")),
            "{}",
            process.model
        );
    }
    assert_eq!(package.sha256().len(), 64);
    assert!(package.imports().iter().any(|import| import.starts_with("tessera:process/directory@0.1.")));
}

proptest! {
    #[test]
    fn never_panics_on_damaged_packages(damage in prop::collection::vec((0..HELLO_WORLD.len(), any::<u8>()), 1..8), length in 0..HELLO_WORLD.len() * 2) {
        let mut bytes = HELLO_WORLD.to_vec();
        for (position, byte) in damage {
            bytes[position] = byte;
        }
        bytes.truncate(length);
        if let Ok(package) = Package::read(bytes) {
            // Whatever was read can also be looked at.
            prop_assert!(package.files().all(|(path, _)| !path.contains("..")));
        }
    }

    #[test]
    fn never_panics_on_damaged_sections(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes.splice(0..0, component(&[manifest(MANIFEST), file("a")]));
        let _ = Package::read(bytes);
    }
}
