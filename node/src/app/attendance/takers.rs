//! Who may take a section's attendance: its adviser, and those who run the school.

use crate::app::Desk;
use crate::domain::attendance::section::Section;
use crate::{NodeError, Result};
use pems_model::{Act, Code, Role};

impl Desk {
    /// Whether the person here is the section's adviser.
    pub(in crate::app) fn advises(&self, section: &Section) -> bool {
        let staff = self.person().and_then(|person| person.staff);
        staff.is_some() && staff == section.adviser
    }

    pub(in crate::app) fn may_take(&self, section: &Section) -> bool {
        let role = self.role();
        // Where the school has no users yet, nobody is known to be somebody else than the adviser.
        let known = role == Role::Teacher && self.person().is_some();
        Act::TakeAttendance.allows(role) && (!known || section.adviser.is_none() || self.advises(section))
    }

    /// # Errors
    /// `role_forbidden`, with who may.
    pub(in crate::app) fn check_takes(&self, section: &Section) -> Result<()> {
        self.check_role(Act::TakeAttendance)?;
        if self.may_take(section) {
            return Ok(());
        }
        let adviser = section.adviser_name.as_deref().unwrap_or("another teacher");
        let linked = self.person().is_some_and(|person| person.staff.is_some());
        let remedy = if linked {
            "ask them, or the school's office"
        } else {
            "if that is you, ask an administrator to link your user to your staff record"
        };
        let message = format!("{} is advised by {adviser}; {remedy}", section.title());
        Err(NodeError::new(Code::RoleForbidden, message))
    }
}
