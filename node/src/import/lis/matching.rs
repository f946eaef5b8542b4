//! Which learner of the office a line of the register means. The LRN proves it; without one on either side, name and birth date
//! together do, if they leave no second person. Everything else is a suspicion for a person to settle.

use super::here::{Here, date, text};
use super::likeness::{Candidate, MatchedBy, Suspicion};
use super::register::Line;
use pems_model::entities::STUDENT;
use pems_model::value::{format_date, parse_date};
use pems_model::{Row, fold::fold};
use std::collections::HashSet;
use uuid::Uuid;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match {
    Known(Uuid, MatchedBy),
    New,
    Suspect(Vec<Candidate>),
}

/// One match for each line. A learner is matched once: LRNs first, then names.
pub(super) fn all(here: &Here, lines: &[Line]) -> Vec<Match> {
    let mut taken = HashSet::new();
    let mut matches: Vec<Option<Match>> = lines.iter().map(|line| by_lrn(here, line)).collect();
    for found in matches.iter().flatten() {
        if let Match::Known(id, _) = found {
            taken.insert(*id);
        }
    }
    for (line, found) in lines.iter().zip(&mut matches) {
        if found.is_none() {
            let by_name = by_name(here, line, &taken);
            if let Match::Known(id, _) = by_name {
                taken.insert(id);
            }
            *found = Some(by_name);
        }
    }
    matches.into_iter().map(|found| found.unwrap_or(Match::New)).collect()
}

/// `None` where the LRN says nothing.
fn by_lrn(here: &Here, line: &Line) -> Option<Match> {
    let rows = here.by_lrn(line.lrn.as_deref()?);
    match rows.as_slice() {
        [] => None,
        [one] if !is_somebody_else(one, line) => Some(Match::Known(one.id, MatchedBy::Lrn)),
        several => Some(Match::Suspect(several.iter().map(|row| candidate(row, Suspicion::SameLrn)).collect())),
    }
}

fn by_name(here: &Here, line: &Line, taken: &HashSet<Uuid>) -> Match {
    let born = line.birth_date.as_deref().and_then(parse_date);
    let (mut same, mut suspects) = (Vec::new(), Vec::new());
    for row in here.by_name(&line.last_name, &line.first_name) {
        let parts = [("middle_name", &line.middle_name), ("name_ext", &line.name_ext)];
        if parts.iter().any(|(field, theirs)| contradict(text(&STUDENT, row, field), theirs.as_deref())) {
            continue;
        }
        let ours = date(&STUDENT, row, "birth_date");
        let two_lrns = line.lrn.is_some() && text(&STUDENT, row, "lrn").is_some();
        match (born, ours) {
            (Some(born), Some(ours)) if born != ours => {}
            (Some(_), Some(_)) if two_lrns => suspects.push(candidate(row, Suspicion::OtherLrn)),
            (Some(_), Some(_)) if taken.contains(&row.id) => suspects.push(candidate(row, Suspicion::TwiceInFile)),
            (Some(_), Some(_)) => same.push(row),
            // A birth date is missing: only the name agrees. Two LRNs are then two learners.
            _ if two_lrns => {}
            _ => suspects.push(candidate(row, Suspicion::SameName)),
        }
    }
    match (same.as_slice(), suspects.is_empty()) {
        ([one], true) => Match::Known(one.id, MatchedBy::NameAndBirthDate),
        ([], true) => Match::New,
        _ => {
            suspects.extend(same.into_iter().map(|row| candidate(row, Suspicion::SameName)));
            Match::Suspect(suspects)
        }
    }
}

fn contradict(ours: Option<&str>, theirs: Option<&str>) -> bool {
    matches!((ours, theirs), (Some(ours), Some(theirs)) if fold(ours) != fold(theirs))
}

/// The same LRN, but neither last nor first name nor birth date agree.
fn is_somebody_else(row: &Row, line: &Line) -> bool {
    let differs = |field, theirs: &str| text(&STUDENT, row, field).is_some_and(|ours| fold(ours) != fold(theirs));
    let born = (date(&STUDENT, row, "birth_date"), line.birth_date.as_deref().and_then(parse_date));
    differs("last_name", &line.last_name)
        && differs("first_name", &line.first_name)
        && (born.0.is_none() || born.1.is_none() || born.0 != born.1)
}

fn candidate(row: &Row, why: Suspicion) -> Candidate {
    let part = |field| text(&STUDENT, row, field).unwrap_or_default();
    let parts = [part("last_name"), ", ", part("first_name"), " ", part("name_ext"), " ", part("middle_name")].concat();
    Candidate {
        student: row.id,
        name: parts.split_whitespace().collect::<Vec<_>>().join(" "),
        lrn: text(&STUDENT, row, "lrn").map(str::to_owned),
        birth_date: date(&STUDENT, row, "birth_date").map(format_date),
        why,
    }
}
