//! The syntax tree of an expression. Its depth is bounded by the parser, so that descending it is safe.

use serde_json::Value;

/// A part of an expression and the byte of the source where it stands (of an operator: where the operator stands).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) offset: usize,
    pub(super) form: Form,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Literal(Value),
    Variable(String),
    /// The root object `execution`, which has no value of its own.
    Execution,
    Property(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    Call(Box<Node>, String, Vec<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    Empty(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Choice(Box<Node>, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Order(Order),
    Arithmetic(Arithmetic),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// How strongly it binds; all bind to the left.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Order(_) => 4,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => 5,
            Self::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Remainder) => 6,
        }
    }
}
