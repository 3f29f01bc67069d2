//! From places of a text to what a finding shows of it.

use tessera_bpmn::lint::Span;

/// What has a length is shown whole; of an element in XML its name is shown, of a text its first word, of anything else
/// its first character.
pub(crate) fn span(text: &str, start: u32, bytes: u32) -> Span {
    if bytes > 0 {
        return Span::new(start, start.saturating_add(bytes));
    }
    let rest = usize::try_from(start).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let shown = if let Some(name) = rest.strip_prefix('<') {
        let length = name.find(|character: char| character.is_whitespace() || matches!(character, '>' | '/'));
        length.unwrap_or(name.len()).saturating_add(1)
    } else {
        let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        let word = rest.find(|character: char| !is_part(character)).unwrap_or(rest.len());
        word.max(rest.chars().next().map_or(0, char::len_utf8))
    };
    Span::new(start, start.saturating_add(u32::try_from(shown).unwrap_or(0)))
}
