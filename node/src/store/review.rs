//! *Needs you*: conflicts of the school and the changes of this device that the hub refused. Either value, one call.

use super::again::seen;
use super::save::{Act, not_found};
use super::standing::{Effect, Standing, Stands};
use super::{Actor, ListQuery, Save, Step, Store, journal, rows};
use crate::{NodeError, Result};
use pems_model::review::{REVIEW_ITEM, may_decide};
use pems_model::value::format_time;
use pems_model::{Code, Entity, Role, Row};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Which value to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The value that was typed at this device (for a conflict between two others: the one that stands).
    Mine,
    Theirs,
}

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewEntry {
    pub id: Uuid,
    /// `conflict`, `claim`, `deleted`, `duplicate`, `refused` or `damaged`.
    pub kind: String,
    pub entity: String,
    pub row_id: Uuid,
    /// For a number that two records have: the other one.
    pub other_id: Option<Uuid>,
    pub field: Option<String>,
    pub mine: Json,
    pub theirs: Json,
    /// Which of the two the record has now: `mine`, `theirs`, `neither`, or `gone` for a record that was deleted since. Known once
    /// [`Store::stand`] was asked.
    pub stands: &'static str,
    /// What the record says now, where it is neither.
    pub now: Json,
    /// Whether the value that was kept when this was noticed is `mine`.
    #[serde(skip)]
    pub kept_is_mine: bool,
    pub mine_at: Option<String>,
    pub theirs_at: Option<String>,
    pub mine_device: Option<Uuid>,
    pub theirs_device: Option<Uuid>,
    #[serde(skip)]
    pub mine_user: Option<Uuid>,
    #[serde(skip)]
    pub theirs_user: Option<Uuid>,
    /// For a change that was refused or is damaged: the code and the sentence.
    pub reason: Option<Json>,
}

impl Store {
    /// Everything open: the school's questions, then this device's changes that were refused or are damaged.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn reviews(&self) -> Result<Vec<ReviewEntry>> {
        let entity = super::entity(self.schema, REVIEW_ITEM)?;
        let query =
            ListQuery { filters: vec![("state".into(), "open".into())], limit: Some(usize::MAX >> 1), deleted: false };
        let mut list: Vec<ReviewEntry> =
            self.list(REVIEW_ITEM, &query)?.iter().map(|row| self.entry(entity, row)).collect();
        for mut parked in self.entries("state IN ('parked', 'damaged')", [])? {
            let damaged = parked.state == "damaged";
            if let Some(seen) = seen(&parked).filter(|_| damaged) {
                parked.fields = seen.clone();
            }
            // What was seen is shown as the value, where secrets are hidden.
            if let Some(Json::Object(said)) = &mut parked.outcome {
                said.remove("seen");
            }
            if let Some(entity) = self.schema.entity(&parked.entity) {
                journal::hide(entity, &mut parked.fields);
            }
            list.push(ReviewEntry {
                id: parked.id,
                kind: if damaged { "damaged" } else { "refused" }.into(),
                other_id: None,
                field: parked.outcome.as_ref().and_then(|o| o["field"].as_str().map(str::to_owned)),
                entity: parked.entity,
                row_id: parked.row_id,
                mine: parked.fields,
                theirs: Json::Null,
                stands: "theirs",
                now: Json::Null,
                kept_is_mine: false,
                mine_at: Some(parked.at),
                theirs_at: None,
                mine_device: Some(self.replica),
                theirs_device: None,
                mine_user: None,
                theirs_user: None,
                reason: parked.outcome,
            });
        }
        Ok(list)
    }

    fn entry(&self, entity: &Entity, row: &Row) -> ReviewEntry {
        let text = |name: &str| row.get(entity, name).as_text().map(str::to_owned);
        // Older hubs asked about secrets too.
        let field = text("field").unwrap_or_default();
        let secret = text("entity").and_then(|name| self.schema.entity(&name)).is_some_and(|of| of.is_secret(&field));
        let value = |name: &str| match text(name).and_then(|t| serde_json::from_str(&t).ok()) {
            Some(Json::Null) | None => Json::Null,
            Some(_) if secret => journal::HIDDEN.into(),
            Some(value) => value,
        };
        let at = |name: &str| match row.get(entity, name) {
            pems_model::Value::Time(micros) => Some(format_time(*micros)),
            _ => None,
        };
        let device = |name: &str| row.get(entity, name).as_id();
        let (mine, theirs) = if self.lost_is_mine(entity, row) { ("lost", "kept") } else { ("kept", "lost") };
        ReviewEntry {
            id: row.id,
            kind: text("kind").unwrap_or_default(),
            entity: text("entity").unwrap_or_default(),
            row_id: device("row_id").unwrap_or_default(),
            other_id: device("other_id"),
            field: text("field"),
            mine: value(&format!("{mine}_value")),
            theirs: value(&format!("{theirs}_value")),
            stands: if mine == "kept" { "mine" } else { "theirs" },
            now: Json::Null,
            kept_is_mine: mine == "kept",
            mine_at: at(&format!("{mine}_at")),
            theirs_at: at(&format!("{theirs}_at")),
            mine_device: device(&format!("{mine}_replica")),
            theirs_device: device(&format!("{theirs}_replica")),
            mine_user: device(&format!("{mine}_user")),
            theirs_user: device(&format!("{theirs}_user")),
            reason: None,
        }
    }

    /// Reads from the record of an entry what stands now.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn stand(&self, entry: &mut ReviewEntry) -> Result<()> {
        let inbox = super::entity(self.schema, REVIEW_ITEM)?;
        if entry.kind == "refused" {
            return self.stand_refused(entry);
        }
        let Some(item) = rows::load(&self.conn, inbox, entry.id)? else { return Ok(()) };
        let Some(standing) = Standing::of(&self.conn, self.schema, inbox, &item)? else { return Ok(()) };
        let (kept, lost) = if entry.kept_is_mine { ("mine", "theirs") } else { ("theirs", "mine") };
        entry.stands = match standing.stands {
            Stands::Kept => kept,
            Stands::Lost => lost,
            Stands::Gone => "gone",
            Stands::Neither => {
                let secret = entry.field.as_ref().is_some_and(|field| {
                    self.schema.entity(&entry.entity).is_some_and(|entity| entity.is_secret(field))
                });
                entry.now = if secret { journal::HIDDEN.into() } else { standing.now.to_json() };
                "neither"
            }
        };
        Ok(())
    }

    /// What was refused stands where somebody saved the same again since.
    fn stand_refused(&self, entry: &mut ReviewEntry) -> Result<()> {
        let Some(entity) = self.schema.entity(&entry.entity) else { return Ok(()) };
        let Some(row) = rows::load(&self.conn, entity, entry.row_id)? else { return Ok(()) };
        let typed = entry.mine.as_object();
        let same = |(name, value): (&String, &Json)| row.get(entity, name).to_json() == *value;
        if !row.is_live() {
            entry.stands = "gone";
        } else if typed.is_some_and(|fields| !fields.is_empty() && fields.iter().all(same)) {
            entry.stands = "mine";
        }
        Ok(())
    }

    fn lost_is_mine(&self, entity: &Entity, row: &Row) -> bool {
        row.get(entity, "lost_replica").as_id() == Some(self.replica)
    }

    /// Settles one entry. For a conflict the record gets the chosen value, unless it has it, and the entry is closed, both or neither.
    /// For a refused change, `Mine` sends it again (with everything that waited for it) and `Theirs` drops it.
    ///
    /// # Errors
    /// `not_found` for an entry that is not open; `role_forbidden` for who may not change the record itself; `conflict` where the
    /// value cannot be put back as it is.
    pub fn resolve(&mut self, id: Uuid, choice: Choice) -> Result<()> {
        let (act, replica) = (self.new_act(), self.replica);
        self.transaction(|step| step.resolve(id, choice, replica, act)).map(|_| ())
    }

    /// Settles many in one durable step, each by itself: what somebody settled meanwhile does not hold up the others. Returns the
    /// act under which [`Store::undo`] takes the conflicts among them back, and one answer for each.
    ///
    /// # Errors
    /// Only what stops everything (the disk); refusals are in the list.
    pub fn resolve_each(&mut self, choices: &[(Uuid, Choice)]) -> Result<(Uuid, Vec<Result<Effect>>)> {
        let (act, replica) = (self.new_act(), self.replica);
        let settled = self.transaction(|step| {
            choices
                .iter()
                .map(|(id, choice)| match step.went_along(*id)? {
                    true => Ok(Ok(Effect::Changed)),
                    false => step.attempt(|step| step.resolve(*id, *choice, replica, act)),
                })
                .collect()
        })?;
        Ok((act.id, settled))
    }

    /// Whether whoever works here may decide this entry: who may change the record that it is about, and for a refused change who
    /// made it.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn may_decide(&self, entry: &ReviewEntry) -> Result<bool> {
        let Some(entity) = self.schema.entity(&entry.entity) else { return Ok(true) };
        if matches!(entry.kind.as_str(), "refused" | "damaged") {
            let names: Vec<&str> =
                entry.mine.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            return may_decide_refused(&self.conn, self.actor, entity, entry.id, entry.row_id, &names);
        }
        Ok(may_decide(self.schema, self.role, self.actor.map(by), entity, entry.row_id, entry.field.as_deref()))
    }

    /// Whether any change was saved under this act: only then [`Store::undo`] can take it back.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn did_write(&self, act: Uuid) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM op WHERE act = ?1)";
        Ok(self.conn.prepare_cached(sql)?.query_row([act.as_bytes()], |row| row.get(0))?)
    }
}

impl Step<'_> {
    fn resolve(&mut self, id: Uuid, choice: Choice, replica: Uuid, act: Act) -> Result<Effect> {
        let entity = self.entity(REVIEW_ITEM)?;
        match rows::load(self.tx, entity, id)? {
            Some(item) => {
                self.check_conflict(entity, &item)?;
                let lost_is_mine = item.get(entity, "lost_replica").as_id() == Some(replica);
                let keep_lost = lost_is_mine == (choice == Choice::Mine);
                let act = Act { group: Some(self.env.new_id()), ..act };
                if item.get(entity, "kind").as_text() == Some("duplicate") {
                    return self.settle_duplicate(entity, &item, choice, replica, act);
                }
                self.settle_conflict(entity, &item, keep_lost, replica, act)
            }
            None => self.decide_refused(id, choice, act).map(|()| Effect::Changed),
        }
    }

    /// Either choice decides about the record: who may not change it does not close the question either.
    fn check_conflict(&self, inbox: &Entity, item: &Row) -> Result<()> {
        let Some(entity) = item.get(inbox, "entity").as_text().and_then(|name| self.schema.entity(name)) else {
            return Ok(());
        };
        let row = item.get(inbox, "row_id").as_id().unwrap_or_default();
        let field = item.get(inbox, "field").as_text().filter(|name| !name.is_empty());
        let may = may_decide(self.schema, self.role, self.actor.map(by), entity, row, field);
        if may { Ok(()) } else { Err(not_yours(entity)) }
    }

    fn decide_refused(&mut self, id: Uuid, choice: Choice, act: Act) -> Result<()> {
        let inbox = self.entity(REVIEW_ITEM)?;
        let parked = journal::entries(self.tx, "state IN ('parked', 'damaged') AND change_id = ?1", [id.as_bytes()])?;
        let Some(entry) = parked.first() else { return Err(not_found(inbox, id)) };
        let entity = self.entity(&entry.entity)?;
        let names: Vec<&str> = entry.fields.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        if !may_decide_refused(self.tx, self.actor, entity, id, entry.row_id, &names)? {
            return Err(not_yours(entity));
        }
        match choice {
            Choice::Mine if entry.state == "damaged" => self.send_what_was_seen(entry, act),
            Choice::Mine => self.send_again(id, act),
            Choice::Theirs => {
                // The mark tells a decision of a person from anything else that could end a change.
                self.tx.execute(
                    "UPDATE op SET state = 'dropped', outcome = json_set(
                         CASE WHEN json_valid(outcome) THEN outcome ELSE '{}' END, '$.decided', json('true'))
                     WHERE op_no = ?1",
                    [entry.op_no],
                )?;
                Ok(())
            }
        }
    }

    /// Whether this refused change went out again together with one that it hangs on.
    fn went_along(&self, id: Uuid) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM op WHERE change_id = ?1 AND state = 'retried')";
        Ok(self.tx.prepare_cached(sql)?.query_row([id.as_bytes()], |row| row.get(0))?)
    }

    fn settle_conflict(
        &mut self,
        inbox: &Entity,
        item: &Row,
        keep_lost: bool,
        replica: Uuid,
        act: Act,
    ) -> Result<Effect> {
        if item.get(inbox, "state").as_text() != Some("open") {
            return Err(NodeError::new(Code::Conflict, "this was settled already; look at the list again"));
        }
        let Some(standing) = Standing::of(self.tx, self.schema, inbox, item)? else {
            let message = "this is about a kind of record that this version does not know; decide it at a newer PC";
            return Err(NodeError::new(Code::SchemaUnknown, message));
        };
        let effect = self.carry_out(&standing, keep_lost, act)?;
        self.close(item, if keep_lost { "replaced" } else { "kept" }, replica, act)?;
        Ok(effect)
    }

    /// A number that two records have stays with one of them: the choice says which of the two that the entry names.
    fn settle_duplicate(
        &mut self,
        inbox: &Entity,
        item: &Row,
        choice: Choice,
        replica: Uuid,
        act: Act,
    ) -> Result<Effect> {
        if item.get(inbox, "state").as_text() != Some("open") {
            return Err(NodeError::new(Code::Conflict, "this was settled already; look at the list again"));
        }
        let named = |name: &str| item.get(inbox, name).as_id().unwrap_or_default();
        let loser = named(if choice == Choice::Mine { "other_id" } else { "row_id" });
        let text = |name: &str| item.get(inbox, name).as_text().unwrap_or_default().to_owned();
        let (entity, field) = (self.entity(&text("entity"))?, text("field"));
        // The question first: the hub settles it by itself once the number has gone, and nobody is to be asked about that.
        self.close(item, "replaced", replica, act)?;
        let still = rows::load(self.tx, entity, loser)?.filter(Row::is_live);
        let value = still.as_ref().map_or(Json::Null, |row| row.get(entity, &field).to_json());
        if !value.is_null() && item.get(inbox, "lost_value").as_text() == Some(&*value.to_string()) {
            let fields = Map::from_iter([(field, Json::Null)]);
            self.save(&Save { entity: entity.name.into(), id: Some(loser), fields }, act)?;
            return Ok(Effect::Changed);
        }
        Ok(if still.is_some() { Effect::Stood } else { Effect::Gone })
    }

    fn close(&mut self, item: &Row, state: &str, replica: Uuid, act: Act) -> Result<()> {
        let fields = json!({
            "state": state,
            "resolved_by": replica.to_string(),
            "resolved_at": format_time(self.env.now()),
        });
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.save(&Save { entity: REVIEW_ITEM.into(), id: Some(item.id), fields }, act)?;
        Ok(())
    }
}

fn not_yours(entity: &Entity) -> NodeError {
    let message =
        format!("this is about {}, which your role may not change; ask somebody whose work that is", entity.label);
    NodeError::new(Code::RoleForbidden, message)
}

fn by(actor: Actor) -> (Uuid, Role) {
    (actor.id, actor.role)
}

/// A refused change is its maker's; and it is decided at a PC that may not write such records any more.
fn may_decide_refused(
    conn: &Connection,
    actor: Option<Actor>,
    entity: &Entity,
    change: Uuid,
    row: Uuid,
    fields: &[&str],
) -> Result<bool> {
    let Some(actor) = actor else { return Ok(true) };
    if entity.may_change(actor.role, actor.id, row, fields.iter().copied()) {
        return Ok(true);
    }
    let sql =
        "SELECT EXISTS (SELECT 1 FROM op WHERE change_id = ?1 AND user_id = ?2 AND state IN ('parked', 'damaged'))";
    Ok(conn.prepare_cached(sql)?.query_row((change.as_bytes(), actor.id.as_bytes()), |row| row.get(0))?)
}
