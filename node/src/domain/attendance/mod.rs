//! Attendance: which days are class days, who is in a class on them, what was marked, and how it is taken and signed.

pub(crate) mod days;
pub(crate) mod holidays;
pub(crate) mod moved;
pub(crate) mod roster;
pub(crate) mod section;
pub(crate) mod sheets;
pub(crate) mod signing;
pub(crate) mod taking;
pub(crate) mod tally;
