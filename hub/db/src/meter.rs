//! What the wall costs: how long entering takes (one round trip: BEGIN, `sec.enter`, the first statement) against whole
//! transactions. Two clock readings and a few additions for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::Instant;

/// Sums since the door was made. Times in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many were opened.
    pub transactions: u64,
    /// Spent on entering: from asking for `BEGIN` to the first statement's answer.
    pub entering_us: u64,
    /// Spent in transactions altogether, entering included.
    pub total_us: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    transactions: AtomicU64,
    entering_us: AtomicU64,
    total_us: AtomicU64,
}

impl Meter {
    pub(crate) fn reading(&self) -> Reading {
        Reading {
            transactions: self.0.transactions.load(Ordering::Relaxed),
            entering_us: self.0.entering_us.load(Ordering::Relaxed),
            total_us: self.0.total_us.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn visit(&self) -> Visit {
        Visit { sums: self.0.clone(), begun: Instant::now(), entered: false }
    }
}

/// One transaction, from its first byte to its end.
#[derive(Debug)]
pub(crate) struct Visit {
    sums: Arc<Sums>,
    begun: Instant,
    entered: bool,
}

impl Visit {
    pub(crate) fn entered(&mut self) {
        self.entered = true;
        self.sums.entering_us.fetch_add(self.us(), Ordering::Relaxed);
    }

    fn us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if self.entered {
            self.sums.transactions.fetch_add(1, Ordering::Relaxed);
            self.sums.total_us.fetch_add(self.us(), Ordering::Relaxed);
        }
    }
}
