//! Names on the wire of the Data Sharing Framework: systems, codes and extension urls. Byte for byte; never "improve" one.

/// System of an Organization's identifier.
pub const ORGANIZATION_IDENTIFIER: &str = "http://dsf.dev/sid/organization-identifier";
/// System of an Endpoint's identifier.
pub const ENDPOINT_IDENTIFIER: &str = "http://dsf.dev/sid/endpoint-identifier";
/// System of a practitioner's identifier.
pub const PRACTITIONER_IDENTIFIER: &str = "http://dsf.dev/sid/practitioner-identifier";
/// System reserved for draft Tasks; a requested Task must not carry it.
pub const TASK_IDENTIFIER: &str = "http://dsf.dev/sid/task-identifier";

/// Code system of the message inputs and of the error output.
pub const BPMN_MESSAGE: &str = "http://dsf.dev/fhir/CodeSystem/bpmn-message";
/// Input code: name of the message.
pub const MESSAGE_NAME: &str = "message-name";
/// Input code: business key.
pub const BUSINESS_KEY: &str = "business-key";
/// Input code: correlation key.
pub const CORRELATION_KEY: &str = "correlation-key";
/// Output code: what went wrong.
pub const ERROR: &str = "error";

/// Code system of the read-access tags.
pub const READ_ACCESS_TAG: &str = "http://dsf.dev/fhir/CodeSystem/read-access-tag";
/// Extension of the tag ORGANIZATION.
pub const READ_ACCESS_ORGANIZATION: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-read-access-organization";
/// Extension of the tag ROLE.
pub const READ_ACCESS_PARENT_ORGANIZATION_ROLE: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-read-access-parent-organization-role";

/// Extension of Organization (and Endpoint) with the SHA-512 of a client certificate.
pub const CERTIFICATE_THUMBPRINT: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-certificate-thumbprint";

/// Extension of ActivityDefinition: who may send which message.
pub const PROCESS_AUTHORIZATION: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization";
/// Code system of the codes in that extension.
pub const PROCESS_AUTHORIZATION_CODES: &str = "http://dsf.dev/fhir/CodeSystem/process-authorization";
/// Nested extension: a practitioner role.
pub const AUTHORIZATION_PRACTITIONER: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization-practitioner";
/// Nested extension: an organization.
pub const AUTHORIZATION_ORGANIZATION: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization-organization";
/// Nested extension: an organization and a practitioner role.
pub const AUTHORIZATION_ORGANIZATION_PRACTITIONER: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization-organization-practitioner";
/// Nested extension: a role in a parent organization.
pub const AUTHORIZATION_PARENT_ORGANIZATION_ROLE: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization-parent-organization-role";
/// Nested extension: a role in a parent organization and a practitioner role.
pub const AUTHORIZATION_PARENT_ORGANIZATION_ROLE_PRACTITIONER: &str = "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization-parent-organization-role-practitioner";
/// Sub-extension: parent organization.
pub const PARENT_ORGANIZATION: &str = "parent-organization";
/// Sub-extension: organization.
pub const ORGANIZATION: &str = "organization";
/// Sub-extension: role of an organization.
pub const ORGANIZATION_ROLE: &str = "organization-role";
/// Sub-extension: role of a practitioner.
pub const PRACTITIONER_ROLE: &str = "practitioner-role";

/// Code system of practitioner roles.
pub const PRACTITIONER_ROLE_CODES: &str = "http://dsf.dev/fhir/CodeSystem/practitioner-role";
/// The practitioner role that counts as the local organization.
pub const DSF_ADMIN: &str = "DSF_ADMIN";

/// Modifier extension of NamingSystem.uniqueId: logical references with this system must resolve.
pub const CHECK_LOGICAL_REFERENCE: &str =
    "http://dsf.dev/fhir/StructureDefinition/extension-check-logical-reference";

/// The folder of DSF profiles.
pub const PROFILES: &str = "http://dsf.dev/fhir/StructureDefinition/";

/// Extension of a CapabilityStatement with the address of the WebSocket.
pub const CAPABILITY_WEBSOCKET: &str =
    "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket";

/// Media type of FHIR in JSON.
pub const FHIR_JSON: &str = "application/fhir+json";
/// Media type of FHIR in XML.
pub const FHIR_XML: &str = "application/fhir+xml";
