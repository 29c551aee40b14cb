//! Bounds on open connections: how many, how long, and which one goes when there are too many.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::listen::Limits;

/// All open connections.
pub(super) struct Connections {
    total: usize,
    per_source: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    next: u64,
    open: HashMap<u64, (Option<String>, Arc<Pulse>)>,
    by_source: HashMap<String, usize>,
}

impl Connections {
    pub(super) fn new(total: usize, per_source: usize) -> Arc<Self> {
        Arc::new(Self { total, per_source, table: Mutex::default() })
    }

    /// A place for one more connection; `source` is `None` where no bound per source applies. In a
    /// full house the quietest connection on which the server does no work loses its place, so that
    /// sleepers keep nobody out. `None` if all of them are being worked for.
    pub(super) fn seat(self: &Arc<Self>, source: Option<String>) -> Option<Seat> {
        let mut table = self.lock();
        let from_source = source.as_ref().and_then(|source| table.by_source.get(source)).copied().unwrap_or(0);
        if from_source >= self.per_source {
            table.evict(|seated| seated == source.as_deref())?;
        } else if table.open.len() >= self.total {
            table.evict(|_| true)?;
        }
        let id = table.next;
        table.next += 1;
        let pulse = Arc::new(Pulse::new());
        if let Some(source) = &source {
            *table.by_source.entry(source.clone()).or_insert(0) += 1;
        }
        table.open.insert(id, (source, Arc::clone(&pulse)));
        Some(Seat { id, pulse, connections: Arc::clone(self) })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn evict(&mut self, among: impl Fn(Option<&str>) -> bool) -> Option<()> {
        let candidates = self.open.iter().filter(|(_, (source, pulse))| among(source.as_deref()) && pulse.is_waiting());
        let (id, _) = candidates.min_by_key(|(_, (_, pulse))| pulse.last_io.load(Ordering::Relaxed))?;
        let id = *id;
        let pulse = self.remove(id)?;
        pulse.evicted.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Pulse>> {
        let (source, pulse) = self.open.remove(&id)?;
        if let Some(source) = source
            && let Some(count) = self.by_source.get_mut(&source)
        {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&source);
            }
        }
        Some(pulse)
    }
}

/// One connection's place; given back when dropped.
pub(super) struct Seat {
    id: u64,
    pub(super) pulse: Arc<Pulse>,
    connections: Arc<Connections>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

/// Signs of life of one connection.
pub(super) struct Pulse {
    epoch: Instant,
    opened: u64,
    last_io: AtomicU64,
    begun: AtomicU32,
    running: AtomicU32,
    uploading: AtomicU32,
    unread: AtomicU32,
    evicted: Notify,
}

impl Pulse {
    fn new() -> Self {
        let epoch = *EPOCH;
        let now = millis(epoch.elapsed());
        Self {
            epoch,
            opened: now,
            last_io: AtomicU64::new(now),
            begun: AtomicU32::new(0),
            running: AtomicU32::new(0),
            uploading: AtomicU32::new(0),
            unread: AtomicU32::new(0),
            evicted: Notify::new(),
        }
    }

    /// A byte passed.
    pub(super) fn beat(&self) {
        self.last_io.store(millis(self.epoch.elapsed()), Ordering::Relaxed);
    }

    /// Nothing is being worked out for it: it is silent, or still sending.
    fn is_waiting(&self) -> bool {
        self.running.load(Ordering::Relaxed) <= self.uploading.load(Ordering::Relaxed)
    }

    /// One request has begun; it ends when the guard is dropped.
    pub(super) fn request(self: &Arc<Self>) -> Running {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(Arc::clone(self))
    }

    /// A request's body was not read to its end.
    pub(super) fn left_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed) > 0
    }

    /// A request's body has begun to arrive; it counts as unread until it is complete.
    pub(super) fn upload(self: &Arc<Self>) -> Upload {
        self.uploading.fetch_add(1, Ordering::Relaxed);
        self.unread.fetch_add(1, Ordering::Relaxed);
        Upload(Arc::clone(self))
    }

    /// Returns once the connection has lost its right to be open: no request within the header time,
    /// no byte in either direction within the idle time, too old, or evicted.
    pub(super) async fn lapse(&self, limits: &Limits) {
        loop {
            let oldest = self.opened + millis(limits.age);
            let quiet = match self.begun.load(Ordering::Relaxed) {
                0 => self.opened + millis(limits.header),
                _ => self.last_io.load(Ordering::Relaxed) + millis(limits.idle),
            };
            let due = self.epoch + Duration::from_millis(quiet.min(oldest));
            if due <= Instant::now() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                () = self.evicted.notified() => return,
            }
        }
    }
}

/// What all pulses count from, so that they can be compared.
static EPOCH: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

/// A request in progress.
pub(super) struct Running(Arc<Pulse>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request's body on its way; given up when dropped.
pub(super) struct Upload(Arc<Pulse>);

impl Upload {
    /// All of it has been read.
    pub(super) fn complete(self) {
        self.0.unread.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.0.uploading.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            header: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            age: Duration::from_secs(600),
            ..Limits::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_lapses_without_a_request_when_idle_and_when_old() {
        let house = Connections::new(10, 10);
        let seat = house.seat(None).unwrap();
        let start = Instant::now();
        seat.pulse.lapse(&limits()).await;
        assert_eq!(start.elapsed().as_secs(), 10);

        let seat = house.seat(None).unwrap();
        let start = Instant::now();
        drop(seat.pulse.request());
        tokio::time::advance(Duration::from_secs(30)).await;
        seat.pulse.beat();
        seat.pulse.lapse(&limits()).await;
        assert_eq!(start.elapsed().as_secs(), 90);

        let seat = house.seat(None).unwrap();
        let start = Instant::now();
        let busy = seat.pulse.request();
        let pulse = Arc::clone(&seat.pulse);
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(20)).await;
                pulse.beat();
            }
        });
        seat.pulse.lapse(&limits()).await;
        assert_eq!(start.elapsed().as_secs(), 600);
        drop(busy);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_full_house_the_quietest_goes() {
        let house = Connections::new(3, 10);
        let mut seats = Vec::new();
        for _ in 0..3 {
            seats.push(house.seat(None).unwrap());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let busy = seats[0].pulse.request();
        let fourth = house.seat(None).unwrap();
        let start = Instant::now();
        seats[1].pulse.lapse(&limits()).await;
        assert_eq!(start.elapsed().as_secs(), 0, "the quiet second one is evicted, not the busy first");
        assert_eq!(house.lock().open.len(), 3);
        drop(seats.remove(1));
        assert_eq!(house.lock().open.len(), 3, "an evicted seat is not given back twice");
        let all_busy = (seats[1].pulse.request(), fourth.pulse.request());
        assert!(house.seat(None).is_none());
        drop((busy, all_busy));
        assert!(house.seat(None).is_some());
    }

    #[tokio::test]
    async fn a_source_has_its_own_bound() {
        let house = Connections::new(100, 2);
        let seats: Vec<Seat> = (0..2).map(|_| house.seat(Some("192.0.2.1".into())).unwrap()).collect();
        let busy: Vec<Running> = seats.iter().map(|seat| seat.pulse.request()).collect();
        assert!(house.seat(Some("192.0.2.1".into())).is_none());
        assert!(house.seat(Some("192.0.2.2".into())).is_some());
        assert!(house.seat(None).is_some());
        drop((busy, seats));
        assert!(house.lock().by_source.is_empty());
    }
}
