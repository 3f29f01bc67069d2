//! Tokens to FEEL syntax tree. Words that stand side by side are one name, because nothing else can be meant; names that
//! hold operators or keywords are recognised where this very expression defines them, or where they are built-in functions.

use std::sync::Arc;

use super::syntax::{COMPARISON, Form, Function, Iterator, Node, Operator, SUM};
use super::temporal;
use super::token::{Symbol, Token, tokens};
use super::value::{End, Value};
use crate::limits::EXPRESSION_DEPTH_MAX;

mod types;

/// What is wrong, and at which byte of the source.
pub(in crate::expression) struct Wrong {
    pub(in crate::expression) message: String,
    pub(in crate::expression) offset: usize,
}

/// Words that end a name.
const KEYWORDS: [&str; 18] = [
    "and",
    "or",
    "in",
    "between",
    "then",
    "else",
    "return",
    "satisfies",
    "instance",
    "if",
    "for",
    "some",
    "every",
    "function",
    "true",
    "false",
    "null",
    "external",
];

/// Built-in functions whose names hold keywords.
const BUILT_IN: [&str; 3] = ["date and time", "years and months duration", "get or else"];

pub(super) fn parse(source: &str) -> Result<Node, Wrong> {
    let mut parser = Parser { tokens: tokens(source)?, next: 0, nested: 0, known: Vec::new(), filters: true };
    let (node, _) = parser.expression()?;
    parser.ends()?;
    Ok(node)
}

/// Unary tests, as the cells of decision tables hold them, over what an input yields: `< 5`, `"a", "b"`, `not(1)`, `-`, or
/// a condition over `?`.
pub(super) fn parse_tests(input: Node, source: &str) -> Result<Node, Wrong> {
    let tokens = tokens(source)?;
    let parser = |next| Parser { tokens: tokens.clone(), next, nested: 0, known: Vec::new(), filters: true };
    let symbols: Vec<&Symbol> = tokens.iter().map(|token| &token.symbol).take(3).collect();
    let node = |form| Node { offset: 0, form };
    if matches!(symbols.as_slice(), [Symbol::End, ..] | [Symbol::Mark("-"), Symbol::End, ..]) {
        return Ok(node(Form::Literal(Value::Boolean(true))));
    }
    if matches!(symbols.as_slice(), [Symbol::Word(not), Symbol::Mark("("), ..] if &**not == "not") {
        let mut negated = parser(2);
        if let Ok(tests) = negated.tests()
            && negated.accept(")")
            && negated.ends().is_ok()
        {
            let inside = node(Form::In(Box::new(input), tests));
            let not = node(Form::Name("not".into()));
            return Ok(node(Form::Call(Box::new(not), vec![inside])));
        }
    }
    let mut plain = parser(0);
    let tests = plain.tests()?;
    plain.ends()?;
    Ok(node(Form::In(Box::new(input), tests)))
}

/// A node and how deep it is.
type Deep = (Node, usize);

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    nested: usize,
    /// Names of this expression that hold more than words, as the words and marks that they are written with.
    known: Vec<Vec<String>>,
    /// Whether `[` after a value is a filter; the upper bound of a range may be followed by one that is none.
    filters: bool,
}

impl Parser {
    fn ends(&self) -> Result<(), Wrong> {
        match self.symbol() {
            Symbol::End => Ok(()),
            Symbol::Mark("=") => Err(self.wrong("FEEL compares with one `=`, and only once")),
            Symbol::Mark(_) | Symbol::Word(_) | Symbol::Number(_) | Symbol::Text(_) => {
                Err(self.wrong(&format!("{} is not expected here; is an operator missing?", self.found())))
            }
        }
    }

    fn expression(&mut self) -> Result<Deep, Wrong> {
        self.nested = self.nested.saturating_add(1);
        if self.nested > EXPRESSION_DEPTH_MAX {
            return Err(self.wrong(TOO_DEEP));
        }
        let known = self.known.len();
        let result = match self.word() {
            Some("if") => self.choice(),
            Some("for") => self.iteration(),
            Some("some") => self.quantified(Form::Some),
            Some("every") => self.quantified(Form::Every),
            _ => self.binary(1),
        };
        self.known.truncate(known);
        self.nested = self.nested.saturating_sub(1);
        result
    }

    fn choice(&mut self) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        let condition = self.expression()?;
        self.expect_word("then")?;
        let then = self.expression()?;
        self.expect_word("else")?;
        let otherwise = self.expression()?;
        let depth = condition.1.max(then.1).max(otherwise.1);
        self.node(offset, Form::If(Box::new((condition.0, then.0, otherwise.0))), depth)
    }

    fn iteration(&mut self) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        let (iterators, depth) = self.iterators()?;
        self.expect_word("return")?;
        let body = self.expression()?;
        self.node(offset, Form::For(iterators, Box::new(body.0)), depth.max(body.1))
    }

    fn quantified(&mut self, form: fn(Vec<Iterator>, Box<Node>) -> Form) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        let (iterators, depth) = self.iterators()?;
        self.expect_word("satisfies")?;
        let condition = self.expression()?;
        self.node(offset, form(iterators, Box::new(condition.0)), depth.max(condition.1))
    }

    fn iterators(&mut self) -> Result<(Vec<Iterator>, usize), Wrong> {
        let (mut iterators, mut depth) = (Vec::new(), 0);
        loop {
            let name = self.new_name(&["in"])?;
            self.expect_word("in")?;
            let domain = self.expression()?;
            let to = if self.accept("..") { Some(self.expression()?) } else { None };
            depth = depth.max(domain.1).max(to.as_ref().map_or(0, |to| to.1));
            iterators.push(Iterator { name, domain: domain.0, to: to.map(|to| to.0) });
            if !self.accept(",") {
                return Ok((iterators, depth));
            }
        }
    }

    fn binary(&mut self, weakest: u8) -> Result<Deep, Wrong> {
        let mut left = self.unary()?;
        loop {
            let offset = self.offset();
            if let Some(operator) = self.operator().filter(|operator| operator.strength() >= weakest) {
                self.advance();
                let right = self.binary(operator.strength().saturating_add(1))?;
                let depth = left.1.max(right.1);
                let form = Form::Binary(operator, Box::new(left.0), Box::new(right.0));
                left = self.node(offset, form, depth)?;
                continue;
            }
            left = match self.word().filter(|_| weakest <= COMPARISON) {
                Some("between") => self.between(left)?,
                Some("in") => self.inside(left)?,
                Some("instance") => self.instance_of(left)?,
                _ => return Ok(left),
            };
        }
    }

    fn between(&mut self, value: Deep) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        let low = self.binary(SUM)?;
        self.expect_word("and")?;
        let high = self.binary(SUM)?;
        let depth = value.1.max(low.1).max(high.1);
        self.node(offset, Form::Between(Box::new(value.0), Box::new((low.0, high.0))), depth)
    }

    fn inside(&mut self, value: Deep) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        let start = self.offset();
        let (mut tests, mut depth) = (Vec::new(), value.1);
        if self.accept("(") {
            let first = self.test()?;
            if self.accept("..") {
                let range = self.range_to(start, first, End::Excluded)?;
                depth = depth.max(range.1);
                tests.push(range.0);
            } else {
                depth = depth.max(first.1);
                tests.push(first.0);
                while self.accept(",") {
                    let test = self.test()?;
                    depth = depth.max(test.1);
                    tests.push(test.0);
                }
                self.expect(")")?;
            }
        } else {
            let test = self.test()?;
            depth = depth.max(test.1);
            tests.push(test.0);
        }
        self.node(offset, Form::In(Box::new(value.0), tests), depth)
    }

    /// Tests with commas between them. One that looks at `?` says itself whether it holds.
    fn tests(&mut self) -> Result<Vec<Node>, Wrong> {
        let mut tests = Vec::new();
        loop {
            let (offset, first) = (self.offset(), self.next);
            let (test, _) = match self.half_range()? {
                Some(range) => range,
                None => self.expression()?,
            };
            let read = self.tokens.get(first..self.next).unwrap_or_default();
            let looks =
                read.iter().any(|token| matches!(&token.symbol, Symbol::Word(word) if &**word == "?"));
            tests.push(if looks { Node { offset, form: Form::Holds(Box::new(test)) } } else { test });
            if !self.accept(",") {
                return Ok(tests);
            }
        }
    }

    /// `< 5`, `[1..5]`, or a value.
    fn test(&mut self) -> Result<Deep, Wrong> {
        match self.half_range()? {
            Some(range) => Ok(range),
            None => self.binary(SUM),
        }
    }

    /// `< 5` and its like: a range with one end.
    fn half_range(&mut self) -> Result<Option<Deep>, Wrong> {
        let offset = self.offset();
        let Symbol::Mark(mark) = *self.symbol() else { return Ok(None) };
        if !["<", "<=", ">", ">=", "=", "!="].contains(&mark) {
            return Ok(None);
        }
        self.advance();
        let (bound, depth) = self.binary(SUM)?;
        let bound = Box::new(bound);
        let open = End::Excluded;
        let form = match mark {
            "<" => Form::Range(None, Some(bound), (open, End::Excluded)),
            "<=" => Form::Range(None, Some(bound), (open, End::Included)),
            ">" => Form::Range(Some(bound), None, (End::Excluded, open)),
            ">=" => Form::Range(Some(bound), None, (End::Included, open)),
            "!=" => Form::OtherThan(bound),
            _ => return Ok(Some((*bound, depth))),
        };
        self.node(offset, form, depth).map(Some)
    }

    fn unary(&mut self) -> Result<Deep, Wrong> {
        let mut signs = Vec::new();
        while matches!(self.symbol(), Symbol::Mark("-")) {
            signs.push(self.offset());
            self.advance();
        }
        let mut operand = self.postfix()?;
        for offset in signs.into_iter().rev() {
            operand = self.node(offset, Form::Negate(Box::new(operand.0)), operand.1)?;
        }
        Ok(operand)
    }

    /// A value followed by `.name`, `[filter]` and `(arguments)`.
    fn postfix(&mut self) -> Result<Deep, Wrong> {
        let mut value = self.primary()?;
        loop {
            let offset = self.offset();
            if self.accept(".") {
                let name = self.words().ok_or_else(|| {
                    self.wrong(&format!("a name must follow the dot, not {}", self.found()))
                })?;
                value = self.node(offset, Form::Path(Box::new(value.0), name), value.1)?;
            } else if self.filters && self.accept("[") {
                let filter = self.expression()?;
                self.expect("]")?;
                let depth = value.1.max(filter.1);
                value = self.node(offset, Form::Filter(Box::new(value.0), Box::new(filter.0)), depth)?;
            } else if self.accept("(") {
                value = self.call(offset, value)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn call(&mut self, offset: usize, function: Deep) -> Result<Deep, Wrong> {
        let mut depth = function.1;
        let filters = std::mem::replace(&mut self.filters, true);
        let form = if self.names_an_argument() {
            let mut arguments = Vec::new();
            loop {
                let name = self.new_name(&[":"])?;
                self.expect(":")?;
                let (argument, argument_depth) = self.expression()?;
                depth = depth.max(argument_depth);
                arguments.push((name, argument));
                if !self.accept(",") {
                    break;
                }
            }
            self.expect(")")?;
            Form::CallByName(Box::new(function.0), arguments)
        } else {
            let (arguments, arguments_depth) = self.items(")")?;
            depth = depth.max(arguments_depth);
            Form::Call(Box::new(function.0), arguments)
        };
        self.filters = filters;
        self.node(offset, form, depth)
    }

    /// Whether words and a colon follow.
    fn names_an_argument(&self) -> bool {
        let ahead = self.tokens.get(self.next..).unwrap_or_default();
        let words = ahead.iter().take_while(|token| matches!(token.symbol, Symbol::Word(_))).count();
        words > 0 && ahead.get(words).is_some_and(|token| token.symbol == Symbol::Mark(":"))
    }

    fn items(&mut self, end: &str) -> Result<(Vec<Node>, usize), Wrong> {
        let (mut items, mut depth) = (Vec::new(), 0);
        if self.accept(end) {
            return Ok((items, depth));
        }
        loop {
            let (item, item_depth) = self.item()?;
            depth = depth.max(item_depth);
            items.push(item);
            if self.accept(end) {
                return Ok((items, depth));
            }
            self.expect(",")?;
        }
    }

    /// An expression, or a range with one end.
    fn item(&mut self) -> Result<Deep, Wrong> {
        match self.half_range()? {
            Some(range) => Ok(range),
            None => self.expression(),
        }
    }

    fn primary(&mut self) -> Result<Deep, Wrong> {
        let offset = self.offset();
        let literal = match self.symbol().clone() {
            Symbol::Number(number) => Value::Number(number),
            Symbol::Text(text) => Value::Text(text),
            Symbol::Mark("@") => return self.temporal_literal(offset),
            Symbol::Mark("(") => return self.parenthesis(offset),
            Symbol::Mark("[") => return self.list(offset),
            Symbol::Mark("]") => {
                self.advance();
                let low = self.binary(SUM)?;
                self.expect("..")?;
                return self.range_to(offset, low, End::Excluded);
            }
            Symbol::Mark("{") => return self.context(offset),
            Symbol::Mark(_) => {
                return Err(self.wrong(&format!("a value is expected here, not {}", self.found())));
            }
            Symbol::End => return Err(self.wrong("the expression ends where a value is expected")),
            Symbol::Word(word) => match &*word {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                "null" => Value::Null,
                "function" => return self.function(offset),
                "if" | "for" | "some" | "every" => return self.expression(),
                _ => {
                    let name = self.name().ok_or_else(|| {
                        self.wrong(&format!("a value is expected here, not {}", self.found()))
                    })?;
                    return self.node(offset, Form::Name(name), 0);
                }
            },
        };
        self.advance();
        self.node(offset, Form::Literal(literal), 0)
    }

    fn temporal_literal(&mut self, offset: usize) -> Result<Deep, Wrong> {
        self.advance();
        let Symbol::Text(text) = self.symbol().clone() else {
            return Err(self.wrong("a date, time or duration in quotes must follow `@`"));
        };
        let value = temporal::literal(&text).ok_or_else(|| Wrong {
            message: format!("`{text}` is no date, time, date and time, or duration"),
            offset,
        })?;
        self.advance();
        self.node(offset, Form::Literal(value), 0)
    }

    /// `(expression)`, `(low..high)` or `(< bound)`.
    fn parenthesis(&mut self, offset: usize) -> Result<Deep, Wrong> {
        self.advance();
        let filters = std::mem::replace(&mut self.filters, true);
        let inner = self.item()?;
        self.filters = filters;
        if self.accept("..") {
            return self.range_to(offset, inner, End::Excluded);
        }
        self.expect(")")?;
        Ok(inner)
    }

    /// `[a, b]` or `[low..high]`.
    fn list(&mut self, offset: usize) -> Result<Deep, Wrong> {
        self.advance();
        let filters = std::mem::replace(&mut self.filters, true);
        if self.accept("]") {
            self.filters = filters;
            return self.node(offset, Form::List(Vec::new()), 0);
        }
        let first = self.item()?;
        if self.accept("..") {
            let range = self.range_to(offset, first, End::Included);
            self.filters = filters;
            return range;
        }
        let (mut items, mut depth) = (vec![first.0], first.1);
        if !self.accept("]") {
            self.expect(",")?;
            let (more, more_depth) = self.items("]")?;
            depth = depth.max(more_depth);
            items.extend(more);
        }
        self.filters = filters;
        self.node(offset, Form::List(items), depth)
    }

    /// The rest of a range after `..`.
    fn range_to(&mut self, offset: usize, low: Deep, start: End) -> Result<Deep, Wrong> {
        let filters = std::mem::replace(&mut self.filters, false);
        let high = self.binary(SUM)?;
        self.filters = filters;
        let end = if self.accept("]") {
            End::Included
        } else if self.accept(")") || self.accept("[") {
            End::Excluded
        } else {
            return Err(self.wrong(&format!("`]` or `)` must end the range, not {}", self.found())));
        };
        let depth = low.1.max(high.1);
        self.node(offset, Form::Range(Some(Box::new(low.0)), Some(Box::new(high.0)), (start, end)), depth)
    }

    fn context(&mut self, offset: usize) -> Result<Deep, Wrong> {
        self.advance();
        let filters = std::mem::replace(&mut self.filters, true);
        let known = self.known.len();
        let (mut entries, mut depth): (Vec<(Arc<str>, Node)>, usize) = (Vec::new(), 0);
        while !self.accept("}") {
            if !entries.is_empty() {
                self.expect(",")?;
            }
            let at = self.offset();
            let key = if let Symbol::Text(text) = self.symbol().clone() {
                self.advance();
                text
            } else {
                self.new_name(&[":"])?
            };
            if entries.iter().any(|(other, _)| *other == key) {
                return Err(Wrong { message: format!("the entry `{key}` is there twice"), offset: at });
            }
            self.expect(":")?;
            let (value, value_depth) = self.expression()?;
            depth = depth.max(value_depth);
            entries.push((key, value));
        }
        self.known.truncate(known);
        self.filters = filters;
        self.node(offset, Form::Context(entries), depth)
    }

    /// `function(a, b: number) body`.
    fn function(&mut self, offset: usize) -> Result<Deep, Wrong> {
        self.advance();
        self.expect("(")?;
        let known = self.known.len();
        let mut parameters = Vec::new();
        while !self.accept(")") {
            if !parameters.is_empty() {
                self.expect(",")?;
            }
            parameters.push(self.new_name(&[":", ",", ")"])?);
            if self.accept(":") {
                self.type_name()?;
            }
        }
        if self.word() == Some("external") {
            let message = "functions outside of FEEL cannot be called; make it a plugin handler";
            return Err(self.wrong(message));
        }
        let (body, depth) = self.expression()?;
        self.known.truncate(known);
        self.node(offset, Form::Function(Arc::new(Function { parameters, body })), depth)
    }

    /// A name that is defined here: all up to one of these ends, which may be a mark or a word.
    fn new_name(&mut self, ends: &[&str]) -> Result<Arc<str>, Wrong> {
        let mut parts: Vec<String> = Vec::new();
        loop {
            let part = match self.symbol() {
                Symbol::End => break,
                Symbol::Mark(mark) if ends.contains(mark) => break,
                Symbol::Word(word) if ends.contains(&&**word) && !parts.is_empty() => break,
                Symbol::Mark(mark) if ["+", "-", "*", "/", ".", "'"].contains(mark) => (*mark).to_owned(),
                Symbol::Word(word) => word.to_string(),
                Symbol::Number(number) => number.to_string(),
                Symbol::Mark(_) | Symbol::Text(_) => {
                    return Err(self.wrong(&format!("a name is expected here, not {}", self.found())));
                }
            };
            parts.push(part);
            self.advance();
        }
        if parts.is_empty() {
            return Err(self.wrong(&format!("a name is expected here, not {}", self.found())));
        }
        let name = joined(&parts);
        let plain = parts
            .iter()
            .all(|part| part.starts_with(char::is_alphabetic) && !KEYWORDS.contains(&part.as_str()));
        if !plain {
            self.known.push(parts);
        }
        Ok(name)
    }

    /// A name that is used here.
    fn name(&mut self) -> Option<Arc<str>> {
        let built_in = BUILT_IN.iter().map(|name| name.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let built_in = built_in.filter(|parts| self.follows(parts)).max_by_key(Vec::len);
        let known =
            self.known.iter().rev().filter(|parts| self.follows(parts)).max_by_key(|parts| parts.len());
        if let Some(parts) = known.cloned().or(built_in) {
            self.next = self.next.saturating_add(parts.len());
            return Some(joined(&parts));
        }
        self.words()
    }

    fn follows(&self, parts: &[String]) -> bool {
        parts.iter().enumerate().all(|(index, part)| {
            let token = self.tokens.get(self.next.saturating_add(index));
            token.is_some_and(|token| match &token.symbol {
                Symbol::Word(word) => **word == **part,
                Symbol::Mark(mark) => *mark == part,
                Symbol::Number(number) => number.to_string() == *part,
                Symbol::Text(_) | Symbol::End => false,
            })
        })
    }

    /// Words side by side, up to a keyword. Whole numbers may follow the first word.
    fn words(&mut self) -> Option<Arc<str>> {
        let mut parts = Vec::new();
        loop {
            let part = match self.symbol() {
                Symbol::Word(word) if !KEYWORDS.contains(&&**word) => word.to_string(),
                Symbol::Number(number) if !parts.is_empty() && number.is_integer() => number.to_string(),
                Symbol::Word(_) | Symbol::Number(_) | Symbol::Mark(_) | Symbol::Text(_) | Symbol::End => {
                    break;
                }
            };
            parts.push(part);
            self.advance();
        }
        (!parts.is_empty()).then(|| joined(&parts))
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.symbol() {
            Symbol::Word(word) if &**word == "or" => Operator::Or,
            Symbol::Word(word) if &**word == "and" => Operator::And,
            Symbol::Mark("=") => Operator::Equal,
            Symbol::Mark("!=") => Operator::NotEqual,
            Symbol::Mark("<") => Operator::Less,
            Symbol::Mark("<=") => Operator::LessOrEqual,
            Symbol::Mark(">") => Operator::Greater,
            Symbol::Mark(">=") => Operator::GreaterOrEqual,
            Symbol::Mark("+") => Operator::Add,
            Symbol::Mark("-") => Operator::Subtract,
            Symbol::Mark("*") => Operator::Multiply,
            Symbol::Mark("/") => Operator::Divide,
            Symbol::Mark("**") => Operator::Power,
            Symbol::Mark(_) | Symbol::Word(_) | Symbol::Number(_) | Symbol::Text(_) | Symbol::End => {
                return None;
            }
        })
    }

    fn node(&self, offset: usize, form: Form, depth_below: usize) -> Result<Deep, Wrong> {
        let depth = depth_below.saturating_add(1);
        if depth > EXPRESSION_DEPTH_MAX {
            return Err(self.wrong(TOO_DEEP));
        }
        Ok((Node { offset, form }, depth))
    }

    fn token(&self) -> &Token {
        self.tokens
            .get(self.next)
            .or_else(|| self.tokens.last())
            .expect("the end is a token and is never passed")
    }

    fn symbol(&self) -> &Symbol {
        &self.token().symbol
    }

    fn offset(&self) -> usize {
        self.token().offset
    }

    fn word(&self) -> Option<&str> {
        match self.symbol() {
            Symbol::Word(word) => Some(word),
            Symbol::Number(_) | Symbol::Text(_) | Symbol::Mark(_) | Symbol::End => None,
        }
    }

    fn advance(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    fn accept(&mut self, mark: &str) -> bool {
        let accepted = matches!(self.symbol(), Symbol::Mark(found) if *found == mark);
        if accepted {
            self.advance();
        }
        accepted
    }

    fn expect(&mut self, mark: &str) -> Result<(), Wrong> {
        if self.accept(mark) {
            return Ok(());
        }
        Err(self.wrong(&format!("`{mark}` is expected here, not {}", self.found())))
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Wrong> {
        if self.word() == Some(word) {
            self.advance();
            return Ok(());
        }
        Err(self.wrong(&format!("`{word}` is expected here, not {}", self.found())))
    }

    fn found(&self) -> String {
        match self.symbol() {
            Symbol::Word(word) => format!("`{word}`"),
            Symbol::Number(number) => format!("`{number}`"),
            Symbol::Text(_) => "a text".to_owned(),
            Symbol::Mark(mark) => format!("`{mark}`"),
            Symbol::End => "the end".to_owned(),
        }
    }

    fn wrong(&self, message: &str) -> Wrong {
        Wrong { message: message.to_owned(), offset: self.offset() }
    }
}

/// Parts of a name as the name: words have one space between them, marks have none around them.
fn joined(parts: &[String]) -> Arc<str> {
    let mut name = String::new();
    let mut after_word = false;
    for part in parts {
        let is_word =
            part.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '_' | '?' | '$'));
        if after_word && is_word {
            name.push(' ');
        }
        name.push_str(part);
        after_word = is_word;
    }
    name.into()
}

const TOO_DEEP: &str = "the expression is nested too deeply; split it over several variables";
