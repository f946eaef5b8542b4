//! The sample school: made up, to try things with, and to be thrown away. It has no hub, and its window says so all the time.

use crate::keys::KeySource;
use crate::store::{Enrolled, Save};
use crate::{Env, Office, Result, Store, SystemEnv};
use pems_model::Role;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const NAME: &str = "Sample National High School";

/// Makes the sample school in `dir`.
///
/// # Errors
/// `already_enrolled`, or what the disk or keyring said.
pub fn open(dir: &std::path::Path, keys: KeySource) -> Result<Office> {
    let enrolled = Enrolled {
        tenant_id: SystemEnv.new_id(),
        device_id: SystemEnv.new_id(),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: NAME.into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    Office::found(dir, keys, &enrolled, |store| {
        store.set_local("sample", "1")?;
        fill(store)
    })
}

fn row(entity: &str, fields: Json) -> Save {
    Save { entity: entity.into(), id: None, fields: fields.as_object().cloned().unwrap_or_default() }
}

fn fill(store: &mut Store) -> Result<()> {
    let users = [
        ("Corazon Reyes", "registrar"),
        ("Benigno Santos", "teacher"),
        ("Melchora Aquino", "school_head"),
        ("Apolinario Cruz", "school_admin"),
    ];
    store.act(|work| {
        for (name, role) in users {
            work.save(&row("school_user", json!({ "name": name, "role": role })))?;
        }
        Ok(())
    })?;
    Ok(())
}
