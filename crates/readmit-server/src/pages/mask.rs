//! Masked contacts, with a name for those who do not see the dots.

use crate::text::Lang;
use crate::text::Text;
use crate::text::tv;

use super::frame::escape;

/// A contact with all but its ends hidden, as the core masks it: `••••••67` or `r•••••@p•••••.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(String);

impl Mask {
    /// Takes a masked contact as it is to be shown.
    pub fn new(shown: impl Into<String>) -> Self {
        Self(shown.into())
    }

    /// The dots and ends, for plain text.
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// What a screen reader says instead of dots: “number ending in 67” (security X-07).
    pub fn spoken(&self, lang: Lang) -> String {
        if let Some((local, domain)) = self.0.rsplit_once('@') {
            let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
            return tv(lang, Text::MaskEmail, &[("first", first(local).into()), ("domain", first(domain).into())]);
        }
        let from = self.0.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        match self.0.get(from..).filter(|ending| !ending.is_empty()) {
            Some(ending) => tv(lang, Text::MaskPhone, &[("ending", ending.to_owned().into())]),
            None => crate::text::t(lang, Text::MaskOther).to_owned(),
        }
    }

    /// The mask for a page: dots for the eye, words for the ear.
    pub fn html(&self, lang: Lang) -> String {
        let shown = escape(&self.0).replace('@', "<wbr>@");
        let spoken = escape(&self.spoken(lang));
        format!(
            r#"<span class="mask ltr"><span aria-hidden="true">{shown}</span><span class="vh">{spoken}</span></span>"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_have_a_name_without_dots() {
        let say = |mask: &str| Mask::new(mask).spoken(Lang::En);
        assert_eq!(say("••••••67"), "number ending in 67");
        assert_eq!(say("+44 ••••••67"), "number ending in 67");
        assert_eq!(say("r•••••@p•••••.example"), "address beginning with r, at a domain beginning with p");
        assert_eq!(say("•••"), "hidden contact");
        assert_eq!(Mask::new("••••••67").spoken(Lang::De), "Nummer, die auf 67 endet");
    }

    #[test]
    fn a_mask_cannot_carry_markup() {
        let html = Mask::new("<b>@<i>").html(Lang::En);
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
    }
}
