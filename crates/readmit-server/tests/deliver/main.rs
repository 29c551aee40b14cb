//! The delivery drivers against real servers: an SMTP server from PyPI and an HTTP gateway of our own.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, starts servers and says aloud what it skips"
)]

mod gateway;
mod sink;
mod smtp;
mod stub;

use readmit_server::deliver::Channel;
use readmit_server::deliver::Delivered;
use readmit_server::deliver::Driver;
use readmit_server::deliver::Drivers;
use readmit_server::deliver::MemoryOutbox;
use readmit_server::deliver::Message;
use readmit_server::deliver::Reason;
use zeroize::Zeroizing;

/// A finished message with text that is hard on every encoding.
fn message(channel: Channel, to: &str) -> Message {
    Message {
        id: "0199-abc".to_owned(),
        to: to.to_owned(),
        channel,
        from_name: "Larkfield Größe".to_owned(),
        subject: Some("Ihr Code KM für Larkfield".to_owned()),
        text: Zeroizing::new("Code KM: 123456\n.\n.bcc\nfür \"Sie\" & <alle>\n".to_owned()),
        html: Some(Zeroizing::new("<p>Code KM: <b>123456</b> für Sie</p>".to_owned())),
        locale: "de".to_owned(),
        support_code: "7Q4W-M2KD".to_owned(),
        created_at: "2026-03-01T08:09:10Z".parse().unwrap(),
        expires_at: "2026-03-01T08:14:10Z".parse().unwrap(),
    }
}

fn reason(delivered: &Delivered) -> (&'static str, Option<Reason>, String) {
    match delivered {
        Delivered::Accepted { provider_code } => ("accepted", None, provider_code.clone()),
        Delivered::Retry { provider_code, reason, .. } => ("retry", Some(*reason), provider_code.clone()),
        Delivered::Failed { provider_code, reason } => ("failed", Some(*reason), provider_code.clone()),
    }
}

#[tokio::test]
async fn the_memory_outbox_keeps_the_last_five_hundred_each_once() {
    let outbox = MemoryOutbox::new();
    let drivers =
        Drivers { mail: Driver::Memory(outbox.clone()), sms: Driver::Memory(outbox.clone()), voice: Driver::None };
    for number in 0..502 {
        let mut mail = message(Channel::Mail, "kim@larkfield.example");
        mail.id = format!("m{number}");
        for _ in 0..2 {
            assert_eq!(reason(&drivers.send(&mail).await).0, "accepted");
        }
    }
    drivers.send(&message(Channel::Sms, "+14255550100")).await;
    let unconfigured = drivers.send(&message(Channel::Voice, "+14255550100")).await;
    assert_eq!(unconfigured, Delivered::Failed { provider_code: "none".to_owned(), reason: Reason::NotConfigured });

    let items = outbox.items();
    assert_eq!((items.len(), items[0].id.as_str()), (500, "m3"));
    let last = serde_json::to_value(&items[499]).unwrap();
    let text = "Code KM: 123456\n.\n.bcc\nfür \"Sie\" & <alle>\n";
    let shown = serde_json::json!({
        "id": "0199-abc", "at": "2026-03-01T08:09:10Z", "channel": "sms", "to": "+14255550100",
        "subject": "Ihr Code KM für Larkfield", "text": text, "support_code": "7Q4W-M2KD"
    });
    assert_eq!(last, shown);
}
