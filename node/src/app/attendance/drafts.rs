//! Marks that were made and not submitted outlive the program: kept in the encrypted file as they are made, at this PC alone, for
//! whoever made them.
//!
//! Invariants: nothing but submitting or taking them back removes them; a month is not signed over them.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::attendance::days;
use crate::{NodeError, Result};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// Bytes of all drafts of a person: weeks of unsubmitted classes.
const MOST: usize = 400_000;

/// What was marked in one class and not submitted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ClassDraft")]
pub struct Draft {
    /// Learner to mark.
    #[ts(type = "Record<string, string>")]
    pub marks: BTreeMap<Uuid, String>,
    /// Why the day is corrected, as far as it was typed.
    #[serde(default)]
    pub reason: String,
}

/// A class that has marks which were not submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unsubmitted {
    #[ts(type = "string")]
    pub section: Uuid,
    pub date: String,
    pub session: String,
    pub changes: usize,
}

type Drafts = BTreeMap<String, Draft>;

fn key(section: Uuid, date: i32, session: &str) -> String {
    format!("{section}/{}/{session}", pems_model::value::format_date(date))
}

impl Desk {
    fn drafts_key(&self) -> String {
        self.person().map_or_else(|| "draft.attendance".to_owned(), |person| format!("draft.attendance.{}", person.id))
    }

    fn drafts(&self) -> Result<Drafts> {
        let text = self.store.local(&self.drafts_key())?.unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    pub(super) fn draft_of(&self, section: Uuid, date: i32, session: &str) -> Result<Option<Draft>> {
        Ok(self.drafts()?.remove(&key(section, date, session)))
    }

    /// None, or one without marks: there is nothing to keep any more.
    pub(super) fn keep_class(&mut self, section: Uuid, date: i32, session: &str, draft: Option<Draft>) -> Result<()> {
        let mut drafts = self.drafts()?;
        let key = key(section, date, session);
        let before = drafts.get(&key).cloned();
        let draft = draft.filter(|draft| !draft.marks.is_empty());
        if before == draft {
            return Ok(());
        }
        match draft {
            Some(draft) => drafts.insert(key, draft),
            None => drafts.remove(&key),
        };
        let text = serde_json::to_string(&drafts).map_err(|e| NodeError::new(Code::Internal, e.to_string()))?;
        if text.len() > MOST {
            let message = "too many classes are marked and not submitted; submit some of them first";
            return Err(NodeError::new(Code::BadRequest, message));
        }
        self.store.set_local(&self.drafts_key(), &text)
    }

    /// What whoever is here marked and did not submit, by day.
    pub(in crate::app) fn unsubmitted(&self) -> Result<Vec<Unsubmitted>> {
        let read = |(key, draft): (String, Draft)| {
            let mut parts = key.split('/');
            let section = Uuid::parse_str(parts.next()?).ok()?;
            let (date, session) = (parts.next()?.to_owned(), parts.next()?.to_owned());
            Some(Unsubmitted { section, date, session, changes: draft.marks.len() })
        };
        let mut found: Vec<Unsubmitted> = self.drafts()?.into_iter().filter_map(read).collect();
        found.sort_by(|a, b| (&a.date, &a.session).cmp(&(&b.date, &b.session)));
        Ok(found)
    }

    /// # Errors
    /// `rule` for a month that has marks which were not submitted.
    pub(super) fn check_submitted(&self, section: Uuid, month: days::Month) -> Result<()> {
        let mut open = Vec::new();
        for one in self.unsubmitted()?.iter().filter(|one| one.section == section) {
            open.push(days::date(&one.date, "date")?);
        }
        open.retain(|date| month.dates().contains(date));
        if open.is_empty() {
            return Ok(());
        }
        let said = days::said_days(&open);
        let message = format!("marks of {said} are not submitted; submit them or leave the day as recorded, then sign");
        Err(NodeError::new(Code::Rule, message))
    }
}

/// Keeps marks that were made and not submitted, at this PC, for whoever made them; without a draft, none.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct KeepDraft {
    #[ts(type = "string")]
    section: Uuid,
    date: String,
    session: String,
    #[serde(default)]
    #[ts(optional)]
    draft: Option<Draft>,
}

impl Request<Desk> for KeepDraft {
    const NAME: &'static str = "attendance.keep_draft";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = ();

    fn run(self, desk: &mut Desk) -> Result<()> {
        let KeepDraft { section, date, session, draft } = self;
        crate::domain::attendance::taking::check_session(&session)?;
        desk.keep_class(section, days::date(&date, "date")?, &session, draft)
    }
}

/// The classes that whoever is here marked and did not submit.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListUnsubmitted {}

impl Request<Desk> for ListUnsubmitted {
    const NAME: &'static str = "attendance.unsubmitted";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<Unsubmitted>;

    fn run(self, desk: &mut Desk) -> Result<Vec<Unsubmitted>> {
        desk.unsubmitted()
    }
}
