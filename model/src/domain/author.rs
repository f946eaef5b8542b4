//! Who made a change, and how much of that is known rather than said. docs/adr/0013-authors.md

use crate::proof::PublicKey;
use crate::{Act, Code, Entity, Problem, Role, Row, Schema, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A user of the school, as the hub knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// `None`: a role that this program does not know.
    pub role: Option<Role>,
    /// Hub time, microseconds: since when they may not work here any more.
    pub gone_since: Option<i64>,
    /// What their signatures are checked against; `None` where their password was kept before there were keys.
    pub key: Option<PublicKey>,
    /// Keys of earlier passwords, each with the hub's time of its replacement.
    pub former: Vec<(PublicKey, i64)>,
}

/// Who made a change: the device did, and perhaps somebody at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// What the device is enrolled as.
    pub device: Role,
    /// Who is said to have worked at it.
    pub person: Option<By>,
}

/// The person who is said to have made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The `school_user`.
    pub id: Uuid,
    /// Their role as of the change.
    pub role: Role,
    /// They typed their password at this device while the change was made, or earlier.
    pub was_here: bool,
    /// They signed this very change.
    pub signed: bool,
}

impl Author {
    /// Whom the change counts as. A name that nothing vouches for is no author: the change is the device's.
    pub fn user(&self) -> Option<Uuid> {
        self.person.filter(|by| by.was_here || by.signed).map(|by| by.id)
    }

    /// Whether the device, and whoever is named, may.
    pub fn all_may(&self, act: Act) -> bool {
        act.allows(self.device) && self.person.is_none_or(|by| act.allows(by.role))
    }

    /// Whether these fields of this row may be changed: by the device, and by whoever is named.
    pub fn may_change<'a>(
        &self,
        schema: &Schema,
        entity: &Entity,
        row: Uuid,
        fields: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<(), Problem> {
        let refuse = |role: Role| {
            let message =
                format!("the role {} may not change {} records; ask a school admin", role.name(), entity.label);
            Err(Problem::new(Code::RoleForbidden, message))
        };
        let own = self.person.filter(|by| by.id == row && entity.are_own(fields.clone()));
        if !entity.may_write(self.device) && own.is_none_or(|by| !schema.covers(self.device, by.role)) {
            return refuse(self.device);
        }
        match self.person {
            Some(by) if !entity.may_change(by.role, by.id, row, fields) => refuse(by.role),
            _ => Ok(()),
        }
    }
}

impl Person {
    /// The user of a row, without earlier keys.
    pub fn of(entity: &Entity, row: &Row, gone_since: Option<i64>) -> Person {
        let text = |name| row.get(entity, name).as_text();
        Person {
            role: text("role").and_then(Role::parse),
            gone_since: gone_since.filter(|_| is_gone(entity, row)),
            key: text("verifier").and_then(crate::proof::public_of),
            former: Vec::new(),
        }
    }

    /// Whether they worked here at a moment: hub time, microseconds since 1970 UTC.
    pub fn works_at(&self, at: i64) -> bool {
        self.role.is_some() && self.gone_since.is_none_or(|since| at < since)
    }
}

pub(crate) fn is_gone(entity: &Entity, row: &Row) -> bool {
    !row.is_live() || *row.get(entity, "disabled") == Value::Bool(true)
}

/// Fields that say who did something.
const SIGNATURES: &[(&str, &str)] =
    &[("sf2_report", "signed_by"), ("attendance_sheet", "taken_by"), ("enrolment_event", "made_by")];

/// Whether a change puts somebody else's name under something. `before`: the row as it was. Somebody may stay named who was;
/// except under a report, where each signature is a new one.
pub fn signs_for_another(
    entity: &Entity,
    before: Option<&Row>,
    fields: &BTreeMap<String, serde_json::Value>,
    claimed: Option<Uuid>,
) -> Option<Problem> {
    let (_, name) = SIGNATURES.iter().find(|(of, _)| *of == entity.name)?;
    let named = fields.get(*name)?.as_str().and_then(|text| Uuid::parse_str(text).ok())?;
    // Taking an edit back restores who was named before it; only what makes a row, or signs a month, is a new name.
    if Some(named) == claimed || (before.is_some() && *name != "signed_by") {
        return None;
    }
    let label = entity.field_index(name).map_or("name", |i| entity.fields[i].label);
    let message = format!("{label}: this is another person than the one who did it; whoever did it signs it");
    Some(Problem::at(Code::Rule, name, message))
}
