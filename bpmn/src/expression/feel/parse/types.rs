//! The types that `instance of` and parameters name.

use std::sync::Arc;

use super::super::syntax::{Form, Type};
use super::super::token::Symbol;
use super::{Deep, Parser, Wrong};
use crate::limits::EXPRESSION_DEPTH_MAX;

impl Parser {
    pub(super) fn instance_of(&mut self, value: Deep) -> Result<Deep, Wrong> {
        let offset = self.offset();
        self.advance();
        self.expect_word("of")?;
        let wanted = self.type_name()?;
        self.node(offset, Form::InstanceOf(Box::new(value.0), wanted), value.1)
    }

    pub(super) fn type_name(&mut self) -> Result<Type, Wrong> {
        self.nested = self.nested.saturating_add(1);
        if self.nested > EXPRESSION_DEPTH_MAX {
            return Err(self.wrong(super::TOO_DEEP));
        }
        let offset = self.offset();
        let mut words: Vec<Arc<str>> = Vec::new();
        // `and` is part of three names here, and an operator after all others.
        while let Symbol::Word(word) = self.symbol() {
            let goes_on = match &**word {
                "and" => self.is_part_of_a_name(words.last()),
                "function" => words.is_empty(),
                "or" | "in" | "between" | "then" | "else" | "return" | "satisfies" | "instance" => false,
                _ => true,
            };
            if !goes_on || (words.last().is_some_and(|last| &**last == "date") && &**word != "and") {
                break;
            }
            words.push(Arc::clone(word));
            self.advance();
        }
        let found = match words.join(" ").as_str() {
            "Any" => Type::Any,
            "Null" | "null" => Type::Null,
            "number" => Type::Number,
            "string" => Type::Text,
            "boolean" => Type::Boolean,
            "date" => Type::Date,
            "time" => Type::Time,
            "date and time" => Type::DateAndTime,
            "days and time duration" | "day time duration" => Type::DaysAndTimeDuration,
            "years and months duration" | "year month duration" => Type::YearsAndMonthsDuration,
            "list" => Type::List(Box::new(self.of_type()?)),
            "range" => Type::Range(Box::new(self.of_type()?)),
            "context" => Type::Context(self.entry_types()?),
            "function" => self.function_type()?,
            other => {
                let message = format!(
                    "`{other}` is no type of FEEL; there are number, string, boolean, date, time and others"
                );
                return Err(Wrong { message, offset });
            }
        };
        self.nested = self.nested.saturating_sub(1);
        Ok(found)
    }

    fn is_part_of_a_name(&self, last: Option<&Arc<str>>) -> bool {
        let next = self.tokens.get(self.next.saturating_add(1)).map(|token| &token.symbol);
        let Some(Symbol::Word(next)) = next else { return false };
        matches!(
            (last.map(|last| &**last), &**next),
            (Some("days" | "date"), "time") | (Some("years"), "months")
        )
    }

    /// `<type>`, or any.
    fn of_type(&mut self) -> Result<Type, Wrong> {
        if !self.accept("<") {
            return Ok(Type::Any);
        }
        let inner = self.type_name()?;
        self.expect(">")?;
        Ok(inner)
    }

    fn entry_types(&mut self) -> Result<Vec<(Arc<str>, Type)>, Wrong> {
        let mut entries = Vec::new();
        if !self.accept("<") {
            return Ok(entries);
        }
        loop {
            let name = self.new_name(&[":"])?;
            self.expect(":")?;
            entries.push((name, self.type_name()?));
            if !self.accept(",") {
                self.expect(">")?;
                return Ok(entries);
            }
        }
    }

    fn function_type(&mut self) -> Result<Type, Wrong> {
        if self.accept("<") {
            if !self.accept(">") {
                self.type_name()?;
                while self.accept(",") {
                    self.type_name()?;
                }
                self.expect(">")?;
            }
            self.expect("->")?;
            self.type_name()?;
        }
        Ok(Type::Function)
    }
}
