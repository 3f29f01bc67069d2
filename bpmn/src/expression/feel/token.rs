//! FEEL text to tokens. Words stay single here: which of them form one name is the parser's business.

use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::parse::Wrong;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Symbol {
    Word(Arc<str>),
    Number(Decimal),
    Text(Arc<str>),
    Mark(&'static str),
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) symbol: Symbol,
    pub(super) offset: usize,
}

/// Longer marks before their prefixes.
const MARKS: [&str; 25] = [
    "**", "<=", ">=", "!=", "..", "->", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=",
    "<", ">", "@", "'", ";",
];

pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Wrong> {
    let mut tokens = Vec::new();
    let mut rest = source;
    loop {
        rest = after_blanks(rest, source)?;
        let offset = source.len().saturating_sub(rest.len());
        let wrong = |message: String| Wrong { message, offset };
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { symbol: Symbol::End, offset });
            return Ok(tokens);
        };
        let starts_fraction =
            || first == '.' && rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit());
        let (symbol, length) = if first == '"' {
            text(rest).map_err(wrong)?
        } else if first == '`' {
            escaped_name(rest).map_err(wrong)?
        } else if first.is_ascii_digit() || starts_fraction() {
            number(rest).map_err(wrong)?
        } else if is_word_start(first) {
            let end = rest.find(|character| !is_word_part(character)).unwrap_or(rest.len());
            let (word, _) = rest.split_at(end);
            (Symbol::Word(word.into()), end)
        } else {
            let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
            let mark = mark.ok_or_else(|| wrong(format!("`{first}` is not allowed in a FEEL expression")))?;
            (Symbol::Mark(mark), mark.len())
        };
        tokens.push(Token { symbol, offset });
        rest = rest.split_at(length).1;
    }
}

/// A name between backticks, in which anything may stand: a dialect of Camunda 8.
fn escaped_name(source: &str) -> Result<(Symbol, usize), String> {
    let closed = source.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let Some((name, _)) = closed.filter(|(name, _)| !name.is_empty()) else {
        return Err("a name in the expression is not closed; add `".to_owned());
    };
    Ok((Symbol::Word(name.into()), name.len().saturating_add(2)))
}

/// What follows white space and comments.
fn after_blanks<'s>(mut rest: &'s str, source: &str) -> Result<&'s str, Wrong> {
    loop {
        rest =
            rest.trim_start_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| rest.split_at(end).1);
        } else if let Some(inside) = rest.strip_prefix("/*") {
            let offset = source.len().saturating_sub(rest.len());
            let unclosed = || Wrong { message: "the comment is not closed; add `*/`".to_owned(), offset };
            rest = inside.split_once("*/").ok_or_else(unclosed)?.1;
        } else {
            return Ok(rest);
        }
    }
}

fn is_word_start(character: char) -> bool {
    character.is_alphabetic()
        || matches!(character, '_' | '?' | '$')
        || (character > '\u{2000}' && !character.is_whitespace() && !character.is_control())
}

fn is_word_part(character: char) -> bool {
    is_word_start(character)
        || character.is_numeric()
        || matches!(character, '\u{b7}' | '\u{300}'..='\u{36f}')
}

fn text(source: &str) -> Result<(Symbol, usize), String> {
    let unclosed = || "a text in the expression is not closed; add \"".to_owned();
    let mut value = String::new();
    let mut characters = source.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((Symbol::Text(value.into()), at.saturating_add(1))),
            '\\' => match characters.next().ok_or_else(unclosed)?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                digits @ ('u' | 'U') => {
                    let count = if digits == 'u' { 4 } else { 6 };
                    let code: String = characters.by_ref().take(count).map(|(_, digit)| digit).collect();
                    push_unit(&mut value, &code, &mut characters)?;
                }
                quoted @ ('"' | '\'' | '\\') => value.push(quoted),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    Err(unclosed())
}

/// `\uD83D\uDCA9` are two halves of one character.
fn push_unit(
    value: &mut String,
    code: &str,
    rest: &mut impl Iterator<Item = (usize, char)>,
) -> Result<(), String> {
    let wrong = || format!("`\\u{code}` is no Unicode character");
    let unit = u32::from_str_radix(code, 16).map_err(|_| wrong())?;
    if !(0xd800..0xdc00).contains(&unit) {
        value.push(char::from_u32(unit).ok_or_else(wrong)?);
        return Ok(());
    }
    let low: String = rest.take(6).map(|(_, digit)| digit).collect();
    let low = low.strip_prefix("\\u").and_then(|low| u16::from_str_radix(low, 16).ok()).ok_or_else(wrong)?;
    let high = u16::try_from(unit).map_err(|_| wrong())?;
    let character = char::decode_utf16([high, low]).next().and_then(Result::ok).ok_or_else(wrong)?;
    value.push(character);
    Ok(())
}

fn number(source: &str) -> Result<(Symbol, usize), String> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let after = |length: usize| source.split_at(length).1;
    let mut length = digits(source);
    // `1..5` is a range, not a number with a fraction.
    if let Some(fraction) = after(length).strip_prefix('.')
        && digits(fraction) > 0
    {
        length = length.saturating_add(1).saturating_add(digits(fraction));
    }
    if let Some(exponent) = after(length).strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits(unsigned) > 0 {
            let sign = exponent.len().saturating_sub(unsigned.len());
            length = length.saturating_add(1).saturating_add(sign).saturating_add(digits(unsigned));
        }
    }
    let (written, _) = source.split_at(length);
    let number = decimal(written).ok_or_else(|| format!("the number {written} has too many digits"))?;
    Ok((Symbol::Number(number), length))
}

/// A number as it is written, rounded to what a decimal can hold; `None` if it is too large or no number.
pub(super) fn decimal(written: &str) -> Option<Decimal> {
    if written.contains(['e', 'E']) {
        return Decimal::from_scientific(written).ok();
    }
    Decimal::from_str(written).ok()
}
