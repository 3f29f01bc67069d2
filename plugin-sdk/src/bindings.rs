//! Generated from `wit/0.1`: the records, the imports, and the traits of the exports. The records are the SDK's own
//! vocabulary on every target; the imports work only inside a host.
#![allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::use_self,
    clippy::str_to_string,
    clippy::allow_attributes_without_reason,
    reason = "generated: the canonical ABI is calls through raw pointers; one of the places where unsafe is accepted"
)]

wit_bindgen::generate!({
    path: "wit/0.1",
    world: "process-plugin",
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_process_plugin",
    default_bindings_module: "tessera_plugin_sdk::bindings",
    additional_derives: [PartialEq],
});
