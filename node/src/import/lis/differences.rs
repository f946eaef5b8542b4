//! Where a line and a learner's record say different things. What the register leaves empty is no difference.

use super::family;
use super::here::{Place, Relative, date, person_text, text};
use super::likeness::Difference;
use super::register::{Line, RemarkCode};
use pems_model::entities::{GUARDIAN, STUDENT};
use pems_model::value::format_date;
use pems_model::{Row, Value, fold::fold};

/// Fields of the learner that a line has as they are.
fn particulars(line: &Line) -> [(&'static str, Option<&str>); 13] {
    [
        ("lrn", line.lrn.as_deref()),
        ("last_name", Some(&line.last_name)),
        ("first_name", Some(&line.first_name)),
        ("middle_name", line.middle_name.as_deref()),
        ("name_ext", line.name_ext.as_deref()),
        ("sex", line.sex.as_deref()),
        ("mother_tongue", line.mother_tongue.as_deref()),
        ("ip_group", line.ip_group.as_deref()),
        ("religion", line.religion.as_deref()),
        ("house_street", line.house_street.as_deref()),
        ("barangay", line.barangay.as_deref()),
        ("municipality", line.municipality.as_deref()),
        ("province", line.province.as_deref()),
    ]
}

/// Every field of a new learner, as values of the record.
pub(super) fn student_fields(line: &Line) -> Vec<(&'static str, String)> {
    let texts = particulars(line).into_iter().chain([("birth_date", line.birth_date.as_deref())]);
    let mut fields: Vec<_> = texts.filter_map(|(name, value)| Some((name, value?.to_owned()))).collect();
    fields.extend(special_needs(line).map(|kind| ("sned_type", kind)));
    fields
}

/// What SNED says, or that it says it.
fn special_needs(line: &Line) -> Option<String> {
    let remark = line.remark(RemarkCode::SpecialNeeds)?;
    // The field takes 60 characters; the remark's cell stays in the register.
    Some(remark.detail.clone().unwrap_or_else(|| "SNED".to_owned()).chars().take(60).collect())
}

/// Whether a difference can be about this.
pub(super) fn can_differ(field: &str) -> bool {
    let others = ["birth_date", "four_ps", "sned_type", "father", "mother", "guardian", "contact", "status"];
    others.contains(&field) || particulars(&Line::default()).iter().any(|(name, _)| *name == field)
}

/// The status that a line gives its learner.
pub(super) fn status(line: &Line) -> &'static str {
    if line.remark(RemarkCode::TransferredOut).is_some() {
        "transferred_out"
    } else if line.remark(RemarkCode::Dropped).is_some() {
        "dropped"
    } else {
        "enrolled"
    }
}

/// Whether a status means that the learner is no longer in class.
pub(super) fn has_left(status: &str) -> bool {
    matches!(status, "transferred_out" | "moved_out" | "dropped")
}

/// All differences between a line and the learner `row`.
pub(super) fn between(line: &Line, row: &Row, place: &Place, relatives: &[Relative]) -> Vec<Difference> {
    let mut found = Vec::new();
    for (field, theirs) in particulars(line) {
        let Some(theirs) = theirs else { continue };
        let ours = text(&STUDENT, row, field);
        if ours.is_none_or(|ours| fold(ours) != fold(theirs)) {
            found.push(difference(field, ours.map(str::to_owned), theirs));
        }
    }
    let born = date(&STUDENT, row, "birth_date").map(format_date);
    if let Some(theirs) = line.birth_date.as_deref().filter(|theirs| born.as_deref() != Some(theirs)) {
        found.push(difference("birth_date", born, theirs));
    }
    if line.remark(RemarkCode::Cct).is_some() && *row.get(&STUDENT, "four_ps") != Value::Bool(true) {
        found.push(difference("four_ps", None, "yes"));
    }
    let needs = text(&STUDENT, row, "sned_type");
    let says_more = line.remark(RemarkCode::SpecialNeeds).is_some_and(|remark| remark.detail.is_some());
    if let Some(theirs) =
        special_needs(line).filter(|theirs| needs.is_none_or(|ours| says_more && fold(ours) != fold(theirs)))
    {
        found.push(difference("sned_type", needs.map(str::to_owned), &theirs));
    }
    found.extend(of_family(line, row, relatives));
    found.extend(of_status(line, place));
    found
}

fn of_family(line: &Line, row: &Row, relatives: &[Relative]) -> Vec<Difference> {
    let mut found = Vec::new();
    let people = family::of(line);
    for person in &people {
        let theirs = person.name.text();
        let ours: Vec<String> =
            with_relation(relatives, person.relation).map(|known| person_text(&known.guardian)).collect();
        if ours.iter().all(|ours| fold(ours) != fold(&theirs)) {
            found.push(difference(person.relation, (!ours.is_empty()).then(|| ours.join("; ")), &theirs));
        }
    }
    let Some(theirs) = line.contact.as_deref() else { return found };
    let mut phones: Vec<&str> =
        relatives.iter().filter_map(|known| text(&GUARDIAN, &known.guardian, "phone")).collect();
    phones.extend(text(&STUDENT, row, "phone"));
    if !phones.contains(&theirs) {
        found.push(difference("contact", (!phones.is_empty()).then(|| phones.join("; ")), theirs));
    }
    found
}

/// Those who stand to the learner as the register's column says; whoever is neither father nor mother is a guardian.
pub(super) fn with_relation<'a>(
    relatives: &'a [Relative],
    relation: &'static str,
) -> impl Iterator<Item = &'a Relative> + Clone {
    let parent = matches!(relation, "father" | "mother");
    relatives.iter().filter(move |known| {
        if parent { known.relation == relation } else { !matches!(known.relation.as_str(), "father" | "mother") }
    })
}

/// A learner who left in one place and not in the other. Papers that are missing and a year that is over are no difference.
fn of_status(line: &Line, place: &Place) -> Option<Difference> {
    let (ours, theirs) = (place.status()?, status(line));
    let same = ours == "cancelled" || (has_left(ours) == has_left(theirs) && ours != "pre_registered");
    (!same).then(|| difference("status", Some(ours.to_owned()), theirs))
}

fn difference(field: &str, ours: Option<String>, theirs: &str) -> Difference {
    let label = match field {
        "father" => "Father",
        "mother" => "Mother (maiden name)",
        "guardian" => "Guardian",
        "contact" => "Contact number",
        "status" => "Status",
        _ => STUDENT.field_index(field).map_or(field, |i| STUDENT.fields[i].label),
    };
    Difference { field: field.to_owned(), label: label.to_owned(), ours, theirs: theirs.to_owned() }
}
