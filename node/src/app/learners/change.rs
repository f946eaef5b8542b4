//! What is changed of learners: of one, of many, from a spreadsheet. Which fields who may write is the declarations' business.

use super::paste::{Paste, Pasted, Preview};
use super::write::{Changed, Edited, Given, GuardianDraft, PaperDraft};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use pems_model::Act;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use ts_rs::TS;
use uuid::Uuid;

/// Puts one value of one record back.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Restore {
    entity: String,
    #[ts(type = "string")]
    id: Uuid,
    field: String,
    #[ts(type = "unknown")]
    value: Json,
}

impl Request<Desk> for Restore {
    const NAME: &'static str = "learners.restore";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let Restore { entity, id, field, value } = self;
        desk.restore_value(&entity, id, &field, value)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Save {
    #[ts(type = "string")]
    id: Uuid,
    #[ts(type = "Record<string, unknown>")]
    fields: Map<String, Json>,
}

impl Request<Desk> for Save {
    const NAME: &'static str = "learners.save";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let Save { id, fields } = self;
        desk.save_learner(id, fields)
    }
}

/// A new learner, with parents and papers.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct New {
    #[ts(type = "Record<string, unknown>")]
    fields: Map<String, Json>,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<GuardianDraft>>")]
    guardians: Vec<GuardianDraft>,
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<PaperDraft>>")]
    papers: Vec<PaperDraft>,
}

impl Request<Desk> for New {
    const NAME: &'static str = "learners.new";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let New { fields, guardians, papers } = self;
        desk.new_learner(fields, &guardians, &papers)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PutGuardian {
    #[ts(type = "string")]
    learner: Uuid,
    guardian: GuardianDraft,
}

impl Request<Desk> for PutGuardian {
    const NAME: &'static str = "learners.put_guardian";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let PutGuardian { learner, guardian } = self;
        desk.put_guardian(learner, &guardian)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct RemoveGuardian {
    #[ts(type = "string")]
    link: Uuid,
}

impl Request<Desk> for RemoveGuardian {
    const NAME: &'static str = "learners.remove_guardian";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let RemoveGuardian { link } = self;
        desk.remove_guardian(link)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PutPaper {
    #[ts(type = "string")]
    learner: Uuid,
    paper: PaperDraft,
}

impl Request<Desk> for PutPaper {
    const NAME: &'static str = "learners.put_paper";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let PutPaper { learner, paper } = self;
        desk.put_paper(learner, &paper)
    }
}

/// The same values for many.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct EditMany {
    #[ts(type = "string[]")]
    ids: Vec<Uuid>,
    #[ts(type = "Record<string, unknown>")]
    fields: Map<String, Json>,
}

impl Request<Desk> for EditMany {
    const NAME: &'static str = "learners.edit_many";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Edited;

    fn run(self, desk: &mut Desk) -> Result<Edited> {
        let EditMany { ids, fields } = self;
        desk.edit_many(&ids, &fields)
    }
}

/// A value of its own for each of many, as a column of a spreadsheet over chosen rows.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct EditEach {
    field: String,
    values: Vec<Given>,
}

impl Request<Desk> for EditEach {
    const NAME: &'static str = "learners.edit_each";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Edited;

    fn run(self, desk: &mut Desk) -> Result<Edited> {
        let EditEach { field, values } = self;
        desk.edit_each(&field, &values)
    }
}

/// A learner who was entered by mistake.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Delete {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for Delete {
    const NAME: &'static str = "learners.delete";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Changed;

    fn run(self, desk: &mut Desk) -> Result<Changed> {
        let Delete { id } = self;
        desk.delete_learner(id)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PreviewPaste {
    paste: Paste,
}

impl Request<Desk> for PreviewPaste {
    const NAME: &'static str = "learners.paste_preview";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Preview;

    fn run(self, desk: &mut Desk) -> Result<Preview> {
        let PreviewPaste { paste } = self;
        desk.paste_preview(&paste)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PasteLearners {
    paste: Paste,
}

impl Request<Desk> for PasteLearners {
    const NAME: &'static str = "learners.paste";
    const ACCESS: May = May::Do(Act::KeepLearners);
    type Answer = Pasted;

    fn run(self, desk: &mut Desk) -> Result<Pasted> {
        let PasteLearners { paste } = self;
        desk.paste(&paste)
    }
}
