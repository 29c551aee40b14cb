//! The list: filters, pages, and what an item holds.

use readmit_core::activity::Activity;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::activity::Reason;
use readmit_core::code::SsprCode;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;
use readmit_core::registration::Method;
use readmit_store::AUDIT_COLUMNS;
use readmit_store::Actor;
use readmit_store::AuditCursor;
use readmit_store::AuditFilter;
use readmit_store::AuditPage;
use readmit_store::AuditRecord;
use readmit_store::AuditScope;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Writer;

use crate::ADA;
use crate::BEN;
use crate::ROOT;
use crate::TENANT;
use crate::append;
use crate::at;
use crate::beds;
use crate::change;
use crate::keys;

async fn page(store: &Store, filter: &AuditFilter, cursor: Option<AuditCursor>, limit: u32) -> AuditPage {
    let filter = filter.clone();
    let read = store.read(async move |tx: &mut Tx| tx.audit_items(&filter, cursor.as_ref(), limit).await).await;
    read.unwrap_or_else(|error: StoreError| unreachable!("{error}"))
}

async fn ids(store: &Store, filter: &AuditFilter) -> Vec<String> {
    page(store, filter, None, 100).await.items.into_iter().map(|item| item.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_holds_what_the_record_said() {
    for bed in beds().await {
        let activity = Activity {
            code: Some(SsprCode::TenantSSPRFlagDisabled),
            ..Activity::setback(Reason::WrongAnswer, Some(Method::Sms))
        };
        let record = AuditRecord {
            tenant: Some(TENANT),
            support_code: Some(SupportCode::from_random(7)),
            source: Some("2001:db8::\0x".to_owned()),
            old: Some(serde_json::json!({"b": 1, "a": "ü\0"})),
            ..AuditRecord::of(at(1), &activity, Actor::user(Some(ADA), Some("=ada".to_owned())))
        }
        .about(ADA, Some("Ada".to_owned()));
        append(&bed.store, &Writer::new("cli", &keys()), record).await;
        let page = page(&bed.store, &AuditFilter::new(AuditScope::All), None, 10).await;
        let json = serde_json::to_value(&page).unwrap();
        let hash = json["items"][0]["hash"].clone();
        assert_eq!(hash.as_str().map(str::len), Some(64));
        let item = serde_json::json!({
            "id": "cli/1", "writer": "cli", "seq": 1, "at": "2023-11-14T22:13:21.000Z", "tenant": TENANT,
            "service": "Self-service Password Management",
            "activity": "Self-service password reset flow activity progress", "category": "UserManagement",
            "result": "failure", "reason": "WrongAnswer", "actor": {"type": "user", "id": ADA, "name": "=ada"},
            "target": {"id": ADA, "name": "Ada"}, "method": "sms", "code": "SSPR_0009",
            "support_code": SupportCode::from_random(7).to_string(), "source": "2001:db8::\0x",
            "old": {"a": "ü\0", "b": 1}, "new": null, "redacted": false, "prev_hash": "0".repeat(64), "hash": hash,
        });
        assert_eq!(json, serde_json::json!({"items": [item], "next": null}), "{bed}");
        let cells = page.items[0].cells();
        let cell = |name: &str| AUDIT_COLUMNS.iter().position(|column| *column == name).map(|at| cells[at].as_str());
        assert_eq!(cell("actor_name"), Some("=ada"));
        assert_eq!(cell("old"), Some("{\"a\":\"ü\\u0000\",\"b\":1}"));
        assert_eq!((cell("new"), cell("hash")), (Some(""), hash.as_str()));
    }
}

const ALL: AuditScope = AuditScope::All;
const OURS: AuditScope = AuditScope::Tenant(TENANT);

/// A filter's scope, what else it asks for, and which records that finds.
type Case = (AuditScope, fn(&mut AuditFilter), &'static str);

const CASES: [Case; 16] = [
    (ALL, |_| (), "4 3 2 1"),
    (OURS, |_| (), "2 1"),
    (ALL, |f| f.user = Some(ADA.to_string()), "4 1"),
    (OURS, |f| f.user = Some(ADA.to_string()), "1"),
    (ALL, |f| f.support_code = SupportCode::from_value(2), "2"),
    (OURS, |f| f.support_code = SupportCode::from_value(2), "2"),
    (ALL, |f| of_code_2(f, BEN), "2"),
    (OURS, |f| of_code_2(f, ADA), ""),
    (ALL, |f| f.actor = Some("cli:eve".to_owned()), "3"),
    (OURS, |f| f.actor = Some(ROOT.to_string()), "2 1"),
    (ALL, |f| f.activity = Some("Update user".to_owned()), "4 2 1"),
    (ALL, |f| f.service = Some("Readmit".to_owned()), "3"),
    (ALL, |f| f.result = Some(ActivityResult::Failure), "3"),
    (ALL, |f| f.since = Some(at(3)), "4 3"),
    (ALL, |f| f.until = Some(at(3)), "2 1"),
    (OURS, |f| (f.since, f.until) = (Some(at(2)), Some(at(3))), "2"),
];

fn of_code_2(filter: &mut AuditFilter, user: AccountId) {
    filter.support_code = SupportCode::from_value(2);
    filter.user = Some(user.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_items_are_filtered_by_each_condition() {
    for bed in beds().await {
        let writer = Writer::new("w", &keys());
        append(&bed.store, &writer, change(1, ADA, "ada")).await;
        append(&bed.store, &writer, change(2, BEN, "ben")).await;
        let (what, failed) = (ActivityName::Lifecycle, ActivityResult::Failure);
        let cli = AuditRecord::new(at(3), what, failed, Actor::cli("eve"));
        append(&bed.store, &writer, cli).await;
        let mut elsewhere = change(4, ADA, "ada");
        elsewhere.tenant = Some(TenantId::from_bits(2));
        append(&bed.store, &writer, elsewhere).await;
        for (number, (scope, asks, expected)) in CASES.into_iter().enumerate() {
            let mut filter = AuditFilter::new(scope);
            asks(&mut filter);
            let expected: Vec<_> = expected.split(' ').filter(|seq| !seq.is_empty()).collect();
            let expected: Vec<_> = expected.iter().map(|seq| format!("w/{seq}")).collect();
            let found = ids(&bed.store, &filter).await;
            assert_eq!(found, expected, "case {number}, {bed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_items_come_in_pages_without_loss_or_double() {
    for bed in beds().await {
        // Many at one moment, in two chains: the order must be total.
        for second in [5, 5, 5, 5, 6, 7, 5] {
            for writer in ["a", "b.c"] {
                append(&bed.store, &Writer::new(writer, &keys()), change(second, ADA, "ada")).await;
            }
        }
        let filter = AuditFilter::new(AuditScope::Tenant(TENANT));
        let whole = ids(&bed.store, &filter).await;
        assert_eq!(whole.len(), 14, "{bed}");
        let (mut walked, mut cursor) = (Vec::new(), None);
        loop {
            let page = page(&bed.store, &filter, cursor, 3).await;
            walked.extend(page.items.into_iter().map(|item| item.id));
            match page.next {
                Some(next) => cursor = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{bed}");
    }
}

#[test]
fn what_is_no_cursor_is_refused() {
    for text in ["", "1", "1.2", "1.2.", "x.2.a", "1.x.a", "1.2.a\0"] {
        assert!(text.parse::<AuditCursor>().is_err(), "{text:?}");
    }
}
