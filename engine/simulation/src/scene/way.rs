//! The way of a scene, from text to what the oracle expects. Words are separated by spaces: `a` ends once, `a*2` twice,
//! `a<3` at most three times, `a!` is the end of all iterations. `{ … & … }` is in any order, `( … | … )` one of them,
//! `[element: … | … ]` the one that the conversation chooses at an element, `@3s{ … }` three iterations one after the
//! other (`p`: at once).

use crate::block::{Id, decision};
use crate::oracle::Expected;

/// What is expected of the scene in a conversation.
pub(crate) fn expected(way: &str, id: Id, conversation: &str) -> Expected {
    let text = way.replace('#', &id.to_string());
    let mut words = text.split_whitespace();
    sequence(&mut words, conversation).0
}

/// Up to a word that ends or separates; that word too.
fn sequence<'w>(words: &mut impl Iterator<Item = &'w str>, conversation: &str) -> (Expected, &'w str) {
    let mut all = Vec::new();
    while let Some(word) = words.next() {
        let next = match word {
            "&" | "|" | "}" | ")" | "]" => return (Expected::Sequence(all), word),
            "{" => Expected::Parallel(parts(words, conversation)),
            "(" => {
                let either = |one, other| Expected::Either(Box::new(one), Box::new(other));
                parts(words, conversation)
                    .into_iter()
                    .reduce(either)
                    .unwrap_or(Expected::Sequence(Vec::new()))
            }
            word => {
                if let Some(element) = word.strip_prefix('[') {
                    let element = element.trim_end_matches(':');
                    let mut parts = parts(words, conversation);
                    parts.swap_remove(decision::pick(conversation, element, parts.len()))
                } else if let Some(iterations) = word.strip_prefix('@') {
                    let kind = iterations.trim_end_matches('{');
                    let body = Expected::Sequence(parts(words, conversation));
                    let sequential = kind.ends_with('s');
                    let count = number(kind.trim_end_matches(['s', 'p']));
                    Expected::Iterations { count, sequential, body: Box::new(body) }
                } else {
                    element(word)
                }
            }
        };
        all.push(next);
    }
    (Expected::Sequence(all), "")
}

fn parts<'w>(words: &mut impl Iterator<Item = &'w str>, conversation: &str) -> Vec<Expected> {
    let mut all = Vec::new();
    loop {
        let (part, end) = sequence(words, conversation);
        all.push(part);
        if !matches!(end, "&" | "|") {
            return all;
        }
    }
}

fn element(word: &str) -> Expected {
    if let Some(element) = word.strip_suffix('!') {
        return Expected::Whole(element.to_owned());
    }
    if let Some((element, times)) = word.split_once('*') {
        return Expected::Times(element.to_owned(), number(times));
    }
    if let Some((element, times)) = word.split_once('<') {
        return Expected::AtMost(element.to_owned(), number(times));
    }
    Expected::Once(word.to_owned())
}

fn number(text: &str) -> usize {
    text.parse().expect("a scene counts in digits")
}
