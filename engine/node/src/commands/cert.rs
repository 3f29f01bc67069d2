//! `tessera cert`: a development authority, certificates from it, and what a certificate says.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::Failure;
use crate::certificate::{self, CertificateError, Description, Issued, Validity};
use crate::clock;

/// The stem of the authority's files.
const AUTHORITY: &str = "ca";

/// Make and read development certificates.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create a certificate authority: ca.pem and ca.key
    Ca {
        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Name of the authority
        #[arg(long, default_value = "Tessera development CA")]
        name: String,
        /// Days until it expires
        #[arg(long, default_value_t = 3650)]
        days: u32,
    },
    /// Issue a certificate for a site, valid as server and client: NAME.pem and NAME.key
    Issue {
        /// Folder of the authority
        #[arg(long, value_name = "DIR")]
        ca: PathBuf,
        /// Name of the site, such as hospital-a.example; also its host unless --host is given
        #[arg(long, value_parser = file_name)]
        name: String,
        /// DNS name or IP address that the site is reached under; may be repeated
        #[arg(long)]
        host: Vec<String>,
        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Days until it expires
        #[arg(long, default_value_t = 365)]
        days: u32,
    },
    /// Show the certificates in a PEM file, with the thumbprints that allow lists need
    Show {
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Why `tessera cert` could not do it.
#[derive(Debug, thiserror::Error)]
enum CertError {
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    Ok(answer(arguments, clock::instant(clock::now()), &mut io::stdout().lock())?)
}

/// Does it, and says on `out` what was done.
fn answer(arguments: &Arguments, now: Timestamp, out: &mut impl Write) -> Result<(), CertError> {
    match &arguments.action {
        Action::Ca { out: folder, name, days } => {
            let authority = certificate::authority(name, Validity::days(now, *days))?;
            let (certificate, key) = authority.write(folder, AUTHORITY)?;
            writeln!(out, "{}\n{}", certificate.display(), key.display())?;
        }
        Action::Issue { ca, name, host, out: folder, days } => {
            let authority = Issued::read(ca, AUTHORITY)?;
            let hosts = if host.is_empty() { std::slice::from_ref(name) } else { host };
            let issued = certificate::issue(&authority, name, hosts, Validity::days(now, *days))?;
            let thumbprint = issued.credentials()?.thumbprint();
            let (certificate, key) = issued.write(folder, name)?;
            writeln!(out, "{}\n{}\nthumbprint {thumbprint}", certificate.display(), key.display())?;
        }
        Action::Show { file, format } => {
            let certificates = certificate::read_certificates(file)?;
            let described: Result<Vec<_>, _> = certificates.iter().map(certificate::describe).collect();
            show(&described?, *format, out)?;
        }
    }
    Ok(())
}

fn show(certificates: &[Description], format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Json => {
            let list: Vec<_> = certificates
                .iter()
                .map(|certificate| {
                    json!({
                        "subject": certificate.subject,
                        "issuer": certificate.issuer,
                        "notBefore": certificate.validity.not_before.to_string(),
                        "notAfter": certificate.validity.not_after.to_string(),
                        "hosts": certificate.hosts,
                        "authority": certificate.is_authority,
                        "thumbprint": certificate.thumbprint,
                    })
                })
                .collect();
            writeln!(out, "{:#}", serde_json::Value::from(list))
        }
        Format::Human => {
            for certificate in certificates {
                writeln!(out, "subject     {}", certificate.subject)?;
                writeln!(out, "issuer      {}", certificate.issuer)?;
                let validity = certificate.validity;
                writeln!(out, "valid       {} to {}", validity.not_before, validity.not_after)?;
                writeln!(out, "hosts       {}", certificate.hosts.join(", "))?;
                writeln!(out, "authority   {}", if certificate.is_authority { "yes" } else { "no" })?;
                writeln!(out, "thumbprint  {}\n", certificate.thumbprint)?;
            }
            Ok(())
        }
    }
}

/// The name becomes the name of two files.
fn file_name(name: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let valid = !name.is_empty() && !name.starts_with('.') && name != AUTHORITY && name.chars().all(plain);
    valid
        .then(|| name.to_owned())
        .ok_or_else(|| "use letters, digits, dots, dashes and underscores; not \"ca\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn tessera_cert(words: &[&str]) -> String {
        let words = std::iter::once("cert").chain(words.iter().copied());
        let arguments = CommandLine::try_parse_from(words).unwrap().arguments;
        let mut out = Vec::new();
        answer(&arguments, "2026-11-22T10:00:00Z".parse().unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_site_gets_a_certificate_in_two_commands() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_str().unwrap();
        tessera_cert(&["ca", "--out", dir]);
        let issued = tessera_cert(&["issue", "--ca", dir, "--out", dir, "--name", "hospital-a.example"]);
        let pem = folder.path().join("hospital-a.example.pem");
        let shown = tessera_cert(&["show", pem.to_str().unwrap(), "--format", "json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown[0]["subject"], "CN=hospital-a.example");
        assert_eq!(shown[0]["issuer"], "CN=Tessera development CA");
        assert_eq!(shown[0]["hosts"], json!(["hospital-a.example"]));
        assert_eq!(shown[0]["notAfter"], "2027-11-22T10:00:00Z");
        assert!(issued.contains(shown[0]["thumbprint"].as_str().unwrap()));
    }
}
