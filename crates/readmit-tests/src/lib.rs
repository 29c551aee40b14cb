//! Support for tests of the real program: the binary as people run it, with a database, a mail server and a gateway
//! beside it. Everything here panics where a test could not go on.
//!
//! Start reading at [`Installation`]; [`Client`] is the visitor, [`crash`] the test that kills the server.

pub mod client;
pub mod crash;
pub mod gateway;
pub mod installation;
pub mod mail;
pub mod postgres;
pub mod program;
pub mod server;
pub mod tables;

pub use client::Answer;
pub use client::Client;
pub use client::Protocol;
pub use gateway::GatewayStub;
pub use installation::Installation;
pub use mail::SmtpSink;
pub use postgres::PostgresCluster;
pub use server::Server;
pub use tables::Tables;

/// Whether `what` must be there: `READMIT_REQUIRE=pg,smtp,browser` turns a skip into a failure.
#[must_use]
pub fn is_required(what: &str) -> bool {
    std::env::var("READMIT_REQUIRE").is_ok_and(|list| list.split(',').any(|item| item.trim() == what))
}

/// Says aloud that something is not tested.
///
/// # Panics
/// If `what` is required.
pub fn skip(what: &str, why: &str) {
    assert!(!is_required(what), "READMIT_REQUIRE asks for {what}: {why}");
    eprintln!("SKIPPED: {why}");
}
