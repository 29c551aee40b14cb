//! The languages, and which one a person gets.

use std::borrow::Cow;

/// A language that the catalogue holds completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// German.
    De,
    /// The pseudo-language of the tests: English with every letter accented, so that other text stands out.
    #[cfg(test)]
    Qps,
}

impl Lang {
    /// The languages a person can choose, in the order of the menu.
    pub const ALL: &'static [Self] = &[Self::En, Self::De];

    /// BCP 47 tag, for `lang` and `hreflang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            #[cfg(test)]
            Self::Qps => "qps",
        }
    }

    /// Direction of writing, for `dir`.
    pub const fn dir(self) -> &'static str {
        match self {
            Self::En | Self::De => "ltr",
            #[cfg(test)]
            Self::Qps => "ltr",
        }
    }

    /// The language's own name, for the menu.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            #[cfg(test)]
            Self::Qps => "Ƥšéúðó",
        }
    }

    /// The language of a page: `?mkt=` first, then the browser's wishes by weight (RFC 9110 §12.5.4), then the account's
    /// locale, then English. Region and script are ignored: `de-AT` gets German.
    pub fn negotiate(accept_language: Option<&str>, mkt: Option<&str>, account_locale: Option<&str>) -> Self {
        mkt.and_then(Self::of_tag)
            .or_else(|| accept_language.and_then(Self::of_wishes))
            .or_else(|| account_locale.and_then(Self::of_tag))
            .unwrap_or(Self::En)
    }

    /// The language of a tag such as `de`, `de-AT` or `de_AT`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.iter().copied().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    fn of_wishes(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for wish in header.split(',').take(20) {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=").and_then(|digits| digits.parse().ok()).unwrap_or(0.0);
            let Some(lang) = Self::of_tag(tag) else {
                continue;
            };
            if weight > best.map_or(0.0, |(most, _)| most) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../../text/en.ftl"),
            Self::De => include_str!("../../text/de.ftl"),
            #[cfg(test)]
            Self::Qps => include_str!("../../text/en.ftl"),
        }
    }

    pub(super) fn transform(self) -> Option<fn(&str) -> Cow<'_, str>> {
        match self {
            Self::En | Self::De => None,
            #[cfg(test)]
            Self::Qps => Some(accented),
        }
    }
}

#[cfg(test)]
fn accented(text: &str) -> Cow<'_, str> {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const MARKED: &str = "áƀçðéƒĝĥíĵķľɱñóþɋŕšţúṽŵẋýžÁƁÇÐÉƑĜĤÍĴĶĽṀÑÓÞɊŔŠŢÚṼŴẊÝŽ";
    let mark =
        |c: char| PLAIN.chars().zip(MARKED.chars()).find(|(plain, _)| *plain == c).map_or(c, |(_, marked)| marked);
    text.chars().map(mark).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mkt_wins_then_the_browser_then_the_account() {
        let pick = Lang::negotiate;
        assert_eq!(pick(Some("en"), Some("de-DE"), None), Lang::De);
        assert_eq!(pick(Some("de"), None, Some("en")), Lang::De);
        assert_eq!(pick(None, None, Some("de_AT")), Lang::De);
        assert_eq!(pick(Some("fr, it"), Some("xx"), Some("de")), Lang::De);
        assert_eq!(pick(None, None, None), Lang::En);
    }

    #[test]
    fn weights_decide_and_nonsense_is_harmless() {
        let of = |header| Lang::negotiate(Some(header), None, None);
        assert_eq!(of("en;q=0.5, de-CH;q=0.9"), Lang::De);
        assert_eq!(of("fr-FR, de;q=0.7, en;q=0.3"), Lang::De);
        assert_eq!(of("de;q=0, en;q=0.1"), Lang::En);
        assert_eq!(of(";;;,,,q=,de;q=x"), Lang::En);
        assert_eq!(of("*"), Lang::En);
    }
}
