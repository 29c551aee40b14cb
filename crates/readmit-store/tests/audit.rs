//! The audit keeps what it was given, shows every change, and forgets a person when told to.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]

mod common;
#[path = "audit/ends.rs"]
mod ends;
#[path = "audit/reading.rs"]
mod reading;
#[path = "audit/scene.rs"]
mod scene;
#[path = "audit/tampering.rs"]
mod tampering;

use jiff::Timestamp;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;
use readmit_store::Actor;
use readmit_store::AuditRecord;
use readmit_store::KeyError;
use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Value;
use readmit_store::Writer;
use readmit_store::args;
use readmit_store::checkpoint_due;
use tokio::task::JoinSet;

use common::Bed;

const TENANT: TenantId = TenantId::from_bits(1);
const ADA: AccountId = AccountId::from_bits(10);
const BEN: AccountId = AccountId::from_bits(11);
const ROOT: AccountId = AccountId::from_bits(12);

fn keys() -> Keys {
    Keys::from_bytes([1; 32])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

async fn beds() -> Vec<Bed> {
    let beds = common::beds().await;
    for bed in &beds {
        bed.store.migrate().await.unwrap();
    }
    beds
}

/// An administrator changes something of an account.
fn change(second: i64, account: AccountId, name: &str) -> AuditRecord {
    AuditRecord {
        tenant: Some(TENANT),
        reason: Some("Because".to_owned()),
        support_code: SupportCode::from_value(u64::try_from(second).unwrap()),
        source: Some("192.0.2.7".to_owned()),
        old: Some(serde_json::json!({"name": name, "n": 1})),
        new: Some(serde_json::json!({"name": name, "n": 2})),
        ..AuditRecord::new(
            at(second),
            ActivityName::UpdateUser,
            ActivityResult::Success,
            Actor::admin(ROOT, "root@a.test"),
        )
    }
    .about(account, Some(name.to_owned()))
}

async fn append(store: &Store, writer: &Writer, record: AuditRecord) -> i64 {
    let mut seed = [0; 32];
    let number = record.at.as_millisecond().to_be_bytes();
    seed.iter_mut().zip(number).for_each(|(to, from)| *to = from);
    let writer = writer.clone();
    let done = store.write(async move |tx: &mut Tx| tx.append_audit(&writer, &record, seed).await).await;
    done.unwrap_or_else(|error: StoreError| unreachable!("{error}"))
}

async fn run(store: &Store, sql: &'static str, args: Vec<Value>) -> u64 {
    let done = store.write(async move |tx: &mut Tx| tx.exec(sql, args).await).await;
    done.unwrap_or_else(|error: StoreError| unreachable!("{sql}: {error}"))
}

async fn count(store: &Store, sql: &'static str, args: Vec<Value>) -> i64 {
    let done = store.read(async move |tx: &mut Tx| tx.one::<(i64,)>(sql, args).await).await;
    done.unwrap_or_else(|error: StoreError| unreachable!("{sql}: {error}")).0
}

#[tokio::test(flavor = "multi_thread")]
async fn append_audit_numbers_each_chain_from_one() {
    for bed in beds().await {
        let (a, b) = (Writer::new("a", &keys()), Writer::new("b", &keys()));
        assert_eq!(append(&bed.store, &a, change(1, ADA, "ada")).await, 1, "{bed}");
        assert_eq!(append(&bed.store, &a, change(2, ADA, "ada")).await, 2, "{bed}");
        assert_eq!(append(&bed.store, &b, change(3, BEN, "ben")).await, 1, "{bed}");
        let found = bed.store.verify_audit(&keys(), None).await.unwrap();
        assert!(found.ok && found.records == 3 && found.redacted == 0, "{bed}: {found:?}");
        let ends: Vec<_> = found.writers.iter().map(|state| (state.writer.as_str(), state.last_seq)).collect();
        assert_eq!(ends, [("a", 2), ("b", 1)], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_records_of_one_unit_come_or_stay_away_together() {
    for bed in beds().await {
        let writer = Writer::new("a", &keys());
        let unit = async move |tx: &mut Tx| {
            for second in 0..3_u8 {
                tx.append_audit(&writer, &change(second.into(), ADA, "ada"), [second; 32]).await?;
            }
            Ok::<_, StoreError>(())
        };
        bed.store.write(unit.clone()).await.unwrap();
        let undone = async move |tx: &mut Tx| {
            unit(tx).await?;
            Err::<(), _>(StoreError::Conflict)
        };
        assert_eq!(bed.store.write(undone).await, Err(StoreError::Conflict), "{bed}");
        let found = bed.store.verify_audit(&keys(), None).await.unwrap();
        assert!(found.ok && found.records == 3, "{bed}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_in_parallel_do_not_break_a_chain_even_on_one_name() {
    for bed in beds().await {
        let mut tasks = JoinSet::new();
        for task in 0..6_i64 {
            let store = bed.store.clone();
            tasks.spawn(async move {
                let writer = Writer::new(if task % 2 == 0 { "a" } else { "b" }, &keys());
                for round in 0..20 {
                    append(&store, &writer, change(task * 100 + round, ADA, "ada")).await;
                    if round % 7 == 0 {
                        store.checkpoint(&keys(), None, at(round)).await.unwrap();
                    }
                }
            });
        }
        tasks.join_all().await;
        let found = bed.store.verify_audit(&keys(), None).await.unwrap();
        assert!(found.ok && found.records == 120, "{bed}: {found:?}");
        assert!(found.writers.iter().all(|state| state.last_seq == 60), "{bed}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_is_no_finding() {
    for bed in beds().await {
        let writer = Writer::new("a", &keys());
        for second in [100, 50, 75] {
            append(&bed.store, &writer, change(second, ADA, "ada")).await;
        }
        assert!(bed.store.verify_audit(&keys(), None).await.unwrap().ok, "{bed}");
    }
}

/// Ada is changed, acts on Ben, and comes back without being known yet; Ben is changed.
async fn lives(store: &Store) {
    let writer = Writer::new("a", &keys());
    append(store, &writer, change(1, ADA, "ada@a.test")).await;
    append(store, &writer, change(2, BEN, "ben@a.test")).await;
    for (second, id, whom, name) in [(3, Some(ADA), BEN, "ben@a.test"), (4, None, ADA, "ada@a.test")] {
        let actor = Actor::user(id, Some("ada@a.test".to_owned()));
        let record = AuditRecord { actor, ..change(second, whom, name) };
        append(store, &writer, record).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redact_audit_erases_a_person_and_leaves_the_chain_whole() {
    const HOLDS: &str = "SELECT COUNT(*) FROM audit_values WHERE value LIKE '%' || CAST($1 AS TEXT) || '%'";
    const NAMED: &str = "SELECT COUNT(*) FROM audit WHERE subject = $1 OR actor = $1";
    for bed in beds().await {
        lives(&bed.store).await;
        bed.store.checkpoint(&keys(), None, at(5)).await.unwrap();
        assert_eq!(count(&bed.store, HOLDS, args!["ada@a.test"]).await, 8);
        let ada = ADA.to_string();
        let redact = async move |tx: &mut Tx| tx.redact_audit(TENANT, &ada).await;
        let gone: Result<_, StoreError> = bed.store.write(redact.clone()).await;
        assert_eq!(gone, Ok(10), "{bed}");
        let gone: Result<_, StoreError> = bed.store.write(redact).await;
        assert_eq!(gone, Ok(0), "{bed}");
        assert_eq!(count(&bed.store, HOLDS, args!["ada@a.test"]).await, 0);
        assert_eq!(count(&bed.store, HOLDS, args![ADA.to_string()]).await, 0);
        assert_eq!(count(&bed.store, NAMED, args![ADA.to_string()]).await, 0);
        assert_eq!(count(&bed.store, NAMED, args![BEN.to_string()]).await, 2);
        let found = bed.store.verify_audit(&keys(), None).await.unwrap();
        assert!(found.ok && found.records == 4, "{bed}: {found:?}");
        assert_eq!(found.redacted, 3, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_due_at_first_then_by_time_or_records() {
    let now = at(0);
    assert!(checkpoint_due(None, 0, now));
    for (seconds, records, due) in
        [(299, 999, false), (300, 0, true), (0, 1_000, true), (-299, 0, false), (-300, 0, true)]
    {
        assert_eq!(checkpoint_due(Some(now), records, at(seconds)), due, "{seconds} s, {records} records");
    }
    for bed in beds().await {
        append(&bed.store, &Writer::new("a", &keys()), change(1, ADA, "ada")).await;
        assert_eq!(bed.store.is_checkpoint_due(at(2)).await, Ok(true), "{bed}");
        assert_eq!(bed.store.checkpoint(&keys(), None, at(2)).await.unwrap(), 1, "{bed}");
        assert_eq!(bed.store.is_checkpoint_due(at(3)).await, Ok(false), "{bed}");
        assert_eq!(bed.store.is_checkpoint_due(at(302)).await, Ok(true), "{bed}");
        run(&bed.store, "UPDATE audit_writers SET seq = 1001", args![]).await;
        assert_eq!(bed.store.is_checkpoint_due(at(3)).await, Ok(true), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_line_of_the_checkpoint_file_is_passed_over() {
    let bed = beds().await.swap_remove(0);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoints.jsonl");
    append(&bed.store, &Writer::new("a", &keys()), change(1, ADA, "ada")).await;
    bed.store.checkpoint(&keys(), Some(&path), at(2)).await.unwrap();
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{}", &whole[..40])).unwrap();
    bed.store.checkpoint(&keys(), Some(&path), at(3)).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
    for path in [path.as_path(), dir.path()] {
        assert!(bed.store.verify_audit(&keys(), Some(path)).await.unwrap().ok);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_belongs_to_one_key() {
    const TENANT_ROW: &str = "INSERT INTO tenants \
        (id, name, name_key, plan, time_zone, policy_version, graph_version, version, created_at) \
        VALUES ('t', 'T', 't', 'p1', 'UTC', 0, 0, 1, 0)";
    for bed in beds().await {
        assert_eq!(bed.store.is_keyed().await, Ok(false), "{bed}");
        bed.store.check_key(&keys()).await.unwrap();
        bed.store.check_key(&keys()).await.unwrap();
        assert_eq!(bed.store.is_keyed().await, Ok(true), "{bed}");
        let other = bed.store.check_key(&Keys::from_bytes([2; 32])).await;
        assert!(matches!(other, Err(KeyError::Mismatch)), "{bed}");
        run(&bed.store, TENANT_ROW, args![]).await;
        run(&bed.store, "DELETE FROM settings", args![]).await;
        assert!(matches!(bed.store.check_key(&keys()).await, Err(KeyError::Unproven)), "{bed}");
    }
}
