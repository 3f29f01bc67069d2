//! The plugin contract in Rust, generated from the WIT package that the SDK is generated from too. Functions that ask
//! the site are async; the others only touch the running call and can end it with a trap.
#![allow(unsafe_code, reason = "generated: typed functions are built from exports whose types were checked")]
#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    reason = "generated"
)]
#![allow(elided_lifetimes_in_paths, clippy::wildcard_enum_match_arm, clippy::use_self, reason = "generated")]

wasmtime::component::bindgen!({
    world: "process-plugin",
    path: "../../plugin-sdk/wit/0.1",
    imports: {
        "tessera:process/fhir": async | trappable,
        "tessera:process/directory": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: {
        "tessera:process/execution.execution": crate::interfaces::execution::RunningActivity,
        "tessera:process/fhir.client": crate::interfaces::fhir::MailboxClient,
    },
    require_store_data_send: true,
});
