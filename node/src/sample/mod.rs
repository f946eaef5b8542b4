//! The sample school: made up, to try things with, and to be thrown away. It has no hub, and its window says so all the time.
//!
//! Invariants: nobody in it exists; it follows from a seed and the day on which it is made; its records come in as from a hub, so
//! that nothing waits to be sent.

mod attendance;
mod calendar;
mod dice;
mod made;
mod names;
mod people;
mod school;
mod years;

use crate::keys::KeySource;
use crate::store::Enrolled;
use crate::{Env, Result, Store, SystemEnv};
use attendance::Taking;
use calendar::Year;
use made::Made;
use pems_model::Role;
use people::People;
use school::Office;
use std::path::Path;
use uuid::Uuid;
use years::{Class, Going, Making};

const NAME: &str = "Sample National High School";
const SEED: u64 = 2026;
/// Another number whenever another school comes out of the same plan.
pub const VERSION: u32 = 1;

/// How large a school is made, and when.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub name: String,
    /// Six digits. The sample's is no school's.
    pub school_id: u32,
    /// Days since 1970, school-local.
    pub today: i32,
    /// Microseconds since 1970 UTC.
    pub now: i64,
    /// Learners of Grades 7 to 12 in one school year, (male, female).
    pub grades: [(usize, usize); 6],
    pub section_size: usize,
    /// School years with enrolments; the last is that of `today`, and open.
    pub years: usize,
    /// Class days with attendance, counted back from `today` over all years.
    pub days: usize,
    /// Of a thousand learners in a class day.
    pub not_present: usize,
}

impl Plan {
    /// The school that a first run offers: about 400 learners in ten sections.
    pub fn sample(now: i64) -> Plan {
        Plan {
            seed: SEED,
            name: NAME.into(),
            school_id: 399_999,
            today: pems_model::school_day::day_of(now),
            now,
            grades: [(42, 40), (41, 42), (40, 41), (38, 42), (18, 20), (17, 20)],
            section_size: 45,
            years: 2,
            days: 40,
            not_present: 60,
        }
    }
}

impl Plan {
    /// The largest school of the country, 17,167 learners in each of four years, with attendance of every class day: one and a
    /// half million marks. Source: DepEd open enrolment data, "JHS with SHS".
    pub fn largest(now: i64) -> Plan {
        Plan {
            name: "Largest National High School".into(),
            grades: [(1624, 1628), (1850, 1756), (1977, 1825), (1800, 1807), (770, 704), (731, 695)],
            years: 4,
            days: usize::MAX,
            not_present: 122,
            ..Plan::sample(now)
        }
    }
}

/// Makes the sample school in `dir`.
///
/// # Errors
/// `already_enrolled`, or what the disk or keyring said.
pub fn open(dir: &Path, keys: KeySource) -> Result<crate::Office> {
    found(dir, keys, NAME, |store| fill(store, &Plan::sample(SystemEnv.now())))
}

/// Makes a sample school without any records, to be filled by hand.
///
/// # Errors
/// As [`open`].
pub fn empty(dir: &Path, keys: KeySource) -> Result<crate::Office> {
    found(dir, keys, NAME, |_| Ok(()))
}

/// Makes a school as large as the plan says. It takes a minute for the largest of the country.
///
/// # Errors
/// As [`open`].
pub fn large(dir: &Path, keys: KeySource, plan: &Plan) -> Result<crate::Office> {
    found(dir, keys, &plan.name, |store| fill(store, plan))
}

fn found(
    dir: &Path,
    keys: KeySource,
    name: &str,
    fill: impl FnOnce(&mut Store) -> Result<()>,
) -> Result<crate::Office> {
    let enrolled = Enrolled {
        tenant_id: SystemEnv.new_id(),
        device_id: SystemEnv.new_id(),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: name.into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    crate::Office::found(dir, keys, &enrolled, |store| {
        store.set_local("sample", "1")?;
        fill(store)
    })
}

/// Fills a new office with a made-up school.
///
/// # Errors
/// What the disk said.
pub fn fill(store: &mut Store, plan: &Plan) -> Result<()> {
    let device = store.replica();
    let mut made = Made::new(store, !plan.seed, plan.now);
    let mut people = People::new(plan)?;
    school::profile(&mut made, plan)?;
    let office = school::office(&mut made, &mut people, plan)?;
    let open = calendar::year_of(plan.today);
    let oldest = open + 1 - i32::try_from(plan.years).unwrap_or(1);
    let mut going = Going::default();
    let mut taught = Vec::new();
    for first in oldest..=open {
        let mut year = Year::of(first);
        if first == open {
            year.suspend(plan.today);
        }
        let year_id = years::calendar(&mut made, &year, first == open)?;
        let mut making = Making {
            plan,
            made: &mut made,
            people: &mut people,
            office: &office,
            year: &year,
            first,
            is_oldest: first == oldest,
            is_open: first == open,
            year_id,
        };
        let classes = making.enrol(&mut going)?;
        taught.push((year, classes));
    }
    attendance(&mut made, &mut people, plan, &office, &taught)?;
    school::extras(&mut made, &people, device, plan.now)?;
    made.deliver()
}

fn attendance(
    made: &mut Made<'_>,
    people: &mut People,
    plan: &Plan,
    office: &Office,
    taught: &[(Year, Vec<Class>)],
) -> Result<()> {
    let all: Vec<Vec<i32>> = taught.iter().map(|(year, _)| year.class_days(plan.today)).collect();
    let mut left = all.iter().map(Vec::len).sum::<usize>().saturating_sub(plan.days);
    for ((_, classes), days) in taught.iter().zip(&all) {
        let skipped = left.min(days.len());
        left -= skipped;
        let is_open = std::ptr::eq(days, &all[all.len() - 1]);
        let taking = Taking {
            days: &days[skipped..],
            taken_by: office.teacher,
            now: plan.now,
            not_present: plan.not_present,
            today: is_open.then_some(plan.today),
        };
        taking.take(made, &mut people.dice, classes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
