//! Every page in every state as files, for eyes and for a browser's checks.

use std::fs;
use std::io;
use std::path::Path;

use super::*;
use crate::static_files;

/// Takes the name of a sample (`who-first-en`) and its HTML.
type Visit<'a> = dyn FnMut(&str, String) -> io::Result<()> + 'a;

/// Writes each page × sample × language as `<page>-<sample>-<language>.html` into `dir`, beside the static files they ask
/// for, so that any web server with `dir` as its root shows them. Answers how many pages there are.
pub fn gallery(dir: &Path) -> io::Result<usize> {
    let root = dir.join("static");
    fs::create_dir_all(&root)?;
    for (path, file) in static_files::all() {
        fs::write(dir.join(path.trim_start_matches('/')), &file.bytes)?;
    }
    let mut count = 0;
    for lang in Lang::ALL {
        each_page(*lang, &mut |name, html| {
            count += 1;
            fs::write(dir.join(format!("{name}.html")), html)
        })?;
    }
    Ok(count)
}

/// Renders every sample of every page in one language.
pub(super) fn each_page(lang: Lang, visit: &mut Visit<'_>) -> io::Result<()> {
    samples_of::<WhoPage>("who", lang, visit)?;
    samples_of::<WaitingPage>("waiting", lang, visit)?;
    samples_of::<TroublePage>("trouble", lang, visit)?;
    samples_of::<LockedPage>("locked", lang, visit)?;
    samples_of::<ChoosePage>("choose", lang, visit)?;
    samples_of::<PhonePage>("phone", lang, visit)?;
    samples_of::<ChallengePage>("challenge", lang, visit)?;
    samples_of::<QuestionsPage>("questions", lang, visit)?;
    samples_of::<PasswordPage>("password", lang, visit)?;
    samples_of::<WritingPage>("writing", lang, visit)?;
    samples_of::<UnconfirmedPage>("unconfirmed", lang, visit)?;
    samples_of::<DonePage>("done", lang, visit)?;
    samples_of::<RefusedPage>("refused", lang, visit)?;
    samples_of::<CouldNotVerifyPage>("could-not-verify", lang, visit)?;
    samples_of::<ThrottledPage>("throttled", lang, visit)?;
    samples_of::<LapsedPage>("lapsed", lang, visit)?;
    samples_of::<CancelledPage>("cancelled", lang, visit)?;
    samples_of::<ContactPage>("contact", lang, visit)?;
    samples_of::<StalePage>("stale", lang, visit)?;
    samples_of::<ErrorPage>("error", lang, visit)?;
    samples_of::<HelpPage>("help", lang, visit)?;
    samples_of::<OutboxPage>("outbox", lang, visit)
}

fn samples_of<P: Page>(page: &str, lang: Lang, visit: &mut Visit<'_>) -> io::Result<()> {
    for (sample, value) in P::samples(lang) {
        let html = value.render().map_err(io::Error::other)?;
        visit(&format!("{page}-{sample}-{}", lang.tag()), html)?;
    }
    Ok(())
}
