//! What a mailbox refuses for reasons that are not rules of access: a stable code, an HTTP status and a FHIR issue type each.
//! The rules of access have codes of their own, `F10…` and `F11…`, in `tessera-fhir`.

use http::StatusCode;

macro_rules! faults {
    ($($variant:ident = $code:literal, $status:ident, $issue:literal, $meaning:literal;)+) => {
        /// Why a request or a connection was refused. The codes are stable; a number is never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $(#[doc = $meaning] $variant),+
        }

        impl Fault {
            /// All faults, for the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// HTTP status of the answer. What ends a connection without an answer has the one that a client would deserve.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            /// FHIR issue type that the peer sees.
            pub const fn issue(self) -> &'static str {
                match self { $(Self::$variant => $issue),+ }
            }

            /// One sentence: what it means and what to do.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

faults! {
    UnknownUrl = "F1201", NOT_FOUND, "not-found", "The url names nothing of this mailbox, or a resource type that it does not keep.";
    Method = "F1202", METHOD_NOT_ALLOWED, "not-supported", "The url exists, but not with this method.";
    NotAcceptable = "F1203", NOT_ACCEPTABLE, "not-supported", "The Accept header asks for no format that this version writes. Ask for application/fhir+json.";
    MediaType = "F1204", UNSUPPORTED_MEDIA_TYPE, "not-supported", "The body, or the answer that _format asks for, is not in a format of this version. Send application/fhir+json.";
    TooLarge = "F1205", PAYLOAD_TOO_LARGE, "too-long", "The body, or what would be stored for it, is larger than allowed. Send large data by reference.";
    BodyTooSlow = "F1206", REQUEST_TIMEOUT, "timeout", "The body did not arrive in time.";
    BodyCutOff = "F1207", BAD_REQUEST, "incomplete", "The body ended before it was complete, or is not chunked as HTTP wants it.";
    Unreadable = "F1208", FORBIDDEN, "structure", "The body is no resource in strict JSON: syntax, nesting, number of values, a member that is there twice, a control character.";
    Encoded = "F1209", UNSUPPORTED_MEDIA_TYPE, "not-supported", "The body is compressed. Send it as it is.";
    Condition = "F1210", BAD_REQUEST, "processing", "The query that decides about a write is empty, not understood, or restricts nothing.";
    Version = "F1211", PRECONDITION_FAILED, "conflict", "The resource has another version than the request expects. Read it and decide again.";
    MultipleMatches = "F1212", PRECONDITION_FAILED, "multiple-matches", "The query that decides about a write matches several resources.";
    Bundle = "F1213", BAD_REQUEST, "processing", "An entry of the Bundle is malformed, or there are too many.";
    Deleted = "F1214", GONE, "deleted", "The resource was deleted.";
    NotFound = "F1215", NOT_FOUND, "not-found", "There is no such resource, or no such version of it.";
    Query = "F1216", BAD_REQUEST, "processing", "A search with Prefer: handling=strict has a parameter that is not understood.";
    OtherId = "F1217", BAD_REQUEST, "processing", "The id in the url is not the id in the resource.";
    UpdateAsCreate = "F1218", METHOD_NOT_ALLOWED, "processing", "There is nothing to update. Create with POST.";
    OtherType = "F1219", FORBIDDEN, "structure", "The resource has another type than the url says.";
    ConditionalReference = "F1220", FORBIDDEN, "processing", "A conditional reference does not match exactly one resource.";
    Invalid = "F1221", FORBIDDEN, "structure", "The Task does not fit a profile that it claims, or the profile is not installed.";
    BundleType = "F1222", FORBIDDEN, "forbidden", "Only Bundles of type transaction and batch are processed.";
    Unavailable = "F1223", SERVICE_UNAVAILABLE, "exception", "The store takes no writes. The operator has to restart the site; send again then.";
    StoreUnreadable = "F1224", INTERNAL_SERVER_ERROR, "exception", "The store cannot be read. The operator has to look at the disk.";
    Header = "F1225", BAD_REQUEST, "processing", "A header that must be there once is missing or repeated, an upgrade is none, or the url is not well-formed.";
    Subscription = "F1226", NOT_FOUND, "not-found", "There is no such active subscription, its payload is not spoken, or there are too many on one connection.";
    HeadTooLarge = "F1227", REQUEST_HEADER_FIELDS_TOO_LARGE, "too-long", "Url and headers of the request are larger than allowed.";
    NotListed = "F1301", FORBIDDEN, "forbidden", "The client certificate is of a known authority, but its thumbprint is not on the allow list.";
    Malformed = "F1302", BAD_REQUEST, "structure", "What came is not a request in HTTP/1.1, or its head is too large.";
    HeadTooSlow = "F1303", REQUEST_TIMEOUT, "timeout", "The head of a request did not arrive in time.";
    TlsRefused = "F1304", FORBIDDEN, "security", "The TLS handshake failed: no certificate, one of another authority, out of its time, for another use, or no TLS.";
    TlsTooSlow = "F1305", REQUEST_TIMEOUT, "timeout", "The TLS handshake, or the wait for a place behind it, took too long.";
    PushedOut = "F1306", SERVICE_UNAVAILABLE, "throttled", "Too many connections without an accepted certificate; the oldest of the busiest address was closed.";
    TooManyConnections = "F1307", TOO_MANY_REQUESTS, "throttled", "The organization has too many open connections. Reuse them.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_refuse() {
        let codes: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.id()).collect();
        assert_eq!(codes.len(), Fault::ALL.len());
        for fault in Fault::ALL {
            assert!(fault.status().is_client_error() || fault.status().is_server_error(), "{fault:?}");
            assert!(fault.id().len() == 5 && fault.meaning().ends_with('.') && !fault.issue().is_empty());
        }
    }
}
