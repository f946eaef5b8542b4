//! What needs somebody, in words: the record's name, both values, who typed them, when and at which PC.

use super::{together, words};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::store::{HIDDEN, ReviewEntry, Trouble, called};
use crate::{NodeError, Result, Store};
use pems_model::{Act, Code, Entity, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// Most entries of one answer: more than anybody settles in an afternoon. Settling these brings the next.
const MOST: usize = 2_000;

/// What needs somebody, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Needs {
    pub items: Vec<Need>,
    /// Why the hub does not sync with this PC, if that is so.
    pub trouble: Option<Trouble>,
    /// How many there are, also those that are not in this answer.
    pub total: usize,
}

/// A conflict, or a change that the hub refused.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Need {
    #[ts(type = "string")]
    pub id: Uuid,
    /// What is decided with it: the entry of each field that the same change contests.
    #[ts(type = "string[]")]
    pub ids: Vec<Uuid>,
    /// `conflict`: two PCs changed one field. `claim`: a number was taken already. `deleted`: deleted here, changed there.
    /// `duplicate`: two records have a number that names one. `refused`: the hub did not take a change of this PC. `damaged`: a
    /// change of this PC cannot be read any more and was not sent.
    pub kind: String,
    pub entity: String,
    pub entity_label: String,
    /// None where the file no longer says.
    #[ts(type = "string | null")]
    pub row_id: Option<Uuid>,
    /// The other record of a `duplicate`: `theirs` is about it.
    #[ts(type = "string | null")]
    pub other_id: Option<Uuid>,
    /// `Dela Cruz, Juan Reyes`.
    pub record: String,
    pub other_record: Option<String>,
    /// For a refused change: `new`, `change` or `delete`; for the others `change`.
    pub what: &'static str,
    /// None where it is about the whole record.
    pub fields: Vec<Sides>,
    /// Which of the two the record has now: `mine`, `theirs`, `neither`, or `gone` where it was deleted since; `mixed` where the
    /// fields say different things.
    pub stands: &'static str,
    pub mine: Author,
    pub theirs: Author,
    /// Why a change was refused: the stable code and the sentence.
    pub code: Option<String>,
    pub message: Option<String>,
    /// Whether whoever works here may decide it.
    pub may: bool,
}

/// One field, both ways. Texts are as the screens format them: ISO dates, choices by their code, names of linked records.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Sides {
    /// The entry that is about this field.
    #[ts(type = "string")]
    pub id: Uuid,
    pub field: String,
    pub label: String,
    /// `text`, `date`, `time`, `flag` or `choice`.
    pub shape: &'static str,
    pub mine: Option<String>,
    pub theirs: Option<String>,
    /// Which of the two the record has now, as in [`Need`].
    pub stands: &'static str,
    /// What the record says now, where it is neither.
    pub now: Option<String>,
}

/// Who typed a value, where and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Author {
    pub name: Option<String>,
    /// RFC 3339.
    pub at: Option<String>,
    /// Whether it was typed at this PC.
    pub here: bool,
    /// What the other PC is called; where the hub has not told, the last figures of its id (`…6AF2`), which its own sync details show.
    pub pc: Option<String>,
}

pub(super) fn list(desk: &Desk) -> Result<Needs> {
    let store = &desk.store;
    let mut reviews = store.reviews()?;
    let at = |entry: &ReviewEntry| entry.theirs_at.clone().max(entry.mine_at.clone());
    reviews.sort_by_cached_key(|entry| std::cmp::Reverse(at(entry)));
    let mut questions = together::questions(reviews);
    let total = questions.len();
    let mut entries = 0;
    questions.retain(|question| {
        entries += question.len();
        entries <= MOST
    });
    let names = store.device_names()?;
    let mut items = Vec::with_capacity(questions.len());
    for mut question in questions {
        for entry in &mut question {
            match store.stand(entry) {
                // A record that cannot be read holds up no other question; what is the matter is said with this one.
                Err(error) if error.code == Code::StoreCorrupt => {
                    entry.reason = Some(json!({ "code": error.code.text(), "message": error.message }));
                }
                stood => stood?,
            }
        }
        items.push(need(desk, &question, &names)?);
    }
    Ok(Needs { items, trouble: store.trouble()?, total })
}

fn need(desk: &Desk, question: &[ReviewEntry], pcs: &HashMap<Uuid, String>) -> Result<Need> {
    let store = &desk.store;
    let entry = &question[0];
    let refused = matches!(entry.kind.as_str(), "refused" | "damaged");
    let (mine, theirs) = authors(store, entry, pcs)?;
    let name_of = |entity: &Entity, id: Option<Uuid>| match id.map(|id| words::record_name(store, entity, id)) {
        None => Ok(entity.label.to_owned()),
        Some(Err(error)) if error.code == Code::StoreCorrupt => Ok(entity.label.to_owned()),
        Some(named) => named,
    };
    let declared = store.schema().entity(&entry.entity);
    let mut fields = Vec::new();
    if refused {
        let row = match entry.row_id.map(|id| store.get(&entry.entity, id)) {
            Some(Ok(row)) => row,
            // A kind of record that this version does not know, or a row that cannot be read: nothing to compare with.
            Some(Err(_)) | None => None,
        };
        for (name, typed) in entry.mine.as_object().into_iter().flatten() {
            let stands = match (declared, &row) {
                (Some(entity), Some(row)) => row.get(entity, name).to_json(),
                _ => Json::Null,
            };
            fields.push(sides(store, entry, name, typed, &stands)?);
        }
    } else {
        for entry in question {
            if let Some(name) = &entry.field {
                fields.push(sides(store, entry, name, &entry.mine, &entry.theirs)?);
            }
        }
    }
    // As a form has them.
    fields.sort_by_key(|one: &Sides| declared.and_then(|entity| entity.field_index(&one.field)));
    let mut may = Act::DecideReviews.allows(desk.role());
    for entry in question {
        may = may && store.may_decide(entry)?;
    }
    let record = match declared {
        Some(entity) => match name_of(entity, entry.row_id)? {
            name if name == entity.label && refused => typed_name(&entry.mine).unwrap_or(name),
            name => name,
        },
        None => entry.entity.clone(),
    };
    let reason = |key: &str| entry.reason.as_ref().and_then(|reason| reason[key].as_str().map(str::to_owned));
    Ok(Need {
        id: entry.id,
        ids: question.iter().map(|entry| entry.id).collect(),
        kind: entry.kind.clone(),
        entity: entry.entity.clone(),
        entity_label: declared.map_or(entry.entity.as_str(), |entity| entity.label).to_owned(),
        row_id: entry.row_id,
        other_id: entry.other_id,
        record,
        other_record: match (declared, entry.other_id) {
            (Some(entity), Some(id)) => Some(name_of(entity, Some(id))?),
            _ => None,
        },
        what: entry.what,
        fields,
        stands: if question.iter().all(|other| other.stands == entry.stands) { entry.stands } else { "mixed" },
        mine,
        theirs,
        code: reason("code"),
        message: reason("message"),
        may,
    })
}

/// The name in a refused new record, which is in no table any more.
fn typed_name(fields: &Json) -> Option<String> {
    let text = |name: &str| fields[name].as_str();
    match (text("last_name"), text("first_name"), text("name")) {
        (Some(last), first, _) => Some(format!("{last}, {}", first.unwrap_or_default())),
        (None, _, Some(name)) => Some(name.to_owned()),
        _ => None,
    }
}

fn sides(store: &Store, entry: &ReviewEntry, field: &str, mine: &Json, theirs: &Json) -> Result<Sides> {
    let declared = store.schema().entity(&entry.entity).and_then(|entity| {
        let i = entity.field_index(field)?;
        Some(&entity.fields[i])
    });
    // A damaged value is shown as it stands in the file.
    let kind = declared.filter(|_| !entry.damaged).map_or(Kind::Text { max: 0 }, |field| field.kind);
    let hidden = declared.is_some_and(|field| field.secret);
    let said = |value: &Json| match words::field_words(store, kind, value)? {
        Some(_) if hidden => Ok(Some(HIDDEN.to_owned())),
        said => Ok::<_, NodeError>(said),
    };
    Ok(Sides {
        id: entry.id,
        field: field.to_owned(),
        label: declared.map_or(field, |field| field.label).to_owned(),
        shape: words::shape(kind),
        mine: said(mine)?,
        theirs: said(theirs)?,
        stands: entry.stands,
        now: if entry.stands == "neither" { said(&entry.now)? } else { None },
    })
}

fn authors(store: &Store, entry: &ReviewEntry, pcs: &HashMap<Uuid, String>) -> Result<(Author, Author)> {
    let author = |user, device: Option<Uuid>, at: &Option<String>| -> Result<Author> {
        Ok(Author {
            name: words::user_name(store, user)?,
            at: at.clone(),
            here: device == Some(store.replica()),
            pc: device.filter(|id| *id != store.replica()).map(|id| called(pcs, id)),
        })
    };
    Ok((
        author(entry.mine_user, entry.mine_device, &entry.mine_at)?,
        author(entry.theirs_user, entry.theirs_device, &entry.theirs_at)?,
    ))
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListNeeds {}

impl Request<Desk> for ListNeeds {
    const NAME: &'static str = "review.list";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Needs;

    fn run(self, desk: &mut Desk) -> Result<Needs> {
        list(desk)
    }
}
