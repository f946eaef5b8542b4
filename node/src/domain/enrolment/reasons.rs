//! Why a learner is no longer in school: the codes of School Form 2, kept as data (`node/data/SOURCES.md`).

use serde::Serialize;
use ts_rs::TS;

const LIST: &str = include_str!("../../../data/sf2_dropout_reasons.csv");

/// One reason of the form's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "DropReason")]
pub struct Reason {
    /// As the form numbers them, for example `b.1`.
    pub code: String,
    /// What the form lists it under: `School-Related Factors` and the like.
    pub category: String,
    /// In the form's words.
    pub reason: String,
    /// Whether the form wants it in words ("Others, specify").
    pub specify: bool,
}

/// The whole list, in the form's order.
pub fn all() -> Vec<Reason> {
    let mut reader = csv::Reader::from_reader(LIST.as_bytes());
    let read = |line: csv::StringRecord| {
        let at = |i: usize| line.get(i).unwrap_or_default().to_owned();
        Reason { code: at(0), category: at(1), reason: at(2), specify: at(2) == "(specify)" }
    };
    reader.records().filter_map(Result::ok).map(read).collect()
}

/// The reason of a code; none for one that the form does not have.
pub fn find(code: &str) -> Option<Reason> {
    all().into_iter().find(|reason| reason.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_form() {
        let list = all();
        assert_eq!(list.len(), 19);
        assert_eq!(find("e.1").expect("listed").reason, "Child labor, work", "a comma inside quotes");
        assert!(find("f").expect("listed").specify);
        assert!(list.iter().filter(|reason| reason.specify).count() == 1 && find("z").is_none());
    }
}
