//! Text to syntax tree: tokens first, then operator precedence. Depth is counted for every node that is built, also for
//! chains like `a.b.c` or `a || b || c`, because evaluating and dropping a tree descend it.

use serde_json::{Number, Value};

use super::ParseError;
use super::syntax::{Arithmetic, Form, Node, Operator, Order};
use crate::diagnostic::Position;
use crate::limits::EXPRESSION_DEPTH_MAX;

/// The opening delimiter that a text begins with.
pub(super) fn opening(text: &str) -> Option<&str> {
    (text.starts_with("${") || text.starts_with("#{")).then(|| text.split_at(2).0)
}

/// The byte after the `}` that closes the expression that `text` begins with.
pub(super) fn closing(text: &str, position: Position) -> Result<usize, ParseError> {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if character == '}' => return Ok(at.saturating_add(1)),
            None => {}
        }
    }
    let message = match quote {
        Some(quote) => format!("a text in the expression is not closed; add {quote}"),
        None => "the expression is not closed; add `}`".to_owned(),
    };
    Err(ParseError { message, position })
}

/// Parses one expression with its delimiters and nothing around it.
pub(super) fn delimited(source: &str, position: Position) -> Result<Node, ParseError> {
    let refuse = |message: String| Err(ParseError { message, position });
    if source.is_empty() {
        return refuse("the expression is empty; write `${...}`".to_owned());
    }
    if opening(source).is_none() {
        return refuse(format!("`{source}` is not an expression; write `${{...}}`"));
    }
    let end = closing(source, position)?;
    if end != source.len() {
        return refuse("there is text after the expression; write one `${...}` and nothing else".to_owned());
    }
    let inner = source.get(2..end.saturating_sub(1)).unwrap_or_default();
    let parsed = tokens(inner).and_then(|tokens| Parser { tokens, next: 0, nested: 0 }.all());
    parsed.map_err(|wrong| {
        let before = source.get(..wrong.offset).unwrap_or(source);
        ParseError { message: wrong.message, position: position.after(before) }
    })
}

/// What is wrong, and at which byte of the source.
struct Wrong {
    message: String,
    offset: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Symbol {
    Name(String),
    Literal(Value),
    Mark(&'static str),
    End,
}

struct Token {
    symbol: Symbol,
    offset: usize,
}

/// Longer marks before their prefixes.
const MARKS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]",
    ".", ",", "{", "=",
];

/// Offsets count from the delimiter, which is two bytes long.
fn tokens(inner: &str) -> Result<Vec<Token>, Wrong> {
    let mut tokens = Vec::new();
    let mut rest = inner;
    loop {
        rest = rest.trim_start();
        let offset = inner.len().saturating_sub(rest.len()).saturating_add(2);
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { symbol: Symbol::End, offset });
            return Ok(tokens);
        };
        let (symbol, length) = match first {
            '\'' | '"' => quoted(rest, first)
                .ok_or_else(|| Wrong { message: "the text is not closed".to_owned(), offset })?,
            '0'..='9' => number(rest).map_err(|message| Wrong { message, offset })?,
            _ if first.is_alphabetic() || matches!(first, '_' | '$') => name(rest),
            _ => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
                let Some(mark) = mark else {
                    return Err(Wrong {
                        message: format!("`{first}` is not allowed in an expression"),
                        offset,
                    });
                };
                (Symbol::Mark(mark), mark.len())
            }
        };
        tokens.push(Token { symbol, offset });
        rest = rest.split_at(length).1;
    }
}

fn quoted(text: &str, quote: char) -> Option<(Symbol, usize)> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if escaped {
            value.push(character);
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return Some((Symbol::Literal(Value::String(value)), at.saturating_add(1)));
        } else {
            value.push(character);
        }
    }
    None
}

fn number(text: &str) -> Result<(Symbol, usize), String> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(text);
    let mut whole = true;
    let after = |length: usize| text.split_at(length).1;
    if let Some(fraction) = after(length).strip_prefix('.')
        && digits(fraction) > 0
    {
        whole = false;
        length = length.saturating_add(1).saturating_add(digits(fraction));
    }
    if let Some(exponent) = after(length).strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits(unsigned) > 0 {
            whole = false;
            let sign = exponent.len().saturating_sub(unsigned.len());
            length = length.saturating_add(1).saturating_add(sign).saturating_add(digits(unsigned));
        }
    }
    let (written, rest) = text.split_at(length);
    if rest.chars().next().is_some_and(|next| next.is_alphabetic() || next == '_') {
        return Err(format!("`{written}` runs into a name; put an operator or a space between them"));
    }
    let number = if whole {
        written.parse::<i64>().ok().map(Number::from)
    } else {
        written.parse::<f64>().ok().and_then(Number::from_f64)
    };
    let number = number.ok_or_else(|| format!("the number {written} is too large"))?;
    Ok((Symbol::Literal(Value::Number(number)), length))
}

/// A name, or one of the words that are operators or literals.
fn name(text: &str) -> (Symbol, usize) {
    let end = text.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '$')));
    let (word, _) = text.split_at(end.unwrap_or(text.len()));
    let symbol = match word {
        "and" => Symbol::Mark("&&"),
        "or" => Symbol::Mark("||"),
        "not" => Symbol::Mark("!"),
        "eq" => Symbol::Mark("=="),
        "ne" => Symbol::Mark("!="),
        "lt" => Symbol::Mark("<"),
        "le" => Symbol::Mark("<="),
        "gt" => Symbol::Mark(">"),
        "ge" => Symbol::Mark(">="),
        "div" => Symbol::Mark("/"),
        "mod" => Symbol::Mark("%"),
        "empty" => Symbol::Mark("empty"),
        "true" => Symbol::Literal(Value::Bool(true)),
        "false" => Symbol::Literal(Value::Bool(false)),
        "null" => Symbol::Literal(Value::Null),
        _ => Symbol::Name(word.to_owned()),
    };
    (symbol, word.len())
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    nested: usize,
}

/// A node and how deep it is.
type Deep = (Node, usize);

impl Parser {
    fn all(mut self) -> Result<Node, Wrong> {
        let (node, _) = self.choice()?;
        match self.symbol() {
            Symbol::End => Ok(node),
            Symbol::Mark("=") => Err(self.wrong("`=` does not compare; write `==`")),
            Symbol::Name(_) | Symbol::Literal(_) | Symbol::Mark(_) => {
                Err(self.wrong(&format!("{} is not expected here; is an operator missing?", self.found())))
            }
        }
    }

    /// `condition ? then : otherwise`, or anything that binds stronger.
    fn choice(&mut self) -> Result<Deep, Wrong> {
        self.nested = self.nested.saturating_add(1);
        if self.nested > EXPRESSION_DEPTH_MAX {
            return Err(self.wrong(TOO_DEEP));
        }
        let condition = self.binary(1)?;
        let offset = self.offset();
        let result = if self.accept("?") {
            let then = self.choice()?;
            self.expect(":")?;
            let otherwise = self.choice()?;
            let depth = condition.1.max(then.1).max(otherwise.1);
            let form = Form::Choice(Box::new(condition.0), Box::new(then.0), Box::new(otherwise.0));
            self.node(offset, form, depth)
        } else {
            Ok(condition)
        };
        self.nested = self.nested.saturating_sub(1);
        result
    }

    fn binary(&mut self, weakest: u8) -> Result<Deep, Wrong> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator().filter(|operator| operator.strength() >= weakest) {
            let offset = self.offset();
            self.advance();
            let right = self.binary(operator.strength().saturating_add(1))?;
            let depth = left.1.max(right.1);
            left = self.node(offset, Form::Binary(operator, Box::new(left.0), Box::new(right.0)), depth)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Deep, Wrong> {
        let mut prefixes = Vec::new();
        loop {
            let offset = self.offset();
            let wrap: fn(Box<Node>) -> Form = match self.symbol() {
                Symbol::Mark("!") => Form::Not,
                Symbol::Mark("-") => Form::Negate,
                Symbol::Mark("empty") => Form::Empty,
                Symbol::Name(_) | Symbol::Literal(_) | Symbol::Mark(_) | Symbol::End => break,
            };
            self.advance();
            prefixes.push((offset, wrap));
        }
        let mut operand = self.path()?;
        for (offset, wrap) in prefixes.into_iter().rev() {
            operand = self.node(offset, wrap(Box::new(operand.0)), operand.1)?;
        }
        Ok(operand)
    }

    /// A value followed by `.property`, `.method(...)` and `[index]`.
    fn path(&mut self) -> Result<Deep, Wrong> {
        let mut value = self.value()?;
        loop {
            let offset = self.offset();
            if self.accept(".") {
                let offset = self.offset();
                let name = self.property()?;
                value = if self.accept("(") {
                    let (arguments, depth) = self.arguments()?;
                    self.node(offset, Form::Call(Box::new(value.0), name, arguments), depth.max(value.1))?
                } else {
                    self.node(offset, Form::Property(Box::new(value.0), name), value.1)?
                };
            } else if self.accept("[") {
                let index = self.choice()?;
                self.expect("]")?;
                let depth = value.1.max(index.1);
                value = self.node(offset, Form::Index(Box::new(value.0), Box::new(index.0)), depth)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn property(&mut self) -> Result<String, Wrong> {
        let Symbol::Name(name) = self.symbol() else {
            return Err(self.wrong(&format!("a property name must follow the dot, not {}", self.found())));
        };
        let name = name.clone();
        self.advance();
        Ok(name)
    }

    fn arguments(&mut self) -> Result<(Vec<Node>, usize), Wrong> {
        let mut arguments = Vec::new();
        let mut depth = 0;
        if self.accept(")") {
            return Ok((arguments, depth));
        }
        loop {
            let (argument, argument_depth) = self.choice()?;
            depth = depth.max(argument_depth);
            arguments.push(argument);
            if self.accept(")") {
                return Ok((arguments, depth));
            }
            self.expect(",")?;
        }
    }

    fn value(&mut self) -> Result<Deep, Wrong> {
        let offset = self.offset();
        let form = match self.symbol().clone() {
            Symbol::Literal(value) => Form::Literal(value),
            Symbol::Name(name) if name == "execution" => Form::Execution,
            // To a task listener, the task is what knows the variables.
            Symbol::Name(name) if name == "task" && self.asks_for_variables() => Form::Execution,
            Symbol::Name(name) => Form::Variable(name),
            Symbol::Mark("(") => {
                self.advance();
                let inner = self.choice()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Symbol::End => return Err(self.wrong("the expression ends where a value is expected")),
            Symbol::Mark(_) => {
                return Err(self.wrong(&format!("a value is expected here, not {}", self.found())));
            }
        };
        self.advance();
        if matches!(form, Form::Variable(_)) && self.calls_function() {
            let message = super::NO_FUNCTIONS;
            return Err(Wrong { message: message.to_owned(), offset });
        }
        self.node(offset, form, 0)
    }

    /// Whether arguments follow a name, or follow what a prefix is before: `f(x)`, `fn:f(x)`.
    fn calls_function(&self) -> bool {
        let symbol =
            |ahead: usize| self.tokens.get(self.next.saturating_add(ahead)).map(|token| &token.symbol);
        match symbol(0) {
            Some(Symbol::Mark(":")) => {
                // A function may be called as an operator is: `vars:eq(x, 1)`.
                let is_name = match symbol(1) {
                    Some(Symbol::Name(_)) => true,
                    Some(Symbol::Mark(mark)) => ["==", "!=", "<", ">", "<=", ">=", "&&", "||"].contains(mark),
                    Some(Symbol::Literal(_) | Symbol::End) | None => false,
                };
                is_name && matches!(symbol(2), Some(Symbol::Mark("(")))
            }
            found => matches!(found, Some(Symbol::Mark("("))),
        }
    }

    /// Whether what follows a name is a call that only `execution` answers.
    fn asks_for_variables(&self) -> bool {
        const CALLS: [&str; 8] = [
            "getVariable",
            "getVariableLocal",
            "hasVariable",
            "hasVariableLocal",
            "setVariable",
            "setVariableLocal",
            "removeVariable",
            "removeVariableLocal",
        ];
        let ahead = |by: usize| self.tokens.get(self.next.saturating_add(by)).map(|token| &token.symbol);
        matches!(ahead(1), Some(Symbol::Mark(".")))
            && matches!(ahead(2), Some(Symbol::Name(name)) if CALLS.contains(&name.as_str()))
            && matches!(ahead(3), Some(Symbol::Mark("(")))
    }

    fn operator(&self) -> Option<Operator> {
        let Symbol::Mark(mark) = self.symbol() else { return None };
        Some(match *mark {
            "||" => Operator::Or,
            "&&" => Operator::And,
            "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<" => Operator::Order(Order::Less),
            "<=" => Operator::Order(Order::LessOrEqual),
            ">" => Operator::Order(Order::Greater),
            ">=" => Operator::Order(Order::GreaterOrEqual),
            "+" => Operator::Arithmetic(Arithmetic::Add),
            "-" => Operator::Arithmetic(Arithmetic::Subtract),
            "*" => Operator::Arithmetic(Arithmetic::Multiply),
            "/" => Operator::Arithmetic(Arithmetic::Divide),
            "%" => Operator::Arithmetic(Arithmetic::Remainder),
            _ => return None,
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

    fn found(&self) -> String {
        match self.symbol() {
            Symbol::Name(name) => format!("`{name}`"),
            Symbol::Literal(value) => format!("`{value}`"),
            Symbol::Mark(mark) => format!("`{mark}`"),
            Symbol::End => "the end".to_owned(),
        }
    }

    fn wrong(&self, message: &str) -> Wrong {
        Wrong { message: message.to_owned(), offset: self.offset() }
    }
}

const TOO_DEEP: &str = "the expression is nested too deeply; split it over several variables";
