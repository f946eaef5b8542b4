//! What the school is called on its papers, its logo, and when a desk locks itself.

use super::{at_field, edit, why_not};
use crate::app::Desk;
use crate::app::session::to_json;
use crate::{NodeError, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pems_model::{Code, Role};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use ts_rs::TS;

const ENTITY: &str = "school_profile";
/// Bytes of a logo: sharp on paper, small beside a school's records.
const LOGO_MAX: usize = 90_000;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Shorter locks while somebody reads, longer leaves a counter open over a break.
const IDLE: std::ops::RangeInclusive<i64> = 1..=120;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Settings {
    /// The school's fields; empty where none were saved yet.
    #[ts(type = "Record<string, string | null>")]
    pub fields: Map<String, Json>,
    pub idle_minutes: i64,
    /// Why nothing can be changed here: `device` or `role`.
    pub locked: Option<&'static str>,
    /// Whether the idle minutes, which are this PC's own, may be changed.
    pub may_set_idle: bool,
}

pub(super) fn read(desk: &Desk) -> Result<Json> {
    let declared = desk.store.declared(ENTITY)?;
    let row = desk.store.list(ENTITY, &crate::store::ListQuery::default())?.into_iter().next();
    let fields = row.map(|row| row.to_json(declared)).and_then(|json| json.as_object().cloned()).unwrap_or_default();
    let fields = fields.into_iter().filter(|(name, _)| declared.field_index(name).is_some()).collect();
    let locked = why_not(desk, ENTITY);
    let may_set_idle = desk.role() == Role::SchoolAdmin;
    to_json(&Settings { fields, idle_minutes: desk.idle_minutes()?, locked, may_set_idle })
}

pub(super) fn save(desk: &mut Desk, mut fields: Map<String, Json>) -> Result<Json> {
    desk.check_role(super::ADMINS, "change the school's settings")?;
    for value in fields.values_mut() {
        if let Some(text) = value.as_str() {
            *value = super::typed(Some(text));
        }
    }
    if let Some(logo) = fields.get("logo").and_then(Json::as_str) {
        check_logo(logo)?;
    }
    let id = desk.store.list(ENTITY, &crate::store::ListQuery::default())?.first().map(|row| row.id);
    let save = edit(ENTITY, id, Json::Object(fields));
    let (act, saved) = desk.store.act(|work| work.save(&save))?;
    if saved.changed {
        desk.did(act, "Change of the school's settings");
    }
    read(desk)
}

fn check_logo(logo: &str) -> Result<()> {
    let refused = |message| Err(at_field(Code::BadFormat, "logo", message));
    let Ok(bytes) = STANDARD.decode(logo) else { return refused("the logo did not arrive whole; choose it again") };
    if !bytes.starts_with(PNG) {
        return refused("the logo has to be a PNG picture; save it as PNG and choose it again");
    }
    if bytes.len() > LOGO_MAX {
        return refused("the logo has more than 90 kB; save it smaller, 400 by 400 points do");
    }
    Ok(())
}

pub(super) fn set_idle(desk: &mut Desk, minutes: i64) -> Result<Json> {
    desk.check_role(super::ADMINS, "change when this PC locks itself")?;
    if !IDLE.contains(&minutes) {
        let message = format!("choose {} to {} minutes", IDLE.start(), IDLE.end());
        return Err(NodeError::new(Code::OutOfRange, message).with_details(serde_json::json!({ "field": "idle" })));
    }
    desk.store.set_local("idle_minutes", &minutes.to_string())?;
    read(desk)
}
