//! TLS to PostgreSQL is asked for, checked against the given roots, and never silently left out.

#![expect(clippy::disallowed_methods, reason = "a test starts tasks of its own")]

mod common;

use std::fs;
use std::time::Duration;

use rcgen::CertifiedKey;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::args;

/// Writes a file beside the server's own, as the server.
const PUT_CERTIFICATE: &str = "COPY (SELECT unnest(string_to_array($pem$%$pem$, E'\\n'))) TO PROGRAM \
    'cat > server.crt'";
const PUT_KEY: &str = "COPY (SELECT unnest(string_to_array($pem$%$pem$, E'\\n'))) TO PROGRAM \
    'umask 077; cat > server.key'";

async fn encrypted(url: &str) -> Result<bool, StoreError> {
    let store = Store::open(&StoreConfig { url: url.to_owned(), password: None }).await?;
    let look = store
        .read(async |tx: &mut Tx| tx.one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", args![]).await);
    look.await.map(|(ssl,)| ssl)
}

async fn refused(url: &str) -> bool {
    matches!(encrypted(url).await, Err(StoreError::Config(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_must_show_a_certificate_of_the_given_root() {
    for bed in common::beds().await.into_iter().filter(|bed| bed.url.starts_with("postgres:")) {
        assert!(refused(&format!("{}?sslmode=require", bed.url)).await, "{bed}: no TLS yet");
        let name = || vec!["127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(name()).unwrap();
        let stranger = rcgen::generate_simple_self_signed(name()).unwrap().cert;
        let (client, connection) = tokio_postgres::connect(&bed.url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&PUT_CERTIFICATE.replace('%', &cert.pem())).await.unwrap();
        client.batch_execute(&PUT_KEY.replace('%', &signing_key.serialize_pem())).await.unwrap();
        client.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
        client.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;

        let dir = tempfile::tempdir().unwrap();
        let (right, wrong) = (dir.path().join("right.pem"), dir.path().join("wrong.pem"));
        fs::write(&right, cert.pem()).unwrap();
        fs::write(&wrong, stranger.pem()).unwrap();
        let by = |roots: &std::path::Path| format!("{}?sslmode=verify-full&sslrootcert={}", bed.url, roots.display());
        assert_eq!(encrypted(&by(&right)).await, Ok(true), "{bed}");
        assert!(refused(&by(&wrong)).await, "{bed}: a stranger's root");
        assert!(refused(&format!("{}?sslmode=require", bed.url)).await, "{bed}: nobody's root");
        assert_eq!(encrypted(&bed.url).await, Ok(false), "{bed}: this machine, and nothing asked");
    }
}
