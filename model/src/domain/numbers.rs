//! Number ranges of a school: no number is in two of them, or two PCs that do not hear of each other would give it out.
//!
//! What counts is the number as it is printed. `2026-` with four digits and `2026-0` with three both print `2026-0001`.

use crate::entities::NUMBER_RANGE;
use crate::text::identity;
use crate::{Code, Problem, Row, Value};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The largest number of a range, and figures that no number has.
const LARGEST: i64 = 999_999_999;
const MOST_DIGITS: usize = 10;

/// A range as it prints its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    purpose: String,
    /// As it counts when two numbers are compared.
    prefix: String,
    /// Figures at least, filled up with zeros.
    digits: usize,
    numbers: RangeInclusive<i64>,
}

/// Numbers that are printed with this many figures.
struct Piece {
    figures: usize,
    numbers: RangeInclusive<i64>,
}

impl Printed {
    /// A live `number_range`.
    pub fn of(row: &Row) -> Option<Printed> {
        let int = |field: &str| if let Value::Int(n) = row.get(&NUMBER_RANGE, field) { Some(*n) } else { None };
        let text = |field: &str| row.get(&NUMBER_RANGE, field).as_text().unwrap_or_default();
        // What stands before a figure: a space at its end is one within the number.
        let shown = identity(&format!("{}0", text("prefix")));
        let digits = int("digits").and_then(|digits| usize::try_from(digits).ok()).unwrap_or(1).max(1);
        let numbers = int("from_no")?..=int("to_no")?;
        row.is_live().then(|| Printed {
            purpose: text("purpose").to_owned(),
            prefix: shown.strip_suffix('0').unwrap_or(&shown).to_owned(),
            digits,
            numbers,
        })
    }

    /// The same, for the numbers from another one on: as many.
    fn beginning(&self, first: i64) -> Printed {
        let more = self.numbers.end() - self.numbers.start();
        Printed { numbers: first..=first.saturating_add(more), ..self.clone() }
    }

    fn pieces(&self) -> Vec<Piece> {
        let piece = |figures: usize| {
            let tens = |n: usize| 10_i64.checked_pow(u32::try_from(n).unwrap_or(u32::MAX)).unwrap_or(i64::MAX);
            let least = if figures == self.digits { 0 } else { tens(figures - 1) };
            let (first, last) = ((*self.numbers.start()).max(least), (*self.numbers.end()).min(tens(figures) - 1));
            (first <= last).then_some(Piece { figures, numbers: first..=last })
        };
        (self.digits..=MOST_DIGITS.max(self.digits)).filter_map(piece).collect()
    }

    /// Those of its numbers, from the first to the last, that `other` prints as well.
    pub fn shared(&self, other: &Printed) -> Option<RangeInclusive<i64>> {
        if self.purpose != other.purpose {
            return None;
        }
        let mut found: Option<RangeInclusive<i64>> = None;
        for mine in self.pieces() {
            for theirs in other.pieces() {
                let Some(both) = common((&self.prefix, &mine), (&other.prefix, &theirs)) else { continue };
                found = Some(match found {
                    Some(known) => (*known.start()).min(*both.start())..=(*known.end()).max(*both.end()),
                    None => both,
                });
            }
        }
        found
    }

    /// Whether it prints nothing that `before` did not print.
    fn is_within(&self, before: &Printed) -> bool {
        let as_before = self.prefix == before.prefix && self.digits == before.digits;
        as_before && before.numbers.contains(self.numbers.start()) && before.numbers.contains(self.numbers.end())
    }

    /// From where on as many numbers are free of all these, if that is a number still. Each of the others is passed once.
    pub fn free(&self, others: &[Printed]) -> Option<i64> {
        let mut candidate = self.clone();
        while let Some(other) = others.iter().find(|other| candidate.shared(other).is_some()) {
            let on = Printed { numbers: *candidate.numbers.start()..=LARGEST, ..candidate.clone() };
            candidate = self.beginning(on.shared(other)?.end().checked_add(1)?);
        }
        (*candidate.numbers.end() <= LARGEST).then_some(*candidate.numbers.start())
    }
}

/// The numbers of the first that are printed as numbers of the second: the longer beginning has the first figures of the other.
fn common((prefix, mine): (&str, &Piece), (other, theirs): (&str, &Piece)) -> Option<RangeInclusive<i64>> {
    let shift = |head: &str, tail: &Piece| -> Option<i64> {
        if !head.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let head: i64 = if head.is_empty() { 0 } else { head.parse().ok()? };
        head.checked_mul(10_i64.checked_pow(u32::try_from(tail.figures).ok()?)?)
    };
    // `shift`: by how much a number is larger where it is written after the shorter beginning.
    let (by, more) = match (other.strip_prefix(prefix), prefix.strip_prefix(other)) {
        (Some(head), _) => (shift(head, theirs)?, i64::try_from(head.len()).ok()?),
        (None, Some(head)) => (-shift(head, mine)?, -i64::try_from(head.len()).ok()?),
        (None, None) => return None,
    };
    let (figures, others) = (i64::try_from(mine.figures).ok()?, i64::try_from(theirs.figures).ok()?);
    if figures != others + more {
        return None;
    }
    let first = (*mine.numbers.start()).max(theirs.numbers.start().checked_add(by)?);
    let last = (*mine.numbers.end()).min(theirs.numbers.end().checked_add(by)?);
    (first <= last).then_some(first..=last)
}

/// The range of the school that prints a number of this one already, as it is to be. A range that two PCs have already may always
/// become a smaller one.
pub fn taken<'a>(
    before: Option<&Row>,
    after: &Row,
    others: impl IntoIterator<Item = &'a Row>,
) -> Option<(Uuid, RangeInclusive<i64>)> {
    let range = Printed::of(after)?;
    if before.and_then(Printed::of).is_some_and(|before| range.is_within(&before)) {
        return None;
    }
    let shares = |other: &Row| Some((other.id, range.shared(&Printed::of(other)?)?));
    others.into_iter().filter(|other| other.id != after.id).filter_map(shares).min_by_key(|(_, both)| *both.start())
}

/// What is wrong with a range whose numbers, from the first to the last of these, another one has. `free`: from where on as many
/// are free.
pub fn problem(range: &Row, both: &RangeInclusive<i64>, free: Option<i64>) -> Problem {
    let prefix = range.get(&NUMBER_RANGE, "prefix").as_text().unwrap_or_default();
    let digits = range.get(&NUMBER_RANGE, "digits");
    let width = if let Value::Int(digits) = digits { usize::try_from(*digits).unwrap_or(0) } else { 0 };
    let way = free.map_or_else(String::new, |free| format!("begin at {free}, or "));
    let message = format!(
        "the numbers {prefix}{:0width$} to {prefix}{:0width$} are given to a PC already; {way}begin with other letters",
        both.start(),
        both.end()
    );
    Problem::at(Code::Conflict, "from_no", message)
}

/// What becomes of numbers of a range that the hub refuses: its PC may have given some out before it heard of that.
pub const MEANWHILE: &str = "numbers that the PC has given out meanwhile stay with their learners; where another learner has the same \
    one, the earlier keeps it and somebody is asked about the other";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn range(id: u128, prefix: &str, digits: Option<i64>, from: i64, to: i64) -> Row {
        let values = json!({ "purpose": "student_no", "device": Uuid::from_u128(7), "prefix": prefix, "from_no": from,
            "to_no": to, "digits": digits });
        let mut row = Row::empty(&NUMBER_RANGE, Uuid::from_u128(id));
        for (field, value) in NUMBER_RANGE.fields.iter().zip(&mut row.values) {
            *value = Value::parse(field, &values[field.name]).expect("a value");
        }
        row
    }

    fn shared(one: &Row, other: &Row) -> Option<(i64, i64)> {
        let both = Printed::of(one)?.shared(&Printed::of(other)?)?;
        Some((*both.start(), *both.end()))
    }

    fn all(row: &Row) -> Vec<String> {
        let printed = Printed::of(row).expect("a range");
        let width = printed.digits;
        printed.numbers.map(|number| format!("{}{number:0width$}", printed.prefix)).collect()
    }

    #[test]
    fn numbers_are_compared_as_they_are_printed() {
        let four = range(1, "2026-", Some(4), 1, 999);
        assert_eq!(shared(&four, &range(2, "2026-", Some(4), 500, 2_000)), Some((500, 999)));
        assert_eq!(shared(&four, &range(2, "2026-", Some(4), 1_000, 2_000)), None);
        assert_eq!(shared(&four, &range(2, "2026-0", Some(3), 1, 999)), Some((1, 999)));
        assert_eq!(shared(&range(2, "2026-0", Some(3), 1, 999), &four), Some((1, 999)), "whichever is asked");
        assert_eq!(shared(&four, &range(2, "2026-1", Some(3), 1, 999)), None);
        assert_eq!(shared(&four, &range(2, "2026-", Some(5), 1, 999)), None, "2026-00001 is another number");
        assert_eq!(shared(&four, &range(2, "2027-", Some(4), 1, 999)), None);
        assert_eq!(shared(&range(1, "", None, 1, 30), &range(2, "2", None, 1, 5)), Some((21, 25)));
        assert_eq!(shared(&range(1, "A ", Some(2), 1, 9), &range(2, "A  ", Some(2), 9, 12)), Some((9, 9)), "spaces");
        assert_eq!(shared(&range(1, "A", Some(2), 1, 9), &range(2, "a", Some(2), 1, 9)), None, "capitals count");
    }

    #[test]
    fn what_is_said_to_be_shared_is_what_two_lists_of_numbers_share() {
        let mut ranges = Vec::new();
        for prefix in ["", "1", "10", "01", "x", "x1"] {
            for digits in [None, Some(1), Some(2), Some(3)] {
                for (from, to) in [(1, 9), (7, 12), (90, 120), (5, 5), (100, 101)] {
                    ranges.push(range(1, prefix, digits, from, to));
                }
            }
        }
        for one in &ranges {
            for other in &ranges {
                let (mine, theirs) = (all(one), all(other));
                let both: Vec<&String> = mine.iter().filter(|number| theirs.contains(number)).collect();
                let said = shared(one, other);
                assert_eq!(said.is_some(), !both.is_empty(), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_range_that_is_doubled_already_may_shrink_and_another_one_is_found() {
        let (one, other) = (range(1, "2026-", Some(4), 1, 500), range(2, "2026-", Some(4), 401, 900));
        let smaller = range(1, "2026-", Some(4), 1, 450);
        assert!(taken(Some(&one), &smaller, [&other]).is_none(), "less than before");
        assert_eq!(taken(None, &smaller, [&other]), Some((other.id, 401..=450)));
        assert!(taken(Some(&one), &range(1, "2026-", Some(4), 1, 501), [&other]).is_some());
        let gone = Row { deleted_at: Some(1), ..one.clone() };
        assert!(taken(Some(&gone), &one, [&other]).is_some(), "one that comes back is a new one");
        assert!(taken(Some(&one), &gone, [&other]).is_none() && taken(None, &one, [&one]).is_none());
        let others: Vec<Printed> = [&other].into_iter().filter_map(Printed::of).collect();
        assert_eq!(Printed::of(&one).and_then(|range| range.free(&others)), Some(901));
        let full = [range(3, "", None, 1, 999_999_999)].iter().filter_map(Printed::of).collect::<Vec<_>>();
        assert_eq!(Printed::of(&range(4, "", None, 5, 6)).and_then(|range| range.free(&full)), None);
        let said = problem(&smaller, &(401..=450), Some(901)).message;
        assert!(said.contains("2026-0401 to 2026-0450") && said.contains("begin at 901"), "{said}");
    }
}
