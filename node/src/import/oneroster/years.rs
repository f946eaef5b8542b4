//! School years and terms from academic sessions, and which school year a class belongs to.
//!
//! An existing school year keeps its dates: what the office entered from the DepEd order counts more than a roster's.

use super::ID;
use crate::import::bundle::Tables;
use crate::import::known::Existing;
use crate::import::proposal::{Handle, Mapped, Proposal, row_refusal, value};
use crate::import::table::Rec;
use crate::{NodeError, Result};
use pems_model::entities::{SCHOOL_YEAR, TERM};
use pems_model::value::{format_date, parse_date};
use pems_model::{Code, Problem, Value};
use std::collections::{BTreeMap, HashMap};

/// A session at least this long is a school year where the file does not give its type.
const YEAR_DAYS: i32 = 200;
/// `term.ordinal` goes from 1 to 4.
const TERMS_MAX: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Semester,
    Term,
    GradingPeriod,
    Year,
}

struct Session<'a> {
    id: &'a str,
    rec: Rec<'a>,
    title: &'a str,
    kind: Kind,
    parent: &'a str,
    start: i32,
    end: i32,
}

#[derive(Debug)]
pub(super) struct Year {
    pub(super) handle: Handle,
    pub(super) start: i32,
    pub(super) end: i32,
    label: String,
}

#[derive(Debug)]
pub(super) struct Years<'a> {
    list: Vec<Year>,
    sessions: HashMap<&'a str, usize>,
    /// The year of what names no session.
    fallback: Option<usize>,
}

impl<'a> Years<'a> {
    pub(super) fn map(
        tables: &'a Tables,
        wanted: Option<&str>,
        mapped: &mut Mapped<'a>,
        known: &mut Existing<'_>,
    ) -> Result<Years<'a>> {
        let sessions = sessions(tables, mapped);
        let mut years = Years { list: Vec::new(), sessions: HashMap::new(), fallback: None };
        for session in sessions.iter().filter(|session| session.kind == Kind::Year) {
            match label(session) {
                Some(label) => {
                    let i = years.add(label, (session.start, session.end), session.rec, mapped, known)?;
                    years.sessions.insert(session.id, i);
                }
                None => mapped.refused.push(row_refusal(session.rec, unnamed_year(session))),
            }
        }
        if let Some(label) = wanted {
            years.fallback = Some(years.wanted(label, tables, mapped, known)?);
        } else if years.list.len() == 1 {
            years.fallback = Some(0);
        }
        let classes =
            ["classes", "section"].iter().find_map(|name| tables.get(name)).is_some_and(|table| table.len() > 0);
        if years.list.is_empty() && classes && mapped.refused.is_empty() {
            let message = "the roster names no school year; say which one it is for, as 2026-2027";
            return Err(NodeError::new(Code::BadUsage, message));
        }
        years.terms(&sessions, mapped);
        Ok(years)
    }

    /// The school year of a row that names sessions; the fallback where it names none that are known.
    pub(super) fn of(&self, rec: Rec<'a>) -> Option<&Year> {
        let names = ["termsourcedids", "sessionsourcedids", "sessionsourcedid", "termsourcedid", "termsisid"];
        let named = rec.cell(&names).and_then(|cell| cell.parts().find_map(|id| self.sessions.get(id)));
        self.list.get(named.copied().or(self.fallback)?)
    }

    fn add(
        &mut self,
        label: String,
        days: (i32, i32),
        rec: Rec<'a>,
        mapped: &mut Mapped<'a>,
        known: &mut Existing<'_>,
    ) -> Result<usize> {
        if let Some(i) = self.list.iter().position(|year| year.label == label) {
            return Ok(i);
        }
        let rows = &known.kept(&SCHOOL_YEAR)?.rows;
        let here = rows.values().find(|row| row.is_live() && row.get(&SCHOOL_YEAR, "label").as_text() == Some(&label));
        let (start, end) =
            match here.map(|row| (row.get(&SCHOOL_YEAR, "start_date"), row.get(&SCHOOL_YEAR, "end_date"))) {
                Some((Value::Date(start), Value::Date(end))) => (*start, *end),
                _ => days,
            };
        let mut proposal = Proposal::new(&SCHOOL_YEAR, rec);
        proposal.set("label", Value::Text(label.clone()));
        proposal.default("start_date", Value::Date(start));
        proposal.default("end_date", Value::Date(end));
        proposal.default_text("status", "open");
        let handle = mapped.add(proposal);
        self.list.push(Year { handle, start, end, label });
        Ok(self.list.len() - 1)
    }

    /// The school year that the clerk named, from the bundle, the store, or with usual dates.
    fn wanted(
        &mut self,
        label: &str,
        tables: &'a Tables,
        mapped: &mut Mapped<'a>,
        known: &mut Existing<'_>,
    ) -> Result<usize> {
        let refuse = || NodeError::new(Code::BadUsage, format!("'{label}' is no school year; write it as 2026-2027"));
        if let Some(i) = self.list.iter().position(|year| year.label == label) {
            return Ok(i);
        }
        let (first, second) = years_in(label).filter(|(a, b)| format!("{a}-{b}") == label).ok_or_else(refuse)?;
        let june = parse_date(&format!("{first:04}-06-01")).ok_or_else(refuse)?;
        let march = parse_date(&format!("{second:04}-03-31")).ok_or_else(refuse)?;
        let Some(rec) = tables.all().find_map(|table| table.rows().next()) else {
            return Err(super::bad_file("users.csv", "the bundle has no rows at all".to_owned()));
        };
        let i = self.add(label.to_owned(), (june, march), rec, mapped, known)?;
        if self.list[i].start == june && self.list[i].end == march {
            mapped
                .warnings
                .push(format!("the first and last day of {label} are assumed (June 1, March 31); correct them"));
        }
        Ok(i)
    }

    /// The finest sessions below the years become terms, numbered by their first day.
    fn terms(&mut self, sessions: &[Session<'a>], mapped: &mut Mapped<'a>) {
        let parents: HashMap<&str, &Session<'a>> = sessions.iter().map(|session| (session.id, session)).collect();
        let mut by_year: BTreeMap<usize, Vec<&Session<'a>>> = BTreeMap::new();
        for session in sessions.iter().filter(|session| session.kind != Kind::Year) {
            match self.year_of(session, &parents) {
                Some(year) => {
                    self.sessions.insert(session.id, year);
                    by_year.entry(year).or_default().push(session);
                }
                None => mapped.note("terms outside of every school year, left aside"),
            }
        }
        for (year, mut terms) in by_year {
            let finest = terms.iter().map(|session| session.kind).max();
            terms.retain(|session| Some(session.kind) == finest);
            terms.sort_by_key(|session| session.start);
            for (i, session) in terms.iter().enumerate() {
                if i >= TERMS_MAX {
                    mapped.note("terms beyond the fourth of a school year, left aside");
                    continue;
                }
                let in_semester = parents.get(session.parent).is_some_and(|parent| parent.kind == Kind::Semester);
                let mut proposal = Proposal::new(&TERM, session.rec);
                proposal.link("school_year", self.list[year].handle);
                proposal.set("ordinal", Value::Int(i64::try_from(i).unwrap_or(0) + 1));
                let kind = match session.kind {
                    Kind::GradingPeriod if in_semester => "semester_quarter",
                    Kind::GradingPeriod => "quarter",
                    _ => "term",
                };
                proposal.default_text("kind", kind);
                proposal.default("start_date", Value::Date(session.start));
                proposal.default("end_date", Value::Date(session.end));
                mapped.add(proposal);
            }
        }
    }

    fn year_of(&self, session: &Session<'a>, parents: &HashMap<&str, &Session<'a>>) -> Option<usize> {
        let mut above = session;
        // A chain of parents is short; a longer one is a circle.
        for _ in 0..8 {
            if let Some(year) = self.sessions.get(above.id) {
                return Some(*year);
            }
            let Some(parent) = parents.get(above.parent) else { break };
            above = parent;
        }
        let holds = |year: &Year| year.start <= session.start && session.start < year.end;
        self.list.iter().position(holds).or(self.fallback)
    }
}

/// The sessions of `academicSessions.csv`, or of the term columns of `Section.csv`.
fn sessions<'a>(tables: &'a Tables, mapped: &mut Mapped<'a>) -> Vec<Session<'a>> {
    let mut sessions: Vec<Session<'a>> = Vec::new();
    let mut seen: HashMap<&str, ()> = HashMap::new();
    for name in ["academicsessions", "section"] {
        let own = name == "academicsessions";
        for rec in super::live(tables.get(name), mapped) {
            let id = rec.text(if own { ID } else { &["termsisid"] });
            if id.is_empty() || seen.insert(id, ()).is_some() {
                continue;
            }
            let day = |columns: &[&str], field: usize| {
                let cell = rec.cell(columns);
                let field = &SCHOOL_YEAR.fields[field];
                let missing =
                    Problem::at(Code::Required, field.name, format!("{} is missing; fill it in", field.label));
                let read = cell.ok_or(missing).and_then(|cell| value(field, cell, mapped.date_order));
                read.map(|value| if let Value::Date(days) = value { days } else { 0 })
            };
            match (day(&["startdate", "termstartdate"], 1), day(&["enddate", "termenddate"], 2)) {
                (Ok(start), Ok(end)) => {
                    let kind = match rec.text(&["type"]).to_lowercase().as_str() {
                        "schoolyear" => Kind::Year,
                        "semester" => Kind::Semester,
                        "gradingperiod" => Kind::GradingPeriod,
                        "" if end - start >= YEAR_DAYS => Kind::Year,
                        _ => Kind::Term,
                    };
                    let (title, parent) = (rec.text(&["title", "termname"]), rec.text(&["parentsourcedid"]));
                    sessions.push(Session { id, rec, title, kind, parent, start, end });
                }
                (Err(problem), _) | (_, Err(problem)) => mapped.refused.push(row_refusal(rec, problem)),
            }
        }
    }
    sessions
}

/// `2026-2027`, from the title or from the dates.
fn label(session: &Session<'_>) -> Option<String> {
    let year = |days: i32| format_date(days).get(..4).and_then(|text| text.parse::<u16>().ok());
    let by_dates = || Some((year(session.start)?, year(session.end)?)).filter(|(a, b)| a + 1 == *b);
    years_in(session.title).or_else(by_dates).map(|(first, second)| format!("{first}-{second}"))
}

/// Two years in a row, as a text has them: `SY 2026-2027`, `2026–2027`, `2026/2027`.
fn years_in(text: &str) -> Option<(u16, u16)> {
    let numbers: Vec<u16> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4)
        .filter_map(|part| part.parse().ok())
        .collect();
    numbers.windows(2).map(|pair| (pair[0], pair[1])).find(|(a, b)| a.checked_add(1) == Some(*b))
}

fn unnamed_year(session: &Session<'_>) -> Problem {
    let message = format!(
        "the school year '{}' goes from {} to {}: that is not a year like 2026-2027; name it so in its title",
        session.title,
        format_date(session.start),
        format_date(session.end)
    );
    Problem::new(Code::Rule, message)
}
