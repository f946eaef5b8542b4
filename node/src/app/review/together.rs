//! The fields that one change of one PC contests with one of another are one question, although each is a row of its own: decided
//! together, or one by one.

use crate::store::ReviewEntry;
use std::collections::HashMap;
use uuid::Uuid;

/// What the entries of one question have in common: the record, and both changes.
fn key(entry: &ReviewEntry) -> Option<impl Eq + std::hash::Hash + use<>> {
    let side = |device: Option<Uuid>, user: Option<Uuid>, at: &Option<String>| (device, user, at.clone());
    let mine = side(entry.mine_device, entry.mine_user, &entry.mine_at);
    let theirs = side(entry.theirs_device, entry.theirs_user, &entry.theirs_at);
    (entry.kind == "conflict").then(|| (entry.entity.clone(), entry.row_id, entry.kept_is_mine, mine, theirs))
}

/// The entries by question, each where the first of it stood.
pub(super) fn questions(entries: Vec<ReviewEntry>) -> Vec<Vec<ReviewEntry>> {
    let mut questions: Vec<Vec<ReviewEntry>> = Vec::new();
    let mut known = HashMap::new();
    for entry in entries {
        match key(&entry).map(|key| *known.entry(key).or_insert(questions.len())) {
            Some(at) if at < questions.len() => questions[at].push(entry),
            _ => questions.push(vec![entry]),
        }
    }
    questions
}

/// Which question each entry belongs to.
pub(super) fn numbered(entries: Vec<ReviewEntry>) -> HashMap<Uuid, usize> {
    let questions = questions(entries).into_iter().enumerate();
    questions.flat_map(|(number, question)| question.into_iter().map(move |entry| (entry.id, number))).collect()
}
