//! When an edit really happened, from clocks that cannot be trusted.

/// What the hub knows about a replica's clock. All times in microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// Hub time minus office time, measured on this exchange.
    pub offset: i64,
    /// Hub time when the replica's outbox was last seen empty: nothing it sends now was made before.
    pub last_drained: i64,
    /// Hub time now: nothing was made later.
    pub now: i64,
}

impl ClockReading {
    /// Reads the clocks at the moment a request that was sent at `sent_at` (office time) arrives at `now` (hub time).
    pub fn new(sent_at: i64, last_drained: i64, now: i64) -> ClockReading {
        ClockReading { offset: now.saturating_sub(sent_at), last_drained: last_drained.min(now), now }
    }

    /// The office's time of an edit, corrected by the offset and clamped to when it can have been made.
    pub fn correct(&self, office_time: i64) -> i64 {
        office_time.saturating_add(self.offset).clamp(self.last_drained, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_years_off_neither_wins_nor_loses_everything() {
        let ahead = ClockReading::new(9_000, 100, 1_000);
        assert_eq!(ahead.correct(8_900), 900);
        let claims_future = ClockReading::new(1_000, 100, 1_000);
        assert_eq!(claims_future.correct(999_999), 1_000);
        assert_eq!(claims_future.correct(-5), 100);
        assert_eq!(ClockReading::new(i64::MIN, 0, i64::MAX).correct(i64::MAX), i64::MAX);
    }
}
