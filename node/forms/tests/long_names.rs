//! Names as long as they are in DepEd's lists, and as long as a record takes them: nothing is off the page, nothing is cut, and
//! no text lies over another. `samples/cases/README.md` of the import's tests says where the names come from.

use pems_forms::page::{Align, Item, Page};
use pems_forms::{Name, School, Sex, certificate, class_list, font, sf1, sf2};
use pems_model::value::parse_date;

const SCHOOLS: &str = include_str!("../../../tests/tests/import/samples/cases/F01_schools.txt");
/// Height of a capital letter, in em.
const CAPITAL: f32 = 0.716;
/// Texts that stand beside each other may touch.
const TOUCH: f32 = 0.25;

fn words(letters: usize) -> String {
    "Pe\u{f1}aranda de los Reyes Magbanua "
        .repeat(letters / 20 + 1)
        .chars()
        .take(letters)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn school(name: &str) -> School {
    School {
        school_id: "301234".into(),
        name: name.into(),
        region: words(80),
        division: words(80),
        district: words(80),
        address: words(200),
        head_name: words(120),
        head_position: words(80),
    }
}

/// Learners of 30 to 240 letters, and one whose name has no space.
fn names() -> Vec<Name> {
    let name = |last: &str, first: &str, middle: &str| Name {
        last: last.into(),
        first: first.into(),
        middle: middle.into(),
        ext: String::new(),
    };
    vec![
        name("DELA CRUZ", "MARIA ANGELICA", "BAUTISTA"),
        name("VILLANUEVA", "PRINCESS MARIA ANGELICA", "DELOS SANTOS"),
        name("BALTAZAR-MENDOZA", "PRINCESS ANGELICA", "DE GUZMAN"),
        name("Villavicencio", "Princess Zhaira Mae Antoinette", "Delos Santos"),
        name(&words(80), &words(80), &words(80)),
        name(&"X".repeat(80), &"\u{d1}".repeat(79), ""),
    ]
}

struct Shape {
    text: String,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

fn shapes(page: &Page) -> Vec<Shape> {
    let shape = |item: &Item| {
        let Item::Text { x, y, size_pt, align, width, turned: false, text, .. } = item else { return None };
        let left = match align {
            Align::Start => *x,
            Align::Middle => x - width / 2.0,
            Align::End => x - width,
        };
        let top = y - size_pt * font::MM_PER_PT * CAPITAL;
        Some(Shape { text: text.clone(), left, right: left + width, top, bottom: *y })
    };
    page.items.iter().filter_map(shape).collect()
}

fn check(what: &str, pages: &[Page], said: &[&str]) {
    let mut all = String::new();
    for (number, page) in (1..).zip(pages) {
        let shapes = shapes(page);
        for one in &shapes {
            assert!(!one.text.ends_with('\u{2026}'), "{what}, page {number}: cut: {}", one.text);
            let inside =
                one.left >= 0.0 && one.right <= page.width_mm && one.top >= 0.0 && one.bottom <= page.height_mm;
            assert!(inside, "{what}, page {number}: off the page: {}", one.text);
            all.push_str(&one.text);
        }
        for (at, one) in shapes.iter().enumerate() {
            let over = |other: &&Shape| {
                one.left < other.right - TOUCH
                    && other.left < one.right - TOUCH
                    && one.top < other.bottom - TOUCH
                    && other.top < one.bottom - TOUCH
            };
            if let Some(other) = shapes[at + 1..].iter().find(over) {
                panic!("{what}, page {number}: '{}' lies over '{}'", one.text, other.text);
            }
        }
    }
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_uppercase();
    let all = plain(&all);
    for text in said {
        assert!(all.contains(&plain(text)), "{what}: '{text}' is not there");
    }
}

/// The longest real one, and one as long as a record takes and as wide as letters are.
fn schools() -> Vec<String> {
    let longest = SCHOOLS.lines().max_by_key(|name| name.len()).map(str::to_owned);
    longest.into_iter().chain(["W".repeat(200)]).collect()
}

#[test]
fn class_list() {
    for name in schools() {
        let learner = |(at, name): (usize, Name)| class_list::Learner {
            name,
            sex: Some(if at % 2 == 0 { Sex::F } else { Sex::M }),
            lrn: "409900000009".into(),
            remarks: "Temporarily enrolled".into(),
            ..class_list::Learner::default()
        };
        let list = class_list::ClassList {
            school: school(&name),
            school_year: "2026-2027".into(),
            grade: "11".into(),
            section: format!("{} ({})", words(80), words(40)),
            adviser: words(240),
            room: words(40),
            learners: names().into_iter().cycle().take(24).enumerate().map(learner).collect(),
            ..class_list::ClassList::default()
        };
        let listed: Vec<String> = names().iter().map(Name::listed).collect();
        let said: Vec<&str> =
            listed.iter().map(String::as_str).chain([name.as_str(), &list.section, &list.adviser]).collect();
        check("class list", &class_list::pages(&list), &said);
    }
}

#[test]
fn certificate() {
    for school_name in schools() {
        for name in names() {
            let form = certificate::Certificate {
                school: school(&school_name),
                logo: "iVBORw0KGgo=".into(),
                contact: words(120),
                name: name.clone(),
                sex: Some(Sex::F),
                lrn: "409900000009".into(),
                school_year: "2026-2027".into(),
                grade: "11".into(),
                section: words(80),
                purpose: words(100),
                ..certificate::Certificate::default()
            };
            let head = form.school.head_name.clone();
            check(
                "certificate",
                &certificate::pages(&form),
                &[&name.full(), &school_name, &head, &form.school.head_position],
            );
        }
    }
}

#[test]
fn school_form_1() {
    for school_name in schools() {
        let learner = |(at, name): (usize, Name)| sf1::Learner {
            sex: Some(if at % 2 == 0 { Sex::F } else { Sex::M }),
            lrn: "409900000009".into(),
            birth_date: parse_date("2013-06-15"),
            mother_tongue: words(60),
            ip_group: words(60),
            religion: words(60),
            house_street: words(160),
            barangay: words(80),
            municipality: words(80),
            province: words(80),
            father: Some(name.clone()),
            mother: Some(name.clone()),
            guardian: Some(name.clone()),
            relationship: "guardian".into(),
            contact: "+639171234567".into(),
            special_needs: words(60),
            transferred_in: Some(words(200)),
            name,
            ..sf1::Learner::default()
        };
        let form = sf1::Sf1 {
            school: school(&school_name),
            school_year: "2026-2027".into(),
            grade: "11".into(),
            section: words(80),
            adviser: words(120),
            learners: names().into_iter().cycle().take(6).enumerate().map(learner).collect(),
            ..sf1::Sf1::default()
        };
        let listed: Vec<String> = names().iter().map(Name::listed).collect();
        let said: Vec<&str> = listed.iter().map(String::as_str).chain([school_name.as_str(), &form.section]).collect();
        check("School Form 1", &sf1::pages(&form), &said);
    }
}

#[test]
fn school_form_2() {
    let date = |text: &str| parse_date(text).expect("a date");
    for school_name in schools() {
        let learner = |(at, name): (usize, Name)| sf2::Learner {
            name,
            sex: Some(if at % 2 == 0 { Sex::F } else { Sex::M }),
            stays: vec![sf2::Stay {
                from: date("2026-06-10"),
                came: sf2::Came::TransferredIn { from: words(200) },
                left: None,
            }],
            ..sf2::Learner::default()
        };
        let form = sf2::Sf2 {
            school: school(&school_name),
            school_year: "2026-2027".into(),
            year: 2026,
            month: 6,
            grade: "11".into(),
            section: words(80),
            adviser: words(120),
            days: (8..=12)
                .map(|day| sf2::Day {
                    date: date(&format!("2026-06-{day:02}")),
                    kind: sf2::DayKind::Class,
                    label: String::new(),
                })
                .collect(),
            learners: names().into_iter().cycle().take(12).enumerate().map(learner).collect(),
            ..sf2::Sf2::default()
        };
        let listed: Vec<String> = names().iter().map(Name::listed).collect();
        let said: Vec<&str> = listed.iter().map(String::as_str).chain([school_name.as_str(), &form.section]).collect();
        check("School Form 2", &sf2::pages(&form), &said);
        assert!(sf2::xlsx(&form).is_ok());
    }
}

#[test]
fn letters_that_the_typeface_lacks_are_named_before_printing() {
    let name = Name { last: "Cruz".into(), first: "Ana\u{1f600}".into(), ..Name::default() };
    let list = class_list::ClassList {
        school: school("\u{4e2d}\u{6587} School"),
        section: "\u{0627}".into(),
        learners: vec![class_list::Learner { name: name.clone(), sex: Some(Sex::F), ..class_list::Learner::default() }],
        ..class_list::ClassList::default()
    };
    let said: Vec<String> = class_list::missing(&list).into_iter().map(|one| one.label).collect();
    for letter in ["U+1F600", "U+4E2D", "U+0627"] {
        assert!(said.iter().any(|label| label.contains(letter)), "{letter}: {said:?}");
    }
    let form = sf2::Sf2 {
        learners: vec![sf2::Learner { name: name.clone(), ..sf2::Learner::default() }],
        ..sf2::Sf2::default()
    };
    assert!(sf2::missing(&form).iter().any(|one| one.label.contains("U+1F600")));
    let form = sf1::Sf1 {
        learners: vec![sf1::Learner { name: name.clone(), ..sf1::Learner::default() }],
        ..sf1::Sf1::default()
    };
    assert!(sf1::missing(&form).iter().any(|one| one.label.contains("U+1F600")));
    let form = certificate::Certificate { name, ..certificate::Certificate::default() };
    assert!(certificate::missing(&form).iter().any(|one| one.label.contains("U+1F600")));
}

/// One word for who left, in every place of paper and workbook that says it.
#[test]
fn who_left_has_one_word_a_year() {
    use calamine::{Data, Reader, Xlsx};
    for wording in ["NLS", "NLPA", "DROPPED OUT"] {
        let form = sf2::Sf2 {
            year: 2026,
            month: 6,
            policy: sf2::Policy { wording: wording.into(), ..sf2::Policy::default() },
            ..sf2::Sf2::default()
        };
        let mut book = Xlsx::new(std::io::Cursor::new(sf2::xlsx(&form).expect("a workbook"))).expect("it");
        let sheet = book.worksheet_range_at(0).expect("a sheet").expect("it");
        let cells = sheet
            .cells()
            .filter_map(|(_, _, cell)| if let Data::String(text) = cell { Some(text.clone()) } else { None });
        let book = cells.collect::<Vec<_>>().join("\n");
        let paper = sf2::pages(&form).iter().map(Page::text).collect::<Vec<_>>().join("\n");
        for (what, text) in [("workbook", book), ("paper", paper.replace('\n', " "))] {
            // The guidelines speak of a risk, not of who left.
            let text = text.to_uppercase().replace("AT RISK OF DROPPING OUT", "");
            assert!(text.contains(wording), "{what} of {wording}");
            let others = ["NLS", "NLPA", "DROPPED OUT", "DROP OUT", "DROPPING OUT"];
            let same = |other: &str| other == wording || (wording == "DROPPED OUT" && other == "DROPPING OUT");
            for other in others.into_iter().filter(|other| !same(other)) {
                assert!(!text.contains(other), "{what} of {wording} says {other} too");
            }
        }
    }
}
