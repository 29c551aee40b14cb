//! `readmit audit verify` names what was done to the audit behind the program's back.

use std::fs;

use readmit_tests::Installation;
use readmit_tests::PostgresCluster;
use serde_json::Value;

use crate::OLD;

#[test]
fn tampering_has_an_exit_code_on_sqlite() {
    tampering(None);
}

#[test]
fn tampering_has_an_exit_code_on_postgresql() {
    let Some(cluster) = PostgresCluster::start() else {
        return;
    };
    tampering(Some(&cluster));
}

fn tampering(cluster: Option<&PostgresCluster>) {
    let url = cluster.map(PostgresCluster::fresh_database);
    let site = Installation::new(url.as_deref());
    for name in ["kim", "lee", "max", "nia"] {
        site.has(name, OLD, &[]);
    }
    site.serve().stop();
    assert_eq!(verdict(&site), (0, Value::Null));
    let writer = "writer = (SELECT writer FROM audit GROUP BY writer ORDER BY COUNT(*) DESC LIMIT 1)";
    let nth = |order: &str| format!("(SELECT seq FROM audit WHERE activity = 'Add user' ORDER BY seq {order} LIMIT 1)");
    let change = format!(
        "UPDATE audit SET body = REPLACE(body, 'Add user', 'Add uzer') WHERE {writer} AND seq = {}",
        nth("ASC")
    );
    let delete = format!("DELETE FROM audit WHERE {writer} AND seq = {}", nth("ASC"));
    let cut = format!("DELETE FROM audit WHERE {writer} AND seq >= {}", nth("DESC"));
    for (statement, code, finding) in [(change, 10, "modified"), (delete, 11, "gap"), (cut, 12, "truncated")] {
        let copy = site.copy(cluster);
        assert_eq!(verdict(&copy), (0, Value::Null), "a copy is as good");
        let before = copy.tables().rows("SELECT writer, seq, body FROM audit ORDER BY writer, seq");
        copy.tables().change(&statement);
        let after = copy.tables().rows("SELECT writer, seq, body FROM audit ORDER BY writer, seq");
        assert_ne!(before, after, "{statement}");
        assert_eq!(verdict(&copy), (code, finding.into()), "{statement}");
    }
    let copy = site.copy(cluster);
    let key = copy.file("keys/master.key");
    fs::remove_file(&key).unwrap();
    fs::copy(Installation::new(None).file("keys/master.key"), &key).unwrap();
    assert_eq!(verdict(&copy), (13, "key".into()));
}

fn verdict(site: &Installation) -> (i32, Value) {
    let said = site.asks(&["audit", "verify"]);
    assert_eq!(said.json["ok"], said.code == 0, "{} {}", said.json, said.error);
    (said.code, said.json["finding"].clone())
}
