//! What a journey's timeline and its deliveries tell by themselves, whatever was decided.

use jiff::Timestamp;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::registration::Method;
use readmit_store::AuditItem;
use readmit_store::DeliveryRow;
use serde_json::json;

use super::Shown;
use super::fields;

/// What happened in a journey, oldest first. Pure.
pub(super) fn happened(items: &[AuditItem], deliveries: &[DeliveryRow]) -> Vec<(Cause, Shown)> {
    let told = items.iter().filter_map(|item| {
        let evidence = json!({ "at": item.at, "method": item.method });
        Some((told(item)?, fields(evidence)))
    });
    let sent = deliveries.iter().enumerate().flat_map(|(place, one)| {
        let later = deliveries.iter().skip(place + 1);
        let superseded = later.into_iter().any(|other| other.kind == one.kind && other.channel == one.channel);
        let causes = if superseded { Vec::new() } else { became(one, items) };
        causes.into_iter().map(move |cause| (cause, shown(one)))
    });
    told.chain(sent).collect()
}

/// What a line of the timeline tells.
fn told(item: &AuditItem) -> Option<Cause> {
    if item.code.as_deref() == Some(SsprCode::Fault.code()) {
        return Some(Cause::FaultInternal);
    }
    match item.reason.as_deref()? {
        "PhoneNumberMismatch" => Some(Cause::PhoneMismatch),
        "FuzzyPolicyViolationInvalidPassword" => Some(Cause::BannedPassword),
        "TooManyPhoneAttempts" => Some(Cause::ThrottledPhone),
        "TooManyEmailAttempts" => Some(Cause::ThrottledEmail),
        "TooManyAppAttempts" => Some(Cause::ThrottledApp),
        "TooManyQuestionsAttempts" => Some(Cause::ThrottledQuestions),
        "TooManyJourneys" => Some(Cause::ThrottledAccount),
        "OutcomeUnknown" => Some(Cause::WritebackOutcomeUnknown),
        _ => None,
    }
}

/// What became of the last message of its kind.
fn became(one: &DeliveryRow, items: &[AuditItem]) -> Vec<Cause> {
    let code = one.provider_code.as_deref().unwrap_or_default();
    let by_mail = one.channel == "mail";
    match one.state.as_str() {
        // RFC 5321 §4.2.1: the relay will never take it.
        "failed" if by_mail && code.starts_with('5') => vec![Cause::MailBounced],
        "failed" if code == "none" => vec![Cause::DeliveryFailed, Cause::FaultConfiguration],
        "failed" if code == "unreadable" => vec![Cause::DeliveryFailed, Cause::FaultKey],
        "failed" => vec![Cause::DeliveryFailed],
        "queued" | "expired" if one.tries > 0 => vec![Cause::DeliveryFailed],
        "accepted" | "delivered" if one.kind == "code" && !answered(one, items) => {
            vec![if by_mail { Cause::MailAcceptedByRelay } else { Cause::DeliveryUnconfirmed }]
        }
        _ => Vec::new(),
    }
}

fn shown(one: &DeliveryRow) -> Shown {
    fields(json!({
        "at": one.at,
        "channel": one.channel,
        "masked": one.masked,
        "state": one.state,
        "provider_code": one.provider_code,
        "tries": one.tries,
    }))
}

/// Whether anything was typed after this message went out by its channel: then it arrived.
fn answered(one: &DeliveryRow, items: &[AuditItem]) -> bool {
    items.iter().any(|item| {
        let after = item.at.parse::<Timestamp>().is_ok_and(|at| at > one.at);
        let typed =
            matches!(item.reason.as_deref(), Some("CompletedGate" | "WrongAnswer" | "ChallengeBurnt" | "CodeExpired"));
        let method = item.method.as_deref().and_then(Method::parse);
        after && typed && method.and_then(channel) == Some(one.channel.as_str())
    })
}

fn channel(method: Method) -> Option<&'static str> {
    match method {
        Method::Email => Some("mail"),
        Method::Sms => Some("sms"),
        Method::VoiceMobile | Method::VoiceOffice => Some("voice"),
        Method::AppCode | Method::Questions => None,
    }
}
