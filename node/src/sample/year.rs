//! The sample's school year, around today, and the attendance of its last weeks.

use super::add;
use crate::Result;
use crate::store::Work;
use pems_model::value::{format_date, parse_date};
use serde_json::json;
use uuid::Uuid;

/// Calendar days back for which attendance was taken.
const WEEKS: i32 = 6;

pub(super) struct Year {
    pub(super) id: Uuid,
    pub(super) label: String,
    /// The first day, in days since 1970-01-01.
    pub(super) start: i32,
}

/// The year that today belongs to: school years begin in June (DepEd Order 9 s. 2025 and before; June 8 in 2026).
pub(super) fn make(work: &mut Work<'_, '_>, today: i32) -> Result<Year> {
    let text = format_date(today);
    let (now, month): (i32, i32) = (text[..4].parse().unwrap_or(2026), text[5..7].parse().unwrap_or(6));
    let first = if month >= 6 { now } else { now - 1 };
    let label = format!("{first}-{}", first + 1);
    let start_text = format!("{first}-06-08");
    let profile = json!({ "deped_school_id": "399999", "name": super::NAME, "sector": "public", "offering": "integrated",
        "region": "Region IV-A", "division": "Sample Division", "district": "Sample District",
        "head_name": "Melchora Aquino", "head_position": "Principal II", "address": "Poblacion, Sample Town, Batangas" });
    add(work, "school_profile", profile)?;
    let fields = json!({ "label": label, "start_date": start_text, "end_date": format!("{}-04-08", first + 1),
        "cutoff_date": format!("{first}-06-12"), "status": "open", "drop_label": "NLPA" });
    let id = add(work, "school_year", fields)?;
    // The three terms of SY 2026-2027, as proposed in February 2026 (uncertain: the final order decides).
    let terms = [("06-08", "09-15", 0), ("09-16", "12-18", 0), ("01-04", "04-08", 1)];
    for (ordinal, (from, to, later)) in (1..).zip(terms) {
        let year = first + later;
        let fields = json!({ "school_year": id, "ordinal": ordinal, "kind": "term", "start_date": format!("{year}-{from}"),
            "end_date": format!("{year}-{to}") });
        add(work, "term", fields)?;
    }
    // Fixed by Republic Act 9492 and Proclamation 727 s. 2024 respectively; the suspension is made up.
    for (day, kind, source, reason) in [
        ("06-12", "holiday", "national", "Independence Day"),
        ("08-21", "holiday", "national", "Ninoy Aquino Day"),
        ("11-30", "holiday", "national", "Bonifacio Day"),
        ("12-08", "holiday", "national", "Immaculate Conception"),
        ("12-25", "holiday", "national", "Christmas Day"),
        ("12-30", "holiday", "national", "Rizal Day"),
        ("07-24", "suspension", "division", "Typhoon"),
    ] {
        let fields = json!({ "school_year": id, "on_date": format!("{first}-{day}"), "scope": "school", "kind": kind,
            "source": source, "reason": reason });
        add(work, "calendar_day", fields)?;
    }
    Ok(Year { id, label, start: parse_date(&start_text).unwrap_or(today) })
}

/// Sheets of the last weeks; some classes have not taken the last days, as it is.
pub(super) fn attendance(
    work: &mut Work<'_, '_>,
    year: &Year,
    today: i32,
    classes: &[(Uuid, Vec<Uuid>)],
) -> Result<()> {
    for (at, (section, learners)) in classes.iter().enumerate() {
        let last = if at.is_multiple_of(3) { today - 1 } else { today };
        for day in (today - WEEKS * 7).max(year.start)..last {
            // 1970-01-01 was a Thursday.
            if (day + 3).rem_euclid(7) > 4 {
                continue;
            }
            let sheet = json!({ "section": section, "on_date": format_date(day), "session": "day" });
            let sheet = add(work, "attendance_sheet", sheet)?;
            let salt = usize::try_from(day).unwrap_or_default() * 31 + at * 17;
            for (seat, code) in [(salt % 41, "A"), (salt * 7 % 37, "L")] {
                if seat != 5 {
                    let mark = json!({ "sheet": sheet, "student": learners[seat], "code": code });
                    let natural = work.save(&crate::store::Save {
                        entity: "attendance_mark".into(),
                        id: None,
                        fields: mark.as_object().cloned().unwrap_or_default(),
                    });
                    // The same seat twice is one learner: the first mark stands.
                    if natural.as_ref().is_err_and(|error| error.code != pems_model::Code::Conflict) {
                        natural?;
                    }
                }
            }
        }
    }
    Ok(())
}
