//! The troubleshooter on a database of its own: each failure is injected, and must be named with code, cause and fix.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot arrange its facts must stop"
)]

mod cases;
mod reasons;
mod stage;
