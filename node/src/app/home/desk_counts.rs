//! What waits at the enrolment desk, in the figures of its lists.

use super::super::learners::OfYear;
use crate::Result;
use rusqlite::Connection;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// Learners who owe a paper of this kind.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PaperCount {
    /// A kind of `student_document`.
    pub kind: String,
    pub learners: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct DeskCounts {
    /// Temporarily enrolled.
    pub temporary: i64,
    pub pre_registered: i64,
    /// In no section from today on.
    pub unassigned: i64,
    pub enrolled_today: i64,
    /// Learners of this year who owe a paper.
    pub missing_papers: usize,
    /// Which, the most frequent first.
    pub papers: Vec<PaperCount>,
}

/// Whether a learner (`?1`) was enrolled in a year (`?2`) on a day (`?3`). By the learner: the plus keeps the year's index out of it.
pub(super) const CAME: &str = "SELECT EXISTS (SELECT 1 FROM enrolment e JOIN enrolment_event v ON v.enrolment = e.id
     WHERE e.student = ?1 AND +e.school_year = ?2 AND e.deleted_at IS NULL
        AND v.deleted_at IS NULL AND v.kind = 'enrolled' AND v.on_date = ?3)";

pub(super) fn counts(conn: &Connection, year: Uuid, here: &[OfYear<'_>], today: i32) -> Result<DeskCounts> {
    let mut counts = DeskCounts::default();
    let mut kinds = BTreeMap::<&str, i64>::new();
    let mut came = conn.prepare_cached(CAME)?;
    for learner in here {
        counts.temporary += i64::from(learner.status == "temporary");
        counts.pre_registered += i64::from(learner.status == "pre_registered");
        if !matches!(learner.status, "pre_registered" | "temporary" | "enrolled") {
            continue;
        }
        counts.unassigned += i64::from(learner.section.is_none());
        counts.missing_papers += usize::from(!learner.missing.is_empty());
        for kind in learner.missing {
            *kinds.entry(kind).or_default() += 1;
        }
        // Whoever changed today may have been enrolled today, or confirmed.
        if learner.effective == Some(today) {
            let new: bool = came.query_row((learner.student.as_bytes(), year.as_bytes(), today), |row| row.get(0))?;
            counts.enrolled_today += i64::from(new);
        }
    }
    let paper = |(kind, learners): (&str, i64)| PaperCount { kind: kind.to_owned(), learners };
    counts.papers = kinds.into_iter().map(paper).collect();
    counts.papers.sort_by_key(|paper| std::cmp::Reverse(paper.learners));
    Ok(counts)
}
