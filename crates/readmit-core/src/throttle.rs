//! Guesses and sends over time. Counting is the store's; judging the counts is done here.

use crate::policy::Values;
use crate::registration::Family;
use jiff::SignedDuration;
use jiff::Timestamp;

/// Counted attempts of one account, oldest first within each family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts(pub Vec<(Family, Timestamp)>);

/// A family that is closed for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which family.
    pub family: Family,
    /// When it opens again.
    pub until: Timestamp,
}

/// How many attempts, in which time, close a family for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attempts in a window.
    pub attempts: u32,
    /// The sliding window.
    pub window: SignedDuration,
    /// From the last counted attempt.
    pub block: SignedDuration,
}

impl Limits {
    /// The limits of a policy.
    #[must_use]
    pub fn of(values: &Values) -> Self {
        Self {
            attempts: values.throttle_attempts,
            window: SignedDuration::from_secs(i64::from(values.throttle_window_s)),
            block: SignedDuration::from_secs(i64::from(values.throttle_block_s)),
        }
    }
}

impl Attempts {
    /// The block in force, if any. Its end is fixed by the attempt that completed it and never moves:
    /// blocked answers are not compared, so they are not counted.
    #[must_use]
    pub fn block(&self, family: Family, limits: Limits, now: Timestamp) -> Option<Block> {
        // Only a journey's own attempt is dated ahead. Of the others a later one may have been counted first, by a
        // request that began after this one: it counts all the same.
        let counts = |at: Timestamp| at <= now || family != Family::Account;
        let mut times: Vec<Timestamp> =
            self.0.iter().filter(|(of, at)| *of == family && counts(*at)).map(|(_, at)| *at).collect();
        times.sort_unstable();
        times
            .windows(limits.attempts.max(1) as usize)
            .filter_map(|window| Some((*window.first()?, *window.last()?)))
            .filter(|(first, last)| last.duration_since(*first) < limits.window)
            .map(|(_, last)| last.saturating_add(limits.block).unwrap_or(Timestamp::MAX))
            .filter(|until| *until > now)
            .max()
            .map(|until| Block { family, until })
    }

    /// Every block in force.
    #[must_use]
    pub fn blocks(&self, limits: Limits, now: Timestamp) -> Vec<Block> {
        Family::ALL.into_iter().filter_map(|family| self.block(family, limits, now)).collect()
    }
}

/// The least time between two messages to one destination.
pub const SEND_GAP: SignedDuration = SignedDuration::from_secs(10);

/// Sends to one destination: one in 10 s, 5 an hour, 10 a day.
const SEND_LIMITS: [(usize, SignedDuration); 3] =
    [(1, SEND_GAP), (5, SignedDuration::from_hours(1)), (10, SignedDuration::from_hours(24))];

/// When the next message may go to a destination; `None` is now. `sent` holds its sends of the last day, in any order.
#[must_use]
pub fn next_send(sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let mut newest_first = sent.to_vec();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    SEND_LIMITS
        .iter()
        .filter_map(|(count, window)| newest_first.get(count - 1)?.checked_add(*window).ok())
        .filter(|allowed| *allowed > now)
        .max()
}

/// The reference's rule for e-mail: ten in ten minutes close the way for a day from the tenth; one in 10 s is ours.
const REFERENCE_MAILS: usize = 10;
const REFERENCE_WINDOW: SignedDuration = SignedDuration::from_mins(10);
const REFERENCE_BLOCK: SignedDuration = SignedDuration::from_hours(24);

/// [`next_send`] for e-mail under the reference's preset.
#[must_use]
pub fn next_mail_of_reference(sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let mut oldest_first = sent.to_vec();
    oldest_first.sort_unstable();
    let gap = oldest_first.last().and_then(|last| last.checked_add(SEND_GAP).ok());
    oldest_first
        .windows(REFERENCE_MAILS)
        .filter_map(|window| Some((*window.first()?, *window.last()?)))
        .filter(|(first, last)| last.duration_since(*first) < REFERENCE_WINDOW)
        .filter_map(|(_, last)| last.checked_add(REFERENCE_BLOCK).ok())
        .chain(gap)
        .filter(|allowed| *allowed > now)
        .max()
}

/// How long attempts and sends must be kept for these rules.
pub const KEEP: SignedDuration = SignedDuration::from_hours(24 * 8);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn attempts(minutes: &[i64]) -> Attempts {
        Attempts(minutes.iter().map(|minute| (Family::Phone, at(*minute))).collect())
    }

    fn limits() -> Limits {
        Limits::of(&Preset::Recommended.values())
    }

    #[test]
    fn five_in_an_hour_block_until_a_day_after_the_fifth() {
        let five = attempts(&[0, 10, 20, 30, 40]);
        assert_eq!(five.block(Family::Phone, limits(), at(41)).unwrap().until, at(40 + 24 * 60));
        assert_eq!(five.block(Family::Phone, limits(), at(40 + 24 * 60)), None);
        assert_eq!(five.block(Family::Email, limits(), at(41)), None);
    }

    #[test]
    fn an_attempt_counted_by_a_request_that_began_later_counts() {
        let five = attempts(&[0, 1, 2, 3, 5]);
        assert!(five.block(Family::Phone, limits(), at(4)).is_some());
    }

    #[test]
    fn five_in_more_than_an_hour_do_not_block() {
        assert_eq!(attempts(&[0, 15, 30, 45, 60]).block(Family::Phone, limits(), at(61)), None);
    }

    #[test]
    fn sends_wait_ten_seconds_then_an_hour_then_a_day() {
        assert_eq!(next_send(&[], at(0)), None);
        assert_eq!(next_send(&[at(0)], at(0)), Some(at(0) + SignedDuration::from_secs(10)));
        let five: Vec<_> = (0..5).map(at).collect();
        assert_eq!(next_send(&five, at(5)), Some(at(60)));
        let ten: Vec<_> = (0..10).map(|n| at(n * 61)).collect();
        assert_eq!(next_send(&ten, at(610)), Some(at(24 * 60)));
    }

    #[test]
    fn the_reference_closes_mail_for_a_day_after_ten_in_ten_minutes() {
        let ten: Vec<_> = (0..10).map(at).collect();
        assert_eq!(next_mail_of_reference(&ten[..9], at(9)), None);
        assert_eq!(next_mail_of_reference(&ten, at(10)), Some(at(9 + 24 * 60)));
        assert_eq!(next_mail_of_reference(&ten, at(9 + 24 * 60)), None);
        let slow: Vec<_> = (0..10).map(|n| at(n * 2)).collect();
        assert_eq!(next_mail_of_reference(&slow, at(19)), None);
        assert_eq!(next_mail_of_reference(&[at(0)], at(0)), Some(at(0) + SEND_GAP));
    }
}
