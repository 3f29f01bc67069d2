//! `tessera render`: a picture of a model, with what the linter found in it if that is wanted.

use std::path::PathBuf;

use clap::Args;
use tessera_bpmn::lint::Finding;
use tessera_bpmn::read::read;
use tessera_bpmn::render::{Options, Placement, render};

use crate::commands::{Failure, say};
use crate::lint::gather::{Input, gather};
use crate::lint::run::run as check;
use crate::lint::settings::Placed;

const EXPLANATION: &str = "\
The picture is an SVG document that loads and runs nothing. It follows the diagram in the file; where there is none, or
with --layout, the elements are laid out. --findings marks what `tessera lint` finds in the file, by the configuration
that it would use, and lists it below.";

/// What to draw.
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
pub struct Arguments {
    /// The model, or `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the picture, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The diagram, by its id or that of the process, collaboration or subprocess that it shows
    #[arg(long, value_name = "ID", conflicts_with = "layout")]
    diagram: Option<String>,
    /// Lay the elements out, whatever the diagram says
    #[arg(long)]
    layout: bool,
    /// Mark what the linter finds
    #[arg(long)]
    findings: bool,
}

/// Draws.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (name, bytes) = load(arguments)?;
    let reading = read(&bytes);
    let Some(model) = reading.model else {
        let problems: Vec<String> =
            reading.diagnostics.iter().map(|problem| format!("{name}:{problem}")).collect();
        return Err(Failure::CouldNotRun(problems.join("\nerror: ")));
    };
    let findings = if arguments.findings { findings(arguments, name, bytes)? } else { Vec::new() };
    let options = Options {
        diagram: arguments.diagram.as_deref(),
        placement: if arguments.layout { Placement::Layout } else { Placement::Diagram },
        findings: &findings,
    };
    let svg = render(&model, &options)?;
    match &arguments.output {
        None => say(&svg),
        Some(file) => std::fs::write(file, svg)
            .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", file.display())))?,
    }
    Ok(())
}

/// What the file is called, and what is in it.
fn load(arguments: &Arguments) -> Result<(String, Vec<u8>), Failure> {
    if arguments.file.is_dir() {
        let reason = format!("{} is a folder; name one model", arguments.file.display());
        return Err(Failure::CouldNotRun(reason));
    }
    let (inputs, errors) = gather(std::slice::from_ref(&arguments.file), "stdin.bpmn", |_| false);
    if let Some(error) = errors.into_iter().next() {
        return Err(error.into());
    }
    let input = inputs.into_iter().next().expect("one path that is no folder is one input");
    let name = input.shown();
    Ok((name, input.read()?))
}

fn findings(arguments: &Arguments, name: String, bytes: Vec<u8>) -> Result<Vec<Finding>, Failure> {
    let settings = match Placed::find(&arguments.file) {
        Some(file) => Placed::load(&file)?,
        None => Placed::default(),
    };
    let outcome = check(vec![Input::Text { name, bytes }], &settings, 1);
    Ok(outcome.files.into_iter().flat_map(|file| file.report.findings).collect())
}
