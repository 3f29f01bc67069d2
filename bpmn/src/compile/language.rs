//! Which language an expression is written in. `= ...` and `${...}` say it themselves; else the expression's `language`
//! does, else the file's `expressionLanguage`.

use super::event::trim;
use super::graph::Graph;
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::expression::{Dialect, Expression, Template, has_unified};
use crate::model::{Base, Content};

/// What the name of a language says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// One that is evaluated.
    Known(Dialect),
    /// Nothing: it is absent, or the standard's default, XPath, which nobody writes.
    Unchosen,
    /// Another one.
    Unknown,
}

/// FEEL and the unified expression language under the names that tools give them.
pub(super) fn named(language: &str) -> Named {
    let language = language.trim().to_ascii_lowercase();
    if language.is_empty() || language.contains("xpath") {
        return Named::Unchosen;
    }
    if language.contains("feel") || language.contains("omg.org/spec/dmn/") {
        return Named::Known(Dialect::Feel);
    }
    let unified = ["juel", "uel", "el"].contains(&language.as_str())
        || language.contains("jcp.org/en/jsr/detail?id=245")
        || language.contains("/juel");
    if unified { Named::Known(Dialect::Unified) } else { Named::Unknown }
}

/// What an expression that does not say its language is written in, by the file's own default.
pub(super) fn of_file(expression_language: Option<&str>) -> Dialect {
    match named(expression_language.unwrap_or_default()) {
        Named::Known(dialect) => dialect,
        Named::Unchosen | Named::Unknown => Dialect::Unified,
    }
}

impl Graph<'_, '_> {
    /// The expression of a condition.
    pub(super) fn condition(&mut self, content: &Content, base: &Base, id: &str) -> Option<Expression> {
        let (source, position) = trim(content);
        let dialect = self.dialect(content, &source, id)?;
        self.extensions(base, id).expression_in(dialect, &source, position)
    }

    /// Text that may hold expressions, or that is one of FEEL.
    pub(super) fn content_template(&mut self, content: &Content, base: &Base, id: &str) -> Option<Template> {
        let (source, position) = trim(content);
        match self.dialect(content, &source, id)? {
            Dialect::Unified => self.extensions(base, id).template(&source, position),
            Dialect::Feel => {
                let expression = self.extensions(base, id).expression_in(Dialect::Feel, &source, position)?;
                Some(Template::expression(expression))
            }
        }
    }

    /// `None`: it is a language that is not evaluated, which is reported.
    fn dialect(&mut self, content: &Content, source: &str, id: &str) -> Option<Dialect> {
        let language = content.language().unwrap_or_default();
        match named(language) {
            Named::Known(dialect) => Some(dialect),
            Named::Unchosen if source.starts_with('=') => Some(Dialect::Feel),
            Named::Unchosen if has_unified(source) => Some(Dialect::Unified),
            Named::Unchosen => Some(self.language),
            Named::Unknown => {
                self.unknown_language(language, content.position(), id);
                None
            }
        }
    }

    fn unknown_language(&mut self, language: &str, position: Position, id: &str) {
        let message = format!("expressions in `{language}` are not evaluated");
        let finding = Diagnostic::error(codes::EXPRESSION_LANGUAGE, message, position).about(id);
        self.findings.add(finding.help("write `${...}`, or FEEL with `language=\"feel\"`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_languages() {
        let (feel, unified) = (Named::Known(Dialect::Feel), Named::Known(Dialect::Unified));
        for (language, expected) in [
            ("", Named::Unchosen),
            ("http://www.w3.org/1999/XPath", Named::Unchosen),
            ("feel", feel),
            ("FEEL", feel),
            ("https://www.omg.org/spec/DMN/20191111/FEEL/", feel),
            ("juel", unified),
            ("http://www.jcp.org/en/jsr/detail?id=245", unified),
            ("groovy", Named::Unknown),
            ("http://www.java.com/java", Named::Unknown),
        ] {
            assert_eq!(named(language), expected, "{language}");
        }
        assert_eq!(of_file(Some("http://www.omg.org/spec/FEEL/20140401")), Dialect::Feel);
        assert_eq!(of_file(Some("http://www.java.com/java")), Dialect::Unified);
    }
}
