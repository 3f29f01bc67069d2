//! Whom a message goes to.

pub use crate::bindings::tessera::process::types::Target;

impl Target {
    /// A partner: organization identifier, endpoint identifier, base URL.
    ///
    /// ```
    /// use tessera_plugin_sdk::Target;
    ///
    /// let target = Target::new("ttp.example", "ttp-endpoint", "https://ttp.example/fhir").with_correlation_key("1");
    /// assert_eq!(target.correlation_key.as_deref(), Some("1"));
    /// ```
    pub fn new(
        organization: impl Into<String>,
        endpoint: impl Into<String>,
        address: impl Into<String>,
    ) -> Self {
        Self {
            organization: organization.into(),
            endpoint: endpoint.into(),
            address: address.into(),
            correlation_key: None,
        }
    }

    /// The same partner with a key that its answer will carry.
    #[must_use]
    pub fn with_correlation_key(mut self, key: impl Into<String>) -> Self {
        self.correlation_key = Some(key.into());
        self
    }
}
