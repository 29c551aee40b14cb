//! The demo's own folder: a fresh one that goes away again, or one that the visitor names and that holds nothing else.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::path::PathBuf;

use readmit_server::entropy::Entropy;
use readmit_server::start::DEMO_MARK;

use super::super::failure::Failure;
use super::super::init::file_failure;

/// What an earlier demo left; nothing else is ever removed from a folder that was named.
const OURS: [&str; 7] = [
    "readmit.toml",
    "readmit.db",
    "readmit.db-wal",
    "readmit.db-shm",
    "readmit.db.ballast",
    "audit-checkpoints.jsonl",
    "keys/master.key",
];

/// The folder, for as long as the demo runs.
pub(super) struct Folder {
    path: PathBuf,
    is_passing: bool,
}

impl Folder {
    /// Takes the named folder, which must be new, empty, or left by an earlier demo; else a fresh temporary one.
    pub(super) fn take(named: Option<&Path>, entropy: &Entropy) -> Result<Self, Failure> {
        let (path, is_passing) = match named {
            Some(named) => (std::path::absolute(named).map_err(|error| file_failure(named, &error))?, false),
            None => (std::env::temp_dir().join(format!("readmit-demo-{:016x}", entropy.u64()?)), true),
        };
        let failed = |error| file_failure(&path, &error);
        if !path.exists() {
            fs::DirBuilder::new().mode(0o700).recursive(true).create(&path).map_err(failed)?;
        } else if path.join(DEMO_MARK).is_file() {
            for name in OURS {
                let file = path.join(name);
                if file.exists() {
                    fs::remove_file(&file).map_err(failed)?;
                }
            }
        } else if fs::read_dir(&path).map_err(failed)?.next().is_some() {
            return Err(Failure::exists("dir", format_args!("{} is not empty, and no demo made it", path.display()))
                .hint("name a new folder, or leave --dir out"));
        }
        let folder = Self { path: path.clone(), is_passing };
        fs::write(
            path.join(DEMO_MARK),
            "Made by `readmit demo`, which may empty this folder. `readmit serve` refuses it.\n",
        )
        .map_err(failed)?;
        fs::create_dir_all(path.join("keys")).map_err(failed)?;
        Ok(folder)
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_passing {
            // It is the temporary folder's to tidy up what we cannot.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}
