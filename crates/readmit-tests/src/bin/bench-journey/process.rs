//! What a process used, as `/proc` tells.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Length of a tick of `/proc/PID/stat`; Linux fixes it at 100 a second for programs.
const TICK: Duration = Duration::from_millis(10);

/// A running process.
#[derive(Clone, Copy)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    /// This one.
    pub(crate) fn own() -> Self {
        Self(std::process::id())
    }

    /// Processor time of all its threads, those that ended included.
    pub(crate) fn cpu(self) -> Duration {
        cpu(Path::new(&format!("/proc/{}", self.0)))
    }

    /// Resident memory in KiB: all, and what belongs to no file.
    pub(crate) fn memory(self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (field("VmRSS:"), field("RssAnon:"))
    }
}

/// The name of a program may hold blanks and parentheses; behind the last one the fields are numbers.
fn cpu(folder: &Path) -> Duration {
    let stat = fs::read_to_string(folder.join("stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<u32>().unwrap();
    TICK * (ticks(11) + ticks(12))
}

/// Processor time of the calling thread, to the microsecond.
pub(crate) fn cpu_of_this_thread() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split_whitespace().next().unwrap().parse().unwrap())
}
