//! A learner's time in a section as the forms tell it: since when, from where, until when and why it ended.

use crate::Result;
use crate::domain::attendance::roster::{Began, Member};
use pems_forms::sf2::{Came, Left, LeftWhy};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// All of a learner's times in one section, as one from the first to the last.
pub(super) struct Stay<'a> {
    pub first: &'a Member,
    pub last: &'a Member,
}

/// One of each learner, although somebody may have been in the section twice.
pub(super) fn stays(members: &[Member]) -> Vec<Stay<'_>> {
    let mut stays: Vec<Stay<'_>> = Vec::new();
    for member in members {
        match stays.iter_mut().find(|stay| stay.first.student == member.student) {
            Some(stay) => {
                if member.from < stay.first.from {
                    stay.first = member;
                }
                if member.from > stay.last.from {
                    stay.last = member;
                }
            }
            None => stays.push(Stay { first: member, last: member }),
        }
    }
    stays
}

impl Stay<'_> {
    pub fn student(&self) -> Uuid {
        self.first.student
    }

    pub fn is_transferee(&self) -> bool {
        is_transferee(self.first)
    }

    pub fn left(&self, conn: &Connection, section: Uuid) -> Result<Option<Left>> {
        left(conn, section, self.last)
    }
}

fn is_transferee(member: &Member) -> bool {
    matches!(member.kind.as_deref(), Some("transferee" | "moved_in"))
}

/// How a time in the section began: who comes from another section, or back, did not enrol late or transfer in again.
pub(super) fn came(conn: &Connection, section: Uuid, member: &Member) -> Result<Came> {
    Ok(match member.began {
        Began::First if is_transferee(member) => {
            Came::TransferredIn { from: member.from_school.clone().unwrap_or_default() }
        }
        Began::First if member.late => Came::Late,
        Began::First => Came::Enrolled,
        Began::Returned => Came::Returned,
        Began::Moved => {
            beside(conn, member, section, BEFORE, member.from)?.map_or(Came::Enrolled, |from| Came::Moved { from })
        }
    })
}

/// Why a learner is not in the section any more: the enrolment ended on that day, or another section began.
pub(super) fn left(conn: &Connection, section: Uuid, member: &Member) -> Result<Option<Left>> {
    let Some(on) = member.to else { return Ok(None) };
    let why = match &member.ended {
        Some(end) if end.status == "dropped" => {
            let reason = end.reason.clone().unwrap_or_default();
            // Only the reason "others" is told in words.
            let note = end.note.clone().filter(|_| reason == OTHERS).unwrap_or_default();
            LeftWhy::Dropped { reason, note }
        }
        Some(end) => LeftWhy::TransferredOut { to: end.school.clone().unwrap_or_default() },
        None => LeftWhy::Moved { to: beside(conn, member, section, AFTER, on)?.unwrap_or_default() },
    };
    Ok(Some(Left { on, why }))
}

/// The reason of School Form 2 that wants words.
const OTHERS: &str = "f";
const BEFORE: &str =
    "m.valid_from < ?3 AND (m.valid_to IS NULL OR m.valid_to >= ?3) ORDER BY m.valid_from DESC LIMIT 1";
const AFTER: &str = "m.valid_from = ?3 ORDER BY m.id DESC LIMIT 1";

/// The other section of the same enrolment whose time meets this one's.
fn beside(conn: &Connection, member: &Member, section: Uuid, meets: &str, day: i32) -> Result<Option<String>> {
    let sql = format!(
        "SELECT s.name FROM section_membership m JOIN section s ON s.id = m.section
         WHERE m.enrolment = ?1 AND m.section <> ?2 AND m.deleted_at IS NULL AND {meets}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let ids = (member.enrolment.as_bytes(), section.as_bytes(), day);
    Ok(statement.query_row(ids, |row| row.get(0)).optional()?)
}
