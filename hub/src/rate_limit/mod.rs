//! How often somebody may ask. One entry, [`Limits::check`]; whoever asks too often is told when to come back.
//!
//! Invariants: memory is bounded (who has been quiet is forgotten, see [`Limits::tidy`]); a limit of one school never slows
//! another one down, also where both share an address: who has shown a good token counts by user, device and school alone, and
//! who has none counts by the school that it claims before all claims of an address count together.

mod rates;

pub use rates::Rates;

use crate::metrics::Metrics;
use crate::refusal::Refusal;
use governor::clock::{Clock, DefaultClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use pems_model::text;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// Enrolments in a second over all addresses: bounds what guessing from many places can do.
const ENROL_PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
/// How often quiet ones are forgotten.
pub(crate) const TIDY_EVERY: Duration = Duration::from_secs(60);
/// And after so many checks in between, whatever the time: a flood from ever new addresses must not fill the memory.
const TIDY_AFTER: u32 = 200_000;
/// Of the claims from one address, how many schools' worth is let in: some schools share one, in a division office for example.
const SCHOOLS_AT_AN_ADDRESS: u32 = 5;
/// Schools with a limiter of their own; beyond, they are made anew.
const TENANTS_MAX: usize = 20_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    Enrol,
    Token,
    SignIn,
    Push,
    Api,
}

impl Limit {
    const ALL: [Limit; 5] = [Limit::Enrol, Limit::Token, Limit::SignIn, Limit::Push, Limit::Api];

    /// As in the metrics and the answer.
    const fn name(self) -> &'static str {
        match self {
            Limit::Enrol => "enrol",
            Limit::Token => "token",
            Limit::SignIn => "sign_in",
            Limit::Push => "push",
            Limit::Api => "api",
        }
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Address(IpAddr),
    Device(Uuid),
    User(Uuid),
    Session(Uuid),
    /// An account that somebody claims to have: a hash of school and e-mail.
    Account([u8; 32]),
}

impl Key {
    pub(crate) fn account(school: &str, email: &str) -> Key {
        let name = format!("{}\n{}", text::caseless(school), text::caseless(email));
        Key::Account(*blake3::hash(name.as_bytes()).as_bytes())
    }

    /// What is claimed at an address, before it is known to be true.
    fn claim(at: IpAddr, whose: &str) -> Key {
        Key::Account(*blake3::hash(format!("{}\n{whose}", network(at)).as_bytes()).as_bytes())
    }

    fn narrowed(self) -> Key {
        match self {
            Key::Address(address) => Key::Address(network(address)),
            other => other,
        }
    }
}

/// One customer's whole network counts as one address.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

type Keyed = DefaultKeyedRateLimiter<Key>;
type Direct = RateLimiter<NotKeyed, InMemoryState, DefaultClock>;

#[derive(Debug)]
pub(crate) struct Limits {
    by_address: HashMap<Limit, Keyed>,
    /// By device, user or account.
    by_own: HashMap<Limit, Keyed>,
    /// By address and what is claimed there.
    by_claim: HashMap<Limit, Keyed>,
    all_enrolments: Direct,
    tenants: Mutex<HashMap<Uuid, (NonZeroU32, Arc<Direct>)>>,
    tenant_default: NonZeroU32,
    checks: AtomicU32,
    metrics: Arc<Metrics>,
}

impl Limits {
    pub(crate) fn new(enrol_per_minute: NonZeroU32, rates: &Rates, metrics: Arc<Metrics>) -> Limits {
        let keyed = |per_minute| RateLimiter::keyed(Quota::per_minute(per_minute));
        let address = |limit| match limit {
            Limit::Enrol => enrol_per_minute,
            Limit::Token => rates.token_address,
            Limit::SignIn => rates.sign_in,
            Limit::Push | Limit::Api => rates.api_address,
        };
        // Where claims are told apart, an address has room for several schools.
        let together = |limit| match limit {
            Limit::Token | Limit::SignIn => {
                address(limit).saturating_mul(NonZeroU32::MIN.saturating_add(SCHOOLS_AT_AN_ADDRESS - 1))
            }
            _ => address(limit),
        };
        let own = |limit| match limit {
            Limit::Enrol => enrol_per_minute,
            Limit::Token => rates.token,
            Limit::SignIn => rates.sign_in_account,
            Limit::Push => rates.push,
            Limit::Api => rates.api,
        };
        Limits {
            by_address: Limit::ALL.map(|limit| (limit, keyed(together(limit)))).into(),
            by_claim: Limit::ALL.map(|limit| (limit, keyed(address(limit)))).into(),
            by_own: Limit::ALL.map(|limit| (limit, keyed(own(limit)))).into(),
            all_enrolments: RateLimiter::direct(Quota::per_second(ENROL_PER_SECOND)),
            tenants: Mutex::default(),
            tenant_default: rates.api_tenant,
            checks: AtomicU32::new(0),
            metrics,
        }
    }

    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub(crate) fn check(&self, limit: Limit, key: Key) -> Result<(), Refusal> {
        if self.checks.fetch_add(1, Ordering::Relaxed) >= TIDY_AFTER {
            self.tidy();
        }
        let limiters = if matches!(key, Key::Address(_)) { &self.by_address } else { &self.by_own };
        let Some(limiter) = limiters.get(&limit) else { return Ok(()) };
        if let Err(not_yet) = limiter.check_key(&key.narrowed()) {
            return Err(self.refuse(limit.name(), not_yet.wait_time_from(DefaultClock::default().now())));
        }
        if limit == Limit::Enrol
            && let Err(not_yet) = self.all_enrolments.check()
        {
            return Err(self.refuse(limit.name(), not_yet.wait_time_from(DefaultClock::default().now())));
        }
        Ok(())
    }

    /// One more request by somebody who says to be of `whose` (a school, a device, a session) and has not shown it yet.
    ///
    /// # Errors
    /// As [`Limits::check`].
    pub(crate) fn check_claim(&self, limit: Limit, at: IpAddr, whose: &str) -> Result<(), Refusal> {
        if let Some(limiter) = self.by_claim.get(&limit)
            && let Err(not_yet) = limiter.check_key(&Key::claim(at, whose))
        {
            return Err(self.refuse(limit.name(), not_yet.wait_time_from(DefaultClock::default().now())));
        }
        self.check(limit, Key::Address(at))
    }

    /// One more request of a school, which may have `per_minute` of them (`None`: as many as schools have by default).
    ///
    /// # Errors
    /// As [`Limits::check`].
    pub(crate) fn check_tenant(&self, tenant: Uuid, per_minute: Option<NonZeroU32>) -> Result<(), Refusal> {
        let per_minute = per_minute.unwrap_or(self.tenant_default);
        let limiter = {
            let mut tenants = self.tenants.lock();
            if tenants.len() >= TENANTS_MAX && !tenants.contains_key(&tenant) {
                tenants.clear();
            }
            let fresh = || (per_minute, Arc::new(RateLimiter::direct(Quota::per_minute(per_minute))));
            let entry = tenants.entry(tenant).or_insert_with(fresh);
            if entry.0 != per_minute {
                *entry = fresh();
            }
            entry.1.clone()
        };
        match limiter.check() {
            Ok(()) => Ok(()),
            Err(not_yet) => Err(self.refuse("tenant", not_yet.wait_time_from(DefaultClock::default().now()))),
        }
    }

    /// Forgets whom it would treat like a stranger anyway.
    pub(crate) fn tidy(&self) {
        self.checks.store(0, Ordering::Relaxed);
        for limiter in self.by_address.values().chain(self.by_own.values()).chain(self.by_claim.values()) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn refuse(&self, limit: &'static str, wait: Duration) -> Refusal {
        self.metrics.rate_limited(limit);
        Refusal::rate_limited(limit, wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::Code;

    fn limits(rates: Rates) -> Limits {
        Limits::new(NonZeroU32::MIN.saturating_add(1), &rates, Arc::new(Metrics::new()))
    }

    #[test]
    fn each_key_has_its_own_allowance_and_is_told_when_to_come_back() {
        let limits = limits(Rates::default());
        let here = || Key::Address("198.51.100.7".parse().expect("an address"));
        for _ in 0..2 {
            limits.check(Limit::Enrol, here()).expect("allowed");
        }
        let refusal = limits.check(Limit::Enrol, here()).expect_err("too often");
        assert_eq!(refusal.code(), Code::RateLimited);
        let wait = refusal.0.details.and_then(|details| details["retry_after"].as_u64()).expect("seconds");
        assert!((1..=30).contains(&wait), "{wait}");
        limits.check(Limit::Enrol, Key::Address("198.51.100.8".parse().expect("an address"))).expect("somebody else");
        limits.check(Limit::Token, here()).expect("something else");
    }

    #[test]
    fn a_network_of_version_6_counts_as_one_address() {
        let limits = limits(Rates::default());
        let at = |last: u16| Key::Address(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, last)));
        limits.check(Limit::Enrol, at(1)).expect("allowed");
        limits.check(Limit::Enrol, at(2)).expect("allowed");
        assert!(limits.check(Limit::Enrol, at(3)).is_err());
    }

    #[test]
    fn one_school_does_not_use_up_another_ones_requests() {
        let limits = limits(Rates::default());
        let (a, b, two) = (Uuid::from_u128(1), Uuid::from_u128(2), NonZeroU32::new(2));
        limits.check_tenant(a, two).expect("first");
        limits.check_tenant(a, two).expect("second");
        assert!(limits.check_tenant(a, two).is_err());
        limits.check_tenant(b, two).expect("another school");
        limits.check_tenant(a, NonZeroU32::new(3)).expect("a new setting counts at once");
    }

    #[test]
    fn schools_at_one_address_do_not_use_up_each_others_sign_ins() {
        let limits = limits(Rates { sign_in: NonZeroU32::MIN.saturating_add(1), ..Rates::default() });
        let here = "198.51.100.7".parse().expect("an address");
        let tries = |school: &str| (0..4).filter(|_| limits.check_claim(Limit::SignIn, here, school).is_ok()).count();
        assert_eq!(tries("greedy"), 2);
        assert_eq!(tries("quiet"), 2);
        let invented: usize = (0..20).map(|n| tries(&format!("invented-{n}"))).sum();
        assert_eq!(invented, 6, "all claims of an address together are bounded too");
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let limits = limits(Rates { token_address: NonZeroU32::new(60_000_000).expect("many"), ..Rates::default() });
        for address in 0..10_000_u32 {
            limits.check(Limit::Token, Key::Address(IpAddr::V4(address.into()))).expect("allowed");
        }
        limits.tidy();
        assert!(limits.by_address[&Limit::Token].len() < 5_000, "{}", limits.by_address[&Limit::Token].len());
    }
}
