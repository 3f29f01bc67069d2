//! `#{version}`, `#{date}` and `#{organization}`: replaced in the text of a model before it is read, as the Data Sharing
//! Framework does, so that one file serves every version of a plugin. `${...}` is an expression and stays.

use crate::diagnostic::{Diagnostic, Position, codes};
use crate::limits::DIAGNOSTICS_MAX;

/// What stands for the placeholders. Values are put into XML and are escaped for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholders<'a> {
    /// `#{version}`: the resource version of the plugin, `1.0`.
    pub version: &'a str,
    /// `#{date}`: its release date, `2026-01-31`.
    pub date: &'a str,
    /// `#{organization}`: the identifier of the local organization.
    pub organization: &'a str,
}

/// A text with its placeholders replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substituted {
    /// The text; placeholders that are not known are left as they are.
    pub text: String,
    /// A finding for each placeholder that is not known.
    pub diagnostics: Vec<Diagnostic>,
}

/// Replaces the placeholders in a text. A `#{` within `${...}` is no placeholder.
///
/// ```
/// use tessera_bpmn::read::{Placeholders, substitute};
///
/// let placeholders = Placeholders { version: "1.0", date: "2026-01-31", organization: "site-a" };
/// assert_eq!(substitute("task-ping|#{version} ${version}", &placeholders).text, "task-ping|1.0 ${version}");
/// ```
pub fn substitute(text: &str, placeholders: &Placeholders<'_>) -> Substituted {
    let mut result = Substituted { text: String::with_capacity(text.len()), diagnostics: Vec::new() };
    let mut rest = text;
    let mut position = Position::START;
    // Behind the last brace nothing can close: not looking for it keeps the time linear.
    let last_brace = text.rfind('}').unwrap_or_default();
    while let Some(at) = rest.find(['#', '$']) {
        let (before, from) = rest.split_at(at);
        let closable = text.len().saturating_sub(from.len()) < last_brace;
        let inner = from
            .get(1..)
            .filter(|_| closable)
            .and_then(|after| after.strip_prefix('{'))
            .and_then(|after| after.split_once('}'));
        let (name, length) = match inner {
            Some((name, _)) => (name, name.len().saturating_add(3)),
            None => ("", 1),
        };
        let (whole, after) = from.split_at(length);
        let value = match name {
            _ if !whole.starts_with("#{") => None,
            "version" => Some(placeholders.version),
            "date" => Some(placeholders.date),
            "organization" => Some(placeholders.organization),
            _ => {
                if is_property(name) && result.diagnostics.len() < DIAGNOSTICS_MAX {
                    let message = format!("the placeholder `{whole}` is not known");
                    let help =
                        "known are #{version}, #{date} and #{organization}; expressions are written `${...}`";
                    let position = position.after(before);
                    result
                        .diagnostics
                        .push(Diagnostic::error(codes::PLACEHOLDER, message, position).help(help));
                }
                None
            }
        };
        result.text.push_str(before);
        match value {
            Some(value) => result.text.push_str(&quick_xml::escape::escape(value)),
            None => result.text.push_str(whole),
        }
        position = position.after(before).after(whole);
        rest = after;
    }
    result.text.push_str(rest);
    result
}

/// `a.b.c`, the form of a setting; anything else in `#{...}` is an expression.
fn is_property(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_are_replaced_unknown_are_named_expressions_stay() {
        let placeholders = Placeholders { version: "1.0", date: "2026-01-31", organization: "a&b" };
        for (text, expected, unknown) in [
            ("v#{version}, #{date}", "v1.0, 2026-01-31", None),
            ("#{organization}", "a&amp;b", None),
            ("${a.b} $ # #{ #", "${a.b} $ # #{ #", None),
            ("${'#{version}'}", "${'#{version}'}", None),
            ("a\n #{dev.dsf.x}", "a\n #{dev.dsf.x}", Some((2, 2))),
            ("#{a == 'b'}", "#{a == 'b'}", None),
        ] {
            let substituted = substitute(text, &placeholders);
            assert_eq!(substituted.text, expected);
            let place = substituted
                .diagnostics
                .first()
                .map(|finding| (finding.position.line, finding.position.column));
            assert_eq!(place, unknown, "{text}");
        }
    }
}
