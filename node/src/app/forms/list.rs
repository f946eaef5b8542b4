//! The list of learners as it was searched, filtered and sorted, and other lists as tables. What is written is what may be seen here,
//! no more.

use super::form::{Form, Gathered, PAPER, Paper};
use super::named::{LIST_WORDS, Said, parts};
use super::school;
use crate::Result;
use crate::app::Desk;
use crate::app::learners::LearnerQuery;
use crate::domain::attendance::section::{Section, titled};
use pems_forms::class_list::ClassList;
use pems_forms::list::{Column, List};
use pems_forms::{FormError, Page};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::HashSet;
use ts_rs::TS;
use uuid::Uuid;

/// The columns of the list of learners, and what they are called on paper.
const COLUMNS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("last_name", "Last name"),
    ("first_name", "First name"),
    ("middle_name", "Middle name"),
    ("name_ext", "Extension"),
    ("lrn", "LRN"),
    ("student_no", "Student no."),
    ("sex", "Sex"),
    ("birth_date", "Birth date"),
    ("age", "Age"),
    ("grade", "Grade"),
    ("section", "Section"),
    ("status", "Status"),
    ("school_year", "School year"),
    ("papers", "Papers missing"),
    ("guardian", "Guardian"),
    ("guardian_phone", "Guardian's phone"),
    ("barangay", "Barangay"),
    ("municipality", "Town or city"),
    ("phone", "Mobile phone"),
];
const AT_FIRST: &[&str] = &["name", "lrn", "sex", "birth_date", "grade", "section", "status"];
const FIGURES: &[&str] = &["lrn", "student_no", "age", "guardian_phone", "phone", "birth_date"];

/// The list of learners as it was searched, filtered and sorted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedLearnerList")]
pub struct AskLearnerList {
    #[serde(default)]
    #[ts(optional, as = "Option<LearnerQuery>")]
    pub query: LearnerQuery,
    /// Those that are shown, in order; the usual ones where none is named.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub columns: Vec<String>,
    /// Only these of them, where some were chosen.
    #[serde(default)]
    #[ts(optional, type = "string[]")]
    pub chosen: Vec<Uuid>,
}

impl Form for AskLearnerList {
    const WORDS: &'static [&'static str] = LIST_WORDS;

    fn named(said: &Said<'_>) -> Result<AskLearnerList> {
        let columns = said.text("columns").map(parts).unwrap_or_default();
        Ok(AskLearnerList { query: said.query()?, columns, chosen: Vec::new() })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        learners(desk, &self.query, &self.columns, &self.chosen)
    }
}

impl Paper for List {
    fn pages(&self) -> Vec<Page> {
        if self.too_long().is_some() { Vec::new() } else { pems_forms::list::pages(self) }
    }

    fn too_long(&self) -> Option<usize> {
        Some(self.rows.len()).filter(|rows| *rows > PAPER)
    }

    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        Some(pems_forms::list::xlsx(self))
    }

    fn table(&self) -> Option<List> {
        Some(self.clone())
    }

    fn formats(&self) -> Vec<&'static str> {
        if self.too_long().is_some() { vec!["xlsx", "csv"] } else { vec!["pdf", "xlsx", "csv"] }
    }
}

/// The learners that a query finds, in its order; `chosen` of them, where some are.
fn learners(desk: &mut Desk, query: &LearnerQuery, columns: &[String], chosen: &[Uuid]) -> Result<Gathered> {
    let columns: Vec<String> =
        if columns.is_empty() { AT_FIRST.iter().map(|key| (*key).to_owned()).collect() } else { columns.to_vec() };
    let mut lines = desk.learner_lines(query, &columns)?;
    if !chosen.is_empty() {
        let chosen: HashSet<String> = chosen.iter().map(Uuid::to_string).collect();
        lines.retain(|line| line.get("id").and_then(Json::as_str).is_some_and(|id| chosen.contains(id)));
    }
    let mut narrowed = narrowed(desk, query)?;
    if !chosen.is_empty() {
        narrowed.push("chosen by hand".to_owned());
    }
    let label = |key: &String| Column { label: label(key), figures: FIGURES.contains(&key.as_str()) };
    let row = |line: &Map<String, Json>| columns.iter().map(|key| cell(line, key)).collect();
    let title = match narrowed.as_slice() {
        [] => "Learners".to_owned(),
        some => format!("Learners, {}", some.join(", ")),
    };
    let list = List {
        school: school::letterhead(&desk.store)?.school,
        title: "LIST OF LEARNERS".to_owned(),
        columns: columns.iter().map(label).collect(),
        rows: lines.iter().map(row).collect(),
        narrowed,
        counted: "learners".to_owned(),
        on: desk.today(),
    };
    Ok(Gathered { title, form: Box::new(list) })
}

/// A column as people read it.
fn label(key: &str) -> String {
    let known = COLUMNS.iter().find(|(name, _)| *name == key).map(|(_, label)| (*label).to_owned());
    known.unwrap_or_else(|| {
        let field = pems_model::entities::STUDENT.fields.iter().find(|field| field.name == key);
        field.map_or_else(|| key.to_owned(), |field| field.label.to_owned())
    })
}

/// What stands in a cell: nothing where nothing is recorded.
pub(crate) fn cell(line: &Map<String, Json>, key: &str) -> String {
    let text = |key: &str| match line.get(key) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(yes)) => (if *yes { "Yes" } else { "No" }).to_owned(),
        Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    };
    match key {
        "name" => {
            let given = [text("first_name"), text("name_ext"), text("middle_name")];
            let given: Vec<String> = given.into_iter().filter(|part| !part.is_empty()).collect();
            format!("{}, {}", text("last_name"), given.join(" "))
        }
        "status" => capital(&text(key)),
        "papers" => text(key).to_uppercase().replace('_', " "),
        _ => text(key),
    }
}

/// `transferred_out` as `Transferred out`.
fn capital(text: &str) -> String {
    let plain = text.replace('_', " ");
    let mut letters = plain.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a query narrows the list to, in words.
fn narrowed(desk: &Desk, query: &LearnerQuery) -> Result<Vec<String>> {
    let filters = &query.filters;
    let mut said = Vec::new();
    let text = query.text.trim();
    if !text.is_empty() {
        said.push(format!("\u{201c}{text}\u{201d}"));
    }
    if let Some(id) = filters.school_year {
        said.push(crate::domain::attendance::section::Year::find(desk.store.conn(), id)?.label);
    }
    if !filters.grade.is_empty() {
        let word = if filters.grade.len() == 1 { "Grade" } else { "Grades" };
        said.push(format!("{word} {}", filters.grade.join(", ")));
    }
    if let Some(id) = filters.section {
        said.push(Section::find(desk.store.conn(), id)?.title());
    }
    said.extend(filters.status.iter().map(|status| capital(status).to_lowercase()));
    match filters.sex.as_deref() {
        Some("M") => said.push("male".to_owned()),
        Some("F") => said.push("female".to_owned()),
        _ => {}
    }
    for (narrows, words) in
        [(filters.missing_papers, "papers missing"), (filters.no_lrn, "no LRN"), (filters.not_enrolled, "not enrolled")]
    {
        if narrows {
            said.push(words.to_owned());
        }
    }
    Ok(said)
}

/// The class list as a table for Excel: what the paper says, a row each.
pub(super) fn of_class(class: &ClassList) -> List {
    use pems_forms::Sex;
    let mut learners: Vec<_> = class.learners.iter().collect();
    learners.sort_by(|a, b| a.sex.cmp(&b.sex).then_with(|| a.name.order(&b.name)));
    let columns = [("LRN", true), ("Last name", false), ("First name", false), ("Middle name", false)];
    let more = [("Extension", false), ("Sex", false), ("Remarks", false)];
    let sex = |sex: Option<Sex>| match sex {
        Some(Sex::M) => "M",
        Some(Sex::F) => "F",
        None => "",
    };
    List {
        school: class.school.clone(),
        title: format!("CLASS LIST, {}", titled(&class.grade, &class.section)),
        narrowed: vec![format!("School year {}", class.school_year)],
        columns: columns
            .into_iter()
            .chain(more)
            .map(|(label, figures)| Column { label: label.to_owned(), figures })
            .collect(),
        rows: learners
            .iter()
            .map(|one| {
                let name = &one.name;
                let texts = [&one.lrn, &name.last, &name.first, &name.middle, &name.ext];
                let mut row: Vec<String> = texts.into_iter().cloned().collect();
                row.extend([sex(one.sex).to_owned(), one.remarks.clone()]);
                row
            })
            .collect(),
        counted: "learners".to_owned(),
        on: class.on,
    }
}

pub(super) fn columns(labels: &[(&str, bool)]) -> Vec<Column> {
    labels.iter().map(|(label, figures)| Column { label: (*label).to_owned(), figures: *figures }).collect()
}
