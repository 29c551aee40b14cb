//! Two servers with one database.

use readmit_tests::Installation;
use readmit_tests::PostgresCluster;
use readmit_tests::Protocol;
use readmit_tests::SmtpSink;

use crate::NEW;
use crate::OLD;
use crate::visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_begun_at_one_server_goes_on_at_the_other() {
    let (Some(sink), Some(cluster)) = (SmtpSink::start(), PostgresCluster::start()) else {
        return;
    };
    let site = Installation::new(Some(&cluster.fresh_database()));
    site.add(&sink.section());
    let upn = site.has("kim", OLD, &["--other-mail", "kim@mail.example"]);
    let (one, two) = (site.serve(), site.serve_second());
    let first = visitor(&site, &upn).await;
    let mut second = first.at(&site.second_origin(), Protocol::Http2);
    assert_eq!(second.chooses("email", None).await.page(), "challenge");
    let code = sink.awaits_code("kim@mail.example").await;
    let mut third = second.at(&site.origin(), Protocol::Http2);
    assert_eq!(third.answers(&code).await.page(), "password");
    one.stop();
    let mut fourth = third.at(&site.second_origin(), Protocol::Http1);
    assert_eq!(fourth.sets(NEW).await.page(), "done");
    assert!(site.accepts(&upn, NEW));
    two.stop();
    let verified = site.does(&["audit", "verify"]);
    let writers = verified["writers"].as_array().unwrap().iter().map(|one| one["writer"].as_str().unwrap());
    let servers = writers.filter(|writer| writer.starts_with("server:")).count();
    assert_eq!(servers, 2, "each server has a chain of its own: {verified}");
}
