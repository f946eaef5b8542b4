//! OneRoster 1.1 and 1.2 CSV bundles, and the School Data Sync dialects that descend from them, to proposals.
//!
//! Every dialect is read through the same few tables; only names of files and columns differ. What PEMS has no place for
//! (other schools, further classes of a learner who sits in a section) is counted in the warnings, never silently dropped.

mod classes;
mod school;
mod seats;
mod users;
mod years;

use super::bundle::Tables;
use super::known::Existing;
use super::proposal::Mapped;
use super::table::{Rec, Table};
use super::{Options, bad_file};
use crate::Result;
use std::collections::HashSet;

/// Columns in which a row has its own id.
const ID: &[&str] = &["sourcedid", "sisid"];

pub(super) fn map<'a>(tables: &'a Tables, options: &Options, known: &mut Existing<'_>) -> Result<Mapped<'a>> {
    if ["users", "student", "teacher"].iter().all(|name| tables.get(name).is_none()) {
        let found = tables.names.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
        let message = format!("a roster needs users.csv (or Student.csv and Teacher.csv); found: {found}");
        return Err(bad_file("users.csv", message));
    }
    let mut mapped = Mapped::new(options.date_order);
    for table in tables.all() {
        mapped.warnings.extend(table.warnings.iter().cloned());
    }
    let either = |names: &[&str]| names.iter().any(|name| tables.get(name).is_some());
    if !either(&["classes", "section"]) {
        mapped.warnings.push("classes.csv is missing: no sections, no enrolments".to_owned());
    } else if !either(&["enrollments", "studentenrollment"]) {
        mapped.warnings.push("enrollments.csv is missing: no enrolments, no section members".to_owned());
    }
    let school = school::School::choose(tables, options.school.as_deref())?;
    mapped.warnings.extend(school.check(known)?);
    let years = years::Years::map(tables, options.school_year.as_deref(), &mut mapped, known)?;
    let users = users::map(tables, &school, &mut mapped);
    classes::map(tables, &school, &years, &users, &mut mapped);
    Ok(mapped)
}

/// The rows of a table that are in force: OneRoster keeps deleted ones as `tobedeleted`.
fn live<'a>(table: Option<&'a Table>, mapped: &mut Mapped<'a>) -> Vec<Rec<'a>> {
    let Some(table) = table else { return Vec::new() };
    let mut rows = Vec::with_capacity(table.len());
    for rec in table.rows() {
        if is_gone(rec) {
            mapped.note("rows marked as inactive or to be deleted, left aside");
        } else {
            rows.push(rec);
        }
    }
    rows
}

fn is_gone(rec: Rec<'_>) -> bool {
    matches!(rec.text(&["status"]).to_lowercase().as_str(), "tobedeleted" | "inactive" | "deleted")
}

/// The ids of rows that are there no more, and not there anew: what names them leaves with them.
fn gone<'a>(tables: &'a Tables, names: &[&str]) -> HashSet<&'a str> {
    let rows = || names.iter().filter_map(|name| tables.get(name)).flat_map(Table::rows);
    let live: HashSet<&str> = rows().filter(|rec| !is_gone(*rec)).map(|rec| rec.text(ID)).collect();
    rows().filter(|rec| is_gone(*rec)).map(|rec| rec.text(ID)).filter(|id| !live.contains(id)).collect()
}
