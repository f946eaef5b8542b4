//! An enrolment stands where its events say: the row repeats the status of one of them.
//!
//! Which of several events counts is settled where it is shown (two PCs may have written them apart), so here it is enough that
//! one says so. An enrolment without events, as lists of the school bring them, stands as its row says and keeps to that.

use crate::{Code, Problem};

/// What is known of the events of one enrolment, once a push is through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// The statuses of those that stand.
    pub standing: Vec<String>,
    /// One of them is taken back by this push.
    pub taken_back: bool,
}

/// What is wrong with a status that becomes another one.
pub fn status(before: &str, after: &str, events: &Events) -> Option<Problem> {
    let says_so = events.standing.iter().any(|status| status == after);
    // Taking back everything that happened leaves a row that speaks for itself again.
    let began_anew = events.standing.is_empty() && events.taken_back;
    // A cancelled enrolment is taken up again for the next year as what it would be without events.
    let taken_up = before == "cancelled" && after == "pre_registered";
    if before == after || says_so || began_anew || taken_up {
        return None;
    }
    let message = format!(
        "nothing that happened to this enrolment says '{after}'; enrol, move out, drop or complete the learner instead of \
         changing the word"
    );
    Some(Problem::at(Code::Rule, "status", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_what_an_event_says() {
        let events = |standing: &[&str], taken_back| Events {
            standing: standing.iter().map(|text| (*text).to_owned()).collect(),
            taken_back,
        };
        assert!(status("enrolled", "completed", &events(&[], false)).is_some());
        assert!(status("enrolled", "completed", &events(&["enrolled"], true)).is_some());
        assert!(status("enrolled", "completed", &events(&["enrolled", "completed"], false)).is_none());
        assert!(status("completed", "enrolled", &events(&[], true)).is_none());
        assert!(status("cancelled", "pre_registered", &events(&["cancelled"], false)).is_none());
        assert!(status("cancelled", "enrolled", &events(&["cancelled"], false)).is_some());
    }
}
