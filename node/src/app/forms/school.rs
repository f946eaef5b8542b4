//! The school as its forms name it.

use crate::{Result, Store};
use pems_forms::School;
use rusqlite::OptionalExtension;

/// The school, its logo (a PNG, base64) and how it is reached, for letterheads.
pub(super) struct Letterhead {
    pub school: School,
    pub logo: String,
    pub contact: String,
}

const SCHOOL: &str =
    "SELECT deped_school_id, name, region, division, district, address, head_name, head_position, logo, phone, email
                      FROM school_profile WHERE deleted_at IS NULL";

/// A school without a profile has its name from the hub and lacks the rest.
pub(super) fn letterhead(store: &Store) -> Result<Letterhead> {
    let read = |row: &rusqlite::Row<'_>| {
        let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        let contact = [text(9)?, text(10)?];
        Ok(Letterhead {
            school: School {
                school_id: text(0)?,
                name: text(1)?,
                region: text(2)?,
                division: text(3)?,
                district: text(4)?,
                address: text(5)?,
                head_name: text(6)?,
                head_position: text(7)?,
            },
            logo: text(8)?,
            contact: contact.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · "),
        })
    };
    if let Some(found) = store.conn().prepare_cached(SCHOOL)?.query_row([], read).optional()? {
        return Ok(found);
    }
    let school = School { name: store.enrolled()?.school_name, ..School::default() };
    Ok(Letterhead { school, logo: String::new(), contact: String::new() })
}

/// Names as forms write them.
pub(super) fn name(name: &crate::domain::attendance::roster::Name) -> pems_forms::Name {
    pems_forms::Name {
        last: name.last.clone(),
        first: name.first.clone(),
        middle: name.middle.clone().unwrap_or_default(),
        ext: name.ext.clone().unwrap_or_default(),
    }
}

pub(super) fn sex(text: Option<&str>) -> Option<pems_forms::Sex> {
    match text {
        Some("M") => Some(pems_forms::Sex::M),
        Some("F") => Some(pems_forms::Sex::F),
        _ => None,
    }
}
