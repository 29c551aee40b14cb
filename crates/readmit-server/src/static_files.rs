//! The stylesheet, the scripts and the icon, inside the binary, under names that change with their content.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::Response;
use http::StatusCode;
use http::header;
use rust_embed::RustEmbed;

/// A file of ours, ready to be sent.
#[derive(Clone)]
pub struct StaticFile {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, with charset where it is text.
    pub media_type: &'static str,
}

/// The path of a file for templates: `readmit.css` → `/static/readmit.1f2e3d4c5b6a7988.css`; empty for a file we do not have.
pub fn url(name: &str) -> &'static str {
    SHELF.paths.get(name).map_or("", |path| path.as_str())
}

/// The file of a hashed name, the part after `/static/`. A name without its hash, or with an old one, finds nothing.
pub fn find(hashed: &str) -> Option<StaticFile> {
    let name = SHELF.names.get(hashed)?;
    let file = Files::get(name)?;
    Some(StaticFile { bytes: file.data, media_type: media_type(name) })
}

/// `GET /static/{name}`: the file, to be kept for a year (RFC 8246 `immutable`), or 404 with an empty body.
pub async fn serve(Path(hashed): Path<String>) -> Response {
    match find(&hashed) {
        Some(file) => answer(file, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /favicon.ico`, which browsers ask for unasked: the same icon, kept for a day.
pub async fn favicon() -> Response {
    match find(url("favicon.svg").trim_start_matches(PREFIX)) {
        Some(file) => answer(file, "public, max-age=86400"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Every file as its path and its content, for a gallery.
pub fn all() -> Vec<(&'static str, StaticFile)> {
    SHELF.paths.values().filter_map(|path| Some((path.as_str(), find(path.strip_prefix(PREFIX)?)?))).collect()
}

const PREFIX: &str = "/static/";

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Shelf {
    /// File name → path with hash.
    paths: BTreeMap<String, String>,
    /// Hashed name → file name.
    names: BTreeMap<String, String>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let mut shelf = Shelf { paths: BTreeMap::new(), names: BTreeMap::new() };
    for name in Files::iter() {
        let Some(file) = Files::get(&name) else {
            continue;
        };
        let hash: String = file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let (stem, end) = name.rsplit_once('.').unwrap_or((&name, "bin"));
        let hashed = format!("{stem}.{hash}.{end}");
        shelf.paths.insert(name.to_string(), format!("{PREFIX}{hashed}"));
        shelf.names.insert(hashed, name.to_string());
    }
    shelf
});

fn answer(file: StaticFile, keep: &'static str) -> Response {
    let head = [(header::CONTENT_TYPE, file.media_type), (header::CACHE_CONTROL, keep)];
    (head, file.bytes).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashed_name_finds_its_file_and_no_other_name_does() {
        let path = url("readmit.css");
        let hashed = path.strip_prefix("/static/readmit.").unwrap();
        assert_eq!(hashed.len(), "0123456789abcdef.css".len());
        let file = find(path.strip_prefix(PREFIX).unwrap()).unwrap();
        assert_eq!(file.media_type, "text/css; charset=utf-8");
        assert!(file.bytes.starts_with(b"/* Readmit"));
        for wrong in ["readmit.css", "readmit.0000000000000000.css", "../Cargo.toml", ""] {
            assert!(find(wrong).is_none(), "{wrong}");
        }
        assert_eq!(url("nothing.css"), "");
    }

    #[test]
    fn the_stylesheet_and_the_scripts_are_fit_for_the_strictest_policy() {
        for (path, file) in all() {
            let text = String::from_utf8(file.bytes.into_owned()).unwrap();
            for word in ["url(", "@import", "innerHTML", "eval(", "new Function", "new Worker", "data:", ".style"] {
                assert!(!text.contains(word), "{path} holds {word}");
            }
        }
    }

    #[tokio::test]
    async fn served_files_are_kept_for_good_and_unknown_ones_are_404() {
        let hashed = url("readmit.js").strip_prefix(PREFIX).unwrap();
        let served = serve(Path(hashed.to_owned())).await;
        assert_eq!(served.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(served.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(serve(Path("readmit.js".to_owned())).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(favicon().await.headers()[header::CONTENT_TYPE], "image/svg+xml");
    }
}
