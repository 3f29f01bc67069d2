//! `tessera lint`: models, FHIR resources and plugins checked before anybody runs them. No runtime is started and no plugin
//! compiled: it is over in milliseconds.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tessera_bpmn::lint::{Level, Preset, Target};
use tessera_lint::baseline::Baseline;
use tessera_lint::outcome::{Checked, Outcome};
use tessera_lint::output::human::Colours;
use tessera_lint::output::{github, human, json, junit, sarif};
use tessera_lint::settings::{self, Layer};
use tessera_lint::{difference, find_rule, known, reference, repair};

use crate::clock;
use crate::commands::{Failure, say, say_line};
use crate::limits::{LINT_BASELINE_BYTES_MAX, LINT_FIX_PASSES_MAX};
use crate::lint::replace::replace;
use crate::lint::run::run as check;
use crate::lint::settings::{Placed, relative};
use crate::lint::{LintError, gather, parallel};
use crate::table::Table;

const EXPLANATION: &str = "\
Folders are searched for .bpmn, .bpmn2, .xml, .json and .wasm files; `-` is standard input. Models, resources and the
plugin of one package are checked together. The nearest tessera-lint.toml above the first path is the configuration;
`--explain configuration` prints its manual.

The exit code is 0 if nothing failed, 1 if there is an error (or what --fail-on and --max-warnings say), 2 if something
could not be checked at all.";

/// What to check, and how to say what was found.
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line, and most go with each other"
)]
pub struct Arguments {
    /// Files, folders, or `-`
    #[arg(required_unless_present_any = ["list", "explain"], value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Output, to standard output or to a file; several at once
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = output, default_value = "human")]
    format: Vec<Output>,
    /// The configuration, instead of the one that is found
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    no_config: bool,
    /// A choice of rules: correctness, recommended, all, dsf, camunda7, camunda8
    #[arg(long, value_parser = preset)]
    preset: Option<Preset>,
    /// The engine that has to execute the models: tessera, camunda7, camunda7@7.19, camunda8, camunda8@8.6
    #[arg(long, value_parser = settings::parse_target)]
    target: Option<Target>,
    /// The level of a rule or group: off, on, info, warning, error
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule)]
    rule: Vec<(String, tessera_bpmn::lint::Setting)>,
    /// From which level on findings make the exit code 1
    #[arg(long, value_name = "LEVEL", value_parser = settings::parse_level)]
    fail_on: Option<Level>,
    /// More warnings than this make the exit code 1
    #[arg(long, value_name = "COUNT")]
    max_warnings: Option<usize>,
    /// Findings that were known before, and do not count
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found now into the baseline
    #[arg(long)]
    write_baseline: bool,
    /// Repair what can be repaired safely
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Show what --fix would change
    #[arg(long)]
    diff: bool,
    /// Print the page of a rule, by code or name; `configuration`: the manual of tessera-lint.toml
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
    /// List all rules (--format human, json or markdown)
    #[arg(long)]
    list: bool,
    /// What standard input is called: its ending says what it is
    #[arg(long, value_name = "NAME", default_value = "stdin.bpmn")]
    stdin_name: String,
    /// When to colour
    #[arg(long, value_enum, default_value_t)]
    color: When,
    /// How many files are checked at once; all cores by default
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
}

/// One output.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Output {
    format: Format,
    file: Option<PathBuf>,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// For code scanning.
    Sarif,
    /// For build servers.
    Junit,
    /// Annotations of a workflow.
    Github,
    /// The reference of rules, with --list.
    Markdown,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn output(written: &str) -> Result<Output, String> {
    let (name, file) = match written.split_once('=') {
        Some((name, file)) if !file.is_empty() => (name, Some(PathBuf::from(file))),
        Some(_) => return Err("there is no file behind `=`".to_owned()),
        None => (written, None),
    };
    Ok(Output { format: Format::from_str(name, false)?, file })
}

fn preset(written: &str) -> Result<Preset, String> {
    let names = || Preset::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    Preset::named(written).ok_or_else(|| format!("none of {}", names()))
}

fn rule(written: &str) -> Result<(String, tessera_bpmn::lint::Setting), String> {
    let (rule, level) = written.split_once('=').ok_or("write RULE=LEVEL")?;
    settings::check_rule(rule)?;
    Ok((rule.to_owned(), settings::parse_setting(level)?))
}

/// Checks, and says what was found.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    if arguments.list {
        return list(arguments);
    }
    if arguments.fix && arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        let problem = "--fix writes files; standard input is none: --diff shows what would change";
        return Err(Failure::CouldNotRun(problem.to_owned()));
    }
    let settings = arguments.settings()?;
    let mut outcome = arguments.check(&settings);
    if arguments.fix {
        outcome = repair(arguments, &settings, outcome)?;
    }
    let baseline = arguments
        .baseline
        .clone()
        .or_else(|| settings.settings.baseline.as_ref().map(|file| settings.folder.join(file)));
    if arguments.write_baseline {
        let is_configured = baseline.is_some();
        return write_baseline(&outcome, baseline, is_configured);
    }
    if let Some(path) = &baseline {
        let gone = load_baseline(path)?.apply(&mut outcome, &|file| relative(file, folder_of(path)));
        if gone > 0 {
            note(&format!(
                "{gone} findings of {} are not there any more; --write-baseline forgets them",
                path.display()
            ));
        }
    }
    if arguments.diff {
        return show_difference(&outcome);
    }
    for output in &arguments.format {
        arguments.print(output, &outcome, arguments.fail_on(&settings))?;
    }
    let answer = finish(&outcome, arguments.fails(&settings, &outcome));
    // The process ends here. To free tens of thousands of findings one by one first would be a twentieth of its time.
    std::mem::forget(outcome);
    answer
}

impl Arguments {
    fn settings(&self) -> Result<Placed, Failure> {
        let first = self.paths.first().filter(|path| path.as_os_str() != "-");
        let found = || Placed::find(first.map_or_else(|| Path::new("."), PathBuf::as_path));
        let file = self.config.clone().or_else(|| if self.no_config { None } else { found() });
        let mut placed = match file {
            Some(file) => Placed::load(&file)?,
            None => Placed::default(),
        };
        placed.settings.command_line = Layer {
            presets: self.preset.into_iter().collect(),
            target: self.target,
            rules: self.rule.iter().cloned().collect(),
            ..Layer::default()
        };
        Ok(placed)
    }

    fn check(&self, settings: &Placed) -> Outcome {
        let (inputs, errors) = gather::gather(&self.paths, &self.stdin_name, |path| {
            settings.settings.is_ignored(&settings.relative(&gather::shown(path)))
        });
        let mut outcome = check(inputs, settings, self.threads());
        outcome.failures.splice(0..0, errors.iter().map(ToString::to_string));
        outcome
    }

    fn threads(&self) -> usize {
        self.threads.unwrap_or_else(parallel::threads).max(1)
    }

    fn print(&self, output: &Output, outcome: &Outcome, fail_on: Level) -> Result<(), Failure> {
        let each = |write: &(dyn Fn(&Checked) -> String + Sync)| {
            parallel::map(outcome.files.iter().collect(), self.threads(), write)
        };
        let text = match output.format {
            Format::Human => {
                let colours = self.colours(output);
                let files = each(&|checked| human::file(&checked.report, colours));
                human::document(outcome, colours, &files)
            }
            Format::Json => format!("{}\n", json::document(outcome, &each(&json::file))),
            Format::Sarif => format!("{:#}\n", sarif::document(outcome)),
            Format::Junit => junit::document(&junit::suites(outcome, fail_on), &clock::moment()),
            Format::Github => github::document(outcome),
            Format::Markdown => {
                return Err(Failure::CouldNotRun("--format markdown is for --list".to_owned()));
            }
        };
        match &output.file {
            None => say(&text),
            Some(file) => std::fs::write(file, text)
                .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", file.display())))?,
        }
        Ok(())
    }

    fn colours(&self, output: &Output) -> Colours {
        let is_wanted = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let forbids = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                output.file.is_none() && std::io::stdout().is_terminal() && !forbids && !is_dumb
            }
        };
        if is_wanted { Colours::On } else { Colours::Off }
    }

    /// From which level on findings fail.
    fn fail_on(&self, settings: &Placed) -> Level {
        self.fail_on.or(settings.settings.fail_on).unwrap_or(Level::Error)
    }

    fn fails(&self, settings: &Placed, outcome: &Outcome) -> bool {
        let fail_on = self.fail_on(settings);
        let warnings_max = self.max_warnings.or(settings.settings.warnings_max);
        outcome.findings().any(|finding| finding.level <= fail_on)
            || warnings_max.is_some_and(|max| outcome.count(Level::Warning) > max)
    }
}

/// What could not be looked at weighs more than what was found.
fn finish(outcome: &Outcome, fails: bool) -> Result<(), Failure> {
    if !outcome.failures.is_empty() {
        return Err(Failure::CouldNotRun(outcome.failures.join("\nerror: ")));
    }
    if fails { Err(Failure::No) } else { Ok(()) }
}

fn explain(code: &str) -> Result<(), Failure> {
    if code == "configuration" {
        say(settings::MANUAL);
        return Ok(());
    }
    let Some(about) = find_rule(code) else {
        let reason = settings::check_rule(code).err().unwrap_or_else(|| format!("`{code}` is a group"));
        return Err(Failure::CouldNotRun(format!("{reason}; --list shows all")));
    };
    say(&reference::page(about));
    Ok(())
}

fn list(arguments: &Arguments) -> Result<(), Failure> {
    match arguments.format.last().map_or(Format::Human, |output| output.format) {
        Format::Human => say(&table().to_string()),
        Format::Json => say_line(reference::list_json()),
        Format::Markdown => say(&reference::document()),
        Format::Sarif | Format::Junit | Format::Github => {
            return Err(Failure::CouldNotRun("--list is human, json or markdown".to_owned()));
        }
    }
    Ok(())
}

fn table() -> Table {
    let mut table = Table::new(["CODE", "RULE", "GROUP", "LEVEL", "FIX", "SUMMARY"]);
    for about in known() {
        let fix = if reference::has_fix(about) { "yes" } else { "" };
        let cells = [about.code, about.name, about.group.name(), about.level.name(), fix];
        let [code, name, group, level, fix] = cells.map(str::to_owned);
        table.row([code, name, group, level, fix, about.page().summary]);
    }
    table
}

/// Repairs until nothing more can be repaired, and checks again.
fn repair(arguments: &Arguments, settings: &Placed, mut outcome: Outcome) -> Result<Outcome, Failure> {
    let mut total = 0_usize;
    for _ in 0..LINT_FIX_PASSES_MAX {
        let mut count = 0_usize;
        for file in outcome.files.iter().filter(|file| Path::new(&file.report.path).is_file()) {
            if let Some((text, fixes)) = repair::fixed(&file.report) {
                replace(&file.report, &text)?;
                count += fixes;
            }
        }
        if count == 0 {
            break;
        }
        total += count;
        outcome = arguments.check(settings);
    }
    if total > 0 {
        note(&format!("{total} findings were repaired"));
    }
    Ok(outcome)
}

/// Shows what the repairs of one pass would change; the answer is "no" if they would change anything.
fn show_difference(outcome: &Outcome) -> Result<(), Failure> {
    let mut changes = false;
    let mut text = String::new();
    for file in &outcome.files {
        let Some((fixed, _)) = repair::fixed(&file.report) else { continue };
        changes = true;
        text.push_str(&difference::unified(&file.report.path, &file.report.text, &fixed));
    }
    say(&text);
    finish(outcome, changes)
}

fn write_baseline(outcome: &Outcome, path: Option<PathBuf>, is_configured: bool) -> Result<(), Failure> {
    let path = path.unwrap_or_else(|| PathBuf::from("tessera-lint-baseline.json"));
    let known = if path.is_file() { load_baseline(&path)? } else { Baseline::default() };
    let baseline = known.renewed(outcome, &|file| relative(file, folder_of(&path)));
    std::fs::write(&path, baseline.text()).map_err(|error| unusable(&path, error.to_string()))?;
    note(&format!("{} findings are in {}", baseline.len(), path.display()));
    if !is_configured {
        note(&format!(
            "write `baseline = \"{}\"` into tessera-lint.toml, or give it with --baseline",
            path.display()
        ));
    }
    finish(outcome, false)
}

fn load_baseline(path: &Path) -> Result<Baseline, LintError> {
    let failed = |error: std::io::Error| unusable(path, error.to_string());
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > LINT_BASELINE_BYTES_MAX {
        let reason = format!("the file has {bytes} bytes, at most {LINT_BASELINE_BYTES_MAX} are read");
        return Err(unusable(path, reason));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    Baseline::read(&text).map_err(|reason| unusable(path, reason))
}

fn unusable(path: &Path, reason: String) -> LintError {
    LintError::Baseline { path: gather::shown(path), reason }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

/// What is not a result goes to standard error.
fn note(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
