//! Offsets to lines and columns. All places of a file are found in one walk over its text, however long its lines are.

use crate::diagnostic::Position;
use crate::lint::finding::Finding;

/// Fills in lines and columns of findings, which are in any order.
pub fn locate(text: &str, findings: &mut [Finding]) {
    let mut places: Vec<(u32, &mut Position)> = Vec::new();
    for finding in findings {
        places.push((finding.span.start, &mut finding.start));
        places.push((finding.span.end, &mut finding.end));
        for related in &mut finding.related {
            places.push((related.span.start, &mut related.start));
        }
    }
    places.sort_by_key(|(offset, _)| *offset);
    let mut position = Position::START;
    for (offset, place) in places {
        position = position.forward(text, usize::try_from(offset).unwrap_or(usize::MAX));
        *place = position;
    }
}
