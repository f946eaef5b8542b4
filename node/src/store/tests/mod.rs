//! What the store promises of its SQL and of its connections.

mod declared;
mod queries;
mod readers;

use super::{Enrolled, Store};
use crate::SystemEnv;
use pems_model::{Role, Schema};
use std::path::Path;
use uuid::Uuid;

const KEY: [u8; 32] = [5; 32];

impl Enrolled {
    /// The office of all tests that do not care which.
    pub(crate) fn made_up(role: Role) -> Enrolled {
        Enrolled {
            tenant_id: Uuid::from_u128(1),
            device_id: Uuid::from_u128(2),
            device_name: "Registrar 1".into(),
            role,
            school_name: "Mabini National High School".into(),
            school_slug: "mabini".into(),
            hub_url: "https://hub.example".into(),
            epoch: Uuid::from_u128(3),
        }
    }
}

/// The tables of an office that was made this moment.
fn office() -> Store {
    Store::in_memory(&Enrolled::made_up(Role::Registrar), Schema::product(), Box::new(SystemEnv)).expect("a store")
}

fn office_in(path: &Path) -> Store {
    Store::create(path, &KEY, &Enrolled::made_up(Role::Registrar), Schema::product(), Box::new(SystemEnv))
        .expect("a store")
}
