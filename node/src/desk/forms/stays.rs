//! A learner's time in a section as the forms tell it: since when, from where, until when and why it ended.

use crate::Result;
use crate::desk::attendance::roster::Member;
use pems_forms::sf2::{Left, LeftWhy};
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
        matches!(self.first.kind.as_deref(), Some("transferee" | "moved_in"))
    }

    /// The section of this school that the learner came from.
    pub fn came_from(&self, conn: &Connection, section: Uuid) -> Result<Option<String>> {
        beside(conn, self.first, section, "m.valid_to = ?3", self.first.from)
    }

    /// Why a learner is not in the section any more: the enrolment ended on that day, or another section began.
    pub fn left(&self, conn: &Connection, section: Uuid) -> Result<Option<Left>> {
        let member = self.last;
        let Some(on) = member.to else { return Ok(None) };
        let ended = member.ended == Some(on);
        let why = match member.status.as_str() {
            "dropped" if ended => {
                let reason = member.reason.clone().unwrap_or_default();
                LeftWhy::Dropped { reason, note: String::new() }
            }
            "transferred_out" | "moved_out" if ended => {
                LeftWhy::TransferredOut { to: member.to_school.clone().unwrap_or_default() }
            }
            _ => LeftWhy::Moved { to: beside(conn, member, section, "m.valid_from = ?3", on)?.unwrap_or_default() },
        };
        Ok(Some(Left { on, why }))
    }
}

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
