//! The resources that nearly every decision looks at, kept in memory: members, definitions, subscriptions.
//!
//! A snapshot, replaced as a whole when a commit changed one of them; whoever decides works on one snapshot throughout.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tessera_fhir::access::Context;
use tessera_fhir::definitions::Definitions;
use tessera_fhir::directory::Directory;
use tessera_fhir::{ResourceType, resource};

#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) directory: Directory,
    pub(crate) definitions: Definitions,
    /// By id.
    pub(crate) subscriptions: BTreeMap<String, Arc<Value>>,
}

impl Catalog {
    /// Whether the catalog holds resources of this type.
    pub(crate) const fn keeps(resource_type: ResourceType) -> bool {
        Definitions::keeps(resource_type)
            || matches!(
                resource_type,
                ResourceType::Endpoint
                    | ResourceType::Organization
                    | ResourceType::OrganizationAffiliation
                    | ResourceType::Subscription
            )
    }

    pub(crate) fn put(&mut self, resource: &Value) {
        self.directory.put(resource);
        self.definitions.put(resource);
        if let (Some(ResourceType::Subscription), Some(id)) =
            (resource::resource_type(resource), resource::id(resource))
        {
            self.subscriptions.insert(id.to_owned(), Arc::new(resource.clone()));
        }
    }

    pub(crate) fn remove(&mut self, resource_type: ResourceType, id: &str) {
        self.directory.remove(resource_type, id);
        self.definitions.remove(resource_type, id);
        if resource_type == ResourceType::Subscription {
            self.subscriptions.remove(id);
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context { directory: &self.directory, definitions: &self.definitions }
    }
}
