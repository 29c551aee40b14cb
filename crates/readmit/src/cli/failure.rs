//! Why a command was not carried out, and the exit code that says so.

use std::process::ExitCode;

use readmit_server::config::ConfigError;
use readmit_server::entropy::EntropyFault;
use readmit_server::fault::Fault;
use readmit_server::hashing::HashingFault;
use readmit_store::AuditFault;
use readmit_store::DirectoryError;
use readmit_store::KeyError;
use readmit_store::RegistrationError;
use readmit_store::StoreError;

/// What sort of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The arguments make no command.
    Usage,
    /// What was named is not there.
    NotFound,
    /// A value cannot be used.
    Invalid,
    /// It is there already.
    Exists,
    /// Somebody else changed it meanwhile.
    Conflict,
    /// The configuration, the key or the schema.
    Configuration,
    /// Database or network; may work later.
    Unavailable,
    /// A fault of ours.
    Fault,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Exists => "exists",
            Self::Conflict => "conflict",
            Self::Configuration => "configuration",
            Self::Unavailable => "unavailable",
            Self::Fault => "fault",
        }
    }
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    /// The field that is meant, by its JSON name.
    pub(super) field: Option<String>,
    pub(super) message: String,
    /// What to do.
    pub(super) hint: Option<String>,
}

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, field: None, message: message.into(), hint: None }
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message).hint("see `readmit --help`")
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// A value that cannot be used; the message begins with its field.
    pub(super) fn invalid(field: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        let field = field.into();
        Self { field: Some(field.clone()), ..Self::new(Kind::Invalid, format!("{field}: {problem}")) }
    }

    pub(super) fn exists(field: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self { kind: Kind::Exists, ..Self::invalid(field, problem) }
    }

    pub(super) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, message)
    }

    pub(super) fn fault(message: impl Into<String>) -> Self {
        Self::new(Kind::Fault, message)
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::Invalid | Kind::Exists | Kind::Conflict => 4,
            Kind::Configuration => 5,
            Kind::Unavailable => 6,
            Kind::Fault => 7,
        })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            error if error.is_unavailable() => Self::new(Kind::Unavailable, message).hint("try again in a moment"),
            StoreError::Conflict => {
                Self::new(Kind::Conflict, message).hint("look at it again, then repeat the command")
            }
            StoreError::Config(_) | StoreError::Schema { .. } | StoreError::Edited { .. } => {
                Self::configuration(message).hint("see the section [store] of the configuration")
            }
            _ => Self::fault(message),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => error.into(),
            KeyError::Sealed | KeyError::Version(_) => Self::fault(error.to_string()),
            KeyError::Missing(_)
            | KeyError::Exists(_)
            | KeyError::Exposed(_)
            | KeyError::Size(_)
            | KeyError::File { .. }
            | KeyError::Mismatch
            | KeyError::Unproven => {
                Self::configuration(error.to_string()).hint("see the section [keys] of the configuration")
            }
        }
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Store(error) => error.into(),
            DirectoryError::Taken { field, value } => Self::exists(field, format_args!("{value} is taken")),
        }
    }
}

impl From<RegistrationError> for Failure {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Directory(error) => error.into(),
            RegistrationError::Key(error) => error.into(),
        }
    }
}

impl From<AuditFault> for Failure {
    fn from(error: AuditFault) -> Self {
        match error {
            AuditFault::Store(error) => error.into(),
            AuditFault::Key(error) => error.into(),
            AuditFault::File { .. } => Self::configuration(error.to_string()),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::configuration(error.place_and_problem()).hint(error.fix)
    }
}

impl From<Fault> for Failure {
    fn from(error: Fault) -> Self {
        match error {
            Fault::Store(error) => error.into(),
            Fault::Keys(error) => error.into(),
            Fault::Hashing(error) => error.into(),
            Fault::Entropy | Fault::Stored(_) => Self::fault(error.to_string()),
        }
    }
}

impl From<EntropyFault> for Failure {
    fn from(error: EntropyFault) -> Self {
        Self::fault(error.to_string())
    }
}

impl From<HashingFault> for Failure {
    fn from(error: HashingFault) -> Self {
        match error {
            HashingFault::Busy => Self::new(Kind::Unavailable, error.to_string()).hint("try again in a moment"),
            HashingFault::Broken => Self::fault(error.to_string()),
        }
    }
}
