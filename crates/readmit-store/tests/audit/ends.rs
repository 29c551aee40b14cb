//! Whatever is cut off, and whatever is done to heads and checkpoints, is found.

use readmit_store::Finding;
use readmit_store::Keys;
use readmit_store::Value;
use readmit_store::Writer;
use readmit_store::args;

use crate::ADA;
use crate::BEN;
use crate::append;
use crate::at;
use crate::change;
use crate::keys;
use crate::run;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_cut_at_its_end_is_truncated() {
    const CUT: &str = "DELETE FROM audit WHERE writer = 'a' AND seq > $1";
    const CUT_VALUES: &str = "DELETE FROM audit_values WHERE writer = 'a' AND seq > $1";
    const ADJUST: &str = "UPDATE audit_writers SET seq = $1, head = (SELECT hash FROM audit WHERE writer = 'a' AND seq = $1) \
        WHERE writer = 'a'";
    for scene in Scene::all().await {
        for last in [0_i64, 7, 11] {
            run(&scene.store, CUT, args![last]).await;
            run(&scene.store, CUT_VALUES, args![last]).await;
            scene.finds(Finding::Truncated, "a", last + 1, "cut").await;
        }
        for checkpoints in ["SELECT 1 WHERE FALSE", "DELETE FROM checkpoints"] {
            run(&scene.store, CUT, args![7_i64]).await;
            run(&scene.store, CUT_VALUES, args![7_i64]).await;
            run(&scene.store, ADJUST, args![7_i64]).await;
            if checkpoints.starts_with("DELETE") {
                run(&scene.store, "DELETE FROM checkpoints", args![]).await;
            } else {
                let found = scene.verify(None).await;
                assert_eq!(found.finding, Some(Finding::Truncated), "by the table, {}: {found:?}", scene.label);
            }
            scene.finds(Finding::Truncated, "a", 8, "cut with its head").await;
        }
        // Behind the last checkpoint only the key of the head can tell.
        run(&scene.store, CUT, args![11_i64]).await;
        run(&scene.store, CUT_VALUES, args![11_i64]).await;
        run(&scene.store, ADJUST, args![11_i64]).await;
        scene.finds(Finding::Modified, "a", 11, "cut behind the checkpoint").await;
        for table in ["DELETE FROM audit WHERE writer = 'b'", "DELETE FROM audit_values WHERE writer = 'b'"] {
            run(&scene.store, table, args![]).await;
        }
        run(&scene.store, "DELETE FROM audit_writers WHERE writer = 'b'", args![]).await;
        scene.finds(Finding::Truncated, "b", 1, "a whole chain").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_head_is_found() {
    const CHANGES: [(&str, Finding, i64); 3] = [
        ("UPDATE audit_writers SET seq = seq + 1 WHERE writer = 'a'", Finding::Modified, 12),
        ("UPDATE audit_writers SET writer = 'c' WHERE writer = 'a'", Finding::Modified, 12),
        ("DELETE FROM audit_writers WHERE writer = 'a'", Finding::Modified, 12),
    ];
    for scene in Scene::all().await {
        for (sql, finding, seq) in CHANGES {
            run(&scene.store, sql, args![]).await;
            let found = scene.verify(None).await;
            let named = found.first_bad.as_ref().map(|bad| (bad.writer.clone(), bad.seq));
            let moved = sql.contains("'c'").then(|| ("c".to_owned(), 1));
            assert_eq!(found.finding, Some(finding), "{sql}");
            assert_eq!(named, Some(moved.unwrap_or(("a".to_owned(), seq))), "{sql}");
            scene.restore().await;
        }
        for sql in [
            "UPDATE audit_writers SET head = $1 WHERE writer = 'a'",
            "UPDATE audit_writers SET mac = $1 WHERE writer = 'a'",
        ] {
            run(&scene.store, sql, args![[7_u8; 32]]).await;
            scene.finds(Finding::Modified, "a", 12, sql).await;
        }
    }
}

fn checkpoint_changes() -> [(&'static str, Vec<Value>, Finding, i64); 6] {
    [
        ("UPDATE checkpoints SET body = replace(body, '20', '21') WHERE id = 1", args![], Finding::Key, 1),
        ("UPDATE checkpoints SET signature = $1 WHERE id = 2", args![[7_u8; 64]], Finding::Key, 2),
        ("UPDATE checkpoints SET at = at + 1 WHERE id = 2", args![], Finding::Modified, 2),
        ("UPDATE checkpoints SET id = 4 WHERE id = 3", args![], Finding::Gap, 3),
        ("DELETE FROM checkpoints WHERE id = 1", args![], Finding::Gap, 1),
        ("DELETE FROM checkpoints WHERE id = 2", args![], Finding::Gap, 2),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_missing_or_foreign_checkpoint_is_found() {
    for scene in Scene::all().await {
        for second in [30, 40] {
            scene.store.checkpoint(&keys(), Some(&scene.file), at(second)).await.unwrap();
        }
        scene.forget().await;
        scene.save().await;
        for (sql, args, finding, id) in checkpoint_changes() {
            assert_eq!(run(&scene.store, sql, args).await, 1, "{sql}");
            scene.finds(finding, "checkpoints", id, sql).await;
        }
        let other = Keys::from_bytes([2; 32]);
        scene.store.checkpoint(&other, None, at(50)).await.unwrap();
        scene.finds(Finding::Key, "checkpoints", 4, "signed by another key").await;
        let found = scene.store.verify_audit(&other, None).await.unwrap();
        assert_eq!(found.finding, Some(Finding::Key), "{}", scene.label);
        let line = std::fs::read_to_string(&scene.file).unwrap();
        std::fs::write(&scene.file, line.replacen("\"signature\":\"", "\"signature\":\"00", 1)).unwrap();
        scene.finds(Finding::Key, "checkpoints", 1, "changed file").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_backup_is_truncated_by_the_file_and_a_fork_is_seen() {
    for scene in Scene::all().await {
        let writer = Writer::new("a", &keys());
        for second in 60..65 {
            append(&scene.store, &writer, change(second, ADA, "ada")).await;
        }
        scene.store.checkpoint(&keys(), Some(&scene.file), at(70)).await.unwrap();
        scene.restore().await;
        assert!(scene.verify(None).await.ok, "nothing inside an old backup is wrong");
        scene.finds(Finding::Truncated, "a", 13, "old backup").await;
        scene.store.checkpoint(&keys(), Some(&scene.file), at(80)).await.unwrap();
        scene.finds(Finding::Truncated, "a", 13, "old backup, started").await;
        for second in 60..65 {
            append(&scene.store, &writer, change(second, BEN, "ben")).await;
        }
        scene.finds(Finding::Modified, "a", 17, "old backup, grown again").await;
        scene.store.checkpoint(&keys(), Some(&scene.file), at(90)).await.unwrap();
        let found = scene.verify(Some(&scene.file)).await;
        assert_eq!(found.finding, Some(Finding::Truncated), "{}: {found:?}", scene.label);
    }
}
