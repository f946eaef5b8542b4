//! Whose fault it is that PostgreSQL refused a statement: a change's, which is then parked with a reason, or nobody's who pushes.
//!
//! Told by SQLSTATE alone: texts are for people, and a trigger may say anything.

use crate::refusal::Refusal;
use pems_db::{DbError, sys};
use pems_model::{Code, Entity, Problem};
use sqlx::postgres::PgDatabaseError;

/// Why a push, or a part of it, was not written.
#[derive(Debug)]
pub(super) enum Fault {
    /// Something that was pushed cannot be stored.
    Change(Cause),
    /// Anything else: the whole request is refused, and nothing was decided about its changes.
    Request(Refusal),
}

/// What the database did not accept.
#[derive(Debug)]
pub(super) struct Cause {
    state: String,
    table: Option<String>,
    constraint: Option<String>,
    column: Option<String>,
    said: String,
}

impl Cause {
    /// A row in the database that is not as declared, so that no change of it can be worked out.
    pub(super) fn unreadable(entity: &Entity, said: &str) -> Cause {
        Cause {
            state: "unreadable".to_owned(),
            table: Some(entity.name.to_owned()),
            constraint: None,
            column: None,
            said: said.to_owned(),
        }
    }

    /// The refusal of a change, in words that a clerk can act on. What the database said goes to the log, under a number that it names.
    pub(super) fn problem(&self, entity: Option<&Entity>) -> Problem {
        let id = sys::random::<6>().map_or_else(|_| "none".to_owned(), hex::encode);
        let Cause { state, table, constraint, column, said } = self;
        tracing::warn!(id, state, ?table, ?constraint, ?column, cause = said, "the database refused a change");
        let label = entity.map_or("record", |entity| entity.label);
        let help = format!("correct it and it goes again, or tell who runs the hub the number {id}");
        let field = column.as_deref().and_then(|name| entity?.fields.iter().find(|field| field.name == name));
        let code = match state.as_str() {
            "23502" => Code::Required,
            "23503" => Code::ParentMissing,
            "23505" | "23P01" => Code::Conflict,
            _ => Code::Rule,
        };
        let message = match (code, field) {
            (Code::Required, Some(field)) => format!("{label}: {} is missing at the hub; {help}", field.label),
            (Code::ParentMissing, _) => format!("{label}: a record that it belongs to is not at the hub; {help}"),
            (Code::Conflict, _) => format!("{label}: another record at the hub has what only one may have; {help}"),
            _ => format!("{label}: the hub's database does not accept this record as it is; {help}"),
        };
        Problem { code, message, field: field.map(|field| field.name.to_owned()) }
    }

    /// The same, where no change is left that could be refused for it.
    pub(super) fn refusal(&self) -> Refusal {
        Refusal::internal("push", &format!("{} {}", self.state, self.said))
    }
}

/// Whether an error of this SQLSTATE is about what was written. `in_routine`: raised inside a function of the database, such as a
/// trigger, and not by a statement of the hub's own.
fn is_of_change(state: &str, in_routine: bool) -> bool {
    // A rollback class with one exception; a privilege among the mistakes in statements.
    match state {
        "40002" => return true,
        "42501" => return false,
        _ => {}
    }
    match state.get(..2).unwrap_or_default() {
        // A statement that makes no sense is the hub's fault; a trigger's is a trigger's.
        "42" | "0A" => in_routine,
        // Connection, transaction state, authorization, names of the session, rollback (serialization, deadlock), resources (disk
        // full, memory), locks, operator, system, snapshot, configuration, internal (corrupted data).
        "08" | "0B" | "0L" | "0P" | "25" | "26" | "28" | "2D" | "34" | "3B" | "3D" | "3F" | "40" | "53" | "55"
        | "57" | "58" | "72" | "F0" | "XX" => false,
        // Our own: a suspended school, and what guards the machinery (revisions, tombstones, the audit chain).
        "PM" => false,
        _ => true,
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Request(refusal)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Fault {
        if let sqlx::Error::Database(database) = &error
            && let Some(postgres) = database.try_downcast_ref::<PgDatabaseError>()
            && is_of_change(postgres.code(), postgres.r#where().is_some())
        {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            return Fault::Change(Cause {
                state: postgres.code().to_owned(),
                table: owned(postgres.table()),
                constraint: owned(postgres.constraint()),
                column: owned(postgres.column()),
                said: postgres.message().to_owned(),
            });
        }
        if let sqlx::Error::Encode(source) = &error {
            let said = source.to_string();
            return Fault::Change(Cause {
                state: "encode".to_owned(),
                table: None,
                constraint: None,
                column: None,
                said,
            });
        }
        Fault::Request(error.into())
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Fault {
        match error {
            DbError::Database(error) => error.into(),
            other => Fault::Request(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_change;

    #[test]
    fn what_is_written_is_told_from_what_the_machine_lacks() {
        for state in [
            "22001", "22003", "22P02", "22P05", "23502", "23503", "23505", "23514", "23P01", "40002", "54000", "P0001",
            "P0004", "XY123", "44000",
        ] {
            assert!(is_of_change(state, true), "{state}");
        }
        for state in [
            "08006", "25P02", "28000", "40001", "40P01", "42501", "53100", "53200", "53300", "55P03", "57014", "57P01",
            "58030", "PM001", "PM011", "XX000", "XX001",
        ] {
            assert!(!is_of_change(state, true), "{state}");
        }
        assert!(is_of_change("42703", true) && !is_of_change("42703", false), "a trigger's mistake, and the hub's own");
    }
}
