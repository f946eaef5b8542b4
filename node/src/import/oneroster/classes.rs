//! Classes to sections, and enrollments to enrolments, section memberships and advisers.
//!
//! A learner sits in one section at a time. Homerooms are sections; where a learner has none, the first class of the file
//! stands in. The other classes are subjects, for which PEMS will have its own records: they are counted, not guessed at.

use super::school::{School, named_orgs};
use super::users::{Part, User, Users};
use super::years::{Year, Years};
use super::{ID, live};
use crate::import::bundle::Tables;
use crate::import::grades;
use crate::import::proposal::{Given, Handle, Hint, Mapped, Proposal, refusal, row_refusal};
use crate::import::table::Rec;
use pems_model::entities::{ENROLMENT, SECTION, SECTION_MEMBERSHIP};
use pems_model::fold::fold;
use pems_model::{Code, Problem, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The grade of what has none that PEMS knows.
const NON_GRADED: &str = "NG";

struct Class<'a> {
    rec: Rec<'a>,
    homeroom: bool,
    year: usize,
    grade: Option<&'static str>,
    section: Option<Handle>,
}

struct Roster<'a, 'm> {
    users: &'m Users<'a>,
    years: Vec<&'m Year>,
    classes: HashMap<&'a str, Class<'a>>,
    /// Classes of other schools, or refused: what names them is no mistake.
    elsewhere: HashSet<&'a str>,
    mapped: &'m mut Mapped<'a>,
}

pub(super) fn map<'a>(
    tables: &'a Tables,
    school: &School<'a>,
    years: &Years<'a>,
    users: &Users<'a>,
    mapped: &mut Mapped<'a>,
) {
    let mut roster = Roster { users, years: Vec::new(), classes: HashMap::new(), elsewhere: HashSet::new(), mapped };
    roster.read_classes(tables, school, years);
    if roster.classes.is_empty() {
        return;
    }
    let mut learners: Vec<(&'a str, &'a str, Rec<'a>)> = Vec::new();
    let mut teachers: Vec<(&'a str, &'a str, Rec<'a>)> = Vec::new();
    for (name, part) in
        [("enrollments", None), ("studentenrollment", Some(Part::Student)), ("teacherroster", Some(Part::Staff))]
    {
        for rec in live(tables.get(name), roster.mapped) {
            let Some((class, user)) = roster.ends(rec) else { continue };
            let part = part.unwrap_or(match rec.text(&["role"]).to_lowercase().as_str() {
                "student" => Part::Student,
                _ => roster.users[user].part,
            });
            match part {
                Part::Student if roster.users[user].part == Part::Student => learners.push((class, user, rec)),
                Part::Staff => teachers.push((class, user, rec)),
                _ => roster.mapped.note("enrollments that are neither a learner's nor a teacher's, left aside"),
            }
        }
    }
    let seats = roster.seats(&learners);
    roster.sections(&seats, &learners, &teachers);
    roster.enrolments(&seats);
}

/// Where each learner sits in a school year: the class, and the row that says so.
type Seats<'a> = BTreeMap<(usize, &'a str), (&'a str, Rec<'a>)>;

impl<'a, 'm> Roster<'a, 'm> {
    fn read_classes(&mut self, tables: &'a Tables, school: &School<'a>, years: &'m Years<'a>) {
        let courses: HashMap<&str, Rec<'a>> =
            live(tables.get("courses"), self.mapped).into_iter().map(|rec| (rec.text(ID), rec)).collect();
        for name in ["classes", "section"] {
            for rec in live(tables.get(name), self.mapped) {
                let Some(id) = rec.cell(ID) else {
                    let message = "the class has no id (sourcedId); every class in a roster has one";
                    self.mapped.refused.push(row_refusal(rec, Problem::new(Code::Required, message)));
                    continue;
                };
                if !school.has(named_orgs(rec)) {
                    self.mapped.note("classes of other schools, left aside");
                    self.elsewhere.insert(id.text);
                    continue;
                }
                if let Some(first) = self.classes.get(id.text) {
                    let message = format!("the id {} is that of line {} already", id.text, first.rec.line);
                    self.mapped.refused.push(refusal(id, Problem::new(Code::Conflict, message)));
                    continue;
                }
                let Some(year) = years.of(rec) else {
                    let message = "the class names no school year of the roster; say which one it is for, as 2026-2027";
                    self.mapped.refused.push(row_refusal(rec, Problem::new(Code::Required, message)));
                    self.elsewhere.insert(id.text);
                    continue;
                };
                let year = self.years.iter().position(|known| known.handle == year.handle).unwrap_or_else(|| {
                    self.years.push(year);
                    self.years.len() - 1
                });
                let course = courses.get(rec.text(&["coursesourcedid"])).copied();
                let grade = grade_of(rec).or_else(|| grade_of(course?));
                let homeroom = rec.text(&["classtype"]).eq_ignore_ascii_case("homeroom");
                self.classes.insert(id.text, Class { rec, homeroom, year, grade, section: None });
            }
        }
    }

    /// The class and the person of an enrollment, if both are imported.
    fn ends(&mut self, rec: Rec<'a>) -> Option<(&'a str, &'a str)> {
        let class = rec.cell(&["classsourcedid", "sectionsisid", "sectionsourcedid"]);
        let user = rec.cell(&["usersourcedid", "sisid"]);
        let (Some(class), Some(user)) = (class, user) else {
            let message = "an enrollment names a class and a person; one of them is missing";
            self.mapped.refused.push(row_refusal(rec, Problem::new(Code::Required, message)));
            return None;
        };
        if self.elsewhere.contains(class.text) {
            self.mapped.note("enrollments in classes of other schools, left aside");
            return None;
        }
        let stranger = |file: &str, id: &str| {
            Problem::new(Code::ParentMissing, format!("there is no row {id} in {file}; add it or delete this row"))
        };
        if !self.classes.contains_key(class.text) {
            self.mapped.refused.push(refusal(class, stranger("the list of classes", class.text)));
            return None;
        }
        match self.users.get(user.text) {
            None => {
                self.mapped.refused.push(refusal(user, stranger("the list of users", user.text)));
                None
            }
            Some(User { handle: None, .. }) => {
                self.mapped.note("enrollments of persons who are not imported, left aside");
                None
            }
            Some(_) => Some((class.text, user.text)),
        }
    }

    fn seats(&mut self, learners: &[(&'a str, &'a str, Rec<'a>)]) -> Seats<'a> {
        let mut seats = Seats::new();
        for (class, user, rec) in learners {
            let Some(wanted) = self.classes.get(class) else { continue };
            match seats.get(&(wanted.year, *user)).map(|(seat, _)| self.classes[seat].homeroom) {
                Some(taken) if taken || !wanted.homeroom => {
                    self.mapped.note("further classes of learners who sit in a section already, left aside");
                }
                taken => {
                    if taken.is_some() {
                        self.mapped.note("further classes of learners who sit in a section already, left aside");
                    }
                    seats.insert((wanted.year, user), (class, *rec));
                }
            }
        }
        seats
    }

    /// Proposes the classes that are sections, with their advisers.
    fn sections(
        &mut self,
        seats: &Seats<'a>,
        learners: &[(&'a str, &'a str, Rec<'a>)],
        teachers: &[(&'a str, &'a str, Rec<'a>)],
    ) {
        let taken: HashSet<&str> = seats.values().map(|(class, _)| *class).collect();
        let homerooms = self.classes.values().any(|class| class.homeroom);
        let mut grades: HashMap<&str, BTreeSet<Option<&'static str>>> = HashMap::new();
        for (class, user, _) in learners {
            grades.entry(class).or_default().insert(self.users[user].grade.and_then(|cell| grades::read(cell.text)));
        }
        let advisers = self.advisers(teachers);
        let mut ids: Vec<&'a str> = self.classes.keys().copied().collect();
        ids.sort_by_key(|id| self.classes[id].rec.line);
        ids.retain(|id| {
            let is_section = !homerooms || self.classes[id].homeroom || taken.contains(id);
            if !is_section {
                self.mapped.note("classes that are subjects of sections, left aside");
            }
            is_section
        });
        for id in &ids {
            let Some(class) = self.classes.get_mut(id) else { continue };
            // Where all learners are of one grade, the class is of that grade.
            class.grade =
                class.grade.or_else(|| match grades.get(id).map(|set| set.iter().collect::<Vec<_>>())?.as_slice() {
                    [one] => **one,
                    _ => None,
                });
        }
        let mut names: HashMap<(usize, &str, String), u32> = HashMap::new();
        let name_of = |class: &Class<'a>| (class.year, class.grade.unwrap_or(NON_GRADED), fold(title(class.rec)));
        for id in &ids {
            *names.entry(name_of(&self.classes[id])).or_default() += 1;
        }
        for id in ids {
            let class = &self.classes[id];
            let mut name = title(class.rec).to_owned();
            if names.get(&name_of(class)).is_some_and(|count| *count > 1) {
                let code = class.rec.cell(&["classcode", "sectionnumber"]).map_or(id, |cell| cell.text);
                name = format!("{name} ({code})");
            }
            let mut section = Proposal::new(&SECTION, class.rec);
            section.link("school_year", self.years[class.year].handle);
            section.set("grade_level", Value::Text(class.grade.unwrap_or(NON_GRADED).to_owned()));
            section.given.extend(SECTION.field_index("name").map(|i| (i, Given::Value(Value::Text(name)), None)));
            section.read("room", class.rec.cell(&["location"]), None);
            if let Some(adviser) = advisers.get(id) {
                section.link("adviser", *adviser);
            }
            let handle = self.mapped.add(section);
            if let Some(class) = self.classes.get_mut(id) {
                class.section = Some(handle);
            }
        }
    }

    /// The primary teacher of each class; where the roster marks none anywhere, the only teacher.
    fn advisers(&self, teachers: &[(&'a str, &'a str, Rec<'a>)]) -> HashMap<&'a str, Handle> {
        let marked = teachers.iter().any(|(_, _, rec)| rec.cell(&["primary"]).is_some());
        let is_primary = |rec: Rec<'a>| matches!(rec.text(&["primary"]).to_lowercase().as_str(), "true" | "1" | "yes");
        let mut found: HashMap<&str, Vec<Handle>> = HashMap::new();
        for (class, user, rec) in teachers {
            if !marked || is_primary(*rec) {
                found.entry(class).or_default().extend(self.users[user].handle);
            }
        }
        found
            .into_iter()
            .filter(|(_, all)| all.len() == 1)
            .filter_map(|(class, all)| Some((class, *all.first()?)))
            .collect()
    }

    fn enrolments(&mut self, seats: &Seats<'a>) {
        let mut seats: Vec<_> = seats.iter().collect();
        seats.sort_by_key(|(_, (_, rec))| rec.line);
        for ((year, user), (class, rec)) in seats {
            let (Some(user), Some(class)) = (self.users.get(user), self.classes.get(class)) else { continue };
            let (Some(learner), Some(section)) = (user.handle, class.section) else { continue };
            let year = self.years[*year];
            let grade = user.grade.and_then(|cell| cell.parts().find_map(grades::read)).or(class.grade);
            if grade.is_none() {
                self.mapped.note("learners without a grade level of basic education, enrolled as non-graded");
            }
            let mut enrolment = Proposal::new(&ENROLMENT, *rec);
            enrolment.link("student", learner);
            enrolment.link("school_year", year.handle);
            enrolment.set("grade_level", Value::Text(grade.unwrap_or(NON_GRADED).to_owned()));
            enrolment.default_text("status", "enrolled");
            let enrolment = self.mapped.add(enrolment);
            let order = self.mapped.date_order;
            let mut seat = Proposal::new(&SECTION_MEMBERSHIP, *rec);
            seat.link("enrolment", enrolment);
            seat.link("section", section);
            match rec.cell(&["begindate"]) {
                Some(day) => seat.read("valid_from", Some(day), order),
                None => {
                    seat.set("valid_from", Value::Date(year.start));
                    seat.hint = Hint::CurrentMembership;
                }
            }
            // The last day of the year is not a day on which somebody left.
            seat.read("valid_to", rec.cell(&["enddate"]), order);
            let valid_to = SECTION_MEMBERSHIP.field_index("valid_to");
            seat.given.retain(|(field, given, _)| {
                Some(*field) != valid_to || !matches!(given, Given::Value(Value::Date(day)) if *day >= year.end)
            });
            self.mapped.add(seat);
        }
    }
}

fn title<'a>(rec: Rec<'a>) -> &'a str {
    rec.text(&["title", "sectionname", "name", "classcode"])
}

/// The grade of a class or course, if it has exactly one.
fn grade_of(rec: Rec<'_>) -> Option<&'static str> {
    let read: BTreeSet<Option<&'static str>> = rec.cell(&["grades", "grade"])?.parts().map(grades::read).collect();
    match read.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => *one,
        _ => None,
    }
}
