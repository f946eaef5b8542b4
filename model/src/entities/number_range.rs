//! Numbers that one PC may give out alone, so that two PCs without a network never give the same one.

use crate::entity::{any_id, choice, int, text};
use crate::written_by::WrittenBy;
use crate::{Act, Code, Entity, Problem, Row, Value};

/// Largest number of a range: nine digits, more than any school gives out.
const MAX: i64 = 999_999_999;

/// Numbers that one PC may give out.
pub const NUMBER_RANGE: Entity = Entity {
    name: "number_range",
    label: "Number range",
    writers: Act::ManageNumbers.roles(),
    // Two ranges never have a number in common: it would be given out twice.
    written_by: WrittenBy::Domain {
        instead: "give the PC its numbers in Settings, Numbers, or import a list of number ranges",
    },
    fields: &[
        choice("purpose", "What for", &["student_no"]).required().immutable(),
        any_id("device", "PC").required().immutable(),
        text("prefix", "Begins with", 12),
        int("from_no", "From", 1, MAX).required(),
        int("to_no", "To", 1, MAX).required(),
        int("digits", "Digits", 1, 9),
    ],
    rule: Some(rule),
    ..Entity::SYNCED
};

fn rule(entity: &Entity, row: &Row) -> Option<Problem> {
    match (row.get(entity, "from_no"), row.get(entity, "to_no")) {
        (Value::Int(from), Value::Int(to)) if to < from => {
            Some(Problem::at(Code::Rule, "to_no", "To must not be below From"))
        }
        _ => None,
    }
}
