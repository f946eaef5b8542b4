//! Who may do what at a school: the one table of roles, for the hub, the offices and, generated, the screens. No other list of roles
//! stands anywhere (`cargo xtask check` looks); who may write a kind of record is an act too.
//!
//! Invariant: every act names at least one role; what a role is not named for, it may not.

use crate::Role;
use crate::Role::{Cashier, Registrar, SchoolAdmin, SchoolHead, Teacher, Viewer};
use std::fmt::Write;

/// Declares the acts: each with its name on the screens' side, what a refusal says of it, and the roles that may.
macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident, $name:literal, $said:literal, [$($role:ident),+];)+) => {
        /// Something that is done at a school, and that not everybody may.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Act {
            $($(#[$doc])* $act,)+
        }

        impl Act {
            /// Every act, in the order of declaration.
            pub const ALL: &'static [Act] = &[$(Act::$act),+];

            /// As the screens name it: `take_attendance`.
            pub const fn name(self) -> &'static str {
                match self { $(Act::$act => $name,)+ }
            }

            /// As a refusal says it: "the role viewer may not ...".
            pub const fn said(self) -> &'static str {
                match self { $(Act::$act => $said,)+ }
            }

            /// The roles that may.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Act::$act => &[$($role),+],)+ }
            }
        }
    };
}

acts! {
    /// Names, grades and sections of all learners; a learner's page as far as that.
    SeeNames, "see_names", "see this", [SchoolAdmin, SchoolHead, Registrar, Teacher, Cashier, Viewer];
    /// Everything about every learner, and the enrolment desk.
    SeeRecords, "see_records", "see this", [SchoolAdmin, SchoolHead, Registrar];
    /// Sections, attendance, forms and what needs somebody; of the records behind them, a teacher those of the own sections.
    SeeClasses, "see_classes", "see this", [SchoolAdmin, SchoolHead, Registrar, Teacher];
    /// How the school is set up: users, PCs, years, numbers.
    SeeSetup, "see_setup", "see how the school is set up", [SchoolAdmin, SchoolHead];
    /// What was done in the school, at the hub.
    SeeAudit, "see_audit", "see the audit log", [SchoolAdmin];
    /// Learners with their families and papers.
    KeepLearners, "keep_learners", "change learners", [SchoolAdmin, Registrar];
    /// Enrolments and what happens to them, promotion too.
    Enrol, "enrol", "enrol learners", [SchoolAdmin, Registrar];
    /// Registers and lists from elsewhere.
    ImportLists, "import_lists", "import lists", [SchoolAdmin, Registrar];
    /// Sections, who is in them, and the school year that follows.
    ArrangeSections, "arrange_sections", "arrange sections", [SchoolAdmin, SchoolHead, Registrar];
    /// Records of the people who work at the school.
    KeepStaff, "keep_staff", "change staff", [SchoolAdmin, SchoolHead, Registrar];
    /// Holidays, makeup days and other days of the calendar.
    KeepCalendar, "keep_calendar", "change the calendar", [SchoolAdmin, SchoolHead, Registrar];
    /// Attendance of a class; a teacher's, of the own sections and of those that nobody advises.
    TakeAttendance, "take_attendance", "take attendance", [SchoolAdmin, SchoolHead, Registrar, Teacher];
    /// A School Form 2, which closes its month.
    SignMonth, "sign_month", "sign a month", [SchoolAdmin, SchoolHead, Registrar, Teacher];
    /// A School Form 2 that was signed, so that its month can be changed again.
    ReopenMonth, "reopen_month", "open a signed SF2 again", [SchoolAdmin, SchoolHead];
    /// What needs somebody, as far as its record may be written; unsent work of a PC.
    DecideReviews, "decide_reviews", "settle what needs somebody",
        [SchoolAdmin, SchoolHead, Registrar, Teacher, Cashier];
    /// Everything that needs somebody is counted for them, also what another has to decide.
    OverseeReviews, "oversee_reviews", "look after what needs somebody", [SchoolAdmin, SchoolHead, Registrar];
    /// The first steps of a school are shown to them.
    BeginSchool, "begin_school", "begin a school", [SchoolAdmin, SchoolHead, Registrar];
    /// Their day begins with a look at the whole; others begin with the search for whoever comes.
    BeginWithToday, "begin_with_today", "begin with the day", [SchoolAdmin, SchoolHead, Teacher];
    /// Who works at the school's PCs, and as what.
    ManageUsers, "manage_users", "change users", [SchoolAdmin];
    /// Name, address and logo of the school.
    ManageSchool, "manage_school", "change the school's settings", [SchoolAdmin];
    /// School years and their terms as such; the next year is an act of those who arrange sections.
    ManageYears, "manage_years", "change school years", [SchoolAdmin];
    /// Which PC gives out which student numbers.
    ManageNumbers, "manage_numbers", "change number ranges", [SchoolAdmin];
    /// After how many minutes without a key this PC locks itself.
    SetIdle, "set_idle", "change when this PC locks itself", [SchoolAdmin];
    /// A copy of everything that this PC has.
    BackUp, "back_up", "copy the records to a file", [SchoolAdmin];
}

impl Act {
    /// Whether this role is named for it.
    pub fn allows(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}

/// The content of `ui/src/generated/access.ts`.
pub fn typescript() -> String {
    let quoted = |names: Vec<&str>| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
    let mut out = String::from("// Made by `cargo xtask gen` from model/src/access.rs. Do not edit.\n\n");
    let roles = quoted(Role::ALL.iter().map(|role| role.name()).collect());
    let acts = quoted(Act::ALL.iter().map(|act| act.name()).collect());
    let _ =
        write!(out, "export type Role = {};\n\nexport type Act =\n  | {};\n\n", roles.join(" | "), acts.join("\n  | "));
    out.push_str("const ALLOWED: Record<Act, readonly Role[]> = {\n");
    for act in Act::ALL {
        let roles = quoted(act.roles().iter().map(|role| role.name()).collect());
        let _ = writeln!(out, "  {}: [{}],", act.name(), roles.join(", "));
    }
    out.push_str("};\n\n/** Whether somebody of this role may; the office and the hub ask the same table. */\n");
    out.push_str("export const allows = (act: Act, role: Role): boolean => ALLOWED[act].includes(role);\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn acts_have_names_of_their_own_and_roles_once_each() {
        let names: BTreeSet<_> = Act::ALL.iter().map(|act| act.name()).collect();
        assert_eq!(names.len(), Act::ALL.len());
        for act in Act::ALL {
            let roles: BTreeSet<_> = act.roles().iter().map(|role| role.name()).collect();
            assert_eq!(roles.len(), act.roles().len(), "{act:?}");
        }
    }

    #[test]
    fn who_may_write_learners_may_see_them_and_nobody_writes_as_a_viewer() {
        for act in Act::ALL {
            let sees = matches!(act, Act::SeeNames);
            assert_eq!(act.allows(Viewer), sees, "{act:?}");
            assert!(act.roles().iter().all(|role| Act::SeeNames.allows(*role)), "{act:?}");
        }
        for writes in [Act::KeepLearners, Act::Enrol, Act::ImportLists] {
            assert!(writes.roles().iter().all(|role| Act::SeeRecords.allows(*role)), "{writes:?}");
        }
    }
}
