//! What happens to the value that did not win: it becomes a row of `review_item`, where one click brings it back.

use crate::{Entity, Role, Row, Schema, Value};
use uuid::Uuid;

/// The entity in which conflicts are kept. Every schema has it.
pub const REVIEW_ITEM: &str = "review_item";

/// Review items that one push makes at most, and that wait in one school at most. What would make more of them in one push is not
/// answered with it and comes with the next one, by itself. Nobody decides more than so many that wait one by one: what would make
/// more is refused, so that it stays at its office with the reason and nothing is lost (promise 6), and is sent again when some are
/// decided.
pub const PER_PUSH: usize = 500;
/// Most conflicts that wait in one school before what would make more is refused.
pub const WAITING: usize = 10_000;

/// Whether somebody at this device may decide a conflict about a field of a row (no field: about the row itself): whoever may
/// change it. `user` and the user's role, where a user is signed in. The hub asks it of every decision, offices before they offer one.
pub fn may_decide(
    schema: &Schema,
    device: Role,
    user: Option<(Uuid, Role)>,
    entity: &Entity,
    row: Uuid,
    field: Option<&str>,
) -> bool {
    let fields = || field.into_iter();
    let Some((user, role)) = user else { return entity.may_write(device) };
    let own = user == row && entity.are_own(fields()) && schema.covers(device, role);
    (entity.may_write(device) || own) && entity.may_change(role, user, row, fields())
}

/// Why somebody should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewKind {
    /// Two offices changed the same field; the later edit was kept.
    Conflict,
    /// A unique number was taken already; the later row lost it.
    Claim,
    /// A record was deleted in one office and edited in another; it was kept.
    Deleted,
    /// Two records have a number that names one thing; both keep it.
    Duplicate,
}

impl ReviewKind {
    /// The stable text, as it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            ReviewKind::Conflict => "conflict",
            ReviewKind::Claim => "claim",
            ReviewKind::Deleted => "deleted",
            ReviewKind::Duplicate => "duplicate",
        }
    }
}

/// Who made an edit, from where and when (office time corrected by the hub, microseconds since 1970).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The device.
    pub replica: Uuid,
    /// Who was signed in.
    pub user: Option<Uuid>,
    /// Microseconds since 1970 UTC, corrected.
    pub at: i64,
}

/// Both sides of a conflict about one field of one row.
#[derive(Debug, Clone)]
pub struct Review<'a> {
    /// Why somebody should look.
    pub kind: ReviewKind,
    /// The entity of the row.
    pub entity: &'a str,
    /// The row.
    pub row_id: Uuid,
    /// Empty where it is about the whole row.
    pub field: &'a str,
    /// What stands now.
    pub kept: Value,
    /// Who wrote it; `None` where that is not known any more.
    pub kept_by: Option<Author>,
    /// What does not stand.
    pub lost: Value,
    /// Who wrote that.
    pub lost_by: Author,
}

/// The longest JSON text of a value that a review item keeps.
pub const VALUE_MAX: usize = 2_100;

impl Review<'_> {
    /// The `review_item` row. Its id follows from the change that caused it and from the revision that it gets: a device may use the
    /// id of a change twice, but a school no revision.
    pub fn to_row(&self, schema: &Schema, change_id: Uuid, rev: i64) -> Option<Row> {
        let entity = schema.entity(REVIEW_ITEM)?;
        let id = Uuid::new_v5(&change_id, format!("{}\u{1f}{}\u{1f}{rev}", self.kind.name(), self.field).as_bytes());
        let mut row = Row::empty(entity, id);
        let mut set = |name: &str, value: Value| {
            if let Some(i) = entity.field_index(name) {
                row.values[i] = value;
            }
        };
        set("kind", Value::Text(self.kind.name().into()));
        set("entity", Value::Text(self.entity.into()));
        set("row_id", Value::Id(self.row_id));
        if !self.field.is_empty() {
            set("field", Value::Text(self.field.into()));
        }
        set("kept_value", as_text(&self.kept));
        set("lost_value", as_text(&self.lost));
        if let Some(by) = self.kept_by {
            set("kept_replica", Value::Id(by.replica));
            set("kept_user", by.user.map_or(Value::Null, Value::Id));
            set("kept_at", Value::Time(by.at));
        }
        set("lost_replica", Value::Id(self.lost_by.replica));
        set("lost_user", self.lost_by.user.map_or(Value::Null, Value::Id));
        set("lost_at", Value::Time(self.lost_by.at));
        set("state", Value::Text("open".into()));
        Some(row)
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        other => Value::Text(other.to_json().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::{ATTENDANCE_MARK, SCHOOL_USER, STUDENT};

    #[test]
    fn a_conflict_is_decided_by_who_may_change_its_record_at_a_pc_that_may_too() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let may = |device, role, entity, row, field| {
            may_decide(Schema::product(), device, Some((me, role)), entity, row, Some(field))
        };
        let (registrar, teacher) = (Role::Registrar, Role::Teacher);
        assert!(may(registrar, registrar, &STUDENT, other, "last_name"));
        assert!(may(registrar, teacher, &ATTENDANCE_MARK, other, "code"));
        assert!(!may(registrar, teacher, &STUDENT, other, "last_name"), "the user may not");
        assert!(!may(teacher, registrar, &STUDENT, other, "last_name"), "the device may not");
        assert!(may(registrar, teacher, &SCHOOL_USER, me, "must_change"), "what is one's own");
        assert!(!may(registrar, teacher, &SCHOOL_USER, me, "role"), "but not all of it");
        assert!(!may(registrar, teacher, &SCHOOL_USER, other, "must_change"), "nor anybody else's");
        assert!(!may(teacher, registrar, &SCHOOL_USER, me, "must_change"), "nor at a lesser PC");
        assert!(may_decide(Schema::product(), registrar, None, &STUDENT, other, None), "a school without users");
    }
}
