//! What cannot be true of a learner, whoever writes it and from wherever it comes.

use crate::entities::STUDENT;
use crate::value::format_date;
use crate::{Code, Problem};

/// What is wrong with a birth date on this day. The hub asks with a day to spare: a PC whose clock is a day ahead is no reason to
/// send a child's record back.
pub fn birth_date(born: i32, today: i32) -> Option<Problem> {
    if born <= today {
        return None;
    }
    let label = STUDENT.field_index("birth_date").map_or("", |i| STUDENT.fields[i].label);
    let message = format!("{label}: {} is in the future; correct it", format_date(born));
    Some(Problem::at(Code::OutOfRange, "birth_date", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_born_today_is_born_and_who_is_born_tomorrow_is_not() {
        assert!(birth_date(20_000, 20_000).is_none());
        let problem = birth_date(20_001, 20_000).expect("a problem");
        assert_eq!((problem.code, problem.field.as_deref()), (Code::OutOfRange, Some("birth_date")));
    }
}
