//! The people of a world (ADR 13): they sign in with a password, choose another one, make, promote and disable users; and some only
//! say who they are, as a PC can that somebody else has the disk of. Beside the stores it is noted who really typed what, for the
//! check: nobody stands in the hub's log whose password was not typed there.

use super::Rng;
use super::hub::Tenant;
use super::office::{Office, broken};
use super::world::{Violation, answered, object};
use pems_model::entities::SCHOOL_USER;
use pems_model::proof::{PublicKey, key_of, public_of, verifier};
use pems_model::value::format_time;
use pems_model::verifier::{LANES, MEMORY_KIB, PASSES, SALT};
use pems_model::wire::Outcome;
use pems_model::{Role, Row, Value};
use pems_node::domain::made_up::MadeUp;
use pems_node::store::{Actor, ListQuery, Save};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use uuid::Uuid;

/// Passwords that there are in a world; people forget them and take one of before.
const PASSWORDS: u8 = 24;
/// The password of a school's first administrator.
const FIRST: u8 = 0;

/// Who was at an office, whatever its store says.
#[derive(Debug, Default)]
pub struct Visitors {
    /// Who sits there now and typed the right password.
    typed: Option<Uuid>,
    been_there: BTreeSet<Uuid>,
    /// Changes that they made: row, time, who.
    did: BTreeSet<(Uuid, String, Uuid)>,
}

impl Visitors {
    /// The process ended, and with it what was typed.
    pub(super) fn leave(&mut self) {
        self.typed = None;
    }

    pub(super) fn note(&mut self, row: Uuid, at: &str) {
        if let Some(user) = self.typed {
            self.did.insert((row, at.to_owned(), user));
        }
    }
}

/// What Argon2id would make of a password.
fn derived(password: u8) -> [u8; 32] {
    [password; 32]
}

fn verifier_of(password: u8) -> String {
    verifier((MEMORY_KIB, PASSES, LANES), &[password; SALT], &derived(password))
}

/// The password behind a verifier, as its owner knows it.
fn password_of(verifier: &str) -> Option<u8> {
    static ALL: OnceLock<BTreeMap<PublicKey, u8>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        (0..PASSWORDS).map(|password| (key_of(&derived(password)).verifying_key().to_bytes(), password)).collect()
    });
    all.get(&public_of(verifier)?).copied()
}

/// A school's first administrator, as the hub makes one.
pub(super) fn founder(tenant: Uuid, rev: i64) -> Row {
    let mut row = Row { rev, ..Row::empty(&SCHOOL_USER, Uuid::new_v5(&tenant, b"founder")) };
    let verifier = verifier_of(FIRST);
    for (name, text) in [("name", "Founder"), ("role", Role::SchoolAdmin.name()), ("verifier", &verifier)] {
        if let Some(i) = SCHOOL_USER.field_index(name) {
            row.values[i] = Value::Text(text.into());
        }
    }
    row
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(&SCHOOL_USER, name).as_text().unwrap_or_default()
}

/// Somebody comes, goes, or does something about users.
pub(super) fn person(office: &mut Office, r: u64) -> Result<(), Violation> {
    let mut rng = Rng::new(r);
    let users = office.store.list(SCHOOL_USER.name, &ListQuery::default()).map_err(|error| broken(&error))?;
    let Some(user) = rng.pick(&users).cloned() else { return Ok(()) };
    let password = u8::try_from(rng.below(usize::from(PASSWORDS))).unwrap_or(FIRST);
    let new = json!({ "verifier": verifier_of(password) });
    let (id, fields) = match rng.below(16) {
        0..=3 | 12.. => return sign_in(office, &user),
        4 => {
            office.visitors.leave();
            office.store.sign(None);
            return Ok(());
        }
        5 => {
            pretend(office, &user);
            return Ok(());
        }
        6 | 7 => (office.store.actor().map(|actor| actor.id).or(Some(user.id)), new),
        8 => {
            let role = [Role::SchoolAdmin, Role::Registrar, Role::Teacher][rng.below(3)].name();
            (None, json!({ "name": "Somebody", "role": role, "verifier": verifier_of(password) }))
        }
        9 => {
            let role = [Role::SchoolAdmin, Role::Registrar][rng.below(2)].name();
            (Some(user.id), json!({ "role": role }))
        }
        10 => (Some(user.id), new),
        _ => (Some(user.id), json!({ "disabled": rng.chance(60) })),
    };
    let saved = office.store.put(&Save { entity: SCHOOL_USER.name.into(), id, fields: object(fields) }).map(|_| ());
    let own = saved.is_ok() && office.visitors.typed.is_some() && office.visitors.typed == id;
    answered(office, saved)?;
    match (own, id) {
        (true, Some(id)) => match office.store.get(SCHOOL_USER.name, id).map_err(|error| broken(&error))? {
            Some(row) => vouch(office, &row),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn sign_in(office: &mut Office, user: &Row) -> Result<(), Violation> {
    let role = Role::parse(text(user, "role"));
    let may = user.get(&SCHOOL_USER, "disabled") != &Value::Bool(true);
    let Some(role) = role.filter(|_| may && password_of(text(user, "verifier")).is_some()) else { return Ok(()) };
    office.store.sign(Some(Actor { id: user.id, role }));
    vouch(office, user)
}

/// With the password that opens the user's row here.
fn vouch(office: &mut Office, user: &Row) -> Result<(), Violation> {
    let Some(password) = password_of(text(user, "verifier")) else { return Ok(()) };
    office.visitors.typed = Some(user.id);
    office.visitors.been_there.insert(user.id);
    office.store.vouch(Some(key_of(&derived(password)))).map_err(|error| broken(&error))
}

/// Works on under a name without its password, and with the role that suits.
fn pretend(office: &mut Office, user: &Row) {
    office.visitors.leave();
    office.store.sign(None);
    office.store.sign(Some(Actor { id: user.id, role: Role::SchoolAdmin }));
}

/// Who is named was there; and users are changed by somebody who was there and did that very thing.
pub(super) fn nobody_is_named_who_was_not_there(tenant: &Tenant, offices: &[&Office]) -> Result<(), Violation> {
    for kept in tenant.log.iter().filter(|kept| kept.entry.op_no.is_some()) {
        let entry = &kept.entry;
        let Some(office) = offices.iter().find(|office| office.store.replica() == kept.replica) else { continue };
        let visitors = &office.visitors;
        if let Some(user) = entry.user.filter(|user| !visitors.been_there.contains(user)) {
            return Err(Violation::new(9, format!("{office:?} made {user} the author of {}", entry.change_id)));
        }
        let refused = matches!(entry.outcome, Outcome::Refused { .. });
        if entry.entity != SCHOOL_USER.name || refused || entry.rev.is_none() {
            continue;
        }
        let who = entry.user.map(|user| (entry.row_id, format_time(entry.at), user));
        if !who.as_ref().is_some_and(|who| visitors.did.contains(who)) {
            let what = &entry.fields;
            return Err(Violation::new(9, format!("{office:?}: {what} of a user, which {who:?} did not do")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::super::world::World;
    use super::*;

    /// What is proved and what is only said both happen, to ordinary records and to users.
    #[test]
    fn people_are_there_and_people_pretend() {
        let (mut named, mut unnamed, mut signed, mut parked) = (0, 0, 0, 0);
        for seed in 1..=160 {
            let world = World::lived(seed, &script(seed)).expect("a world");
            for kept in
                world.hub.tenants.values().flat_map(|tenant| &tenant.log).filter(|kept| kept.entry.op_no.is_some())
            {
                let entry = &kept.entry;
                let refused = matches!(entry.outcome, Outcome::Refused { .. });
                *match (entry.entity == SCHOOL_USER.name, refused, entry.user) {
                    (true, true, _) => &mut parked,
                    (true, false, _) => &mut signed,
                    (false, _, Some(_)) => &mut named,
                    (false, _, None) => &mut unnamed,
                } += 1;
            }
        }
        let all = [named, unnamed, signed, parked];
        println!("named, unnamed, users changed, such changes parked: {all:?}");
        assert!(all.iter().all(|count| *count > 5), "{all:?}");
    }
}
