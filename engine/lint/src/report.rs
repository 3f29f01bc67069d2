//! Where a rule puts what it finds in a package: findings of the one form, kept for each file.

use std::collections::BTreeMap;

use tessera_bpmn::lint::{About, Config, Finding, Findings, Level, Span};
use tessera_fhir::source::Node;

use crate::package::{Package, Value};

/// What one rule found in a package.
#[derive(Debug)]
pub struct Found<'p, 'c> {
    package: &'p Package,
    about: &'static About,
    level: Level,
    config: &'c Config,
    files: BTreeMap<usize, Findings<'c>>,
}

impl<'p, 'c> Found<'p, 'c> {
    /// For a rule that is on at this level.
    #[must_use]
    pub fn new(package: &'p Package, about: &'static About, level: Level, config: &'c Config) -> Self {
        Self { package, about, level, config, files: BTreeMap::new() }
    }

    /// Reports a place of a file.
    pub fn at(&mut self, file: usize, span: Span, message: impl Into<String>) -> &mut Finding {
        let Self { about, level, config, files, .. } = self;
        files.entry(file).or_insert_with(|| Findings::new(about, *level, config)).at(span, message)
    }

    /// Reports a value of a model.
    pub fn value(&mut self, file: usize, value: &Value, message: impl Into<String>) -> &mut Finding {
        self.at(file, value.span, message)
    }

    /// Reports a part of a resource.
    pub fn on(&mut self, file: usize, node: Node<'_>, message: impl Into<String>) -> &mut Finding {
        let start = node.position().offset;
        let span =
            self.package.files.get(file).map(|file| file.span(start, node.bytes())).unwrap_or_default();
        self.at(file, span, message)
    }

    /// Reports a member of a part; the part if it has no such member.
    pub fn on_member(
        &mut self,
        file: usize,
        node: Node<'_>,
        name: &str,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.on(file, node.member(name).unwrap_or(node), message)
    }

    /// The findings of each file, and how many were not kept.
    #[must_use]
    pub fn into_files(self) -> Vec<(usize, Vec<Finding>, usize)> {
        self.files
            .into_iter()
            .map(|(file, findings)| {
                let omitted = findings.omitted();
                (file, findings.into_found(), omitted)
            })
            .collect()
    }
}
