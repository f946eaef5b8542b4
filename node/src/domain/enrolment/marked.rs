//! Whoever moves a learner from an earlier day on is told first of the marks that were made since, in the class that is left.

use super::record;
use crate::domain::attendance::days::{said, said_days};
use crate::domain::attendance::section::Section;
use crate::domain::attendance::{moved, roster};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::domain::seats::Moved;
use pems_model::value::format_date;
use rusqlite::Connection;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where and when a learner was marked who is to sit elsewhere on those days, in words: `Reyes, Ana was marked in 7-Rizal on 9 Jun
/// 2026`. For lists that are imported, which cannot be asked whether the marks may stay there.
pub(crate) fn away(conn: &Connection, student: Uuid, moves: &[Moved]) -> Result<Option<String>> {
    let mut days: BTreeMap<Uuid, Vec<i32>> = BTreeMap::new();
    for one in moves {
        for (date, of_day) in moved::marks(conn, student, one.days.clone())? {
            for there in of_day.into_keys().filter(|there| Some(*there) != one.to) {
                days.entry(there).or_default().push(date);
            }
        }
    }
    if days.is_empty() {
        return Ok(None);
    }
    let who = roster::named(conn, student)?.0.listed();
    let said = days.iter().map(|(there, days)| {
        Ok(format!("{who} was marked in {} on {}", Section::find(conn, *there)?.title(), said_days(days)))
    });
    Ok(Some(said.collect::<Result<Vec<_>>>()?.join("; ")))
}

/// Learners that a refusal names: more do not help.
const NAMED: usize = 5;

/// Whether learners can be put elsewhere from a day on (since 1970-01-01), as far as their marks go.
///
/// # Errors
/// `rule` with `details.marked`, where attendance of these learners was marked in another section than this one on that day or
/// later, unless somebody agreed that the marks stay where they were made.
pub(crate) fn check(
    conn: &Connection,
    enrolments: &[Uuid],
    section: Option<Uuid>,
    day: i32,
    today: i32,
    agreed: bool,
) -> Result<()> {
    if agreed {
        return Ok(());
    }
    let (mut told, mut last) = (Vec::new(), day);
    for id in enrolments {
        let student = record::find(conn, *id)?.student;
        let mut days: BTreeMap<Uuid, Vec<i32>> = BTreeMap::new();
        for (date, of_day) in moved::marks(conn, student, day..i32::MAX)? {
            for there in of_day.into_keys().filter(|there| Some(*there) != section) {
                days.entry(there).or_default().push(date);
                last = last.max(date);
            }
        }
        for (there, days) in days {
            told.push((roster::named(conn, student)?.0.listed(), Section::find(conn, there)?.title(), days));
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    let one = |(who, section, days): &(String, String, Vec<i32>)| {
        format!("{who} was marked in {section} on {}", said_days(days))
    };
    let mut said_all: Vec<String> = told.iter().take(NAMED).map(one).collect();
    if told.len() > NAMED {
        said_all.push(format!("{} more", told.len() - NAMED));
    }
    let message = format!(
        "{}; choose a day after {}, or agree that these marks stay with the section and count there",
        said_all.join("; "),
        said(last)
    );
    let lines = told.iter().map(|(who, section, days)| {
        json!({ "listed": who, "section": section, "days": days.iter().map(|date| format_date(*date)).collect::<Vec<_>>() })
    });
    let after = (last < today).then(|| format_date(last + 1));
    let details = json!({ "marked": { "learners": lines.collect::<Vec<_>>(), "after": after } });
    Err(NodeError::new(Code::Rule, message).with_details(details))
}
