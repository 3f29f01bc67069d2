//! Plain text tables for people: columns as wide as their content, nothing else.

use std::fmt::{self, Write as _};

/// Beyond this a cell makes a table unreadable; `--format json` has all of it.
const CELL_CHARACTERS_MAX: usize = 100;

/// A table under construction.
#[derive(Debug, Clone)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column heads.
    pub fn new<const N: usize>(heads: [&str; N]) -> Self {
        Self { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()] }
    }

    /// One more row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| printable(&cell, CELL_CHARACTERS_MAX)).into());
    }
}

/// What others wrote, fit for a terminal: no control characters, at most `characters_max` long.
pub fn printable(text: &str, characters_max: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == characters_max {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                write!(line, "{cell:<width$}  ")?;
            }
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_peers_wrote_cannot_break_a_terminal() {
        let mut table = Table::new(["KEY"]);
        table.row(["\u{1b}[31mred\nline".into()]);
        table.row(["x".repeat(70_000)]);
        let shown = table.to_string();
        assert!(shown.contains("\\u{1b}[31mred\\nline"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= CELL_CHARACTERS_MAX + 1), "{shown}");
    }

    #[test]
    fn columns_are_as_wide_as_their_content() {
        let mut table = Table::new(["from", "ms"]);
        table.row(["hospital-ä".into(), "7".into()]);
        assert_eq!(table.to_string(), "from        ms\nhospital-ä  7\n");
    }
}
