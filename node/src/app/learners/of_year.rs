//! The learners of a school year out of memory, for figures over the whole school.

use super::super::Desk;
use crate::{Result, Store};
use uuid::Uuid;

/// A learner as one school year has them.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct OfYear<'a> {
    pub student: Uuid,
    /// `M`, `F`, or empty where nobody typed it.
    pub sex: &'a str,
    pub grade: &'a str,
    pub status: &'a str,
    /// Where the learner sits from today on.
    pub section: Option<Uuid>,
    /// The day on which the status became what it is, where somebody said so.
    pub effective: Option<i32>,
    /// Kinds of papers that are missing.
    pub missing: &'a [String],
}

impl Desk {
    /// Begins to read the learners by a connection of its own, before anybody asks for them.
    pub(in crate::app) fn read_ahead(&mut self, store: Store) {
        self.learners.directory.read_ahead(store);
    }

    /// Follows the file, so that the learners in memory are those of this moment. Answers another number whenever something of
    /// them changed.
    pub(in crate::app) fn follow_learners(&mut self) -> Result<u64> {
        self.learners.directory.follow(&self.store)?;
        Ok(self.learners.directory.version)
    }

    /// The learners of a year as they were when the file was followed last; those who left too.
    pub(in crate::app) fn learners_of_year(&self, year: Uuid) -> impl Iterator<Item = OfYear<'_>> {
        let directory = &self.learners.directory;
        let year = directory.years.iter().position(|known| known.id == year);
        directory.entries.iter().filter_map(move |entry| {
            let place = entry.places.iter().find(|place| Some(place.year) == year)?;
            Some(OfYear {
                student: entry.id,
                sex: &entry.told.sex,
                grade: &place.grade,
                status: &place.status,
                section: place.section.as_ref().filter(|_| place.seated).map(|(id, _)| *id),
                effective: place.effective,
                missing: &entry.missing,
            })
        })
    }

    /// `M`, `F`, or empty where nobody typed it.
    pub(in crate::app) fn sex_of(&self, student: Uuid) -> &str {
        self.learners.directory.get(student).map_or("", |entry| entry.told.sex.as_str())
    }
}
