//! The difference between two texts in the unified form that `patch` and reviewers read.

#![expect(
    clippy::indexing_slicing,
    reason = "places are counted over the very lists that they are looked up in"
)]

use std::fmt::Write as _;

use crate::limits::DIFFERENCES_MAX;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Kept(&'t str),
    Removed(&'t str),
    Added(&'t str),
}

/// Empty if the texts are equal.
pub fn unified(path: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(before), lines(after));
    let script = script(&old, &new);
    let changes: Vec<usize> = script
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| (!matches!(entry, Line::Kept(_))).then_some(place))
        .collect();
    let mut text = String::new();
    let (mut passed, mut old_line, mut new_line) = (0_usize, 1_usize, 1_usize);
    for near in changes.chunk_by(|left, right| right - left <= 2 * CONTEXT + 1) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        let (start, end) = (first.saturating_sub(CONTEXT), (last + 1 + CONTEXT).min(script.len()));
        old_line += start - passed;
        new_line += start - passed;
        let hunk = &script[start..end];
        let old_count = hunk.iter().filter(|entry| !matches!(entry, Line::Added(_))).count();
        let new_count = hunk.iter().filter(|entry| !matches!(entry, Line::Removed(_))).count();
        if text.is_empty() {
            let _ = writeln!(text, "--- a/{path}\n+++ b/{path}");
        }
        let at = |line: usize, count: usize| if count == 0 { line - 1 } else { line };
        let (old_start, new_start) = (at(old_line, old_count), at(new_line, new_count));
        let _ = writeln!(text, "@@ -{old_start},{old_count} +{new_start},{new_count} @@");
        for entry in hunk {
            let (mark, content) = match entry {
                Line::Kept(content) => (' ', content),
                Line::Removed(content) => ('-', content),
                Line::Added(content) => ('+', content),
            };
            text.push(mark);
            text.push_str(content);
            if !content.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
        old_line += old_count;
        new_line += new_count;
        passed = end;
    }
    text
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// What stays, goes and comes. Texts that differ in more than a bounded number of lines are shown as wholly replaced
/// between their common start and end.
fn script<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let start = old.iter().zip(new).take_while(|(left, right)| left == right).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(left, right)| left == right).count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    let mut script: Vec<Line<'t>> = old[..start].iter().map(|line| Line::Kept(line)).collect();
    script.extend(shortest(old_middle, new_middle).unwrap_or_else(|| {
        let removed = old_middle.iter().map(|line| Line::Removed(line));
        removed.chain(new_middle.iter().map(|line| Line::Added(line))).collect()
    }));
    script.extend(old_rest[old_rest.len() - end..].iter().map(|line| Line::Kept(line)));
    script
}

/// The shortest script by Myers' greedy algorithm: `furthest[d][k]` is how far `d` changes reach on diagonal `k`.
fn shortest<'t>(old: &[&'t str], new: &[&'t str]) -> Option<Vec<Line<'t>>> {
    let max = (old.len() + new.len()).min(DIFFERENCES_MAX);
    let mut furthest: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=max {
        let mut reached = vec![0_usize; 2 * changes + 1];
        for slot in (0..=2 * changes).step_by(2) {
            // Diagonal `slot - changes`; in the row before it has its place at `slot - 1`.
            let down = || furthest[changes - 1][slot];
            let right = || furthest[changes - 1][slot - 2] + 1;
            let mut x = match (changes, slot) {
                (0, _) => 0,
                (_, 0) => down(),
                (_, slot) if slot == 2 * changes => right(),
                _ => down().max(right()),
            };
            let mut y = (x + changes).saturating_sub(slot);
            while x < old.len() && y < new.len() && old[x] == new[y] {
                x += 1;
                y += 1;
            }
            reached[slot] = x;
            if x >= old.len() && y >= new.len() {
                furthest.push(reached);
                return Some(walk(old, new, &furthest));
            }
        }
        furthest.push(reached);
    }
    None
}

/// From the end back to the start.
fn walk<'t>(old: &[&'t str], new: &[&'t str], furthest: &[Vec<usize>]) -> Vec<Line<'t>> {
    let mut script = Vec::new();
    let (mut x, mut y) = (old.len(), new.len());
    for changes in (1..furthest.len()).rev() {
        let slot = x + changes - y;
        let before = &furthest[changes - 1];
        let is_removed = slot == 2 * changes || (slot != 0 && before[slot - 2] + 1 > before[slot]);
        let came_x = if slot == 0 || !is_removed { before[slot] } else { before[slot - 2] + 1 };
        while x > came_x {
            x -= 1;
            y -= 1;
            script.push(Line::Kept(old[x]));
        }
        if is_removed {
            x -= 1;
            script.push(Line::Removed(old[x]));
        } else {
            y -= 1;
            script.push(Line::Added(new[y]));
        }
    }
    while x > 0 {
        x -= 1;
        script.push(Line::Kept(old[x]));
    }
    script.reverse();
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_three_lines_around() {
        let before = (1..=20).map(|line| line.to_string()).collect::<Vec<_>>().join("\n") + "\n";
        let after = before.replace("5\n6\n", "5\n").replace("18\n", "18a\n18b\n");
        let expected = "--- a/x\n+++ b/x\n@@ -3,7 +3,6 @@\n 3\n 4\n 5\n-6\n 7\n 8\n 9\n\
            @@ -15,6 +14,7 @@\n 15\n 16\n 17\n-18\n+18a\n+18b\n 19\n 20\n";
        assert_eq!(unified("x", &before, &after), expected);
        assert_eq!(unified("x", &before, &before), "");
        assert_eq!(
            unified("x", "a", "b"),
            "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
        );
        assert_eq!(unified("x", "a\n", ""), "--- a/x\n+++ b/x\n@@ -1,1 +0,0 @@\n-a\n");
    }

    #[test]
    fn every_script_turns_the_old_text_into_the_new() {
        let mut state = 7_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..500 {
            let mut text = || {
                (0..random(12))
                    .map(|_| ["a\n", "b\n", "c\n"][usize::try_from(random(3)).unwrap()])
                    .collect::<Vec<_>>()
            };
            let (old, new) = (text(), text());
            let script = script(&old, &new);
            let side = |is_old: bool| -> Vec<&str> {
                script
                    .iter()
                    .filter_map(|line| match line {
                        Line::Kept(line) => Some(*line),
                        Line::Removed(line) => is_old.then_some(*line),
                        Line::Added(line) => (!is_old).then_some(*line),
                    })
                    .collect()
            };
            assert_eq!((side(true), side(false)), (old, new));
        }
    }
}
