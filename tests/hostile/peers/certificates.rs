//! Who calls: certificates as they should be, and in every way in which they should not.

use std::collections::BTreeMap;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey};

use super::site::{INACTIVE, LOCAL, OTHER, PEER};

/// Issued once with `openssl`: a leaf with an RSA key of 1024 bits, and the authority that signed it.
const WEAK_LEAF: &[u8] = include_bytes!("weak/leaf.der");
const WEAK_AUTHORITY: &[u8] = include_bytes!("weak/authority.der");

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Local,
    Peer,
    Other,
    /// On the list, but not active.
    Inactive,
    /// Of the right authority, with the name of the peer, but not the certificate that is listed.
    Unlisted,
    Nobody,
    SelfSigned,
    /// An authority that only has the name of the right one.
    Impostor,
    Expired,
    NotYetValid,
    ServerOnly,
    /// The certificate of the peer with the key of somebody else.
    Stolen,
    LongChain,
    WeakKey,
    /// The certificate of the authority itself.
    Authority,
}

/// What each of them shows.
pub(super) struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
    shown: BTreeMap<Who, Arc<CertifiedKey>>,
    pub(super) server_key: PrivateKeyDer<'static>,
}

impl Certificates {
    pub(super) fn new() -> Self {
        let authority = authority();
        let mut shown = BTreeMap::new();
        let (local, server_key) = issue(&authority, LOCAL, |_| {});
        shown.insert(Who::Local, local);
        let plain =
            [(Who::Peer, PEER), (Who::Other, OTHER), (Who::Inactive, INACTIVE), (Who::Unlisted, PEER)];
        for (who, name) in plain {
            shown.insert(who, issue(&authority, name, |_| {}).0);
        }
        let day = rcgen::date_time_ymd;
        shown.insert(Who::Expired, issue(&authority, PEER, |params| params.not_after = day(2020, 1, 1)).0);
        let future = |params: &mut CertificateParams| params.not_before = day(2999, 1, 1);
        shown.insert(Who::NotYetValid, issue(&authority, PEER, future).0);
        let server = |params: &mut CertificateParams| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        };
        shown.insert(Who::ServerOnly, issue(&authority, PEER, server).0);
        shown.insert(Who::Impostor, issue(&self::authority(), PEER, |_| {}).0);
        let key = KeyPair::generate().unwrap();
        let own = params(PEER).self_signed(&key).unwrap();
        shown.insert(Who::SelfSigned, certified(vec![own.der().clone()], &key));
        let itself = vec![authority.as_ref().der().clone()];
        shown.insert(Who::Authority, certified(itself, authority.key()));
        let listed = shown[&Who::Peer].cert.clone();
        shown.insert(Who::Stolen, certified(listed.clone(), &KeyPair::generate().unwrap()));
        let long = [listed, vec![authority.as_ref().der().clone(); 120]].concat();
        let long = CertifiedKey::new(long, Arc::clone(&shown[&Who::Peer].key));
        shown.insert(Who::LongChain, Arc::new(long));
        let weak = CertifiedKey::new(vec![WEAK_LEAF.into()], Arc::new(WeakKey));
        shown.insert(Who::WeakKey, Arc::new(weak));
        Self { authority, shown, server_key }
    }

    /// Whom servers and clients believe.
    pub(super) fn authorities(&self) -> Vec<CertificateDer<'static>> {
        vec![self.authority.as_ref().der().clone(), WEAK_AUTHORITY.into()]
    }

    pub(super) fn chain(&self, who: Who) -> Vec<CertificateDer<'static>> {
        self.shown.get(&who).map(|shown| shown.cert.clone()).unwrap_or_default()
    }

    pub(super) fn thumbprint(&self, who: Who) -> String {
        self.chain(who).first().map(tessera_mailbox::thumbprint).unwrap_or_default()
    }

    pub(super) fn resolver(&self, who: Who) -> Arc<dyn ResolvesClientCert> {
        Arc::new(Shows(self.shown.get(&who).cloned()))
    }
}

/// Shows the same certificate to everybody, whether it is asked for that or not.
#[derive(Debug)]
struct Shows(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// A key of 1024 bits. No library here signs with one; what matters is that the other side does not even look.
#[derive(Debug)]
struct WeakKey;

impl SigningKey for WeakKey {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(Self))
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        rustls::SignatureAlgorithm::RSA
    }
}

impl Signer for WeakKey {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![1; 128])
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PSS_SHA256
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Network");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned(), "localhost".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn issue(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    change: impl FnOnce(&mut CertificateParams),
) -> (Arc<CertifiedKey>, PrivateKeyDer<'static>) {
    let mut params = params(name);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    (certified(vec![certificate.der().clone()], &key), der(&key))
}

/// Not checked: some of these keys belong to other certificates.
fn certified(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Arc<CertifiedKey> {
    Arc::new(CertifiedKey::new(chain, any_supported_type(&der(key)).unwrap()))
}

fn der(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}
