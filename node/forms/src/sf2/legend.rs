//! The foot of School Form 2, worded as the form is: guidelines, codes, reasons for leaving, the summary, and who signs.

use super::Sf2;
use super::figures::{Figures, Ratio, Split};
use crate::dates::{long, month_name};
use crate::sheet::{Sheet, area, bold, plain};

/// Millimetres that the foot takes.
pub(super) const HEIGHT: f32 = 101.0;
const GUIDELINES: f32 = 6.0;
const CODES: f32 = 122.0;
const SUMMARY: f32 = 198.0;
const STEP: f32 = 3.35;

/// Codes, categories and reasons as the form prints them; `f` is told in words.
const REASONS: &[(&str, &[&str])] = &[
    (
        "a. Domestic-Related Factors",
        &[
            "a.1. Had to take care of siblings",
            "a.2. Early marriage/pregnancy",
            "a.3. Parents' attitude toward schooling",
            "a.4. Family problems",
        ],
    ),
    (
        "b. Individual-Related Factors",
        &[
            "b.1. Illness",
            "b.2. Overage",
            "b.3. Death",
            "b.4. Drug Abuse",
            "b.5. Poor academic performance",
            "b.6. Lack of interest/Distractions",
            "b.7. Hunger/Malnutrition",
        ],
    ),
    (
        "c. School-Related Factors",
        &["c.1. Teacher Factor", "c.2. Physical condition of classroom", "c.3. Peer influence"],
    ),
    (
        "d. Geographic/Environmental",
        &[
            "d.1. Distance between home and school",
            "d.2. Armed conflict (incl. Tribal wars & clan feuds)",
            "d.3. Calamities/Disasters",
        ],
    ),
    ("e. Financial-Related", &["e.1. Child labor, work"]),
    ("f. Others (Specify)", &[]),
];

pub(super) fn draw(sheet: &mut Sheet, top: f32, form: &Sf2, figures: &Figures) {
    guidelines(sheet, top);
    codes(sheet, top, form);
    let bottom = summary(sheet, top, form, figures);
    signatures(sheet, bottom, form);
}

fn guidelines(sheet: &mut Sheet, top: f32) {
    let style = plain(6.6);
    let width = CODES - GUIDELINES - 5.0;
    sheet.text(GUIDELINES, top + 3.0, bold(7.0), "GUIDELINES:");
    let mut y = top + 7.0;
    for text in [
        "1. The attendance shall be accomplished daily. Refer to the codes for checking learners' attendance.",
        "2. Dates shall be written in the columns after Learner's Name.",
        "3. To compute the following:",
    ] {
        y = sheet.paragraph(GUIDELINES, y, width, style, text) + 0.8;
    }
    for (letter, name, above, below, factor) in [
        (
            "a.",
            "Percentage of Enrolment =",
            "Registered Learners as of end of the month",
            "Enrolment as of 1st Friday of the school year",
            "x 100",
        ),
        ("b.", "Average Daily Attendance =", "Total Daily Attendance", "Number of School Days in reporting month", ""),
        (
            "c.",
            "Percentage of Attendance for the month =",
            "Average daily attendance",
            "Registered Learners as of end of the month",
            "x 100",
        ),
    ] {
        sheet.text(GUIDELINES + 2.0, y + 1.8, style, letter);
        sheet.below(GUIDELINES + 5.0, y + 1.8, 42.0, style, name);
        sheet.text(GUIDELINES + 73.0, y, style.middle(), above);
        sheet.line(GUIDELINES + 48.0, y + 0.9, GUIDELINES + 98.0, y + 0.9, 0.15);
        sheet.text(GUIDELINES + 73.0, y + 3.4, style.middle(), below);
        sheet.text(GUIDELINES + 100.0, y + 1.8, style, factor);
        y += 8.4;
    }
    for text in [
        "4. Every end of the month, the class adviser will submit this form to the office of the principal for recording of summary table into School Form 4. Once signed by the principal, this form should be returned to the adviser.",
        "5. The adviser will provide necessary interventions including but not limited to home visitation to learner/s who were absent for 5 consecutive days and/or those at risk of dropping out.",
        "6. Attendance performance of learners will be reflected in Form 137 and Form 138 every grading period.",
        "* Beginning of School Year cut-off report is every 1st Friday of the School Year",
    ] {
        y = sheet.paragraph(GUIDELINES, y, width, style, text) + 0.8;
    }
}

fn codes(sheet: &mut Sheet, top: f32, form: &Sf2) {
    let style = plain(6.4);
    sheet.text(CODES, top + 3.0, bold(6.8), "1. CODES FOR CHECKING ATTENDANCE");
    let codes =
        "(blank) - Present; (x) - Absent; Tardy (half shaded = Upper for Late Comer, Lower for Cutting Classes)";
    let mut y = sheet.paragraph(CODES, top + 6.4, 72.0, style, codes) + 1.2;
    sheet.text(CODES, y, bold(6.8), &reasons_head(form));
    y += STEP;
    for (category, reasons) in REASONS {
        sheet.text(CODES, y, bold(6.4), category);
        y += STEP;
        for reason in *reasons {
            sheet.text(CODES + 2.0, y, style, reason);
            y += STEP;
        }
    }
}

/// Head of the remarks' column, in the words of the form's year.
pub(super) fn remarks_head(form: &Sf2) -> String {
    format!(
        "REMARKS (If {}, state reason, please refer to legend number 2. If TRANSFERRED IN/OUT, write the name of School.)",
        form.policy.wording
    )
}

/// Head of the list of reasons, in the same words.
pub(super) fn reasons_head(form: &Sf2) -> String {
    let wording = form.policy.wording.to_uppercase();
    let left = if wording.starts_with("DROP") { "DROPPING OUT" } else { wording.as_str() };
    format!("2. REASONS/CAUSES FOR {left}")
}

/// Label, male, female and total of each line of the summary.
pub(super) fn summary_lines(form: &Sf2, figures: &Figures) -> Vec<(String, Split<String>)> {
    let count = |split: Split<u32>| split.map(|count| count.to_string());
    let ratio = |split: Split<Ratio>| split.map(Ratio::text);
    let percent =
        |split: Split<Ratio>| ratio(split).map(|text| if text.is_empty() { text } else { format!("{text}%") });
    let cutoff = form.policy.cutoff_date.map(|date| format!(" ({})", long(date))).unwrap_or_default();
    let line = |label: &str, split| (label.to_owned(), split);
    vec![
        line(&format!("* Enrolment as of the cut-off{cutoff}"), count(figures.enrolled_on_cutoff)),
        line("Late Enrollment during the month (beyond cut-off)", count(figures.late_enrolment)),
        line("Registered Learners as of end of the month", count(figures.registered)),
        line("Percentage of Enrolment as of end of the month", percent(figures.enrolment_rate)),
        line("Average Daily Attendance", ratio(figures.average_daily)),
        line("Percentage of Attendance for the month", percent(figures.attendance_rate)),
        line("Number of students absent for 5 consecutive days:", count(figures.absent_five_days)),
        line(&form.policy.wording, count(figures.dropped)),
        line("Transferred out", count(figures.transferred_out)),
        line("Transferred in", count(figures.transferred_in)),
    ]
}

fn summary(sheet: &mut Sheet, top: f32, form: &Sf2, figures: &Figures) -> f32 {
    let (label, split) = (54.0, 13.0);
    let days = figures.days.iter().filter(|day| day.taken).count();
    let head = area(SUMMARY, top, label, 10.0);
    sheet.frame(head, 0.3);
    sheet.cell(area(head.x, top, label, 5.0), bold(7.0), &format!("Month: {} {}", month_name(form.month), form.year));
    sheet.cell(area(head.x, top + 5.0, label, 5.0), bold(7.0), &format!("No. of Days of Classes: {days}"));
    let title = area(head.right(), top, 3.0 * split, 5.0);
    sheet.frame(title, 0.3);
    sheet.cell(title, bold(7.0).middle(), "Summary");
    let mut row = |y: f32, texts: [&str; 3], style: fn(f32) -> crate::sheet::Style| {
        let mut x = head.right();
        for text in texts {
            let cell = area(x, y, split, 5.0);
            sheet.frame(cell, 0.2);
            sheet.cell(cell, style(7.0).middle(), text);
            x += split;
        }
    };
    row(top + 5.0, ["M", "F", "TOTAL"], bold);
    let mut y = top + 10.0;
    let lines = summary_lines(form, figures);
    for (_, split) in &lines {
        row(y, [&split.male, &split.female, &split.total], plain);
        y += 5.0;
    }
    let mut y = top + 10.0;
    for (text, _) in &lines {
        let cell = area(SUMMARY, y, label, 5.0);
        sheet.frame(cell, 0.2);
        sheet.block(cell, plain(6.2), text);
        y += 5.0;
    }
    y
}

fn signatures(sheet: &mut Sheet, top: f32, form: &Sf2) {
    let (x, width) = (SUMMARY, 93.0);
    let middle = x + width / 2.0;
    let mut y = top + 6.0;
    let head = format!("(Signature of {} over Printed Name)", form.school.head_title());
    for (text, name, under) in [
        (
            "I certify that this is a true and correct report.",
            &form.adviser,
            "(Signature of Adviser over Printed Name)",
        ),
        ("Attested by:", &form.school.head_name, head.as_str()),
    ] {
        sheet.text(x, y, plain(6.8), text);
        y += 8.5;
        sheet.above(middle, y - 0.8, width, bold(8.0).middle(), &name.to_uppercase());
        sheet.line(x + 8.0, y, x + width - 8.0, y, 0.2);
        sheet.below(middle, y + 2.8, width, plain(6.2).middle(), under);
        y += 8.0;
    }
}
