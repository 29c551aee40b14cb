//! One verdict on every new password, with every problem at once.
//!
//! [`judge`] is pure: the same password and the same rules give the same verdict in the portal, on the command line and
//! in an agent. Lengths are Unicode code points after NFC (SP 800-63B-4 §3.1.1.2).

mod rules;

pub use rules::Problem;
pub use rules::Rule;
pub use rules::Rules;
pub use rules::Verdict;
pub use rules::judge;
