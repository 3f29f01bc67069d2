//! Simulation files: read, with the plugins and models that they name; and what came of it, told to people.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tessera_federation::description::Description;
use tessera_federation::federation::Federation;
use tessera_simulation::campaign::{Failure as Broken, Order, Report, Watch};

use crate::bounded;
use crate::commands::Failure;
use crate::limits::{PLUGIN_FILE_BYTES_MAX, SIMULATION_FILE_BYTES_MAX};

/// Where cargo puts plugins, below the folder of a workspace.
const BUILT: &str = "target/wasm32-wasip2/plugin";

/// A file that can be run.
#[derive(Debug)]
pub struct Simulation {
    file: PathBuf,
    plugins: Option<PathBuf>,
    federation: Federation,
}

impl Simulation {
    /// Reads a file. Plugins are looked for in `plugins` if that is given; else beside the file and in the folders above, also
    /// where cargo builds them there.
    pub fn read(file: &Path, plugins: Option<&Path>) -> Result<Self, Failure> {
        let wrong = |problem: String| Failure::CouldNotRun(format!("{}: {problem}", file.display()));
        let text =
            bounded::read(file, SIMULATION_FILE_BYTES_MAX).map_err(|error| wrong(error.to_string()))?;
        let text = String::from_utf8(text).map_err(|error| wrong(error.to_string()))?;
        let description: Description =
            serde_saphyr::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let folder = std::path::absolute(file).map_err(|error| wrong(error.to_string()))?;
        let folder = folder.parent().unwrap_or_else(|| Path::new("/")).to_owned();
        let find = |name: &str| found(name, &folder, plugins);
        let federation = Federation::new(description, &find).map_err(&wrong)?;
        Ok(Self { file: file.to_owned(), plugins: plugins.map(Path::to_owned), federation })
    }

    /// Runs seeds, until one breaks an expectation.
    pub fn run(&self, order: &Order, watch: Watch<'_>) -> Result<Report, Failure> {
        self.federation.run(order, watch).map_err(Failure::CouldNotRun)
    }

    /// What came of it, for people.
    pub fn told(&self, report: &Report) -> String {
        let description = self.federation.description();
        let mut text = format!(
            "{}: {} seeds, {} organisations, {} site steps, {} virtual hours, {:.1} s\n",
            description.title,
            report.seeds,
            description.organizations.len(),
            report.steps,
            report.virtual_ms / 3_600_000,
            report.took.as_secs_f64(),
        );
        let struck: Vec<_> = report.struck.iter().map(|(fault, times)| format!("{times} {fault}")).collect();
        let struck = if struck.is_empty() { "none".to_owned() } else { struck.join(", ") };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "faults that struck: {struck}");
        match &report.failure {
            Some(broken) => self.tell_failure(&mut text, broken),
            None if report.stopped => text.push_str("stopped before all seeds were run\n"),
            None => text.push_str("all expectations held\n"),
        }
        text
    }

    fn tell_failure(&self, text: &mut String, broken: &Broken) {
        text.push('\n');
        for (site, organization) in self.federation.description().organizations.iter().enumerate() {
            let _ = writeln!(text, "site {site} is {}", organization.name);
        }
        for line in &broken.outcome.history {
            let _ = writeln!(text, "{line}");
        }
        if let Some(violation) = &broken.outcome.violation {
            let _ = writeln!(text, "\nseed {}: {violation}", broken.seed);
        }
        let _ = writeln!(text, "again with: {}", self.command(broken));
    }

    /// The command that shows a failing seed again.
    fn command(&self, broken: &Broken) -> String {
        let mut command = format!("tessera simulate {}", quoted(&self.file));
        if let Some(plugins) = &self.plugins {
            let _ = write!(command, " --plugins {}", quoted(plugins));
        }
        let _ = write!(command, " {}", broken.arguments());
        command
    }
}

/// As a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn found(name: &str, folder: &Path, plugins: Option<&Path>) -> Result<Vec<u8>, String> {
    let above = folder.ancestors().flat_map(|folder| [folder.join(name), folder.join(BUILT).join(name)]);
    let mut candidates = plugins.map(|plugins| plugins.join(name)).into_iter().chain(above);
    let path = candidates.find(|path| path.is_file()).ok_or_else(|| {
        format!("{name} is neither beside it nor in a folder above; build it, or set --plugins")
    })?;
    bounded::read(&path, PLUGIN_FILE_BYTES_MAX).map_err(|problem| format!("{}: {problem}", path.display()))
}
