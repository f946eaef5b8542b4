//! Persons: learners, staff, and the guardians of the learners that are imported.

use super::school::{School, named_orgs};
use super::{ID, live};
use crate::import::bundle::Tables;
use crate::import::proposal::{Handle, Hint, Mapped, Proposal, is_rounded, refusal, row_refusal, sex, value};
use crate::import::table::{Cell, Rec};
use pems_model::entities::{GUARDIAN, STAFF, STUDENT, STUDENT_GUARDIAN};
use pems_model::{Code, Entity, Kind, Problem, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Student,
    Staff,
    Guardian,
    Other,
}

#[derive(Debug)]
pub(super) struct User<'a> {
    pub(super) part: Part,
    /// `None` for a person who is not imported: of another school, or of no use here.
    pub(super) handle: Option<Handle>,
    pub(super) grade: Option<Cell<'a>>,
    rec: Rec<'a>,
}

/// Everybody in the bundle by id, so that what names a person can tell a stranger from a mistake.
pub(super) type Users<'a> = HashMap<&'a str, User<'a>>;

/// What other files say about a person.
struct About<'a> {
    roles: HashMap<&'a str, Vec<Rec<'a>>>,
    demographics: HashMap<&'a str, Rec<'a>>,
    /// (person, the other person, how they are related)
    relations: Vec<(&'a str, &'a str, &'a str)>,
    related: BTreeSet<&'a str>,
}

pub(super) fn map<'a>(tables: &'a Tables, school: &School<'a>, mapped: &mut Mapped<'a>) -> Users<'a> {
    let mut rows: Vec<(Rec<'a>, Option<Part>)> = Vec::new();
    for (name, part) in [("users", None), ("student", Some(Part::Student)), ("teacher", Some(Part::Staff))] {
        rows.extend(live(tables.get(name), mapped).into_iter().map(|rec| (rec, part)));
    }
    let about = About::read(tables, &rows, mapped);
    let mut users = Users::new();
    for (rec, part) in rows {
        let Some(id) = rec.cell(ID) else {
            let message = "the row has no id (sourcedId); every person in a roster has one";
            mapped.refused.push(row_refusal(rec, Problem::new(Code::Required, message)));
            continue;
        };
        if let Some(first) = users.get(id.text) {
            let message = format!(
                "the id {} is that of line {} already; every person has an id of their own",
                id.text, first.rec.line
            );
            mapped.refused.push(refusal(id, Problem::new(Code::Conflict, message)));
            continue;
        }
        let user = about.user(rec, id.text, part, school, mapped);
        users.insert(id.text, user);
    }
    about.guardians(&mut users, mapped);
    users
}

impl<'a> About<'a> {
    fn read(tables: &'a Tables, rows: &[(Rec<'a>, Option<Part>)], mapped: &mut Mapped<'a>) -> About<'a> {
        let mut roles: HashMap<&str, Vec<Rec<'a>>> = HashMap::new();
        for rec in live(tables.get("roles"), mapped) {
            roles.entry(rec.text(&["usersourcedid"])).or_default().push(rec);
        }
        let demographics = live(tables.get("demographics"), mapped)
            .into_iter()
            .map(|rec| (rec.text(&["usersourcedid", "sourcedid"]), rec))
            .collect();
        let mut relations = Vec::new();
        for rec in live(tables.get("relationships"), mapped) {
            let (person, other) = (rec.text(&["usersourcedid"]), rec.text(&["relationshipusersourcedid"]));
            relations.push((person, other, rec.text(&["relationshiprole"])));
        }
        for (rec, _) in rows {
            let agents = rec.cell(&["agentsourcedids", "agents"]).into_iter().flat_map(Cell::parts);
            relations.extend(agents.map(|agent| (rec.text(ID), agent, "")));
        }
        let related = relations.iter().map(|(_, other, _)| *other).collect();
        About { roles, demographics, relations, related }
    }

    /// Proposes a learner or a member of the staff; remembers everybody.
    fn user(
        &self,
        rec: Rec<'a>,
        id: &'a str,
        part: Option<Part>,
        school: &School<'a>,
        mapped: &mut Mapped<'a>,
    ) -> User<'a> {
        let roles = self.roles.get(id).map_or(&[][..], Vec::as_slice);
        let mut here: Vec<&Rec<'a>> = roles.iter().filter(|role| school.has(named_orgs(**role))).collect();
        // What is kept here before what is not, then the primary role: a teacher who is a parent too is a teacher.
        here.sort_by_key(|role| {
            let kept = matches!(part_of(role.text(&["role"])), Part::Student | Part::Staff);
            (!kept, !role.text(&["roletype"]).eq_ignore_ascii_case("primary"))
        });
        let role = here.iter().find_map(|role| role.cell(&["role"])).or_else(|| rec.cell(&["role"]));
        let part =
            part.or_else(|| role.map(|role| part_of(role.text))).unwrap_or_else(|| match self.related.contains(id) {
                true => Part::Guardian,
                false => Part::Other,
            });
        let is_here = !here.is_empty() || (roles.is_empty() && school.has(named_orgs(rec)));
        let grade =
            rec.cell(&["grades", "grade"]).or_else(|| here.iter().find_map(|role| role.cell(&["grade", "grades"])));
        let handle = match part {
            Part::Guardian => None,
            Part::Other => {
                mapped.note("users without a role that is kept here, left aside");
                None
            }
            _ if !is_here => {
                mapped.note("users of other schools, left aside");
                None
            }
            Part::Student => Some(self.student(rec, id, mapped)),
            Part::Staff => Some(self.staff(rec, id, role, mapped)),
        };
        User { part, handle, grade, rec }
    }

    fn student(&self, rec: Rec<'a>, id: &'a str, mapped: &mut Mapped<'a>) -> Handle {
        let mut learner = named(&STUDENT, rec, mapped);
        let numbers =
            ["identifier", "studentnumber", "usermasteridentifier"].iter().filter_map(|name| rec.cell(&[name]));
        let mut lrn = None;
        let mut number = None;
        for cell in numbers {
            if is_lrn(cell.text) {
                lrn = lrn.or(Some(cell));
            } else if is_rounded(cell.text) {
                // Reading it as an LRN says why it cannot be used.
                learner.read("lrn", Some(cell), None);
            } else {
                number = number.or(Some(cell));
            }
        }
        learner.read("lrn", lrn, None);
        // An id of another system stands in as student number only where nothing better tells the learner.
        number = number.or_else(|| rec.cell(ID).filter(|_| lrn.is_none()));
        number_into(&mut learner, "student_no", number, mapped);
        let more = self.demographics.get(id).copied();
        for source in [more, Some(rec)].into_iter().flatten() {
            if let Some(cell) = source.cell(&["sex", "gender"]) {
                match sex(cell.text) {
                    Some(sex) => learner.set("sex", Value::Text(sex.to_owned())),
                    None => mapped.note("learners whose sex is neither F nor M in the roster, left open"),
                }
                break;
            }
        }
        let born =
            [more, Some(rec)].into_iter().flatten().find_map(|source| source.cell(&["birthdate", "dateofbirth"]));
        learner.read("birth_date", born, mapped.date_order);
        if let Some(city) = more.and_then(|source| source.cell(&["cityofbirth", "birthcity"])) {
            learner.default_text("birth_place", city.text);
        }
        contacts(&mut learner, rec, mapped);
        mapped.add(learner)
    }

    fn staff(&self, rec: Rec<'a>, id: &'a str, role: Option<Cell<'a>>, mapped: &mut Mapped<'a>) -> Handle {
        let mut member = named(&STAFF, rec, mapped);
        let numbers = ["identifier", "teachernumber", "sourcedid", "sisid"];
        // Whoever learns at one school and helps at another has an LRN, which is no employee number.
        let learns = |role: &Rec<'_>| part_of(role.text(&["role"])) == Part::Student;
        let is_learner = self.roles.get(id).is_some_and(|roles| roles.iter().any(learns));
        let mut numbers = numbers.iter().filter_map(|name| rec.cell(&[name]));
        number_into(&mut member, "employee_no", numbers.find(|cell| !is_learner || !is_lrn(cell.text)), mapped);
        if let Some(sex) = self.demographics.get(id).and_then(|more| sex(more.text(&["sex", "gender"]))) {
            member.set("sex", Value::Text(sex.to_owned()));
        }
        let position = rec.cell(&["title"]).or(role).map_or("teacher", |cell| cell.text);
        let mut letters = position.chars();
        let position: String =
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).take(80).collect();
        member.default_text("position", &position);
        contacts(&mut member, rec, mapped);
        mapped.add(member)
    }

    /// Guardians come with their learners: only those of learners that are imported.
    fn guardians(&self, users: &mut Users<'a>, mapped: &mut Mapped<'a>) {
        let mut wards: BTreeMap<&'a str, BTreeMap<&'a str, &'a str>> = BTreeMap::new();
        for (person, other, how) in &self.relations {
            let part = |id: &str| users.get(id).map(|user| user.part);
            let (ward, guardian) = match (part(person), part(other)) {
                (Some(Part::Student), Some(Part::Guardian)) => (person, other),
                (Some(Part::Guardian), Some(Part::Student)) => (other, person),
                _ => {
                    mapped
                        .note("relationships that are not between a learner and a guardian of the roster, left aside");
                    continue;
                }
            };
            let known = wards.entry(guardian).or_default().entry(ward).or_default();
            if known.is_empty() {
                *known = how;
            }
        }
        let mut ids: Vec<&'a str> =
            users.iter().filter(|(_, user)| user.part == Part::Guardian).map(|(id, _)| *id).collect();
        ids.sort_by_key(|id| users[id].rec.line);
        for id in ids {
            let of = |ward: &str| users.get(ward).and_then(|user| user.handle);
            let theirs: Vec<(Handle, &str)> =
                wards.get(id).into_iter().flatten().filter_map(|(ward, how)| Some((of(ward)?, *how))).collect();
            if theirs.is_empty() {
                mapped.note("guardians without a learner that is imported, left aside");
                continue;
            }
            let rec = users[id].rec;
            let mut guardian = named(&GUARDIAN, rec, mapped);
            contacts(&mut guardian, rec, mapped);
            guardian.hint = Hint::Wards(theirs.iter().map(|(ward, _)| *ward).collect());
            let handle = mapped.add(guardian);
            let sex = self.demographics.get(id).and_then(|more| sex(more.text(&["sex", "gender"])));
            for (ward, how) in theirs {
                let mut link = Proposal::new(&STUDENT_GUARDIAN, rec);
                link.link("student", ward);
                link.link("guardian", handle);
                let how = if how.is_empty() { rec.text(&["role"]) } else { how };
                link.default_text("relation", relation(how, sex));
                mapped.add(link);
            }
            if let Some(user) = users.get_mut(id) {
                user.handle = Some(handle);
            }
        }
    }
}

fn named<'a>(entity: &'static Entity, rec: Rec<'a>, mapped: &Mapped<'a>) -> Proposal<'a> {
    let mut person = Proposal::new(entity, rec);
    person.read("last_name", rec.cell(&["familyname", "lastname", "surname"]), mapped.date_order);
    person.read("first_name", rec.cell(&["givenname", "firstname"]), mapped.date_order);
    person.read("middle_name", rec.cell(&["middlename"]), mapped.date_order);
    person.read("name_ext", rec.cell(&["suffix", "namesuffix"]), mapped.date_order);
    person
}

/// Phone and e-mail; what cannot be kept there (a landline, a number abroad) is noted, the person still comes in.
fn contacts<'a>(person: &mut Proposal<'a>, rec: Rec<'a>, mapped: &mut Mapped<'a>) {
    person.read("email", rec.cell(&["email", "secondaryemail"]), None);
    let Some(field) = person.entity.fields.iter().find(|field| field.kind == Kind::Phone) else { return };
    let mut numbers = ["sms", "phone"].iter().filter_map(|name| rec.cell(&[name])).peekable();
    let given = numbers.peek().is_some();
    match numbers.find(|cell| value(field, *cell, None).is_ok()) {
        None if given => mapped.note("phone numbers that are not Philippine mobile numbers, left out"),
        cell => person.read("phone", cell, None),
    }
}

/// A number into a claim, unless it is too long to be one that people use.
fn number_into<'a>(person: &mut Proposal<'a>, field: &str, cell: Option<Cell<'a>>, mapped: &mut Mapped<'a>) {
    let max = person.entity.fields.iter().find(|declared| declared.name == field).map(|declared| declared.kind);
    match (cell, max) {
        (Some(cell), Some(Kind::Claim { max })) if cell.text.chars().count() > max => {
            mapped.note("ids that are too long to be a student or employee number, left out");
        }
        _ => person.read(field, cell, None),
    }
}

fn is_lrn(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn part_of(role: &str) -> Part {
    match role.to_lowercase().as_str() {
        "student" => Part::Student,
        "guardian" | "parent" | "relative" | "father" | "mother" => Part::Guardian,
        "administrator" | "siteadministrator" | "principal" | "teacher" | "proctor" | "aide" | "staff" | "faculty"
        | "professor" | "lecturer" | "counselor" | "adjunct" | "instructor" | "coach" => Part::Staff,
        _ => Part::Other,
    }
}

fn relation(how: &str, sex: Option<&str>) -> &'static str {
    match (how.to_lowercase().as_str(), sex) {
        ("father", _) | ("parent", Some("M")) => "father",
        ("mother", _) | ("parent", Some("F")) => "mother",
        ("guardian" | "parent" | "", _) => "guardian",
        _ => "other",
    }
}
