//! What to do about a cause: a sentence, the one command that does it, and the page of the admin center.

use readmit_core::cause::Cause;
use readmit_core::decision::Facts;
use readmit_core::ids::GroupId;
use readmit_core::registration::Family;
use readmit_core::text::Upn;
use serde::Serialize;

use super::words;
use crate::text::Lang;

mod access;
mod proofs;

/// What an administrator does about a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// In words.
    pub text: String,
    /// As a command, ready to run; words in capitals are for the administrator to fill in.
    pub command: Option<String>,
    /// Path in the admin center.
    pub link: Option<String>,
}

/// Whom a remedy is for.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// User ID of the account, or what was typed where there is none.
    pub upn: &'a str,
    /// Name of the organization.
    pub tenant: Option<&'a str>,
    /// What the decision looked at; `None` for an account that does not exist.
    pub facts: Option<&'a Facts>,
}

impl<'a> About<'a> {
    /// The account of these facts.
    #[must_use]
    pub fn of(facts: &'a Facts) -> Self {
        Self { upn: facts.account.upn.as_str(), tenant: Some(&facts.tenant.name), facts: Some(facts) }
    }

    /// `readmit user WHAT UPN REST`
    fn user(&self, what: &str, rest: &str) -> String {
        format!("readmit user {what} {}{}{rest}", word(self.upn), if rest.is_empty() { "" } else { " " })
    }

    /// `readmit policy WHAT --tenant NAME`
    fn policy(&self, what: &str) -> String {
        match self.tenant {
            Some(tenant) => format!("readmit policy {what} --tenant {}", word(tenant)),
            None => format!("readmit policy {what}"),
        }
    }

    fn group_name(&self, group: GroupId) -> Option<&'a str> {
        self.facts.and_then(|facts| facts.graph.name(group))
    }

    /// The account's page, or that below it.
    fn account_page(&self, below: &str) -> String {
        match self.facts {
            Some(facts) => format!("/admin/accounts/{}{below}", facts.account.id),
            None => "/admin/accounts".to_owned(),
        }
    }
}

/// The remedy of a cause.
#[must_use]
pub fn of(cause: Cause, about: &About<'_>) -> Remedy {
    Remedy {
        text: words::remedy(Lang::En, cause),
        command: Some(command(cause, about)),
        link: Some(link(cause, about)),
    }
}

fn command(cause: Cause, about: &About<'_>) -> String {
    match cause {
        Cause::AccountUnknown => unknown(about),
        Cause::AlternateLoginOff => about.policy("set alternate_login=true"),
        Cause::AccountDisabled => about.user("set", "--enabled"),
        Cause::AccountTypeNotServed => about.user("set", "--user-type member"),
        Cause::ThrottledPhone => unblock(about, Family::Phone),
        Cause::ThrottledEmail => unblock(about, Family::Email),
        Cause::ThrottledApp => unblock(about, Family::App),
        Cause::ThrottledQuestions => unblock(about, Family::Questions),
        Cause::ThrottledAccount => unblock(about, Family::Account),
        Cause::SsprDisabledForTenant => access::switch_on(about),
        Cause::AdministratorResetForbidden => about.policy("set admins.sspr_allowed=true"),
        Cause::NoResetPolicy => about.policy("preset recommended"),
        Cause::UserNotLicensed => access::license(about),
        Cause::NotInEnabledGroup => access::include(about),
        Cause::MethodsMissing | Cause::TooFewMethods | Cause::SameTrustRoot => proofs::add_method(about),
        Cause::ContactMalformed => proofs::mend_contact(about),
        Cause::PhoneExtensionStripped => proofs::drop_extension(about),
        Cause::MethodNotAllowed => proofs::allow_methods(about),
        Cause::RegistrationWornOut => proofs::renew_worn_out(about),
        Cause::MailBounced => proofs::renew_mailbox(about),
        Cause::AdministratorPolicyApplies
        | Cause::PhoneMismatch
        | Cause::DeliveryUnconfirmed
        | Cause::MailAcceptedByRelay => about.user("method list", ""),
        Cause::WritebackDisabled => about.policy("set on_premises.writeback=true"),
        Cause::AgentLacksRight | Cause::ProtectedAccount => about.user("show", ""),
        Cause::BannedPassword
        | Cause::OnpremPolicyLength
        | Cause::OnpremPolicyComplexity
        | Cause::OnpremPolicyHistory
        | Cause::OnpremPolicyAge
        | Cause::OnpremPolicyFilter => about.policy("show"),
        Cause::NoAgentEnrolled
        | Cause::DirectoryUnreachable
        | Cause::WritebackOutcomeUnknown
        | Cause::DeliveryFailed
        | Cause::FaultDatabase
        | Cause::FaultConfiguration
        | Cause::FaultKey
        | Cause::FaultInternal => "readmit doctor".to_owned(),
    }
}

fn link(cause: Cause, about: &About<'_>) -> String {
    let fixed = match cause {
        Cause::AccountUnknown | Cause::AccountDisabled | Cause::AccountTypeNotServed | Cause::ProtectedAccount => {
            return about.account_page("");
        }
        Cause::MethodsMissing
        | Cause::TooFewMethods
        | Cause::SameTrustRoot
        | Cause::ContactMalformed
        | Cause::PhoneExtensionStripped
        | Cause::RegistrationWornOut
        | Cause::PhoneMismatch
        | Cause::DeliveryUnconfirmed
        | Cause::MailAcceptedByRelay
        | Cause::MailBounced => return about.account_page("/methods"),
        Cause::ThrottledPhone
        | Cause::ThrottledEmail
        | Cause::ThrottledApp
        | Cause::ThrottledQuestions
        | Cause::ThrottledAccount => "/admin/blocked-accounts",
        Cause::AlternateLoginOff | Cause::SsprDisabledForTenant | Cause::NoResetPolicy | Cause::NotInEnabledGroup => {
            "/admin/password-reset/properties"
        }
        Cause::AdministratorResetForbidden | Cause::AdministratorPolicyApplies => {
            "/admin/password-reset/administrator-policy"
        }
        Cause::UserNotLicensed => "/admin/licences",
        Cause::MethodNotAllowed => "/admin/password-reset/authentication-methods",
        Cause::WritebackDisabled => "/admin/password-reset/on-premises-integration",
        Cause::NoAgentEnrolled
        | Cause::DirectoryUnreachable
        | Cause::AgentLacksRight
        | Cause::WritebackOutcomeUnknown
        | Cause::OnpremPolicyLength
        | Cause::OnpremPolicyComplexity
        | Cause::OnpremPolicyHistory
        | Cause::OnpremPolicyAge
        | Cause::OnpremPolicyFilter => "/admin/agents",
        Cause::DeliveryFailed => "/admin/delivery",
        Cause::BannedPassword => "/admin/password-protection",
        Cause::FaultDatabase | Cause::FaultConfiguration | Cause::FaultKey | Cause::FaultInternal => "/admin",
    };
    fixed.to_owned()
}

/// A user ID of a known organization can be made; anything else is looked for.
fn unknown(about: &About<'_>) -> String {
    match (Upn::parse_new(about.upn), about.tenant) {
        (Ok(_), Some(_)) => about.user("create", ""),
        (Err(_), Some(tenant)) => format!("readmit user list --tenant {}", word(tenant)),
        (_, None) => "readmit tenant list".to_owned(),
    }
}

fn unblock(about: &About<'_>, family: Family) -> String {
    about.user("unblock", &format!("--family {} --reason \"checked who is asking\"", family.name()))
}

/// One word of a POSIX shell, quoted where it needs to be.
pub(super) fn word(text: &str) -> String {
    let is_bare = |sign: char| sign.is_alphanumeric() || "@._+-=,/:".contains(sign);
    if !text.is_empty() && text.chars().all(is_bare) {
        return text.to_owned();
    }
    if text.contains(['"', '\\', '$', '`', '!']) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(word("robin@larkfield.example"), "robin@larkfield.example");
        assert_eq!(word("SSPR users"), "\"SSPR users\"");
        assert_eq!(word("O'Brien & sons"), "\"O'Brien & sons\"");
        assert_eq!(word("$(reboot) 'x'"), r"'$(reboot) '\''x'\'''");
        assert_eq!(word(""), "\"\"");
    }

    #[test]
    fn every_cause_has_words_a_command_and_a_page() {
        let about = About { upn: "robin@larkfield.example", tenant: Some("Larkfield Hospital"), facts: None };
        for cause in Cause::ALL {
            let remedy = of(*cause, &about);
            assert!(remedy.command.is_some_and(|command| command.starts_with("readmit ")), "{cause}");
            assert!(remedy.link.is_some_and(|link| link.starts_with("/admin")), "{cause}");
            assert!(remedy.text.len() > 20, "{cause}: {}", remedy.text);
        }
    }
}
