//! Whatever is changed, moved, added or removed among the records is found, with its place.

use readmit_store::Finding;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Writer;
use readmit_store::args;

use crate::ADA;
use crate::BEN;
use crate::beds;
use crate::change;
use crate::count;
use crate::keys;
use crate::run;
use crate::scene::Scene;
use crate::scene::body;
use crate::scene::sha256;

const COLUMNS: [(&str, &str); 13] = [
    ("writer", "UPDATE audit SET writer = 'c' WHERE writer = 'a' AND seq = 5"),
    ("writer, before all", "UPDATE audit SET writer = 'A' WHERE writer = 'a' AND seq = 5"),
    ("seq", "UPDATE audit SET seq = 1005 WHERE writer = 'a' AND seq = 5"),
    ("at", "UPDATE audit SET at = at + 1 WHERE writer = 'a' AND seq = 5"),
    ("tenant", "UPDATE audit SET tenant = tenant || 'x' WHERE writer = 'a' AND seq = 5"),
    ("no tenant", "UPDATE audit SET tenant = NULL WHERE writer = 'a' AND seq = 5"),
    ("activity", "UPDATE audit SET activity = activity || 'x' WHERE writer = 'a' AND seq = 5"),
    ("service", "UPDATE audit SET service = service || 'x' WHERE writer = 'a' AND seq = 5"),
    ("result", "UPDATE audit SET result = 'failure' WHERE writer = 'a' AND seq = 5"),
    ("actor", "UPDATE audit SET actor = subject WHERE writer = 'a' AND seq = 5"),
    ("subject", "UPDATE audit SET subject = NULL WHERE writer = 'a' AND seq = 5"),
    ("support_code", "UPDATE audit SET support_code = NULL WHERE writer = 'a' AND seq = 5"),
    ("body", "UPDATE audit SET body = replace(body, 'success', 'failure') WHERE writer = 'a' AND seq = 5"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_any_column_of_a_record_is_found() {
    const HASH: &str = "UPDATE audit SET hash = $1 WHERE writer = 'a' AND seq = 5";
    for scene in Scene::all().await {
        for (what, sql) in COLUMNS {
            assert_eq!(run(&scene.store, sql, args![]).await, 1);
            scene.finds(Finding::Modified, "a", 5, what).await;
        }
        run(&scene.store, HASH, args![[7_u8; 32]]).await;
        scene.finds(Finding::Modified, "a", 5, "hash").await;
        // The last record, that no other follows and no checkpoint covers.
        run(&scene.store, "UPDATE audit SET seq = 13 WHERE writer = 'a' AND seq = 12", args![]).await;
        scene.finds(Finding::Modified, "a", 12, "last seq").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_value_beside_a_record_is_found() {
    const CHANGES: [(i64, &str); 4] = [
        (
            5,
            "UPDATE audit_values SET value = replace(value, 'ada', 'eve') WHERE writer = 'a' AND seq = 5 AND field = 'new'",
        ),
        (5, "UPDATE audit_values SET field = 'else' WHERE writer = 'a' AND seq = 5 AND field = 'new'"),
        (99, "UPDATE audit_values SET seq = 99 WHERE writer = 'a' AND seq = 5 AND field = 'new'"),
        (
            5,
            "INSERT INTO audit_values (writer, seq, field, salt, value) \
             SELECT writer, seq, 'more', salt, value FROM audit_values WHERE writer = 'a' AND seq = 5 AND field = 'new'",
        ),
    ];
    const SALT: &str = "UPDATE audit_values SET salt = $1 WHERE writer = 'a' AND seq = 5 AND field = 'source'";
    const MOVE: &str = "UPDATE audit_values SET writer = 'c' WHERE writer = 'a' AND seq = 5 AND field = 'source'";
    const ALL: &str = "DELETE FROM audit_values WHERE writer = 'a' AND seq = 5";
    for scene in Scene::all().await {
        for (seq, sql) in CHANGES {
            assert_eq!(run(&scene.store, sql, args![]).await, 1);
            scene.finds(Finding::Modified, "a", seq, sql).await;
        }
        run(&scene.store, SALT, args![[7_u8; 16]]).await;
        scene.finds(Finding::Modified, "a", 5, "salt").await;
        run(&scene.store, MOVE, args![]).await;
        scene.finds(Finding::Modified, "c", 5, "moved to another chain").await;
        assert_eq!(run(&scene.store, ALL, args![]).await, 5);
        let erased = scene.verify(None).await;
        assert!(erased.ok && erased.redacted == 1, "{}: {erased:?}", scene.label);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_record_is_a_gap_at_its_number() {
    for scene in Scene::all().await {
        for seq in [1, 2, 7, 11] {
            run(&scene.store, "DELETE FROM audit WHERE writer = 'a' AND seq = $1", args![seq]).await;
            scene.finds(Finding::Gap, "a", seq, "one").await;
            let both = args![seq];
            run(&scene.store, "DELETE FROM audit_values WHERE writer = 'a' AND seq = $1", both).await;
            run(&scene.store, "DELETE FROM audit WHERE writer = 'a' AND seq = $1", args![seq]).await;
            scene.finds(Finding::Gap, "a", seq, "one with its values").await;
        }
        let ben = args![BEN.to_string()];
        assert_eq!(run(&scene.store, "DELETE FROM audit WHERE subject = $1", ben).await, 8);
        scene.finds(Finding::Truncated, "b", 1, "all of a user").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swapped_records_are_found_at_the_first_of_them() {
    for scene in Scene::all().await {
        for (from, to) in [(4_i64, 99_i64), (6, 4), (99, 6)] {
            run(&scene.store, "UPDATE audit SET seq = $2 WHERE writer = 'a' AND seq = $1", args![from, to]).await;
        }
        scene.finds(Finding::Modified, "a", 4, "swap").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_record_with_a_right_hash_is_found() {
    const REWRITE: &str = "UPDATE audit SET body = $1, hash = $2, result = 'failure' WHERE writer = 'a' AND seq = $3";
    const ADD: &str = "INSERT INTO audit \
        SELECT writer, seq + 1, at, tenant, activity, service, result, NULL, NULL, support_code, $1, $2 \
        FROM audit WHERE writer = 'a' AND seq = 12";
    const HEAD: &str = "UPDATE audit_writers SET seq = $1, head = $2 WHERE writer = 'a'";
    for scene in Scene::all().await {
        for seq in [1_i64, 5, 11, 12] {
            let mut forged = body(&scene.store, seq).await;
            forged["result"] = "failure".into();
            let text = serde_json_canonicalizer::to_string(&forged).unwrap();
            run(&scene.store, REWRITE, args![text.as_str(), sha256(&text), seq]).await;
            scene.finds(Finding::Modified, "a", seq, "rewritten").await;
            if seq == 12 {
                run(&scene.store, REWRITE, args![text.as_str(), sha256(&text), seq]).await;
                run(&scene.store, HEAD, args![12_i64, sha256(&text)]).await;
                scene.finds(Finding::Modified, "a", 12, "rewritten with its head").await;
            }
        }
        let mut forged = body(&scene.store, 12).await;
        forged["seq"] = 13.into();
        forged["prev_hash"] =
            sha256(&body(&scene.store, 12).await.to_string()).iter().map(|b| format!("{b:02x}")).collect();
        for field in ["actor", "target", "source", "old", "new"] {
            forged[field] = serde_json::Value::Null;
        }
        let text = serde_json_canonicalizer::to_string(&forged).unwrap();
        run(&scene.store, ADD, args![text.as_str(), sha256(&text)]).await;
        scene.finds(Finding::Modified, "a", 13, "added").await;
        run(&scene.store, ADD, args![text.as_str(), sha256(&text)]).await;
        run(&scene.store, HEAD, args![13_i64, sha256(&text)]).await;
        scene.finds(Finding::Modified, "a", 13, "added with its head").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_exact_over_many_pages() {
    const GONE: &str = "DELETE FROM audit WHERE writer = 'a' AND seq = $1";
    const UNREADABLE: &str = "UPDATE audit SET body = CAST($1 AS TEXT) WHERE writer = 'a' AND seq = 2345";
    for bed in beds().await {
        let writer = Writer::new("a", &keys());
        for unit in 0..9_i64 {
            let writer = writer.clone();
            let many = async move |tx: &mut Tx| {
                for second in 0..500 {
                    let mut record = change(unit * 500 + second, ADA, "ada");
                    (record.source, record.old, record.new) = (None, None, None);
                    tx.append_audit(&writer, &record, [3; 32]).await?;
                }
                Ok::<_, StoreError>(())
            };
            bed.store.write(many).await.unwrap();
        }
        let whole = bed.store.verify_audit(&keys(), None).await.unwrap();
        assert!(whole.ok && whole.records == 4_500, "{bed}: {whole:?}");
        if bed.url.starts_with("sqlite:") {
            run(&bed.store, UNREADABLE, args![vec![0xff_u8, 0xfe]]).await;
            let found = bed.store.verify_audit(&keys(), None).await.unwrap();
            let place = found.first_bad.as_ref().map(|bad| bad.seq);
            assert_eq!((found.finding, place, found.records), (Some(Finding::Modified), Some(2345), 4_500), "{bed}");
        }
        for seq in [4_001_i64, 2_001, 2_000] {
            run(&bed.store, GONE, args![seq]).await;
            let found = bed.store.verify_audit(&keys(), None).await.unwrap();
            let place = found.first_bad.as_ref().map(|bad| bad.seq);
            let expected = if seq > 2345 && bed.url.starts_with("sqlite:") {
                (Finding::Modified, 2345)
            } else {
                (Finding::Gap, seq)
            };
            assert_eq!((found.finding, place), (Some(expected.0), Some(expected.1)), "{bed}");
        }
        assert_eq!(count(&bed.store, "SELECT COUNT(*) FROM audit", args![]).await, 4_497);
    }
}
