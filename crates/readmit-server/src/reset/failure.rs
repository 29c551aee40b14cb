//! Why a request to the portal does not end in a page of its journey.

use crate::fault::Fault;
use jiff::Timestamp;

/// Why a request does not end in a page of its journey.
#[derive(Debug)]
pub enum Failure {
    /// No cookie, or another browser's journey.
    NotFound,
    /// A field the person can mend; holds its name and what is wrong.
    Field(&'static str, FieldIssue),
    /// What no form and no client of ours sends; the journey is untouched.
    Malformed,
    /// The form's token is not this session's.
    Forged,
    /// This source began too many journeys.
    SourceLimit(Timestamp),
    /// Our own trouble.
    Fault(Fault),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldIssue {
    /// Nothing in it.
    Empty,
    /// Not the shape that is asked.
    Shape,
    /// More than can be.
    TooLong,
    /// The human check is missing, wrong, too early or used.
    HumanCheck,
}

impl FieldIssue {
    /// Stable name in JSON.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Shape => "shape",
            Self::TooLong => "too_long",
            Self::HumanCheck => "human_check",
        }
    }
}

impl<F: Into<Fault>> From<F> for Failure {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}
