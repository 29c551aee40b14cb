//! An answer that never arrives: the same request again makes it good.

use readmit_tests::Installation;
use readmit_tests::SmtpSink;
use serde_json::json;

use crate::NEW;
use crate::OLD;
use crate::visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_made_good_by_the_same_request() {
    let Some(sink) = SmtpSink::start() else { return };
    let site = Installation::new(None);
    site.add(&sink.section());
    let upn = site.has("kim", OLD, &["--other-mail", "kim@mail.example"]);
    let _server = site.serve();
    let mut client = visitor(&site, &upn).await;
    let step = client.chooses("email", None).await.step();
    let right = json!({ "step": step, "code": sink.awaits_code("kim@mail.example").await });
    // The clone hears the answer, with its new cookie; the browser itself does not.
    let heard = client.clone().moves("answer", &right).await.unwrap();
    let again = client.moves("answer", &right).await.unwrap();
    assert_eq!((again.status, again.view()), (200, heard.view()));
    let step = again.step();
    let new = json!({ "step": step, "new_password": NEW });
    assert_eq!(client.clone().moves("password", &new).await.unwrap().page(), "done");
    assert_eq!(client.moves("password", &new).await.unwrap().page(), "done");
    let records = site.list(&["audit", "list", "--support-code", client.journey()]);
    let count = |reason: &str| records.iter().filter(|record| record["reason"] == reason).count();
    assert_eq!((count("CompletedGate"), count("PasswordReset"), count("IllegalMove")), (1, 1, 0));
    let written = site.tables().number("SELECT version FROM passwords");
    assert_eq!(written, 2, "one by the administrator, one by the reset");
}
