//! Generated documents: codes and policy keys. `READMIT_BLESS=1` writes them anew.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot read its documents must stop")]

use std::collections::BTreeMap;
use std::path::Path;

use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::policy::Enabled;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;
use readmit_server::diagnose::words;
use readmit_server::http::status;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::codes::code_text;
use readmit_server::text::t;
use readmit_server::text::tv;
use serde_json::Value as Json;

#[test]
fn the_codes_are_documented() {
    compare("docs/codes.md", &codes());
}

#[test]
fn the_policy_is_documented() {
    compare("docs/policy.md", &policy());
}

/// The document as it stands, or written anew where that is asked for.
fn compare(name: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    if std::env::vars().any(|(name, value)| name == "READMIT_BLESS" && value == "1") {
        std::fs::write(&file, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
    assert!(
        found == wanted,
        "{name} is not what the code says; `just bless` writes it anew. First difference: {differs:?}"
    );
}

/// A cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', r"\|").replace('\n', " ")
}

fn codes() -> String {
    let mut page = String::from(
        "# Codes and causes\n\n\
         Generated from the catalogue; do not edit. A released number never changes its meaning and is never used again.\n\
         The numbers below 0100 mean what the reference system means by them. Texts are those of an organization named Larkfield Hospital.\n\n\
         | Code | Name | HTTP status | Reason in the audit |\n|---|---|---|---|\n",
    );
    for code in SsprCode::ALL {
        let status = status::of_code(*code).as_u16();
        page.push_str(&format!(
            "| [{code}](#{}) | {} | {status} | {} |\n",
            anchor(*code),
            code.name(),
            code.audit_reason()
        ));
    }
    for code in SsprCode::ALL {
        page.push_str(&section(*code));
    }
    page.push_str(
        "\n## Causes\n\n\
         What `readmit why` and `readmit case` name, each with an id that never changes.\n\n\
         | Id | Severity | What it means | What to do |\n|---|---|---|---|\n",
    );
    for cause in Cause::ALL {
        let found = words::finding(Lang::En, *cause, "the person");
        let first =
            found.chars().next().unwrap().to_uppercase().to_string() + &found.chars().skip(1).collect::<String>();
        let remedy = words::remedy(Lang::En, *cause);
        page.push_str(&format!("| `{cause}` | {} | {} | {} |\n", cause.severity(), cell(&first), cell(&remedy)));
    }
    page
}

fn anchor(code: SsprCode) -> String {
    format!("{}-{}", code.code().to_lowercase(), code.name().to_lowercase())
}

fn section(code: SsprCode) -> String {
    let words = code_text(code);
    let say = |text: Text| t(Lang::En, text);
    let happened = tv(Lang::En, words.happened, &[("organization", "Larkfield Hospital".into())]);
    format!(
        "\n## {code} {}\n\n\
         **{}**\n\n\
         What the person reads: {happened} {} {}\n\n\
         For the administrator: {}\n\n\
         Remedy: {}\n",
        code.name(),
        say(words.title),
        say(words.act),
        say(words.who),
        say(words.technical),
        say(words.remedy),
    )
}

/// Key, kind of value, and what it decides, in the order of the document.
const KEYS: [(&str, &str, &str); 30] = [
    ("sspr.enabled", "none, selected or all", "For whom self-service reset is on"),
    ("sspr.include_groups", "list of groups", "With `selected`: members of these groups, also nested ones"),
    ("sspr.exclude_groups", "list of groups", "Members of these groups never, whatever else holds"),
    ("methods.allowed", "list of methods", "email, sms, voice_mobile, voice_office, app_code, questions"),
    ("methods.required", "whole number", "Gates that a person passes"),
    ("questions.to_register", "whole number", "Security questions to answer when registering"),
    ("questions.to_reset", "whole number", "Security questions to answer in a reset"),
    ("registration.required", "true or false", "Whether people are asked to register at sign-in"),
    ("registration.reconfirm_days", "whole number", "Days until people look at their methods again"),
    ("notify.users", "true or false", "Tell people when their password was reset"),
    ("notify.admins", "true or false", "Tell the other Global Administrators when an administrator reset theirs"),
    ("helpdesk.link", "text", "Where “contact your administrator” leads, instead of mail to the administrators"),
    ("on_premises.writeback", "true or false", "Write passwords back to directories"),
    ("on_premises.unlock_without_reset", "true or false", "Let people unlock an account without a new password"),
    ("admins.sspr_allowed", "true or false", "Whether administrators may reset their own passwords"),
    ("alternate_login", "true or false", "Whether proxy addresses count as user IDs"),
    ("disclosure", "helpful or uniform", "Whether a refused visitor reads the code, or is led on as anybody"),
    (
        "disclosure_budget",
        "whole number",
        "Refused or unknown accounts that one source may meet in an hour before it is answered uniformly",
    ),
    ("throttle.attempts", "whole number", "Attempts in a window that close a family of methods"),
    ("throttle.window_s", "seconds", "The sliding window"),
    ("throttle.block_s", "seconds", "How long a family stays closed after the last counted attempt"),
    (
        "throttle.account_counts",
        "begun or proved",
        "Which journeys count for the account: each, or those that passed a gate and ended without a reset",
    ),
    ("code.digits", "whole number", "Digits of a code; in `strict`, 8 where one gate is enough"),
    ("code.life_s", "seconds", "How long a code works"),
    ("journey.life_s", "seconds", "How long a journey stays open"),
    ("password.min_length", "whole number", "Fewest characters of a new password"),
    ("password.max_length", "whole number", "Most characters of a new password"),
    ("password.classes", "whole number", "Kinds of characters that a new password needs"),
    (
        "password.mode",
        "entra, nist or off",
        "How a new password is compared with banned terms: scored with fuzzy match, as a whole, or not",
    ),
    ("password.refuse_last", "true or false", "Refuse the password that is in force"),
];

fn policy() -> String {
    let ranges = ranges();
    let presets: Vec<Json> = Preset::ALL.iter().map(|preset| serde_json::to_value(preset.values()).unwrap()).collect();
    let known: Vec<&String> = presets[0].as_object().unwrap().keys().collect();
    for key in &known {
        assert!(KEYS.iter().any(|(name, ..)| name == key), "{key} has no line in this document");
    }
    assert_eq!(known.len(), KEYS.len());
    let mut page = String::from(
        "# Policy keys\n\n\
         Generated from the code; do not edit. Change a value with `readmit policy set KEY=VALUE`, fill in all of them with\n\
         `readmit policy preset NAME`. Lists are separated by commas; groups are given by name.\n\n\
         | Key | Type | Range | recommended | entra | strict | What it decides |\n|---|---|---|---|---|---|---|\n",
    );
    for (key, kind, meaning) in KEYS {
        let values: Vec<String> = presets.iter().map(|preset| value(&preset[key])).collect();
        let range = ranges.get(key).copied().unwrap_or_default();
        page.push_str(&format!("| `{key}` | {kind} | {range} | {} | {meaning} |\n", values.join(" | ")));
    }
    page
}

fn value(value: &Json) -> String {
    match value {
        Json::Array(all) if all.is_empty() => "none".to_owned(),
        Json::Array(all) => all.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(", "),
        Json::String(text) if text.is_empty() => "empty".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What the core allows for each key that has a range: everything is set out of it at once.
fn ranges() -> BTreeMap<&'static str, &'static str> {
    let wrong = Values {
        enabled: Enabled::All,
        methods: Vec::new(),
        required: 9,
        questions_to_register: 9,
        questions_to_reset: 99,
        reconfirm_days: 9_999,
        notify_users: false,
        helpdesk_link: "a b".to_owned(),
        disclosure_budget: 0,
        throttle_attempts: 0,
        throttle_window_s: 0,
        throttle_block_s: 0,
        code_digits: 7,
        code_life_s: 0,
        journey_life_s: 0,
        min_length: 0,
        max_length: 0,
        classes: 9,
        ..Preset::Recommended.values()
    };
    wrong.unfit(Preset::Recommended).into_iter().map(|unfit| (unfit.key, unfit.allowed)).collect()
}
