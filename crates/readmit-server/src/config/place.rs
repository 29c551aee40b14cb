//! From a byte in the file to the line and the key that an administrator has to look at.

use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;

use toml::Spanned;

use super::ConfigError;

/// The file being read.
pub(super) struct Place<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text }
    }

    /// `path` as the file means it: relative to the file's folder.
    pub(super) fn resolved(&self, path: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(path)
    }

    /// What is wrong with a value.
    pub(super) fn fault<T>(&self, at: &Spanned<T>, problem: impl Into<String>, fix: impl Into<String>) -> ConfigError {
        self.fault_at(at.span(), problem.into(), fix.into())
    }

    /// What the parser found.
    pub(super) fn misread(&self, error: &toml::de::Error) -> ConfigError {
        let message = error.message().trim().replace('\n', " ");
        let fix = if message.starts_with("unknown field") {
            "Remove it or correct its spelling; readmit.example.toml lists every key."
        } else if message.starts_with("missing field") {
            "Add it; readmit.example.toml shows how."
        } else if message.starts_with("duplicate") {
            "Keep one of the two."
        } else {
            "Write it as readmit.example.toml shows."
        };
        let mut fault = self.fault_at(error.span().unwrap_or(0..0), message.clone(), fix.to_owned());
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        if let Some((name, _)) = missing {
            let table = self.located(error.span().map_or(0, |span| span.start)).table;
            fault.key = joined(table, name);
        }
        fault
    }

    fn fault_at(&self, span: Range<usize>, problem: String, fix: String) -> ConfigError {
        let located = self.located(span.start);
        ConfigError {
            file: self.file.to_owned(),
            line: Some(located.line),
            key: joined(located.table, located.key),
            problem,
            fix,
        }
    }

    /// The line of a byte, and the last table and key that begin before or on that line.
    fn located(&self, offset: usize) -> Located<'a> {
        let mut located = Located { line: 1, table: "", key: "" };
        let mut start = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            if start > offset {
                break;
            }
            located.line = index + 1;
            start += line.len();
            let line = line.trim();
            if let Some(table) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                located.table = table.0.trim_matches(['[', ' ']);
                located.key = "";
            } else if let Some((key, _)) = line.split_once('=')
                && key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            {
                located.key = key.trim();
            }
        }
        located
    }
}

struct Located<'a> {
    line: usize,
    table: &'a str,
    key: &'a str,
}

fn joined(table: &str, key: &str) -> String {
    match (table, key) {
        ("", key) => key.to_owned(),
        (table, "") => table.to_owned(),
        (table, key) => format!("{table}.{key}"),
    }
}
