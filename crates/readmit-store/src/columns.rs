//! Core types as cells.

use crate::FromValue;
use crate::StoreError;
use crate::Value;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::MessageId;
use readmit_core::ids::OrderId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;

macro_rules! text_cells {
    ($($kind:ty),+ $(,)?) => {$(
        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::Text(value.to_string())
            }
        }

        impl FromValue for $kind {
            fn from_value(value: Value) -> Result<Self, StoreError> {
                let text = String::from_value(value)?;
                text.parse().map_err(|_| StoreError::Bad(format!("a cell is no {}", stringify!($kind))))
            }
        }
    )+};
}

text_cells!(AccountId, GroupId, MessageId, OrderId, RegistrationId, SupportCode, TenantId);

impl From<PolicyVersion> for Value {
    fn from(value: PolicyVersion) -> Self {
        Self::Int(i64::try_from(value.0).unwrap_or(i64::MAX))
    }
}

impl FromValue for PolicyVersion {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        u64::try_from(i64::from_value(value)?)
            .map(Self)
            .map_err(|_| StoreError::Bad("a cell is no policy version".to_owned()))
    }
}
