//! How often strangers may knock: enrolment is the only call that needs no key, so it is the one that could be guessed at.

use crate::refusal::Refusal;
use governor::clock::DefaultClock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use pems_model::Code;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Enrolments in a second over all addresses: bounds what guessing from many places can do.
const ENROL_PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
#[derive(Debug)]
pub(crate) struct Limits {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    all: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
}

impl Limits {
    pub(crate) fn new(enrol_per_minute: NonZeroU32) -> Limits {
        Limits {
            by_address: RateLimiter::keyed(Quota::per_minute(enrol_per_minute)),
            all: RateLimiter::direct(Quota::per_second(ENROL_PER_SECOND)),
        }
    }

    /// # Errors
    /// `rate_limited`.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        if self.by_address.check_key(&address).is_ok() && self.all.check().is_ok() {
            // Addresses that have long been quiet need no memory.
            self.by_address.retain_recent();
            return Ok(());
        }
        Err(Refusal::new(Code::RateLimited, "too many enrolments from here; wait a minute and try again"))
    }
}
