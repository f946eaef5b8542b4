//! The PCs of the school as the hub last told them, so that people read names where records have ids.
//!
//! Invariants: the list is the hub's: it is written with the end of a pull and by nothing else, and is never sent. What was once
//! named stays named, so that whatever a PC did can be told apart after it was revoked, or is no longer in the list.

use super::{Store, meta};
use crate::Result;
use pems_model::wire::DeviceList;
use rusqlite::Connection;
use std::collections::HashMap;
use uuid::Uuid;

/// New in layout 3.
pub(super) const LAYOUT: &str = "CREATE TABLE IF NOT EXISTS device (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, seen TEXT
) STRICT, WITHOUT ROWID;";

/// Which list this is, as the hub called it.
const REVISION: &str = "devices";

/// A PC of the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolDevice {
    /// The device's id at the hub, which changes and conflicts name.
    pub id: Uuid,
    /// What the school calls it.
    pub name: String,
    /// A role's code, or one that only a newer program knows.
    pub role: String,
    /// Its enrolment was taken away: it syncs no more.
    pub revoked: bool,
    /// The day on which the hub last heard of it, `2026-11-30`.
    pub seen: Option<String>,
}

/// The revision of the list that is here; empty for none.
pub(super) fn revision(conn: &Connection) -> Result<String> {
    Ok(meta::get(conn, REVISION)?.unwrap_or_default())
}

/// Takes the hub's list over; this PC is called what it says as well.
pub(super) fn keep(conn: &Connection, own: Uuid, known: &DeviceList) -> Result<()> {
    let mut set = conn.prepare_cached(
        "INSERT INTO device (id, name, role, state, seen) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, state = excluded.state, seen = excluded.seen",
    )?;
    for device in &known.list {
        set.execute((device.id.as_bytes(), &device.name, &device.role, &device.state, &device.seen))?;
    }
    if let Some(this) = known.list.iter().find(|device| device.id == own) {
        let mut enrolled = meta::read_enrolled(conn)?;
        if enrolled.device_name != this.name {
            enrolled.device_name.clone_from(&this.name);
            meta::set_enrolled(conn, &enrolled)?;
        }
    }
    meta::set(conn, REVISION, &known.revision)
}

impl Store {
    /// Every PC that the hub has told of, by name.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn school_devices(&self) -> Result<Vec<SchoolDevice>> {
        let sql = "SELECT id, name, role, state = 'revoked', seen FROM device ORDER BY name, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map([], |row| {
            Ok(SchoolDevice {
                id: Uuid::from_bytes(row.get(0)?),
                name: row.get(1)?,
                role: row.get(2)?,
                revoked: row.get(3)?,
                seen: row.get(4)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What people call each of them. Those of one name are told apart by the figures that end their ids.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn device_names(&self) -> Result<HashMap<Uuid, String>> {
        let devices = self.school_devices()?;
        let mut bearers: HashMap<&str, usize> = HashMap::new();
        for device in &devices {
            *bearers.entry(&device.name).or_default() += 1;
        }
        let called = |device: &SchoolDevice| match bearers.get(device.name.as_str()) {
            Some(2..) => format!("{} …{}", device.name, short(device.id)),
            _ => device.name.clone(),
        };
        Ok(devices.iter().map(|device| (device.id, called(device))).collect())
    }
}

/// What a PC is called, or the figures of one that the hub has not told of: `…6AF2`.
pub(crate) fn called(names: &HashMap<Uuid, String>, id: Uuid) -> String {
    names.get(&id).cloned().unwrap_or_else(|| format!("…{}", short(id)))
}

/// The last four figures of an id: enough to tell the PCs of a school apart.
pub(crate) fn short(id: Uuid) -> String {
    let text = id.to_string();
    text[text.len() - 4..].to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnv;
    use crate::store::Enrolled;
    use pems_model::wire::{End, KnownDevice};
    use pems_model::{Role, Schema};

    fn office() -> Store {
        let enrolled = Enrolled { device_name: "Office 1".into(), ..Enrolled::made_up(Role::Registrar) };
        Store::in_memory(&enrolled, Schema::product(), Box::new(SystemEnv)).expect("a store")
    }

    fn device(id: u128, name: &str, state: &str) -> KnownDevice {
        let seen = Some("2026-11-30".to_owned());
        KnownDevice { id: Uuid::from_u128(id), name: name.into(), role: "dean".into(), state: state.into(), seen }
    }

    fn told(store: &mut Store, revision: &str, list: Vec<KnownDevice>) {
        let devices = Some(DeviceList { revision: revision.into(), list });
        let end = End { devices, ..golden() };
        store.apply(&end).expect("applied");
    }

    /// What hubs of before say.
    fn golden() -> End {
        serde_json::from_str(include_str!("../../../model/tests/protocol_1/end.json")).expect("an end")
    }

    #[test]
    fn names_come_with_an_end_and_stay_with_those_who_are_gone() {
        let mut store = office();
        assert_eq!(store.request(0, false).expect("a request").devices.as_deref(), Some(""), "it asks");
        told(&mut store, "one", vec![device(2, "Office 1", "active"), device(5, "Registrar 2", "active")]);
        assert_eq!(store.request(0, false).expect("a request").devices.as_deref(), Some("one"));
        told(&mut store, "two", vec![device(2, "Office of the head", "active"), device(5, "Registrar 3", "revoked")]);
        told(&mut store, "three", vec![device(2, "Office of the head", "active")]);
        let names = store.device_names().expect("names");
        assert_eq!(names[&Uuid::from_u128(5)], "Registrar 3", "no longer in the list, and named all the same");
        assert_eq!(store.enrolled().expect("enrolled").device_name, "Office of the head");
        let devices = store.school_devices().expect("devices");
        assert_eq!(devices.iter().map(|device| device.revoked).collect::<Vec<_>>(), [false, true]);
        assert_eq!(devices[1].role, "dean", "a word of a newer hub");
    }

    #[test]
    fn an_older_hub_says_nothing_of_devices_and_takes_nothing_away() {
        let mut store = office();
        store.apply(&golden()).expect("applied");
        assert!(store.school_devices().expect("devices").is_empty());
        told(&mut store, "one", vec![device(5, "Registrar 2", "active")]);
        store.apply(&golden()).expect("applied");
        assert_eq!(store.device_names().expect("names")[&Uuid::from_u128(5)], "Registrar 2");
        assert_eq!(store.request(0, false).expect("a request").devices.as_deref(), Some("one"));
    }

    #[test]
    fn pcs_of_one_name_are_told_apart() {
        let mut store = office();
        told(
            &mut store,
            "one",
            vec![device(0x1_6af2, "Registrar", "active"), device(0x2_0bcd, "Registrar", "revoked")],
        );
        let names = store.device_names().expect("names");
        assert_eq!(names[&Uuid::from_u128(0x1_6af2)], "Registrar …6AF2");
        assert_eq!(names[&Uuid::from_u128(0x2_0bcd)], "Registrar …0BCD");
    }
}
