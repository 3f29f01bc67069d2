//! The handlers of an `impl` block: which methods are marked, how, and under which names models reach them.

use std::collections::BTreeMap;
use std::fmt;

use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Ident, ImplItem, ItemImpl, Lit, LitStr, Meta, Result};

/// One marked method.
pub(crate) struct Handler {
    /// The method.
    pub(crate) method: Ident,
    /// Name in the manifest: the method's in kebab case.
    pub(crate) name: String,
    /// What it handles.
    pub(crate) kind: Kind,
    /// Further names that models may use.
    pub(crate) aliases: Vec<String>,
    /// Its doc comment.
    pub(crate) documentation: String,
}

/// The hooks that have handlers.
pub(crate) enum Kind {
    ServiceTask,
    ExecutionListener { on: ListenerEvent },
    MessageActivity { on_failed: Option<Ident> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListenerEvent {
    Start,
    End,
    Take,
}

impl Kind {
    /// As the manifest spells it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::ServiceTask => "service-task",
            Self::ExecutionListener { .. } => "execution-listener",
            Self::MessageActivity { .. } => "message-activity",
        }
    }
}

impl fmt::Display for ListenerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Take => "take",
        })
    }
}

impl ListenerEvent {
    /// From the model or from `on = …`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "start" => Some(Self::Start),
            "end" => Some(Self::End),
            "take" => Some(Self::Take),
            _ => None,
        }
    }
}

/// Finds the handlers and removes their marks.
pub(crate) fn take(block: &mut ItemImpl) -> Result<Vec<Handler>> {
    let mut handlers = Vec::new();
    let mut failure_handlers: Vec<(Ident, Ident)> = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let Some(position) = method.attrs.iter().position(is_mark) else { continue };
        let mark = method.attrs.remove(position);
        if let Some(second) = method.attrs.iter().find(|attribute| is_mark(attribute)) {
            return Err(Error::new_spanned(
                second,
                "a method is one handler: only one of these attributes is allowed",
            ));
        }
        let name = &method.sig.ident;
        match parse_mark(&mark)? {
            Mark::Handler { kind, aliases } => handlers.push(Handler {
                method: name.clone(),
                name: name.to_string().trim_start_matches("r#").replace('_', "-"),
                kind,
                aliases,
                documentation: documentation(&method.attrs),
            }),
            Mark::Failed { of } => failure_handlers.push((of, name.clone())),
        }
    }
    for (of, method) in failure_handlers {
        attach(&mut handlers, &of, method)?;
    }
    refuse_duplicates(&handlers)?;
    if handlers.is_empty() {
        return Err(Error::new(
            block.self_ty.span(),
            "no handler: mark methods with #[service_task], #[execution_listener(on = start)] or #[message_activity]",
        ));
    }
    Ok(handlers)
}

enum Mark {
    Handler { kind: Kind, aliases: Vec<String> },
    Failed { of: Ident },
}

fn is_mark(attribute: &Attribute) -> bool {
    ["service_task", "execution_listener", "message_activity"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

fn parse_mark(mark: &Attribute) -> Result<Mark> {
    let mut aliases = Vec::new();
    let mut event = None;
    let mut failed_of = None;
    let is_listener = mark.path().is_ident("execution_listener");
    let is_message = mark.path().is_ident("message_activity");
    let mut argument = |meta: ParseNestedMeta<'_>| {
        if meta.path.is_ident("alias") {
            aliases.push(meta.value()?.parse::<LitStr>()?.value());
        } else if is_listener && meta.path.is_ident("on") {
            let word: Ident = meta.value()?.parse()?;
            let parsed = ListenerEvent::parse(&word.to_string());
            event = Some(parsed.ok_or_else(|| Error::new_spanned(word, "expected start, end or take"))?);
        } else if is_message && meta.path.is_ident("on_failed") {
            failed_of = Some(meta.value()?.parse::<Ident>()?);
        } else {
            let expected = match (is_listener, is_message) {
                (true, _) => "`on = start|end|take` and `alias = \"…\"`",
                (_, true) => "`alias = \"…\"`, or `on_failed = method`",
                _ => "`alias = \"…\"`",
            };
            return Err(meta.error(format!("unknown argument; expected {expected}")));
        }
        Ok(())
    };
    if !matches!(mark.meta, Meta::Path(_)) {
        mark.parse_nested_meta(&mut argument)?;
    }
    let kind = match (is_listener, event, failed_of) {
        (_, _, Some(_)) if !aliases.is_empty() => {
            return Err(Error::new_spanned(
                mark,
                "aliases belong to the sending method, not to its on_failed",
            ));
        }
        (_, _, Some(of)) => return Ok(Mark::Failed { of }),
        (true, Some(on), None) => Kind::ExecutionListener { on },
        (true, None, None) => {
            return Err(Error::new_spanned(mark, "say when: #[execution_listener(on = start)], end or take"));
        }
        (false, _, None) if is_message => Kind::MessageActivity { on_failed: None },
        (false, _, None) => Kind::ServiceTask,
    };
    Ok(Mark::Handler { kind, aliases })
}

fn attach(handlers: &mut [Handler], of: &Ident, method: Ident) -> Result<()> {
    let sender = handlers.iter_mut().find(|handler| handler.method == *of);
    match sender.map(|handler| &mut handler.kind) {
        Some(Kind::MessageActivity { on_failed: slot @ None }) => {
            *slot = Some(method);
            Ok(())
        }
        Some(Kind::MessageActivity { on_failed: Some(first) }) => {
            Err(Error::new(method.span(), format!("`{of}` already has the on_failed method `{first}`")))
        }
        Some(Kind::ServiceTask | Kind::ExecutionListener { .. }) | None => {
            Err(Error::new(of.span(), format!("`{of}` is no #[message_activity] of this block")))
        }
    }
}

fn refuse_duplicates(handlers: &[Handler]) -> Result<()> {
    let mut owners: BTreeMap<&str, &Ident> = BTreeMap::new();
    for handler in handlers {
        for name in std::iter::once(&handler.name).chain(&handler.aliases) {
            if let Some(other) = owners.insert(name, &handler.method) {
                return Err(Error::new(
                    handler.method.span(),
                    format!(
                        "models could not tell `{other}` from `{}`: both are called '{name}'",
                        handler.method
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value else { return None };
        pair.path.is_ident("doc").then(|| line.value().trim().to_owned())
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
