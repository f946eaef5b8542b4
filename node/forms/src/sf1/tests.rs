//! A section as somebody would write it down. Ages are of Friday, 5 June 2026.
//!
//! | | | on the form | BoSY | now |
//! |---|---|---|---|---|
//! | Delgado, Ramon Jr. Salazar (M) | | yes | yes | yes |
//! | Ñoñez, José (M) | no LRN, no middle name | yes | yes | yes |
//! | Luna, Marco (M) | to another section on 1 August | no | yes | no |
//! | Peña, Ma. Clara (F) | transferred in on the 22nd | yes | no | yes |
//! | Yap, Grace (F) | dropped on 1 September | yes | yes | no |
//! | Villanueva, Kim (F) | transferred out on 15 August | yes | yes | no |
//!
//! So on the form 2 boys, 3 girls; at the beginning 3 and 2; now 2 and 1.

use super::*;
use crate::page::{Item, Page};
use pems_model::value::parse_date;

fn day(text: &str) -> i32 {
    parse_date(text).expect("a date")
}

fn name(last: &str, first: &str, middle: &str, ext: &str) -> Name {
    Name { last: last.into(), first: first.into(), middle: middle.into(), ext: ext.into() }
}

fn learner(name: Name, sex: Sex, lrn: &str, born: &str) -> Learner {
    Learner {
        id: Uuid::from_u128(u128::from(name.last.as_bytes()[0])),
        name,
        sex: Some(sex),
        lrn: lrn.into(),
        birth_date: Some(day(born)),
        mother_tongue: "Tagalog".into(),
        religion: "Roman Catholic".into(),
        barangay: "Poblacion".into(),
        municipality: "Mabini".into(),
        province: "Batangas".into(),
        mother: Some(self::name("Santos", "Luz", "", "")),
        contact: "+639171234567".into(),
        enrolled_from: day("2026-06-08"),
        in_section_on_cutoff: true,
        ..Learner::default()
    }
}

fn left(on: &str, why: LeftWhy) -> Option<Left> {
    Some(Left { on: day(on), why })
}

pub(super) fn rizal() -> Sf1 {
    let learners = vec![
        Learner {
            transferred_in: Some("San Roque NHS (P)".into()),
            enrolled_from: day("2026-06-22"),
            in_section_on_cutoff: false,
            late_enrolment: true,
            ..learner(name("Peña", "Ma. Clara", "De los Reyes", ""), Sex::F, "300021130201", "2014-06-05")
        },
        Learner {
            left: left("2026-09-01", LeftWhy::Dropped { reason: "b.1".into(), note: String::new() }),
            ..learner(name("Yap", "Grace", "Ong", ""), Sex::F, "300021130203", "2014-06-06")
        },
        Learner {
            left: left("2026-08-15", LeftWhy::TransferredOut { to: "Rizal NHS (P)".into() }),
            ..learner(name("Villanueva", "Kim", "", ""), Sex::F, "300021130202", "2013-12-12")
        },
        Learner {
            special_needs: "Hearing".into(),
            father: None,
            guardian: Some(name("Dela Cruz", "Basilia", "Reyes", "")),
            relationship: "Grandmother".into(),
            ..learner(name("Ñoñez", "José", "", ""), Sex::M, "", "2013-05-04")
        },
        Learner {
            four_ps: true,
            balik_aral: Some("San Isidro NHS 2024".into()),
            father: Some(name("Delgado", "Ramon", "Cruz", "Sr.")),
            ..learner(name("Delgado", "Ramon", "Salazar", "Jr."), Sex::M, "012345678901", "2013-05-14")
        },
        Learner {
            left: left("2026-08-01", LeftWhy::Moved { to: "Luna".into() }),
            ..learner(name("Luna", "Marco", "Dizon", ""), Sex::M, "300021130106", "2014-01-01")
        },
    ];
    Sf1 {
        school: School {
            school_id: "300021".into(),
            name: "Mabini National High School".into(),
            region: "Region IV-A".into(),
            division: "Batangas".into(),
            head_name: "Maria Santos".into(),
            ..School::default()
        },
        school_year: "2026-2027".into(),
        grade: "7".into(),
        section: "Rizal".into(),
        adviser: "Benigno Cruz".into(),
        on: day("2026-09-15"),
        ends: Some(day("2027-04-08")),
        learners,
        ..Sf1::default()
    }
}

fn of(split: Split<u32>) -> [u32; 3] {
    [split.male, split.female, split.total]
}

fn by_last<'a>(form: &'a Sf1, last: &str) -> &'a Learner {
    form.learners.iter().find(|one| one.name.last == last).expect("a learner")
}

#[test]
fn who_is_counted_when() {
    let mut form = rizal();
    let counts = figures(&form);
    assert_eq!((of(counts.listed), of(counts.beginning)), ([2, 3, 5], [3, 2, 5]));
    assert_eq!((of(counts.now), counts.end), ([2, 1, 3], None), "there is no end of the year before its last day");
    form.on = day("2027-04-08");
    assert_eq!(figures(&form).end.map(of), Some([2, 1, 3]));
}

#[test]
fn ages_are_those_of_the_cut_off() {
    let mut form = rizal();
    assert_eq!((form.age(by_last(&form, "Peña")), form.age(by_last(&form, "Yap"))), (Some(12), Some(11)));
    assert_eq!(form.age_head(), "AGE as of 1st Friday June");
    form.policy.cutoff_date = Some(day("2026-06-12"));
    assert_eq!((form.age(by_last(&form, "Peña")), form.age(by_last(&form, "Yap"))), (Some(12), Some(12)));
    assert_eq!(form.age_head(), "AGE as of June 12");
    form.learners[0].birth_date = None;
    assert_eq!(form.age(&form.learners[0]), None);
    (form.policy.cutoff_date, form.school_year) = (None, String::new());
    assert_eq!(form.age(by_last(&form, "Yap")), None, "no year, no age, no guess");
}

#[test]
fn remarks_are_the_codes_of_the_legend() {
    let mut form = rizal();
    let said = |form: &Sf1, last: &str| remarks::remarks(form, by_last(form, last));
    assert_eq!(said(&form, "Peña"), "T/I DATE:2026-06-22 San Roque NHS (P)", "not told again as a late one");
    assert_eq!(said(&form, "Villanueva"), "T/O DATE:2026-08-15 Rizal NHS (P)");
    assert_eq!(said(&form, "Yap"), "DRP DATE:2026-09-01 b.1");
    assert_eq!(said(&form, "Ñoñez"), "SNED Hearing");
    assert_eq!(said(&form, "Delgado"), "B/A San Isidro NHS 2024; CCT");
    assert_eq!(said(&form, "Luna"), "");
    form.learners[0].transferred_in = None;
    assert_eq!(said(&form, "Peña"), "LE DATE:2026-06-22");
    form.policy.wording = "NLPA".into();
    assert_eq!(said(&form, "Yap"), "NLPA DATE:2026-09-01 b.1");
    let codes = |form: &Sf1| legend::indicators(form).into_iter().map(|one| one.code).collect::<Vec<_>>();
    assert_eq!(codes(&form), ["T/O", "T/I", "NLPA", "LE", "CCT", "B/A", "SNED", "ACL"]);
    form.policy.wording = "DROPPED OUT".into();
    assert_eq!(codes(&form)[2], "DRP");
}

#[test]
fn names_are_spelled_as_lis_does() {
    for (whom, learner, parent) in [
        (name("Delgado", "Ramon", "Salazar", "Jr."), "DELGADO,RAMON, JR. SALAZAR", "DELGADO, RAMON SALAZAR JR."),
        (name("Peña", "Ma. Clara", "De los Reyes", ""), "PEÑA,MA. CLARA, DE LOS REYES", "PEÑA, MA. CLARA DE LOS REYES"),
        (name("Reyes", "Jose", "", "III."), "REYES,JOSE, III -", "REYES, JOSE III."),
        (name("Ñoñez", "José", "", ""), "ÑOÑEZ,JOSÉ, -", "ÑOÑEZ, JOSÉ"),
        (name("Cruz, Sr", "Ana", "", ""), "CRUZ SR,ANA, -", "CRUZ SR, ANA"),
        (name("Garcia", "", "", ""), "GARCIA,, -", "GARCIA"),
    ] {
        assert_eq!((spelling::learner(&whom).as_str(), spelling::parent(&whom).as_str()), (learner, parent));
    }
    assert_eq!(
        (spelling::phone("+639171234567"), spelling::phone("8123456")),
        ("09171234567".into(), "8123456".into())
    );
}

#[test]
fn the_page_says_all_of_it_in_the_order_of_the_form() {
    let pages = pages(&rizal());
    assert_eq!(pages.len(), 1);
    let all = pages[0].text().replace('\n', " ");
    let mut at = 0;
    for said in [
        "School Form 1 (SF 1) School Register",
        "300021",
        "Region IV-A",
        "Batangas",
        "Mabini National High School",
        "2026-2027",
        "Grade 7",
        "Rizal",
        "LRN",
        "BIRTH DATE",
        "AGE as of 1st Friday",
        "MOTHER TONGUE",
        "RELIGION",
        "Municipality/",
        "Father's Name",
        "Mother's Maiden",
        "REMARKS",
        "ADDRESS",
        "PARENTS",
        "GUARDIAN",
        "012345678901 DELGADO, RAMON JR., SALAZAR M 05/14/2013 13 Tagalog",
        "DELGADO, RAMON CRUZ SR. SANTOS, LUZ 09171234567",
        "B/A San Isidro NHS 2024; CCT",
        "ÑOÑEZ, JOSÉ M 05/04/2013 13",
        "DELA CRUZ, BASILIA REYES",
        "2 <=== TOTAL MALE",
        "300021130201 PEÑA, MA. CLARA, DE LOS REYES F 06/05/2014 12",
        "T/I DATE:2026-06-22",
        "3 <=== TOTAL FEMALE",
        "5 <=== COMBINED",
        "List and Code of Indicators",
        "REGISTERED BoSY EoSY MALE 3 FEMALE 2 TOTAL 5",
        "Prepared by: BENIGNO CRUZ",
        "Certified Correct: MARIA SANTOS",
        "Page 1 of 1",
        "15 September 2026: 2 male, 1 female, 3 in all",
    ] {
        at += all[at..].find(said).unwrap_or_else(|| panic!("{said} is missing, or too early, in\n{all}"));
    }
    assert!(!all.contains("LUNA"), "who went to another section stands on its form");
}

#[test]
fn a_section_of_sixty_is_two_sheets_each_with_its_head() {
    let mut form = rizal();
    form.learners.clear();
    for at in 0..60 {
        let sex = if at % 2 == 0 { Sex::M } else { Sex::F };
        form.learners.push(learner(
            name(&format!("Zamora{at:02}"), "Ana", "Cruz", ""),
            sex,
            "300021130201",
            "2014-01-01",
        ));
    }
    let pages = pages(&form);
    assert_eq!(pages.len(), 2);
    let text: Vec<String> = pages.iter().map(Page::text).collect();
    for at in 0..60 {
        assert_eq!(text.concat().matches(&format!("ZAMORA{at:02}")).count(), 1);
    }
    for (at, text) in text.iter().enumerate() {
        assert!(text.contains("RELIGION") && text.contains(&format!("Page {} of 2", at + 1)), "{text}");
        assert_eq!(text.contains(legend::TITLE), at == 1, "the foot is on the last sheet");
    }
    for page in &pages {
        assert_eq!((page.width_mm, page.height_mm), (355.6, 215.9));
        for item in &page.items {
            match item {
                Item::Text { x, y, .. } => {
                    assert!((5.0..351.0).contains(x) && (5.0..213.0).contains(y), "{item:?}");
                }
                Item::Rect { x, y, w, h, .. } => assert!(x + w < 350.0 && y + h < 211.0, "{item:?}"),
                _ => {}
            }
        }
    }
}

#[test]
fn what_is_missing_is_named_with_its_record() {
    let must = |form: &Sf1| -> Vec<(String, String, String)> {
        let must = missing(form).into_iter().filter(|one| one.severity == Severity::Must);
        must.map(|one| (one.record, one.field, one.who)).collect()
    };
    let mut form = rizal();
    assert_eq!(must(&form), []);
    let should = missing(&form);
    assert!(should.iter().any(|one| one.field == "lrn" && one.who == "ÑOÑEZ, JOSÉ"), "{should:?}");
    form.learners[0].birth_date = None;
    form.learners[1].sex = None;
    form.adviser.clear();
    let found = must(&form);
    let found: Vec<(&str, &str, &str)> = found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
    assert_eq!(
        found,
        [
            ("section", "adviser", "Rizal"),
            ("student", "birth_date", "PEÑA, MA. CLARA, DE LOS REYES"),
            ("student", "sex", "YAP, GRACE, ONG")
        ]
    );
}

#[test]
fn every_cell_of_the_workbook_is_where_lis_has_it() {
    use calamine::{Data, Reader, Xlsx};
    let bytes = xlsx(&rizal()).expect("a workbook");
    assert_eq!(bytes, xlsx(&rizal()).expect("a workbook"), "the same form, the same bytes");
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), [layout::SHEET]);
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    let cell = |row: u32, column: u32| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    let text = |row: u32, column: u32| cell(row, column).to_string();
    for (row, column, said) in [
        (2, 5, "300021"),
        (2, 10, "Region IV-A"),
        (2, 19, "Batangas"),
        (3, 5, "Mabini National High School"),
        (3, 19, "2026-2027"),
        (3, 30, "Grade 7"),
        (3, 38, "Rizal"),
        (4, 0, "LRN"),
        (4, 6, "Sex (M/F)"),
        (4, 27, "PARENTS"),
        (5, 31, "Mother's Maiden Name (Last Name, First Name, Middle Name)"),
        (6, 2, "DELGADO,RAMON, JR. SALAZAR"),
        (6, 6, "M"),
        (6, 7, "05/14/2013"),
        (6, 11, "Tagalog"),
        (6, 14, "Roman Catholic"),
        (6, 17, "Poblacion"),
        (6, 20, "Mabini"),
        (6, 22, "Batangas"),
        (6, 27, "DELGADO, RAMON CRUZ SR."),
        (6, 31, "SANTOS, LUZ"),
        (6, 41, "09171234567"),
        (6, 44, "B/A San Isidro NHS 2024; CCT"),
        (7, 0, ""),
        (7, 2, "ÑOÑEZ,JOSÉ, -"),
        (7, 36, "DELA CRUZ, BASILIA REYES"),
        (7, 40, "Grandmother"),
        (8, 2, "<=== TOTAL MALE"),
        (9, 2, "PEÑA,MA. CLARA, DE LOS REYES"),
        (12, 2, "<=== TOTAL FEMALE"),
        (13, 2, "<=== COMBINED"),
        (15, 0, "List and Code of Indicators under REMARKS column"),
        (17, 4, "T/O"),
        (15, 32, "Prepared by:"),
        (17, 32, "BENIGNO CRUZ"),
        (17, 40, "MARIA SANTOS"),
        (18, 30, ""),
    ] {
        assert_eq!(text(row, column), said, "row {row}, column {column}");
    }
    assert_eq!((cell(17, 29), cell(18, 29), cell(19, 29)), (Data::Float(3.0), Data::Float(2.0), Data::Float(5.0)));
    assert_eq!(cell(6, 0), Data::String("012345678901".into()), "an LRN stays text");
    assert_eq!((cell(6, 9), cell(8, 0), cell(13, 0)), (Data::Float(13.0), Data::Float(2.0), Data::Float(5.0)));
}

#[test]
fn a_pdf_of_it_is_kept_for_the_eyes() {
    let bytes = crate::pdf(&pages(&rizal()), "SF1").expect("a PDF");
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 10_000);
    if let Ok(path) = std::env::var("PEMS_KEEP_PDF_SF1") {
        std::fs::write(path, bytes).expect("kept");
    }
}
