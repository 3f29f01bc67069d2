//! Reading FHIR resources, from this site's own mailbox unless said otherwise.

use serde::de::DeserializeOwned;

#[cfg(target_arch = "wasm32")]
use crate::host::Host;
use crate::host::{HostRef, SearchParam, SearchRequest, Server, VersionRef};
use crate::{Context, Error, Result};

/// Entries a search collects unless told otherwise.
const ENTRIES_MAX: u32 = 1_000;

/// A FHIR server, from [`Context::fhir`].
#[derive(Clone)]
pub struct Fhir<'a> {
    host: HostRef<'a>,
    server: Server,
}

impl<'a> Context<'a> {
    /// This site's own mailbox.
    ///
    /// ```
    /// # fn handler(ctx: &tessera_plugin_sdk::Context<'_>) -> tessera_plugin_sdk::Outcome {
    /// let endpoints: Vec<serde_json::Value> = ctx.fhir().search("Endpoint").param("status", "active").all()?;
    /// # Ok(()) }
    /// ```
    pub fn fhir(&self) -> Fhir<'a> {
        Fhir { host: self.host, server: Server::Local }
    }

    /// Another server; the site decides whether the plugin may speak to it.
    pub fn fhir_at(&self, server: Server) -> Fhir<'a> {
        Fhir { host: self.host, server }
    }
}

impl<'a> Fhir<'a> {
    /// Base URL, for absolute references.
    pub fn base_url(&self) -> Result<String> {
        Ok(self.host.fhir_base_url(&self.server)?)
    }

    /// Reads one resource by type and id.
    pub fn read<T: DeserializeOwned>(&self, resource_type: &str, id: &str) -> Result<T> {
        let reference =
            VersionRef { resource_type: resource_type.to_owned(), id: id.to_owned(), version: None };
        let resource = self.host.fhir_read(&self.server, &reference)?;
        Ok(serde_json::from_str(&resource.json)?)
    }

    /// Starts a search.
    pub fn search(&self, resource_type: &str) -> Search<'a> {
        Search {
            fhir: self.clone(),
            request: SearchRequest {
                resource_type: resource_type.to_owned(),
                params: Vec::new(),
                strict: true,
                max_entries: ENTRIES_MAX,
            },
        }
    }

    /// Starts a search from a query such as `Endpoint?status=active&identifier=http://dsf.dev/sid/endpoint-identifier|`.
    pub fn search_query(&self, query: &str) -> Result<Search<'a>> {
        let (resource_type, parameters) = query.split_once('?').unwrap_or((query, ""));
        if resource_type.is_empty() || !resource_type.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Error::new(format!(
                "'{query}' is not a search query: it must start with a resource type"
            ))
            .never_retry());
        }
        let mut search = self.search(resource_type);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, values) = parameter.split_once('=').unwrap_or((parameter, ""));
            let values = values.split(',').map(percent_decode).collect::<Result<_>>()?;
            search.request.params.push(SearchParam { name: percent_decode(name)?, values });
        }
        Ok(search)
    }
}

/// A search being built.
#[derive(Clone)]
pub struct Search<'a> {
    fhir: Fhir<'a>,
    request: SearchRequest,
}

impl Search<'_> {
    /// Narrows the search.
    #[must_use]
    pub fn param(self, name: &str, value: &str) -> Self {
        self.any_of(name, &[value])
    }

    /// Narrows the search to one of several values.
    #[must_use]
    pub fn any_of(mut self, name: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.request.params.push(SearchParam { name: name.to_owned(), values });
        self
    }

    /// Stops after this many entries.
    #[must_use]
    pub fn at_most(mut self, entries: u32) -> Self {
        self.request.max_entries = entries;
        self
    }

    /// All matches, then included resources. The host follows the pages.
    pub fn all<T: DeserializeOwned>(self) -> Result<Vec<T>> {
        let found = self.fhir.host.fhir_search(&self.fhir.server, &self.request)?;
        Ok(found
            .into_iter()
            .map(|resource| serde_json::from_str(&resource.json))
            .collect::<std::result::Result<_, _>>()?)
    }
}

fn percent_decode(text: &str) -> Result<String> {
    let malformed = || Error::new(format!("'{text}' is not percent-encoded UTF-8")).never_retry();
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()];
                let [Some(high), Some(low)] =
                    digits.map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)))
                else {
                    return Err(malformed());
                };
                u8::try_from(high * 16 + low).map_err(|_| malformed())?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MockHost;

    #[test]
    fn a_query_becomes_parameters() {
        let host = MockHost::new("dic1.example");
        let cases = [
            ("Endpoint", Ok(vec![])),
            ("Endpoint?", Ok(vec![])),
            (
                "Endpoint?status=active,off&name",
                Ok(vec![("status", vec!["active", "off"]), ("name", vec![""])]),
            ),
            ("Endpoint?identifier=http%3A%2F%2Fa|b%2Cc", Ok(vec![("identifier", vec!["http://a|b,c"])])),
            ("?status=active", Err("must start with a resource type")),
            ("https://elsewhere.example/Endpoint", Err("must start with a resource type")),
            ("Endpoint?name=%f", Err("not percent-encoded UTF-8")),
            ("Endpoint?name=%ff", Err("not percent-encoded UTF-8")),
        ];
        for (query, expected) in cases {
            let found = Context::new(&host).fhir().search_query(query).map(|search| search.request.params);
            match (found, expected) {
                (Ok(params), Ok(expected)) => {
                    let params: Vec<_> = params
                        .iter()
                        .map(|param| (param.name.as_str(), param.values.iter().map(String::as_str).collect()))
                        .collect();
                    assert_eq!(params, expected, "{query}");
                }
                (Err(error), Err(part)) => {
                    assert!(
                        error.message().contains(part) && !error.may_retry(),
                        "{query}: {}",
                        error.message()
                    );
                }
                (found, _) => panic!("{query}: {found:?}"),
            }
        }
    }
}
