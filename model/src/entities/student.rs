//! A pupil ("learner" on DepEd forms).
//!
//! LRN: exactly twelve digits, kept as text (leading zeros must survive), permanent, issued only by LIS; it is never made up
//! or repaired here. Two rows with one LRN are suspected duplicates, not an error: offices find out about each other late. The hub
//! asks about them (`push/same.rs`).

use crate::entity::{choice, claim, date, digits, flag, phone, text};
use crate::{Act, Entity};

/// A learner.
pub const STUDENT: Entity = Entity {
    name: "student",
    label: "Learner",
    writers: Act::KeepLearners.roles(),
    fields: &[
        text("last_name", "Last name", 80).required().searched(),
        text("first_name", "First name", 80).required().searched(),
        text("middle_name", "Middle name", 80).searched(),
        text("name_ext", "Name extension", 10),
        digits("lrn", "LRN", 12).searched().names_one(),
        choice("lrn_status", "LRN status", &["none", "pending", "confirmed", "merged"]),
        claim("student_no", "Student no.", 30).searched(),
        choice("sex", "Sex", &["F", "M"]),
        date("birth_date", "Birth date"),
        text("birth_place", "Birth place", 120),
        text("psa_birth_cert_no", "PSA birth certificate no.", 40),
        text("mother_tongue", "Mother tongue", 60),
        text("ip_group", "Indigenous people's group", 60),
        text("religion", "Religion", 60),
        text("house_street", "House no., street, sitio", 160),
        digits("psgc_barangay", "Barangay (PSGC)", 10),
        text("barangay", "Barangay", 80),
        text("municipality", "Municipality or city", 80),
        text("province", "Province", 80),
        flag("four_ps", "4Ps household"),
        text("sned_type", "Special needs", 60),
        phone("phone", "Mobile phone"),
        text("email", "E-mail", 254),
        text("remarks", "Remarks", 500),
    ],
    ..Entity::SYNCED
};
