//! The pages: forms in, pages out. Every journey works without script.

use super::advance;
use super::advance::How;
use super::begin;
use super::begin::HumanKind;
use super::begin::HumanProof;
use super::begin::Start;
use super::door;
use super::door::Door;
use super::failure::Failure;
use super::failure::FieldIssue;
use super::hold::Hold;
use super::landing;
use super::moves;
use super::moves::Move;
use super::moves::Verb;
use super::pages::Notes;
use super::pages::Shown;
use super::subject::Seen;
use super::view;
use crate::app::App;
use crate::fault::Fault;
use crate::http::body::StrictForm;
use crate::http::csrf;
use crate::http::human_check;
use crate::http::human_check::HumanCheckError;
use crate::http::human_check::WaitTicket;
use crate::http::status;
use crate::pages::ContactPage;
use crate::pages::ContactState;
use crate::pages::LockedPage;
use crate::pages::StalePage;
use crate::pages::Template;
use crate::pages::TroublePage;
use axum::Router;
use axum::extract::Path;
use axum::extract::Query;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use http::HeaderValue;
use http::StatusCode;
use http::header::LOCATION;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use readmit_core::decision::Facts;
use readmit_core::journey::Issue;
use readmit_core::journey::State;
use readmit_core::order::Aim;
use readmit_core::policy::Disclosure;
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The routes of the pages.
pub fn router() -> Router<App> {
    Router::new()
        .route("/reset", get(landing::show).post(start))
        .route("/reset/{id}", get(current))
        .route("/reset/{id}/trouble", get(trouble))
        .route("/reset/{id}/locked", get(locked))
        .route("/reset/{id}/contact", get(contact_page).post(contact))
        .route("/reset/{id}/choose", post(choose))
        .route("/reset/{id}/answer", post(answer))
        .route("/reset/{id}/resend", post(resend))
        .route("/reset/{id}/another-way", post(another_way))
        .route("/reset/{id}/password", post(password))
        .route("/reset/{id}/cancel", post(cancel))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartForm {
    user_id: String,
    challenge: String,
    nonce: String,
    ticket: String,
    #[serde(default, rename = "csrf")]
    _csrf: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepForm {
    #[serde(default)]
    csrf: String,
    step: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChooseForm {
    #[serde(default)]
    csrf: String,
    step: i64,
    method_id: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    #[serde(default)]
    csrf: String,
    step: i64,
    new_password: Zeroizing<String>,
    confirm_password: Zeroizing<String>,
    /// Only for password managers; never looked at.
    #[serde(default, rename = "username")]
    _username: String,
}

async fn start(door: Door, StrictForm(form): StrictForm<StartForm>) -> Response {
    match started(&door, &form).await {
        Ok(response) => response,
        Err(Failure::Field(field, issue)) => landing::again(&door, &form.user_id, field, issue).await,
        Err(failure) => landing::failed(&door, &failure).await,
    }
}

async fn started(door: &Door, form: &StartForm) -> Result<Response, Failure> {
    let user_id = begin::user_id(&form.user_id)?;
    let human = match human(door, form) {
        Ok(human) => human,
        Err(HumanCheckError::TooEarly) => {
            return Ok(landing::wait(door, &form.user_id, &form.ticket).await);
        }
        Err(_) => return Err(Failure::Field("human_check", FieldIssue::HumanCheck)),
    };
    let asked = Start { user_id, aim: Aim::Reset, human, client: door.client, lang: door.lang };
    let begun = begin::begin(&door.app, asked).await?;
    let seen = advance::peek(&door.app, &begun.hold, door.now).await?;
    let id = begun.hold.journey;
    let response = match status::of_end(&seen.row.journey, door.now) {
        Some(status) => page(door, &begun.hold, &seen, status, &Notes::default()),
        None => see_other(&format!("/reset/{id}/trouble")),
    };
    Ok(door::finished(response, id, Some(&begun.token)))
}

/// The proof of work if there is one that holds, else the ticket of the wait.
fn human(door: &Door, form: &StartForm) -> Result<HumanProof, HumanCheckError> {
    let key = &door.app.edge_keys.human_check;
    if let Ok(checked) = human_check::verify(key, &form.challenge, &form.nonce, door.now) {
        return Ok(HumanProof { id: checked.hash, expires_at: checked.expires_at, kind: HumanKind::Work });
    }
    let waited = WaitTicket::verify(key, &form.ticket, door.now)?;
    Ok(HumanProof { id: waited.hash, expires_at: waited.expires_at, kind: HumanKind::Wait })
}

#[derive(Deserialize)]
struct CurrentQuery {
    method: Option<String>,
}

async fn current(door: Door, Path(id): Path<String>, Query(query): Query<CurrentQuery>) -> Response {
    let shown = async {
        let (held, seen) = held(&door, &id).await?;
        let phone = query.method.as_deref().and_then(|method| method.parse().ok());
        let notes = Notes { phone, ..Notes::default() };
        Ok(with_delivery(&door, &held, &seen, StatusCode::OK, notes).await)
    };
    shown.await.unwrap_or_else(|failure| failed(&door, &failure))
}

async fn trouble(door: Door, Path(id): Path<String>) -> Response {
    before_the_first_gate(&door, &id, |shown| TroublePage { frame: shown.frame() }.render()).await
}

async fn locked(door: Door, Path(id): Path<String>) -> Response {
    before_the_first_gate(&door, &id, |shown| LockedPage { frame: shown.frame() }.render()).await
}

/// A page of the open journey; once a gate was begun, its current page instead.
async fn before_the_first_gate(
    door: &Door,
    id: &str,
    render: impl Fn(&Shown<'_>) -> Result<String, askama::Error>,
) -> Response {
    let shown = async {
        let (held, seen) = held(door, id).await?;
        let fresh = matches!(&seen.row.journey.state, State::Choosing { passed } if passed.is_empty());
        if !fresh || seen.row.journey.outcome(door.now).is_some() {
            return Ok(see_other(&format!("/reset/{}", held.journey)));
        }
        let shown = Shown { app: &door.app, seen: &seen, lang: held.lang, now: door.now };
        let html = render(&shown).map_err(Fault::from)?;
        Ok(door::finished(Html(html).into_response(), held.journey, None))
    };
    shown.await.unwrap_or_else(|failure| failed(door, &failure))
}

async fn contact_page(door: Door, Path(id): Path<String>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let shown = async {
        let (held, seen) = held(&door, &id).await?;
        let shown = Shown { app: &door.app, seen: &seen, lang: held.lang, now: door.now };
        let state = if query.contains_key("sent") { ContactState::Sent } else { ContactState::Asking };
        let html = ContactPage { frame: shown.frame(), state }.render().map_err(Fault::from)?;
        Ok(door::finished(Html(html).into_response(), held.journey, None))
    };
    shown.await.unwrap_or_else(|failure| failed(&door, &failure))
}

async fn choose(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<ChooseForm>) -> Response {
    let typed = form.phone.clone().unwrap_or_default();
    let chosen = form.method_id.parse();
    let notes = Notes { phone: chosen.ok(), typed, ..Notes::default() };
    let verb = match (chosen, form.phone.as_deref().map(moves::typed_phone).transpose()) {
        (Ok(method), Ok(phone)) => Ok(Verb::Choose(method, phone)),
        (_, Err(failure)) => Err(failure),
        (Err(_), _) => Err(Failure::Malformed),
    };
    run(&door, &id, (&form.csrf, form.step), verb, notes).await
}

/// A code in `code`, or one answer in each `answer_<question>`.
async fn answer(
    door: Door,
    Path(id): Path<String>,
    StrictForm(mut form): StrictForm<BTreeMap<String, String>>,
) -> Response {
    let csrf = form.remove("csrf").unwrap_or_default();
    let written = |step: i64, text: &str| step >= 0 && step.to_string() == text;
    let step = form.remove("step").and_then(|text| text.parse().ok().filter(|step| written(*step, &text)));
    let code = form.remove("code");
    let notes = Notes { typed: code.clone().unwrap_or_default(), ..Notes::default() };
    let answers: Result<Vec<_>, ()> = form
        .into_iter()
        .map(|(name, text)| {
            let number = name.strip_prefix("answer_").and_then(|number| number.parse().ok()).ok_or(())?;
            Ok((number, Zeroizing::new(text)))
        })
        .collect();
    let verb = match (step, code, answers) {
        (Some(_), Some(code), Ok(answers)) if answers.is_empty() => Ok(Verb::Code(Zeroizing::new(code))),
        (Some(_), None, Ok(answers)) if !answers.is_empty() => Ok(Verb::Answers(answers)),
        _ => Err(Failure::Malformed),
    };
    run(&door, &id, (&csrf, step.unwrap_or_default()), verb, notes).await
}

async fn resend(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<StepForm>) -> Response {
    run(&door, &id, (&form.csrf, form.step), Ok(Verb::Resend), Notes::default()).await
}

async fn another_way(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<StepForm>) -> Response {
    run(&door, &id, (&form.csrf, form.step), Ok(Verb::AnotherWay), Notes::default()).await
}

async fn cancel(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<StepForm>) -> Response {
    run(&door, &id, (&form.csrf, form.step), Ok(Verb::Cancel), Notes::default()).await
}

async fn contact(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<StepForm>) -> Response {
    run(&door, &id, (&form.csrf, form.step), Ok(Verb::Contact), Notes::default()).await
}

async fn password(door: Door, Path(id): Path<String>, StrictForm(form): StrictForm<PasswordForm>) -> Response {
    let differs = form.new_password != form.confirm_password;
    let notes = Notes { confirm_differs: differs, ..Notes::default() };
    let verb = match differs {
        true => Err(Failure::Field("confirm_password", FieldIssue::Shape)),
        false => Ok(Verb::Password(form.new_password)),
    };
    run(&door, &id, (&form.csrf, form.step), verb, notes).await
}

async fn held(door: &Door, id: &str) -> Result<(Hold, Seen), Failure> {
    let held = door.hold(id).await?;
    if door.mkt.is_some() {
        let (token, locale) = (held.token_hash, held.lang.tag());
        door.app.store.write::<_, _, Fault>(async move |tx| Ok(tx.set_session_locale(token, locale).await?)).await?;
    }
    let seen = advance::peek(&door.app, &held, door.now).await?;
    Ok((held, seen))
}

/// One move. Who may make it comes first, then whether the form is ours, then what is in it.
async fn run(door: &Door, id: &str, (csrf, step): (&str, i64), verb: Result<Verb, Failure>, notes: Notes) -> Response {
    match taken(door, id, (csrf, step), verb, notes).await {
        Ok(response) => response,
        Err(failure) => failed(door, &failure),
    }
}

async fn taken(
    door: &Door,
    id: &str,
    (csrf, step): (&str, i64),
    verb: Result<Verb, Failure>,
    mut notes: Notes,
) -> Result<Response, Failure> {
    let held = door.hold(id).await?;
    if !csrf::token_fits(&door.app.edge_keys.csrf, held.journey.to_string().as_bytes(), csrf) {
        return Err(Failure::Forged);
    }
    let is_contact = matches!(verb, Ok(Verb::Contact));
    let moved = match verb {
        Ok(verb) => advance::advance(&door.app, &held, Move { step, verb }, &door.client.log_prefix()).await,
        Err(failure) => Err(failure),
    };
    let seen = advance::peek(&door.app, &held, door.now).await?;
    let moved = match moved {
        Ok(moved) => moved,
        Err(Failure::Field(field, issue)) => {
            notes.field = Some((field, issue));
            return Ok(with_delivery(door, &held, &seen, StatusCode::UNPROCESSABLE_ENTITY, notes).await);
        }
        Err(failure) => return Err(failure),
    };
    let ended = status::of_end(&seen.row.journey, door.now);
    let response = match (moved.how, moved.issue, ended) {
        (How::Repeated, _, _) | (How::Taken, None, None) if is_contact => {
            see_other(&format!("/reset/{}/contact?sent=1", held.journey))
        }
        (How::Repeated, _, _) | (How::Taken, None, None) => see_other(&format!("/reset/{}", held.journey)),
        (How::Stale | How::Taken, _, Some(status)) if !is_contact => {
            page(door, &held, &seen, status, &Notes::default())
        }
        (How::Taken, None, Some(_)) => see_other(&format!("/reset/{}/contact?sent=1", held.journey)),
        (How::Stale, _, _) => stale(door, &held, &seen)?,
        (How::Taken, Some(issue), _) => {
            notes.issue = Some(issue);
            notes.problems = moved.problems;
            let response = with_delivery(door, &held, &seen, status::of_issue(issue), notes).await;
            retry_after(response, waits_until(issue), door.now)
        }
    };
    Ok(door::finished(response, held.journey, moved.token.as_ref()))
}

fn stale(door: &Door, held: &Hold, seen: &Seen) -> Result<Response, Failure> {
    let shown = Shown { app: &door.app, seen, lang: held.lang, now: door.now };
    let html = StalePage { frame: shown.frame() }.render().map_err(Fault::from)?;
    Ok((StatusCode::CONFLICT, Html(html)).into_response())
}

fn retry_after(mut response: Response, at: Option<Timestamp>, now: Timestamp) -> Response {
    let seconds = at.map(|at| at.duration_since(now).as_secs().max(1).to_string());
    let value = seconds.and_then(|seconds| HeaderValue::from_str(&seconds).ok());
    response.headers_mut().extend(value.map(|value| (RETRY_AFTER, value)));
    response
}

fn waits_until(issue: Issue) -> Option<Timestamp> {
    match issue {
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
    }
}

/// The page of the journey with how far its code has come, which only the helpful mode tells.
async fn with_delivery(door: &Door, held: &Hold, seen: &Seen, status: StatusCode, mut notes: Notes) -> Response {
    let helpful = |facts: &Facts| seen.row.journey.disclosure(facts) == Disclosure::Helpful;
    if seen.facts.as_ref().is_some_and(helpful) && matches!(seen.row.journey.state, State::Challenged { .. }) {
        let (tenant, journey) = (held.tenant, held.journey);
        let rows = door.app.store.read::<_, _, Fault>(async move |tx| Ok(tx.deliveries(tenant, journey).await?)).await;
        notes.delivery =
            rows.ok().and_then(|rows| rows.into_iter().rfind(|row| row.kind == "code")).map(|row| row.state);
    }
    page(door, held, seen, status, &notes)
}

fn page(door: &Door, held: &Hold, seen: &Seen, status: StatusCode, notes: &Notes) -> Response {
    let shown = Shown { app: &door.app, seen, lang: held.lang, now: door.now };
    match shown.render(notes) {
        Ok(html) => {
            let until = view::blocked_until(&seen.row.journey, seen.facts.as_ref(), door.now);
            let until = until.filter(|_| status == StatusCode::TOO_MANY_REQUESTS);
            let response = retry_after((status, Html(html)).into_response(), until, door.now);
            door::finished(response, held.journey, None)
        }
        Err(error) => failed(door, &Fault::from(error).into()),
    }
}

fn failed(door: &Door, failure: &Failure) -> Response {
    landing::error_page(door, failure)
}

fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().extend(HeaderValue::from_str(path).ok().map(|path| (LOCATION, path)));
    response
}
