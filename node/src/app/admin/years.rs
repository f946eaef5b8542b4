//! School years and their terms: what is open, until when enrolment is in time, what School Form 2 calls those who left.

use super::{at_field, check_there, edit, typed, why_not};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::{NodeError, Result};
use pems_model::value::{format_date, parse_date};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;
use uuid::Uuid;

/// Terms of a year: four quarters at most.
const MOST_TERMS: usize = 4;
/// From this school year on there are three terms (DepEd), before it four quarters.
const THREE_TERMS: &str = "2026-2027";

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SchoolYears {
    /// The newest first.
    pub years: Vec<SchoolYear>,
    /// What a new year would begin with.
    pub next: YearDraft,
    /// Why nothing can be changed here: `device` or `role`.
    pub locked: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SchoolYear {
    #[ts(type = "string")]
    pub id: Uuid,
    pub label: String,
    pub start_date: String,
    pub end_date: String,
    pub cutoff_date: Option<String>,
    pub status: String,
    pub drop_label: Option<String>,
    pub half_days: bool,
    pub terms: Vec<Term>,
    /// Sections and enrolments that hang on it.
    pub enrolments: i64,
    /// What its terms are called: `term`, `quarter` or `semester_quarter`.
    pub term_kind: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Term {
    #[ts(type = "string")]
    pub id: Uuid,
    pub ordinal: i64,
    pub kind: String,
    pub start_date: String,
    pub end_date: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct YearDraft {
    pub label: String,
    pub start_date: String,
    pub end_date: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub cutoff_date: Option<String>,
    pub status: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub drop_label: Option<String>,
    pub half_days: bool,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TermDraft {
    pub start_date: String,
    pub end_date: String,
}

fn list(desk: &Desk) -> Result<SchoolYears> {
    let conn = desk.store.conn();
    let mut terms = conn.prepare_cached(
        "SELECT id, ordinal, kind, start_date, end_date FROM term
         WHERE school_year = ?1 AND deleted_at IS NULL ORDER BY ordinal",
    )?;
    let sql = "SELECT id, label, start_date, end_date, cutoff_date, status, drop_label, coalesce(half_days, 0),
            (SELECT count(*) FROM enrolment e WHERE e.school_year = y.id AND e.deleted_at IS NULL)
        FROM school_year y WHERE deleted_at IS NULL ORDER BY label DESC";
    let mut years = conn
        .prepare_cached(sql)?
        .query_map([], |row| {
            Ok(SchoolYear {
                id: Uuid::from_bytes(row.get(0)?),
                label: row.get(1)?,
                start_date: format_date(row.get(2)?),
                end_date: format_date(row.get(3)?),
                cutoff_date: row.get::<_, Option<i32>>(4)?.map(format_date),
                status: row.get(5)?,
                drop_label: row.get(6)?,
                half_days: row.get(7)?,
                terms: Vec::new(),
                enrolments: row.get(8)?,
                term_kind: String::new(),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for year in &mut years {
        let found = terms.query_map([year.id.as_bytes()], |row| {
            Ok(Term {
                id: Uuid::from_bytes(row.get(0)?),
                ordinal: row.get(1)?,
                kind: row.get(2)?,
                start_date: format_date(row.get(3)?),
                end_date: format_date(row.get(4)?),
            })
        })?;
        year.terms = found.collect::<rusqlite::Result<_>>()?;
        let kind = year.terms.first().map_or(usual_kind(&year.label), |term| term.kind.as_str());
        year.term_kind = kind.to_owned();
    }
    let next = next(years.first(), desk.today());
    Ok(SchoolYears { next, years, locked: why_not(desk, "school_year") })
}

fn usual_kind(label: &str) -> &'static str {
    if label < THREE_TERMS { "quarter" } else { "term" }
}

/// The year after the newest, a year later; the one of today where there is none.
fn next(newest: Option<&SchoolYear>, today: i32) -> YearDraft {
    let first = newest.and_then(|year| year.label.split('-').nth(1)?.parse::<i32>().ok());
    let first = first.unwrap_or_else(|| format_date(today)[..4].parse().unwrap_or_default());
    let later = |date: &str, year: i32| format!("{year:04}{}", date.get(4..).unwrap_or("-06-08"));
    YearDraft {
        label: format!("{first}-{}", first + 1),
        start_date: later(newest.map_or("2026-06-08", |year| &year.start_date), first),
        end_date: later(newest.map_or("2027-03-31", |year| &year.end_date), first + 1),
        cutoff_date: None,
        status: "draft".into(),
        drop_label: newest.and_then(|year| year.drop_label.clone()),
        half_days: newest.is_some_and(|year| year.half_days),
    }
}

fn save(desk: &mut Desk, id: Option<Uuid>, draft: YearDraft) -> Result<SchoolYears> {
    if let Some(id) = id {
        check_there(&desk.store, "school_year", id)?;
    } else {
        let sql = "SELECT EXISTS (SELECT 1 FROM school_year WHERE label = ?1 AND deleted_at IS NULL)";
        if desk.store.conn().prepare_cached(sql)?.query_row([draft.label.trim()], |row| row.get(0))? {
            let message = format!("there is a school year {} already; change that one", draft.label.trim());
            return Err(at_field(Code::Conflict, "label", message));
        }
    }
    let cutoff = typed(draft.cutoff_date.as_deref());
    if let Some(day) = cutoff.as_str()
        && (day < draft.start_date.as_str() || day > draft.end_date.as_str())
    {
        let message = "the cut-off has to be a day of the school year; choose another";
        return Err(at_field(Code::Rule, "cutoff_date", message));
    }
    let mut fields = json!({
        "start_date": draft.start_date, "end_date": draft.end_date, "cutoff_date": cutoff, "status": draft.status,
        "drop_label": typed(draft.drop_label.as_deref()), "half_days": draft.half_days,
    });
    if id.is_none() {
        fields["label"] = json!(draft.label.trim());
    }
    let save = edit("school_year", id, fields);
    let (act, saved) = desk.store.act(|work| work.save(&save))?;
    if saved.changed {
        let what = if saved.created { "New school year" } else { "Change of the school year" };
        desk.did(act, format!("{what} {}", draft.label.trim()));
    }
    list(desk)
}

fn save_terms(desk: &mut Desk, year: Uuid, drafts: &[TermDraft]) -> Result<SchoolYears> {
    let row = check_there(&desk.store, "school_year", year)?;
    let declared = desk.store.declared("school_year")?;
    let label = row.get(declared, "label").as_text().unwrap_or_default().to_owned();
    let at = |name: &str| row.get(declared, name).to_json().as_str().and_then(parse_date);
    check_terms(drafts, at("start_date"), at("end_date"))?;
    let (act, ()) = desk.store.act(|work| {
        let mut known = std::collections::BTreeMap::new();
        {
            let sql = "SELECT ordinal, id, kind FROM term WHERE school_year = ?1 AND deleted_at IS NULL";
            let mut statement = work.conn().prepare_cached(sql)?;
            let mut found = statement.query([year.as_bytes()])?;
            while let Some(row) = found.next()? {
                let kept: (Uuid, String) = (Uuid::from_bytes(row.get(1)?), row.get(2)?);
                known.insert(row.get::<_, i64>(0)?, kept);
            }
        }
        let kind = known.values().next().map_or(usual_kind(&label).to_owned(), |(_, kind)| kind.clone());
        for (ordinal, draft) in (1_i64..).zip(drafts) {
            let id = known.remove(&ordinal).map(|(id, _)| id);
            let mut fields = json!({ "kind": kind, "start_date": draft.start_date, "end_date": draft.end_date });
            if id.is_none() {
                fields["school_year"] = json!(year);
                fields["ordinal"] = json!(ordinal);
            }
            work.save(&edit("term", id, fields))?;
        }
        for (id, _) in known.into_values() {
            work.delete("term", id)?;
        }
        Ok(())
    })?;
    desk.did(act, format!("Change of the terms of {label}"));
    list(desk)
}

/// Days, one after the other, all within the year. `field` names the first that is not.
fn check_terms(drafts: &[TermDraft], start: Option<i32>, end: Option<i32>) -> Result<()> {
    if drafts.len() > MOST_TERMS {
        return Err(NodeError::new(Code::Rule, "a school year has four terms at most; take one away"));
    }
    let mut after = start.unwrap_or(i32::MIN);
    for (at, draft) in drafts.iter().enumerate() {
        let day = |text: &str, name: &str| {
            parse_date(text)
                .ok_or_else(|| at_field(Code::BadFormat, &format!("{at}.{name}"), "this is not a day; type it again"))
        };
        let (from, to) = (day(&draft.start_date, "start_date")?, day(&draft.end_date, "end_date")?);
        if from < after {
            let message = format!("this term has to begin on {} or later", format_date(after));
            return Err(at_field(Code::Rule, &format!("{at}.start_date"), message));
        }
        if to < from {
            let message = "the last day must not be before the first";
            return Err(at_field(Code::Rule, &format!("{at}.end_date"), message));
        }
        if end.is_some_and(|end| to > end) {
            let message = format!(
                "the school year ends on {}; choose a day until then",
                end.map(format_date).unwrap_or_default()
            );
            return Err(at_field(Code::Rule, &format!("{at}.end_date"), message));
        }
        after = to.saturating_add(1);
    }
    Ok(())
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListYears {}

impl Request<Desk> for ListYears {
    const NAME: &'static str = "admin.years";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = SchoolYears;

    fn run(self, desk: &mut Desk) -> Result<SchoolYears> {
        list(desk)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveYear {
    #[serde(default)]
    #[ts(optional, type = "string")]
    id: Option<Uuid>,
    draft: YearDraft,
}

impl Request<Desk> for SaveYear {
    const NAME: &'static str = "admin.save_year";
    const ACCESS: May = May::Do(Act::ManageYears);
    type Answer = SchoolYears;

    fn run(self, desk: &mut Desk) -> Result<SchoolYears> {
        let SaveYear { id, draft } = self;
        save(desk, id, draft)
    }
}

/// All terms of a year at once, the first one first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveTerms {
    #[ts(type = "string")]
    year: Uuid,
    terms: Vec<TermDraft>,
}

impl Request<Desk> for SaveTerms {
    const NAME: &'static str = "admin.save_terms";
    const ACCESS: May = May::Do(Act::ManageYears);
    type Answer = SchoolYears;

    fn run(self, desk: &mut Desk) -> Result<SchoolYears> {
        let SaveTerms { year, terms } = self;
        save_terms(desk, year, &terms)
    }
}
