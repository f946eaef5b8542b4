//! What waits at the enrolment desk, in the figures of its lists.

use super::enrolled::Group;
use crate::Result;
use rusqlite::Connection;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

/// Learners who owe a paper of this kind.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PaperCount {
    /// A kind of `student_document`.
    pub kind: String,
    pub learners: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
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

pub(super) const PAPERS: &str = "SELECT d.student, d.kind
     FROM enrolment e INDEXED BY enrolment_school_year CROSS JOIN student l ON l.id = e.student
     CROSS JOIN student_document d ON d.student = l.id
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND e.status IN ('pre_registered', 'temporary', 'enrolled')
        AND l.deleted_at IS NULL AND d.deleted_at IS NULL AND d.state = 'missing'";

pub(super) fn counts(conn: &Connection, year: Uuid, standing: &[Group]) -> Result<DeskCounts> {
    let with = |status: &str| standing.iter().filter(|group| group.status == status).map(|group| group.learners).sum();
    let (mut who, mut kinds) = (HashSet::new(), BTreeMap::<String, i64>::new());
    let mut statement = conn.prepare_cached(PAPERS)?;
    let mut rows = statement.query([year.as_bytes()])?;
    while let Some(row) = rows.next()? {
        who.insert(row.get::<_, [u8; 16]>(0)?);
        *kinds.entry(row.get(1)?).or_default() += 1;
    }
    let mut papers: Vec<PaperCount> = kinds.into_iter().map(|(kind, learners)| PaperCount { kind, learners }).collect();
    papers.sort_by_key(|paper| std::cmp::Reverse(paper.learners));
    Ok(DeskCounts {
        temporary: with("temporary"),
        pre_registered: with("pre_registered"),
        unassigned: standing.iter().map(|group| group.unassigned).sum(),
        enrolled_today: standing.iter().map(|group| group.today).sum(),
        missing_papers: who.len(),
        papers,
    })
}
