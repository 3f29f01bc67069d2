//! Safe repairs: edits that keep what a model does and leave every other byte of the file as it is. Repairs that touch the
//! same place wait for the next pass.

use tessera_bpmn::lint::{Edit, FileReport, Fix};

/// The text of a file after its repairs, and how many were made; `None` if there is nothing to repair, or the file could not
/// be decoded: writing it back would lose what could not be read.
pub fn fixed(report: &FileReport) -> Option<(String, usize)> {
    if report.text.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let mut fixes: Vec<&Fix> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.retain(|fix| !fix.edits.is_empty());
    fixes.sort_by_key(|fix| fix.edits.iter().map(|edit| edit.span.start).min());
    let mut edits: Vec<&Edit> = Vec::new();
    let mut count = 0_usize;
    for fix in fixes {
        let is_apart = fix.edits.iter().all(|edit| {
            edits.iter().all(|other| {
                edit.span.end < other.span.start
                    || other.span.end < edit.span.start
                    || (edit.span.end == other.span.start || other.span.end == edit.span.start)
                        && edit.span.start != edit.span.end
                        && other.span.start != other.span.end
            })
        });
        if is_apart {
            edits.extend(&fix.edits);
            count = count.saturating_add(1);
        }
    }
    if count == 0 {
        return None;
    }
    edits.sort_by_key(|edit| edit.span);
    let mut text = String::with_capacity(report.text.len());
    let mut written = 0_usize;
    for edit in edits {
        let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        text.push_str(report.text.get(written..at(edit.span.start))?);
        text.push_str(&edit.text);
        written = at(edit.span.end);
    }
    text.push_str(report.text.get(written..)?);
    Some((text, count))
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::{Config, Source, lint_file};

    use super::*;

    const MODEL: &str = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"ä\">\r\n\
        \t<message id=\"m\" name=\"ping\"/>\r\n\t<process id=\"p\"/>\r\n</definitions>\r\n";

    fn report(bytes: &[u8]) -> FileReport {
        lint_file(Source { path: "a.bpmn", bytes }, &Config::default())
    }

    #[test]
    fn every_byte_that_is_not_repaired_stays_in_each_encoding() {
        let expected = MODEL.replace("\t<message id=\"m\" name=\"ping\"/>\r\n", "");
        let utf16 = |text: &str| -> Vec<u8> {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        for encode in [|text: &str| text.as_bytes().to_vec(), utf16] {
            let report = report(&encode(MODEL));
            let (text, count) = fixed(&report).unwrap();
            assert_eq!(count, 1);
            assert_eq!(report.encoding.encode(&text).unwrap(), encode(&expected));
        }
        assert_eq!(fixed(&report(expected.as_bytes())), None);
    }

    #[test]
    fn what_could_not_be_decoded_is_not_written_back() {
        let mut bytes = MODEL.as_bytes().to_vec();
        bytes.insert(MODEL.find("ping").unwrap(), 0xFC);
        let report = report(&bytes);
        assert!(report.findings.iter().any(|finding| finding.fix.is_some()));
        assert_eq!(fixed(&report), None);
    }
}
