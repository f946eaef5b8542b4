//! Deciding what needs somebody: conflicts of the school and the changes of this device that the hub refused. Either value, one call.

use super::inbox::ReviewEntry;
use super::save::{Act, not_found};
use super::standing::{Effect, Standing, about, asked};
use super::{Actor, Save, Step, Store, journal, rows};
use crate::{NodeError, Result};
use pems_model::review::{REVIEW_ITEM, may_decide};
use pems_model::value::format_time;
use pems_model::{Code, Entity, Role, Row};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Which value to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The value that was typed at this device (for a conflict between two others: the one that stands).
    Mine,
    /// The other one (of two others: the one that does not stand).
    Theirs,
}

impl Store {
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
    pub(crate) fn resolve_each(&mut self, choices: &[(Uuid, Choice)]) -> Result<(Uuid, Vec<Result<Effect>>)> {
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
    pub(crate) fn may_decide(&self, entry: &ReviewEntry) -> Result<bool> {
        if entry.entity == REVIEW_ITEM && entry.kind != "refused" && (entry.damaged || entry.row_id.is_none()) {
            // A question that is damaged here is about itself.
            return Ok(false);
        }
        let Some(entity) = self.schema.entity(&entry.entity) else { return Ok(true) };
        if matches!(entry.kind.as_str(), "refused" | "damaged") {
            let names: Vec<&str> =
                entry.mine.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            return Ok(may_decide_refused(self.actor, entry.mine_user, entity, entry.row_id, &names));
        }
        let Some(row) = entry.row_id else { return Ok(false) };
        Ok(may_decide(self.schema, self.role, self.actor.map(by), entity, row, entry.field.as_deref()))
    }

    /// Whether any change was saved under this act: only then [`Store::undo`] can take it back.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn did_write(&self, act: Uuid) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM op WHERE act = ?1)";
        Ok(self.conn.prepare_cached(sql)?.query_row([act.as_bytes()], |row| row.get(0))?)
    }
}

impl Step<'_> {
    fn resolve(&mut self, id: Uuid, choice: Choice, replica: Uuid, act: Act) -> Result<Effect> {
        let entity = self.entity(REVIEW_ITEM)?;
        match rows::load(self.tx, entity, id)? {
            Some(item) => {
                if item.get(entity, "state").as_text() != Some("open") {
                    return Err(NodeError::new(Code::Conflict, "this was settled already; look at the list again"));
                }
                let (id, item) = (item.id, asked(self.tx, entity, item)?);
                self.check_conflict(entity, &item)?;
                let lost_is_mine = item.get(entity, "lost_replica").as_id() == Some(replica);
                let keep_lost = lost_is_mine == (choice == Choice::Mine);
                let act = Act { group: Some(self.env.new_id()), ..act };
                let effect = if item.get(entity, "kind").as_text() == Some("duplicate") {
                    self.settle_duplicate(entity, &item, choice, replica, act)?
                } else {
                    self.settle_conflict(entity, &item, keep_lost, replica, act)?
                };
                if id != item.id {
                    self.close_those_about(entity, item.id, replica, act)?;
                }
                Ok(effect)
            }
            None => self.decide_refused(id, choice, act).map(|()| Effect::Changed),
        }
    }

    /// Either choice decides about the record: who may not change it does not close the question either.
    fn check_conflict(&self, inbox: &Entity, item: &Row) -> Result<()> {
        let (name, row) = about(inbox, item)?;
        let Some(entity) = self.schema.entity(name) else { return Ok(()) };
        let field = item.get(inbox, "field").as_text().filter(|name| !name.is_empty());
        let may = may_decide(self.schema, self.role, self.actor.map(by), entity, row, field);
        if may { Ok(()) } else { Err(not_yours(entity)) }
    }

    fn decide_refused(&mut self, id: Uuid, choice: Choice, act: Act) -> Result<()> {
        let inbox = self.entity(REVIEW_ITEM)?;
        let parked = journal::entries(
            self.tx,
            self.replica,
            "state IN ('parked', 'damaged') AND (change_id = ?1 OR length(change_id) <> 16)",
            [id.as_bytes()],
        )?;
        let Some(entry) = parked.iter().find(|entry| entry.id == id) else { return Err(not_found(inbox, id)) };
        // What no longer says which kind of record it was can be let go; its bytes stay in the file.
        if entry.damaged.is_none() || choice == Choice::Mine || self.schema.entity(&entry.entity).is_some() {
            let entity = self.entity(&entry.entity)?;
            let names: Vec<&str> =
                entry.fields.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            if !may_decide_refused(self.actor, entry.user, entity, entry.row_id, &names) {
                return Err(not_yours(entity));
            }
        }
        match choice {
            Choice::Mine if entry.state == "damaged" || entry.damaged.is_some() => self.send_what_was_seen(entry, act),
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
        let (name, row) = about(inbox, item)?;
        let loser = if choice == Choice::Mine { item.get(inbox, "other_id").as_id() } else { Some(row) };
        let (Some(loser), Some(field)) = (loser, item.get(inbox, "field").as_text().map(str::to_owned)) else {
            let message = "this question does not say any more which two records it is about; take the number from one of them in its record";
            return Err(NodeError::new(Code::StoreCorrupt, message));
        };
        let entity = self.entity(name)?;
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

    /// With a question all the open ones that older hubs asked about it.
    fn close_those_about(&mut self, inbox: &Entity, question: Uuid, replica: Uuid, act: Act) -> Result<()> {
        let sql = format!("{} WHERE entity = ?1 AND state = 'open' AND deleted_at IS NULL", rows::select(inbox));
        let items = {
            let mut statement = self.tx.prepare_cached(&sql)?;
            let mut found = statement.query([inbox.name])?;
            let mut items = Vec::new();
            while let Some(row) = found.next()? {
                match rows::read(inbox, row) {
                    Err(error) if error.code == Code::StoreCorrupt => {}
                    item => items.push(item?),
                }
            }
            items
        };
        for item in items {
            if asked(self.tx, inbox, item.clone())?.id == question {
                self.close(&item, "kept", replica, act)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, item: &Row, state: &str, replica: Uuid, act: Act) -> Result<()> {
        let set = |name: &str, value: String| (name.to_owned(), Json::String(value));
        let fields = Map::from_iter([
            set("state", state.to_owned()),
            set("resolved_by", replica.to_string()),
            set("resolved_at", format_time(self.env.now())),
        ]);
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
    actor: Option<Actor>,
    maker: Option<Uuid>,
    entity: &Entity,
    row: Option<Uuid>,
    fields: &[&str],
) -> bool {
    let Some(actor) = actor else { return true };
    // A record that is not known is nobody's own.
    entity.may_change(actor.role, actor.id, row.unwrap_or(Uuid::nil()), fields.iter().copied())
        || maker == Some(actor.id)
}
