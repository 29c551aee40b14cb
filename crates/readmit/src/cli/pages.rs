//! `readmit pages`: every page as a file, for designers.

use std::path::PathBuf;

use readmit_server::pages;
use serde_json::json;

use super::Answer;
use super::Global;
use super::failure::Failure;

#[derive(clap::Args)]
pub(super) struct Pages {
    /// Folder to write to; it is made if it is not there, and files of the same names are replaced.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Pages {
    pub(super) fn run(self, global: &Global) -> Result<Answer, Failure> {
        let folder = self.out.display();
        let count = pages::gallery(&self.out).map_err(|error| Failure::invalid("out", format!("{folder}: {error}")))?;
        let document = json!({ "out": self.out, "pages": count });
        global.output().document(&document, || {
            format!(
                "Wrote {count} pages to {folder}. They ask for /static/…: show them by a web server with this root."
            )
        })?;
        Ok(Answer::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(out: PathBuf) -> Result<Answer, Failure> {
        Pages { out }.run(&Global { config: None, tenant: None, json: true, quiet: false })
    }

    #[test]
    fn every_page_is_a_file_and_a_file_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(written(folder.path().join("new")), Ok(Answer::Yes));
        let file = folder.path().join("new/who-first-en.html");
        assert!(std::fs::read_to_string(&file).unwrap().contains("<h1>"));
        assert_eq!(written(file).unwrap_err().field.as_deref(), Some("out"));
    }
}
