//! Devices: how an office's PC comes to its school, and how it is called.

pub(crate) mod enrolment_code;

use crate::refusal::Refusal;
use pems_model::{Code, text};

/// Characters of a device's name; the database checks the same.
const NAME_MAX: usize = 100;

/// A name as a device can have it.
///
/// # Errors
/// `bad_request` for none, and for one that is too long or has characters that cannot be seen.
pub(crate) fn checked_name(typed: &str) -> Result<&str, Refusal> {
    let name = text::trimmed(typed);
    if name.is_empty() || name.chars().count() > NAME_MAX || text::bad_character(name).is_some() {
        let message = "device_name: 1 to 100 characters, for example 'Registrar PC 1'";
        return Err(Refusal::new(Code::BadRequest, message));
    }
    Ok(name)
}
