//! Reading the file: encoding, delimiter, header, cells.

use super::super::failure::Failure;
use super::super::fields::FIELDS;
use super::super::fields::Setting;

/// Longest file that is read, in bytes.
const LONGEST: usize = 256 * 1_024 * 1_024;
/// Fields that hold several values, separated by `|`.
const LISTS: [&str; 4] = ["proxy_addresses", "business_phones", "other_mails", "roles"];

/// A row of the file.
#[derive(Debug)]
pub(super) struct Record {
    /// Counted as a spreadsheet does: the header is row 1.
    pub(super) row: u64,
    /// The user ID, or why the row cannot be read.
    pub(super) upn: Result<String, Failure>,
    /// Cells that are not empty.
    pub(super) settings: Vec<Setting>,
}

/// Reads every row. What is wrong with one row stands in its record; what is wrong with the file is the error.
pub(super) fn records(bytes: &[u8]) -> Result<Vec<Record>, Failure> {
    if bytes.len() > LONGEST {
        return Err(Failure::invalid("file", "larger than 256 MiB"));
    }
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .has_headers(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| Failure::invalid("file", error))?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    check_header(&header)?;
    let rows = reader.records().zip(2..);
    Ok(rows.map(|(cells, row)| record(&header, cells, row)).collect())
}

fn check_header(header: &[String]) -> Result<(), Failure> {
    for (at, name) in header.iter().enumerate() {
        if name != "upn" && !FIELDS.contains(&name.as_str()) {
            let known = FIELDS.join(", ");
            return Err(Failure::invalid(name.clone(), "no such field").hint(format!("columns are upn, {known}")));
        }
        if header.iter().take(at).any(|earlier| earlier == name) {
            return Err(Failure::invalid(name.clone(), "two columns have this name"));
        }
    }
    if header.iter().any(|name| name == "upn") {
        Ok(())
    } else {
        Err(Failure::invalid("upn", "no column has this name"))
    }
}

fn record(header: &[String], cells: Result<csv::StringRecord, csv::Error>, row: u64) -> Record {
    let unread = |failure| Record { row, upn: Err(failure), settings: Vec::new() };
    let cells = match cells {
        Ok(cells) => cells,
        Err(error) => {
            return unread(Failure { field: None, ..Failure::invalid("row", error) });
        }
    };
    if cells.len() != header.len() {
        let problem = format!("{} cells under {} names", cells.len(), header.len());
        return unread(Failure { field: None, message: problem, ..Failure::invalid("row", "") });
    }
    let mut upn = Err(Failure::invalid("upn", "empty"));
    let mut settings = Vec::new();
    for (name, cell) in header.iter().zip(cells.iter()).map(|(name, cell)| (name, cell.trim())) {
        if cell.is_empty() {
            continue;
        }
        if name == "upn" {
            upn = Ok(cell.to_owned());
        } else if LISTS.contains(&name.as_str()) {
            settings.push((name.clone(), cell.split('|').map(|value| value.trim().to_owned()).collect()));
        } else {
            settings.push((name.clone(), vec![cell.to_owned()]));
        }
    }
    Record { row, upn, settings }
}

/// UTF-8 with or without a mark, UTF-16 with a mark or with the zero bytes that Latin letters leave.
fn decoded(bytes: &[u8]) -> Result<String, Failure> {
    let problem = || Failure::invalid("file", "is neither UTF-8 nor UTF-16").hint("save it as CSV UTF-8");
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.is_empty()).ok_or_else(problem)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| problem()),
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf_16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf_16(bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).map_err(|_| problem()),
    }
}

/// The delimiter that stands most often in the header; a comma where none does.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| header.bytes().filter(|byte| byte == sign).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Record> {
        records(text.as_bytes()).unwrap()
    }

    fn refused(text: &str) -> Option<String> {
        records(text.as_bytes()).unwrap_err().field
    }

    #[test]
    fn every_delimiter_and_every_encoding_gives_the_same_rows() {
        let text = "upn,display_name\r\nada@x.example,Ada Ä\r\n";
        let utf_16 = |unit: fn(u16) -> [u8; 2], mark: &[u8]| -> Vec<u8> {
            mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect()
        };
        let files: [Vec<u8>; 8] = [
            text.into(),
            text.replace(',', ";").into(),
            text.replace(',', "\t").into(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            utf_16(u16::to_le_bytes, b"\xFF\xFE"),
            utf_16(u16::to_be_bytes, b"\xFE\xFF"),
            utf_16(u16::to_le_bytes, b""),
            utf_16(u16::to_be_bytes, b""),
        ];
        for file in files {
            let rows = records(&file).unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].row, rows[0].upn.as_deref()), (2, Ok("ada@x.example")));
            assert_eq!(rows[0].settings, [("display_name".to_owned(), vec!["Ada Ä".to_owned()])]);
        }
    }

    #[test]
    fn lists_are_split_and_empty_cells_are_left_out() {
        let rows = read("upn;other_mails;mail\nada@x.example;\"a@b.example | c@d.example\";\n");
        let expected = vec!["a@b.example".to_owned(), "c@d.example".to_owned()];
        assert_eq!(rows[0].settings, [("other_mails".to_owned(), expected)]);
    }

    #[test]
    fn a_header_that_cannot_be_used_names_its_column() {
        assert_eq!(refused("display_name\nAda\n").as_deref(), Some("upn"));
        assert_eq!(refused("upn,nonsense\n").as_deref(), Some("nonsense"));
        assert_eq!(refused("upn,mail,mail\n").as_deref(), Some("mail"));
        assert_eq!(refused("").as_deref(), Some("upn"));
    }

    #[test]
    fn a_row_of_another_width_or_without_a_user_id_is_told_apart() {
        let rows = read("upn,mail\na@x.example\n,b@x.example\nc@x.example,c@x.example\n");
        let fields: Vec<_> =
            rows.iter().map(|row| row.upn.as_ref().err().map(|failure| failure.field.clone())).collect();
        assert_eq!(fields, [Some(None), Some(Some("upn".to_owned())), None]);
    }

    #[test]
    fn other_encodings_are_refused() {
        assert!(records(b"upn,display_name\nada@x.example,Ad\xE4\n").is_err());
        assert!(records(b"\xFF\xFEu\0p").is_err());
    }
}
