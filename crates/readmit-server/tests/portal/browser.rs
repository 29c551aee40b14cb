//! A browser without script: follows links and redirects, sends the forms that it was given.

use http::StatusCode;
use jiff::SignedDuration;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::t;

use crate::stage::Stage;
use crate::visitor::Answer;
use crate::visitor::Visitor;

pub(crate) struct Browser<'a> {
    pub(crate) visitor: Visitor<'a>,
    pub(crate) page: Answer,
    /// Address of the page shown.
    pub(crate) path: String,
    /// What the last form was answered with, before redirects were followed.
    pub(crate) answered: StatusCode,
}

impl<'a> Browser<'a> {
    /// On the first page.
    pub(crate) async fn of(stage: &'a Stage) -> Self {
        Self::opening(Visitor::of(stage), "/reset").await
    }

    pub(crate) async fn opening(mut visitor: Visitor<'a>, path: &str) -> Self {
        let page = visitor.get(path).await;
        let mut browser = Self { visitor, answered: page.status, page, path: path.to_owned() };
        browser.follow().await;
        browser
    }

    pub(crate) async fn opens(&mut self, path: &str) {
        self.page = self.visitor.get(path).await;
        path.clone_into(&mut self.path);
        self.follow().await;
    }

    async fn follow(&mut self) {
        while self.page.status == StatusCode::SEE_OTHER {
            let path = self.page.location().to_owned();
            self.page = self.visitor.get(&path).await;
            self.path = path;
        }
    }

    /// Sends the form whose address ends so, with its hidden fields and these.
    pub(crate) async fn submits(&mut self, action: &str, typed: &[(&str, &str)]) {
        let form = self.form(action);
        let mut fields: Vec<(String, String)> = form.hidden;
        fields.retain(|(name, _)| typed.iter().all(|(given, _)| given != name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.page = self.visitor.post_form(&form.action, &fields).await;
        self.path = form.action.clone();
        self.answered = self.page.status;
        self.follow().await;
    }

    /// Through the first page and the wait, to what comes after.
    pub(crate) async fn begins(&mut self, user_id: &str) {
        self.submits("/reset", &[("user_id", user_id)]).await;
        assert!(self.shows(Text::WaitingLead), "{}", self.page.body);
        self.visitor.stage.wait(SignedDuration::from_secs(5));
        self.submits("/reset", &[]).await;
    }

    /// Also past the page that asks for the trouble.
    pub(crate) async fn begins_reset(&mut self, user_id: &str) {
        self.begins(user_id).await;
        assert!(self.shows(Text::TroubleForgot), "{}", self.page.body);
        let link = self.link(t(self.lang(), Text::TroubleForgot));
        self.opens(&link).await;
    }

    /// Chooses the check of this name, filling in the phone number where it is asked for.
    pub(crate) async fn chooses(&mut self, name: Text, phone: Option<&str>) {
        let name = t(self.lang(), name);
        match phone {
            None => {
                let id = self.button(name);
                self.submits("/choose", &[("method_id", &id)]).await;
            }
            Some(phone) => {
                let link = self.link(name);
                self.opens(&link).await;
                self.submits("/choose", &[("phone", phone)]).await;
            }
        }
    }

    pub(crate) fn lang(&self) -> Lang {
        if self.page.body.contains("<html lang=\"de\"") { Lang::De } else { Lang::En }
    }

    /// The heading.
    pub(crate) fn title(&self) -> String {
        let body = &self.page.body;
        let start = body.find("<h1>").unwrap_or_else(|| panic!("no heading: {body}")) + 4;
        unescaped(&body[start..start + body[start..].find("</h1>").unwrap()])
    }

    /// Whether these words of the catalogue are to be read on the page.
    pub(crate) fn shows(&self, text: Text) -> bool {
        self.says(t(self.lang(), text))
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// What is to be read: no tags, no hidden values.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        let mut rest = self.page.body.as_str();
        while let Some(open) = rest.find('<') {
            words.push_str(&rest[..open]);
            rest = &rest[open..];
            rest = &rest[rest.find('>').map_or(rest.len(), |end| end + 1)..];
        }
        words.push_str(rest);
        unescaped(&words).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Address of the link around these words.
    pub(crate) fn link(&self, words: &str) -> String {
        let element = self.element("<a ", words);
        attribute(&element, "href").unwrap()
    }

    /// Value of the button around these words.
    pub(crate) fn button(&self, words: &str) -> String {
        let element = self.element("<button ", words);
        attribute(&element, "value").unwrap()
    }

    /// Value of an input.
    pub(crate) fn value(&self, name: &str) -> String {
        let mut inputs = self.page.body.split("<input").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]);
        let input = inputs
            .find(|input| attribute(input, "name").as_deref() == Some(name))
            .unwrap_or_else(|| panic!("no {name}"));
        attribute(input, "value").unwrap_or_default()
    }

    fn element(&self, open: &str, words: &str) -> String {
        let close = if open == "<a " { "</a>" } else { "</button>" };
        let mut elements =
            self.page.body.split(open).skip(1).map(|rest| &rest[..rest.find(close).unwrap_or(rest.len())]);
        let found = elements.find(|element| unescaped(element).contains(words));
        let element = found.unwrap_or_else(|| panic!("no {open}{words}: {}", self.page.body));
        format!(" {element}")
    }

    fn form(&self, action: &str) -> Form {
        let mut forms = self.page.body.split("<form").skip(1).map(|rest| &rest[..rest.find("</form>").unwrap()]);
        let form = forms
            .find(|form| attribute(form, "action").is_some_and(|to| to.split('?').next().unwrap().ends_with(action)));
        let form = form.unwrap_or_else(|| panic!("no form for {action}: {}", self.page.body));
        let inputs = form.split("<input").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]);
        let hidden = inputs
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default()));
        Form { action: attribute(form, "action").unwrap(), hidden: hidden.collect() }
    }
}

struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let rest = &tag[start..];
    Some(unescaped(&rest[..rest.find('"')?]))
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&#39;", "'").replace("&#34;", "\"").replace("&quot;", "\"");
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
