//! Attendance: which days are class days, who is in a class on them, and what was marked.

pub(crate) mod days;
pub(crate) mod holidays;
pub(crate) mod moved;
pub(crate) mod roster;
pub(crate) mod section;
pub(crate) mod sheets;
pub(crate) mod tally;
