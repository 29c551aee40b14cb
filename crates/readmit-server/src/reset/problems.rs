//! Problem documents of the JSON door: which status, which code, which words.

use super::advance::Moved;
use super::failure::Failure;
use super::failure::FieldIssue;
use super::pages;
use super::subject::Seen;
use super::view;
use crate::http::problem::FieldProblem;
use crate::http::problem::Problem;
use crate::http::status;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::code_text;
use crate::text::t;
use crate::text::tv;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderValue;
use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use readmit_core::code::SsprCode;
use readmit_core::ids::JourneyId;
use readmit_core::journey::Issue;

/// A problem document with the time after which trying again makes sense.
pub struct Document {
    problem: Problem,
    retry_after: Option<i64>,
}

impl Document {
    /// Adds the journey as it stands.
    #[must_use]
    pub fn with_view(mut self, view: &view::View) -> Self {
        self.problem.view = serde_json::to_value(view).ok();
        self
    }

    fn after(mut self, at: Option<Timestamp>, now: Timestamp) -> Self {
        self.retry_after = at.map(|at| at.duration_since(now).as_secs().max(1));
        self
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let mut response = self.problem.into_response();
        let seconds = self.retry_after.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok());
        response.headers_mut().extend(seconds.map(|seconds| (RETRY_AFTER, seconds)));
        response
    }
}

/// A journey that ended in a no.
#[must_use]
pub fn of_end(seen: &Seen, lang: Lang, now: Timestamp) -> Option<Document> {
    let journey = &seen.row.journey;
    let status = status::of_end(journey, now)?;
    let until = view::blocked_until(journey, seen.facts.as_ref(), now);
    let document = match view::code(journey, now) {
        Some(code) => coded(status, code, journey.head.id, lang, organization(seen)),
        None => plain(
            status,
            "could-not-verify",
            (Text::CouldNotVerifyTitle, Text::CouldNotVerifyLead),
            journey.head.id,
            lang,
        ),
    };
    Some(document.after(until, now))
}

/// A move on a page that is not current any more.
#[must_use]
pub fn stale(journey: JourneyId, lang: Lang) -> Document {
    coded(StatusCode::CONFLICT, SsprCode::PageStale, journey, lang, String::new())
}

/// What the person can mend after a move.
#[must_use]
pub fn of_issue(moved: &Moved, seen: &Seen, lang: Lang, now: Timestamp) -> Option<Document> {
    let issue = moved.issue?;
    let id = seen.row.journey.head.id;
    let first = pages::password_fields(&moved.problems, lang).into_iter().next();
    let words = first.map_or_else(|| pages::issue_words(issue, seen, lang, now), |field| field.text);
    let code = match issue {
        Issue::NotNow => Some(SsprCode::PageStale),
        Issue::SendWait(_) | Issue::FamilyBlocked { .. } => Some(SsprCode::Throttled),
        Issue::DirectoryPolicy(_) => Some(SsprCode::RefusedByDirectoryPolicy),
        Issue::NotChanged => Some(SsprCode::OnPremisesConnectivityError),
        Issue::NotOffered
        | Issue::PhoneMismatch
        | Issue::WrongAnswer { .. }
        | Issue::Burnt
        | Issue::CodeExpired
        | Issue::PasswordRefused => None,
    };
    let mut document = Document {
        problem: Problem {
            status: status::of_issue(issue),
            kind: code.map_or_else(|| "about:blank".to_owned(), |code| format!("/help/{}", code.code())),
            title: words.clone(),
            detail: words.clone(),
            code: code.map(|code| code.code().to_owned()),
            support_code: id.to_string(),
            fields: Vec::new(),
            view: None,
        },
        retry_after: None,
    };
    document.problem.fields = match field_of(issue) {
        Some("new_password") if !moved.problems.is_empty() => pages::password_fields(&moved.problems, lang),
        Some(field) => vec![FieldProblem { field: field.to_owned(), rule: rule_of(issue).to_owned(), text: words }],
        None => Vec::new(),
    };
    let wait = match issue {
        Issue::SendWait(at) | Issue::FamilyBlocked { until: at, .. } => Some(at),
        Issue::NotNow
        | Issue::NotOffered
        | Issue::PhoneMismatch
        | Issue::WrongAnswer { .. }
        | Issue::Burnt
        | Issue::CodeExpired
        | Issue::PasswordRefused
        | Issue::DirectoryPolicy(_)
        | Issue::NotChanged => None,
    };
    Some(document.after(wait, now))
}

fn field_of(issue: Issue) -> Option<&'static str> {
    match issue {
        Issue::PhoneMismatch => Some("phone"),
        Issue::WrongAnswer { .. } | Issue::Burnt | Issue::CodeExpired => Some("code"),
        Issue::NotOffered => Some("method_id"),
        Issue::PasswordRefused | Issue::DirectoryPolicy(_) => Some("new_password"),
        Issue::NotNow | Issue::SendWait(_) | Issue::FamilyBlocked { .. } | Issue::NotChanged => None,
    }
}

fn rule_of(issue: Issue) -> &'static str {
    match issue {
        Issue::PhoneMismatch => "mismatch",
        Issue::WrongAnswer { .. } => "wrong",
        Issue::Burnt => "burnt",
        Issue::CodeExpired => "expired",
        Issue::NotOffered => "not_offered",
        Issue::PasswordRefused => "refused",
        Issue::DirectoryPolicy(cause) => cause.id(),
        Issue::NotNow | Issue::SendWait(_) | Issue::FamilyBlocked { .. } | Issue::NotChanged => "later",
    }
}

/// A request that reached no journey, or that our own trouble ended.
#[must_use]
pub fn of_failure(failure: &Failure, lang: Lang, support_code: JourneyId, now: Timestamp) -> Document {
    match failure {
        Failure::NotFound => {
            plain(StatusCode::NOT_FOUND, "not-found", (Text::Error404Title, Text::Error404Lead), support_code, lang)
        }
        Failure::Malformed => {
            plain(StatusCode::BAD_REQUEST, "fields", (Text::Error400Title, Text::Error400Lead), support_code, lang)
        }
        Failure::Forged => {
            plain(StatusCode::FORBIDDEN, "cross-site", (Text::Error403Title, Text::Error403Lead), support_code, lang)
        }
        Failure::SourceLimit(at) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let words = (Text::ThrottledTitle, Text::Error429Lead);
            let mut document = plain(status, "source-limit", words, support_code, lang);
            document.problem.code = Some(SsprCode::Throttled.code().to_owned());
            document.after(Some(*at), now)
        }
        Failure::Field(field, issue) => {
            let text = field_words(field, *issue, lang);
            let words = (Text::Error400Title, Text::Error400Act);
            let mut document = plain(StatusCode::UNPROCESSABLE_ENTITY, "field", words, support_code, lang);
            text.clone_into(&mut document.problem.detail);
            let rule = issue.rule().to_owned();
            document.problem.fields.push(FieldProblem { field: (*field).to_owned(), rule, text });
            document
        }
        Failure::Fault(fault) => {
            let status =
                if fault.passes() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
            let mut document = coded(status, SsprCode::Fault, support_code, lang, String::new());
            document.retry_after = fault.passes().then_some(5);
            document
        }
    }
}

/// The sentence by a field.
#[must_use]
pub fn field_words(field: &str, issue: FieldIssue, lang: Lang) -> String {
    let example = |text, example: &'static str| tv(lang, text, &[("example", example.into())]);
    let digits = |text| tv(lang, text, &[("digits", 6.into())]);
    match (field, issue) {
        ("user_id", FieldIssue::Empty) => t(lang, Text::WhoErrorEmpty).to_owned(),
        ("user_id", FieldIssue::TooLong) => t(lang, Text::WhoErrorLong).to_owned(),
        ("user_id", _) => example(Text::WhoErrorShape, "name@company.example"),
        ("human_check", _) => t(lang, Text::WhoErrorHuman).to_owned(),
        ("phone", FieldIssue::Empty) => example(Text::PhoneErrorEmpty, "+44 7700 900123"),
        ("phone", _) => example(Text::PhoneErrorShape, "+44 7700 900123"),
        ("code", FieldIssue::Empty) => digits(Text::ChallengeErrorEmpty),
        ("code", _) => digits(Text::ChallengeErrorShape),
        ("answers", _) => t(lang, Text::QuestionsErrorEmpty).to_owned(),
        _ => t(lang, Text::Error400Lead).to_owned(),
    }
}

fn organization(seen: &Seen) -> String {
    seen.facts.as_ref().map(|facts| facts.tenant.name.clone()).unwrap_or_default()
}

fn coded(status: StatusCode, code: SsprCode, support_code: JourneyId, lang: Lang, organization: String) -> Document {
    let words = code_text(code);
    let happened = tv(lang, words.happened, &[("organization", organization.into())]);
    let problem = Problem {
        status,
        kind: format!("/help/{}", code.code()),
        title: t(lang, words.title).to_owned(),
        detail: happened,
        code: Some(code.code().to_owned()),
        support_code: support_code.to_string(),
        fields: Vec::new(),
        view: None,
    };
    Document { problem, retry_after: None }
}

fn plain(
    status: StatusCode,
    kind: &str,
    (title, detail): (Text, Text),
    support_code: JourneyId,
    lang: Lang,
) -> Document {
    let problem = Problem {
        status,
        kind: format!("/help#{kind}"),
        title: t(lang, title).to_owned(),
        detail: t(lang, detail).to_owned(),
        code: None,
        support_code: support_code.to_string(),
        fields: Vec::new(),
        view: None,
    };
    Document { problem, retry_after: None }
}
