//! A school's people as accounts of the hub.

pub(crate) mod accounts;

use crate::auth::password::Passwords;
use crate::sync::tenant_state::TenantStates;
use pems_db::TenantDb;
use std::sync::Arc;

/// What a school's administrators change accounts with.
#[derive(Debug)]
pub(crate) struct Users {
    pub(crate) tenant_db: TenantDb,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) passwords: Arc<Passwords>,
}
