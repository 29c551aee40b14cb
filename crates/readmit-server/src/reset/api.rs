//! The JSON door: the same moves as the pages, for clients of one's own.

use super::advance;
use super::advance::How;
use super::advance::Moved;
use super::begin;
use super::begin::HumanKind;
use super::begin::HumanProof;
use super::begin::Start;
use super::door;
use super::door::Door;
use super::failure::Failure;
use super::failure::FieldIssue;
use super::moves;
use super::moves::Move;
use super::moves::Verb;
use super::problems;
use super::problems::Document;
use super::subject::Seen;
use super::view;
use crate::app::App;
use crate::http::body::StrictJson;
use crate::http::human_check;
use crate::text::Lang;
use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use http::StatusCode;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::RegistrationId;
use readmit_core::order::Aim;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

/// The routes of the JSON door.
pub fn router() -> Router<App> {
    let verb = |verb: &str| format!("/api/v1/reset/journeys/{{id}}/{verb}");
    Router::new()
        .route("/api/v1/reset/human-check", get(human_check_challenge))
        .route("/api/v1/reset/journeys", post(begin_journey))
        .route("/api/v1/reset/journeys/{id}", get(show))
        .route(&verb("choose"), post(choose))
        .route(&verb("answer"), post(answer))
        .route(&verb("resend"), post(resend))
        .route(&verb("another-way"), post(another_way))
        .route(&verb("password"), post(password))
        .route(&verb("contact"), post(contact))
        .route(&verb("cancel"), post(cancel))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginBody {
    user_id: String,
    #[serde(default = "reset_aim")]
    aim: Aim,
    human_check: HumanCheckBody,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HumanCheckBody {
    challenge: String,
    nonce: Nonce,
}

/// A decimal number, as a number or as its text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Nonce {
    Number(u64),
    Text(String),
}

impl Nonce {
    fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

fn reset_aim() -> Aim {
    Aim::Reset
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepBody {
    step: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChooseBody {
    step: i64,
    method_id: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    step: i64,
    code: Option<Zeroizing<String>>,
    answers: Option<Vec<AnswerItem>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerItem {
    question_id: String,
    answer: Zeroizing<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    step: i64,
    new_password: Zeroizing<String>,
}

#[derive(Serialize)]
struct HumanCheckView {
    challenge: String,
    algorithm: &'static str,
    bits: u32,
    expires_at: Timestamp,
}

async fn human_check_challenge(door: Door) -> Response {
    match door.app.entropy.bytes() {
        Ok(random) => {
            let issued = human_check::issue(&door.app.edge_keys.human_check, door.now, random);
            let (challenge, algorithm) = (issued.challenge, issued.algorithm);
            Json(HumanCheckView { challenge, algorithm, bits: issued.bits, expires_at: issued.expires_at })
                .into_response()
        }
        Err(fault) => refused(&door, door.lang, door.support_code, &Failure::from(fault)),
    }
}

async fn begin_journey(door: Door, StrictJson(body): StrictJson<BeginBody>) -> Response {
    match begun(&door, body).await {
        Ok(response) => response,
        Err(failure) => refused(&door, door.lang, door.support_code, &failure),
    }
}

async fn begun(door: &Door, body: BeginBody) -> Result<Response, Failure> {
    let (app, lang, now) = (&door.app, door.lang, door.now);
    let user_id = begin::user_id(&body.user_id)?;
    let (challenge, nonce) = (body.human_check.challenge, body.human_check.nonce.text());
    let checked = human_check::verify(&app.edge_keys.human_check, &challenge, &nonce, now)
        .map_err(|_| Failure::Field("human_check", FieldIssue::HumanCheck))?;
    let human = HumanProof { id: checked.hash, expires_at: checked.expires_at, kind: HumanKind::Work };
    let begun = begin::begin(app, Start { user_id, aim: body.aim, human, client: door.client, lang }).await?;
    let seen = advance::peek(app, &begun.hold, now).await?;
    let view = view::view(app, &seen, lang, now);
    let response = match problems::of_end(&seen, lang, now) {
        Some(document) => document.with_view(&view).into_response(),
        None => (StatusCode::CREATED, Json(view)).into_response(),
    };
    Ok(door::finished(response, begun.hold.journey, Some(&begun.token)))
}

async fn show(door: Door, Path(id): Path<String>) -> Response {
    let shown = async {
        let held = door.hold(&id).await?;
        let seen = advance::peek(&door.app, &held, door.now).await?;
        let view = Json(view::view(&door.app, &seen, held.lang, door.now));
        Ok(door::finished(view.into_response(), held.journey, None))
    };
    shown.await.unwrap_or_else(|failure| refused(&door, door.lang, door.support_code, &failure))
}

async fn choose(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<ChooseBody>) -> Response {
    run(&door, &id, body.step, chosen(&body)).await
}

async fn answer(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<AnswerBody>) -> Response {
    run(&door, &id, body.step, answered(body)).await
}

async fn resend(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<StepBody>) -> Response {
    run(&door, &id, body.step, Ok(Verb::Resend)).await
}

async fn another_way(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<StepBody>) -> Response {
    run(&door, &id, body.step, Ok(Verb::AnotherWay)).await
}

async fn password(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<PasswordBody>) -> Response {
    run(&door, &id, body.step, Ok(Verb::Password(body.new_password))).await
}

async fn contact(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<StepBody>) -> Response {
    run(&door, &id, body.step, Ok(Verb::Contact)).await
}

async fn cancel(door: Door, Path(id): Path<String>, StrictJson(body): StrictJson<StepBody>) -> Response {
    run(&door, &id, body.step, Ok(Verb::Cancel)).await
}

fn chosen(body: &ChooseBody) -> Result<Verb, Failure> {
    let method: RegistrationId = body.method_id.parse().map_err(|_| Failure::Malformed)?;
    let phone = body.phone.as_deref().map(moves::typed_phone).transpose()?;
    Ok(Verb::Choose(method, phone))
}

fn answered(body: AnswerBody) -> Result<Verb, Failure> {
    match (body.code, body.answers) {
        (Some(code), None) => Ok(Verb::Code(code)),
        (None, Some(answers)) => {
            let read = |item: AnswerItem| {
                let number = item.question_id.parse().map_err(|_| Failure::Malformed)?;
                Ok((number, item.answer))
            };
            answers.into_iter().map(read).collect::<Result<_, Failure>>().map(Verb::Answers)
        }
        (None, None) | (Some(_), Some(_)) => Err(Failure::Malformed),
    }
}

/// One move. Who may make it is looked at before what is wrong with it.
async fn run(door: &Door, id: &str, step: i64, verb: Result<Verb, Failure>) -> Response {
    let held = match door.hold(id).await {
        Ok(held) => held,
        Err(failure) => return refused(door, door.lang, door.support_code, &failure),
    };
    let is_contact = matches!(verb, Ok(Verb::Contact));
    let taken = async {
        let mv = Move { step, verb: verb? };
        let moved = advance::advance(&door.app, &held, mv, &door.client.log_prefix()).await?;
        let seen = advance::peek(&door.app, &held, door.now).await?;
        Ok((moved, seen))
    };
    match taken.await {
        Err(failure) => refused(door, held.lang, held.journey, &failure),
        Ok((moved, seen)) => {
            let view = view::view(&door.app, &seen, held.lang, door.now);
            let asked_from_an_end = is_contact && moved.how == How::Taken && moved.issue.is_none();
            let document = document(&moved, &seen, held.lang, door.now).filter(|_| !asked_from_an_end);
            let response = match document {
                Some(document) => document.with_view(&view).into_response(),
                None => Json(view).into_response(),
            };
            door::finished(response, held.journey, moved.token.as_ref())
        }
    }
}

/// What an answer says beside the view; nothing when the move was taken.
fn document(moved: &Moved, seen: &Seen, lang: Lang, now: Timestamp) -> Option<Document> {
    let ended = || problems::of_end(seen, lang, now);
    match moved.how {
        How::Repeated => None,
        How::Stale => ended().or_else(|| Some(problems::stale(seen.row.journey.head.id, lang))),
        How::Taken => ended().or_else(|| problems::of_issue(moved, seen, lang, now)),
    }
}

fn refused(door: &Door, lang: Lang, support_code: JourneyId, failure: &Failure) -> Response {
    if let Failure::Fault(fault) = failure {
        tracing::error!(%support_code, "request failed: {fault}");
    }
    door::finished(problems::of_failure(failure, lang, support_code, door.now).into_response(), support_code, None)
}
