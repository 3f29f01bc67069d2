//! Search: one pass finds what matches and may be seen, keeping ids and sort keys only; then one page is read.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::access::{self, Identity, Operation, tags};
use tessera_fhir::bundle::{self, Mode};
use tessera_fhir::search::{Handling, Query, SortKey, problems_text, refers_to};
use tessera_fhir::{outcome, resource};

use super::Reading;
use crate::answer::{Answer, Rejection};
use crate::fault::Fault;
use crate::limits::INCLUDES_MAX;

pub(crate) fn search(
    reading: &Reading<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    text: &str,
    handling: Handling,
) -> Result<Answer, Rejection> {
    access::permit(identity, Operation::Search, resource_type)
        .map_err(|refusal| Answer::refusal(&refusal))?;
    let query = Query::parse(resource_type, text, &reading.settings.time_zone);
    if handling == Handling::Strict && !query.problems().is_empty() {
        return Err(Answer::fault(Fault::Query, problems_text(query.problems())));
    }
    let found = matches(reading, identity, &query)?;
    Ok(Answer::ok(page(reading, identity, &query, &found)?))
}

/// Ids of all visible matches, sorted.
fn matches(reading: &Reading<'_>, identity: &Identity, query: &Query) -> Result<Vec<String>, Rejection> {
    let directory = &reading.catalog.directory;
    let mut found: Vec<(Vec<SortKey>, String)> = Vec::new();
    reading.view.candidates(query, &mut |resource| {
        if query.matches(&resource, directory) && tags::visible(identity, &resource, directory) {
            let id = resource::id(&resource).unwrap_or_default().to_owned();
            found.push((query.sort_keys(&resource), id));
        }
        ControlFlow::Continue(())
    })?;
    // Stable: without _sort the order of the index stays, so that pages do not overlap.
    found.sort_by(|left, right| query.order(&left.0, &right.0));
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

fn page(
    reading: &Reading<'_>,
    identity: &Identity,
    query: &Query,
    found: &[String],
) -> Result<Value, Rejection> {
    let base = &reading.settings.base_url;
    let directory = &reading.catalog.directory;
    let (page, count) = (query.page(), query.count());
    let pages = u32::try_from(found.len().div_ceil(count.max(1) as usize)).unwrap_or(u32::MAX);
    let counts_only = query.is_count_only() || page > pages;
    let mut links = Vec::new();
    let link = |page: u32, count: u32| format!("{base}/{}", query.url(page, count));
    let mut entries = Vec::new();
    if counts_only {
        links.push(("self", link(1, 0)));
    } else {
        links.push(("self", link(page, count)));
        links.push(("first", link(1, count)));
        if page > 1 {
            links.push(("previous", link(page - 1, count)));
        }
        if page < pages {
            links.push(("next", link(page + 1, count)));
        }
        links.push(("last", link(pages, count)));
        let mut included = BTreeSet::new();
        let mut shown = BTreeSet::new();
        for id in found.iter().skip((page as usize - 1) * count as usize).take(count as usize) {
            let Some(mut resource) = reading.view.current(query.resource_type(), id)? else { continue };
            shown.insert((query.resource_type(), id.clone()));
            included.extend(query.included_by(&resource, directory));
            resource::clean_references(&mut resource);
            entries.push(bundle::searchset_entry(base, Mode::Match, resource));
        }
        reverse_included(reading, query, &shown, &mut included)?;
        for (resource_type, id) in included.difference(&shown).take(INCLUDES_MAX) {
            let Some(mut resource) = reading.view.current(*resource_type, id)? else { continue };
            if tags::visible(identity, &resource, directory) {
                resource::clean_references(&mut resource);
                entries.push(bundle::searchset_entry(base, Mode::Include, resource));
            }
        }
    }
    if !query.problems().is_empty() {
        let text = problems_text(query.problems());
        entries.push(bundle::searchset_entry(base, Mode::Outcome, outcome::warning("processing", text)));
    }
    let timestamp = resource::instant(reading.settings.clock.now());
    Ok(bundle::bundle("searchset", &links, Some(found.len()), &timestamp, entries))
}

fn reverse_included(
    reading: &Reading<'_>,
    query: &Query,
    shown: &BTreeSet<(ResourceType, String)>,
    included: &mut BTreeSet<(ResourceType, String)>,
) -> Result<(), Rejection> {
    for row in query.reverse_includes() {
        let all = Query::parse(row.source, "", &reading.settings.time_zone);
        reading.view.candidates(&all, &mut |resource| {
            let refers = shown.iter().any(|(resource_type, id)| {
                refers_to(row, &resource, (*resource_type, id), &reading.catalog.directory)
            });
            if refers {
                included.insert((row.source, resource::id(&resource).unwrap_or_default().to_owned()));
            }
            if included.len() < INCLUDES_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    Ok(())
}
