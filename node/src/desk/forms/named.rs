//! Forms asked for by names instead of ids, as a command line does: `7-Rizal`, `2026-2027`, an LRN.
//!
//! Invariant: a name that fits several is a question back, never a guess.

use super::{Asked, Format, Made};
use crate::desk::Desk;
use crate::desk::attendance::section::{Section, Year};
use crate::{NodeError, Result};
use pems_model::{Code, fold::fold};
use uuid::Uuid;

/// The forms by name, each with what says which one.
const FORMS: [(&str, &[&str]); 4] = [
    ("sf1", &["section", "year"]),
    ("sf2", &["section", "year", "month"]),
    ("class_list", &["section", "year"]),
    ("certificate", &["student", "purpose"]),
];

/// What says which form is meant: `("section", "7-Rizal")`.
pub type Given = [(String, String)];

impl Desk {
    /// The form `name` of what `given` says, as one file.
    ///
    /// # Errors
    /// `bad_usage` for a name or a word that no form has, or one that is lacking; `not_found`, `conflict` for what fits nothing
    /// or several; `rule` where the form lacks what it must say.
    pub fn form_called(&self, name: &str, given: &Given, format: Format) -> Result<Made> {
        let Some((_, words)) = FORMS.iter().find(|(form, _)| *form == name) else {
            let names: Vec<&str> = FORMS.iter().map(|(form, _)| *form).collect();
            return Err(usage(format!("there is no form '{name}'; known forms: {}", names.join(", "))));
        };
        if let Some((word, _)) = given.iter().find(|(word, _)| !words.contains(&word.as_str())) {
            return Err(usage(format!("{name} has no '{word}'; it takes {}", words.join(", "))));
        }
        let text = |word: &str| given.iter().find(|(known, _)| known == word).map(|(_, text)| text.trim());
        let need = |word: &str, example: &str| {
            text(word).ok_or_else(|| usage(format!("say which {word}: --where {word}={example}")))
        };
        let section = || self.section_called(need("section", "7-Rizal")?, text("year"));
        let asked = match name {
            "sf1" => Asked::Sf1 { section: section()? },
            "sf2" => Asked::Sf2 { section: section()?, month: need("month", "2026-10")?.to_owned() },
            "class_list" => Asked::ClassList { section: section()? },
            _ => Asked::Certificate {
                student: self.student_called(need("student", "136728140123")?)?,
                purpose: text("purpose").unwrap_or_default().to_owned(),
            },
        };
        let made = self.make(&[asked], format)?;
        made.into_iter().next().ok_or_else(|| NodeError::new(Code::Internal, "a form became no file"))
    }

    /// A section by its id, or of today's school year (or the one that is named) by `7-Rizal` or `Rizal`.
    fn section_called(&self, name: &str, year: Option<&str>) -> Result<Uuid> {
        if let Ok(id) = Uuid::parse_str(name) {
            return Ok(id);
        }
        let conn = self.store.conn();
        let known = match year {
            Some(label) => Year::all(conn)?.into_iter().find(|one| one.label == label),
            None => Year::on(conn, self.today())?,
        };
        let Some(year) = known else {
            let labels: Vec<String> = Year::all(conn)?.into_iter().map(|one| one.label).collect();
            let message = match year {
                Some(label) => format!("there is no school year '{label}'; there are: {}", labels.join(", ")),
                None => "this office has no school year yet; sync, or add one".to_owned(),
            };
            return Err(NodeError::new(Code::NotFound, message));
        };
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

fn usage(message: String) -> NodeError {
    NodeError::new(Code::BadUsage, message)
}
