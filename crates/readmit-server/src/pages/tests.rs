//! Every page × sample × language: renders, is fit for the strictest policy, and passes a small accessibility list.

use std::collections::BTreeSet;

use super::gallery::each_page;
use super::*;

const LANGS: [Lang; 3] = [Lang::En, Lang::De, Lang::Qps];

fn pages(lang: Lang) -> Vec<(String, String)> {
    let mut all = Vec::new();
    each_page(lang, &mut |name, html| {
        all.push((name.to_owned(), html));
        Ok(())
    })
    .unwrap();
    all
}

/// Each tag of a kind with its attributes, as it stands.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split('<')
        .filter_map(|part| part.strip_prefix(name))
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.split(&format!(" {name}=\"")).nth(1)?;
    from.split('"').next()
}

fn all_of<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split('<').filter_map(|part| attribute(part.split('>').next()?, name)).collect()
}

fn text_between<'a>(html: &'a str, open: &str, close: &str) -> &'a str {
    let from = html.split(open).nth(1).unwrap();
    from.split(close).next().unwrap()
}

#[test]
fn every_page_renders_in_every_language_without_a_leftover() {
    for lang in LANGS {
        for (name, html) in pages(lang) {
            assert!(html.starts_with("<!doctype html>"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\" dir=\"ltr\">", lang.tag())), "{name}");
            for leftover in ["{$", "{ $", "\u{E000}", "{{", "{%", "&amp;amp;", "&#38;"] {
                assert!(!html.contains(leftover), "{name} holds {leftover:?}");
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_and_a_title_that_repeats_it() {
    for lang in LANGS {
        for (name, html) in pages(lang) {
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            assert_eq!(html.matches("<header").count(), 1, "{name}");
            let h1 = text_between(&html, "<h1>", "</h1>");
            let title = text_between(&html, "<title>", "</title>");
            assert!(title.contains(h1), "{name}: {title} / {h1}");
            assert!(title.contains("Larkfield Hospital"), "{name}");
            if html.contains("aria-invalid") {
                assert!(!title.starts_with(h1), "{name}: a failed try must show in the title");
            }
        }
    }
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    for (name, html) in pages(Lang::En) {
        let mut before = 0;
        for level in html.match_indices("<h").filter_map(|(at, _)| html[at + 2..].chars().next()?.to_digit(10)) {
            assert!(level <= before + 1, "{name}: h{level} after h{before}");
            before = level;
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_reference_its_target() {
    for lang in LANGS {
        for (name, html) in pages(lang) {
            let ids: Vec<&str> = all_of(&html, "id");
            let unique: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
            let labels: BTreeSet<&str> = all_of(&html, "for").into_iter().collect();
            for input in tags(&html, "input") {
                if attribute(input, "type") == Some("hidden") {
                    continue;
                }
                let labelled = attribute(input, "aria-label").is_some()
                    || attribute(input, "id").is_some_and(|id| labels.contains(id));
                assert!(labelled, "{name}: a field without a label: {input}");
                assert!(attribute(input, "autocomplete").is_some(), "{name}: {input}");
                assert!(attribute(input, "maxlength").is_none(), "{name}: cut-off input: {input}");
            }
            for reference in
                ["for", "aria-describedby", "aria-labelledby", "aria-controls", "data-copy", "data-live", "data-state"]
            {
                for id in all_of(&html, reference).into_iter().flat_map(str::split_whitespace) {
                    assert!(unique.contains(id), "{name}: {reference} leads to {id:?}, which is not there");
                }
            }
        }
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for lang in LANGS {
        for (name, html) in pages(lang) {
            assert!(all_of(&html, "style").is_empty() && !html.contains("<style"), "{name}");
            for script in tags(&html, "script") {
                assert!(attribute(script, "src").is_some_and(|src| src.starts_with("/static/")), "{name}");
            }
            for part in html.split('<').skip(1) {
                let tag = part.split('>').next().unwrap();
                assert!(!tag.contains(" on"), "{name}: a handler in {tag}");
            }
            for link in all_of(&html, "href").into_iter().chain(all_of(&html, "src")).chain(all_of(&html, "action")) {
                let ours = ["/reset", "/static/", "/help", "/demo/outbox", "#", "/sign-in", "/change-password"];
                let outside = ["https://desk.", "https://reset.", "mailto:", "tel:"];
                let known = ours.iter().chain(&outside).any(|start| link.starts_with(start));
                assert!(known, "{name} leads to {link:?}");
            }
        }
    }
}

#[test]
fn every_form_of_a_journey_carries_token_and_step() {
    for (name, html) in pages(Lang::En) {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let head = form.split('>').next().unwrap();
            assert!(head.contains("novalidate") && head.contains("method=\"post\""), "{name}: {head}");
            assert_eq!(form.matches("name=\"csrf\"").count(), 1, "{name}: {head}");
            let of_journey = attribute(head, "action").unwrap().starts_with("/reset/");
            assert_eq!(form.matches("name=\"step\"").count(), usize::from(of_journey), "{name}: {head}");
        }
    }
}

#[test]
fn every_page_shows_its_support_code_and_ends_with_a_way_on() {
    for (name, html) in pages(Lang::En) {
        assert!(html.contains("<code class=\"id ltr\">R7K4-92QD-MX3T</code>"), "{name}");
        assert!(html.contains("<pre class=\"block\" id=\"block\">Support code: R7K4-92QD-MX3T\nPage: "), "{name}");
        let main = text_between(&html, "<main", "</main>");
        assert!(main.contains("<a ") || main.contains("<button"), "{name}");
        assert!(main.matches("class=\"button\"").count() <= 1, "{name}: one filled button a page");
        if let Some(links) = main.split("<ul class=\"links\">").nth(1) {
            let links = links.split("</ul>").next().unwrap();
            assert!(links.matches("<li>").count() <= 3, "{name}");
        }
    }
}

#[test]
fn journeys_lead_to_a_person_from_every_page() {
    for (name, html) in pages(Lang::En) {
        let inside = html.contains("/reset/R7K492QDMX3T\"") || html.contains("/reset/R7K492QDMX3T/");
        if inside && !name.starts_with("contact") {
            let leads = ["/reset/R7K492QDMX3T/contact", "tel:", "mailto:", "https://desk."];
            assert!(leads.iter().any(|lead| html.contains(lead)), "{name}");
        }
    }
}

#[test]
fn no_secret_comes_back_into_a_field() {
    for (name, html) in pages(Lang::En) {
        for input in tags(&html, "input") {
            let field = attribute(input, "name").unwrap_or_default();
            if field.contains("password") || field.starts_with("answer_") {
                assert!(attribute(input, "value").is_none(), "{name}: {input}");
            }
        }
    }
}

/// The text that people see or hear, tag by tag.
fn visible(html: &str) -> Vec<String> {
    let body = html.replace("<!doctype html>", "").replace("<wbr>", "");
    let mut texts = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        for name in [
            "aria-label",
            "title",
            "placeholder",
            "alt",
            "data-busy",
            "data-done",
            "data-then",
            "data-hide",
            "data-saving",
        ] {
            texts.extend(attribute(&format!(" {tag}"), name).map(str::to_owned));
        }
        texts.push(text.to_owned());
    }
    texts
}

#[test]
fn the_pseudo_language_leaves_no_text_outside_the_catalogue() {
    // What is data in the samples, longest first.
    let data = [
        "UserNotMemberOfScopedAccessGroup",
        "https://reset.larkfield.example/security-info",
        "helpdesk@larkfield.example",
        "robin.sample@larkfield.example",
        "robin.sampel@larkfield.example",
        "reset@larkfield.example",
        "name@larkfield.example",
        "robin@private.example",
        "@larkfield.example",
        "robin.sample",
        "robin.sampel",
        "robin.sample@",
        "What was the name of your first pet?",
        "In which town did your parents meet?",
        "What was your first job?",
        "r•••••",
        "@p•••••.example",
        "@l•••••.example",
        "Larkfield Hospital",
        "LARKFIELD",
        "Larkfield",
        "Europe/London",
        "R7K4-92QD-MX3T",
        "2026-11-17T14:36:09Z",
        "UTC",
        "&lt;KM&gt;",
        "&#60;KM&#62;",
        "KM",
        "robin",
        "English",
        "Deutsch",
        "Ƥšéúðó",
    ];
    for (name, html) in pages(Lang::Qps) {
        for text in visible(&html) {
            let mut rest = text.clone();
            for code in readmit_core::code::SsprCode::ALL {
                rest = rest.replace(code.code(), "").replace(code.name(), "");
            }
            for known in data {
                rest = rest.replace(known, "");
            }
            // Entities, and the single letters that a mask's name gives away.
            for entity in ["&quot;", "&amp;", "&lt;", "&gt;", "&#34;", "&#38;", "&#39;", "&#60;", "&#62;"] {
                rest = rest.replace(entity, "");
            }
            let words = rest
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| word.chars().all(|c| c.is_ascii_alphabetic()) && word.len() > 1);
            let outside: Vec<&str> = words.collect();
            assert!(outside.is_empty(), "{name}: text outside the catalogue {outside:?} in {text:?}");
        }
    }
}

#[test]
fn masks_are_heard_as_words_and_never_as_dots() {
    for (name, html) in pages(Lang::En) {
        for mask in html.split("class=\"mask ltr\">").skip(1) {
            let (seen, heard) = mask.split_once("<span class=\"vh\">").unwrap();
            assert!(seen.starts_with("<span aria-hidden=\"true\">"), "{name}");
            let heard = heard.split('<').next().unwrap();
            assert!(!heard.contains('•') && heard.contains(' '), "{name}: {heard}");
        }
    }
    let choose = &pages(Lang::En).into_iter().find(|(name, _)| name == "choose-first-en").unwrap().1;
    assert!(choose.contains("<span class=\"vh\">number ending in 67</span>"));
    assert!(choose.contains("<span class=\"vh\">address beginning with r, at a domain beginning with p</span>"));
}

#[test]
fn what_people_typed_is_escaped() {
    let evil = "<script>alert(1)</script>\"'@x";
    let mut samples = WhoPage::samples(Lang::En);
    let mut page = samples.remove(0).1;
    page.typed = evil.to_owned();
    page.frame.user_id = Some(evil.to_owned());
    page.frame.organization = "<i>&".to_owned();
    let html = page.render().unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<i>&"), "{html}");
    assert_eq!(html.matches("<script").count(), 1);
}

#[test]
fn the_landing_page_keeps_its_budget() {
    let landing = &pages(Lang::En)[0];
    assert_eq!(landing.0, "who-first-en");
    let files = ["readmit.css", "readmit.js"];
    let carried: usize = files
        .iter()
        .map(|name| {
            let hashed = crate::static_files::url(name).strip_prefix("/static/").unwrap();
            crate::static_files::find(hashed).unwrap().bytes.len()
        })
        .sum();
    assert_eq!(landing.1.matches("<script").count() + landing.1.matches("rel=\"stylesheet\"").count(), 2);
    // 25 KB over the wire in three answers; 2 KB of it are their headers.
    let total = carried + landing.1.len();
    assert!(total <= 25_000 - 2_000, "{total} bytes");
}

#[test]
fn the_gallery_writes_every_page_and_the_files_it_asks_for() {
    let dir = tempfile::tempdir().unwrap();
    let count = gallery(dir.path()).unwrap();
    assert!(count > 150, "{count}");
    let html = std::fs::read_to_string(dir.path().join("done-reset-de.html")).unwrap();
    let css = all_of(&html, "href").into_iter().find(|href| href.ends_with(".css")).unwrap();
    assert!(dir.path().join(css.trim_start_matches('/')).is_file());
}
