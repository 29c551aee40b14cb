//! TLS to PostgreSQL, by rustls.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::postgres::Address;
use crate::StoreError;

/// A connector that trusts the file of the address, or else what the operating system trusts.
pub(super) fn connector(address: &Address) -> Result<MakeRustlsConnect, StoreError> {
    let wrong = |error: rustls::Error| StoreError::Config(format!("TLS: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(wrong)?;
    let config = match &address.roots {
        Some(file) => {
            let bad = |error| StoreError::Config(format!("sslrootcert {}: {error}", file.display()));
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(file).map_err(bad)? {
                roots.add(certificate.map_err(bad)?).map_err(wrong)?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        None if address.asks_tls() => builder.with_platform_verifier().map_err(wrong)?.with_no_client_auth(),
        None => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}
