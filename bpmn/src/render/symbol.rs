//! The symbols of BPMN as SVG paths, each around its own middle, in the size in which the standard's figures draw them.

use super::inventory::{Gateway, Repetition, TaskKind, Trigger};

/// How a path is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// A line.
    Line,
    /// A thick line.
    Thick,
    /// An area and its border.
    Area,
    /// An area in the background's colour with a border.
    Hollow,
    /// A thin line in the background's colour, on an area.
    Carved,
}

/// One path of a symbol.
pub(super) type Stroke = (Paint, &'static str);

const ENVELOPE: &str = "M-9 -6.5 H9 V6.5 H-9 Z";
const FLAP: &str = "M-9 -6.5 L0 0.8 L9 -6.5";
const PENTAGON: &str = "M0 -9.5 L9 -2.9 L5.6 7.7 L-5.6 7.7 L-9 -2.9 Z";
const CROSS: &str = "M-2.6 -9 H2.6 V-2.6 H9 V2.6 H2.6 V9 H-2.6 V2.6 H-9 V-2.6 H-2.6 Z";
const REWIND: &str = "M0 -6 V6 L-8.5 0 Z M8.5 -6 V6 L0 0 Z";

/// The symbol of an event with a diameter of 36; those that throw are filled.
pub(super) fn event(trigger: Trigger, throws: bool) -> &'static [Stroke] {
    use Paint::{Area, Carved, Hollow, Line};
    match (trigger, throws) {
        (Trigger::None, _) => &[],
        (Trigger::Message, false) => &[(Hollow, ENVELOPE), (Line, FLAP)],
        (Trigger::Message, true) => &[(Area, ENVELOPE), (Carved, FLAP)],
        (Trigger::Timer, _) => &[
            (Hollow, "M-10.5 0 A10.5 10.5 0 1 1 10.5 0 A10.5 10.5 0 1 1 -10.5 0 Z"),
            (
                Line,
                "M0 -8.2 V-10 M4.1 -7.1 L5 -8.7 M7.1 -4.1 L8.7 -5 M8.2 0 H10 M7.1 4.1 L8.7 5 M4.1 7.1 L5 8.7 M0 8.2 V10 \
                 M-4.1 7.1 L-5 8.7 M-7.1 4.1 L-8.7 5 M-8.2 0 H-10 M-7.1 -4.1 L-8.7 -5 M-4.1 -7.1 L-5 -8.7 M1.8 -7 L0 0 H5.5",
            ),
        ],
        (Trigger::Signal, false) => &[(Hollow, "M0 -9.5 L9 7 H-9 Z")],
        (Trigger::Signal, true) => &[(Area, "M0 -9.5 L9 7 H-9 Z")],
        (Trigger::Error, false) => &[(Hollow, "M-9 9 L-4.2 -8 L2.8 2 L9 -9 L4.4 8 L-2.4 -1.6 Z")],
        (Trigger::Error, true) => &[(Area, "M-9 9 L-4.2 -8 L2.8 2 L9 -9 L4.4 8 L-2.4 -1.6 Z")],
        (Trigger::Escalation, false) => &[(Hollow, "M0 -9.5 L7.5 8.5 L0 1 L-7.5 8.5 Z")],
        (Trigger::Escalation, true) => &[(Area, "M0 -9.5 L7.5 8.5 L0 1 L-7.5 8.5 Z")],
        (Trigger::Conditional, _) => {
            &[(Hollow, "M-7 -9 H7 V9 H-7 Z"), (Line, "M-5 -5.7 H5 M-5 -1.9 H5 M-5 1.9 H5 M-5 5.7 H5")]
        }
        (Trigger::Compensation, false) => &[(Hollow, REWIND)],
        (Trigger::Compensation, true) => &[(Area, REWIND)],
        (Trigger::Link, false) => &[(Hollow, "M-9 -3.8 H2 V-8.5 L10 0 L2 8.5 V3.8 H-9 Z")],
        (Trigger::Link, true) => &[(Area, "M-9 -3.8 H2 V-8.5 L10 0 L2 8.5 V3.8 H-9 Z")],
        (Trigger::Cancel, false) => &[(Hollow, CANCEL)],
        (Trigger::Cancel, true) => &[(Area, CANCEL)],
        (Trigger::Terminate, _) => &[(Area, "M-10.5 0 A10.5 10.5 0 1 1 10.5 0 A10.5 10.5 0 1 1 -10.5 0 Z")],
        (Trigger::Multiple, false) => &[(Hollow, PENTAGON)],
        (Trigger::Multiple, true) => &[(Area, PENTAGON)],
        (Trigger::ParallelMultiple, false) => &[(Hollow, CROSS)],
        (Trigger::ParallelMultiple, true) => &[(Area, CROSS)],
    }
}

const CANCEL: &str =
    "M-9 -6.2 L-6.2 -9 L0 -2.8 L6.2 -9 L9 -6.2 L2.8 0 L9 6.2 L6.2 9 L0 2.8 L-6.2 9 L-9 6.2 L-2.8 0 Z";
const OUTER_CIRCLE: &str = "M-14.5 0 A14.5 14.5 0 1 1 14.5 0 A14.5 14.5 0 1 1 -14.5 0 Z";
const INNER_CIRCLE: &str = "M-12 0 A12 12 0 1 1 12 0 A12 12 0 1 1 -12 0 Z";

/// The symbol of a gateway of 50 by 50.
pub(super) fn gateway(gateway: Gateway) -> &'static [Stroke] {
    use Paint::{Hollow, Line, Thick};
    match gateway {
        Gateway::Exclusive => &[(Thick, "M-6.5 -8.5 L6.5 8.5 M6.5 -8.5 L-6.5 8.5")],
        Gateway::Parallel => &[(Thick, "M0 -12 V12 M-12 0 H12")],
        Gateway::Inclusive => &[(Thick, "M-11 0 A11 11 0 1 1 11 0 A11 11 0 1 1 -11 0 Z")],
        Gateway::Complex => {
            &[(Thick, "M0 -12.5 V12.5 M-12.5 0 H12.5 M-8.5 -8.5 L8.5 8.5 M8.5 -8.5 L-8.5 8.5")]
        }
        Gateway::EventBased => &[(Line, OUTER_CIRCLE), (Line, INNER_CIRCLE), (Hollow, PENTAGON)],
        Gateway::InstantiatingEventBased => &[(Line, OUTER_CIRCLE), (Hollow, PENTAGON)],
        Gateway::ParallelEventBased => &[(Line, OUTER_CIRCLE), (Hollow, CROSS)],
    }
}

const GEAR: &str = "M4.1 -1.6 L6.2 -1.2 L6.2 1.2 L4.1 1.6 L4 1.8 L5.2 3.5 L3.5 5.2 L1.8 4 L1.6 4.1 L1.2 6.2 L-1.2 6.2 \
    L-1.6 4.1 L-1.8 4 L-3.5 5.2 L-5.2 3.5 L-4 1.8 L-4.1 1.6 L-6.2 1.2 L-6.2 -1.2 L-4.1 -1.6 L-4 -1.8 L-5.2 -3.5 \
    L-3.5 -5.2 L-1.8 -4 L-1.6 -4.1 L-1.2 -6.2 L1.2 -6.2 L1.6 -4.1 L1.8 -4 L3.5 -5.2 L5.2 -3.5 L4 -1.8 Z";

/// The symbol in the corner of a task, 18 by 18.
pub(super) fn task(kind: TaskKind) -> &'static [Stroke] {
    use Paint::{Area, Carved, Hollow, Line};
    match kind {
        TaskKind::Plain => &[],
        TaskKind::Service => &[
            (Hollow, GEAR),
            (Hollow, "M-2 0 A2 2 0 1 1 2 0 A2 2 0 1 1 -2 0 Z"),
            (
                Line,
                "M7.2 2.2 L8.6 3 L8.2 4.6 L6.9 4.9 \
                M6.2 6 L6.8 7.6 L5.4 8.5 L4.2 7.4 M2.6 7.6 L2 9 L0.4 8.6",
            ),
        ],
        TaskKind::Send => &[(Area, ENVELOPE), (Carved, FLAP)],
        TaskKind::Receive => &[(Hollow, ENVELOPE), (Line, FLAP)],
        TaskKind::InstantiatingReceive => &[
            (Hollow, "M-10 0 A10 10 0 1 1 10 0 A10 10 0 1 1 -10 0 Z"),
            (Hollow, "M-6 -4 H6 V4 H-6 Z"),
            (Line, "M-6 -4 L0 0.6 L6 -4"),
        ],
        TaskKind::User => &[
            (Hollow, "M-8 9 V5.2 C-8 1.8 -4.8 0.6 -2.6 0 H2.6 C4.8 0.6 8 1.8 8 5.2 V9 Z"),
            (Line, "M-4.6 9 V5.6 M4.6 9 V5.6"),
            (Hollow, "M-4.2 -4.4 A4.2 4.6 0 1 1 4.2 -4.4 A4.2 4.6 0 1 1 -4.2 -4.4 Z"),
            (
                Area,
                "M-4.1 -5.4 C-4.4 -8.6 -2 -9.4 0 -9.2 C2.4 -9.6 4.6 -8.2 4.1 -5.2 C2.6 -6.6 0.8 -5.8 -0.6 -6.4 C-1.8 -6.6 -3 -6.2 -4.1 -5.4 Z",
            ),
        ],
        TaskKind::Manual => &[(
            Hollow,
            "M-9 -2.6 C-7.4 -5.4 -4.6 -6.6 -2.8 -7.2 C-1.4 -7.6 -0.4 -6 -1.6 -5.2 L-3 -4.2 H7.8 C9.6 -4.2 9.6 -1.8 7.8 -1.8 \
             H2.4 H8.6 C10.2 -1.8 10.2 0.6 8.6 0.6 H2.4 H8 C9.6 0.6 9.6 2.9 8 2.9 H2.4 H6.6 C8.2 2.9 8.2 5.1 6.6 5.1 \
             H-2.4 C-5.6 5.8 -7.6 4.8 -9 3.6 Z M2.4 -1.8 H0.6 M2.4 0.6 H0.6 M2.4 2.9 H0.6",
        )],
        TaskKind::Script => &[
            (Hollow, "M-3.6 -8.5 H8 C3.6 -4.6 9.4 0.4 4.6 8.5 H-7.4 C-2.6 0.4 -8.4 -4.6 -3.6 -8.5 Z"),
            (Line, "M-3.6 -5 H3.2 M-3 -1.7 H4 M-2.4 1.7 H4 M-3.8 5.2 H2.8"),
        ],
        TaskKind::BusinessRule => {
            &[(Hollow, "M-9 -7 H9 V7 H-9 Z"), (Area, "M-9 -7 H9 V-3 H-9 Z"), (Line, "M-9 2 H9 M-3 -3 V7")]
        }
    }
}

/// The marker of a repetition, 14 by 14.
pub(super) fn repetition(repetition: Repetition) -> Stroke {
    match repetition {
        Repetition::Loop => {
            (Paint::Line, "M-2.4 5.8 A6.2 6.2 0 1 1 2.2 5.9 M-2.4 5.8 L-6.6 5.6 M-2.4 5.8 L-2.8 1.6")
        }
        Repetition::Parallel => (Paint::Thick, "M-4.5 -6 V6 M0 -6 V6 M4.5 -6 V6"),
        Repetition::Sequential => (Paint::Thick, "M-6 -4.5 H6 M-6 0 H6 M-6 4.5 H6"),
    }
}

/// The marker of an activity that undoes another one.
pub(super) const COMPENSATION: Stroke = (Paint::Line, "M0 -5 V5 L-7 0 Z M7 -5 V5 L0 0 Z");
/// The marker of an ad-hoc subprocess.
pub(super) const AD_HOC: Stroke = (
    Paint::Area,
    "M-7.5 2.5 C-6 -4 -2.5 -4 0 -1 C2.5 1.8 5 1.4 7.5 -2.8 V0 C5.4 4.4 2.4 4.2 -0.2 1.4 C-2.6 -1.2 -5.4 -1 -7.5 5 Z",
);
/// The marker of what is drawn elsewhere.
pub(super) const COLLAPSED: Stroke = (Paint::Line, "M-7 -7 H7 V7 H-7 Z M0 -4.5 V4.5 M-4.5 0 H4.5");
