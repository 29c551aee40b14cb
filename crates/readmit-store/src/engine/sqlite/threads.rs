//! The threads that own the connections.
//!
//! The writer takes every unit that is queued into one transaction, each as a savepoint, and answers all of them
//! after one sync (group commit).

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use super::super::Session as AnySession;
use super::super::Tx;
use super::super::bell::Bell;
use super::session::Session;
use super::unit::Unit;
use crate::StoreError;

const READERS: usize = 4;
/// Units that wait in the queue; more wait at its door.
const QUEUE: usize = 1024;
/// Bounds of one shared transaction, so that the first unit in it is not kept waiting by the last.
const BATCH: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(50);

/// What a thread is asked to do.
pub(super) enum Order {
    /// Run a unit.
    Unit(Box<dyn Unit>),
    /// Run a job on the bare connection of the writer.
    Alone(Box<dyn FnOnce(&mut Session) + Send>),
    /// Finish what is queued, then end.
    Stop,
}

/// The way to the writer, the way to the readers, and a channel that closes when all of them have ended.
pub(super) type Ways = (mpsc::Sender<Order>, mpsc::Sender<Order>, watch::Receiver<()>);

/// Opens the connections and starts the threads.
pub(super) async fn start(path: PathBuf, bell: Arc<Bell>) -> Result<Ways, StoreError> {
    let (writer_way, orders) = mpsc::channel(QUEUE);
    let (reader_way, questions) = mpsc::channel(QUEUE);
    let (alive, ended) = watch::channel(());
    let (opened, answer) = oneshot::channel();
    spawn("store-writer", move || match open_all(&path, questions, &alive) {
        Err(error) => drop(opened.send(Err(error))),
        Ok(session) => {
            let writer = Writer { tx: Tx::new(AnySession::Sqlite(session)), orders, carried: None, bell };
            if opened.send(Ok(())).is_ok() {
                writer.serve();
            }
        }
    })?;
    answer.await.map_err(|_| StoreError::Gone)??;
    Ok((writer_way, reader_way, ended))
}

/// The writer's connection; the readers have theirs and run.
fn open_all(path: &Path, questions: mpsc::Receiver<Order>, alive: &watch::Sender<()>) -> Result<Session, StoreError> {
    let session = Session::open(path)?;
    session.make_durable()?;
    let questions = Arc::new(Mutex::new(questions));
    for _ in 0..READERS {
        let reader = Session::open(path)?;
        reader.make_reader()?;
        let (questions, alive) = (Arc::clone(&questions), alive.clone());
        spawn("store-reader", move || {
            read(reader, &questions);
            drop(alive);
        })?;
    }
    Ok(session)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|error| StoreError::Config(format!("cannot start a thread: {error}")))
}

struct Writer {
    tx: Tx,
    orders: mpsc::Receiver<Order>,
    /// Taken from the queue, but not a unit, so not part of the batch before it.
    carried: Option<Order>,
    bell: Arc<Bell>,
}

impl Writer {
    fn serve(mut self) {
        while let Some(order) = self.carried.take().or_else(|| self.orders.blocking_recv()) {
            match order {
                Order::Unit(first) => self.batch(first),
                Order::Alone(job) => {
                    if let Ok(session) = self.tx.file() {
                        job(session);
                    }
                }
                Order::Stop => self.orders.close(),
            }
        }
    }

    /// One transaction of ours: `first` and what is queued behind it.
    fn batch(&mut self, first: Box<dyn Unit>) {
        if let Err(error) = self.control("BEGIN IMMEDIATE") {
            return first.answer(Err(error));
        }
        let since = Instant::now();
        let mut done = Vec::new();
        let mut notices = Vec::new();
        let mut next = Some(first);
        while let Some(mut unit) = next {
            if self.turn(unit.as_mut()).is_err() {
                return self.lose(unit, done);
            }
            if unit.kept() {
                notices.extend_from_slice(&self.tx.notices);
            }
            done.push(unit);
            next = if done.len() < BATCH && since.elapsed() < BATCH_TIME { self.next_unit() } else { None };
        }
        let fate = self.control("COMMIT");
        if fate.is_err() {
            self.abandon();
        } else {
            notices.iter().for_each(|channel| self.bell.ring(channel));
        }
        // Also a unit that was undone waits for this: it may have judged by what its neighbours wrote.
        for unit in done {
            unit.answer(fate.clone());
        }
    }

    /// Runs one unit in its savepoint. An error means that the whole transaction is lost.
    fn turn(&mut self, unit: &mut dyn Unit) -> Result<(), StoreError> {
        self.control("SAVEPOINT unit")?;
        self.tx.start();
        self.tx.file()?.arm();
        unit.run(&mut self.tx);
        let session = self.tx.file()?;
        session.disarm();
        // SQLITE_FULL and its like roll back everything, and the next statement would commit by itself.
        if !session.in_transaction() {
            return Err(StoreError::Lost);
        }
        if !unit.settle() {
            session.control("ROLLBACK TO unit")?;
        }
        session.control("RELEASE unit")
    }

    fn lose(&mut self, mut culprit: Box<dyn Unit>, others: Vec<Box<dyn Unit>>) {
        self.abandon();
        // Its own error tells more, if it has one.
        let fate = if culprit.settle() { Err(StoreError::Lost) } else { Ok(()) };
        culprit.answer(fate);
        for unit in others {
            unit.answer(Err(StoreError::Lost));
        }
    }

    fn abandon(&mut self) {
        if self.tx.file().is_ok_and(|session| session.in_transaction())
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "A lost transaction cannot be rolled back");
        }
    }

    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.tx.file()?.control(sql)
    }

    fn next_unit(&mut self) -> Option<Box<dyn Unit>> {
        match self.orders.try_recv().ok()? {
            Order::Unit(unit) => Some(unit),
            other => {
                self.carried = Some(other);
                None
            }
        }
    }
}

/// A reader: one question at a time, each on its own view.
fn read(session: Session, questions: &Mutex<mpsc::Receiver<Order>>) {
    let mut tx = Tx::new(AnySession::Sqlite(session));
    while let Some(order) = next_question(questions) {
        match order {
            Order::Unit(unit) => look(&mut tx, unit),
            Order::Alone(_) | Order::Stop => {}
        }
    }
}

/// The readers share one queue; whoever holds the lock waits for all of them.
fn next_question(questions: &Mutex<mpsc::Receiver<Order>>) -> Option<Order> {
    let mut questions = questions.lock().unwrap_or_else(PoisonError::into_inner);
    let order = questions.blocking_recv();
    if matches!(order, Some(Order::Stop)) {
        questions.close();
    }
    order
}

fn look(tx: &mut Tx, mut unit: Box<dyn Unit>) {
    let begun = tx.file().and_then(|session| session.control("BEGIN"));
    if let Err(error) = begun {
        return unit.answer(Err(error));
    }
    tx.start();
    if let Ok(session) = tx.file() {
        session.arm();
    }
    unit.run(tx);
    if let Ok(session) = tx.file() {
        session.disarm();
        if session.in_transaction()
            && let Err(error) = session.control("ROLLBACK")
        {
            tracing::error!(%error, "A reader cannot leave its view");
        }
    }
    unit.answer(Ok(()));
}
