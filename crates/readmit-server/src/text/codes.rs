//! The words of the codes: what a person and an administrator read about each.

use readmit_core::code::SsprCode;

use super::Text;

/// The texts of one code. [`CodeText::happened`] takes the variable `organization`, the others take none.
#[derive(Clone, Copy, Debug)]
pub struct CodeText {
    /// The page's title.
    pub title: Text,
    /// What happened; variable `organization`.
    pub happened: Text,
    /// What the person can do.
    pub act: Text,
    /// Who can help.
    pub who: Text,
    /// One sentence for an administrator.
    pub technical: Text,
    /// What the administrator does about it.
    pub remedy: Text,
}

/// The texts of a code. A new code does not compile until somebody has written them.
pub const fn code_text(code: SsprCode) -> CodeText {
    match code {
        SsprCode::TenantSSPRFlagDisabled => CODE_0009,
        SsprCode::WritebackNotEnabled => CODE_0010,
        SsprCode::SsprNotEnabledInUserPolicy => CODE_0011,
        SsprCode::UserNotLicensed => CODE_0012,
        SsprCode::UserNotMemberOfScopedAccessGroup => CODE_0013,
        SsprCode::UserNotProperlyConfigured => CODE_0014,
        SsprCode::OnPremisesAdminActionRequired => CODE_0029,
        SsprCode::OnPremisesConnectivityError => CODE_0030,
        SsprCode::Throttled => CODE_0101,
        SsprCode::Lapsed => CODE_0102,
        SsprCode::ContactUnreachable => CODE_0103,
        SsprCode::BannedPassword => CODE_0104,
        SsprCode::RefusedByDirectoryPolicy => CODE_0105,
        SsprCode::AccountTypeNotServed => CODE_0106,
        SsprCode::PageStale => CODE_0107,
        SsprCode::Fault => CODE_0900,
    }
}

const CODE_0009: CodeText = CodeText {
    title: Text::Code0009Title,
    happened: Text::Code0009Happened,
    act: Text::Code0009Act,
    who: Text::Code0009Who,
    technical: Text::Code0009Technical,
    remedy: Text::Code0009Remedy,
};

const CODE_0010: CodeText = CodeText {
    title: Text::Code0010Title,
    happened: Text::Code0010Happened,
    act: Text::Code0010Act,
    who: Text::Code0010Who,
    technical: Text::Code0010Technical,
    remedy: Text::Code0010Remedy,
};

const CODE_0011: CodeText = CodeText {
    title: Text::Code0011Title,
    happened: Text::Code0011Happened,
    act: Text::Code0011Act,
    who: Text::Code0011Who,
    technical: Text::Code0011Technical,
    remedy: Text::Code0011Remedy,
};

const CODE_0012: CodeText = CodeText {
    title: Text::Code0012Title,
    happened: Text::Code0012Happened,
    act: Text::Code0012Act,
    who: Text::Code0012Who,
    technical: Text::Code0012Technical,
    remedy: Text::Code0012Remedy,
};

const CODE_0013: CodeText = CodeText {
    title: Text::Code0013Title,
    happened: Text::Code0013Happened,
    act: Text::Code0013Act,
    who: Text::Code0013Who,
    technical: Text::Code0013Technical,
    remedy: Text::Code0013Remedy,
};

const CODE_0014: CodeText = CodeText {
    title: Text::Code0014Title,
    happened: Text::Code0014Happened,
    act: Text::Code0014Act,
    who: Text::Code0014Who,
    technical: Text::Code0014Technical,
    remedy: Text::Code0014Remedy,
};

const CODE_0029: CodeText = CodeText {
    title: Text::Code0029Title,
    happened: Text::Code0029Happened,
    act: Text::Code0029Act,
    who: Text::Code0029Who,
    technical: Text::Code0029Technical,
    remedy: Text::Code0029Remedy,
};

const CODE_0030: CodeText = CodeText {
    title: Text::Code0030Title,
    happened: Text::Code0030Happened,
    act: Text::Code0030Act,
    who: Text::Code0030Who,
    technical: Text::Code0030Technical,
    remedy: Text::Code0030Remedy,
};

const CODE_0101: CodeText = CodeText {
    title: Text::Code0101Title,
    happened: Text::Code0101Happened,
    act: Text::Code0101Act,
    who: Text::Code0101Who,
    technical: Text::Code0101Technical,
    remedy: Text::Code0101Remedy,
};

const CODE_0102: CodeText = CodeText {
    title: Text::Code0102Title,
    happened: Text::Code0102Happened,
    act: Text::Code0102Act,
    who: Text::Code0102Who,
    technical: Text::Code0102Technical,
    remedy: Text::Code0102Remedy,
};

const CODE_0103: CodeText = CodeText {
    title: Text::Code0103Title,
    happened: Text::Code0103Happened,
    act: Text::Code0103Act,
    who: Text::Code0103Who,
    technical: Text::Code0103Technical,
    remedy: Text::Code0103Remedy,
};

const CODE_0104: CodeText = CodeText {
    title: Text::Code0104Title,
    happened: Text::Code0104Happened,
    act: Text::Code0104Act,
    who: Text::Code0104Who,
    technical: Text::Code0104Technical,
    remedy: Text::Code0104Remedy,
};

const CODE_0105: CodeText = CodeText {
    title: Text::Code0105Title,
    happened: Text::Code0105Happened,
    act: Text::Code0105Act,
    who: Text::Code0105Who,
    technical: Text::Code0105Technical,
    remedy: Text::Code0105Remedy,
};

const CODE_0106: CodeText = CodeText {
    title: Text::Code0106Title,
    happened: Text::Code0106Happened,
    act: Text::Code0106Act,
    who: Text::Code0106Who,
    technical: Text::Code0106Technical,
    remedy: Text::Code0106Remedy,
};

const CODE_0107: CodeText = CodeText {
    title: Text::Code0107Title,
    happened: Text::Code0107Happened,
    act: Text::Code0107Act,
    who: Text::Code0107Who,
    technical: Text::Code0107Technical,
    remedy: Text::Code0107Remedy,
};

const CODE_0900: CodeText = CodeText {
    title: Text::Code0900Title,
    happened: Text::Code0900Happened,
    act: Text::Code0900Act,
    who: Text::Code0900Who,
    technical: Text::Code0900Technical,
    remedy: Text::Code0900Remedy,
};
