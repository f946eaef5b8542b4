//! In which order learners are found: how well they answer what was typed, or by a column; those whose names are only nearly so
//! come last.

use super::directory::Directory;
use super::entry::{Entry, searched};
use super::enye;
use super::near::Alike;
use super::query::{Query, Sort, passes, year_of};
use crate::{NodeError, Result};
use pems_model::Code;
use std::cmp::Ordering;
use std::collections::HashSet;

/// Where fewer than these are found as typed, those whose names are nearly so follow them: a screen full says enough.
const FEW: usize = 20;
/// The rank of those who are only nearly what was typed.
const NEAR: u8 = 9;

/// The order of what is found, and how many of them are only alike.
pub(super) fn ordered(directory: &mut Directory, query: &Query) -> Result<(Vec<u32>, usize)> {
    let year = year_of(directory, query)?;
    for sort in &query.sort {
        column(&sort.key)?;
    }
    let whole = searched(&query.text);
    let words: Vec<String> = whole.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let mut found: Vec<(u8, u32)> = Vec::new();
    for (at, entry) in (0u32..).zip(&directory.entries) {
        if passes(entry, &query.filters, year)
            && let Some(rank) = entry.rank(&whole, &words)
        {
            found.push((rank, at));
        }
    }
    let exact = found.len();
    if exact < FEW && !words.is_empty() {
        add_near(directory, (&words, &query.text), &mut found, |entry| passes(entry, &query.filters, year));
    }
    let entry = |at: u32| &directory.entries[at as usize];
    found.sort_unstable_by(|a, b| {
        // A column that sorts comes before how well a learner answers, but never mixes in those who are only alike.
        let rank = |rank: u8| if query.sort.is_empty() { rank } else { rank / NEAR };
        let by = |sort: &Sort| compared(sort, entry(a.1), entry(b.1), year);
        let sorted = query.sort.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        let names = || entry(a.1).key.cmp(&entry(b.1).key).then_with(|| entry(a.1).id.cmp(&entry(b.1).id));
        rank(a.0).cmp(&rank(b.0)).then(sorted).then_with(names)
    });
    let near = found.len() - exact;
    Ok((found.into_iter().map(|(_, at)| at).collect(), near))
}

/// Adds those who have every word, as typed, nearly so, or with an ñ that was lost there or here.
fn add_near(
    directory: &mut Directory,
    (words, text): (&[String], &str),
    found: &mut Vec<(u8, u32)>,
    passes: impl Fn(&Entry) -> bool,
) {
    let (names, entries) = directory.names();
    let alike: Vec<Option<Alike>> = words.iter().map(|word| names.alike(word, entries, found.is_empty())).collect();
    let lost = enye::words(text);
    let nothing = alike.iter().all(Option::is_none) && lost.is_empty();
    let here: HashSet<u32> = found.iter().map(|(_, at)| *at).collect();
    for (at, entry) in (0u32..).zip(entries).filter(|(_, entry)| !nothing || entry.lost()) {
        let has = |(place, word): (usize, &String)| {
            alike.get(place).and_then(Option::as_ref).is_some_and(|alike| alike.has(at))
                || entry.holds(word)
                || entry.holds_lost(word, lost.get(place))
        };
        if words.iter().enumerate().all(has) && !here.contains(&at) && passes(entry) {
            found.push((NEAR, at));
        }
    }
}

/// What a column is sorted by. Grades count, as K, 1, 2, … 12, NG.
#[derive(Debug, Clone, Copy)]
enum Column {
    Name,
    Given,
    Lrn,
    StudentNo,
    Sex,
    Birth,
    Grade,
    Section,
    Status,
    Guardian,
    Papers,
    Place,
}

fn column(key: &str) -> Result<Column> {
    Ok(match key {
        "name" | "last_name" => Column::Name,
        "first_name" => Column::Given,
        "lrn" => Column::Lrn,
        "student_no" => Column::StudentNo,
        "sex" => Column::Sex,
        "birth_date" | "age" => Column::Birth,
        "grade" => Column::Grade,
        "section" => Column::Section,
        "status" => Column::Status,
        "guardian" => Column::Guardian,
        "papers" => Column::Papers,
        "barangay" | "municipality" => Column::Place,
        _ => {
            let message = format!("learners cannot be sorted by '{key}'; sort by name, LRN, grade or section");
            return Err(NodeError::new(Code::UnknownField, message));
        }
    })
}

fn compared(sort: &Sort, a: &Entry, b: &Entry, year: Option<usize>) -> Ordering {
    let Ok(column) = column(&sort.key) else { return Ordering::Equal };
    // What is not recorded comes last, whichever way the column is sorted.
    let text =
        |one: Option<&str>, other: Option<&str>| match (one.filter(|t| !t.is_empty()), other.filter(|t| !t.is_empty()))
        {
            (Some(one), Some(other)) => (one.cmp(other), true),
            (None, None) => (Ordering::Equal, true),
            (one, _) => (if one.is_some() { Ordering::Less } else { Ordering::Greater }, false),
        };
    let grade = |entry: &Entry| {
        entry.place(year).and_then(|p| pems_model::entities::GRADE_LEVELS.iter().position(|g| *g == p.grade))
    };
    let section = |entry: &Entry| entry.place(year).and_then(|p| p.section.as_ref()).map(|(_, name)| searched(name));
    let (order, turns) = match column {
        Column::Name => (a.key.cmp(&b.key), true),
        Column::Given => text(Some(&a.first_tight), Some(&b.first_tight)),
        Column::Lrn => text(Some(&a.told.lrn), Some(&b.told.lrn)),
        Column::StudentNo => text(Some(&a.told.student_no), Some(&b.told.student_no)),
        // Males first, as on the forms.
        Column::Sex => {
            let (order, both) = text(Some(&a.told.sex), Some(&b.told.sex));
            (if both { order.reverse() } else { order }, both)
        }
        Column::Birth => text(a.birth_date().as_deref(), b.birth_date().as_deref()),
        Column::Grade => match (grade(a), grade(b)) {
            (Some(one), Some(other)) => (one.cmp(&other), true),
            (one, other) => (other.is_some().cmp(&one.is_some()), false),
        },
        Column::Section => text(section(a).as_deref(), section(b).as_deref()),
        Column::Status => text(a.place(year).map(|p| p.status.as_str()), b.place(year).map(|p| p.status.as_str())),
        Column::Guardian => text(a.guardians.first().map(String::as_str), b.guardians.first().map(String::as_str)),
        Column::Papers => (b.missing.len().cmp(&a.missing.len()), true),
        Column::Place => {
            let town = |entry: &Entry| searched(&format!("{} {}", entry.told.municipality, entry.told.barangay));
            text(Some(&town(a)), Some(&town(b)))
        }
    };
    if sort.down && turns { order.reverse() } else { order }
}
