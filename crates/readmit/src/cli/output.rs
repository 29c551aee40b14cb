//! What people and programs get to see: data on standard output, everything else on standard error.

use std::io;
use std::io::Read as _;
use std::io::Write as _;

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::json;
use zeroize::Zeroizing;

use super::failure::Failure;

/// Longest secret that is read, in bytes.
const LONGEST_SECRET: u64 = 64 * 1_024;

/// Where a command's words go.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub(super) json: bool,
    pub(super) quiet: bool,
}

impl Output {
    /// One document: as JSON, or as the text that `people` makes of it.
    pub(super) fn document(self, document: &impl Serialize, people: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string(document).map_err(|error| Failure::fault(error.to_string()))?
        } else {
            people()
        };
        print(text.trim_end_matches('\n'))
    }

    /// A page of a list: as JSON with its cursor, or as a table.
    pub(super) fn list(
        self,
        items: Vec<Json>,
        next: Option<String>,
        header: &[&str],
        cells: impl Fn(&Json) -> Vec<String>,
    ) -> Result<(), Failure> {
        let rows: Vec<Vec<String>> = items.iter().map(cells).collect();
        let more = next.as_ref().map(|cursor| format!("More: --cursor {cursor}"));
        let fields = [("items", Json::Array(items)), ("next", next.map_or(Json::Null, Json::String))];
        let document: Json = fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        self.document(&document, || table(header, rows))?;
        match more {
            Some(more) if !self.json => self.say(&more),
            _ => Ok(()),
        }
    }

    /// A remark for people, on standard error; programs and the quiet get none.
    pub(super) fn say(self, text: &str) -> Result<(), Failure> {
        if self.json || self.quiet {
            return Ok(());
        }
        complain(text);
        Ok(())
    }

    /// Why a command was not carried out.
    pub(super) fn failure(self, failure: &Failure) {
        if self.json {
            let (kind, message) = (failure.kind.name(), &failure.message);
            let error = json!({ "kind": kind, "field": failure.field, "message": message, "hint": failure.hint });
            complain(&json!({ "error": error }).to_string());
            return;
        }
        complain(&format!("error: {}", failure.message));
        if let Some(hint) = &failure.hint {
            complain(&format!("hint: {hint}"));
        }
    }
}

/// A line on standard output. Whoever closed the other end has seen enough.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::fault(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// A line on standard error; if nobody can read it, there is nobody to tell.
fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// A table without lines; signs that would move a terminal's cursor are shown as `�`.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table.set_header(header.iter().map(|name| name.to_uppercase()).collect::<Vec<_>>());
    for row in rows {
        table.add_row(row.iter().map(|cell| shown(cell)).collect::<Vec<_>>());
    }
    table.trim_fmt()
}

/// Names and values below each other, for one thing; what is empty is left out.
pub(super) fn sheet(document: &Json, fields: &[&str]) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    for field in fields {
        let value = cell(document, field);
        if !value.is_empty() && value != "-" {
            table.add_row([(*field).to_owned(), shown(&value)]);
        }
    }
    table.trim_fmt()
}

/// A JSON value as people write it.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect::<Vec<_>>().join(" ")
        }
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// A field of a document as people write it.
pub(super) fn cell(document: &Json, field: &str) -> String {
    document.get(field).map_or_else(|| "-".to_owned(), plain)
}

/// Signs that would move the cursor of a terminal stand as `�`.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() && sign != '\n' { '\u{FFFD}' } else { sign }).collect()
}

/// Reads a secret from standard input; one final line end is dropped.
pub(super) fn secret(field: &str) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1_024));
    let read = io::stdin().lock().take(LONGEST_SECRET + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::invalid(field, format_args!("standard input: {error}")))?;
    if bytes.len() as u64 > LONGEST_SECRET {
        return Err(Failure::invalid(field, "too long"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::invalid(field, "not UTF-8"))?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if text.is_empty() {
        return Err(Failure::invalid(field, "nothing on standard input"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor_of_a_terminal() {
        let text = table(&["name"], vec![vec!["a\u{1b}[2Jb".to_owned()]]);
        assert!(!text.contains('\u{1b}') && text.contains("a\u{FFFD}[2Jb"), "{text}");
    }

    #[test]
    fn values_are_written_as_people_write_them() {
        assert_eq!(plain(&json!([true, null, "x", {"a": 1}])), "true, -, x, a=1");
        assert_eq!(cell(&json!({}), "missing"), "-");
    }
}
