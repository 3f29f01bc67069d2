//! The syntax tree of FEEL. Its depth is bounded by the parser, so that descending and dropping it is safe.

use std::sync::Arc;

use super::value::{End, Value};

/// A part of an expression and the byte of the source where it stands (of an operator: where the operator stands).
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expression) struct Node {
    pub(super) offset: usize,
    pub(super) form: Form,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Literal(Value),
    Name(Arc<str>),
    List(Vec<Node>),
    Context(Vec<(Arc<str>, Node)>),
    /// An end that is missing does not bound.
    Range(Option<Box<Node>>, Option<Box<Node>>, (End, End)),
    /// All values but this one: `!= 3` as a test.
    OtherThan(Box<Node>),
    /// A test that says itself whether it holds.
    Holds(Box<Node>),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Between(Box<Node>, Box<(Node, Node)>),
    In(Box<Node>, Vec<Node>),
    InstanceOf(Box<Node>, Type),
    If(Box<(Node, Node, Node)>),
    For(Vec<Iterator>, Box<Node>),
    Some(Vec<Iterator>, Box<Node>),
    Every(Vec<Iterator>, Box<Node>),
    Path(Box<Node>, Arc<str>),
    Filter(Box<Node>, Box<Node>),
    Call(Box<Node>, Vec<Node>),
    /// A call whose arguments have names.
    CallByName(Box<Node>, Vec<(Arc<str>, Node)>),
    Function(Arc<Function>),
}

/// `name in domain`, or `name in from..to`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Iterator {
    pub(super) name: Arc<str>,
    pub(super) domain: Node,
    pub(super) to: Option<Node>,
}

/// `function(a, b) body`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Function {
    pub(super) parameters: Vec<Arc<str>>,
    pub(super) body: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Operator {
    /// How strongly it binds; all bind to the left.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual => COMPARISON,
            Self::Add | Self::Subtract => SUM,
            Self::Multiply | Self::Divide => 5,
            Self::Power => 6,
        }
    }
}

/// The strength of comparisons, `between`, `in` and `instance of`.
pub(super) const COMPARISON: u8 = 3;
/// The strength of sums, which is what bounds of ranges are made of.
pub(super) const SUM: u8 = 4;

/// What `instance of` asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Any,
    Null,
    Number,
    Text,
    Boolean,
    Date,
    Time,
    DateAndTime,
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    List(Box<Self>),
    Context(Vec<(Arc<str>, Self)>),
    Range(Box<Self>),
    Function,
}
