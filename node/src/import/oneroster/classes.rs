//! Classes to sections, and enrollments to enrolments, section memberships and advisers.
//!
//! A learner sits in one section at a time. Homerooms are sections; where a learner has none, the first class of the file
//! stands in. The other classes are subjects, for which PEMS will have its own records: they are counted, not guessed at.

use super::school::{School, named_orgs};
use super::seats::{self, Seat, Seats};
use super::users::{Part, User, Users};
use super::years::{Year, Years};
use super::{ID, gone, live};
use crate::import::bundle::Tables;
use crate::import::grades;
use crate::import::proposal::{Given, Handle, Hint, Mapped, Proposal, refusal, row_refusal};
use crate::import::table::{Cell, Rec};
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
    /// Classes and persons that are to be deleted.
    gone: (HashSet<&'a str>, HashSet<&'a str>),
    mapped: &'m mut Mapped<'a>,
}

pub(super) fn map<'a>(
    tables: &'a Tables,
    school: &School<'a>,
    years: &Years<'a>,
    users: &Users<'a>,
    mapped: &mut Mapped<'a>,
) {
    let gone = (gone(tables, &["classes", "section"]), gone(tables, &["users", "student", "teacher"]));
    let (classes, elsewhere) = (HashMap::new(), HashSet::new());
    let mut roster = Roster { users, years: Vec::new(), classes, elsewhere, gone, mapped };
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
        if self.gone.0.contains(class.text) || self.gone.1.contains(user.text) {
            self.mapped.note("enrollments of classes or persons that are to be deleted, left aside");
            return None;
        }
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

    /// Where each learner sits in each school year.
    fn seats(&mut self, learners: &[(&'a str, &'a str, Rec<'a>)]) -> Seats<'a> {
        let mut wanted: BTreeMap<(usize, &'a str), Vec<Seat<'a>>> = BTreeMap::new();
        for &(class, user, rec) in learners {
            let Some(of) = self.classes.get(class) else { continue };
            let seat = Seat::read(class, rec, of.homeroom, self.mapped.date_order);
            wanted.entry((of.year, user)).or_default().push(seat);
        }
        let mut seats = Seats::new();
        for (whose, wanted) in wanted {
            let (kept, aside) = seats::choose(wanted);
            for _ in 0..aside {
                self.mapped.note("further classes of learners who sit in a section already, left aside");
            }
            seats.insert(whose, kept);
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
        let taken: HashSet<&str> = seats.values().flatten().map(|seat| seat.class).collect();
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
        let names = self.names(&ids);
        for (id, name) in ids.into_iter().zip(names) {
            let class = &self.classes[id];
            let mut section = Proposal::new(&SECTION, class.rec);
            section.link("school_year", self.years[class.year].handle);
            section.set("grade_level", Value::Text(class.grade.unwrap_or(NON_GRADED).to_owned()));
            let name = SECTION.field_index("name").map(|i| (i, Given::Value(Value::Text(name)), title(class.rec)));
            section.given.extend(name);
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

    /// A name for each section: its title; of those that share one, with the class code; of those that share that too, with the id.
    fn names(&self, ids: &[&'a str]) -> Vec<String> {
        let mut levels = vec![0; ids.len()];
        loop {
            let name = |(id, level): (&&'a str, &u8)| self.classes[id].name(id, *level);
            let names: Vec<String> = ids.iter().zip(&levels).map(name).collect();
            let key = |at: usize| {
                let class = &self.classes[ids[at]];
                (class.year, class.grade.unwrap_or(NON_GRADED), fold(&names[at]))
            };
            let mut shared: HashMap<_, Vec<usize>> = HashMap::new();
            for at in 0..ids.len() {
                shared.entry(key(at)).or_default().push(at);
            }
            let longer = shared.into_values().filter(|same| same.len() > 1).flatten().filter(|at| levels[*at] < 2);
            let longer: Vec<usize> = longer.collect();
            if longer.is_empty() {
                return names;
            }
            longer.into_iter().for_each(|at| levels[at] += 1);
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
        seats.sort_by_key(|(_, seats)| seats.iter().map(|seat| seat.rec.line).min());
        for ((year, user), seats) in seats {
            let (Some(user), Some(last)) = (self.users.get(user), seats.last()) else { continue };
            let (Some(learner), Some(class)) = (user.handle, self.classes.get(last.class)) else { continue };
            let year = self.years[*year];
            let grade = user.grade.and_then(|cell| cell.parts().find_map(grades::read)).or(class.grade);
            if grade.is_none() {
                self.mapped.note("learners without a grade level of basic education, enrolled as non-graded");
            }
            let mut enrolment = Proposal::new(&ENROLMENT, last.rec);
            enrolment.link("student", learner);
            enrolment.link("school_year", year.handle);
            enrolment.set("grade_level", Value::Text(grade.unwrap_or(NON_GRADED).to_owned()));
            enrolment.default_text("status", "enrolled");
            let enrolment = self.mapped.add(enrolment);
            for (at, seat) in seats.iter().enumerate() {
                self.membership(enrolment, seat, seats.get(at + 1), seats.len() == 1, year);
            }
        }
    }

    /// A stay in a section, until the next one begins where that is the day after its last.
    fn membership(&mut self, enrolment: Handle, seat: &Seat<'a>, next: Option<&Seat<'a>>, only: bool, year: &Year) {
        let Some(section) = self.classes.get(seat.class).and_then(|class| class.section) else { return };
        let order = self.mapped.date_order;
        let mut stay = Proposal::new(&SECTION_MEMBERSHIP, seat.rec);
        stay.link("enrolment", enrolment);
        stay.link("section", section);
        match seat.rec.cell(&["begindate"]) {
            Some(day) => stay.read("valid_from", Some(day), order),
            None => {
                stay.set("valid_from", Value::Date(year.start));
                if only {
                    stay.hint = Hint::CurrentMembership;
                }
            }
        }
        match (seat.to, next.and_then(|next| next.from)) {
            (Some(last), Some(next)) if next == last + 1 => stay.set("valid_to", Value::Date(next)),
            // The last day of the year is not a day on which somebody left.
            (Some(last), _) if last >= year.end => {}
            _ => stay.read("valid_to", seat.rec.cell(&["enddate"]), order),
        }
        self.mapped.add(stay);
    }
}

impl Class<'_> {
    fn name(&self, id: &str, level: u8) -> String {
        let title = title(self.rec).map_or("", |cell| cell.text);
        let code = self.rec.text(&["classcode", "sectionnumber"]);
        match level {
            0 => title.to_owned(),
            1 if !code.is_empty() => format!("{title} ({code})"),
            _ => format!("{title} ({id})"),
        }
    }
}

fn title(rec: Rec<'_>) -> Option<Cell<'_>> {
    rec.cell(&["title", "sectionname", "name", "classcode"])
}

/// The grade of a class or course, if it has exactly one.
fn grade_of(rec: Rec<'_>) -> Option<&'static str> {
    let read: BTreeSet<Option<&'static str>> = rec.cell(&["grades", "grade"])?.parts().map(grades::read).collect();
    match read.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => *one,
        _ => None,
    }
}
