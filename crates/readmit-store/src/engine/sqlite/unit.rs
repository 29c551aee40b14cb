//! One queued unit: the closure, then its outcome, then the answer to its caller.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::thread;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::Span;

use super::super::Health;
use super::super::TURN_BOUND;
use super::super::Tx;
use crate::StoreError;

/// What the threads see of a unit.
pub(super) trait Unit: Send {
    /// Runs the closure, unless its caller has gone or has waited too long.
    fn run(&mut self, tx: &mut Tx);

    /// Decides whether the unit is to be kept: it ran, went well and still has a caller.
    fn settle(&mut self) -> bool;

    /// What [`Unit::settle`] decided.
    fn kept(&self) -> bool;

    /// Tells the caller: the unit's own outcome, or why the shared transaction failed.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

/// `Err` is the panic of the unit.
pub(super) type Outcome<T, E> = thread::Result<Result<T, E>>;

pub(super) struct Asked<F, T, E> {
    unit: Option<F>,
    outcome: Option<Outcome<T, E>>,
    kept: bool,
    reply: oneshot::Sender<Outcome<T, E>>,
    since: Instant,
    span: Span,
    /// So that a unit which awaits a timer or a socket is found out as foreign, instead of panicking.
    runtime: Option<Handle>,
}

impl<F, T, E> Asked<F, T, E> {
    pub(super) fn new(unit: F, since: Instant) -> (Self, oneshot::Receiver<Outcome<T, E>>) {
        let (reply, answer) = oneshot::channel();
        let asked = Self {
            unit: Some(unit),
            outcome: None,
            kept: false,
            reply,
            since,
            span: Span::current(),
            runtime: Handle::try_current().ok(),
        };
        (asked, answer)
    }
}

impl<F, T, E> Unit for Asked<F, T, E>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx) {
        let Some(unit) = self.unit.take() else { return };
        if self.reply.is_closed() {
            return;
        }
        if self.since.elapsed() > TURN_BOUND {
            self.outcome = Some(Ok(Err(StoreError::Busy.into())));
            return;
        }
        let _context = self.runtime.as_ref().map(Handle::enter);
        let _span = self.span.enter();
        self.outcome = Some(catch_unwind(AssertUnwindSafe(|| poll_once(unit, tx))));
    }

    fn settle(&mut self) -> bool {
        self.kept = matches!(self.outcome, Some(Ok(Ok(_)))) && !self.reply.is_closed();
        self.kept
    }

    fn kept(&self) -> bool {
        self.kept
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let outcome = match (fate, self.outcome) {
            (_, Some(Err(panic))) => Err(panic),
            (Err(error), _) => Ok(Err(error.into())),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Ok(Err(StoreError::Lost.into())),
        };
        // The caller may have gone.
        drop(self.reply.send(outcome));
    }
}

/// A statement never pends here, so a unit that does waits for something foreign.
fn poll_once<F, T, E>(unit: F, tx: &mut Tx) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
    E: From<StoreError>,
{
    let outcome = {
        let work = pin!(unit(tx));
        match work.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => Err(StoreError::Foreign.into()),
        }
    };
    match outcome {
        Ok(_) if tx.health != Health::Well => Err(StoreError::Poisoned.into()),
        outcome => outcome,
    }
}
