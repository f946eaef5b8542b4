//! The school itself, as its papers name it.
//!
//! DepEd School ID: six digits, measured on 47,954 + 17,391 public rows. The first digit usually tells the sector, but four
//! public rows break that, so nothing is refused for it. School names are not keys: 3,459 of them repeat.

use crate::entity::{choice, digits, text};
use crate::{Act, Entity};

/// Most characters of a logo: 90 kB of PNG, sharp on paper and small beside a school's records.
const LOGO_MAX: usize = 120_000;

/// What the forms say of the school.
pub const SCHOOL_PROFILE: Entity = Entity {
    name: "school_profile",
    label: "School",
    writers: Act::ManageSchool.roles(),
    singleton: true,
    fields: &[
        digits("deped_school_id", "School ID", 6).required(),
        text("name", "School name", 200).required(),
        choice("sector", "Sector", &["public", "private", "suc_luc"]),
        choice("offering", "Offering", &["es", "jhs", "shs", "integrated"]),
        text("region", "Region", 80),
        text("division", "Division", 80),
        text("district", "District", 80),
        text("legislative_district", "Legislative district", 80),
        digits("psgc_barangay", "Barangay (PSGC)", 10),
        digits("mother_school_id", "Mother school ID", 6),
        text("head_name", "School head", 120),
        text("head_position", "Position of the school head", 80),
        text("address", "Address", 200),
        text("phone", "Telephone", 40),
        text("email", "E-mail", 254),
        // A PNG for letterheads, base64.
        text("logo", "Logo", LOGO_MAX),
    ],
    ..Entity::SYNCED
};
