//! Circles of a directed graph: the groups of nodes that can each reach all others of their group, found in one walk.

/// The groups of more than one node, or of one that leads to itself; `next` says where each node leads.
pub(crate) fn circles(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut walk = Walk {
        number: vec![0; next.len()],
        lowest: vec![0; next.len()],
        is_open: vec![false; next.len()],
        ..Walk::default()
    };
    for start in 0..next.len() {
        if walk.number.get(start) == Some(&0) {
            walk.from(start, next);
        }
    }
    walk.found
}

/// Tarjan's walk, without recursion: a model may be as deep as it is long.
#[derive(Default)]
struct Walk {
    /// When a node was reached, from 1; 0 if it was not.
    number: Vec<usize>,
    /// The first node that it leads back to.
    lowest: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    reached: usize,
    found: Vec<Vec<usize>>,
}

#[expect(clippy::indexing_slicing, reason = "every list has an entry for each node, and edges lead to nodes")]
impl Walk {
    fn from(&mut self, start: usize, next: &[Vec<usize>]) {
        let mut way = vec![(start, 0_usize)];
        self.enter(start);
        while let Some((node, edge)) = way.last_mut() {
            let node = *node;
            if let Some(target) = next[node].get(*edge).copied().filter(|target| *target < next.len()) {
                *edge = edge.saturating_add(1);
                if self.number[target] == 0 {
                    self.enter(target);
                    way.push((target, 0));
                } else if self.is_open[target] {
                    self.lowest[node] = self.lowest[node].min(self.number[target]);
                }
                continue;
            }
            way.pop();
            if let Some((before, _)) = way.last() {
                self.lowest[*before] = self.lowest[*before].min(self.lowest[node]);
            }
            if self.lowest[node] == self.number[node] {
                self.close(node, next);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.reached = self.reached.saturating_add(1);
        self.number[node] = self.reached;
        self.lowest[node] = self.reached;
        self.is_open[node] = true;
        self.open.push(node);
    }

    fn close(&mut self, node: usize, next: &[Vec<usize>]) {
        let mut group = Vec::new();
        while let Some(last) = self.open.pop() {
            self.is_open[last] = false;
            group.push(last);
            if last == node {
                break;
            }
        }
        if group.len() > 1 || next[node].contains(&node) {
            group.sort_unstable();
            self.found.push(group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_whole_and_lines_are_not() {
        let mut found = circles(&[vec![1], vec![2], vec![1, 3], vec![4], vec![], vec![5], vec![]]);
        found.sort();
        assert_eq!(found, [vec![1, 2], vec![5]]);
        let long: Vec<Vec<usize>> = (0..100_000).map(|node| vec![(node + 1) % 100_000]).collect();
        assert_eq!(circles(&long).len(), 1);
    }
}
