//! The door: sockets, time limits, origins, bodies, cookies, and what every response carries.

pub mod body;
pub mod client_address;
mod connections;
pub mod cookies;
pub mod csrf;
mod form;
pub mod human_check;
mod json;
pub mod layers;
pub mod listen;
pub mod origin;
pub mod problem;
pub mod rejection;
pub mod router;
pub mod status;
mod streams;
