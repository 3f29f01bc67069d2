//! A model as a picture: SVG text, with nothing in it that a viewer would have to load or run.
//!
//! `inventory` lists what a model has to show, with parents and ends resolved. Where it is shown is decided by
//! `interchange`, which follows the diagram in the file, or by `layout`, which makes one; both fill a `scene::Scene`.
//! `draw` writes the scene: shapes, symbols, labels, and the marks of findings. Same model, same bytes.

mod draw;
mod geometry;
mod interchange;
mod inventory;
mod layout;
mod marks;
mod scene;
mod svg;
mod symbol;
mod text;

use thiserror::Error;

use crate::lint::Finding;
use crate::model::Definitions;
use inventory::Inventory;

/// What to draw, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// The `BPMNDiagram`, by its id or by that of what it shows (a process, collaboration or subprocess); the first one
    /// that shows something if none is named.
    pub diagram: Option<&'o str>,
    /// Where positions come from.
    pub placement: Placement,
    /// What the linter found in the same file; marked on the elements and listed below them.
    pub findings: &'o [Finding],
}

/// Where positions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// The diagram of the file; a layout of our own where it has none.
    #[default]
    Diagram,
    /// A layout of our own, whatever the file says.
    Layout,
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// No diagram has the name that was asked for.
    #[error("there is no diagram `{asked}`; there is {}", list(.present))]
    NoDiagram {
        /// The name.
        asked: String,
        /// The ids of the diagrams of the file, and of what they show.
        present: Vec<String>,
    },
    /// The model has nothing that could be drawn.
    #[error("the model has nothing to draw: no process, collaboration or choreography with elements")]
    Nothing,
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Draws a model as an SVG document.
///
/// ```
/// use tessera_bpmn::read::read;
/// use tessera_bpmn::render::{Options, render};
///
/// let model = read(
///     b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>\
///       <process id='p'><task id='t' name='Greet'/></process></definitions>",
/// );
/// let svg = render(&model.model.unwrap(), &Options::default())?;
/// assert!(svg.starts_with("<svg") && svg.contains("Greet"));
/// # Ok::<(), tessera_bpmn::render::RenderError>(())
/// ```
///
/// # Errors
/// If the diagram that was asked for is not there, or nothing is.
pub fn render(model: &Definitions, options: &Options<'_>) -> Result<String, RenderError> {
    let inventory = Inventory::of(model);
    let drawn = match options.placement {
        Placement::Diagram => interchange::scene(model, &inventory, options.diagram)?,
        Placement::Layout => None,
    };
    let scene = drawn.unwrap_or_else(|| layout::scene(&inventory));
    if scene.shapes.is_empty() {
        return Err(RenderError::Nothing);
    }
    Ok(draw::document(&inventory, &scene, options.findings))
}
