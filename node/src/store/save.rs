//! Saving and deleting: the row and its outbox entry in one transaction. The clerk is done when it returns.

use super::{Step, Store, overlay, rows};
use crate::{NodeError, Result};
use pems_model::domain::learners;
use pems_model::entities::STUDENT;
use pems_model::school_day::day_of;
use pems_model::wire::{Change, ChangeKind};
use pems_model::{Code, Entity, Kind, Problem, Row, Value, natural, push::complete};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// What a change remembers beside the fields it changed, where it brought a deleted row back. Reserved: no field has this name.
pub(super) const WAS_DELETED: &str = "deleted_at";

/// One thing to save: with `id` it edits (or makes a row with that id), without it makes a row.
#[derive(Debug, Clone)]
pub struct Save {
    /// The kind of record.
    pub entity: String,
    /// The record; none for a new one.
    pub id: Option<Uuid>,
    /// By the names of the declaration. What is left out stays as it is; null empties a field.
    pub fields: Map<String, Json>,
}

/// A row as it is after a save.
#[derive(Debug, Clone)]
pub struct Saved {
    /// With everything that was derived from what was given.
    pub row: Row,
    /// Whether anything had to be written.
    pub changed: bool,
    /// Whether there was no such record before.
    pub created: bool,
}

/// What several changes have in common: the act that can be undone as one, the group that travels as one, and the user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act {
    pub(super) id: Uuid,
    pub(super) group: Option<Uuid>,
    pub(super) user: Option<Uuid>,
}

impl Store {
    /// Saves one row.
    ///
    /// # Errors
    /// A [`Problem`](pems_model::Problem) with its field, or what the disk said; nothing is written then.
    pub fn save(&mut self, save: &Save) -> Result<Saved> {
        let act = self.new_act();
        self.transaction(|step| step.save_free(save, act))
    }

    /// Saves all or nothing; returns the rows and the act under which [`Store::undo`] takes them back.
    ///
    /// # Errors
    /// The first refusal, with the position in `details.at`.
    pub fn save_all(&mut self, saves: &[Save]) -> Result<(Uuid, Vec<Saved>)> {
        let act = self.new_act();
        let saved = self.transaction(|step| {
            saves
                .iter()
                .enumerate()
                .map(|(at, save)| step.save_free(save, act).map_err(|error| placed(error, at)))
                .collect()
        })?;
        Ok((act.id, saved))
    }

    /// Saves what can be saved, each by itself but all in one durable step; one answer for each.
    ///
    /// # Errors
    /// Only what stops everything (the disk); refusals are in the list.
    pub(crate) fn save_each(&mut self, saves: &[Save]) -> Result<Vec<Result<Saved>>> {
        let act = self.new_act();
        self.transaction(|step| {
            saves
                .iter()
                .map(|save| step.attempt(|step| step.save_free(save, Act { id: step.env.new_id(), ..act })))
                .collect()
        })
    }

    /// Deletes a row (leaves a tombstone). Refuses while other live records hang on it.
    ///
    /// # Errors
    /// `not_found`, `conflict` with what hangs on it, or what the disk said.
    pub fn delete(&mut self, entity: &str, id: Uuid) -> Result<Saved> {
        let act = self.new_act();
        self.transaction(|step| step.delete_free(entity, id, act))
    }

    pub(super) fn new_act(&self) -> Act {
        Act { id: self.env.new_id(), group: None, user: self.actor.map(|actor| actor.id) }
    }
}

fn placed(error: NodeError, at: usize) -> NodeError {
    let mut details = error.details.clone().unwrap_or_else(|| serde_json::json!({}));
    details["at"] = at.into();
    error.with_details(details)
}

impl Step<'_> {
    /// Runs `work` so that its failure takes back only what it did itself. What concerns the whole file still stops everything.
    pub(super) fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<Result<T>> {
        self.tx.execute_batch("SAVEPOINT attempt")?;
        let last_op_no = self.last_op_no;
        let earlier = std::mem::take(&mut self.touched);
        let outcome = work(self).and_then(|done| self.check_signed().map(|()| done));
        let touched = std::mem::replace(&mut self.touched, earlier);
        if outcome.is_ok() {
            // The whole step is asked as well: from where it began.
            touched.into_iter().for_each(|(enrolment, before)| _ = self.touched.entry(enrolment).or_insert(before));
        }
        match &outcome {
            Ok(_) => self.tx.execute_batch("RELEASE attempt")?,
            Err(error) if stops_everything(error.code) => return outcome.map(Ok),
            Err(_) => {
                self.tx.execute_batch("ROLLBACK TO attempt; RELEASE attempt")?;
                self.last_op_no = last_op_no;
            }
        }
        Ok(outcome)
    }

    pub(super) fn save(&mut self, save: &Save, act: Act) -> Result<Saved> {
        let entity = self.entity(&save.entity)?;
        self.check_role(entity, save.id, save.fields.keys().map(String::as_str))?;
        let values = parse(entity, &save.fields)?;
        let (current, id) = self.find(entity, save.id, &values)?;
        if entity.hub_made && current.is_none() {
            let message = format!("{} records are made by the hub; they can be resolved but not made", entity.label);
            return Err(NodeError::new(Code::HubOnly, message));
        }
        let mut row = current.clone().unwrap_or_else(|| Row::empty(entity, id));
        let mut changed = Map::new();
        let mut before = Map::new();
        for (i, value) in values {
            let field = &entity.fields[i];
            if row.values[i] == value {
                continue;
            }
            if field.immutable && current.is_some() && !row.values[i].is_null() {
                let message = format!("{} is set once and cannot be changed afterwards", field.label);
                return Err(Problem::at(Code::Fixed, field.name, message).into());
            }
            self.check_link(field.name, field.label, field.kind, &value)?;
            self.check_birth(entity, field.name, &value)?;
            changed.insert(field.name.into(), value.to_json());
            before.insert(field.name.into(), row.values[i].to_json());
            row.values[i] = value;
        }
        let deleted_at = row.deleted_at.take();
        if let Some(at) = deleted_at {
            // Taking this back deletes the row again.
            before.insert(WAS_DELETED.into(), at.into());
        }
        complete(entity, &row)?;
        self.check_key(entity, current.as_ref(), &row)?;
        self.check_days(entity, current.as_ref(), &row)?;
        if changed.is_empty() && current.is_some() && deleted_at.is_none() {
            return Ok(Saved { row, changed: false, created: false });
        }
        self.check_unsigned(entity, &row)?;
        self.touch(entity, current.as_ref(), &row)?;
        self.check_numbers(entity, current.as_ref(), &row)?;
        overlay::remember_hub_state(self.tx, entity, id, current.as_ref())?;
        rows::write(self.tx, entity, &row)?;
        let created = current.is_none();
        self.log(entity, &row, ChangeKind::Upsert, &changed, (!created).then_some(&before), act)?;
        Ok(Saved { row, changed: true, created })
    }

    pub(super) fn delete(&mut self, entity: &str, id: Uuid, act: Act) -> Result<Saved> {
        let entity = self.entity(entity)?;
        self.check_role(entity, Some(id), ["id"].into_iter())?;
        if entity.hub_made {
            let message = format!("{} records cannot be deleted; resolve them instead", entity.label);
            return Err(NodeError::new(Code::HubOnly, message));
        }
        let Some(row) = rows::load(self.tx, entity, id)? else { return Err(not_found(entity, id)) };
        if !row.is_live() {
            return Ok(Saved { row, changed: false, created: false });
        }
        self.check_unlinked(entity, id)?;
        self.check_unsigned(entity, &row)?;
        let gone = Row { deleted_at: Some(self.env.now()), ..row.clone() };
        self.touch(entity, Some(&row), &gone)?;
        overlay::remember_hub_state(self.tx, entity, id, Some(&row))?;
        rows::write(self.tx, entity, &gone)?;
        self.log(entity, &gone, ChangeKind::Delete, &Map::new(), Some(&Map::new()), act)?;
        Ok(Saved { row: gone, changed: true, created: false })
    }

    fn check_role<'a>(
        &self,
        entity: &Entity,
        row: Option<Uuid>,
        fields: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<()> {
        let is_own = |actor: super::Actor| {
            row == Some(actor.id) && entity.are_own(fields.clone()) && self.schema.covers(self.role, actor.role)
        };
        if !entity.may_write(self.role) && !self.actor.is_some_and(is_own) {
            let message = format!(
                "this PC is enrolled as {} and may not change {} records; use another PC, or ask a school admin",
                self.role.name(),
                entity.label
            );
            return Err(NodeError::new(Code::RoleForbidden, message));
        }
        let Some(actor) = self.actor else { return Ok(()) };
        if entity.may_change(actor.role, actor.id, row.unwrap_or_default(), fields) {
            return Ok(());
        }
        let message =
            format!("the role {} may not change {} records; ask a school admin", actor.role.name(), entity.label);
        Err(NodeError::new(Code::RoleForbidden, message))
    }

    /// Nobody is born after today: the one way into the records asks, so every way to it does.
    fn check_birth(&self, entity: &Entity, field: &str, value: &Value) -> Result<()> {
        match value {
            Value::Date(born) if entity.name == STUDENT.name && field == "birth_date" => {
                learners::birth_date(*born, day_of(self.env.now())).map_or(Ok(()), |problem| Err(problem.into()))
            }
            _ => Ok(()),
        }
    }

    /// The row that is meant, and its id. Without an id a natural key decides: a live row with that key is a clash, a
    /// deleted one comes back, and a row that was renamed meanwhile leaves its old id taken.
    fn find(&self, entity: &Entity, id: Option<Uuid>, values: &[(usize, Value)]) -> Result<(Option<Row>, Uuid)> {
        if let Some(id) = id {
            return Ok((rows::load(self.tx, entity, id)?, id));
        }
        let mut probe = Row::empty(entity, Uuid::nil());
        for (i, value) in values {
            probe.values[*i] = value.clone();
        }
        if !entity.has_derived_id() || natural::derived_id(entity, self.tenant, &probe).is_none() {
            return Ok((None, self.env.new_id()));
        }
        for id in natural::derived_ids(entity, self.tenant, &probe) {
            match rows::load(self.tx, entity, id)? {
                None => return Ok((None, id)),
                Some(row) if !natural::same_key(entity, &row, &probe) => {}
                Some(row) if !row.is_live() => return Ok((Some(row), id)),
                Some(_) => return Err(taken(entity, id)),
            }
        }
        let message = format!("{}: this name was given away too often; choose another one", entity.label);
        Err(NodeError::new(Code::Conflict, message))
    }

    /// What is one thing in the world is one row: the hub would park a second one.
    pub(super) fn check_key(&self, entity: &Entity, before: Option<&Row>, row: &Row) -> Result<()> {
        if before.is_none() {
            natural::check_id(entity, self.tenant, row)?;
        }
        let Some(kin) = entity.kin_field() else { return Ok(()) };
        if before.is_some_and(|before| before.is_live() && natural::same_key(entity, before, row)) {
            return Ok(());
        }
        let sql = format!("{} WHERE {} = ?1 AND deleted_at IS NULL", rows::select(entity), entity.fields[kin].name);
        let others = rows::all(self.tx, entity, &sql, [rows::to_sql(&row.values[kin])])?;
        match others.iter().find(|other| other.id != row.id && natural::same_key(entity, other, row)) {
            Some(other) => Err(taken(entity, other.id)),
            None => Ok(()),
        }
    }

    fn check_link(&self, name: &str, label: &str, kind: Kind, value: &Value) -> Result<()> {
        let (Kind::Link(to), Value::Id(id)) = (kind, value) else { return Ok(()) };
        let target = self.entity(to)?;
        if rows::is_live(self.tx, target, *id)? {
            return Ok(());
        }
        let message = format!("{label}: there is no {} with the id {id}; choose an existing one", target.label);
        Err(Problem::at(Code::ParentMissing, name, message).into())
    }

    fn check_unlinked(&self, entity: &Entity, id: Uuid) -> Result<()> {
        let mut hanging = Vec::new();
        for child in self.schema.entities() {
            for field in child.fields.iter().filter(|field| field.kind == Kind::Link(entity.name)) {
                let count = rows::count_links(self.tx, child, field.name, id)?;
                if count > 0 {
                    hanging.push(format!("{count} {}", child.label));
                }
            }
        }
        if hanging.is_empty() {
            return Ok(());
        }
        let message =
            format!("other records hang on this {}: {}; delete those first", entity.label, hanging.join(", "));
        Err(NodeError::new(Code::Conflict, message))
    }

    /// Writes the outbox entry of a change.
    pub(super) fn log(
        &mut self,
        entity: &Entity,
        row: &Row,
        kind: ChangeKind,
        fields: &Map<String, Json>,
        before: Option<&Map<String, Json>>,
        act: Act,
    ) -> Result<()> {
        let (op_no, change_id, at) = (self.next_op_no()?, self.env.new_id(), self.env.now());
        self.sign(entity, act.user, || Change {
            id: change_id,
            op_no,
            entity: entity.name.into(),
            row_id: row.id,
            kind,
            base_rev: row.rev,
            fields: fields.iter().map(|(name, json)| (name.clone(), json.clone())).collect(),
            group: act.group,
            user_id: act.user,
            at,
        })?;
        let mut statement = self.tx.prepare_cached(
            "INSERT INTO op (op_no, change_id, entity, row_id, kind, base_rev, fields, before, grp, user_id, at, act, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'pending')",
        )?;
        statement.execute(rusqlite::params![
            op_no,
            change_id.as_bytes(),
            entity.name,
            row.id.as_bytes(),
            if kind == ChangeKind::Delete { "delete" } else { "upsert" },
            row.rev,
            to_text(fields),
            before.map(to_text),
            act.group.map(Uuid::into_bytes),
            act.user.map(Uuid::into_bytes),
            at,
            act.id.as_bytes(),
        ])?;
        Ok(())
    }
}

/// Whether an error is about the file as a whole rather than about one row.
pub(crate) fn stops_everything(code: Code) -> bool {
    matches!(
        code,
        Code::StoreFull | Code::StoreLocked | Code::StoreReadOnly | Code::StoreCorrupt | Code::Io | Code::Internal
    )
}

fn taken(entity: &Entity, by: Uuid) -> NodeError {
    let problem = natural::taken(entity, by);
    let details = serde_json::json!({ "id": by, "field": problem.field });
    NodeError::from(problem).with_details(details)
}

pub(super) fn not_found(entity: &Entity, id: Uuid) -> NodeError {
    NodeError::new(Code::NotFound, format!("there is no {} with the id {id}", entity.label))
}

fn to_text(map: &Map<String, Json>) -> String {
    Json::Object(map.clone()).to_string()
}

fn parse(entity: &Entity, fields: &Map<String, Json>) -> Result<Vec<(usize, Value)>> {
    let mut values = Vec::with_capacity(fields.len());
    for (name, json) in fields {
        if matches!(name.as_str(), "id" | "rev" | "deleted") {
            continue;
        }
        let i = entity.field_index(name).ok_or_else(|| {
            let known: Vec<_> = entity.fields.iter().map(|field| field.name).collect();
            let message = format!("{} has no field '{name}'; its fields: {}", entity.label, known.join(", "));
            NodeError::from(Problem::at(Code::UnknownField, name, message))
        })?;
        values.push((i, Value::parse(&entity.fields[i], json)?));
    }
    Ok(values)
}
