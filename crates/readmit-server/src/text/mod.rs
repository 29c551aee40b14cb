//! Everything a person reads, in their language: keys, languages, times, the words of the codes.
//!
//! A key is a variant of [`Text`]; its words are a Fluent message in `text/<language>.ftl`. A key without words, words
//! without a key, or two languages with different variables fail a test. No text is glued from parts.

pub mod codes;
pub mod keys;
pub mod lang;
pub mod questions;
pub mod when;

use std::sync::LazyLock;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;

pub use fluent_bundle::FluentValue as Value;
pub use keys::Text;
pub use lang::Lang;

/// A named value for a message: `("tries", 3.into())`.
pub type Arg<'a> = (&'static str, Value<'a>);

/// The words of a message that has no variables; costs one index.
///
/// A message with variables must go through [`tv`]; here its variables would show as `{$name}`, which a test finds.
pub fn t(lang: Lang, text: Text) -> &'static str {
    let place = text as usize;
    loaded(lang).plain.get(place).map_or(text.id(), |words| words)
}

/// The words of a message with its variables filled in. Nothing is escaped: templates do that.
pub fn tv(lang: Lang, text: Text, args: &[Arg<'_>]) -> String {
    let mut named = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        named.set(*name, value.clone());
    }
    loaded(lang).words(text, Some(&named))
}

struct Loaded {
    bundle: FluentBundle<FluentResource>,
    plain: Vec<Box<str>>,
}

impl Loaded {
    fn read(lang: Lang) -> Self {
        // A resource with a mistake still yields its good messages; `every_language_is_whole` sees to it that there is none.
        let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(rest, _)| rest);
        let mut bundle = FluentBundle::new_concurrent(vec![lang.tag().parse().unwrap_or_default()]);
        // Isolation marks would end up in mails and turn a text message into a longer alphabet; pages isolate by `bdi`.
        bundle.set_use_isolating(false);
        bundle.set_transform(lang.transform());
        bundle.add_resource_overriding(resource);
        let mut loaded = Self { bundle, plain: Vec::new() };
        loaded.plain = Text::ALL.iter().map(|text| loaded.words(*text, None).into_boxed_str()).collect();
        loaded
    }

    fn words(&self, text: Text, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(text.id()).and_then(|message| message.value()) else {
            return text.id().to_owned();
        };
        let mut missing = Vec::new();
        self.bundle.format_pattern(pattern, args, &mut missing).into_owned()
    }
}

fn loaded(lang: Lang) -> &'static Loaded {
    static EN: LazyLock<Loaded> = LazyLock::new(|| Loaded::read(Lang::En));
    static DE: LazyLock<Loaded> = LazyLock::new(|| Loaded::read(Lang::De));
    #[cfg(test)]
    static QPS: LazyLock<Loaded> = LazyLock::new(|| Loaded::read(Lang::Qps));
    match lang {
        Lang::En => &EN,
        Lang::De => &DE,
        #[cfg(test)]
        Lang::Qps => &QPS,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::collections::BTreeSet;

    use super::*;

    /// Message id → its text, read line by line: independent of the parser under test.
    fn messages(lang: Lang) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut current = String::new();
        for line in lang.source().lines() {
            if line.starts_with(' ') {
                found.get_mut(&current).unwrap().push_str(line);
            } else if let Some((id, text)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
                current = id.to_owned();
                let before = found.insert(id.to_owned(), text.to_owned());
                assert!(before.is_none(), "{id} stands twice in {}", lang.tag());
            }
        }
        found
    }

    fn variables(text: &str) -> BTreeSet<String> {
        text.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
    }

    #[test]
    fn every_language_is_whole() {
        let keys: BTreeSet<String> = Text::ALL.iter().map(|text| text.id().to_owned()).collect();
        let english = messages(Lang::En);
        for lang in Lang::ALL {
            assert!(FluentResource::try_new(lang.source().to_owned()).is_ok());
            let here = messages(*lang);
            let ids: BTreeSet<String> = here.keys().cloned().collect();
            let apart: Vec<_> = keys.symmetric_difference(&ids).collect();
            assert!(apart.is_empty(), "{}: keys without words, or words without a key: {apart:?}", lang.tag());
            for (id, text) in &here {
                assert_eq!(variables(text), variables(&english[id]), "{id} in {}", lang.tag());
                assert!(!text.trim().is_empty(), "{id} is empty in {}", lang.tag());
            }
        }
    }

    #[test]
    fn every_key_stands_in_the_code() {
        fn read(folder: &std::path::Path, all: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, all);
                } else if !path.ends_with("keys.rs") {
                    all.push_str(&std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut code = String::new();
        read(&root.join("src"), &mut code);
        read(&root.join("templates"), &mut code);
        let words: BTreeSet<&str> = code
            .split("Text::")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
            .collect();
        let unused: Vec<_> =
            Text::ALL.iter().map(|text| format!("{text:?}")).filter(|name| !words.contains(name.as_str())).collect();
        assert!(unused.is_empty(), "keys that nothing shows: {unused:?}");
    }

    #[test]
    fn the_voice_has_no_exclamation_and_no_blame() {
        for lang in Lang::ALL {
            for (id, text) in messages(*lang) {
                for word in ["!", "invalid", "illegal", "failed to", "lease", "Oops", "oops", "bitte ", "ungültig"] {
                    assert!(!text.contains(word), "{id} in {} says {word:?}: {text}", lang.tag());
                }
            }
        }
    }

    #[test]
    fn plurals_follow_the_language() {
        let tries = |lang, n: u8| tv(lang, Text::ChallengeTries, &[("tries", n.into())]);
        assert_eq!(tries(Lang::En, 1), "You have 1 try left for this code.");
        assert_eq!(tries(Lang::En, 3), "You have 3 tries left for this code.");
        assert_eq!(tries(Lang::De, 1), "Für diesen Code haben Sie noch 1 Versuch.");
        assert_eq!(tries(Lang::De, 2), "Für diesen Code haben Sie noch 2 Versuche.");
    }

    #[test]
    fn values_are_not_transformed_and_carry_no_marks() {
        let said = tv(Lang::Qps, Text::BlockCode, &[("code", "R7K4".into())]);
        assert!(said.ends_with(" R7K4"), "{said}");
        assert!(said.starts_with("Šúþþóŕţ"), "{said}");
    }
}
