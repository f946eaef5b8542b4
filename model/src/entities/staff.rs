//! Teachers and other staff. `funding` follows the parts of School Form 7: A nationally funded, B locally funded, C other.

use crate::entity::{choice, claim, text};
use crate::{Act, Entity};

/// A person who teaches or works at the school.
pub const STAFF: Entity = Entity {
    name: "staff",
    label: "Staff member",
    writers: Act::KeepStaff.roles(),
    fields: &[
        text("last_name", "Last name", 80).required().searched(),
        text("first_name", "First name", 80).required().searched(),
        text("middle_name", "Middle name", 80).searched(),
        text("name_ext", "Name extension", 10),
        choice("sex", "Sex", &["F", "M"]),
        text("position", "Position", 80),
        choice("funding", "Fund source (SF7)", &["A", "B", "C"]),
        claim("employee_no", "Employee no.", 20).searched(),
        text("email", "E-mail", 254),
    ],
    ..Entity::SYNCED
};
