//! What the troubleshooter says, in both languages: a catalogue of its own, keyed by the stable names.
//!
//! `cause-<id>` is what was found, `remedy-<id>` what to do, `reason-<name>` a line of a timeline, `case-…` the rest.
//! A cause or a reason without words fails a test.

use std::sync::LazyLock;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use readmit_core::cause::Cause;

use crate::text::Lang;

type Bundle = FluentBundle<FluentResource>;

/// One sentence: what was found. `user` names the account or what was typed.
#[must_use]
pub fn finding(lang: Lang, cause: Cause, user: &str) -> String {
    say(lang, &format!("cause-{}", cause.id()), user).unwrap_or_default()
}

/// What an administrator does about it.
#[must_use]
pub fn remedy(lang: Lang, cause: Cause) -> String {
    say(lang, &format!("remedy-{}", cause.id()), "").unwrap_or_default()
}

/// What a reason of the audit means; `None` for one that no journey has.
#[must_use]
pub fn reason(lang: Lang, name: &str) -> Option<String> {
    let mut id = "reason".to_owned();
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            id.push('-');
        }
        id.push(sign.to_ascii_lowercase());
    }
    say(lang, &id, "")
}

/// A sentence of a case: `what` is the end of its key.
pub(super) fn case(lang: Lang, what: &str, user: &str) -> String {
    say(lang, &format!("case-{what}"), user).unwrap_or_default()
}

fn say(lang: Lang, id: &str, user: &str) -> Option<String> {
    let bundle = bundle(lang);
    let pattern = bundle.get_message(id)?.value()?;
    let mut args = FluentArgs::with_capacity(1);
    args.set("user", user.to_owned());
    Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
}

fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::De => include_str!("../../text/diagnosis.de.ftl"),
        Lang::En => include_str!("../../text/diagnosis.en.ftl"),
        #[cfg(test)]
        Lang::Qps => include_str!("../../text/diagnosis.en.ftl"),
    }
}

fn bundle(lang: Lang) -> &'static Bundle {
    static EN: LazyLock<Bundle> = LazyLock::new(|| read(Lang::En));
    static DE: LazyLock<Bundle> = LazyLock::new(|| read(Lang::De));
    if lang == Lang::De { &DE } else { &EN }
}

fn read(lang: Lang) -> Bundle {
    // As in the catalogue of pages: a mistake in a resource is a test's to find.
    let resource = FluentResource::try_new(source(lang).to_owned()).unwrap_or_else(|(rest, _)| rest);
    let mut bundle = FluentBundle::new_concurrent(vec![lang.tag().parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::collections::BTreeSet;

    use super::*;

    /// Ends of the keys of the sentences that describe a case.
    const SENTENCES: [&str; 15] = [
        "reset",
        "unlock",
        "request",
        "choose",
        "challenge",
        "password",
        "writing",
        "unconfirmed",
        "done",
        "refused",
        "could-not-verify",
        "throttled",
        "lapsed",
        "cancelled",
        "contact",
    ];

    fn messages(lang: Lang) -> BTreeMap<&'static str, &'static str> {
        let lines = source(lang).lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let mut found = BTreeMap::new();
        for (id, text) in lines.map(|line| line.split_once(" = ").unwrap()) {
            assert!(found.insert(id, text).is_none(), "{id} stands twice in {}", lang.tag());
        }
        found
    }

    /// The names of the reasons, read where they are declared.
    fn reasons() -> Vec<&'static str> {
        let source = include_str!("../../../readmit-core/src/activity.rs");
        let body = source.split("pub enum Reason {").nth(1).unwrap().split('}').next().unwrap();
        body.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn both_languages_have_words_for_everything_and_no_others() {
        let causes = Cause::ALL.iter().flat_map(|cause| [format!("cause-{cause}"), format!("remedy-{cause}")]);
        let mut wanted: BTreeSet<String> = causes.collect();
        wanted.extend(SENTENCES.iter().map(|what| format!("case-{what}")));
        assert!(reasons().len() > 30);
        for lang in [Lang::En, Lang::De] {
            assert!(FluentResource::try_new(source(lang).to_owned()).is_ok());
            for name in reasons() {
                assert!(reason(lang, name).is_some(), "{name} in {}", lang.tag());
            }
            let here: BTreeSet<String> =
                messages(lang).into_keys().filter(|id| !id.starts_with("reason-")).map(str::to_owned).collect();
            assert_eq!(here, wanted, "{}", lang.tag());
            let told = messages(lang).into_keys().filter(|id| id.starts_with("reason-")).count();
            assert_eq!(told, reasons().len(), "{}", lang.tag());
        }
    }

    #[test]
    fn the_languages_agree_on_variables_and_keep_the_voice() {
        let english = messages(Lang::En);
        for (id, text) in messages(Lang::De) {
            assert_eq!(text.contains("$user"), english[id].contains("$user"), "{id}");
        }
        for lang in [Lang::En, Lang::De] {
            for (id, text) in messages(lang) {
                for word in ["!", "invalid", "illegal", "failed to", "oops", "please", "bitte ", "ungültig"] {
                    assert!(!text.contains(word), "{id} in {} says {word:?}: {text}", lang.tag());
                }
            }
        }
    }

    #[test]
    fn a_sentence_names_the_person() {
        let said = finding(Lang::En, Cause::NotInEnabledGroup, "Robin Sample");
        assert!(said.starts_with("Robin Sample "), "{said}");
        assert_eq!(reason(Lang::En, "demo"), None);
    }
}
