//! From effects to finished messages: who gets them, in which language.

use crate::deliver::Channel;
use crate::fault::Fault;
use crate::messages;
use crate::messages::Letterhead;
use crate::messages::MailWords;
use crate::outbox::Letter;
use crate::text::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::account::Account;
use readmit_core::account::Tenant;
use readmit_core::decision::Facts;
use readmit_core::ids::JourneyId;
use readmit_core::journey::Delivery;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::text::EmailAddress;

/// A message with its destination, before it is sealed.
pub(super) struct Addressed {
    /// By which way.
    pub(super) channel: Channel,
    /// Destination as cases show it.
    pub(super) masked: String,
    /// The message.
    pub(super) letter: Letter,
}

/// The zone of an organization; UTC where its name is not known any more.
pub(super) fn zone(tenant: &Tenant) -> TimeZone {
    TimeZone::get(&tenant.time_zone).unwrap_or(TimeZone::UTC)
}

/// What the messages of a journey share.
pub(super) fn letterhead(facts: &Facts, fallback: Lang, journey: JourneyId, now: Timestamp) -> Letterhead {
    let helpdesk = Some(facts.values().helpdesk_link.clone()).filter(|link| !link.is_empty());
    Letterhead {
        lang: facts.account.locale.as_deref().and_then(Lang::of_tag).unwrap_or(fallback),
        organization: facts.tenant.name.clone(),
        support_code: journey.to_string(),
        now,
        zone: zone(&facts.tenant),
        helpdesk,
    }
}

/// The message that carries a code to a registration; `None` for contacts that nothing can be sent to.
pub(super) fn code(head: &Letterhead, to: &Registration, delivery: &Delivery) -> Result<Option<Addressed>, Fault> {
    let (code, mark, until) = (delivery.code.expose(), delivery.mark.as_str(), delivery.expires_at);
    let (address, masked) = match &to.contact {
        Contact::Mailbox(address) => (address.as_str().to_owned(), address.masked().text),
        Contact::Phone { number, .. } => (number.e164(), number.masked().text),
        Contact::MalformedMailbox(_) | Contact::MalformedPhone { .. } | Contact::App | Contact::Questions(_) => {
            return Ok(None);
        }
    };
    let (channel, letter) = match delivery.method {
        Method::Email => (Channel::Mail, mail(head, address, messages::code_mail(head, code, mark, until)?)),
        Method::Sms => (Channel::Sms, spoken(head, address, &messages::code_sms(head, code, mark, until))),
        Method::VoiceMobile | Method::VoiceOffice => {
            (Channel::Voice, spoken(head, address, &messages::code_call(head, code, mark)))
        }
        Method::AppCode | Method::Questions => return Ok(None),
    };
    Ok(Some(Addressed { channel, masked, letter }))
}

/// One mail to each of these addresses.
pub(super) fn to_each(
    head: &Letterhead,
    addresses: &[EmailAddress],
    words: impl Fn() -> Result<MailWords, askama::Error>,
) -> Result<Vec<Addressed>, Fault> {
    addresses
        .iter()
        .map(|address| {
            let letter = mail(head, address.as_str().to_owned(), words()?);
            Ok(Addressed { channel: Channel::Mail, masked: address.masked().text, letter })
        })
        .collect()
}

/// Every address that is on file; the user ID itself where there is none.
pub(super) fn addresses_on_file(facts: &Facts) -> Vec<EmailAddress> {
    let account = &facts.account;
    let registered = facts.registrations.iter().filter_map(|one| match &one.contact {
        Contact::Mailbox(address) => Some(address.clone()),
        Contact::Phone { .. }
        | Contact::MalformedMailbox(_)
        | Contact::MalformedPhone { .. }
        | Contact::App
        | Contact::Questions(_) => None,
    });
    let written = account.mail.iter().chain(&account.other_mails).filter_map(|text| EmailAddress::parse(text).ok());
    let mut all: Vec<EmailAddress> = Vec::new();
    for address in written.chain(registered) {
        if all.iter().all(|known| !known.same_destination(&address)) {
            all.push(address);
        }
    }
    if all.is_empty() {
        all.extend(EmailAddress::parse(account.upn.as_str()).ok());
    }
    all
}

/// Where an administrator reads mail: the primary mailbox, else the user ID.
pub(super) fn mailbox_of(account: &Account) -> Option<EmailAddress> {
    let primary = account.mail.as_deref().and_then(|mail| EmailAddress::parse(mail).ok());
    primary.or_else(|| EmailAddress::parse(account.upn.as_str()).ok())
}

fn mail(head: &Letterhead, to: String, words: MailWords) -> Letter {
    Letter {
        to,
        from_name: head.organization.clone(),
        subject: Some(words.subject),
        text: words.text.to_string(),
        html: Some(words.html.to_string()),
        locale: head.lang.tag().to_owned(),
        support_code: head.support_code.clone(),
    }
}

fn spoken(head: &Letterhead, to: String, text: &str) -> Letter {
    Letter {
        to,
        from_name: head.organization.clone(),
        subject: None,
        text: text.to_owned(),
        html: None,
        locale: head.lang.tag().to_owned(),
        support_code: head.support_code.clone(),
    }
}
