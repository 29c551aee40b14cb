//! The demo's messages, as a page.

use std::borrow::Cow;

use askama::Template;
use jiff::SignedDuration;
use jiff::Timestamp;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// How a message would have gone out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// Text message.
    Sms,
    /// Call.
    Voice,
}

impl Channel {
    fn name(self) -> Text {
        match self {
            Self::Mail => Text::OutboxMail,
            Self::Sms => Text::OutboxSms,
            Self::Voice => Text::OutboxVoice,
        }
    }
}

/// One message of the demo.
#[derive(Clone)]
pub struct OutboxItem {
    /// Its id, letters and digits.
    pub id: String,
    /// When it was sent.
    pub at: Timestamp,
    /// How.
    pub channel: Channel,
    /// Address or number.
    pub to: String,
    /// Subject of a mail.
    pub subject: Option<String>,
    /// Its text.
    pub text: String,
    /// The support code of its journey.
    pub support_code: Option<String>,
}

impl OutboxItem {
    fn sent(&self, frame: &Frame) -> String {
        frame.short(self.at)
    }
}

/// `GET /demo/outbox`, newest message first. Exists only inside the demo.
#[derive(Template)]
#[template(path = "outbox.html")]
pub struct OutboxPage {
    /// Shared.
    pub frame: Frame,
    /// The messages.
    pub items: Vec<OutboxItem>,
}

impl Page for OutboxPage {
    const NAME: Text = Text::PageOutbox;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::OutboxTitle).into()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = || Frame::sample(lang, "/demo/outbox");
        let item = |id: &str, channel, to: &str, subject: Option<&str>, text: &str| OutboxItem {
            id: id.to_owned(),
            at: frame().now - SignedDuration::from_mins(1),
            channel,
            to: to.to_owned(),
            subject: subject.map(str::to_owned),
            text: text.to_owned(),
            support_code: Some("R7K4-92QD-MX3T".to_owned()),
        };
        let items = vec![
            item("3", Channel::Sms, "+44 7700 900967", None, "482915 <KM>"),
            item("2", Channel::Mail, "robin@private.example", Some("482 915"), "482915\n\n4 8 2 9 1 5"),
            item("1", Channel::Voice, "+44 1632 960112", None, "4, 8, 2, 9, 1, 5"),
        ];
        vec![("empty", Self { frame: frame(), items: vec![] }), ("some", Self { frame: frame(), items })]
    }
}
