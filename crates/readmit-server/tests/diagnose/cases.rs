//! `case`: what happened in a journey, found by its support code.

use readmit_core::account::Authority;
use readmit_core::activity::Activity;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::activity::Reason;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::policy::Enabled;
use readmit_core::registration::Method;
use readmit_server::diagnose::case::Kind;
use readmit_server::diagnose::case::Search;
use readmit_store::Tx;
use serde_json::json;

use crate::stage::End;
use crate::stage::ROBIN;
use crate::stage::Stage;
use crate::stage::TENANT;
use crate::stage::at;
use crate::stage::cause;
use crate::stage::code;
use crate::stage::ids;

const EMAIL: Option<Method> = Some(Method::Email);

/// A journey that waits for a code which this message carries.
async fn waiting(channel: &'static str, end: End) -> Stage {
    let stage = Stage::able().await;
    stage.journey(1, ROBIN).await;
    stage.robin(1, 1, Activity::progress(Reason::StartedGate, EMAIL)).await;
    stage.message(1, channel, end).await;
    stage
}

#[tokio::test]
async fn a_case_holds_everything_that_support_asks_for() {
    let stage = waiting("mail", End::Accepted).await;
    let case = serde_json::to_value(stage.case(1).await).unwrap();
    assert_eq!(case["support_code"], code(1).to_string());
    assert_eq!(
        (&case["kind"], &case["page"], &case["state"]),
        (&json!("journey"), &json!("choose"), &json!("choosing"))
    );
    assert_eq!((&case["opened_at"], &case["time_zone"]), (&json!(at(0)), &json!("Europe/London")));
    assert_eq!((&case["user"]["typed"], &case["user"]["upn"]), (&json!(ROBIN), &json!(ROBIN)));
    assert_eq!(
        case["description"],
        "Robin Sample wanted to reset a forgotten password. The next step is to choose a method."
    );
    assert_eq!(case["licensing"], json!({ "enforced": false, "tenant_plan": "unlimited", "licences": [] }));
    assert_eq!((&case["tenant"], &case["sign_in_model"]), (&json!("Larkfield Hospital"), &json!("cloud_only")));
    assert_eq!((&case["outcome"], &case["code"]), (&json!(null), &json!(null)));
    let lines = case["timeline"].as_array().unwrap();
    assert_eq!(lines.iter().map(|line| &line["reason"]).collect::<Vec<_>>(), ["JourneyStarted", "StartedGate"]);
    assert_eq!(lines[1]["detail"], "A method was chosen; its check began.");
    assert_eq!((&lines[1]["method"], &lines[1]["result"]), (&json!("email"), &json!("success")));
    let sent = &case["deliveries"][0];
    assert_eq!(
        (&sent["channel"], &sent["state"], &sent["provider_code"]),
        (&json!("mail"), &json!("accepted"), &json!("2.0.0"))
    );
    assert_eq!(
        case["health"],
        json!({
            "database": "up", "mail": "configured", "sms": "not_configured", "voice": "not_configured", "agents": "not_configured",
        })
    );
    assert_eq!(case["agent_events"], json!([]));
}

#[tokio::test]
async fn a_mail_that_was_taken_and_never_answered_is_told() {
    let stage = waiting("mail", End::Accepted).await;
    assert_eq!(ids(&stage.case(1).await.causes), [Cause::MailAcceptedByRelay]);
    stage.robin(1, 30, Activity::setback(Reason::WrongAnswer, EMAIL)).await;
    assert_eq!(ids(&stage.case(1).await.causes), []);
}

#[tokio::test]
async fn a_text_message_that_was_taken_and_never_answered_is_unconfirmed() {
    for channel in ["sms", "voice"] {
        let stage = waiting(channel, End::Accepted).await;
        assert_eq!(ids(&stage.case(1).await.causes), [Cause::DeliveryUnconfirmed]);
    }
}

#[tokio::test]
async fn a_relay_that_refuses_the_recipient_is_a_bounce() {
    let stage = waiting("mail", End::Failed("5.1.1")).await;
    let found = cause(&stage.case(1).await.causes, Cause::MailBounced);
    assert_eq!(found["evidence"]["provider_code"], "5.1.1");
    let command = found["remedy"]["command"].as_str().unwrap();
    assert_eq!(
        command,
        "readmit user method remove robin@larkfield.example email && readmit user method add robin@larkfield.example email --value ADDRESS"
    );
}

#[tokio::test]
async fn a_gateway_that_does_not_take_a_message_is_told_with_its_answer() {
    for end in [End::Failed("400"), End::Retried("503")] {
        let stage = waiting("sms", end).await;
        let case = stage.case(1).await;
        assert_eq!(ids(&case.causes), [Cause::DeliveryFailed]);
        assert_eq!(case.causes[0].evidence["tries"], 1);
    }
    let stage = waiting("sms", End::Failed("none")).await;
    assert_eq!(ids(&stage.case(1).await.causes), [Cause::DeliveryFailed, Cause::FaultConfiguration]);
}

#[tokio::test]
async fn what_the_person_did_on_the_way_is_told() {
    for (reason, id) in [
        (Reason::PhoneNumberMismatch, Cause::PhoneMismatch),
        (Reason::FuzzyPolicyViolationInvalidPassword, Cause::BannedPassword),
        (Reason::TooManyPhoneAttempts, Cause::ThrottledPhone),
        (Reason::TooManyQuestionsAttempts, Cause::ThrottledQuestions),
        (Reason::TooManyJourneys, Cause::ThrottledAccount),
    ] {
        let stage = Stage::able().await;
        stage.journey(1, ROBIN).await;
        stage.robin(1, 5, Activity::setback(reason, None)).await;
        assert_eq!(ids(&stage.case(1).await.causes), [id]);
    }
}

#[tokio::test]
async fn a_refused_journey_has_its_code_and_the_cause_of_that_time() {
    let stage = Stage::able().await;
    stage.policy(|values| values.enabled = Enabled::None).await;
    stage.journey(1, ROBIN).await;
    let case = stage.case(1).await;
    assert_eq!((case.outcome, case.code.map(|view| view.number)), (Some("refused"), Some(9)));
    let found = cause(&case.causes, Cause::SsprDisabledForTenant);
    assert_eq!(found["evidence"], json!({ "sspr.enabled": "none", "still_so": true }));
    assert!(case.timeline[0].detail.as_deref().unwrap().ends_with("(SSPR_0009)"));
}

#[tokio::test]
async fn a_cause_is_remembered_after_it_was_mended() {
    let stage = Stage::able().await;
    let refused = Activity { code: Some(SsprCode::UserNotLicensed), ..Activity::setback(Reason::JourneyRefused, None) };
    let robin = stage.why(ROBIN).await.user.unwrap().id;
    stage.journey(1, ROBIN).await;
    stage.happened(1, 1, refused, Some(Cause::UserNotLicensed), Some(robin)).await;
    let found = cause(&stage.case(1).await.causes, Cause::UserNotLicensed);
    assert_eq!(found["evidence"], json!({ "still_so": false }));
}

#[tokio::test]
async fn an_address_that_is_no_user_id_is_resolved_again() {
    let stage = Stage::able().await;
    stage.journey(1, "rob@larkfield.example").await;
    let case = stage.case(1).await;
    assert_eq!((case.outcome, case.user.upn.as_deref()), (Some("not_verified"), Some(ROBIN)));
    assert_eq!(ids(&case.causes), [Cause::AlternateLoginOff]);
    stage.journey(2, "nobody@larkfield.example").await;
    let case = stage.case(2).await;
    assert_eq!((ids(&case.causes), case.user.id), (vec![Cause::AccountUnknown], None));
}

#[tokio::test]
async fn a_decoy_is_told_by_the_real_account() {
    let stage = Stage::able_but(|robin| robin.authority = Authority::OnPremises).await;
    stage.policy(|values| values.writeback = true).await;
    let robin = stage.why(ROBIN).await.user.unwrap().id;
    stage.journey(1, "somebody@larkfield.example").await;
    let hidden = Activity {
        code: Some(SsprCode::OnPremisesConnectivityError),
        ..Activity::setback(Reason::JourneyRefused, None)
    };
    stage.happened(1, 1, hidden, None, Some(robin)).await;
    let case = stage.case(1).await;
    assert_eq!(case.user.upn.as_deref(), Some(ROBIN));
    assert_eq!(case.code.map(|view| view.number), Some(30));
    assert_eq!(ids(&case.causes), [Cause::NoAgentEnrolled]);
}

#[tokio::test]
async fn a_request_for_help_and_a_bare_request_are_kinds_of_their_own() {
    let stage = Stage::able().await;
    stage.journey(1, ROBIN).await;
    stage.robin(1, 20, Activity::progress(Reason::ContactedAdministrator, None)).await;
    let case = stage.case(1).await;
    assert_eq!(case.kind, Kind::Contact);
    assert!(case.description.ends_with("At last, the administrators were asked for help."));
    let read = Activity {
        name: ActivityName::ReadAudit,
        result: ActivityResult::Success,
        reason: Reason::IllegalMove,
        method: None,
        code: None,
    };
    stage.happened(9, 5, read, None, None).await;
    let case = stage.case(9).await;
    assert_eq!((case.kind, case.opened_at), (Kind::Request, at(5)));
    assert_eq!((case.page, case.state, case.tenant.as_deref()), (None, None, Some("Larkfield Hospital")));
}

#[tokio::test]
async fn a_value_of_another_key_is_a_fault_with_a_name() {
    let stage = Stage::able().await;
    stage.journey(1, ROBIN).await;
    let unit = async move |tx: &mut Tx| {
        let mut row = tx.journey(TENANT, code(1)).await?.unwrap();
        row.journey.head.id = code(2);
        tx.insert_journey(TENANT, &row).await
    };
    stage.store.write(unit).await.unwrap();
    let case = stage.case(2).await;
    assert_eq!((ids(&case.causes), case.user.typed), (vec![Cause::FaultKey], None));
}

#[tokio::test]
async fn the_beginning_of_a_code_will_do_while_it_is_the_only_one() {
    let stage = Stage::able().await;
    stage.journey(1, ROBIN).await;
    let whole = code(1).to_string();
    let beginning = &whole[..7];
    assert!(matches!(stage.find(beginning).await, Search::One(found) if found.code == code(1)));
    stage.journey(2, ROBIN).await;
    assert_eq!(stage.find(beginning).await, Search::Several(vec![code(1), code(2)]));
    assert!(matches!(stage.find(&whole.to_lowercase()).await, Search::One(_)));
    assert_eq!(stage.find("ZZZZ-ZZZZ-ZZZZ").await, Search::Nothing);
}

#[tokio::test]
async fn what_is_worth_knowing_about_the_account_comes_last() {
    let stage = Stage::able_but(|robin| robin.mobile_phone = Some("07700 900107".to_owned())).await;
    stage.journey(1, ROBIN).await;
    stage.robin(1, 5, Activity::setback(Reason::PhoneNumberMismatch, Some(Method::VoiceOffice))).await;
    assert_eq!(ids(&stage.case(1).await.causes), [Cause::PhoneMismatch, Cause::ContactMalformed]);
}
