//! The `#[plugin]` attribute: one place that sees handlers, models, resources and `plugin.toml`, and checks them against
//! each other before anything runs. `tessera_plugin_sdk::plugin` documents it for authors.

mod emit;
mod handlers;
mod models;
mod package;
mod resources;

use std::path::Path;

use proc_macro2::{Span, TokenStream};
use syn::{Error, ItemImpl};

/// See `tessera_plugin_sdk::plugin`.
#[proc_macro_attribute]
pub fn plugin(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let Some(root) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        let error = Error::new(Span::call_site(), "CARGO_MANIFEST_DIR is not set: #[plugin] needs cargo");
        return error.into_compile_error().into();
    };
    expand(arguments.into(), item.into(), root.as_ref()).unwrap_or_else(Error::into_compile_error).into()
}

/// `root`: the folder of the plugin crate.
fn expand(arguments: TokenStream, item: TokenStream, root: &Path) -> syn::Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(
            arguments,
            "#[plugin] takes no arguments; settings live in plugin.toml",
        ));
    }
    let mut block: ItemImpl = syn::parse2(item)?;
    let handlers = handlers::take(&mut block)?;
    let package = package::read(root).map_err(at_call_site)?;
    models::check(&package.models, &handlers)?;
    emit::plugin(&block, &handlers, &package)
}

/// Reports what is wrong outside the source, in files that have no span.
fn at_call_site(problems: Vec<String>) -> Error {
    let mut problems = problems.into_iter().map(|problem| Error::new(Span::call_site(), problem));
    let first =
        problems.next().unwrap_or_else(|| Error::new(Span::call_site(), "the plugin's files cannot be read"));
    problems.fold(first, |mut all, problem| {
        all.combine(problem);
        all
    })
}

#[cfg(test)]
mod tests;
