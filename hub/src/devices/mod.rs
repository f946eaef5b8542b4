//! Devices: how an office's PC comes to its school.

pub(crate) mod enrolment_code;
