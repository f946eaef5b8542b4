//! A month worked out by hand.
//!
//! June 2026, classes from Monday 8. No class on Friday 12 (holiday) and Wednesday 24 (typhoon). So 8-11, 15-19, 22, 23, 25, 26,
//! 29, 30: 15 class days, of which the 30th was not taken: 14 count.
//!
//! | | in the section | marks | absent | tardy | present |
//! |---|---|---|---|---|---|
//! | Abad (M) | all 14 | | 0 | 0 | 14 |
//! | Basa (M) | all 14 | absent 9, 10; late 11 | 2 | 1 | 12 |
//! | Cruz (M) | until the 18th: 7 | absent 17 | 1 | 0 | 6 |
//! | Dizon (M), late enrolee | from the 15th: 10 | absent 16 in the morning | 0.5 | 0 | 9.5 |
//! | Ebon (F) | all 14 | absent 15-17, 19, excused 18 | 5 | 0 | 9 |
//! | Fajardo (F), dropped | until the 25th: 11 | absent 22, 23 | 2 | 0 | 9 |
//! | Gomez (F), transferred in | from the 22nd: 5 | cutting 23 | 0 | 1 | 5 |
//!
//! Daily attendance: male 41.5, female 23, total 64.5. ADA by 14 days: 2.96, 1.64, 4.61. Registered on the 30th: Abad, Basa,
//! Dizon; Ebon, Gomez: 3, 2, 5. Attendance: 41.5/42 = 98.81 %, 23/28 = 82.14 %, 64.5/70 = 92.14 %. Enrolled on the 12th: Abad,
//! Basa, Cruz; Ebon, Fajardo: 3, 2, 5, so 100 % each.

use super::*;
use crate::page::{Item, Page};
use pems_model::value::parse_date;

fn day(of_june: i32) -> i32 {
    parse_date("2026-06-01").expect("a date") + of_june - 1
}

fn learner(last: &str, sex: Sex, from: i32, marks: &[(i32, Session, Code)]) -> Learner {
    Learner {
        id: Uuid::from_u128(u128::from(last.as_bytes()[0])),
        name: Name { last: last.into(), first: "Ana".into(), ..Name::default() },
        sex: Some(sex),
        stays: vec![Stay { from: day(from), ..Stay::default() }],
        in_section_on_cutoff: from <= 12,
        marks: marks
            .iter()
            .map(|(date, session, code)| Mark { date: day(*date), session: *session, code: *code })
            .collect(),
        ..Learner::default()
    }
}

pub(super) fn june() -> Sf2 {
    use Code::{Absent as A, Cutting as C, Excused as E, Late as L};
    use Session::{Am, Day as D};
    let left = |on: i32, why, mut learner: Learner| {
        learner.stays[0].left = Some(Left { on: day(on), why });
        learner
    };
    let came = |came, mut learner: Learner| {
        learner.stays[0].came = came;
        learner
    };
    let class = [8, 9, 10, 11, 15, 16, 17, 18, 19, 22, 23, 25, 26, 29, 30];
    let kind = |date: &i32, kind| Day { date: day(*date), kind, label: String::new() };
    let mut days: Vec<Day> = class.iter().map(|date| kind(date, DayKind::Class)).collect();
    days.extend([kind(&12, DayKind::Holiday), kind(&24, DayKind::Suspension)]);
    let learners = vec![
        left(
            25,
            LeftWhy::Dropped { reason: "b.1".into(), note: String::new() },
            learner("Fajardo", Sex::F, 8, &[(22, D, A), (23, D, A)]),
        ),
        learner("Basa", Sex::M, 8, &[(9, D, A), (10, D, A), (11, D, L)]),
        learner("Abad", Sex::M, 8, &[]),
        left(18, LeftWhy::TransferredOut { to: "Rizal High School".into() }, learner("Cruz", Sex::M, 8, &[(17, D, A)])),
        came(Came::Late, learner("Dizon", Sex::M, 15, &[(16, Am, A)])),
        learner("Ebon", Sex::F, 8, &[(15, D, A), (16, D, A), (17, D, A), (18, D, E), (19, D, A)]),
        came(Came::TransferredIn { from: "Peñafrancia NHS".into() }, learner("Gomez", Sex::F, 22, &[(23, D, C)])),
    ];
    Sf2 {
        school: School {
            school_id: "301234".into(),
            name: "Mabini National High School".into(),
            head_name: "Maria Santos".into(),
            ..School::default()
        },
        school_year: "2026-2027".into(),
        year: 2026,
        month: 6,
        grade: "7".into(),
        section: "Rizal".into(),
        adviser: "Benigno Cruz".into(),
        days,
        learners,
        taken: class[..14].iter().map(|date| day(*date)).collect(),
        policy: Policy { cutoff_date: Some(day(12)), ..Policy::default() },
        ..Sf2::default()
    }
}

fn of(split: Split<u32>) -> [u32; 3] {
    [split.male, split.female, split.total]
}

fn text(split: Split<Ratio>) -> [String; 3] {
    [split.male.text(), split.female.text(), split.total.text()]
}

#[test]
fn every_number_is_the_one_worked_out_by_hand() {
    let figures = figures(&june());
    let totals = |list: &[LearnerTotal]| list.iter().map(|one| (one.absent_halves, one.tardy)).collect::<Vec<_>>();
    assert_eq!(totals(&figures.males), [(0, 0), (4, 1), (2, 0), (1, 0)]);
    assert_eq!(totals(&figures.females), [(10, 0), (4, 0), (0, 1)]);
    assert_eq!((of(figures.absent_halves), of(figures.tardy)), ([7, 14, 21], [1, 1, 2]));
    assert_eq!(of(figures.enrolled_on_cutoff), [3, 2, 5]);
    assert_eq!(of(figures.late_enrolment), [1, 0, 1]);
    assert_eq!(of(figures.registered), [3, 2, 5]);
    assert_eq!(text(figures.enrolment_rate), ["100.00", "100.00", "100.00"]);
    assert_eq!(text(figures.average_daily), ["2.96", "1.64", "4.61"]);
    assert_eq!(text(figures.attendance_rate), ["98.81", "82.14", "92.14"]);
    assert_eq!(of(figures.absent_five_days), [0, 1, 1]);
    assert_eq!(
        (of(figures.dropped), of(figures.transferred_out), of(figures.transferred_in)),
        ([0, 1, 1], [1, 0, 1], [0, 1, 1])
    );
    let present = |date: i32| figures.days.iter().find(|one| one.date == day(date)).map(|one| of(one.present_halves));
    assert_eq!(present(8), Some([6, 4, 10]));
    assert_eq!(present(16), Some([7, 2, 9]), "Dizon half, Ebon away, Fajardo there");
    assert_eq!(present(23), Some([6, 4, 10]));
    assert_eq!(present(30), Some([0, 0, 0]), "not taken");
    assert_eq!(present(12), None, "a holiday");
}

#[test]
fn who_left_and_came_back_was_away_in_between_and_is_counted_once_for_each() {
    let mut form = june();
    let abad = form.learners.iter_mut().find(|one| one.name.last == "Abad").expect("Abad");
    abad.stays = vec![
        Stay {
            left: Some(Left { on: day(10), why: LeftWhy::Dropped { reason: "a.1".into(), note: String::new() } }),
            ..abad.stays[0].clone()
        },
        Stay { from: day(22), came: Came::Returned, left: None },
    ];
    let abad = abad.clone();
    let figures = figures(&form);
    let enrolled = |date: i32| figures.days.iter().find(|one| one.date == day(date)).map(|one| one.enrolled.male);
    assert_eq!([9, 10, 19, 22].map(enrolled), [Some(3), Some(2), Some(2), Some(3)]);
    assert_eq!((of(figures.dropped), of(figures.registered)), ([1, 1, 2], [3, 2, 5]));
    assert_eq!((of(figures.late_enrolment), of(figures.transferred_in)), ([1, 0, 1], [0, 1, 1]));
    assert_eq!(remarks::remarks(&form, &abad), "NLS 06/10/2026 a.1; back 06/22/2026");
    assert!(form.listed(Sex::M).iter().any(|one| one.name.last == "Abad"));
}

#[test]
fn a_day_counts_in_the_class_where_the_learner_was_marked() {
    let mut form = june();
    let male = |form: &Sf2, date: i32| {
        figures(form).days.iter().find(|one| one.date == day(date)).map(|one| one.enrolled.male)
    };
    let before = [9, 10].map(|date| male(&form, date));
    let abad = form.learners.iter_mut().find(|one| one.name.last == "Abad").expect("Abad");
    abad.marked_elsewhere = vec![day(10)];
    assert_eq!([9, 10].map(|date| male(&form, date)), [before[0], before[1].map(|all| all - 1)]);
    let went = Learner { stays: Vec::new(), marked_here: vec![day(10)], ..learner("Torres", Sex::M, 8, &[]) };
    form.learners.push(went);
    assert_eq!([9, 10].map(|date| male(&form, date)), before, "the mark brings the day along");
    assert!(form.listed(Sex::M).iter().any(|one| one.name.last == "Torres"), "and has a line of its own");
}

#[test]
fn a_half_that_was_not_taken_is_named() {
    let mut form = june();
    form.half_taken = vec![(day(30), Session::Pm)];
    let named: Vec<String> = missing(&form).into_iter().map(|one| one.label).collect();
    assert!(named.iter().any(|label| label == "Attendance of 30 June 2026 (afternoon)"), "{named:?}");
}

#[test]
fn the_pages_say_what_was_counted_and_nothing_leaves_the_paper() {
    let pages = pages(&june());
    let text: Vec<String> = pages.iter().map(Page::text).collect();
    let all = text.join("\n");
    for said in [
        "FAJARDO, ANA",
        "NLS 06/25/2026 b.1",
        "T/O 06/18/2026 Rizal High School",
        "T/I 06/22/2026 Peñafrancia NHS",
        "LE 06/15/2026",
        "98.81%",
        "92.14%",
        "4.61",
        "June 2026",
        "No. of Days of Classes: 14",
        "MARIA SANTOS",
        "BENIGNO CRUZ",
        "301234",
        "Grade 7",
    ] {
        assert!(all.contains(said), "{said} is missing in\n{all}");
    }
    let males = all.find("MALE | TOTAL").expect("a total");
    assert!(all.find("ABAD").expect("a boy") < males && males < all.find("EBON").expect("a girl"), "males first");
    for page in &pages {
        for item in &page.items {
            if let Item::Text { x, y, .. } = item {
                assert!((0.0..=page.width_mm).contains(x) && (0.0..=page.height_mm).contains(y), "{item:?}");
            }
        }
    }
}

#[test]
fn a_section_of_sixty_is_printed_whole_and_once() {
    let mut form = june();
    for at in 0..53 {
        let name = format!("Zamora{at:02}");
        form.learners.push(learner(&name, if at % 2 == 0 { Sex::M } else { Sex::F }, 8, &[]));
    }
    let pages = pages(&form);
    let all = pages.iter().map(Page::text).collect::<Vec<_>>().join("\n");
    assert!(pages.len() > 1);
    for at in 0..53 {
        assert_eq!(all.matches(&format!("ZAMORA{at:02}")).count(), 1);
    }
    assert!(all.contains(&format!("Page {} of {}", pages.len(), pages.len())));
}

#[test]
fn what_is_missing_is_named_with_its_record() {
    assert!(missing(&june()).iter().all(|one| one.severity == Severity::Should), "the 30th was not taken, no more");
    let mut form = june();
    form.adviser.clear();
    form.school.school_id.clear();
    form.learners[1].sex = None;
    let must = missing(&form);
    let must: Vec<(&str, &str)> = must
        .iter()
        .filter(|one| one.severity == Severity::Must)
        .map(|one| (one.record.as_str(), one.field.as_str()))
        .collect();
    assert_eq!(must, [("school_profile", "deped_school_id"), ("section", "adviser"), ("student", "sex")]);
}

#[test]
fn a_month_with_a_saturday_keeps_all_its_days() {
    let mut form = june();
    form.days.push(Day { date: day(27), kind: DayKind::Makeup, label: "For the 24th".into() });
    let columns = columns::columns(&form);
    assert_eq!(columns.iter().filter_map(|column| column.date).collect::<Vec<_>>(), form.class_days());
    assert!(columns.iter().any(|column| column.letters == "S" && column.date == Some(day(27))));
}

#[test]
fn a_pdf_of_it_is_kept_for_the_eyes() {
    let bytes = crate::pdf(&pages(&june()), "SF2").expect("a PDF");
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 10_000);
    if let Ok(path) = std::env::var("PEMS_KEEP_PDF") {
        std::fs::write(path, bytes).expect("kept");
    }
}

fn cells(bytes: Vec<u8>) -> impl Fn(&str) -> String {
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    move |place: &str| {
        let at = place.find(|c: char| c.is_ascii_digit()).expect("a row");
        let column = place[..at].bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1) - 1;
        let row: u32 = place[at..].parse().expect("a row");
        match range.get_value((row - 1, column)) {
            None | Some(Data::Empty) => String::new(),
            Some(value) => value.to_string(),
        }
    }
}

#[test]
fn the_official_workbook_says_the_same() {
    let cell = cells(xlsx(&june()).expect("a workbook"));
    for (place, said) in [
        ("A2", "School Form 2 (SF2) Daily Attendance Report of Learners"),
        ("C6", "301234"),
        ("K6", "2026-2027"),
        ("X6", "June 2026"),
        ("C8", "Mabini National High School"),
        ("X8", "Grade 7"),
        ("AC8", "Rizal"),
        ("D11", "8"),
        ("G11", "11"),
        ("H11", ""),
        ("I11", "15"),
        ("P11", ""),
        ("Q11", "25"),
        ("T11", "30"),
        ("D12", "M"),
        ("A13", "1"),
        ("B13", "ABAD, ANA"),
        ("AC13", "0"),
        ("B14", "BASA, ANA"),
        ("E14", "x"),
        ("G14", "\u{25e4}"),
        ("AC14", "2"),
        ("AD14", "1"),
        ("B15", "CRUZ, ANA"),
        ("AE15", "T/O 06/18/2026 Rizal High School"),
        ("J16", "x am"),
        ("AC16", "0.5"),
        ("A34", "MALE  | TOTAL Per Day"),
        ("D34", "3"),
        ("J34", "3.5"),
        ("T34", ""),
        ("AC34", "3.5"),
        ("AD34", "1"),
        ("B35", "EBON, ANA"),
        ("I35", "x"),
        ("AC35", "5"),
        ("B36", "FAJARDO, ANA"),
        ("AE36", "NLS 06/25/2026 b.1"),
        ("O37", "\u{25e2}"),
        ("D60", "2"),
        ("J61", "4.5"),
        ("AC61", "10.5"),
        ("AE63", "No. of Days of Classes: 14"),
        ("AH65", "3"),
        ("AJ65", "5"),
        ("AH67", "1"),
        ("AJ69", "5"),
        ("AI71", "100.00%"),
        ("AH73", "2.96"),
        ("AJ73", "4.61"),
        ("AI75", "82.14%"),
        ("AJ77", "1"),
        ("AB79", "NLS"),
        ("AI79", "1"),
        ("AH81", "1"),
        ("AI83", "1"),
        ("AD88", "BENIGNO CRUZ"),
        ("AF92", "MARIA SANTOS"),
        ("Q90", "f. Others (Specify)"),
    ] {
        assert_eq!(cell(place), said, "{place}");
    }
}

#[test]
fn more_boys_than_the_form_has_lines_for_push_the_rest_down() {
    let mut form = june();
    for at in 0..20 {
        form.learners.push(learner(&format!("Zamora{at:02}"), Sex::M, 8, &[]));
    }
    let cell = cells(xlsx(&form).expect("a workbook"));
    assert_eq!(
        (cell("B36"), cell("A37"), cell("B38")),
        ("ZAMORA19, ANA".into(), "MALE  | TOTAL Per Day".into(), "EBON, ANA".into())
    );
    assert_eq!((cell("D37"), cell("D64"), cell("AH68")), ("23".into(), "25".into(), "23".into()));
}
