//! Whether the child whose name is being typed is here already. Nothing is merged: what is likely is shown, and a person decides.

use super::directory::Directory;
use super::entry::Entry;
use super::enye::{self, Readings};
use super::find::line;
use super::taken;
use pems_model::fold::fold_tight;
use pems_model::text;
use pems_model::value::parse_date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// Most suspects shown: what fits beside the form.
const MOST: usize = 6;

/// What is known of the new learner so far.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(rename = "LearnerProbe", optional_fields)]
pub struct Probe {
    #[ts(as = "Option<String>")]
    pub last_name: String,
    #[ts(as = "Option<String>")]
    pub first_name: String,
    #[ts(as = "Option<String>")]
    pub lrn: String,
    #[ts(as = "Option<String>")]
    pub student_no: String,
    /// `YYYY-MM-DD`.
    #[ts(as = "Option<String>")]
    pub birth_date: String,
    /// A learner who is not to be found: the one who is being edited.
    #[ts(as = "Option<String>")]
    pub except: Option<Uuid>,
}

/// A learner who may be the same child, the likeliest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "LearnerSuspect")]
pub struct Suspect {
    /// `lrn`, `student_no`, `same` (name and birth date), `name`, `swapped` (first and last name), `spelling` (a letter off),
    /// `birth_date` (the same, and one of the names).
    pub why: &'static str,
    #[ts(as = "super::find::Line")]
    pub learner: Json,
    /// Whether it is surely this child: a number proves it.
    pub certain: bool,
}

/// A probe, folded once.
pub(super) struct Wanted {
    last: String,
    first: String,
    last_lost: Option<Readings>,
    first_lost: Option<Readings>,
    lrn: String,
    student_no: String,
    born: Option<i32>,
    except: Option<Uuid>,
}

impl Wanted {
    pub(super) fn new(probe: &Probe) -> Wanted {
        Wanted {
            last: fold_tight(&probe.last_name),
            first: fold_tight(&probe.first_name),
            last_lost: enye::name(&probe.last_name),
            first_lost: enye::name(&probe.first_name),
            lrn: text::identity(&probe.lrn),
            student_no: text::caseless(&probe.student_no),
            born: parse_date(probe.birth_date.trim()),
            except: probe.except,
        }
    }

    /// Why `entry` may be the child, and how likely (0 is certain); `None` where it is not.
    pub(super) fn compare(&self, entry: &Entry) -> Option<(u8, &'static str)> {
        if self.except == Some(entry.id) {
            return None;
        }
        if !self.lrn.is_empty() && self.lrn == entry.told.lrn {
            return Some((0, "lrn"));
        }
        if !self.student_no.is_empty() && self.student_no == entry.told.student_no.to_lowercase() {
            return Some((0, "student_no"));
        }
        if self.last.is_empty() {
            return None;
        }
        let same_birth = self.born.is_some() && self.born == entry.told.birth_date;
        let other_birth = self.born.is_some() && entry.told.birth_date.is_some() && !same_birth;
        let (last, first) = (self.last == entry.last_tight, !self.first.is_empty() && self.first == entry.first_tight);
        if last && first {
            return Some(if same_birth { (1, "same") } else { (if other_birth { 4 } else { 2 }, "name") });
        }
        if !self.first.is_empty() && self.last == entry.first_tight && self.first == entry.last_tight {
            return Some((if same_birth { 2 } else { 3 }, "swapped"));
        }
        if self.first.is_empty() || other_birth {
            return None;
        }
        let near_last = self.is_near_last(entry);
        if near_last && self.is_near_first(entry) {
            return Some((if same_birth { 2 } else { 5 }, "spelling"));
        }
        let begins = entry.first_tight.starts_with(&self.first) || self.first.starts_with(&entry.first_tight);
        (same_birth && (last || (first && self.last != entry.last_tight) || (begins && near_last)))
            .then_some((3, "birth_date"))
    }
}

impl Wanted {
    fn is_near_last(&self, entry: &Entry) -> bool {
        let lost = (self.last_lost.as_ref(), entry.last_lost.as_deref());
        near((&self.last, lost.0), (&entry.last_tight, lost.1))
    }

    fn is_near_first(&self, entry: &Entry) -> bool {
        let lost = (self.first_lost.as_ref(), entry.first_lost.as_deref());
        near((&self.first, lost.0), (&entry.first_tight, lost.1))
    }

    /// Whether the rest of what is known speaks against it, although a number says that `entry` is the child: another name, or
    /// another birth date and not exactly the name. One of them alone is how a mistake is corrected.
    pub(super) fn contradicts(&self, entry: &Entry) -> bool {
        let begins = entry.first_tight.starts_with(&self.first) || self.first.starts_with(&entry.first_tight);
        let straight = (self.last.is_empty() || self.is_near_last(entry)) && (begins || self.is_near_first(entry));
        let swapped = !self.first.is_empty() && self.last == entry.first_tight && self.first == entry.last_tight;
        let exact = [(&self.last, &entry.last_tight), (&self.first, &entry.first_tight)];
        let exact = exact.iter().all(|(wanted, has)| wanted.is_empty() || wanted == has);
        let other_birth = self.born.is_some() && entry.told.birth_date.is_some() && self.born != entry.told.birth_date;
        !(straight || swapped) || (other_birth && !exact)
    }
}

/// From which likeness on a pasted row is shown as a suspect; what is less alike is too common a name.
const LIKELY: u8 = 3;

/// Everybody by number, name and birth date: whoever is likely shares one of these, so a paste of thousands of rows compares each
/// with a few learners and not with the whole school.
pub(super) struct Index<'a> {
    numbers: HashMap<String, Vec<&'a Entry>>,
    names: HashMap<(&'a str, &'a str), Vec<&'a Entry>>,
    births: HashMap<i32, Vec<&'a Entry>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(entries: &'a [Entry]) -> Index<'a> {
        let mut index = Index { numbers: HashMap::new(), names: HashMap::new(), births: HashMap::new() };
        for entry in entries {
            for number in [&entry.told.lrn, &entry.told.student_no].into_iter().filter(|number| !number.is_empty()) {
                index.numbers.entry(number.to_lowercase()).or_default().push(entry);
            }
            index.names.entry((&entry.last_tight, &entry.first_tight)).or_default().push(entry);
            if let Some(day) = entry.told.birth_date {
                index.births.entry(day).or_default().push(entry);
            }
        }
        index
    }

    /// Whoever has this number.
    pub(super) fn holder(&self, field: &str, wanted: &str) -> Option<&'a Entry> {
        let found = self.numbers.get(&wanted.to_lowercase())?;
        found.iter().copied().find(|entry| taken::number(entry, field).eq_ignore_ascii_case(wanted))
    }

    /// The likeliest learner, how likely (0 is certain); none where nobody is likely.
    pub(super) fn likeliest(&self, wanted: &Wanted) -> Option<(u8, &'a Entry)> {
        let (last, first) = (wanted.last.as_str(), wanted.first.as_str());
        let found = [
            self.numbers.get(&wanted.lrn),
            self.numbers.get(&wanted.student_no),
            self.names.get(&(last, first)),
            self.names.get(&(first, last)),
            wanted.born.and_then(|day| self.births.get(&day)),
        ];
        let compared =
            found.into_iter().flatten().flatten().filter_map(|entry| Some((wanted.compare(entry)?.0, *entry)));
        compared.filter(|(rank, _)| *rank <= LIKELY).min_by_key(|(rank, entry)| (*rank, entry.id))
    }
}

/// The same, a letter off, or an ñ lost in one of them.
fn near(one: (&str, Option<&Readings>), other: (&str, Option<&Readings>)) -> bool {
    one.0 == other.0 || one_off(one.0.as_bytes(), other.0.as_bytes()) || enye::meet(one, other)
}

/// Whether one edit leads from one text to the other: a letter added, left out, changed, or two neighbours swapped. Short names
/// are too much alike for that to mean anything.
fn one_off(a: &[u8], b: &[u8]) -> bool {
    const SHORTEST: usize = 4;
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < SHORTEST || long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[head..] == long[head + 1..];
    }
    let (rest_a, rest_b) = (&short[head..], &long[head..]);
    match (rest_a, rest_b) {
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a1, a2, a @ ..], [b1, b2, b @ ..]) => a1 == b2 && a2 == b1 && a == b,
        _ => false,
    }
}

/// Everybody who may be the child.
pub(super) fn suspects(directory: &Directory, probe: &Probe, today: i32) -> Vec<Suspect> {
    let wanted = Wanted::new(probe);
    let compared = |entry| wanted.compare(entry).map(|(rank, why)| (rank, why, entry));
    let mut found: Vec<(u8, &str, &Entry)> = directory.entries.iter().filter_map(compared).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.2.key.cmp(&b.2.key)).then_with(|| a.2.id.cmp(&b.2.id)));
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(rank, why, entry)| Suspect {
            why,
            learner: Json::Object(line(entry, None, &directory.years, today)),
            certain: rank == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Entry, Told};
    use super::*;
    use pems_model::value::format_date;

    /// Everybody with everybody, as it was before there was an index.
    fn slowly(entries: &[Entry], wanted: &Wanted) -> Option<(u8, Uuid)> {
        let compared = entries.iter().filter_map(|entry| Some((wanted.compare(entry)?.0, entry.id)));
        compared.filter(|(rank, _)| *rank <= LIKELY).min()
    }

    #[test]
    fn the_index_finds_whom_a_look_at_everybody_finds() {
        let names = [
            "Santos",
            "Santoz",
            "Peña",
            "Pena",
            "Pea",
            "Dela Cruz",
            "De la Cruz",
            "Maria",
            "Ma. Clara",
            "Maria Clara",
            "Jo",
        ];
        let dates = [None, Some(15_000), Some(15_001)];
        let mut all = Vec::new();
        for (i, last) in names.iter().enumerate() {
            for (j, first) in names.iter().enumerate() {
                let at = i * names.len() + j;
                let told = Told {
                    last: (*last).into(),
                    first: (*first).into(),
                    lrn: if at.is_multiple_of(4) { format!("{at:012}") } else { String::new() },
                    student_no: if at.is_multiple_of(3) { format!("A-{at}") } else { String::new() },
                    birth_date: dates[at % 3],
                    ..Told::default()
                };
                all.push((at, told));
            }
        }
        let entries: Vec<Entry> =
            all.iter().map(|(at, told)| Entry::new(Uuid::from_u128(*at as u128), told.clone())).collect();
        let index = Index::of(&entries);
        let mut likely = 0;
        for (at, told) in &all {
            for born in dates {
                let probe = Probe {
                    last_name: told.last.clone(),
                    first_name: told.first.clone(),
                    lrn: if at.is_multiple_of(5) { told.lrn.clone() } else { String::new() },
                    student_no: if at.is_multiple_of(7) { format!("a-{at}") } else { String::new() },
                    birth_date: born.map(format_date).unwrap_or_default(),
                    except: None,
                };
                let wanted = Wanted::new(&probe);
                let found = index.likeliest(&wanted).map(|(rank, entry)| (rank, entry.id));
                assert_eq!(found, slowly(&entries, &wanted), "{probe:?}");
                likely += usize::from(found.is_some());
            }
        }
        assert!(likely > 100, "{likely}");
    }

    #[test]
    fn a_letter_off_is_near_and_two_are_not() {
        for (a, b) in [("DELACRUZ", "DELACRUS"), ("SANTOS", "SANTO"), ("REYES", "REYSE"), ("PENA", "PENIA")] {
            assert!(one_off(a.as_bytes(), b.as_bytes()), "{a} {b}");
            assert!(one_off(b.as_bytes(), a.as_bytes()), "{b} {a}");
        }
        for (a, b) in [("SANTOS", "SANTIS2"), ("ANA", "ANN"), ("MARIA", "MARIO1X"), ("REYES", "YERES1")] {
            assert!(!one_off(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
