//! Security questions.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Gates;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

/// One question that was drawn.
#[derive(Clone)]
pub struct Question {
    /// The field is `answer_<id>`; letters, digits, `-` and `_` only.
    pub id: String,
    /// The question in words.
    pub text: String,
}

/// `GET /reset/{journey}` while answers are asked for, and 422 of `POST …/answer`. Fields: `answer_<id>`…, `csrf`, `step`.
/// Answers are secrets and never come back into the fields.
#[derive(Template)]
#[template(path = "questions.html")]
pub struct QuestionsPage {
    /// Shared.
    pub frame: Frame,
    /// Gates asked for and passed.
    pub gates: Gates,
    /// The questions.
    pub questions: Vec<Question>,
    /// Tries left of this challenge.
    pub tries_left: u8,
    /// What is wrong; see [`QuestionsPage::wrong`] and [`Text::QuestionsErrorEmpty`].
    pub error: Option<String>,
}

impl QuestionsPage {
    /// At least one answer differs, with the tries that are left.
    pub fn wrong(lang: Lang, tries_left: u8) -> String {
        tv(lang, Text::QuestionsErrorWrong, &[("tries", tries_left.into())])
    }

    fn tries(&self) -> String {
        self.frame.tv(Text::QuestionsTries, &[("tries", self.tries_left.into())])
    }
}

impl Page for QuestionsPage {
    const NAME: Text = Text::PageQuestions;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::QuestionsTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(2)
    }

    fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let question = |id: &str, text: &str| Question { id: id.to_owned(), text: text.to_owned() };
        let page = |tries_left, error| Self {
            frame: Frame::journey_sample(lang),
            gates: Gates { required: 2, passed: 1 },
            questions: vec![
                question("q3", "What was the name of your first pet?"),
                question("q7", "In which town did your parents meet?"),
                question("q9", "What was your first job?"),
            ],
            tries_left,
            error,
        };
        vec![
            ("asked", page(3, None)),
            ("wrong", page(1, Some(Self::wrong(lang, 1)))),
            ("empty", page(3, Some(t(lang, Text::QuestionsErrorEmpty).to_owned()))),
        ]
    }
}
