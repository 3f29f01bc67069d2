//! What a rule is: what is known about it, and a function that checks. There is no trait: the type is generic over the
//! function, so that rules over one BPMN file and rules over a whole package have one form, one table and one manual.

use crate::lint::file::File;
use crate::lint::finding::{Findings, Level};
use crate::lint::page::Page;

/// A rule over whatever its function takes.
///
/// Rules over one BPMN file are [`FileRule`]s. A crate that knows more defines its own alias over its own context,
/// `Rule<fn(&Package, &mut Findings)>`, and its own table with the macro [`lint_rules!`](crate::lint_rules).
#[derive(Debug, Clone, Copy)]
pub struct Rule<Check> {
    /// What is known about it without running it.
    pub about: About,
    /// Checks, and reports what it finds.
    pub check: Check,
}

/// A rule over one BPMN file.
pub type FileRule = Rule<for<'f, 'd, 'r, 'c> fn(&'f File<'d>, &'r mut Findings<'c>)>;

/// What is known about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// `L` and three digits. A code is never given to another rule.
    pub code: &'static str,
    /// Its name in configuration and output; that of bpmnlint, camunda-compat or BPMNspector where the rule is theirs.
    pub name: &'static str,
    /// What it belongs to: this decides to which files it applies and which presets have it.
    pub group: Group,
    /// The level that it has unless configured.
    pub level: Level,
    /// Whether it may still change.
    pub status: Status,
    /// The rule's file: its header is the manual page.
    pub source: &'static str,
}

impl About {
    /// The manual page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::of(self.source)
    }
}

/// Whether a rule may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// What it reports changes only to correct mistakes.
    Stable,
    /// It may report more or less in the next version.
    Preview,
}

/// What a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The file is XML, and within limits.
    Xml,
    /// What the schema of BPMN 2.0 says.
    Schema,
    /// What the specification says beyond its schema.
    Structure,
    /// How models should be drawn and named.
    Practice,
    /// What must hold for a process to be executed.
    Execution,
    /// What is written in expressions.
    Expression,
    /// What gives away or lets in more than it should.
    Security,
    /// What this engine executes.
    Tessera,
    /// What Camunda 7 executes.
    Camunda7,
    /// What Camunda 8 executes.
    Camunda8,
    /// What the Data Sharing Framework expects of models.
    Dsf,
    /// What a process can do, by exploring its states.
    Behaviour,
    /// What FHIR resources must be.
    Fhir,
    /// What must agree in a package of models, resources and plugins.
    Package,
}

impl Group {
    /// Every group, in the order of the reference.
    pub const ALL: &[Self] = &[
        Self::Xml,
        Self::Schema,
        Self::Structure,
        Self::Practice,
        Self::Execution,
        Self::Expression,
        Self::Security,
        Self::Tessera,
        Self::Camunda7,
        Self::Camunda8,
        Self::Dsf,
        Self::Behaviour,
        Self::Fhir,
        Self::Package,
    ];

    /// Its name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Schema => "schema",
            Self::Structure => "structure",
            Self::Practice => "practice",
            Self::Execution => "execution",
            Self::Expression => "expression",
            Self::Security => "security",
            Self::Tessera => "tessera",
            Self::Camunda7 => "camunda7",
            Self::Camunda8 => "camunda8",
            Self::Dsf => "dsf",
            Self::Behaviour => "behaviour",
            Self::Fhir => "fhir",
            Self::Package => "package",
        }
    }
}

/// Declares a table of rules: a module for each, and one constant over all of them.
///
/// Each line is code, name, module, group, level and status. The module lies beside the file that holds the table, has
/// the manual page as header, and a function `check`.
#[macro_export]
macro_rules! lint_rules {
    ($(#[$document:meta])* $table:ident: $kind:ty; $($code:literal $name:literal $module:ident $group:ident $level:ident $status:ident;)*) => {
        $(mod $module;)*
        $(#[$document])*
        pub const $table: &[$kind] = &[$(
            $crate::lint::Rule {
                about: $crate::lint::About {
                    code: $code,
                    name: $name,
                    group: $crate::lint::Group::$group,
                    level: $crate::lint::Level::$level,
                    status: $crate::lint::Status::$status,
                    source: include_str!(concat!(stringify!($module), ".rs")),
                },
                check: $module::check,
            },
        )*];
    };
}
