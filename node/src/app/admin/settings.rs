//! What the school is called on its papers, its logo, and when a desk locks itself.

use super::{at_field, edit, why_not};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::{NodeError, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
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

fn read(desk: &Desk) -> Result<Settings> {
    let declared = desk.store.declared(ENTITY)?;
    let row = desk.store.list(ENTITY, &crate::store::ListQuery::default())?.into_iter().next();
    let fields = row.map(|row| row.to_json(declared)).and_then(|json| json.as_object().cloned()).unwrap_or_default();
    let fields = fields.into_iter().filter(|(name, _)| declared.field_index(name).is_some()).collect();
    let locked = why_not(desk, ENTITY);
    let may_set_idle = Act::SetIdle.allows(desk.role());
    Ok(Settings { fields, idle_minutes: desk.idle_minutes()?, locked, may_set_idle })
}

fn save(desk: &mut Desk, mut fields: Map<String, Json>) -> Result<Settings> {
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

fn set_idle(desk: &mut Desk, minutes: i64) -> Result<Settings> {
    if !IDLE.contains(&minutes) {
        let message = format!("choose {} to {} minutes", IDLE.start(), IDLE.end());
        return Err(NodeError::new(Code::OutOfRange, message).with_details(serde_json::json!({ "field": "idle" })));
    }
    desk.store.set_local("idle_minutes", &minutes.to_string())?;
    read(desk)
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadSettings {}

impl Request<Desk> for ReadSettings {
    const NAME: &'static str = "admin.settings";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = Settings;

    fn run(self, desk: &mut Desk) -> Result<Settings> {
        read(desk)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveSettings {
    #[ts(type = "Record<string, string | null>")]
    fields: Map<String, Json>,
}

impl Request<Desk> for SaveSettings {
    const NAME: &'static str = "admin.save_settings";
    const ACCESS: May = May::Do(Act::ManageSchool);
    type Answer = Settings;

    fn run(self, desk: &mut Desk) -> Result<Settings> {
        let SaveSettings { fields } = self;
        save(desk, fields)
    }
}

/// After how many minutes a desk at this PC locks itself.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SetIdle {
    minutes: i64,
}

impl Request<Desk> for SetIdle {
    const NAME: &'static str = "admin.set_idle";
    const ACCESS: May = May::Do(Act::SetIdle);
    type Answer = Settings;

    fn run(self, desk: &mut Desk) -> Result<Settings> {
        let SetIdle { minutes } = self;
        set_idle(desk, minutes)
    }
}
