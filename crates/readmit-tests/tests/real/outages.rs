//! The database is full, or gone: nothing is half done, and when it is back everything goes on.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use readmit_tests::Answer;
use readmit_tests::Client;
use readmit_tests::Installation;
use readmit_tests::PostgresCluster;
use readmit_tests::Protocol;
use readmit_tests::SmtpSink;
use readmit_tests::skip;
use serde_json::json;

use crate::NEW;
use crate::OLD;
use crate::visitor;

/// 503 as it must be: the code of our own trouble, and a support code in both places.
fn is_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.json()["code"], "SSPR_0900", "{}", answer.body);
    assert_eq!(answer.json()["support_code"].as_str(), answer.support_code());
    assert!(answer.support_code().is_some());
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_503_and_comes_back() {
    let (Some(sink), Some(mut cluster)) = (SmtpSink::start(), PostgresCluster::start()) else {
        return;
    };
    let site = Installation::new(Some(&cluster.fresh_database()));
    site.add(&sink.section());
    let upn = site.has("kim", OLD, &["--other-mail", "kim@mail.example"]);
    let _server = site.serve();
    let mut client = visitor(&site, &upn).await;
    client.chooses("email", None).await;
    let code = sink.awaits_code("kim@mail.example").await;
    let step = client.sees().await.unwrap().step();
    let check = client.human_check().await.unwrap();
    cluster.stop();
    let answer = json!({ "step": step, "code": code });
    is_unavailable(&client.moves("answer", &answer).await.unwrap());
    is_unavailable(&client.sees().await.unwrap());
    let mut other = Client::new(&site.origin(), "192.0.2.99", Protocol::Http1);
    is_unavailable(&other.begins_with(&upn, &check).await.unwrap());
    assert_eq!(other.get("/readyz").await.unwrap().status, 503);
    assert_eq!(other.get("/healthz").await.unwrap().status, 200);
    assert_eq!(site.asks(&["user", "show", &upn]).code, 6);
    cluster.resume();
    let again = client.moves("answer", &answer).await.unwrap();
    assert_eq!((again.status, again.page().as_str()), (200, "password"), "{}", again.body);
    assert_eq!(other.begins_with(&upn, &check).await.unwrap().status, 201, "the human check was not used up");
    assert_eq!(client.sets(NEW).await.page(), "done");
    assert_eq!(other.get("/readyz").await.unwrap().status, 200);
    assert!(site.accepts(&upn, NEW));
    assert_eq!(site.asks(&["audit", "verify"]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_503_with_nothing_half_done() {
    let (Some(sink), Some(disk)) = (SmtpSink::start(), SmallDisk::mount()) else {
        return;
    };
    let site = Installation::in_file(&disk.folder.join("readmit.db"));
    site.add(&sink.section());
    let upn = site.has("kim", OLD, &["--other-mail", "kim@mail.example"]);
    let _server = site.serve();
    let mut client = visitor(&site, &upn).await;
    let chosen = client.chooses("email", None).await;
    let code = sink.awaits_code("kim@mail.example").await;
    disk.fill().await;
    let begun = exhaust(&site, &upn).await;
    assert_eq!(site.tables().number("SELECT COUNT(*) FROM journeys"), begun + 1, "no journey without its 201");
    let answer = json!({ "step": chosen.step(), "code": code });
    is_unavailable(&client.moves("answer", &answer).await.unwrap());
    let seen = client.sees().await.unwrap();
    assert_eq!((seen.status, seen.step(), seen.page().as_str()), (200, chosen.step(), "challenge"), "reading goes on");
    assert_eq!(client.get("/readyz").await.unwrap().status, 503);
    assert!(site.accepts(&upn, OLD));
    disk.free();
    let again = client.moves("answer", &answer).await.unwrap();
    assert_eq!((again.status, again.page().as_str()), (200, "password"), "{}", again.body);
    assert_eq!(client.sets(NEW).await.page(), "done");
    assert!(site.accepts(&upn, NEW) && !site.accepts(&upn, OLD));
    assert_eq!(site.asks(&["audit", "verify"]).code, 0);
}

/// Begins journeys until there is no room for one more; how many there was room for.
async fn exhaust(site: &Installation, upn: &str) -> i64 {
    for count in 0..400 {
        let mut client = Client::new(&site.origin(), &format!("198.51.{}.7", count % 250), Protocol::Http1);
        let begun = client.begins(upn).await;
        if begun.status != 201 {
            is_unavailable(&begun);
            return count;
        }
    }
    panic!("the disk is never full");
}

/// A disk of a few megabytes, in memory.
struct SmallDisk {
    folder: PathBuf,
    _place: tempfile::TempDir,
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let mut command = Command::new("mount");
        let mounted = command.args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(place.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            skip("tmpfs", "only root can mount a small disk to fill");
            return None;
        }
        Some(Self { folder: place.path().to_owned(), _place: place })
    }

    /// Leaves no room, not even when the server gives up its reserve.
    async fn fill(&self) {
        fill(&self.folder.join("filler"));
        for _ in 0..200 {
            if !self.folder.join("readmit.db.ballast").exists() {
                return fill(&self.folder.join("filler"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the reserve is never given up");
    }

    fn free(&self) {
        fs::remove_file(self.folder.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may not be gone yet.
        drop(Command::new("umount").arg("-l").arg(&self.folder).status());
    }
}

fn fill(file: &Path) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0x5a; size]).is_ok() {}
    }
}
