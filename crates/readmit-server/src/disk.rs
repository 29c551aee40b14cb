//! Room on the disk of a database in one file: seen early, and a reserve for the day when it is full.
//!
//! On a full disk SQLite can neither insert nor delete, so cleaning up would not help: the reserve is a file that can go.

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

const BALLAST: usize = 8 * 1024 * 1024;
const GIB: u64 = 1024 * 1024 * 1024;

/// How much room there is. A share alone would cry wolf on large disks, so a size belongs to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Nothing to do.
    Enough,
    /// 90 % used and less than 2 GiB free: somebody should look.
    Low,
    /// 95 % used and less than 512 MiB free: the reserve is given up.
    Scarce,
}

impl Room {
    /// Judges a disk of `total` bytes with `free` bytes for us.
    #[must_use]
    pub fn of(total: u64, free: u64) -> Self {
        let used = |percent: u128| u128::from(total.saturating_sub(free)) * 100 >= u128::from(total) * percent;
        if used(95) && free < GIB / 2 {
            Self::Scarce
        } else if used(90) && free < 2 * GIB {
            Self::Low
        } else {
            Self::Enough
        }
    }
}

/// The disk that holds a database file.
#[derive(Clone, Debug)]
pub struct Disk {
    folder: PathBuf,
    ballast: PathBuf,
}

impl Disk {
    /// The disk of this database; the reserve lies beside it as `FILE.ballast`, 8 MiB.
    #[must_use]
    pub fn of(database: &Path) -> Self {
        let folder = match database.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut ballast = database.as_os_str().to_owned();
        ballast.push(".ballast");
        Self { folder, ballast: PathBuf::from(ballast) }
    }

    /// How much room there is now.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn room(&self) -> io::Result<Room> {
        let stat = rustix::fs::statvfs(&self.folder)?;
        let size = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Ok(Room::of(size(stat.f_blocks), size(stat.f_bavail)))
    }

    /// Makes the reserve while there is room, and gives it up when there is none. Blocks the thread.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_ballast(&self) -> io::Result<Room> {
        let room = self.room()?;
        let exists = self.ballast.exists();
        match room {
            Room::Enough if !exists => self.make()?,
            Room::Scarce if exists => fs::remove_file(&self.ballast)?,
            Room::Enough | Room::Low | Room::Scarce => {}
        }
        Ok(room)
    }

    fn make(&self) -> io::Result<()> {
        let made = fs::File::create(&self.ballast).and_then(|mut file| {
            // Real bytes: a file with holes reserves nothing.
            file.write_all(&vec![0xA5; BALLAST])?;
            file.sync_all()
        });
        if made.is_err() {
            // Half a reserve would pass for a whole one; the first error is the one to tell.
            drop(fs::remove_file(&self.ballast));
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_and_a_size_both_count() {
        for (total, free, room) in [
            (100 * GIB, 50 * GIB, Room::Enough),
            (1000 * GIB, 40 * GIB, Room::Enough),
            (10 * GIB, GIB, Room::Low),
            (10 * GIB, GIB / 2 - 1, Room::Scarce),
            (GIB / 100, GIB / 2000, Room::Scarce),
            (GIB / 100, GIB / 120, Room::Enough),
            (0, 0, Room::Scarce),
        ] {
            assert_eq!(Room::of(total, free), room, "{free} of {total}");
        }
    }

    #[test]
    fn the_reserve_lies_beside_the_database_and_takes_real_room() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::of(&folder.path().join("readmit.db"));
        disk.make().unwrap();
        let about = fs::metadata(folder.path().join("readmit.db.ballast")).unwrap();
        assert_eq!(about.len(), 8 * 1024 * 1024);
        assert!(about.blocks() * 512 >= about.len());
    }
}
