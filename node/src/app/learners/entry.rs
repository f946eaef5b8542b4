//! One learner as the directory keeps them: what a row of the list shows, and what a search compares.

use super::enye::{self, Readings};
use pems_model::fold::fold;
use pems_model::value::format_date;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A school year, newest first in the directory.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "LearnerYear")]
pub struct Year {
    #[ts(type = "string")]
    pub id: Uuid,
    pub label: String,
    /// `draft`, `open` or `closed`.
    pub status: String,
    #[serde(skip)]
    pub(super) start: i32,
}

/// Where a learner stands in one school year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Position of the school year in the directory.
    pub(super) year: usize,
    pub(super) grade: String,
    pub(super) status: String,
    /// The section where the learner sits now or sat last.
    pub(super) section: Option<(Uuid, String)>,
    /// Whether the learner sits there from today on.
    pub(super) seated: bool,
    /// The day on which the status became what it is, where somebody said so.
    pub(super) effective: Option<i32>,
}

/// A learner's words and dates, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) last: String,
    pub(super) first: String,
    pub(super) middle: String,
    pub(super) ext: String,
    pub(super) lrn: String,
    pub(super) student_no: String,
    pub(super) sex: String,
    pub(super) birth_date: Option<i32>,
    pub(super) barangay: String,
    pub(super) municipality: String,
    pub(super) phone: String,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) told: Told,
    /// Folded `LAST FIRST MIDDLE EXT`: the order of the list.
    pub(super) key: String,
    /// Last name and first name, folded, without spaces.
    pub(super) last_tight: String,
    pub(super) first_tight: String,
    /// How the two read without their ñ, where they have one.
    pub(super) last_lost: Option<Box<Readings>>,
    pub(super) first_lost: Option<Box<Readings>>,
    /// Words of all names as they read without it, divided by spaces.
    lost: String,
    /// Everything that can be searched, folded, parts divided by `|`.
    hay: String,
    /// Newest school year first.
    pub(super) places: Vec<Place>,
    /// `Juan Cruz (father)`, the first to call first.
    pub(super) guardians: Vec<String>,
    pub(super) guardian_phone: String,
    /// Kinds of papers that are still missing.
    pub(super) missing: Vec<String>,
}

fn tight(folded: &str) -> String {
    folded.replace(' ', "")
}

/// Folds as names are, but keeps what is no name (a student number) searchable as typed: in capitals.
pub(super) fn searched(text: &str) -> String {
    fold(text)
}

impl Entry {
    pub(super) fn new(id: Uuid, told: Told) -> Entry {
        let (last, first) = (fold(&told.last), fold(&told.first));
        let key = [&last, &first, &fold(&told.middle), &fold(&told.ext)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ");
        let hay = format!("{key}|{}|{}|{}", tight(&key), told.lrn, searched(&told.student_no));
        Entry {
            id,
            key,
            last_tight: tight(&last),
            first_tight: tight(&first),
            last_lost: enye::name(&told.last).map(Box::new),
            first_lost: enye::name(&told.first).map(Box::new),
            lost: enye::spellings(&[&*told.last, &told.first, &told.middle].join(" ")),
            hay,
            told,
            places: Vec::new(),
            guardians: Vec::new(),
            guardian_phone: String::new(),
            missing: Vec::new(),
        }
    }

    /// A parent or guardian, in the order in which they are to be shown.
    pub(super) fn add_guardian(&mut self, name: &str, relation: &str, phone: Option<&str>) {
        let folded = fold(name);
        self.hay.push('|');
        self.hay.push_str(&folded);
        self.hay.push('|');
        self.hay.push_str(&tight(&folded));
        let lost = enye::spellings(name);
        if !lost.is_empty() {
            self.lost = format!("{} {lost}", self.lost);
        }
        self.guardians.push(format!("{name} ({relation})"));
        if let (Some(phone), true) = (phone, self.guardian_phone.is_empty()) {
            self.guardian_phone = phone.to_owned();
        }
    }

    /// How well the entry answers `words` (folded, whole text first): 0 begins with them, 1 has a word that begins with the
    /// first of them, 2 has them somewhere; `None` not at all.
    pub(super) fn rank(&self, whole: &str, words: &[String]) -> Option<u8> {
        if !words.iter().all(|word| self.hay.contains(word.as_str())) {
            return None;
        }
        let begins = self.key.starts_with(whole)
            || self.last_tight.starts_with(&tight(whole))
            || (!self.told.lrn.is_empty() && self.told.lrn == whole);
        if begins {
            return Some(0);
        }
        let first = words.first().map_or("", String::as_str);
        Some(if self.key.split(' ').any(|word| word.starts_with(first)) { 1 } else { 2 })
    }

    /// The words of the names, the learner's and the guardians', some of them twice; the last name also without its spaces.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        // The parts of `hay`: the name, the same without spaces, two numbers, and two for each guardian.
        let names = self.hay.split('|').enumerate().filter(|(at, _)| *at == 0 || (*at > 3 && at % 2 == 0));
        let words = names.flat_map(|(_, name)| name.split(' ')).filter(|word| !word.is_empty());
        std::iter::once(self.last_tight.as_str()).chain(words)
    }

    /// Whether one word (folded) is somewhere.
    pub(super) fn holds(&self, word: &str) -> bool {
        self.hay.contains(word)
    }

    /// Whether a name here has an ñ, or lost one.
    pub(super) fn lost(&self) -> bool {
        !self.lost.is_empty()
    }

    /// Whether the word begins a name that is spelled without its ñ, or one of `readings` a name as it is.
    pub(super) fn holds_lost(&self, word: &str, readings: Option<&Readings>) -> bool {
        enye::begins(self.lost.split(' '), word)
            || readings.is_some_and(|all| {
                all.iter().any(|word| enye::begins(self.words(), word) || enye::begins(self.lost.split(' '), word))
            })
    }

    /// The place in a school year; without one in the newest that the learner has.
    pub(super) fn place(&self, year: Option<usize>) -> Option<&Place> {
        match year {
            Some(year) => self.places.iter().find(|place| place.year == year),
            None => self.places.first(),
        }
    }

    pub(super) fn birth_date(&self) -> Option<String> {
        self.told.birth_date.map(format_date)
    }
}
