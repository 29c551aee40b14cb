//! The HTTP status of each public code: a new code does not compile until somebody decides.

use http::StatusCode;
use jiff::Timestamp;
use readmit_core::code::SsprCode;
use readmit_core::journey::Issue;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;

/// The status of a page or document that shows this code.
#[must_use]
pub fn of_code(code: SsprCode) -> StatusCode {
    match code {
        SsprCode::TenantSSPRFlagDisabled
        | SsprCode::WritebackNotEnabled
        | SsprCode::SsprNotEnabledInUserPolicy
        | SsprCode::UserNotLicensed
        | SsprCode::UserNotMemberOfScopedAccessGroup
        | SsprCode::UserNotProperlyConfigured
        | SsprCode::AccountTypeNotServed => StatusCode::FORBIDDEN,
        SsprCode::OnPremisesAdminActionRequired | SsprCode::Lapsed | SsprCode::PageStale => StatusCode::CONFLICT,
        SsprCode::OnPremisesConnectivityError | SsprCode::Fault => StatusCode::SERVICE_UNAVAILABLE,
        SsprCode::Throttled => StatusCode::TOO_MANY_REQUESTS,
        SsprCode::ContactUnreachable | SsprCode::BannedPassword | SsprCode::RefusedByDirectoryPolicy => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

/// The status of the answer to a move that the person can mend.
#[must_use]
pub fn of_issue(issue: Issue) -> StatusCode {
    match issue {
        Issue::NotNow => StatusCode::CONFLICT,
        Issue::SendWait(_) | Issue::FamilyBlocked { .. } => StatusCode::TOO_MANY_REQUESTS,
        Issue::NotOffered
        | Issue::PhoneMismatch
        | Issue::WrongAnswer { .. }
        | Issue::Burnt
        | Issue::CodeExpired
        | Issue::PasswordRefused
        | Issue::DirectoryPolicy(_)
        | Issue::NotChanged => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The status of an end of a journey that is not what the person came for; `None` for the others.
#[must_use]
pub fn of_end(journey: &Journey, now: Timestamp) -> Option<StatusCode> {
    match journey.outcome(now)? {
        Outcome::Refused(code) => Some(of_code(code)),
        Outcome::Throttled { .. } => Some(of_code(SsprCode::Throttled)),
        Outcome::Lapsed => Some(of_code(SsprCode::Lapsed)),
        Outcome::NotVerified => Some(StatusCode::FORBIDDEN),
        Outcome::Reset | Outcome::Unlocked | Outcome::NotApplied | Outcome::Cancelled => None,
    }
}
