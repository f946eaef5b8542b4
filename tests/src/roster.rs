//! Made-up rosters of real size: OneRoster 1.1 bundles as a Philippine high school would export them. One seed, one bundle.
//!
//! Nobody in them exists: names are drawn from public lists, LRNs are counted up.

use crate::sim::Rng;
use pems_model::value::{format_date, parse_date};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// A school as DepEd's open enrolment data has it: learners of Grades 7 to 12, `(male, female)`.
#[derive(Debug, Clone, Copy)]
pub struct School {
    pub name: &'static str,
    pub school_id: u32,
    pub grades: [(u32, u32); 6],
}

/// The largest school of the data: 17,167 learners. Source: DepEd open enrolment data, "JHS with SHS".
pub const LARGEST: School = School {
    name: "Batasan Hills National HS",
    school_id: 305_330,
    grades: [(1624, 1628), (1850, 1756), (1977, 1825), (1800, 1807), (770, 704), (731, 695)],
};

/// A school of usual size: 395 learners. Source: DepEd open enrolment data, "JHS with SHS".
pub const USUAL: School = School {
    name: "Nagrebcan NHS",
    school_id: 300_021,
    grades: [(37, 27), (42, 35), (45, 27), (31, 26), (45, 30), (29, 21)],
};

/// Learners in one section: DepEd's standard for high schools.
const SECTION_SIZE: usize = 45;
/// The first day of school year 2026-2027, and its terms.
const TERMS: [(&str, &str); 3] =
    [("2026-06-08", "2026-09-15"), ("2026-09-16", "2026-12-18"), ("2027-01-04", "2027-04-08")];

const FIRST_NAMES: &str = include_str!("../../node/data/names/first_names.json");
const LAST_NAMES: &str = include_str!("../../node/data/names/last_names.json");
const SECTIONS: [&str; 12] = [
    "Rizal",
    "Bonifacio",
    "Mabini",
    "Luna",
    "Del Pilar",
    "Silang",
    "Aquino",
    "Jacinto",
    "Agoncillo",
    "Sampaguita",
    "Narra",
    "Mayon",
];

/// What a bundle holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub students: usize,
    pub guardians: usize,
    pub sections: usize,
    pub staff: usize,
}

impl School {
    pub fn learners(&self) -> usize {
        self.grades.iter().map(|(male, female)| (male + female) as usize).sum()
    }
}

/// Writes a bundle of `students` learners, spread over the grades as in the largest school, into the folder `dir`.
///
/// # Errors
/// If a file cannot be written.
pub fn generate(dir: &Path, seed: u64, students: usize) -> io::Result<Written> {
    let real = LARGEST.learners();
    let mut grades = LARGEST.grades.map(|(male, female)| {
        let part = |count: u32| u32::try_from(count as usize * students / real).unwrap_or(u32::MAX);
        (part(male), part(female))
    });
    let short = students - School { grades, ..LARGEST }.learners();
    for i in 0..short {
        grades[i % grades.len()].0 += 1;
    }
    generate_school(dir, seed, &School { name: "Made-up National High School", school_id: 399_999, grades })
}

/// Writes a bundle of a school, learner for learner, into the folder `dir`.
///
/// # Errors
/// If a file cannot be written.
pub fn generate_school(dir: &Path, seed: u64, school: &School) -> io::Result<Written> {
    let mut bundle = Bundle::new(seed, school);
    for (grade, (male, female)) in (7..).zip(school.grades) {
        bundle.grade(grade, male as usize, female as usize);
    }
    bundle.finish();
    std::fs::create_dir_all(dir)?;
    for (name, text) in &bundle.files {
        std::fs::write(dir.join(name), text)?;
    }
    Ok(bundle.written)
}

struct Bundle {
    dice: Rng,
    school_id: u32,
    men: Vec<String>,
    women: Vec<String>,
    last: Vec<String>,
    /// Name and birth date of every learner: nobody is drawn twice.
    drawn: HashSet<(String, String, i32)>,
    /// The last guardian: (id, last name). A younger sibling has the same.
    family: Option<(String, String)>,
    files: [(&'static str, String); 7],
    guardian_rows: String,
    staff_rows: String,
    written: Written,
}

const MANIFEST: usize = 0;
const ORGS: usize = 1;
const SESSIONS: usize = 2;
const USERS: usize = 3;
const DEMOGRAPHICS: usize = 4;
const CLASSES: usize = 5;
const ENROLLMENTS: usize = 6;

impl Bundle {
    fn new(seed: u64, school: &School) -> Bundle {
        let names = |json: &str, list: &str| -> Vec<String> {
            let all: serde_json::Value = serde_json::from_str(json).expect("the list of names is JSON");
            serde_json::from_value(all[list].clone()).expect("a list of names")
        };
        let files = [
            ("manifest.csv", "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n"),
            ("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"),
            (
                "academicSessions.csv",
                "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n",
            ),
            (
                "users.csv",
                "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n",
            ),
            ("demographics.csv", "sourcedId,status,dateLastModified,birthDate,sex\n"),
            (
                "classes.csv",
                "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n",
            ),
            (
                "enrollments.csv",
                "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n",
            ),
        ];
        let mut files = files.map(|(name, header)| (name, header.to_owned()));
        let _ = writeln!(files[ORGS].1, "S1,,,{},school,{},", school.name, school.school_id);
        let (start, end) = (TERMS[0].0, TERMS[2].1);
        let _ = writeln!(files[SESSIONS].1, "SY1,,,SY 2026-2027,schoolYear,{start},{end},,2027");
        for (i, (start, end)) in TERMS.iter().enumerate() {
            let _ = writeln!(files[SESSIONS].1, "T{0},,,Term {0},term,{start},{end},SY1,2027", i + 1);
        }
        debug_assert!(files[MANIFEST].1.contains("1.1"));
        Bundle {
            dice: Rng::new(seed),
            school_id: school.school_id,
            men: names(FIRST_NAMES, "male"),
            women: names(FIRST_NAMES, "female"),
            last: names(LAST_NAMES, "last_names"),
            drawn: HashSet::new(),
            family: None,
            files,
            guardian_rows: String::new(),
            staff_rows: String::new(),
            written: Written::default(),
        }
    }

    fn grade(&mut self, grade: u32, male: usize, female: usize) {
        let mut sexes: Vec<bool> = (0..male + female).map(|i| i < male).collect();
        for i in (1..sexes.len()).rev() {
            let j = self.dice.below(i + 1);
            sexes.swap(i, j);
        }
        let sections = sexes.len().div_ceil(SECTION_SIZE);
        for (i, chunk) in sexes.chunks(SECTION_SIZE).enumerate() {
            debug_assert!(i < sections);
            let section = self.section(grade, i);
            for (seat, man) in chunk.iter().enumerate() {
                self.learner(grade, i * SECTION_SIZE + seat, *man, &section);
            }
        }
    }

    fn section(&mut self, grade: u32, i: usize) -> String {
        self.written.sections += 1;
        self.written.staff += 1;
        let id = format!("C{grade}-{}", i + 1);
        let round = i / SECTIONS.len();
        let name = SECTIONS[i % SECTIONS.len()];
        let title = if round == 0 { format!("{grade}-{name}") } else { format!("{grade}-{name} {}", round + 1) };
        let _ = writeln!(self.files[CLASSES].1, "{id},,,{title},{grade:02},,{id},homeroom,,S1,SY1,,,");
        let teacher = format!("T{}", 10_000 + self.written.staff);
        let man = self.dice.chance(33);
        let first = self.first_name(man);
        let last = self.last_name();
        let number = 4_000_000 + self.written.staff;
        let _ = writeln!(self.staff_rows, "{teacher},,,true,S1,teacher,{teacher},,{first},{last},,{number},,,,,,");
        let _ = writeln!(self.files[ENROLLMENTS].1, "E{id},,,{id},S1,{teacher},teacher,true,,");
        id
    }

    fn learner(&mut self, grade: u32, seq: usize, man: bool, section: &str) {
        self.written.students += 1;
        let id = format!("L{}", self.written.students);
        let (guardian, last) = self.guardian();
        let (first, born) = loop {
            let (first, born) = (self.first_name(man), self.birth_date(grade));
            if self.drawn.insert((last.clone(), first.clone(), born)) {
                break (first, born);
            }
        };
        let middle = self.last_name();
        // As LIS makes them: the first school's ID, the year, and a number of four digits.
        let lrn = format!("{:06}{:02}{:04}", self.school_id as usize + seq / 10_000, 26 - (grade - 6), seq % 10_000);
        let _ = writeln!(
            self.files[USERS].1,
            "{id},,,true,S1,student,{id},,{first},{last},{middle},{lrn},,,,{guardian},{grade:02},"
        );
        let sex = if man { "male" } else { "female" };
        let _ = writeln!(self.files[DEMOGRAPHICS].1, "{id},,,{},{sex}", format_date(born));
        let _ = writeln!(self.files[ENROLLMENTS].1, "E{id},,,{section},S1,{id},student,false,,");
    }

    /// A new guardian, or for one learner in six the one of the learner before.
    fn guardian(&mut self) -> (String, String) {
        if let (true, Some(family)) = (self.dice.chance(17), self.family.take()) {
            return family;
        }
        self.written.guardians += 1;
        let number = self.written.guardians;
        let id = format!("G{number}");
        let last = self.last_name();
        let man = self.dice.chance(25);
        let first = self.first_name(man);
        let phone = format!("0917{number:07}");
        let _ = writeln!(self.guardian_rows, "{id},,,true,S1,guardian,{id},,{first},{last},,,,{phone},,,,");
        self.family = Some((id.clone(), last.clone()));
        (id, last)
    }

    fn first_name(&mut self, man: bool) -> String {
        let list = if man { &self.men } else { &self.women };
        let one = &list[self.dice.below(list.len())];
        let two = &list[self.dice.below(list.len())];
        if self.dice.chance(50) { one.to_owned() } else { format!("{one} {two}") }
    }

    fn last_name(&mut self) -> String {
        self.last[self.dice.below(self.last.len())].clone()
    }

    /// Twelve years old in Grade 7; one in ten is up to three years older.
    fn birth_date(&mut self, grade: u32) -> i32 {
        let late = if self.dice.chance(10) { self.dice.below(3) + 1 } else { 0 };
        let year = 2026 - 5 - grade as usize - late;
        let newest = parse_date(&format!("{year}-09-30")).expect("a date");
        newest - i32::try_from(self.dice.below(365)).unwrap_or(0)
    }

    fn finish(&mut self) {
        let (staff, guardians) = (std::mem::take(&mut self.staff_rows), std::mem::take(&mut self.guardian_rows));
        self.files[USERS].1.push_str(&staff);
        self.files[USERS].1.push_str(&guardians);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_makes_one_roster() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, seed| {
            let to = dir.path().join(name);
            let written = generate_school(&to, seed, &USUAL).expect("written");
            (written, std::fs::read_to_string(to.join("users.csv")).expect("users"))
        };
        let (first, again, other) = (write("a", 1), write("b", 1), write("c", 2));
        assert_eq!(first, again);
        assert_ne!(first.1, other.1);
        assert_eq!(first.0.students, 395);
        assert_eq!(LARGEST.learners(), 17_167);
        assert_eq!(first.1.lines().count(), 1 + first.0.students + first.0.staff + first.0.guardians);
        assert_eq!(generate(&dir.path().join("d"), 1, 1_000).expect("written").students, 1_000);
    }
}
