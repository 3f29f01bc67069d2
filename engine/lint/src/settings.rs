//! `tessera-lint.toml`: which rules run on which files, at which level, and what is allowed for which reason. The file
//! `tessera-lint.toml` beside this one is the manual. What is wrong in a configuration is said with the nearest name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tessera_bpmn::lint::{About, Config, Finding, Group, Level, Preset, Setting, Target};

use crate::known;
use crate::limits::EXTENDS_MAX;
use crate::pattern::Pattern;

/// What a configuration is called where it is looked for.
pub const FILE_NAME: &str = "tessera-lint.toml";
/// Every key, with its meaning.
pub const MANUAL: &str = include_str!("tessera-lint.toml");

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Too many configurations extend each other.
    #[error("{path}: more than {EXTENDS_MAX} configurations extend each other; does one extend itself?")]
    Circle {
        /// The last of them.
        path: String,
    },
    /// Not there, or not ours to read.
    #[error("{reason}")]
    Unreadable {
        /// Which file, and why.
        reason: String,
    },
    /// Not what the manual says.
    #[error("{path}: {reason}")]
    Wrong {
        /// Which file, or which argument.
        path: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

/// What holds for a run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What holds for every file.
    base: Layer,
    /// What holds for some files, the later over the earlier.
    overrides: Vec<(Vec<Pattern>, Layer)>,
    allowed: Vec<Allowed>,
    ignored: Vec<Pattern>,
    /// From which level on a finding fails the run.
    pub fail_on: Option<Level>,
    /// How many warnings are too many.
    pub warnings_max: Option<usize>,
    /// Where the baseline is, from the folder of the configuration.
    pub baseline: Option<String>,
    /// What the command line says; it holds over everything.
    pub command_line: Layer,
}

/// Changes of a configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    /// Presets, in order.
    pub presets: Vec<Preset>,
    /// The engine that models are for.
    pub target: Option<Target>,
    /// Whether all models are of the Data Sharing Framework.
    pub dsf: Option<bool>,
    /// Levels by rule, code or group.
    pub rules: BTreeMap<String, Setting>,
    /// Options by rule or code.
    pub options: BTreeMap<String, BTreeMap<String, Value>>,
    /// Whether suppressions that suppress nothing are reported.
    pub report_unused_suppressions: Option<bool>,
}

/// Findings that are allowed, and why.
#[derive(Debug, Clone)]
struct Allowed {
    rule: String,
    paths: Vec<Pattern>,
    element: Option<String>,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Written {
    extends: Vec<String>,
    target: Option<String>,
    dsf: Option<bool>,
    fail_on: Option<String>,
    max_warnings: Option<usize>,
    baseline: Option<String>,
    ignore: Vec<String>,
    report_unused_suppressions: Option<bool>,
    rules: BTreeMap<String, WrittenRule>,
    overrides: Vec<WrittenOverride>,
    allow: Vec<WrittenAllow>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenRule {
    Level(String),
    Options(BTreeMap<String, Value>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct WrittenOverride {
    paths: Vec<String>,
    target: Option<String>,
    dsf: Option<bool>,
    report_unused_suppressions: Option<bool>,
    rules: BTreeMap<String, WrittenRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenAllow {
    rule: String,
    #[serde(default)]
    paths: Vec<String>,
    element: Option<String>,
    reason: String,
}

impl Settings {
    /// Reads a configuration and what it extends. `read` gives the text of a file; paths are relative to the folder of
    /// the first configuration, patterns and baselines of all too.
    pub fn load(path: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        settings.read(path, read, &mut 0)?;
        Ok(settings)
    }

    fn read(
        &mut self,
        path: &str,
        read: &dyn Fn(&str) -> Result<String, String>,
        open: &mut usize,
    ) -> Result<(), SettingsError> {
        let shown = path.to_owned();
        *open = open.saturating_add(1);
        if *open > EXTENDS_MAX {
            return Err(SettingsError::Circle { path: shown });
        }
        let text = read(path).map_err(|reason| SettingsError::Unreadable { reason })?;
        let written: Written = toml::from_str(&text)
            .map_err(|error| SettingsError::Wrong { path: shown.clone(), reason: error.to_string() })?;
        self.add(written, path, read, open).map_err(|problem| match problem {
            Problem::Here(reason) => SettingsError::Wrong { path: shown, reason },
            Problem::Elsewhere(error) => error,
        })
    }

    fn add(
        &mut self,
        written: Written,
        path: &str,
        read: &dyn Fn(&str) -> Result<String, String>,
        open: &mut usize,
    ) -> Result<(), Problem> {
        let beside = |file: &str| match path.rsplit_once('/') {
            Some((folder, _)) if !file.starts_with('/') => format!("{folder}/{file}"),
            Some(_) | None => file.to_owned(),
        };
        for extended in &written.extends {
            match Preset::named(extended) {
                Some(preset) => self.base.presets.push(preset),
                None if extended.contains('.') => {
                    self.read(&beside(extended), read, open).map_err(Problem::Elsewhere)?;
                }
                None => {
                    let known = Preset::ALL.iter().map(|(name, _)| *name);
                    return Err(Problem::Here(format!(
                        "extends: `{extended}` is no preset ({}) and no path of a configuration",
                        known.collect::<Vec<_>>().join(", ")
                    )));
                }
            }
        }
        let base = layer(written.target.as_deref(), written.dsf, written.rules)?;
        self.base.put(base);
        if written.report_unused_suppressions.is_some() {
            self.base.report_unused_suppressions = written.report_unused_suppressions;
        }
        for entry in written.overrides {
            if entry.paths.is_empty() {
                return Err(Problem::Here("overrides: `paths` says which files are meant".to_owned()));
            }
            let mut changes = layer(entry.target.as_deref(), entry.dsf, entry.rules)?;
            changes.report_unused_suppressions = entry.report_unused_suppressions;
            self.overrides.push((entry.paths.iter().map(|path| Pattern::new(path)).collect(), changes));
        }
        for entry in written.allow {
            check_rule(&entry.rule)?;
            if entry.reason.trim().is_empty() {
                return Err(Problem::Here(format!("allow: give the reason for allowing `{}`", entry.rule)));
            }
            self.allowed.push(Allowed {
                rule: entry.rule,
                paths: entry.paths.iter().map(|path| Pattern::new(path)).collect(),
                element: entry.element,
                reason: entry.reason,
            });
        }
        self.ignored.extend(written.ignore.iter().map(|pattern| Pattern::new(pattern)));
        if let Some(level) = &written.fail_on {
            self.fail_on = Some(parse_level(level).map_err(|reason| format!("fail-on: {reason}"))?);
        }
        self.warnings_max = written.max_warnings.or(self.warnings_max);
        self.baseline = written.baseline.map(|file| beside(&file)).or_else(|| self.baseline.take());
        Ok(())
    }

    /// Whether a file or folder is left out. Paths here and below are relative to the folder of the configuration.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.ignored.iter().any(|pattern| pattern.fits(path))
    }

    /// Whether anything depends on where a file lies.
    pub fn has_patterns(&self) -> bool {
        !self.ignored.is_empty() || !self.overrides.is_empty() || !self.allowed.is_empty()
    }

    /// Whether the same holds for every file.
    pub fn is_uniform(&self) -> bool {
        self.overrides.is_empty()
    }

    /// What holds for a file.
    pub fn config(&self, path: &str) -> Config {
        let mut layer = self.base.clone();
        for (patterns, changes) in &self.overrides {
            if patterns.iter().any(|pattern| pattern.fits(path)) {
                layer.put(changes.clone());
            }
        }
        layer.put(self.command_line.clone());
        Config {
            presets: layer.presets,
            settings: layer.rules,
            options: layer.options,
            target: layer.target,
            dsf: layer.dsf,
            silent_on_unused_suppressions: layer.report_unused_suppressions == Some(false),
        }
    }

    /// Why the configuration allows a finding, if it does.
    pub fn reason(&self, path: &str, finding: &Finding) -> Option<&str> {
        let allowed = self.allowed.iter().find(|allowed| {
            (allowed.rule == finding.rule || allowed.rule == finding.code)
                && allowed.element.as_ref().is_none_or(|element| finding.element.as_ref() == Some(element))
                && (allowed.paths.is_empty() || allowed.paths.iter().any(|pattern| pattern.fits(path)))
        });
        allowed.map(|allowed| allowed.reason.as_str())
    }
}

impl Layer {
    /// Puts changes over this.
    pub fn put(&mut self, changes: Self) {
        self.presets.extend(changes.presets);
        self.target = changes.target.or(self.target);
        self.dsf = changes.dsf.or(self.dsf);
        for (rule, setting) in changes.rules {
            // A level for a group does not outlive a later one for it, nor a code a name.
            if let Some(about) = known().find(|about| about.name == rule || about.code == rule) {
                self.rules.remove(about.name);
                self.rules.remove(about.code);
            }
            self.rules.insert(rule, setting);
        }
        for (rule, options) in changes.options {
            self.options.entry(rule).or_default().extend(options);
        }
        self.report_unused_suppressions =
            changes.report_unused_suppressions.or(self.report_unused_suppressions);
    }
}

enum Problem {
    Here(String),
    Elsewhere(SettingsError),
}

impl From<String> for Problem {
    fn from(reason: String) -> Self {
        Self::Here(reason)
    }
}

fn layer(
    target: Option<&str>,
    dsf: Option<bool>,
    rules: BTreeMap<String, WrittenRule>,
) -> Result<Layer, String> {
    let mut layer = Layer { dsf, ..Layer::default() };
    layer.target = target.map(parse_target).transpose()?;
    for (rule, written) in rules {
        check_rule(&rule)?;
        let level = match written {
            WrittenRule::Level(level) => Some(level),
            WrittenRule::Options(mut options) => {
                let level = match options.remove("level") {
                    None => None,
                    Some(Value::String(level)) => Some(level),
                    Some(_) => return Err(format!("rules: the level of `{rule}` is a text")),
                };
                if !options.is_empty() {
                    layer.options.insert(rule.clone(), options);
                }
                level
            }
        };
        if let Some(level) = level {
            let setting = parse_setting(&level).map_err(|reason| format!("rules: `{rule}`: {reason}"))?;
            layer.rules.insert(rule, setting);
        }
    }
    Ok(layer)
}

/// Reads a target, as in `--target`.
pub fn parse_target(written: &str) -> Result<Target, String> {
    Target::parse(written).ok_or_else(|| {
        format!("target: `{written}` is none of tessera, camunda7, camunda7@7.19, camunda8, camunda8@8.6")
    })
}

/// Reads what is set for a rule.
pub fn parse_setting(written: &str) -> Result<Setting, String> {
    Setting::parse(written).ok_or_else(|| format!("`{written}` is none of off, on, info, warning, error"))
}

/// Reads a level.
pub fn parse_level(written: &str) -> Result<Level, String> {
    match Setting::parse(written) {
        Some(Setting::At(level)) => Ok(level),
        Some(Setting::Off | Setting::On) | None => {
            Err(format!("`{written}` is none of info, warning, error"))
        }
    }
}

/// Says what is wrong with the name of a rule.
pub fn check_rule(name: &str) -> Result<(), String> {
    let is_group = Group::ALL.iter().any(|group| group.name() == name);
    if is_group || known().any(|about| about.name == name || about.code == name) {
        return Ok(());
    }
    let groups = Group::ALL.iter().map(|group| group.name());
    let nearest = known()
        .map(|about: &About| about.name)
        .chain(groups)
        .max_by(|left, right| strsim::jaro_winkler(left, name).total_cmp(&strsim::jaro_winkler(right, name)));
    Err(format!("there is no rule or group `{name}`; did you mean `{}`?", nearest.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Settings, String> {
        let read = |path: &str| match path {
            "tessera-lint.toml" => Ok(text.to_owned()),
            _ => Err(format!("{path}: not there")),
        };
        Settings::load("tessera-lint.toml", &read).map_err(|error| error.to_string())
    }

    fn level(settings: &Settings, path: &str, rule: &str) -> Option<Level> {
        let about = known().find(|about| about.name == rule).unwrap();
        settings.config(path).level(about)
    }

    #[test]
    fn the_manual_is_a_configuration_that_changes_nothing_and_names_every_key() {
        let settings = load(MANUAL).unwrap();
        assert_eq!(settings.config("a.bpmn"), Config::default());
        let keys = "extends target dsf fail-on max-warnings baseline ignore report-unused-suppressions rules overrides allow paths element reason level";
        for key in keys.split(' ') {
            assert!(MANUAL.contains(key), "{key}");
        }
        let examples: Vec<&str> = MANUAL.lines().filter_map(|line| line.strip_prefix("#: ")).collect();
        let examples = examples.join(
            "
",
        );
        let settings = load(&examples).unwrap();
        assert_ne!(settings.config("a.bpmn"), Config::default());
    }

    #[test]
    fn the_later_holds_over_the_earlier_and_the_command_line_over_all() {
        let mut settings = load(
            "extends = ['correctness']\ntarget = 'camunda8@8.5'\n[rules]\nL209 = 'error'\nno-bpmndi = 'info'\n\
             [[overrides]]\npaths = ['old/**']\nrules = { no-duplicate-sequence-flows = 'off', no-bpmndi = 'error' }",
        )
        .unwrap();
        assert_eq!(level(&settings, "a.bpmn", "no-duplicate-sequence-flows"), Some(Level::Error));
        assert_eq!(level(&settings, "old/a.bpmn", "no-duplicate-sequence-flows"), None);
        assert_eq!(level(&settings, "a.bpmn", "label-required"), None);
        assert_eq!(level(&settings, "old/a.bpmn", "no-bpmndi"), Some(Level::Error));
        assert_eq!(settings.config("a.bpmn").target, Some(Target::Camunda8(8, 5)));
        settings.command_line.rules.insert("no-bpmndi".to_owned(), Setting::Off);
        assert_eq!(level(&settings, "old/a.bpmn", "no-bpmndi"), None);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_nearest_name() {
        for (text, reason) in [
            ("[rules]\nno-bpmnd = 'off'", "did you mean `no-bpmndi`?"),
            ("[rules]\nno-bpmndi = 'fatal'", "none of off, on, info, warning, error"),
            ("extends = ['strict']", "no preset"),
            ("target = 'camunda9'", "none of tessera"),
            ("colour = true", "unknown field"),
            ("[[allow]]\nrule = 'no-bpmndi'", "missing field `reason`"),
            ("[[allow]]\nrule = 'no-bpmndi'\nreason = ' '", "give the reason"),
            ("[[overrides]]\nrules = {}", "which files are meant"),
            ("extends = ['tessera-lint.toml']", "extend each other"),
            ("extends = ['missing.toml']", "missing.toml"),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
