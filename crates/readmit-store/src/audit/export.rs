//! The audit as a table for spreadsheets.

use super::AuditItem;

/// The columns of [`AuditItem::cells`], in their order.
pub const AUDIT_COLUMNS: [&str; 24] = [
    "id",
    "at",
    "tenant",
    "service",
    "activity",
    "category",
    "result",
    "reason",
    "actor_type",
    "actor_id",
    "actor_name",
    "target_id",
    "target_name",
    "method",
    "code",
    "support_code",
    "source",
    "old",
    "new",
    "redacted",
    "writer",
    "seq",
    "prev_hash",
    "hash",
];

impl AuditItem {
    /// The record as texts, for [`csv_line`]. `old` and `new` are JSON; what there is not is empty.
    #[must_use]
    pub fn cells(&self) -> [String; 24] {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        [
            self.id.clone(),
            self.at.clone(),
            or_empty(&self.tenant),
            self.service.clone(),
            self.activity.clone(),
            self.category.clone(),
            self.result.clone(),
            or_empty(&self.reason),
            self.actor.kind.name().to_owned(),
            or_empty(&self.actor.id),
            or_empty(&self.actor.name),
            self.target.as_ref().map(|target| target.id.clone()).unwrap_or_default(),
            self.target.as_ref().and_then(|target| target.name.clone()).unwrap_or_default(),
            or_empty(&self.method),
            or_empty(&self.code),
            or_empty(&self.support_code),
            or_empty(&self.source),
            json(&self.old),
            json(&self.new),
            self.redacted.to_string(),
            self.writer.clone(),
            self.seq.to_string(),
            self.prev_hash.clone(),
            self.hash.clone(),
        ]
    }
}

/// One line of RFC 4180, with its CR LF. A cell that a spreadsheet could take for a formula gets a `'` in front, also
/// in full-width signs (OWASP ASVS 1.2.10).
#[must_use]
pub fn csv_line<T: AsRef<str>>(cells: &[T]) -> String {
    let mut line = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let cell = cell.as_ref();
        if index > 0 {
            line.push(',');
        }
        let quoted = cell.contains(['"', ',', '\r', '\n']);
        if quoted {
            line.push('"');
        }
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']) {
            line.push('\'');
        }
        line.push_str(&cell.replace('"', "\"\""));
        if quoted {
            line.push('"');
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(
            csv_line(&["a", "b c", "d,e", "say \"no\"", "two\nlines", ""]),
            "a,b c,\"d,e\",\"say \"\"no\"\"\",\"two\nlines\",\r\n"
        );
    }

    #[test]
    fn no_cell_begins_as_a_formula() {
        for start in ["=", "+", "-", "@", "\t", "\0", "＝", "＋", "－", "＠"] {
            assert_eq!(csv_line(&[format!("{start}SUM")]), format!("'{start}SUM\r\n"));
        }
        assert_eq!(csv_line(&["\rx", "=HYPERLINK(\"x\")"]), "\"'\rx\",\"'=HYPERLINK(\"\"x\"\")\"\r\n");
        assert_eq!(csv_line(&["a=b", "'"]), "a=b,'\r\n");
    }
}
