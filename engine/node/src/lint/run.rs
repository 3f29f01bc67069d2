//! One run: every file is read, checked in its package, and checked by itself, each step on all cores; only the messages
//! are followed over all of it. A plugin that cannot be opened is a finding; what cannot be read is an error beside the
//! findings of everything else.

use std::cmp::Reverse;
use std::sync::Arc;

use tessera_bpmn::lint::{Config, FileReport, Source, Target};
use tessera_lint::outcome::{Checked, Outcome};
use tessera_lint::package::{Content, Exchange, File, Package, Plugin};
use tessera_lint::rules::InFile;

use crate::lint::gather::{ENDINGS, Input, has_ending};
use crate::lint::settings::Placed;
use crate::lint::{LintError, open, parallel};

/// A file that has been read.
struct Loaded {
    path: String,
    file: File,
    origin: Origin,
}

/// Where a file comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It lies there, for whatever engine.
    Source,
    /// It is part of a built plugin, which runs here and nowhere else.
    Plugin,
}

/// What an input came to: files, and the plugin that they are of.
struct Opened {
    files: Vec<Loaded>,
    plugin: Option<Plugin>,
}

/// What belongs together, with the places of the files in the run, and the plugin where it is one.
type Unjudged = (Vec<(usize, Loaded)>, Option<Plugin>);

/// A package that has been checked as a whole.
type Judged = Vec<(usize, Loaded, InFile)>;

/// Checks inputs.
pub fn run(inputs: Vec<Input>, settings: &Placed, threads: usize) -> Outcome {
    let configs = Configs::new(settings);
    let mut outcome = Outcome::default();
    let mut plugins: Vec<Unjudged> = Vec::new();
    let mut sources: Vec<(usize, Loaded)> = Vec::new();
    let mut place = 0_usize;
    let mut number = |loaded: Loaded| {
        place += 1;
        (place, loaded)
    };
    for opened in parallel::map(inputs, threads, load) {
        match opened {
            Ok(Opened { files, plugin: Some(plugin) }) => {
                plugins.push((files.into_iter().map(&mut number).collect(), Some(plugin)));
            }
            Ok(Opened { files, plugin: None }) => sources.extend(files.into_iter().map(&mut number)),
            Err(error) => outcome.failures.push(error.to_string()),
        }
    }
    let mut packages = grouped(sources);
    packages.append(&mut plugins);
    let exchange = Arc::new(tessera_lint::package::exchange(
        packages.iter().flat_map(|(files, _)| files).map(|(_, loaded)| &loaded.file),
    ));
    let checked: Vec<Judged> =
        parallel::map(packages, threads, |(files, plugin)| check(files, plugin, &exchange, &configs));
    let mut files: Vec<(usize, Loaded, InFile)> = checked.into_iter().flatten().collect();
    // The largest first: whoever comes last shall not have the most to do.
    files.sort_by_key(|(_, loaded, _)| Reverse(loaded.file.text().len()));
    let mut checked = parallel::map(files, threads, |(place, loaded, found)| {
        let Loaded { path, file, origin } = loaded;
        let mut report = tessera_lint::file_report(file, found, &configs.of(&path, origin));
        allow(&mut report, settings);
        (place, Checked { report, known: Vec::new() })
    });
    checked.sort_by_key(|(place, _)| *place);
    outcome.files = checked.into_iter().map(|(_, checked)| checked).collect();
    outcome
}

fn load(input: Input) -> Result<Opened, LintError> {
    let path = input.shown();
    let is_named = matches!(input, Input::Named(_));
    let bytes = input.read()?;
    if !has_ending(&path, &[".wasm"]) {
        let file = File::read(Source { path: &path, bytes: &bytes });
        // A folder holds other files, too.
        if matches!(file.content, Content::Other) && (is_named || !has_ending(&path, ENDINGS)) {
            return Err(LintError::Foreign { path });
        }
        return Ok(Opened { files: vec![Loaded { path, file, origin: Origin::Source }], plugin: None });
    }
    match open(&path, bytes) {
        Ok(opened) => {
            let files = opened.files.into_iter().map(|(path, bytes)| {
                let file = File::read(Source { path: &path, bytes: &bytes });
                Loaded { path, file, origin: Origin::Plugin }
            });
            Ok(Opened { files: files.collect(), plugin: Some(opened.plugin) })
        }
        Err(error) => {
            let file = File::unopened(&path, error.to_string());
            Ok(Opened { files: vec![Loaded { path, file, origin: Origin::Source }], plugin: None })
        }
    }
}

/// Files of sources, by the package that they are of.
fn grouped(sources: Vec<(usize, Loaded)>) -> Vec<Unjudged> {
    let shown: Vec<Source<'_>> =
        sources.iter().map(|(_, loaded)| Source { path: &loaded.path, bytes: &[] }).collect();
    let groups = tessera_lint::package::groups(&shown);
    let mut sources: Vec<Option<(usize, Loaded)>> = sources.into_iter().map(Some).collect();
    let mut take = |index: usize| sources.get_mut(index).and_then(Option::take);
    groups.into_iter().map(|group| (group.into_iter().filter_map(&mut take).collect(), None)).collect()
}

fn check(
    files: Vec<(usize, Loaded)>,
    plugin: Option<Plugin>,
    exchange: &Arc<Exchange>,
    configs: &Configs<'_>,
) -> Judged {
    let (places, loaded): (Vec<usize>, Vec<Loaded>) = files.into_iter().unzip();
    let configs: Vec<Config> = loaded.iter().map(|loaded| configs.of(&loaded.path, loaded.origin)).collect();
    let (names, read): (Vec<_>, Vec<File>) =
        loaded.into_iter().map(|Loaded { path, file, origin }| ((path, origin), file)).unzip();
    let package = Package { files: read, plugin, exchange: Arc::clone(exchange) };
    let found = tessera_lint::rules::run(&package, &configs.iter().collect::<Vec<_>>());
    let loaded =
        names.into_iter().zip(package.files).map(|((path, origin), file)| Loaded { path, file, origin });
    places.into_iter().zip(loaded).zip(found).map(|((place, loaded), found)| (place, loaded, found)).collect()
}

/// Moves what the configuration allows to what is suppressed.
fn allow(report: &mut FileReport, settings: &Placed) {
    let path = settings.relative(&report.path);
    let mut kept = Vec::new();
    for finding in std::mem::take(&mut report.findings) {
        match settings.settings.reason(&path, &finding) {
            Some(reason) => report.suppressed.push((finding, reason.to_owned())),
            None => kept.push(finding),
        }
    }
    report.findings = kept;
}

/// Configurations by path; almost always there is one.
struct Configs<'s> {
    settings: &'s Placed,
    only: Option<Config>,
}

impl<'s> Configs<'s> {
    fn new(settings: &'s Placed) -> Self {
        Self { settings, only: settings.settings.is_uniform().then(|| settings.settings.config("")) }
    }

    fn of(&self, path: &str, origin: Origin) -> Config {
        let mut config = match &self.only {
            Some(config) => config.clone(),
            None => self.settings.settings.config(&self.settings.relative(path)),
        };
        if origin == Origin::Plugin && config.effective_target().is_none() {
            config.target = Some(Target::Tessera);
        }
        config
    }
}
