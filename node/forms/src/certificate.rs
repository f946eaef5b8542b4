//! Certificate of enrolment: that a learner is enrolled at the school, on the school's letterhead. A4, upright.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dates::{long, month_name, parts};
use crate::missing::{Lacking, Missing, Severity};
use crate::page::Page;
use crate::school::{Name, School, Sex, filled, grade_name, joined, name_drawn};
use crate::sheet::{Sheet, Style, area, bold, plain};

const WIDTH: f32 = 210.0;
const MARGIN: f32 = 25.0;
const TEXT: f32 = WIDTH - 2.0 * MARGIN;
/// Left edge of the letterhead's words: beside the logo.
const LETTERHEAD: f32 = 49.0 + 4.0;
const NAME_SIZES: [f32; 3] = [14.0, 12.0, 10.5];

/// Everything that a certificate says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    pub school: School,
    /// A PNG, base64; empty where the school has none.
    pub logo: String,
    pub contact: String,
    pub student: Option<Uuid>,
    #[serde(flatten)]
    pub name: Name,
    pub sex: Option<Sex>,
    pub lrn: String,
    pub school_year: String,
    pub grade: String,
    pub section: String,
    /// Whether papers are still to come.
    pub temporary: bool,
    /// What it is for: `scholarship`; empty for whatever it may serve.
    pub purpose: String,
    pub on: i32,
}

/// What must be there before it may be printed.
pub fn missing(form: &Certificate) -> Vec<Missing> {
    let mut lacking = Lacking::new();
    form.school.lacking(&mut lacking);
    let (student, who) = (("student", form.student), form.name.listed());
    name_drawn(&mut lacking, form.student, &form.name);
    lacking.drawn(&form.section, student, ("section", "Section name"), &who);
    lacking.drawn(&form.purpose, student, ("purpose", "Purpose"), &who);
    lacking.unless(filled(&form.grade), Severity::Must, ("enrolment", form.student), ("status", "Enrolment"), &who);
    lacking.unless(filled(&form.lrn), Severity::Should, student, ("lrn", "LRN"), &who);
    lacking.unless(form.sex.is_some(), Severity::Should, student, ("sex", "Sex"), &who);
    lacking.unless(
        filled(&form.school.address),
        Severity::Should,
        ("school_profile", None),
        ("address", "Address"),
        &form.school.name,
    );
    lacking.done()
}

/// One sheet.
pub fn pages(form: &Certificate) -> Vec<Page> {
    let mut sheet = Sheet::new(WIDTH, 297.0);
    // A long letterhead moves down what follows.
    let top = letterhead(&mut sheet, form);
    sheet.text(WIDTH / 2.0, top + 24.0, bold(17.0).middle(), "CERTIFICATE OF ENROLMENT");
    sheet.text(MARGIN, top + 44.0, plain(12.0), "To whom it may concern:");
    let lrn = if filled(&form.lrn) { format!(" (LRN {})", form.lrn) } else { String::new() };
    let section = if filled(&form.section) { format!(" - {}", form.section) } else { String::new() };
    let kind =
        if form.temporary { "temporarily enrolled, pending the submission of papers," } else { "officially enrolled" };
    let body = format!(
        "This is to certify that {}{lrn} is {kind} in {}{section} at {} for the school year {}.",
        form.name.full().to_uppercase(),
        grade_name(&form.grade),
        form.school.name,
        form.school_year,
    );
    let y = sheet.paragraph(MARGIN, top + 56.0, TEXT, plain(12.0), &body) + 5.0;
    let whom = match form.sex {
        Some(Sex::M) => "his",
        Some(Sex::F) => "her",
        None => "the learner's",
    };
    let purpose = if filled(&form.purpose) {
        form.purpose.trim().to_owned()
    } else {
        "whatever legal purpose it may serve".to_owned()
    };
    let y = sheet.paragraph(
        MARGIN,
        y,
        TEXT,
        plain(12.0),
        &format!("This certification is issued upon {whom} request for {purpose}."),
    ) + 5.0;
    let (year, month, day) = parts(form.on);
    let issued = format!("Issued this {} day of {} {year}.", ordinal(day), month_name(month));
    let y = sheet.paragraph(MARGIN, y, TEXT, plain(12.0), &issued);
    // Room to sign, and less of it where the paper is full.
    let y = y + if y > 205.0 { 17.0 } else { 28.0 };
    let (x, w) = (120.0, 65.0);
    sheet.above(x + w / 2.0, y - 1.2, w, bold(12.0).middle(), &form.school.head_name.to_uppercase());
    sheet.line(x, y, x + w, y, 0.25);
    sheet.below(x + w / 2.0, y + 4.8, w, plain(10.0).middle(), form.school.head_title());
    let foot = (y + 17.0).max(262.0);
    sheet.text(MARGIN, foot, plain(8.0), "Not valid without the school's dry seal.");
    sheet.text(WIDTH - MARGIN, foot, plain(8.0).end(), &long(form.on));
    vec![sheet.done()]
}

/// The letterhead; gives back where its rule is.
fn letterhead(sheet: &mut Sheet, form: &Certificate) -> f32 {
    if filled(&form.logo) {
        sheet.image(area(MARGIN, 17.0, 26.0, 26.0), form.logo.clone());
    }
    let school = &form.school;
    let region = joined(&[&school.region, &school.division, &school.district], ", ");
    let (x, width) = (LETTERHEAD, WIDTH - 2.0 * LETTERHEAD);
    // A long name is smaller before it takes a third line.
    let fits = |style: &Style| sheet.lines(width, *style, &school.name) <= 2;
    let name = NAME_SIZES.map(bold).into_iter().find(fits).unwrap_or(bold(NAME_SIZES[2]));
    let mut y = 20.0;
    for (style, text) in [
        (plain(10.0), "Republic of the Philippines"),
        (plain(10.0), "Department of Education"),
        (plain(9.5), region.as_str()),
        (name, school.name.as_str()),
        (plain(9.5), school.address.as_str()),
        (plain(9.0), form.contact.as_str()),
    ] {
        if filled(text) {
            y = sheet.paragraph(x, y + style.size * 0.2, width, style.middle(), text) - style.size * 0.116;
        }
    }
    sheet.text(WIDTH / 2.0, y + 1.0, plain(9.0).middle(), &format!("School ID {}", school.school_id));
    let rule = (y + 4.0).max(58.0);
    sheet.line(MARGIN, rule, WIDTH - MARGIN, rule, 0.5);
    rule
}

fn ordinal(day: u8) -> String {
    let ending = match (day / 10, day % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_is_enrolled_where_and_is_refused_for_who_is_not() {
        let form = Certificate {
            school: School {
                school_id: "301234".into(),
                name: "Mabini NHS".into(),
                head_name: "Maria Santos".into(),
                ..School::default()
            },
            name: Name { last: "Peña".into(), first: "Ana".into(), middle: "Cruz".into(), ext: String::new() },
            sex: Some(Sex::F),
            lrn: "136728140123".into(),
            school_year: "2026-2027".into(),
            grade: "7".into(),
            section: "Rizal".into(),
            on: pems_model::value::parse_date("2026-06-23").expect("a date"),
            ..Certificate::default()
        };
        let text = pages(&form)[0].text().replace('\n', " ");
        for said in [
            "ANA CRUZ PEÑA (LRN 136728140123)",
            "officially enrolled in Grade 7 - Rizal",
            "her request",
            "23rd day of June 2026",
            "MARIA SANTOS",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let pending = pages(&Certificate { temporary: true, ..form.clone() })[0].text().replace('\n', " ");
        assert!(pending.contains("temporarily enrolled"), "{pending}");
        let must = |form: &Certificate| missing(form).into_iter().filter(|one| one.severity == Severity::Must).count();
        assert_eq!((must(&form), must(&Certificate { grade: String::new(), ..form })), (0, 1));
    }
}
