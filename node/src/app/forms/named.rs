//! Forms asked for by names instead of ids, as a command line does: `7-Rizal`, `2026-2027`, an LRN.
//!
//! Invariant: a name that fits several is a question back, never a guess.

use super::{Asked, FORMS, Format, Made};
use crate::app::Desk;
use crate::app::learners::{LearnerQuery, LearnerSort};
use crate::domain::attendance::section::{Section, Year};
use crate::{NodeError, Result};
use pems_model::{Code, fold::fold};
use uuid::Uuid;

/// What narrows the list of learners, and what says which columns it has.
pub(crate) const LIST_WORDS: &[&str] = &[
    "text",
    "section",
    "year",
    "grade",
    "status",
    "sex",
    "missing_papers",
    "no_lrn",
    "not_enrolled",
    "sort",
    "columns",
];

/// What says which form is meant: `("section", "7-Rizal")`.
pub type Given = [(String, String)];

/// What was said of a form, and the office where it was said.
pub(super) struct Said<'a> {
    desk: &'a Desk,
    given: &'a Given,
}

impl Said<'_> {
    pub(super) fn text(&self, word: &str) -> Option<&str> {
        self.given.iter().find(|(known, _)| known == word).map(|(_, text)| text.trim())
    }

    /// # Errors
    /// `bad_usage`, with an example, where it was not said.
    pub(super) fn need(&self, word: &str, example: &str) -> Result<&str> {
        self.text(word).ok_or_else(|| usage(format!("say which {word}: --where {word}={example}")))
    }

    pub(super) fn section(&self) -> Result<Uuid> {
        self.desk.section_called(self.need("section", "7-Rizal")?, self.text("year"))
    }

    pub(super) fn student(&self) -> Result<Uuid> {
        self.desk.student_called(self.need("student", "136728140123")?)
    }

    pub(super) fn query(&self) -> Result<LearnerQuery> {
        self.desk.learner_query(self.given)
    }
}

impl Desk {
    /// The form `name` of what `given` says, as one file.
    ///
    /// # Errors
    /// `bad_usage` for a name or a word that no form has, or one that is lacking; `not_found`, `conflict` for what fits nothing
    /// or several; `rule` where the form lacks what it must say.
    pub fn form_called(&mut self, name: &str, given: &Given, format: Format) -> Result<Made> {
        let Some((_, words)) = FORMS.iter().find(|(form, _)| *form == name) else {
            let names: Vec<&str> = FORMS.iter().map(|(form, _)| *form).collect();
            return Err(usage(format!("there is no form '{name}'; known forms: {}", names.join(", "))));
        };
        if let Some((word, _)) = given.iter().find(|(word, _)| !words.contains(&word.as_str())) {
            return Err(usage(format!("{name} has no '{word}'; it takes {}", words.join(", "))));
        }
        let none = || NodeError::new(Code::Internal, "a form lost its name");
        let asked = Asked::named(name, &Said { desk: self, given })?.ok_or_else(none)?;
        let made = self.make(&[asked], format)?;
        made.into_iter().next().ok_or_else(|| NodeError::new(Code::Internal, "a form became no file"))
    }

    /// What narrows the list of learners, by its words.
    ///
    /// # Errors
    /// `bad_usage` for a value that a word does not take; as [`Desk::form_called`] for names.
    pub(crate) fn learner_query(&self, given: &Given) -> Result<LearnerQuery> {
        let mut query = LearnerQuery::default();
        let filters = &mut query.filters;
        let year = given.iter().find(|(word, _)| word == "year").map(|(_, text)| text.trim());
        filters.school_year = year.map(|label| self.year_called(Some(label))).transpose()?.map(|year| year.id);
        for (word, text) in given {
            let text = text.trim();
            match word.as_str() {
                "text" => text.clone_into(&mut query.text),
                "section" => {
                    let section = self.section_called(text, year)?;
                    filters.section = Some(section);
                    filters.school_year = Some(Section::find(self.store.conn(), section)?.year);
                }
                "grade" => filters.grade = known(word, parts(text), pems_model::entities::GRADE_LEVELS)?,
                "status" => filters.status = known(word, parts(text), statuses())?,
                "sex" => filters.sex = known(word, vec![text.to_uppercase()], &["M", "F"])?.pop(),
                "missing_papers" => filters.missing_papers = yes(word, text)?,
                "no_lrn" => filters.no_lrn = yes(word, text)?,
                "not_enrolled" => filters.not_enrolled = yes(word, text)?,
                "sort" => {
                    let sort = |key: String| match key.strip_prefix('-') {
                        Some(key) => LearnerSort { key: key.to_owned(), down: true },
                        None => LearnerSort { key, down: false },
                    };
                    query.sort = parts(text).into_iter().map(sort).collect();
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// A section by its id, or of today's school year (or the one that is named) by `7-Rizal` or `Rizal`.
    pub(crate) fn section_called(&self, name: &str, year: Option<&str>) -> Result<Uuid> {
        if let Ok(id) = Uuid::parse_str(name) {
            return Ok(id);
        }
        let conn = self.store.conn();
        let year = self.year_called(year)?;
        let sections = Section::of_year(conn, year.id)?;
        let called = |spelled: &dyn Fn(&Section) -> String| {
            sections.iter().filter(|one| fold(&spelled(one)) == fold(name)).collect::<Vec<_>>()
        };
        let mut found = called(&Section::title);
        if found.is_empty() {
            found = called(&|one: &Section| one.name.clone());
        }
        let titles = |list: &[&Section]| list.iter().map(|one| one.title()).collect::<Vec<_>>().join(", ");
        match found.as_slice() {
            [one] => Ok(one.id),
            [] => {
                let all: Vec<&Section> = sections.iter().collect();
                let message = format!("{} has no section '{name}'; there are: {}", year.label, titles(&all));
                Err(NodeError::new(Code::NotFound, message))
            }
            several => {
                let message = format!("several sections are called '{name}': {}; say which", titles(several));
                Err(NodeError::new(Code::Conflict, message))
            }
        }
    }

    /// A school year by its label; today's where none is named.
    fn year_called(&self, label: Option<&str>) -> Result<Year> {
        let conn = self.store.conn();
        let known = match label {
            Some(label) => Year::all(conn)?.into_iter().find(|one| one.label == label),
            None => Year::on(conn, self.today())?,
        };
        let labels = || -> Result<String> {
            Ok(Year::all(conn)?.into_iter().map(|one| one.label).collect::<Vec<_>>().join(", "))
        };
        match (known, label) {
            (Some(year), _) => Ok(year),
            (None, Some(label)) => {
                let message = format!("there is no school year '{label}'; there are: {}", labels()?);
                Err(NodeError::new(Code::NotFound, message))
            }
            (None, None) => Err(NodeError::new(Code::NotFound, "this office has no school year yet; sync, or add one")),
        }
    }

    /// A learner by id or LRN.
    fn student_called(&self, name: &str) -> Result<Uuid> {
        if let Ok(id) = Uuid::parse_str(name) {
            return Ok(id);
        }
        let sql = "SELECT id FROM student WHERE lrn = ?1 AND deleted_at IS NULL ORDER BY id";
        let mut statement = self.store.conn().prepare_cached(sql)?;
        let found = statement.query_map([name], |row| row.get(0).map(Uuid::from_bytes))?;
        let found = found.collect::<rusqlite::Result<Vec<Uuid>>>()?;
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let message = format!("no learner has the LRN or id '{name}'; look with: search student NAME");
                Err(NodeError::new(Code::NotFound, message))
            }
            several => {
                let ids: Vec<String> = several.iter().map(Uuid::to_string).collect();
                let message = format!("several learners have the LRN '{name}'; say which by id: {}", ids.join(", "));
                Err(NodeError::new(Code::Conflict, message))
            }
        }
    }
}

/// The states of an enrolment, as they are declared.
fn statuses() -> &'static [&'static str] {
    let declared = pems_model::entities::ENROLMENT.fields.iter().find(|field| field.name == "status");
    match declared.map(|field| field.kind) {
        Some(pems_model::Kind::Choice(all)) => all,
        _ => &[],
    }
}

/// Values that commas divide.
pub(super) fn parts(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn known(word: &str, values: Vec<String>, all: &[&str]) -> Result<Vec<String>> {
    match values.iter().find(|value| !all.contains(&value.as_str())) {
        None => Ok(values),
        Some(other) => Err(usage(format!("{word} is one of {}, not '{other}'", all.join(", ")))),
    }
}

fn yes(word: &str, text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(usage(format!("{word} is yes or no, not '{text}'"))),
    }
}

fn usage(message: String) -> NodeError {
    NodeError::new(Code::BadUsage, message)
}
