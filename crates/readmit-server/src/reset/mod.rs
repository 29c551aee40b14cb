//! The reset portal: one driver behind pages and JSON.
//!
//! `routes` and `api` parse, [`advance`](advance::advance) drives, the core decides, [`effects`] carries out in the same
//! transaction, `pages` and [`view`] show.

pub mod advance;
pub mod api;
pub mod begin;
mod chance;
mod decoy;
pub mod door;
pub mod effects;
pub mod failure;
pub mod hold;
pub mod landing;
mod letters;
pub mod moves;
pub mod pages;
pub mod problems;
mod record;
pub mod routes;
pub mod subject;
pub mod view;
