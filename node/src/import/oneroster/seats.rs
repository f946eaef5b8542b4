//! Which of a learner's classes of a school year are where the learner sits. A learner sits in one section at a time, and may move:
//! homerooms that follow each other are stays one after the other; where there is no homeroom, the first class of the file
//! stands in, unless every class begins after the one before has ended.

use crate::import::dates::DateOrder;
use crate::import::proposal::value;
use crate::import::table::Rec;
use pems_model::Value;
use pems_model::entities::SECTION_MEMBERSHIP;
use std::collections::BTreeMap;

/// The stays of each learner in each school year, oldest first.
pub(super) type Seats<'a> = BTreeMap<(usize, &'a str), Vec<Seat<'a>>>;

/// A class, and the row that puts a learner into it.
#[derive(Debug, Clone)]
pub(super) struct Seat<'a> {
    pub(super) class: &'a str,
    pub(super) rec: Rec<'a>,
    homeroom: bool,
    pub(super) from: Option<i32>,
    pub(super) to: Option<i32>,
}

impl<'a> Seat<'a> {
    /// A day that cannot be read is none here; whoever proposes the stay refuses it.
    pub(super) fn read(class: &'a str, rec: Rec<'a>, homeroom: bool, order: Option<DateOrder>) -> Seat<'a> {
        let day = |field: &str, column: &str| {
            let field = SECTION_MEMBERSHIP.fields.iter().find(|declared| declared.name == field)?;
            match value(field, rec.cell(&[column])?, order) {
                Ok(Value::Date(day)) => Some(day),
                _ => None,
            }
        };
        let (from, to) = (day("valid_from", "begindate"), day("valid_to", "enddate"));
        Seat { class, rec, homeroom, from, to }
    }

    fn ends_before(&self, next: &Seat<'a>) -> bool {
        matches!((self.to, next.from), (Some(to), Some(from)) if to <= from)
    }
}

/// The stays, oldest first, and how many classes are none.
pub(super) fn choose(mut wanted: Vec<Seat<'_>>) -> (Vec<Seat<'_>>, usize) {
    let all = wanted.len();
    let homerooms = wanted.iter().any(|seat| seat.homeroom);
    wanted.retain(|seat| seat.homeroom == homerooms);
    let first = wanted.first().cloned();
    // Without a first day it is the year's.
    wanted.sort_by_key(|seat| seat.from);
    let mut kept: Vec<Seat<'_>> = Vec::new();
    let candidates = wanted.len();
    for seat in wanted {
        if kept.last().is_none_or(|last| last.ends_before(&seat)) {
            kept.push(seat);
        }
    }
    if !homerooms && kept.len() < candidates {
        kept = first.into_iter().collect();
    }
    let aside = all - kept.len();
    (kept, aside)
}
