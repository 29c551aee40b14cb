//! The reset portal in process, through its front doors.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot arrange what it needs must stop"
)]

mod arrange;
mod attacks;
mod breaches;
mod browser;
mod changes;
mod codes;
mod disclosure;
mod gates;
mod html;
mod input;
mod journeys;
mod moves;
mod notices;
mod races;
mod rows;
mod stage;
mod throttle;
mod visitor;
mod wander;
