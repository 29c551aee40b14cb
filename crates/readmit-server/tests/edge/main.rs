//! The door, over real sockets: what is refused, what every response carries, what time allows.

mod bodies;
mod door;
mod protocols;
mod requests;
mod responses;
mod time;
