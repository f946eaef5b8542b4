//! The limits as numbers, which whoever runs the hub may set.

use std::num::NonZeroU32;

/// How many requests of a kind somebody may send in a minute, as a burst too. Far above honest use; what is beyond is a program
/// gone wrong or somebody guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Access tokens for one device (it needs one in five minutes), and from one address (several schools may share one).
    pub token: NonZeroU32,
    pub token_address: NonZeroU32,
    /// Sign-ins from one address: a staff room in the morning.
    pub sign_in: NonZeroU32,
    /// Sign-ins of one account; its lock-out comes first.
    pub sign_in_account: NonZeroU32,
    /// Pushes of one device: an office that hands over a year's records.
    pub push: NonZeroU32,
    /// Requests to the API of one user, of one address, and of one school that has no `apiRateLimit` of its own.
    pub api: NonZeroU32,
    pub api_address: NonZeroU32,
    pub api_tenant: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Rates {
        let per_minute = |n: u32| NonZeroU32::MIN.saturating_add(n - 1);
        Rates {
            token: per_minute(120),
            token_address: per_minute(1_200),
            sign_in: per_minute(120),
            sign_in_account: per_minute(20),
            push: per_minute(30_000),
            api: per_minute(1_200),
            api_address: per_minute(6_000),
            api_tenant: per_minute(6_000),
        }
    }
}
