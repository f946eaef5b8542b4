//! Which part of an office's program writes a kind of record. Most records are their fields, and whoever has the role saves them
//! field by field. Some are more: an enrolment is what its events add up to, a mark belongs to a day that was not signed yet. A
//! list, a pasted table or a command that saved such a record as it is would go round the rules that make it true.
//!
//! The office's store refuses it by this declaration; only its layer of rules has what opens the store to such a record.

use crate::{Code, Entity, Problem};

/// Through what rows are written at an office, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenBy {
    /// A row is its fields.
    Anyone,
    /// Other rows have to agree with a row, so its rules write it: those of schools (`node/src/domain`), or of deciding a conflict.
    Domain {
        /// What to use instead of saving it as a record. The end of a sentence, without a full stop.
        instead: &'static str,
    },
}

impl Entity {
    /// What is wrong with saving or deleting a row of this kind as it is, past its rules; it says what to use instead.
    pub fn past_the_rules(&self) -> Option<Problem> {
        let WrittenBy::Domain { instead } = self.written_by else { return None };
        let message = format!(
            "{} records ({}) are more than their fields, so they are not written one by one; {instead}",
            self.label, self.name
        );
        Some(Problem::new(Code::BadRequest, message))
    }
}

#[cfg(test)]
mod tests {
    use crate::entities::{ATTENDANCE_MARK, STUDENT};

    #[test]
    fn a_refusal_names_the_record_and_what_to_use() {
        assert!(STUDENT.past_the_rules().is_none());
        let message = ATTENDANCE_MARK.past_the_rules().expect("more than its fields").message;
        for part in ["attendance_mark", "Attendance mark", "in Attendance"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
