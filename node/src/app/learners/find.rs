//! The list of learners: searched, filtered, sorted, a page at a time. Answered from memory alone, but for columns that the
//! directory does not keep.

use super::entry::{Entry, Year};
use super::order::ordered;
use super::query::{Query, year_of};
use crate::app::Desk;
use crate::{NodeError, Result};
use pems_model::{Code, Entity};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use ts_rs::TS;
use uuid::Uuid;

/// Most rows of one answer: a few screens full. A grid asks for the next ones while it is scrolled.
const MAX_ROWS: usize = 500;

/// A learner in the list; what is not recorded is not there.
#[derive(TS)]
#[ts(rename = "LearnerLine")]
#[ts(
    type = "{ id: string; age?: number; papers?: string[] } & { [column: string]: string | number | boolean | string[] | undefined }"
)]
pub(super) struct Line;

/// A page of the list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LearnersFound {
    /// `id` and what is not empty of: `name`, `last_name`, `first_name`, `middle_name`, `name_ext`, `lrn`, `student_no`,
    /// `sex`, `birth_date`, `age`, `grade`, `section`, `status`, `school_year`, `guardian`, `guardian_phone`, `papers`
    /// (kinds that are missing), `barangay`, `municipality`, `phone`, and the columns that were asked for; `hidden` where the rest
    /// is not for whoever is here.
    #[ts(as = "Vec<Line>")]
    pub rows: Vec<Json>,
    /// How many the query finds.
    pub found: usize,
    /// How many of them, the last ones, are only nearly what was typed.
    pub near: usize,
    /// How many learners there are.
    pub total: usize,
}

/// The last answer's order, so that scrolling does not sort again.
#[derive(Debug, Default)]
pub struct Answered {
    key: Option<(Query, u64)>,
    order: Arc<[u32]>,
    near: usize,
}

impl Desk {
    fn order(&mut self, query: &Query) -> Result<Arc<[u32]>> {
        self.learners.directory.follow(&self.store)?;
        let key = Some((query.clone(), self.learners.directory.version));
        if self.learners.answered.key != key {
            let (order, near) = ordered(&mut self.learners.directory, query)?;
            let answered = &mut self.learners.answered;
            (answered.key, answered.order, answered.near) = (key, order.into(), near);
        }
        Ok(Arc::clone(&self.learners.answered.order))
    }

    pub(super) fn find_learners(
        &mut self,
        query: &Query,
        (offset, limit): (usize, usize),
        columns: &[String],
    ) -> Result<LearnersFound> {
        let order = self.order(query)?;
        let page = order.iter().skip(offset).take(limit.min(MAX_ROWS));
        let rows = self.lines(query, page, columns)?.into_iter().map(Json::Object).collect();
        let near = self.learners.answered.near;
        Ok(LearnersFound { rows, found: order.len(), near, total: self.learners.directory.entries.len() })
    }

    /// All that a query finds, as whoever is here may see it: for lists that leave the window.
    ///
    /// # Errors
    /// `unknown_field` for a column that learners do not have.
    pub(crate) fn learner_lines(&mut self, query: &Query, columns: &[String]) -> Result<Vec<Map<String, Json>>> {
        let order = self.order(query)?;
        self.lines(query, order.iter(), columns)
    }

    fn lines<'a>(
        &self,
        query: &Query,
        page: impl Iterator<Item = &'a u32>,
        columns: &[String],
    ) -> Result<Vec<Map<String, Json>>> {
        let today = self.today();
        let entity = self.store.declared("student")?;
        let year = year_of(&self.learners.directory, query)?;
        let sight = self.sight()?;
        let mut rows = Vec::new();
        for at in page {
            let entry = &self.learners.directory.entries[*at as usize];
            let mut line = line(entry, year, &self.learners.directory.years, today);
            // By where the learner sits now, whichever year is looked at.
            let section = entry.place(None).and_then(|place| place.section.as_ref()).map(|(id, _)| *id);
            if sight.sees(section) {
                self.add_columns(entity, entry, columns, &mut line)?;
            }
            sight.narrow(&mut line, section);
            rows.push(line);
        }
        Ok(rows)
    }

    /// The ids of all that a query finds, in its order: for what is done to all of them.
    pub(super) fn learner_ids(&mut self, query: &Query) -> Result<Vec<Uuid>> {
        let order = self.order(query)?;
        Ok(order.iter().map(|at| self.learners.directory.entries[*at as usize].id).collect())
    }

    /// The ids of those who fit a text best, the best first.
    pub(in crate::app) fn ranked_learners(&mut self, text: &str, limit: usize) -> Result<Vec<Uuid>> {
        let mut found = self.learner_ids(&Query { text: text.to_owned(), ..Query::default() })?;
        found.truncate(limit);
        Ok(found)
    }

    /// Fields that the directory does not keep, read for the rows of this page.
    fn add_columns(
        &self,
        entity: &Entity,
        entry: &Entry,
        columns: &[String],
        line: &mut Map<String, Json>,
    ) -> Result<()> {
        let more: Vec<&String> = columns.iter().filter(|name| !KEPT.contains(&name.as_str())).collect();
        if let Some(unknown) = more.iter().find(|name| entity.field_index(name).is_none()) {
            return Err(NodeError::new(Code::UnknownField, format!("learners have no column '{unknown}'")));
        }
        if more.is_empty() {
            return Ok(());
        }
        if let Some(row) = self.store.get("student", entry.id)? {
            for name in more {
                put(line, name, row.get(entity, name).to_json());
            }
        }
        Ok(())
    }
}

/// Columns that every line has.
const KEPT: &[&str] = &[
    "name",
    "last_name",
    "first_name",
    "middle_name",
    "name_ext",
    "lrn",
    "student_no",
    "sex",
    "birth_date",
    "age",
    "grade",
    "section",
    "status",
    "school_year",
    "guardian",
    "guardian_phone",
    "papers",
    "barangay",
    "municipality",
    "phone",
];

fn put(line: &mut Map<String, Json>, key: &str, value: Json) {
    let empty = value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
    if !empty {
        line.insert(key.to_owned(), value);
    }
}

pub(super) fn line(entry: &Entry, year: Option<usize>, years: &[Year], today: i32) -> Map<String, Json> {
    let told = &entry.told;
    let mut line = Map::from_iter([("id".to_owned(), json!(entry.id))]);
    for (key, text) in [
        ("last_name", &told.last),
        ("first_name", &told.first),
        ("middle_name", &told.middle),
        ("name_ext", &told.ext),
        ("lrn", &told.lrn),
        ("student_no", &told.student_no),
        ("sex", &told.sex),
        ("barangay", &told.barangay),
        ("municipality", &told.municipality),
        ("phone", &told.phone),
        ("guardian_phone", &entry.guardian_phone),
    ] {
        put(&mut line, key, json!(text));
    }
    put(&mut line, "birth_date", json!(entry.birth_date()));
    put(&mut line, "age", json!(told.birth_date.and_then(|born| age(born, today))));
    put(&mut line, "guardian", json!(entry.guardians.first()));
    put(&mut line, "papers", json!(entry.missing));
    if let Some(place) = entry.place(year) {
        put(&mut line, "grade", json!(place.grade));
        put(&mut line, "status", json!(place.status));
        put(&mut line, "section", json!(place.section.as_ref().map(|(_, name)| name)));
        put(&mut line, "school_year", json!(years.get(place.year).map(|year| &year.label)));
    }
    line
}

/// Full years between two days; none for a birth after `today`.
pub(super) fn age(born: i32, today: i32) -> Option<i32> {
    let parts = |day: i32| {
        let text = pems_model::value::format_date(day);
        Some((text.get(0..4)?.parse::<i32>().ok()?, text.get(5..)?.to_owned()))
    };
    let ((born_year, born_day), (year, day)) = (parts(born)?, parts(today)?);
    let full = year - born_year - i32::from(day < born_day);
    (full >= 0).then_some(full)
}
