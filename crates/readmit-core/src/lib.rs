//! Readmit decides here, and nowhere else.
//!
//! | Module | What it holds |
//! |---|---|
//! | [`decision`] | [`decide`](decision::decide): may this account reset, and if not, why |
//! | [`journey`] | one attempt to reset, as a value that moves by [`Journey::step`](journey::Journey::step) |
//! | [`policy`], [`methods`], [`licence`], [`group`] | what an organization decided and what that makes usable |
//! | [`account`], [`registration`] | whose password it is and how they can prove it |
//! | [`challenge`], [`throttle`], [`proof`], [`order`] | a gate in progress, guesses and sends, the right to write, the write |
//! | [`activity`], [`cause`], [`code`] | audit vocabulary, reasons for administrators, public numbers |
//! | [`text`], [`secret`], [`ids`] | types parsed at the door |
//!
//! No I/O, no clock, no randomness: time and chance are arguments.
#![warn(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

pub mod account;
pub mod activity;
pub mod cause;
pub mod challenge;
pub mod code;
pub mod decision;
pub mod group;
pub mod ids;
pub mod journey;
pub mod licence;
pub mod methods;
pub mod order;
pub mod policy;
pub mod preset;
pub mod proof;
pub mod registration;
pub mod secret;
pub mod text;
pub mod throttle;

pub use jiff::Timestamp;
