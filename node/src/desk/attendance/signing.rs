//! The month's SF2 as a seal on its attendance: signed, nothing of the month is changed; opened again, with a reason.

use crate::desk::Desk;
use crate::store::Save;
use crate::{NodeError, Result, Store};
use pems_model::value::{format_date, format_time};
use pems_model::{Code, Role};
use rusqlite::OptionalExtension;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The first day of the month that a day is in.
pub(super) fn month_of(date: i32) -> i32 {
    let day: i32 = format_date(date)[8..].parse().unwrap_or(1);
    date - day + 1
}

type Report = ([u8; 16], String, Option<String>);

fn report(store: &Store, section: Uuid, date: i32) -> Result<Option<Report>> {
    let sql = "SELECT r.id, r.state, u.name FROM sf2_report r LEFT JOIN school_user u ON u.id = r.signed_by
        WHERE r.section = ?1 AND r.month = ?2 AND r.deleted_at IS NULL";
    let mut statement = store.conn().prepare_cached(sql)?;
    let key = (section.as_bytes(), month_of(date));
    Ok(statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
}

/// Who signed the month, if it is signed.
pub(super) fn signed_by(store: &Store, section: Uuid, date: i32) -> Result<Option<String>> {
    let found = report(store, section, date)?.filter(|(_, state, _)| state == "signed");
    Ok(found.map(|(_, _, name)| name.unwrap_or_else(|| "Somebody".to_owned())))
}

impl Desk {
    /// # Errors
    /// `role_forbidden`; `required` for opening a month again without a reason.
    pub(super) fn sign(&mut self, section: Uuid, date: i32, reopen: Option<&str>) -> Result<()> {
        let reason = reopen.map(str::trim);
        if reason.is_some() {
            self.check_role(&[Role::SchoolHead, Role::SchoolAdmin], "open a signed month again")?;
        }
        if reason == Some("") {
            return Err(NodeError::new(Code::Required, "a signed month is opened again with a reason; say why"));
        }
        let found = report(&self.store, section, date)?;
        let mut fields = if let Some(reason) = reason {
            json!({ "state": "reopened", "reason": reason })
        } else {
            json!({ "state": "signed", "signed_by": self.person().map(|person| person.id),
                "signed_at": format_time(self.store.now()) })
        };
        if found.is_none() {
            fields["section"] = json!(section);
            fields["month"] = json!(format_date(month_of(date)));
        }
        let fields = fields.as_object().cloned().unwrap_or_default();
        let id = found.map(|(id, ..)| Uuid::from_bytes(id));
        let (act, _) = self.store.act(|work| work.save(&Save { entity: "sf2_report".into(), id, fields }))?;
        self.did(act, if reason.is_some() { "Opening of a signed month" } else { "Signing of a month" });
        Ok(())
    }
}

pub(super) fn nothing() -> Json {
    Json::Null
}
