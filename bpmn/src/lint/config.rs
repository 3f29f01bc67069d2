//! Which rules run, at which level, with which options. Where a configuration is written down, and how, is not known here.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::lint::finding::Level;
use crate::lint::rule::{About, Group};

/// What rules are run with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Presets, the later over the earlier; none is [`Preset::Recommended`].
    pub presets: Vec<Preset>,
    /// Levels by name or code of the rule; they override presets.
    pub settings: BTreeMap<String, Setting>,
    /// Options by name or code of the rule.
    pub options: BTreeMap<String, BTreeMap<String, Value>>,
    /// The engine that is to execute the models; `None`: what each file says itself, if it does.
    pub target: Option<Target>,
    /// Whether all models are of the Data Sharing Framework; `None`: those that look like it.
    pub dsf: Option<bool>,
    /// Whether a suppression that suppresses nothing is reported.
    pub silent_on_unused_suppressions: bool,
}

/// What is set for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// It does not run.
    Off,
    /// It runs at its own level.
    On,
    /// It runs at this level.
    At(Level),
}

impl Setting {
    /// `off`, `on`, `error`, `warning` or `warn`, `info`.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        Some(match written {
            "off" => Self::Off,
            "on" => Self::On,
            "error" => Self::At(Level::Error),
            "warning" | "warn" => Self::At(Level::Warning),
            "info" => Self::At(Level::Info),
            _ => return None,
        })
    }
}

/// A choice of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// What makes a model wrong, nothing about style.
    Correctness,
    /// Everything, at the level of each rule.
    Recommended,
    /// Everything; information counts as a warning.
    All,
    /// Everything, and all models are of the Data Sharing Framework.
    Dsf,
    /// Everything, for Camunda 7.
    Camunda7,
    /// Everything, for Camunda 8.
    Camunda8,
}

impl Preset {
    /// Every preset, with its name.
    pub const ALL: &[(&str, Self)] = &[
        ("correctness", Self::Correctness),
        ("recommended", Self::Recommended),
        ("all", Self::All),
        ("dsf", Self::Dsf),
        ("camunda7", Self::Camunda7),
        ("camunda8", Self::Camunda8),
    ];

    /// The preset with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, preset)| *preset)
    }

    fn level(self, about: &About) -> Option<Level> {
        match self {
            Self::Correctness => match about.group {
                Group::Practice => None,
                Group::Xml
                | Group::Schema
                | Group::Structure
                | Group::Execution
                | Group::Expression
                | Group::Security
                | Group::Tessera
                | Group::Camunda7
                | Group::Camunda8
                | Group::Dsf
                | Group::Behaviour
                | Group::Fhir
                | Group::Package => Some(about.level),
            },
            Self::Recommended | Self::Dsf | Self::Camunda7 | Self::Camunda8 => Some(about.level),
            Self::All => Some(about.level.min(Level::Warning)),
        }
    }
}

/// An engine, and the version that must be able to execute the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// This one.
    Tessera,
    /// Camunda 7 or one of its descendants, from this minor version.
    Camunda7(u32),
    /// Camunda 8, of this version: 1.0 is `(1, 0)`, 8.6 is `(8, 6)`.
    Camunda8(u32, u32),
}

/// The newest version of Camunda 7 that rules know.
pub const CAMUNDA7_LATEST: u32 = 24;
/// The newest version of Camunda 8 that rules know.
pub const CAMUNDA8_LATEST: (u32, u32) = (8, 10);

impl Target {
    /// `tessera`, `camunda7`, `camunda7@7.19`, `camunda8`, `camunda8@8.2`.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let (name, version) = match written.split_once('@') {
            Some((name, version)) => {
                let (major, minor) = version.split_once('.')?;
                let minor = minor.split('.').next()?;
                (name, Some((major.parse().ok()?, minor.parse().ok()?)))
            }
            None => (written, None),
        };
        match (name, version) {
            ("tessera", None) => Some(Self::Tessera),
            ("camunda7", None) => Some(Self::Camunda7(CAMUNDA7_LATEST)),
            ("camunda7", Some((7, minor))) => Some(Self::Camunda7(minor)),
            ("camunda8", None) => Some(Self::Camunda8(CAMUNDA8_LATEST.0, CAMUNDA8_LATEST.1)),
            ("camunda8", Some((major, minor))) => Some(Self::Camunda8(major, minor)),
            _ => None,
        }
    }
}

impl Config {
    /// The level at which a rule runs; `None` if it does not.
    #[must_use]
    pub fn level(&self, about: &About) -> Option<Level> {
        let preset = self.presets.last().copied().unwrap_or(Preset::Recommended);
        let usual = preset.level(about);
        let set = self.settings.get(about.name).or_else(|| self.settings.get(about.code));
        let set = set.or_else(|| self.settings.get(about.group.name()));
        match set {
            None => usual,
            Some(Setting::Off) => None,
            Some(Setting::On) => Some(about.level),
            Some(Setting::At(level)) => Some(*level),
        }
    }

    /// What is set for an option of a rule.
    #[must_use]
    pub fn option(&self, about: &About, name: &str) -> Option<&Value> {
        let options = self.options.get(about.name).or_else(|| self.options.get(about.code))?;
        options.get(name)
    }

    /// The engine that models are for, where the configuration says it.
    #[must_use]
    pub fn effective_target(&self) -> Option<Target> {
        self.target.or_else(|| {
            self.presets.iter().rev().find_map(|preset| match preset {
                Preset::Camunda7 => Target::parse("camunda7"),
                Preset::Camunda8 => Target::parse("camunda8"),
                Preset::Correctness | Preset::Recommended | Preset::All | Preset::Dsf => None,
            })
        })
    }

    /// Whether all models are of the Data Sharing Framework, where the configuration says it.
    #[must_use]
    pub fn effective_dsf(&self) -> Option<bool> {
        self.dsf.or_else(|| self.presets.contains(&Preset::Dsf).then_some(true))
    }
}
