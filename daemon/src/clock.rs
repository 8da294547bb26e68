//! What time it is, and waiting: the only place that asks.
//!
//! A [`Clock`] runs as the wall does, at a rate from a start (the demo plays
//! two weeks in a minute), or by hand. Everything the daemon waits for goes
//! through it; only the timeouts of the network stay real.
//!
//! # Promises
//!
//! * [`now`](Clock::now) is at or after the moment a sleep was meant for when that sleep ends, unless the clock was
//!   set back meanwhile: then nobody knows when that moment comes, and whoever waits looks again.
//! * A wall clock that is set, or a machine that slept, ends a sleep within half a minute.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{sync::watch, time::Instant};

/// The longest sleep in one piece, so that a step of the wall clock is noticed.
const NAP: Duration = Duration::from_secs(30);

/// How far a wall clock may go back without being set.
const SLEW: Duration = Duration::from_secs(1);

/// Tells the time and waits for it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Wall,
    Rate { start: Timestamp, began: Instant, rate: f64 },
    Hand(watch::Receiver<Timestamp>),
}

/// Moves a clock that runs by hand.
#[derive(Debug)]
pub struct Hand(watch::Sender<Timestamp>);

impl Clock {
    /// The clock on the wall.
    pub fn wall() -> Self {
        Self(Kind::Wall)
    }

    /// A clock that shows `start` now and runs as fast as the runtime's own time does, which a test may pause.
    pub fn starting_at(start: Timestamp) -> Self {
        Self::at_rate(start, 1.0)
    }

    /// A clock that shows `start` now and runs `rate` times as fast as real time.
    pub fn at_rate(start: Timestamp, rate: f64) -> Self {
        // A rate that is no number above zero would stop the daemon for ever.
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        Self(Kind::Rate { start, began: Instant::now(), rate })
    }

    /// A clock that stands at `start` until its hand moves.
    pub fn by_hand(start: Timestamp) -> (Self, Hand) {
        let (sender, receiver) = watch::channel(start);
        (Self(Kind::Hand(receiver)), Hand(sender))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::Wall => Timestamp::now(),
            Kind::Rate { start, began, rate } => later(
                *start,
                Duration::try_from_secs_f64(began.elapsed().as_secs_f64() * rate).unwrap_or_default(),
            ),
            Kind::Hand(receiver) => *receiver.borrow(),
        }
    }

    /// Whether it may show something else than time's passing explains: walls do, and hands.
    pub fn may_be_set(&self) -> bool {
        !matches!(self.0, Kind::Rate { .. })
    }

    /// Waits until it is `moment`; not at all if it is past, and no longer than until the clock is set back.
    pub async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let now = self.now();
            let left = between(now, moment);
            if left.is_zero() {
                return;
            }
            match &self.0 {
                Kind::Wall => {
                    tokio::time::sleep(left.min(NAP)).await;
                    if between(self.now(), now) > SLEW {
                        return;
                    }
                }
                Kind::Rate { rate, .. } => tokio::time::sleep(shrink(left, *rate)).await,
                Kind::Hand(receiver) => {
                    let mut receiver = receiver.clone();
                    if receiver.wait_for(|it| *it >= moment || *it < now).await.is_err() {
                        // The hand is gone: the moment never comes.
                        std::future::pending::<()>().await;
                    }
                    return;
                }
            }
        }
    }

    /// Waits for as long as `span` takes on this clock.
    pub async fn sleep(&self, span: Duration) {
        self.sleep_until(later(self.now(), span)).await;
    }
}

impl Hand {
    /// Moves the clock on by `span`.
    pub fn advance(&self, span: Duration) {
        self.0.send_modify(|now| *now = later(*now, span));
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.0.send_replace(now);
    }
}

/// The moment `span` after `from`, or the last there is.
pub fn later(from: Timestamp, span: Duration) -> Timestamp {
    SignedDuration::try_from(span).ok().and_then(|it| from.checked_add(it).ok()).unwrap_or(Timestamp::MAX)
}

/// The moment `span` before `from`, or the first there is.
pub fn earlier(from: Timestamp, span: Duration) -> Timestamp {
    SignedDuration::try_from(span).ok().and_then(|it| from.checked_sub(it).ok()).unwrap_or(Timestamp::MIN)
}

/// How long it is from one moment to a later one; zero if it is not later.
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// What a span of a fast clock takes in real time: never nothing, so that a wait always yields.
fn shrink(span: Duration, rate: f64) -> Duration {
    let real = Duration::try_from_secs_f64(span.as_secs_f64() / rate).unwrap_or(NAP);
    real.max(Duration::from_micros(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: Duration = Duration::from_hours(7 * 24);

    fn start() -> Timestamp {
        "2025-02-12T00:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_week_passes_at_once_when_the_runtime_is_paused() {
        let clock = Clock::starting_at(start());
        clock.sleep(WEEK).await;
        assert!(clock.now() >= later(start(), WEEK));
        assert!(clock.now() < later(start(), WEEK + Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_clock_needs_less_of_the_real_time() {
        let (clock, began) = (Clock::at_rate(start(), 1000.0), Instant::now());
        clock.sleep(WEEK).await;
        assert!(clock.now() >= later(start(), WEEK));
        assert!(began.elapsed() <= WEEK / 1000 + Duration::from_millis(5));
    }

    #[tokio::test]
    async fn a_clock_by_hand_waits_for_its_hand() {
        let (clock, hand) = Clock::by_hand(start());
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(WEEK).await }
        });
        tokio::task::yield_now().await;
        hand.advance(WEEK / 2);
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        hand.set(later(start(), WEEK));
        assert!(sleeper.await.is_ok());
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_ends_a_sleep() {
        let (clock, hand) = Clock::by_hand(start());
        let sleeper = tokio::spawn(async move { clock.sleep(WEEK).await });
        tokio::task::yield_now().await;
        hand.set(Timestamp::UNIX_EPOCH);
        assert!(sleeper.await.is_ok());
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(later(Timestamp::MAX, WEEK), Timestamp::MAX);
        assert_eq!(later(start(), Duration::MAX), Timestamp::MAX);
        assert_eq!(between(Timestamp::MAX, start()), Duration::ZERO);
    }
}
