//! The two things the store may not take from the air: the time and new ids. The simulation brings its own.

use uuid::Uuid;

/// What surrounds a store.
pub trait Env: Send {
    /// Microseconds since 1970 UTC, as this machine's clock has it.
    fn now(&self) -> i64;
    /// A new UUIDv7.
    fn new_id(&self) -> Uuid;
}

/// The machine's clock and random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnv;

impl Env for SystemEnv {
    #[expect(clippy::disallowed_methods, reason = "the one place where the office reads the clock")]
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the office makes ids")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
