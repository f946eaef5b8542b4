//! The class list of a section as of a day: males, then females, with room for a tick or a signature. A4, upright.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dates::long;
use crate::missing::{Lacking, Missing, Severity};
use crate::page::Page;
use crate::school::{Name, School, Sex, filled, grade_name, name_drawn, names_its_grade, section_lacking};
use crate::sheet::{Sheet, area, bold, plain};

const WIDTH: f32 = 210.0;
const HEIGHT: f32 = 297.0;
const BOTTOM: f32 = 272.0;
const LINE: f32 = 5.6;
/// Left edge and width of the columns whose texts are long.
const NAME: (f32, f32) = (56.0, 84.0);
const REMARKS: (f32, f32) = (140.0, 55.0);

/// Everything that a class list says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassList {
    pub school: School,
    pub school_year: String,
    pub grade: String,
    pub section: String,
    pub section_id: Option<Uuid>,
    pub adviser: String,
    pub room: String,
    /// The day that the list is of.
    pub on: i32,
    /// In any order.
    pub learners: Vec<Learner>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learner {
    pub id: Uuid,
    #[serde(flatten)]
    pub name: Name,
    pub sex: Option<Sex>,
    pub lrn: String,
    pub remarks: String,
}

/// What must be there before the list may be printed.
pub fn missing(list: &ClassList) -> Vec<Missing> {
    let mut lacking = Lacking::new();
    list.school.lacking(&mut lacking);
    section_lacking(&mut lacking, list.section_id, &list.section, &list.grade, &list.adviser);
    for learner in &list.learners {
        name_drawn(&mut lacking, Some(learner.id), &learner.name);
        let there = learner.sex.is_some();
        lacking.unless(there, Severity::Must, ("student", Some(learner.id)), ("sex", "Sex"), &learner.name.listed());
        let lrn = filled(&learner.lrn);
        lacking.unless(lrn, Severity::Should, ("student", Some(learner.id)), ("lrn", "LRN"), &learner.name.listed());
    }
    lacking.done()
}

/// The sheets of the list.
pub fn pages(list: &ClassList) -> Vec<Page> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut y = f32::MAX;
    for (sex, title) in [(Sex::M, "MALE"), (Sex::F, "FEMALE")] {
        let mut learners: Vec<&Learner> = list.learners.iter().filter(|one| one.sex == Some(sex)).collect();
        learners.sort_by(|a, b| a.name.order(&b.name));
        let mut titled = false;
        for (at, learner) in learners.iter().enumerate() {
            let height = sheets.last().map_or(LINE, |sheet| height_of(sheet, learner));
            if y + LINE + height > BOTTOM {
                let mut sheet = Sheet::new(WIDTH, HEIGHT);
                y = head(&mut sheet, list);
                sheets.push(sheet);
                titled = false;
            }
            let Some(sheet) = sheets.last_mut() else { continue };
            if !titled {
                let cell = area(15.0, y, 180.0, LINE);
                sheet.shade(cell, 232);
                sheet.frame(cell, 0.2);
                sheet.cell(cell, bold(8.5), &format!("{title} ({})", learners.len()));
                y += LINE;
                titled = true;
            }
            let height = height_of(sheet, learner);
            line(sheet, y, height, at + 1, learner);
            y += height;
        }
    }
    if sheets.is_empty() {
        let mut sheet = Sheet::new(WIDTH, HEIGHT);
        head(&mut sheet, list);
        sheets.push(sheet);
    }
    let count = sheets.len();
    for (at, sheet) in sheets.iter_mut().enumerate() {
        sheet.text(15.0, 285.0, plain(7.5), &format!("{} learners as of {}", list.learners.len(), long(list.on)));
        sheet.text(195.0, 285.0, plain(7.5).end(), &format!("Page {} of {count}", at + 1));
    }
    sheets.into_iter().map(Sheet::done).collect()
}

/// A line is as high as a long name needs.
fn height_of(sheet: &Sheet, learner: &Learner) -> f32 {
    let name = sheet.needed(NAME.1, plain(8.5), &learner.name.listed());
    name.max(sheet.needed(REMARKS.1, plain(8.0), &learner.remarks)).max(LINE)
}

fn line(sheet: &mut Sheet, y: f32, height: f32, number: usize, learner: &Learner) {
    let cells = [
        (area(15.0, y, 9.0, height), plain(8.5).end(), number.to_string()),
        (area(24.0, y, 32.0, height), plain(8.5), learner.lrn.clone()),
        (area(NAME.0, y, NAME.1, height), plain(8.5), learner.name.listed()),
        (area(REMARKS.0, y, REMARKS.1, height), plain(8.0), learner.remarks.clone()),
    ];
    for (cell, style, text) in cells {
        sheet.frame(cell, 0.15);
        sheet.block(cell, style, &text);
    }
}

fn head(sheet: &mut Sheet, list: &ClassList) -> f32 {
    let (left, width) = (15.0, 180.0);
    let y = sheet.paragraph(left, 18.0, width, bold(13.0).middle(), &list.school.name);
    let y = sheet.paragraph(left, y - 0.4, width, plain(8.5).middle(), &list.school.address);
    let y = (y + 5.6).max(32.0);
    sheet.text(WIDTH / 2.0, y, bold(12.0).middle(), "CLASS LIST");
    let y = y + 8.0;
    sheet.text(195.0, y, plain(9.0).end(), &format!("School year {}", list.school_year));
    let section = match grade_name(&list.grade) {
        _ if names_its_grade(&list.grade, &list.section) => list.section.clone(),
        grade => format!("{grade} - {}", list.section),
    };
    let y = sheet.paragraph(left, y, 132.0, bold(10.0), &section) + 0.8;
    let mut after = sheet.paragraph(left, y, 110.0, plain(9.0), &format!("Adviser: {}", list.adviser));
    if filled(&list.room) {
        let room = format!("Room: {}", list.room);
        let right = sheet.paragraph(130.0, y, 65.0, plain(9.0), &room);
        after = after.max(right);
    }
    let y = after - 0.8;
    for (x, w, text) in
        [(15.0, 9.0, "No."), (24.0, 32.0, "LRN"), (56.0, 84.0, "Name (Last, First, Middle)"), (140.0, 55.0, "Remarks")]
    {
        sheet.frame(area(x, y, w, LINE), 0.3);
        sheet.cell(area(x, y, w, LINE), bold(8.5).middle(), text);
    }
    y + LINE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_listed_once_males_first_and_who_has_no_sex_is_named() {
        let learner = |last: &str, sex| Learner {
            name: Name { last: last.into(), first: "A".into(), ..Name::default() },
            sex,
            ..Learner::default()
        };
        let mut list = ClassList { section: "Rizal".into(), grade: "7".into(), ..ClassList::default() };
        list.learners =
            (0..60).map(|at| learner(&format!("L{at:02}"), Some(if at % 2 == 0 { Sex::F } else { Sex::M }))).collect();
        let pages = pages(&list);
        let text = pages.iter().map(Page::text).collect::<Vec<_>>().join("\n");
        assert!(pages.len() == 2 && (0..60).all(|at| text.matches(&format!("L{at:02}, A")).count() == 1));
        assert!(text.find("L59").expect("a boy") < text.find("L00").expect("a girl"));
        list.learners.push(learner("Nobody", None));
        assert!(
            missing(&list)
                .iter()
                .any(|one| one.who == "NOBODY, A" && one.field == "sex" && one.severity == Severity::Must)
        );
    }
}
