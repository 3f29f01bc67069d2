//! What can be said of an expression without any values: which variables it reads, and that it can never hold. Said for the
//! `${...}` dialect; of FEEL nothing is claimed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::syntax::{Form, Node, Operator, Order};
use super::{Expression, Root, evaluate};

impl Expression {
    /// Whether, as a condition, it is false whatever its variables are. Not every such condition is recognised.
    pub(crate) fn never_holds(&self) -> bool {
        match &self.root {
            Root::Unified(root) => truth(root) == Some(false),
            Root::Feel(_) => false,
        }
    }

    /// The value that it is, if it is a literal that is neither true nor false.
    pub(crate) fn literal_without_truth(&self) -> Option<&Value> {
        let Root::Unified(root) = &self.root else { return None };
        let Form::Literal(value) = &root.form else { return None };
        (!value.is_boolean()).then_some(value)
    }

    /// The variables that it reads by their names.
    pub(crate) fn reads(&self) -> BTreeSet<&str> {
        let mut reads = BTreeSet::new();
        let Root::Unified(root) = &self.root else { return reads };
        let mut open: Vec<&Node> = vec![root];
        while let Some(node) = open.pop() {
            match &node.form {
                Form::Variable(name) => {
                    reads.insert(name.as_str());
                }
                Form::Call(of, _, arguments) => open.extend(std::iter::once(&**of).chain(arguments)),
                Form::Property(of, _) | Form::Not(of) | Form::Negate(of) | Form::Empty(of) => open.push(of),
                Form::Index(left, right) | Form::Binary(_, left, right) => open.extend([&**left, &**right]),
                Form::Choice(condition, then, otherwise) => {
                    open.extend([&**condition, &**then, &**otherwise]);
                }
                Form::Literal(_) | Form::Execution => {}
            }
        }
        reads
    }
}

/// Whether a part is true or false whatever the variables are.
fn truth(node: &Node) -> Option<bool> {
    match &node.form {
        Form::Literal(value) => value.as_bool(),
        Form::Not(of) => truth(of).map(|holds| !holds),
        Form::Binary(Operator::And, left, right) => match (truth(left), truth(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => contradicts_itself(node).then_some(false),
        },
        Form::Binary(Operator::Or, left, right) => match (truth(left), truth(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Form::Binary(Operator::Equal | Operator::NotEqual | Operator::Order(_), left, right)
            if is_literal(left) && is_literal(right) =>
        {
            // Where a text is no number, comparing them is an error.
            evaluate::evaluate(node, &BTreeMap::new()).ok().map_or(Some(false), |value| value.as_bool())
        }
        Form::Binary(operator, left, right) if path(left).is_some() && path(left) == path(right) => {
            match operator {
                Operator::Equal | Operator::Order(Order::LessOrEqual | Order::GreaterOrEqual) => Some(true),
                Operator::NotEqual | Operator::Order(Order::Less | Order::Greater) => Some(false),
                Operator::And | Operator::Or | Operator::Arithmetic(_) => None,
            }
        }
        Form::Variable(_)
        | Form::Execution
        | Form::Property(..)
        | Form::Index(..)
        | Form::Call(..)
        | Form::Negate(_)
        | Form::Empty(_)
        | Form::Binary(..)
        | Form::Choice(..) => None,
    }
}

fn is_literal(node: &Node) -> bool {
    matches!(node.form, Form::Literal(_))
}

/// What the parts of a conjunction ask of one variable.
#[derive(Default)]
struct Asked<'n> {
    equal: Option<&'n Value>,
    unequal: Vec<&'n Value>,
    /// The bounds of a number, and whether they are themselves allowed.
    least: Option<(f64, bool)>,
    most: Option<(f64, bool)>,
}

impl<'n> Asked<'n> {
    fn ask(&mut self, operator: Operator, value: &'n Value) {
        let tighter = |known: Option<(f64, bool)>, new: f64, is_tighter: fn(f64, f64) -> bool| {
            known.is_none_or(|(old, _)| is_tighter(new, old))
        };
        match (operator, value.as_f64()) {
            (Operator::Equal, _) if self.equal.is_none() => self.equal = Some(value),
            // Another value that it is to be equal to stands beside the first one.
            (Operator::Equal, Some(number)) => {
                self.least = Some((number, true));
                self.most = Some((number, true));
            }
            (Operator::NotEqual, _) => self.unequal.push(value),
            (Operator::Order(Order::Less | Order::LessOrEqual), Some(number)) => {
                if tighter(self.most, number, |new, old| new <= old) {
                    self.most = Some((number, operator == Operator::Order(Order::LessOrEqual)));
                }
            }
            (Operator::Order(Order::Greater | Order::GreaterOrEqual), Some(number)) => {
                if tighter(self.least, number, |new, old| new >= old) {
                    self.least = Some((number, operator == Operator::Order(Order::GreaterOrEqual)));
                }
            }
            (
                Operator::Equal | Operator::Order(_) | Operator::And | Operator::Or | Operator::Arithmetic(_),
                _,
            ) => {}
        }
    }

    fn is_impossible(&self) -> bool {
        let fits = |number: f64| {
            self.least.is_none_or(|(least, itself)| number > least || itself && number >= least)
                && self.most.is_none_or(|(most, itself)| number < most || itself && number <= most)
        };
        let is_empty = match (self.least, self.most) {
            (Some((least, least_itself)), Some((most, most_itself))) => {
                least > most || least >= most && !(least_itself && most_itself)
            }
            _ => false,
        };
        is_empty
            || self.equal.is_some_and(|value| {
                self.unequal.contains(&value) || value.as_f64().is_some_and(|number| !fits(number))
            })
    }
}

/// Whether the parts of a conjunction ask something impossible of one variable: `a == 1 && a == 2`, `a > 5 && a < 3`.
fn contradicts_itself(node: &Node) -> bool {
    let mut asked: BTreeMap<String, Asked<'_>> = BTreeMap::new();
    let (mut holding, mut failing) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if let Form::Not(of) = &node.form {
            failing.extend(path(of));
        }
        holding.extend(path(node));
        let Form::Binary(operator, left, right) = &node.form else { continue };
        if *operator == Operator::And {
            open.extend([&**left, &**right]);
            continue;
        }
        let (of, operator, value) = if let Form::Literal(value) = &right.form {
            (left, *operator, value)
        } else if let Form::Literal(value) = &left.form {
            (right, turned(*operator), value)
        } else {
            continue;
        };
        let Some(name) = path(of) else { continue };
        let asked = asked.entry(name).or_default();
        // Numbers and texts may be converted into each other; texts among themselves are what they are.
        let is_other_text = |known: &Value| known.is_string() && value.is_string() && known != value;
        if operator == Operator::Equal && asked.equal.is_some_and(is_other_text) {
            return true;
        }
        asked.ask(operator, value);
    }
    asked.values().any(Asked::is_impossible) || !holding.is_disjoint(&failing)
}

/// The operator with its sides exchanged.
fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Order(Order::Less) => Operator::Order(Order::Greater),
        Operator::Order(Order::LessOrEqual) => Operator::Order(Order::GreaterOrEqual),
        Operator::Order(Order::Greater) => Operator::Order(Order::Less),
        Operator::Order(Order::GreaterOrEqual) => Operator::Order(Order::LessOrEqual),
        Operator::Equal | Operator::NotEqual | Operator::And | Operator::Or | Operator::Arithmetic(_) => {
            operator
        }
    }
}

/// A variable, or a property of one.
fn path(node: &Node) -> Option<String> {
    if let Form::Variable(name) = &node.form {
        return Some(name.clone());
    }
    let Form::Property(of, name) = &node.form else { return None };
    Some(format!("{}.{name}", path(of)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Position;

    #[test]
    fn what_can_never_hold_is_told_from_what_may() {
        let never = [
            "1 == 2",
            "a == 1 && a == 2",
            "a == 'x' && b && a == 'y'",
            "a.b > 5 && 3 > a.b",
            "a > 5 && a < 5",
            "a >= 5 && a < 5",
            "a == 1 && a != 1",
            "a == 7 && a < 5",
            "false || 2 < 1",
            "!(1 < 2)",
            "b && false",
            "a.b && c && !a.b",
            "a != a",
            "a.b < a.b",
            "!(a == a)",
            "'a' == 1",
        ];
        let may = [
            "a == 1 || a == 2",
            "a == 1 && b == 2",
            "a >= 5 && a <= 5",
            "a > 3 && a < 5",
            "a == 1 && a == '1'",
            "a != 1 && a != 2",
            "1 == 1",
            "a",
            "!a",
            "a == b && a == c",
            "a && !b",
            "a == 1 && (c || a == 2)",
            "a == a",
            "'1' == 1",
        ];
        let parse = |text: &str| Expression::parse(&format!("${{{text}}}"), Position::START).unwrap();
        for text in never {
            assert!(parse(text).never_holds(), "{text}");
        }
        for text in may {
            assert!(!parse(text).never_holds(), "{text}");
        }
    }

    #[test]
    fn variables_are_found_wherever_they_are_read() {
        let text = "${a.b == c[d] && !empty e ? f : -g && execution.hasVariable('h')}";
        let expression = Expression::parse(text, Position::START).unwrap();
        assert_eq!(expression.reads().into_iter().collect::<Vec<_>>(), ["a", "c", "d", "e", "f", "g"]);
    }
}
