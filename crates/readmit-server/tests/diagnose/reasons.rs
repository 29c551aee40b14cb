//! `why`: one failure at a time, named with its code, its cause and the command that mends it.

use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::UserType;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::policy::Enabled;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_server::diagnose::why::Why;
use readmit_store::Member;
use readmit_store::Tx;
use serde_json::json;

use crate::stage::ROBIN;
use crate::stage::Stage;
use crate::stage::TENANT;
use crate::stage::at;
use crate::stage::cause;
use crate::stage::ids;

/// Not able, with this code, and with a cause that this command mends.
fn refused(why: &Why, code: Option<SsprCode>, id: Cause, command: &str) {
    assert!(!why.able);
    assert_eq!(why.code.map(|view| view.code), code, "{:?}", ids(&why.causes));
    let found = cause(&why.causes, id);
    assert_eq!(found["remedy"]["command"], command);
    assert!(found["remedy"]["link"].as_str().unwrap().starts_with("/admin/"));
    let failed = why.checks.iter().find(|check| check.outcome == "fail");
    assert_eq!(failed.and_then(|check| check.cause), Some(id));
}

#[tokio::test]
async fn an_able_account_passes_every_check() {
    let why = Stage::able().await.why("Robin@Larkfield.EXAMPLE").await;
    assert!(why.able && why.code.is_none() && why.causes.is_empty());
    assert_eq!(
        why.checks.iter().map(|check| check.id).collect::<Vec<_>>(),
        ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"]
    );
    assert!(why.checks.iter().all(|check| check.outcome != "fail" && check.remedy.is_none()));
    assert_eq!(why.methods.iter().filter(|one| one.usable).count(), 2);
    assert_eq!(why.user.unwrap().plan, Some("unlimited"));
}

#[tokio::test]
async fn the_document_has_exactly_the_promised_fields() {
    let document = serde_json::to_value(Stage::bare().await.why(ROBIN).await).unwrap();
    for field in [
        "input",
        "tenant",
        "user",
        "able",
        "code",
        "gates_required",
        "policy_version",
        "checks",
        "causes",
        "methods",
        "blocks",
    ] {
        assert!(document.get(field).is_some(), "{field}");
    }
    assert_eq!(document["code"], json!({ "number": 14, "code": "SSPR_0014", "name": "UserNotProperlyConfigured" }));
    assert_eq!(document["checks"][6]["id"], "E7");
    assert_eq!(document["checks"][6]["cause"], "methods-missing");
    assert_eq!((&document["gates_required"], &document["policy_version"]), (&json!(2), &json!(1)));
    assert_eq!(document["user"]["sign_in_model"], "cloud_only");
}

#[tokio::test]
async fn nobody_may_reset_gives_9() {
    let stage = Stage::able().await;
    stage.policy(|values| values.enabled = Enabled::None).await;
    let command = "readmit policy set sspr.enabled=all --tenant \"Larkfield Hospital\"";
    refused(&stage.why(ROBIN).await, Some(SsprCode::TenantSSPRFlagDisabled), Cause::SsprDisabledForTenant, command);
}

#[tokio::test]
async fn an_administrator_may_be_forbidden_to_reset() {
    let stage = Stage::able_but(|robin| robin.roles = vec![Role::GlobalAdministrator]).await;
    stage.policy(|values| values.admins_allowed = false).await;
    let command = "readmit policy set admins.sspr_allowed=true --tenant \"Larkfield Hospital\"";
    let code = Some(SsprCode::TenantSSPRFlagDisabled);
    refused(&stage.why(ROBIN).await, code, Cause::AdministratorResetForbidden, command);
}

#[tokio::test]
async fn writeback_off_gives_10() {
    let stage = Stage::able_but(|robin| robin.authority = Authority::OnPremises).await;
    let command = "readmit policy set on_premises.writeback=true --tenant \"Larkfield Hospital\"";
    refused(&stage.why(ROBIN).await, Some(SsprCode::WritebackNotEnabled), Cause::WritebackDisabled, command);
}

#[tokio::test]
async fn no_policy_gives_11() {
    let stage = Stage::without_policy(TenantPlan::Unlimited, |_| {}).await;
    stage.two_ways().await;
    let command = "readmit policy preset recommended --tenant \"Larkfield Hospital\"";
    refused(&stage.why(ROBIN).await, Some(SsprCode::SsprNotEnabledInUserPolicy), Cause::NoResetPolicy, command);
}

#[tokio::test]
async fn no_licence_gives_12_and_a_nested_one_is_no_licence() {
    let stage = Stage::without_policy(TenantPlan::Licensed(Plan::P2), |_| {}).await;
    stage.policy(|_| {}).await;
    stage.two_ways().await;
    let code = Some(SsprCode::UserNotLicensed);
    let why = stage.why(ROBIN).await;
    refused(&why, code, Cause::UserNotLicensed, "readmit licence assign robin@larkfield.example p2");
    let (outer, inner) = (stage.group(1, "Licensed staff").await, stage.group(2, "Night shift").await);
    let robin = why.user.unwrap().id;
    let unit = async move |tx: &mut Tx| {
        tx.add_member(TENANT, outer, Member::Group(inner)).await?;
        tx.add_member(TENANT, inner, Member::Account(robin)).await?;
        tx.assign_licence(TENANT, Member::Group(outer), Plan::P2, at(0)).await
    };
    stage.store.write(unit).await.unwrap();
    let command = "readmit group add \"Licensed staff\" robin@larkfield.example";
    refused(&stage.why(ROBIN).await, code, Cause::UserNotLicensed, command);
}

#[tokio::test]
async fn out_of_scope_gives_13_and_a_nested_group_is_in_scope() {
    let stage = Stage::able().await;
    let (enabled, nested) = (stage.group(1, "SSPR users").await, stage.group(2, "Night shift").await);
    stage
        .policy(|values| {
            values.enabled = Enabled::Selected;
            values.include_groups = vec![enabled];
        })
        .await;
    let code = Some(SsprCode::UserNotMemberOfScopedAccessGroup);
    let why = stage.why(ROBIN).await;
    refused(&why, code, Cause::NotInEnabledGroup, "readmit group add \"SSPR users\" robin@larkfield.example");
    let robin = why.user.unwrap().id;
    let unit = async move |tx: &mut Tx| {
        tx.add_member(TENANT, enabled, Member::Group(nested)).await?;
        tx.add_member(TENANT, nested, Member::Account(robin)).await
    };
    stage.store.write(unit).await.unwrap();
    assert!(stage.why(ROBIN).await.able);
    stage.policy(|values| values.exclude_groups = vec![enabled]).await;
    let command = "readmit group remove \"Night shift\" robin@larkfield.example";
    refused(&stage.why(ROBIN).await, code, Cause::NotInEnabledGroup, command);
}

#[tokio::test]
async fn no_method_or_one_of_two_gives_14() {
    let stage = Stage::bare().await;
    let code = Some(SsprCode::UserNotProperlyConfigured);
    let command = "readmit user method add robin@larkfield.example email --value ADDRESS";
    refused(&stage.why(ROBIN).await, code, Cause::MethodsMissing, command);
    stage.contact(Method::Email, "robin@private.example").await;
    let command = "readmit user method add robin@larkfield.example app_code --secret-stdin";
    refused(&stage.why(ROBIN).await, code, Cause::TooFewMethods, command);
}

#[tokio::test]
async fn a_malformed_number_is_named_with_its_attribute_and_the_form_it_should_have() {
    let stage = Stage::without_policy(TenantPlan::Unlimited, |robin| {
        robin.business_phones = vec!["+44 (0)20 7946 0103".to_owned(), "+44 2079460104".to_owned()];
    })
    .await;
    stage.policy(|_| {}).await;
    stage.contact(Method::Email, "robin@private.example").await;
    let why = stage.why(ROBIN).await;
    let command = "readmit user set robin@larkfield.example --business-phone \"+44 2079460103\" --business-phone \"+44 2079460104\"";
    refused(&why, Some(SsprCode::UserNotProperlyConfigured), Cause::ContactMalformed, command);
    let evidence = &cause(&why.causes, Cause::ContactMalformed)["evidence"];
    assert_eq!(evidence["attribute"], "businessPhones");
    assert_eq!(evidence["value"], "+44 (0)20 7946 0103");
    assert_eq!(evidence["should_be"], "+44 2079460103");
    assert_eq!(evidence["problem"], "contains (0)");
}

#[tokio::test]
async fn an_extension_is_reported_and_does_not_stop_anybody() {
    let stage = Stage::able_but(|robin| robin.business_phones = vec!["+44 2079460103 x12".to_owned()]).await;
    let why = stage.why(ROBIN).await;
    assert!(why.able);
    let found = cause(&why.causes, Cause::PhoneExtensionStripped);
    assert_eq!((&found["severity"], &found["evidence"]["extension"]), (&json!("warning"), &json!("12")));
    assert_eq!(
        found["remedy"]["command"],
        "readmit user set robin@larkfield.example --business-phone \"+44 2079460103\""
    );
}

#[tokio::test]
async fn an_administrator_has_a_policy_of_their_own() {
    let stage = Stage::able_but(|robin| robin.roles = vec![Role::HelpdeskAdministrator]).await;
    stage.policy(|values| values.enabled = Enabled::None).await;
    let why = stage.why(ROBIN).await;
    assert!(why.able);
    assert_eq!(ids(&why.causes), [Cause::AdministratorPolicyApplies]);
    assert_eq!(why.methods[0].offered_by, Some("administrator_policy"));
}

#[tokio::test]
async fn too_many_tries_are_named_by_their_family() {
    for (family, id) in [
        (Family::Account, Cause::ThrottledAccount),
        (Family::Email, Cause::ThrottledEmail),
        (Family::App, Cause::ThrottledApp),
    ] {
        let stage = Stage::able().await;
        stage.attempts(family, 5).await;
        let why = stage.why(ROBIN).await;
        let command =
            format!("readmit user unblock {ROBIN} --family {} --reason \"checked who is asking\"", family.name());
        refused(&why, Some(SsprCode::Throttled), id, &command);
        assert_eq!((why.blocks[0].family, why.blocks[0].until), (family.name(), at(86_400)));
    }
}

#[tokio::test]
async fn a_blocked_phone_is_named_where_it_is_needed() {
    let stage = Stage::bare().await;
    stage.contact(Method::Email, "robin@private.example").await;
    stage.contact(Method::Sms, "+44 7700900101").await;
    stage.attempts(Family::Phone, 5).await;
    let why = stage.why(ROBIN).await;
    let command = format!("readmit user unblock {ROBIN} --family phone --reason \"checked who is asking\"");
    refused(&why, Some(SsprCode::Throttled), Cause::ThrottledPhone, &command);
    let sms = why.methods.iter().find(|one| one.method == "sms").unwrap();
    assert_eq!((sms.usable, sms.reason), (false, Some(Cause::ThrottledPhone)));
}

#[tokio::test]
async fn a_proxy_address_leads_to_the_account_and_the_setting() {
    let stage = Stage::able().await;
    let why = stage.why("rob@larkfield.example").await;
    assert_eq!(why.user.as_ref().unwrap().upn, ROBIN);
    assert!(!why.able && why.code.is_none());
    let found = cause(&why.causes, Cause::AlternateLoginOff);
    assert_eq!(found["remedy"]["command"], "readmit policy set alternate_login=true --tenant \"Larkfield Hospital\"");
    stage.policy(|values| values.alternate_login = true).await;
    let why = stage.why("rob@larkfield.example").await;
    assert!(why.able && why.causes.is_empty());
}

#[tokio::test]
async fn an_unknown_user_id_is_an_answer_too() {
    let why = Stage::able().await.why("nobody@larkfield.example").await;
    assert!(why.user.is_none() && !why.able && why.checks.is_empty());
    assert_eq!(ids(&why.causes), [Cause::AccountUnknown]);
    assert_eq!(why.causes[0].remedy.command.as_deref(), Some("readmit user create nobody@larkfield.example"));
}

#[tokio::test]
async fn a_disabled_account_and_a_guest_have_no_code() {
    let stage = Stage::able_but(|robin| robin.enabled = false).await;
    refused(
        &stage.why(ROBIN).await,
        None,
        Cause::AccountDisabled,
        "readmit user set robin@larkfield.example --enabled",
    );
    let stage = Stage::able_but(|robin| robin.user_type = UserType::Guest).await;
    let command = "readmit user set robin@larkfield.example --user-type member";
    refused(&stage.why(ROBIN).await, None, Cause::AccountTypeNotServed, command);
}

#[tokio::test]
async fn no_agent_gives_30() {
    let stage = Stage::able_but(|robin| robin.authority = Authority::OnPremises).await;
    stage.policy(|values| values.writeback = true).await;
    let why = stage.why(ROBIN).await;
    refused(&why, Some(SsprCode::OnPremisesConnectivityError), Cause::NoAgentEnrolled, "readmit doctor");
}

#[tokio::test]
async fn a_method_that_the_policy_does_not_allow_is_named_with_the_policy_that_would() {
    let stage = Stage::able().await;
    stage.contact(Method::Sms, "+44 7700900101").await;
    stage.policy(|values| values.methods = vec![Method::Email, Method::AppCode]).await;
    let why = stage.why(ROBIN).await;
    assert!(why.able);
    let found = cause(&why.causes, Cause::MethodNotAllowed);
    let command = "readmit policy set methods.allowed=app_code,sms,email --tenant \"Larkfield Hospital\"";
    assert_eq!(found["remedy"]["command"], command);
}
