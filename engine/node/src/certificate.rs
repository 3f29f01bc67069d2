//! X.509 for a site: reading what it is configured with, and a development authority that issues certificates.
//!
//! The authority is for trying Tessera out and for tests: it has no revocation and no register. Real sites bring
//! certificates of their own authority. Issuing returns PEM texts and touches no file but in [`Issued::write`].

use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha512};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::hex;

/// Certificates become valid this long before they are issued, because the clocks of two machines never agree.
const BACKDATING: Duration = Duration::from_hours(1);

/// A certificate chain, leaf first, and the private key of its leaf.
pub struct Credentials {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// A certificate and its private key, as PEM texts.
#[derive(Clone)]
pub struct Issued {
    pub certificate_pem: String,
    pub key_pem: String,
}

/// From when until when a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub subject: String,
    pub issuer: String,
    pub validity: Validity,
    /// DNS names and IP addresses that it is valid for.
    pub hosts: Vec<String>,
    pub is_authority: bool,
    /// What allow lists know its owner by.
    pub thumbprint: String,
}

/// Why a certificate or key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} is not PEM: {detail}", path.display())]
    Malformed { path: PathBuf, detail: String },
    #[error("{} holds no certificate; it must have a block `-----BEGIN CERTIFICATE-----`", path.display())]
    NoCertificate { path: PathBuf },
    #[error("{} holds no private key; it must have a block `-----BEGIN PRIVATE KEY-----`, not encrypted", path.display())]
    NoKey { path: PathBuf },
    #[error(
        "the private key is of a kind that TLS here does not use: {detail}; choose P-256, P-384, Ed25519 or RSA"
    )]
    UnusableKey { detail: String },
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    #[error("not a certificate: {detail}")]
    NotX509 { detail: String },
    #[error("cannot issue a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    #[error("{} exists already; choose another folder or name, or remove it", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}: {source}", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

impl Credentials {
    /// Refuses a key that belongs to another certificate.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, CertificateError> {
        let signer = any_supported_type(&key)
            .map_err(|error| CertificateError::UnusableKey { detail: error.to_string() })?;
        match CertifiedKey::new(chain.clone(), signer).keys_match() {
            // A signer that cannot tell its public key is no reason to refuse it.
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
                Ok(Self { chain, key })
            }
            Err(rustls::Error::InconsistentKeys(_)) => Err(CertificateError::KeyMismatch),
            Err(error) => Err(CertificateError::NotX509 { detail: error.to_string() }),
        }
    }

    pub fn read(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        Self::new(read_certificates(certificate)?, read_key(key)?)
    }

    /// Leaf first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    pub fn key(&self) -> &PrivateKeyDer<'static> {
        &self.key
    }

    /// What allow lists know this site by.
    pub fn thumbprint(&self) -> String {
        self.chain.first().map(|leaf| thumbprint(leaf)).expect("keys_match refuses an empty chain")
    }
}

impl Clone for Credentials {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

/// Keys never reach a log.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("thumbprint", &self.thumbprint()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("certificate_pem", &self.certificate_pem).finish_non_exhaustive()
    }
}

/// All certificates of a PEM file, in order; at least one.
pub fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let content = read(path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&content).collect();
    let certificates = certificates.map_err(|error| malformed(path, &error))?;
    if certificates.is_empty() {
        Err(CertificateError::NoCertificate { path: path.to_owned() })
    } else {
        Ok(certificates)
    }
}

/// The first private key of a PEM file.
pub fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, CertificateError> {
    let content = read(path)?;
    PrivateKeyDer::from_pem_slice(&content).map_err(|error| {
        if matches!(error, rustls::pki_types::pem::Error::NoItemsFound) {
            CertificateError::NoKey { path: path.to_owned() }
        } else {
            malformed(path, &error)
        }
    })
}

/// SHA-512 of the DER form, in lowercase hex: the identity of an organisation in allow lists.
pub fn thumbprint(certificate: &CertificateDer<'_>) -> String {
    hex::lowercase(&Sha512::digest(certificate.as_ref()))
}

/// A new self-signed authority.
pub fn authority(name: &str, validity: Validity) -> Result<Issued, CertificateError> {
    let mut params = subject(name, validity)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = new_key()?;
    let certificate = params.self_signed(&key)?;
    Ok(Issued { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

/// A new certificate for a site, to present both as a server (under `hosts`: DNS names or IP addresses) and as a client.
pub fn issue(
    authority: &Issued,
    name: &str,
    hosts: &[String],
    validity: Validity,
) -> Result<Issued, CertificateError> {
    let issuer =
        Issuer::from_ca_cert_pem(&authority.certificate_pem, KeyPair::from_pem(&authority.key_pem)?)?;
    let mut params = subject(name, validity)?;
    params.subject_alt_names = CertificateParams::new(hosts)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let key = new_key()?;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Issued { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

/// Reads what a certificate says; it is not verified against anything.
pub fn describe(certificate: &CertificateDer<'_>) -> Result<Description, CertificateError> {
    let not_x509 = |detail: String| CertificateError::NotX509 { detail };
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|error| not_x509(error.to_string()))?;
    let alternative_names = parsed.subject_alternative_name().map_err(|error| not_x509(error.to_string()))?;
    let names =
        alternative_names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    let instant = |seconds| Timestamp::from_second(seconds).map_err(|error| not_x509(error.to_string()));
    Ok(Description {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        validity: Validity {
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
        },
        hosts: names.iter().filter_map(host).collect(),
        is_authority: parsed.is_ca(),
        thumbprint: thumbprint(certificate),
    })
}

impl Issued {
    /// Writes `<stem>.pem` and, readable by its owner only, `<stem>.key`. Never replaces a file.
    pub fn write(&self, folder: &Path, stem: &str) -> Result<(PathBuf, PathBuf), CertificateError> {
        let (certificate, key) = (folder.join(format!("{stem}.pem")), folder.join(format!("{stem}.key")));
        for path in [&certificate, &key] {
            if path.exists() {
                return Err(CertificateError::Exists { path: path.clone() });
            }
        }
        std::fs::create_dir_all(folder)
            .map_err(|source| CertificateError::Unwritable { path: folder.to_owned(), source })?;
        create(&key, &self.key_pem, 0o600)?;
        create(&certificate, &self.certificate_pem, 0o644)?;
        Ok((certificate, key))
    }

    /// Reads back what [`write`](Self::write) wrote.
    pub fn read(folder: &Path, stem: &str) -> Result<Self, CertificateError> {
        let text = |extension: &str| {
            let path = folder.join(format!("{stem}.{extension}"));
            std::fs::read_to_string(&path).map_err(|source| CertificateError::Unreadable { path, source })
        };
        Ok(Self { certificate_pem: text("pem")?, key_pem: text("key")? })
    }

    /// The same pair, ready for TLS.
    pub fn credentials(&self) -> Result<Credentials, CertificateError> {
        let issued = Path::new("issued certificate");
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes()).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes())
            .map_err(|error| malformed(issued, &error))?;
        Credentials::new(chain.map_err(|error| malformed(issued, &error))?, key)
    }
}

impl Validity {
    /// A bit before `now` until `days` later.
    pub fn days(now: Timestamp, days: u32) -> Self {
        let lifetime = Duration::from_hours(u64::from(days) * 24);
        Self {
            not_before: now.checked_sub(BACKDATING).unwrap_or(Timestamp::MIN),
            not_after: now.checked_add(lifetime).unwrap_or(Timestamp::MAX),
        }
    }
}

fn subject(name: &str, validity: Validity) -> Result<CertificateParams, CertificateError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    // rcgen speaks the time crate's types; an offset from the epoch spares this crate the dependency.
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since_epoch = |instant: Timestamp| Duration::from_secs(instant.as_second().max(0).unsigned_abs());
    params.not_before = epoch + since_epoch(validity.not_before);
    params.not_after = epoch + since_epoch(validity.not_after);
    Ok(params)
}

fn new_key() -> Result<KeyPair, CertificateError> {
    Ok(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?)
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name {
        return Some((*name).to_owned());
    }
    let GeneralName::IPAddress(octets) = name else { return None };
    let v4 = <[u8; 4]>::try_from(*octets).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(*octets).map(IpAddr::from)).ok().map(|address| address.to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    std::fs::read(path).map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })
}

fn malformed(path: &Path, error: &rustls::pki_types::pem::Error) -> CertificateError {
    CertificateError::Malformed { path: path.to_owned(), detail: error.to_string() }
}

fn create(path: &Path, content: &str, mode: u32) -> Result<(), CertificateError> {
    let unwritable = |source| CertificateError::Unwritable { path: path.to_owned(), source };
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(path).map_err(unwritable)?;
    file.write_all(content.as_bytes()).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year_2026() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_issued_certificate_says_what_was_asked_for() {
        let authority = authority("Test CA", Validity::days(year_2026(), 30)).unwrap();
        let hosts = ["hospital-a.example".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let issued = issue(&authority, "hospital-a.example", &hosts, Validity::days(year_2026(), 7)).unwrap();
        let credentials = issued.credentials().unwrap();
        let description = describe(&credentials.chain()[0]).unwrap();
        assert_eq!(description.subject, "CN=hospital-a.example");
        assert_eq!(description.issuer, "CN=Test CA");
        assert_eq!(description.hosts, hosts);
        assert!(!description.is_authority);
        assert_eq!(description.validity.not_before.to_string(), "2026-11-22T09:00:00Z");
        assert_eq!(description.validity.not_after.to_string(), "2026-11-29T10:00:00Z");
        assert_eq!(description.thumbprint, credentials.thumbprint());
        assert_eq!(description.thumbprint.len(), 128);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let validity = Validity::days(year_2026(), 30);
        let authority = authority("Test CA", validity).unwrap();
        let mut issued = issue(&authority, "a", &[], validity).unwrap();
        issued.key_pem = issue(&authority, "b", &[], validity).unwrap().key_pem;
        assert!(matches!(issued.credentials(), Err(CertificateError::KeyMismatch)));
    }

    #[test]
    fn keys_are_written_for_their_owner_only_and_never_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let authority = authority("Test CA", Validity::days(year_2026(), 30)).unwrap();
        let (_, key) = authority.write(folder.path(), "ca").unwrap();
        assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(authority.write(folder.path(), "ca"), Err(CertificateError::Exists { .. })));
        assert_eq!(Issued::read(folder.path(), "ca").unwrap().key_pem, authority.key_pem);
        assert!(!format!("{authority:?}").contains("PRIVATE"));
    }
}
