//! The one place that reads the wall clock.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;

/// Tells the time; everything else is told it. Clones of a fixed clock move together.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Milliseconds since the epoch, moved only by [`Clock::advance`]: for tests.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` (to the millisecond) until it is advanced.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// The present moment. A fixed clock moved beyond the calendar's end stays at its end.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place that looks at the clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => Timestamp::from_millisecond(at.load(Ordering::Acquire)).unwrap_or(Timestamp::MAX),
        }
    }

    /// Moves a fixed clock forward (whole milliseconds); the machine's clock is not ours to move.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            at.fetch_add(by, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let clock = Clock::fixed(Timestamp::from_second(1_000).unwrap());
        let other = clock.clone();
        assert_eq!(other.now().as_second(), 1_000);
        clock.advance(Duration::from_millis(2_500));
        assert_eq!(other.now().as_millisecond(), 1_002_500);
    }

    #[test]
    fn the_system_clock_is_not_moved() {
        let clock = Clock::System;
        let before = clock.now();
        clock.advance(Duration::from_secs(1_000_000));
        assert!(clock.now().duration_since(before).as_secs() < 1_000);
    }
}
