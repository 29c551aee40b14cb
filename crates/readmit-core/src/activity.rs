//! The audit's vocabulary: the reference's activity names, services and categories; reasons of our own beside them.

use crate::registration::Method;

/// What happened, as the audit names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityName {
    /// One step of a journey.
    FlowProgress,
    /// A password was reset, or was not.
    ResetPassword,
    /// An account was unlocked, or was not.
    UnlockAccount,
    /// A counter closed.
    Blocked,
    /// An administrator reset a password.
    ResetPasswordByAdmin,
    /// An administrator changed the policy.
    PolicyChanged,
    /// A method was registered.
    RegisteredSecurityInfo,
    /// An administrator registered a method for somebody.
    AdminRegisteredSecurityInfo,
    /// An administrator deleted a method of somebody.
    AdminDeletedSecurityInfo,
    /// An account was made.
    AddUser,
    /// An account was changed.
    UpdateUser,
    /// An account was deleted.
    DeleteUser,
    /// A group was made.
    AddGroup,
    /// Something joined a group.
    AddGroupMember,
    /// Something left a group.
    RemoveGroupMember,
    /// A licence was assigned or removed.
    ChangeLicence,
    /// An organization was made or changed.
    ChangeTenant,
    /// A block was lifted by an administrator.
    LiftBlock,
    /// Somebody read or exported the audit.
    ReadAudit,
    /// A server or the command line started or stopped.
    Lifecycle,
}

impl ActivityName {
    /// As logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FlowProgress => "Self-service password reset flow activity progress",
            Self::ResetPassword => "Reset password (self-service)",
            Self::UnlockAccount => "Unlock user account (self-service)",
            Self::Blocked => "Blocked from self-service password reset",
            Self::ResetPasswordByAdmin => "Reset password (by admin)",
            Self::PolicyChanged => "Self-service password reset policy changes",
            Self::RegisteredSecurityInfo => "User registered security info",
            Self::AdminRegisteredSecurityInfo => "Admin registered security info",
            Self::AdminDeletedSecurityInfo => "Admin deleted security info",
            Self::AddUser => "Add user",
            Self::UpdateUser => "Update user",
            Self::DeleteUser => "Delete user",
            Self::AddGroup => "Add group",
            Self::AddGroupMember => "Add member to group",
            Self::RemoveGroupMember => "Remove member from group",
            Self::ChangeLicence => "Change user license",
            Self::ChangeTenant => "Set Company Information",
            Self::LiftBlock => "Lift self-service block",
            Self::ReadAudit => "Read audit log",
            Self::Lifecycle => "Readmit lifecycle",
        }
    }

    /// The service that logs it.
    #[must_use]
    pub fn service(self) -> &'static str {
        match self {
            Self::FlowProgress
            | Self::ResetPassword
            | Self::UnlockAccount
            | Self::Blocked
            | Self::ResetPasswordByAdmin
            | Self::PolicyChanged
            | Self::LiftBlock => "Self-service Password Management",
            Self::RegisteredSecurityInfo | Self::AdminRegisteredSecurityInfo | Self::AdminDeletedSecurityInfo => {
                "Authentication Methods"
            }
            Self::AddUser
            | Self::UpdateUser
            | Self::DeleteUser
            | Self::AddGroup
            | Self::AddGroupMember
            | Self::RemoveGroupMember
            | Self::ChangeLicence
            | Self::ChangeTenant => "Core Directory",
            Self::ReadAudit | Self::Lifecycle => "Readmit",
        }
    }

    /// The audit category.
    #[must_use]
    pub fn category(self) -> &'static str {
        match self {
            Self::AddGroup | Self::AddGroupMember | Self::RemoveGroupMember => "GroupManagement",
            Self::ChangeTenant | Self::PolicyChanged => "DirectoryManagement",
            Self::ReadAudit | Self::Lifecycle => "Other",
            Self::FlowProgress
            | Self::ResetPassword
            | Self::UnlockAccount
            | Self::Blocked
            | Self::ResetPasswordByAdmin
            | Self::RegisteredSecurityInfo
            | Self::AdminRegisteredSecurityInfo
            | Self::AdminDeletedSecurityInfo
            | Self::AddUser
            | Self::UpdateUser
            | Self::DeleteUser
            | Self::ChangeLicence
            | Self::LiftBlock => "UserManagement",
        }
    }
}

/// Whether it worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityResult {
    /// It did.
    Success,
    /// It did not.
    Failure,
}

/// Why, in one word for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it; the words for people are in the catalogue of the server")]
pub enum Reason {
    JourneyStarted,
    JourneyRefused,
    AccountNotVerified,
    StartedGate,
    NewCodeSent,
    SendRefused,
    PhoneNumberMismatch,
    MethodNotOffered,
    WrongAnswer,
    ChallengeBurnt,
    CodeExpired,
    CompletedGate,
    AnotherWayChosen,
    PasswordRefused,
    FuzzyPolicyViolationInvalidPassword,
    PasswordSubmitted,
    RefusedByDirectoryPolicy,
    WriteWithdrawn,
    OutcomeUnknown,
    OutcomeReconciled,
    PasswordReset,
    AccountUnlocked,
    Lapsed,
    Cancelled,
    ContactedAdministrator,
    NoLongerAllowed,
    TooManyPhoneAttempts,
    TooManyEmailAttempts,
    TooManyAppAttempts,
    TooManyQuestionsAttempts,
    TooManyJourneys,
    IllegalMove,
    WriteRefused,
}

/// One audit line that the core asks for; the store adds who, when and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What.
    pub name: ActivityName,
    /// Whether it worked.
    pub result: ActivityResult,
    /// Why.
    pub reason: Reason,
    /// With which method.
    pub method: Option<Method>,
    /// The public code of a refusal.
    pub code: Option<crate::code::SsprCode>,
}

impl Activity {
    /// A step of a journey that worked.
    #[must_use]
    pub fn progress(reason: Reason, method: Option<Method>) -> Self {
        Self { name: ActivityName::FlowProgress, result: ActivityResult::Success, reason, method, code: None }
    }

    /// A step of a journey that did not.
    #[must_use]
    pub fn setback(reason: Reason, method: Option<Method>) -> Self {
        Self { result: ActivityResult::Failure, ..Self::progress(reason, method) }
    }
}
