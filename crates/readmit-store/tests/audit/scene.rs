//! Two chains to tamper with, and the way back.

use std::path::Path;

use aws_lc_rs::digest;
use readmit_store::Finding;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Verification;
use readmit_store::Writer;
use readmit_store::args;
use tempfile::TempDir;

use crate::ADA;
use crate::BEN;
use crate::append;
use crate::at;
use crate::beds;
use crate::change;
use crate::common::Bed;
use crate::keys;
use crate::run;

const TABLES: [(&str, &str, &str, &str); 4] = [
    (
        "CREATE TABLE audit_copy AS SELECT * FROM audit",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT * FROM audit_copy",
        "DROP TABLE audit_copy",
    ),
    (
        "CREATE TABLE audit_values_copy AS SELECT * FROM audit_values",
        "DELETE FROM audit_values",
        "INSERT INTO audit_values SELECT * FROM audit_values_copy",
        "DROP TABLE audit_values_copy",
    ),
    (
        "CREATE TABLE audit_writers_copy AS SELECT * FROM audit_writers",
        "DELETE FROM audit_writers",
        "INSERT INTO audit_writers SELECT * FROM audit_writers_copy",
        "DROP TABLE audit_writers_copy",
    ),
    (
        "CREATE TABLE checkpoints_copy AS SELECT * FROM checkpoints",
        "DELETE FROM checkpoints",
        "INSERT INTO checkpoints SELECT * FROM checkpoints_copy",
        "DROP TABLE checkpoints_copy",
    ),
];

/// Two chains of 12 and 8 records; a checkpoint at 10 and 6, kept also outside.
pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) label: String,
    pub(crate) file: std::path::PathBuf,
    _dir: TempDir,
    _bed: Bed,
}

impl Scene {
    pub(crate) async fn all() -> Vec<Self> {
        let mut scenes = Vec::new();
        for bed in beds().await {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("checkpoints.jsonl");
            let (a, b) = (Writer::new("a", &keys()), Writer::new("b", &keys()));
            bed.store.check_key(&keys()).await.unwrap();
            for (range, checkpoint) in [(0..10, true), (10..12, false)] {
                for second in range {
                    append(&bed.store, &a, change(second, ADA, "ada")).await;
                    if second >= 4 {
                        append(&bed.store, &b, change(second, BEN, "ben")).await;
                    }
                }
                if checkpoint {
                    bed.store.checkpoint(&keys(), Some(&file), at(20)).await.unwrap();
                }
            }
            let scene = Self { store: bed.store.clone(), label: bed.to_string(), file, _dir: dir, _bed: bed };
            scene.save().await;
            let whole = scene.verify(Some(&scene.file)).await;
            assert!(whole.ok && whole.records == 20, "{}: {whole:?}", scene.label);
            scenes.push(scene);
        }
        scenes
    }

    pub(crate) async fn save(&self) {
        for (copy, _, _, _) in TABLES {
            run(&self.store, copy, args![]).await;
        }
    }

    pub(crate) async fn restore(&self) {
        for (_, clear, refill, _) in TABLES {
            run(&self.store, clear, args![]).await;
            run(&self.store, refill, args![]).await;
        }
    }

    pub(crate) async fn forget(&self) {
        for (_, _, _, drop) in TABLES {
            run(&self.store, drop, args![]).await;
        }
    }

    pub(crate) async fn verify(&self, file: Option<&Path>) -> Verification {
        self.store.verify_audit(&keys(), file).await.unwrap()
    }

    /// What is found with the file of checkpoints; then the tables are as before.
    pub(crate) async fn finds(&self, finding: Finding, writer: &str, seq: i64, what: &str) {
        let found = self.verify(Some(&self.file)).await;
        let place = found.first_bad.as_ref().map(|bad| (bad.writer.as_str(), bad.seq));
        assert_eq!((found.finding, place), (Some(finding), Some((writer, seq))), "{what}, {}: {found:?}", self.label);
        assert!(!found.ok);
        self.restore().await;
    }
}

pub(crate) fn sha256(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

pub(crate) async fn body(store: &Store, seq: i64) -> serde_json::Value {
    const SQL: &str = "SELECT body FROM audit WHERE writer = 'a' AND seq = $1";
    let text = store.read(async move |tx: &mut Tx| tx.one::<(String,)>(SQL, args![seq]).await).await;
    serde_json::from_str(&text.unwrap_or_else(|error: StoreError| unreachable!("{error}")).0).unwrap()
}
