//! The code that the attribute writes: the type, the dispatch by handler name, and in WebAssembly the exports and the
//! sections with manifest and files.

use std::path::{Path, PathBuf};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Error, ItemImpl, Result, Type};

use crate::handlers::{Handler, Kind, ListenerEvent};
use crate::package::Package;

/// Writes everything.
pub(crate) fn plugin(block: &ItemImpl, handlers: &[Handler], package: &Package) -> Result<TokenStream> {
    let Type::Path(path) = &*block.self_ty else {
        return Err(Error::new_spanned(
            &block.self_ty,
            "#[plugin] needs a plain name: `impl PingPong { … }`",
        ));
    };
    let Some(name) = path.path.get_ident() else {
        return Err(Error::new_spanned(path, "#[plugin] needs a plain name: `impl PingPong { … }`"));
    };
    let manifest = package.manifest(handlers);
    let documentation = format!("The plugin `{name}`.");
    let dispatch = dispatch(name, handlers);
    let sections = sections(&manifest, package)?;
    let watched = package.files.values().map(PathBuf::as_path).chain([package.settings_path.as_path()]);
    let watched = watched.map(literal).collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        #[doc = #documentation]
        pub struct #name;

        #[allow(clippy::unnecessary_wraps, reason = "a handler's signature is that of its hook")]
        #block

        impl #name {
            /// The manifest that the component carries, as JSON.
            pub const MANIFEST: &'static str = #manifest;
        }

        #dispatch

        // Makes the compiler watch the files; nothing of this ends in the component.
        const _: &[&[u8]] = &[#(::core::include_bytes!(#watched)),*];

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            #sections

            type Component = ::tessera_plugin_sdk::generated::Component<#name>;
            ::tessera_plugin_sdk::generated::export_process_plugin!(Component);
        };
    })
}

fn dispatch(name: &syn::Ident, handlers: &[Handler]) -> TokenStream {
    let service_tasks = handlers.iter().filter_map(|handler| {
        let (code, method) = (&handler.name, &handler.method);
        matches!(handler.kind, Kind::ServiceTask).then(|| quote!(#code => #name::#method(ctx),))
    });
    let listeners = handlers.iter().filter_map(|handler| {
        let (code, method) = (&handler.name, &handler.method);
        let Kind::ExecutionListener { on } = handler.kind else { return None };
        let event = match on {
            ListenerEvent::Start => quote!(Start),
            ListenerEvent::End => quote!(End),
            ListenerEvent::Take => quote!(Take),
        };
        Some(quote!((#code, ::tessera_plugin_sdk::ListenerEvent::#event) => #name::#method(ctx),))
    });
    let senders = handlers.iter().filter_map(|handler| {
        let (code, method) = (&handler.name, &handler.method);
        matches!(handler.kind, Kind::MessageActivity { .. })
            .then(|| quote!(#code => #name::#method(ctx, message),))
    });
    let failures = handlers.iter().filter_map(|handler| {
        let code = &handler.name;
        let Kind::MessageActivity { on_failed: Some(method) } = &handler.kind else { return None };
        Some(quote!(#code => #name::#method(ctx, message, error),))
    });
    quote! {
        impl ::tessera_plugin_sdk::Plugin for #name {
            fn service_task(ctx: &::tessera_plugin_sdk::Context<'_>, handler: &str) -> ::tessera_plugin_sdk::Outcome {
                match handler {
                    #(#service_tasks)*
                    _ => ::core::result::Result::Err(::tessera_plugin_sdk::Error::unknown_handler("service task", handler)),
                }
            }

            fn execution_listener(
                ctx: &::tessera_plugin_sdk::Context<'_>,
                handler: &str,
                event: ::tessera_plugin_sdk::ListenerEvent,
            ) -> ::tessera_plugin_sdk::Outcome {
                match (handler, event) {
                    #(#listeners)*
                    _ => ::core::result::Result::Err(::tessera_plugin_sdk::Error::unknown_handler("listener on this event", handler)),
                }
            }

            fn prepare(
                ctx: &::tessera_plugin_sdk::Context<'_>,
                handler: &str,
                message: &::tessera_plugin_sdk::Message,
            ) -> ::tessera_plugin_sdk::Result<::tessera_plugin_sdk::MessagePlan> {
                match handler {
                    #(#senders)*
                    _ => ::core::result::Result::Err(::tessera_plugin_sdk::Error::unknown_handler("message activity", handler)),
                }
            }

            fn failed(
                ctx: &::tessera_plugin_sdk::Context<'_>,
                handler: &str,
                message: &::tessera_plugin_sdk::Message,
                error: &::tessera_plugin_sdk::DeliveryError,
            ) -> ::tessera_plugin_sdk::Result<::tessera_plugin_sdk::Disposition> {
                match handler {
                    #(#failures)*
                    _ => ::core::result::Result::Ok(::tessera_plugin_sdk::Disposition::Default),
                }
            }
        }
    }
}

/// Statics in custom sections. Without `#[used]`: with it the linker stores the bytes a second time, in guest memory.
fn sections(manifest: &str, package: &Package) -> Result<TokenStream> {
    let reason = "places bytes in a custom section of the component; nothing reads or executes them here";
    let length = manifest.len();
    let bytes = Literal::byte_string(manifest.as_bytes());
    let mut sections = quote! {
        #[allow(unsafe_code, reason = #reason)]
        #[unsafe(link_section = "tessera:manifest")]
        static MANIFEST: [u8; #length] = *#bytes;
    };
    for (inside, path) in &package.files {
        let section = format!("tessera:file:{inside}");
        let path = literal(path)?;
        sections.extend(quote! {
            const _: () = {
                #[allow(unsafe_code, reason = #reason)]
                #[unsafe(link_section = #section)]
                static FILE: [u8; ::core::include_bytes!(#path).len()] = *::core::include_bytes!(#path);
            };
        });
    }
    Ok(sections)
}

fn literal(path: &Path) -> Result<Literal> {
    let text = path.to_str().ok_or_else(|| {
        Error::new(proc_macro2::Span::call_site(), format!("{}: the path is not UTF-8", path.display()))
    })?;
    Ok(Literal::string(text))
}
