//! The school's own affairs: who works here, what the school is called, its years and number ranges, a copy of the records for the
//! day a disk dies, and the proof that the hub has them. `{"do": "admin.…"}`.
//!
//! Invariants: a school admin changes, a school head reads, nobody else is answered; a school that has users keeps one who may
//! administer; users are disabled, never deleted; what reads every record runs beside the desk, which never waits for it.

mod backup;
mod devices;
mod job;
mod proof;
mod ranges;
mod settings;
#[cfg(test)]
mod tests;
mod users;
mod years;

pub use backup::{Backup, BackupState};
pub use devices::{Device, Devices};
pub use proof::{Counted, Proof, ProofState};
pub use ranges::{Range, RangeDraft, Ranges};
pub use settings::Settings;
pub use users::{MadeUser, UserDraft, UserRow, Users};
pub use years::{SchoolYear, SchoolYears, Term, TermDraft, YearDraft};

use super::Desk;
use crate::store::Save;
use crate::{NodeError, Result, Store};
use pems_model::{Code, Role};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;
use uuid::Uuid;

const READERS: &[Role] = &[Role::SchoolAdmin, Role::SchoolHead];
const ADMINS: &[Role] = &[Role::SchoolAdmin];

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "AdminRequest")]
pub enum Request {
    /// Answered by [`Users`].
    #[serde(rename = "admin.users")]
    Users,
    /// Without `id` a new user, who gets a one-time password. Answered by [`MadeUser`].
    #[serde(rename = "admin.save_user")]
    SaveUser {
        #[serde(default)]
        #[ts(optional, type = "string")]
        id: Option<Uuid>,
        draft: UserDraft,
    },
    /// Answered by [`Users`].
    #[serde(rename = "admin.disable_user")]
    DisableUser {
        #[ts(type = "string")]
        id: Uuid,
        disabled: bool,
    },
    /// Another one-time password. Answered by [`MadeUser`].
    #[serde(rename = "admin.reset_password")]
    ResetPassword {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// Answered by [`Devices`].
    #[serde(rename = "admin.devices")]
    Devices,
    /// Answered by [`Settings`].
    #[serde(rename = "admin.settings")]
    Settings,
    /// Answered by [`Settings`].
    #[serde(rename = "admin.save_settings")]
    SaveSettings {
        #[ts(type = "Record<string, string | null>")]
        fields: Map<String, Json>,
    },
    /// After how many minutes a desk at this PC locks itself. Answered by [`Settings`].
    #[serde(rename = "admin.set_idle")]
    SetIdle { minutes: i64 },
    /// Answered by [`SchoolYears`].
    #[serde(rename = "admin.years")]
    Years,
    /// Answered by [`SchoolYears`].
    #[serde(rename = "admin.save_year")]
    SaveYear {
        #[serde(default)]
        #[ts(optional, type = "string")]
        id: Option<Uuid>,
        draft: YearDraft,
    },
    /// All terms of a year at once, the first one first. Answered by [`SchoolYears`].
    #[serde(rename = "admin.save_terms")]
    SaveTerms {
        #[ts(type = "string")]
        year: Uuid,
        terms: Vec<TermDraft>,
    },
    /// Answered by [`Ranges`].
    #[serde(rename = "admin.ranges")]
    Ranges,
    /// Answered by [`Ranges`].
    #[serde(rename = "admin.save_range")]
    SaveRange {
        #[serde(default)]
        #[ts(optional, type = "string")]
        id: Option<Uuid>,
        draft: RangeDraft,
    },
    /// Answered by [`Ranges`].
    #[serde(rename = "admin.remove_range")]
    RemoveRange {
        #[ts(type = "string")]
        id: Uuid,
    },
    /// Begins a copy of the records, to be opened with the passphrase; a folder gets a file with today's name. Answered by [`BackupState`].
    #[serde(rename = "admin.back_up")]
    BackUp { path: String, passphrase: String },
    /// Answered by [`BackupState`].
    #[serde(rename = "admin.backup")]
    Backup,
    /// How the records stand against the hub's, computed from every row. `again` begins anew. Answered by [`ProofState`].
    #[serde(rename = "admin.proof")]
    Proof { again: bool },
    /// Writes the last proof as a page of text. Answered by the file's path.
    #[serde(rename = "admin.save_proof")]
    SaveProof { path: String },
}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "export interface AdminAnswers {
  \"admin.users\": Users;
  \"admin.save_user\": MadeUser;
  \"admin.disable_user\": Users;
  \"admin.reset_password\": MadeUser;
  \"admin.devices\": Devices;
  \"admin.settings\": Settings;
  \"admin.save_settings\": Settings;
  \"admin.set_idle\": Settings;
  \"admin.years\": SchoolYears;
  \"admin.save_year\": SchoolYears;
  \"admin.save_terms\": SchoolYears;
  \"admin.ranges\": Ranges;
  \"admin.save_range\": Ranges;
  \"admin.remove_range\": Ranges;
  \"admin.back_up\": BackupState;
  \"admin.backup\": BackupState;
  \"admin.proof\": ProofState;
  \"admin.save_proof\": string;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        Users::decl(config),
        UserRow::decl(config),
        UserDraft::decl(config),
        MadeUser::decl(config),
        Devices::decl(config),
        Device::decl(config),
        Settings::decl(config),
        SchoolYears::decl(config),
        SchoolYear::decl(config),
        YearDraft::decl(config),
        Term::decl(config),
        TermDraft::decl(config),
        Ranges::decl(config),
        Range::decl(config),
        RangeDraft::decl(config),
        BackupState::decl(config),
        Backup::decl(config),
        ProofState::decl(config),
        Proof::decl(config),
        Counted::decl(config),
    ]
}

/// What goes on beside the desk.
#[derive(Debug, Default)]
pub(super) struct Beside {
    backup: job::Job<Backup>,
    /// Where the copy goes that is under way.
    backup_to: Option<std::path::PathBuf>,
    proof: job::Job<Proof>,
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    desk.check_role(READERS, "see how the school is set up")?;
    match request {
        Request::Users => users::list(desk),
        Request::SaveUser { id: None, draft } => users::make(desk, draft),
        Request::SaveUser { id: Some(id), draft } => users::change(desk, id, draft),
        Request::DisableUser { id, disabled } => users::disable(desk, id, disabled),
        Request::ResetPassword { id } => users::reset(desk, id),
        Request::Devices => devices::list(desk),
        Request::Settings => settings::read(desk),
        Request::SaveSettings { fields } => settings::save(desk, fields),
        Request::SetIdle { minutes } => settings::set_idle(desk, minutes),
        Request::Years => years::list(desk),
        Request::SaveYear { id, draft } => years::save(desk, id, draft),
        Request::SaveTerms { year, terms } => years::save_terms(desk, year, &terms),
        Request::Ranges => ranges::list(desk),
        Request::SaveRange { id, draft } => ranges::save(desk, id, &draft),
        Request::RemoveRange { id } => ranges::remove(desk, id),
        Request::BackUp { path, passphrase } => backup::begin(desk, &path, &passphrase),
        Request::Backup => backup::state(desk),
        Request::Proof { again } => proof::state(desk, again),
        Request::SaveProof { path } => proof::save(desk, &path),
    }
}

/// Why nothing of this kind can be changed here and now; none where it can.
fn why_not(desk: &Desk, entity: &str) -> Option<&'static str> {
    let declared = desk.store.schema().entity(entity)?;
    if !declared.may_write(desk.store.role()) {
        return Some("device");
    }
    (!declared.may_write(desk.role())).then_some("role")
}

fn edit(entity: &str, id: Option<Uuid>, fields: Json) -> Save {
    Save { entity: entity.into(), id, fields: fields.as_object().cloned().unwrap_or_default() }
}

/// What was typed, without the blanks around it; nothing where nothing is left.
fn typed(text: Option<&str>) -> Json {
    text.map(str::trim).filter(|text| !text.is_empty()).map_or(Json::Null, |text| json!(text))
}

/// A refusal that is about one field of a form.
fn at_field(code: Code, field: &str, message: impl Into<String>) -> NodeError {
    NodeError::new(code, message).with_details(json!({ "field": field }))
}

fn check_there(store: &Store, entity: &str, id: Uuid) -> Result<pems_model::Row> {
    let found = store.get(entity, id)?.filter(pems_model::Row::is_live);
    found.ok_or_else(|| NodeError::new(Code::NotFound, "this is not there any more; somebody took it away meanwhile"))
}
