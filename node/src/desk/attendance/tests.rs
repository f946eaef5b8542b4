use super::*;
use crate::desk::front::{Front, Place};
use serde_json::json;

struct Office {
    front: Front,
    _dir: tempfile::TempDir,
}

impl Office {
    fn new() -> Office {
        let dir = tempfile::tempdir().expect("a folder");
        let place = Place { data_dir: dir.path().join("office"), key_file: Some(dir.path().join("key")) };
        let mut office = Office { front: Front::at(place), _dir: dir };
        let state = office.ask(json!({ "do": "session.sample" })).expect("a school");
        office.enter(&state, "teacher");
        office
    }

    fn ask(&mut self, request: Json) -> Result<Json> {
        self.front.answer(request)
    }

    fn enter(&mut self, state: &Json, role: &str) {
        let people = state["people"].as_array().expect("people");
        let person = people.iter().find(|person| person["role"] == role).expect("such a person");
        self.ask(json!({ "do": "session.sign_in", "id": person["id"], "password": "" })).expect("signed in");
    }

    /// A class day of the adviser's section that was taken, and one of the sample that was not.
    fn mine(&mut self) -> Json {
        let overview = self.ask(json!({ "do": "attendance.sections" })).expect("an overview");
        assert_eq!(overview["sections"][0]["mine"], true, "one's own section comes first");
        overview["sections"][0]["id"].clone()
    }

    fn class(&mut self, section: &Json, date: &str) -> Json {
        let request = json!({ "do": "attendance.class", "section": section, "date": date, "session": "day" });
        self.ask(request).expect("a class")
    }

    fn taken_day(&mut self, section: &Json) -> String {
        let overview = self.ask(json!({ "do": "attendance.sections" })).expect("an overview");
        let today = parse_date(overview["today"].as_str().unwrap_or_default()).expect("a day");
        let days = (1..30).map(|back| format_date(today - back)).collect::<Vec<_>>();
        days.into_iter().find(|day| !self.class(section, day)["taken_at"].is_null()).expect("a day that was taken")
    }

    fn take(&mut self, section: &Json, date: &str, marks: Json, why: Option<&str>) -> Result<Json> {
        let request = json!({ "do": "attendance.take", "section": section, "date": date, "session": "day",
            "marks": marks, "correction": why });
        self.ask(request)
    }
}

fn codes(class: &Json) -> Vec<String> {
    let seats = class["seats"].as_array().expect("seats");
    seats.iter().filter_map(|seat| seat["code"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_class_is_males_then_females_and_a_past_day_is_corrected_with_a_reason() {
    let mut office = Office::new();
    let section = office.mine();
    let day = office.taken_day(&section);
    let class = office.class(&section, &day);
    let sexes: Vec<&str> =
        class["seats"].as_array().expect("seats").iter().filter_map(|seat| seat["sex"].as_str()).collect();
    assert!((30..46).contains(&sexes.len()), "a class of the sample");
    assert!(sexes.is_sorted_by_key(|sex| *sex != "M"), "{sexes:?}");
    let (first, second) = (class["seats"][0]["student"].clone(), class["seats"][1]["student"].clone());
    let marks = json!([{ "student": first, "code": "A" }, { "student": second, "code": "L" }]);
    assert_eq!(office.take(&section, &day, marks.clone(), None).expect_err("no reason").code, Code::Required);
    let taken = office.take(&section, &day, marks, Some("the list was read again")).expect("corrected");
    assert_eq!(
        (codes(&taken), &taken["correction"]),
        (vec!["A".into(), "L".into()], &json!("the list was read again"))
    );
    // Everybody was there after all: taken, and no marks.
    let taken = office.take(&section, &day, json!([]), Some("all came later")).expect("corrected");
    assert!(codes(&taken).is_empty() && !taken["taken_at"].is_null());
    let back = office.ask(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!(back["left"], 0);
    assert_eq!(codes(&office.class(&section, &day)), ["A", "L"]);
}

#[test]
fn what_cannot_be_taken_says_why_and_writes_nothing() {
    let mut office = Office::new();
    let section = office.mine();
    let day = office.taken_day(&section);
    let before = office.class(&section, &day);
    let stranger = json!([{ "student": Uuid::from_u128(9), "code": "A" }]);
    assert_eq!(office.take(&section, &day, stranger, Some("x")).expect_err("not here").code, Code::NotFound);
    let odd = json!([{ "student": before["seats"][0]["student"], "code": "Z" }]);
    assert_eq!(office.take(&section, &day, odd, Some("x")).expect_err("no such mark").code, Code::NotAChoice);
    assert_eq!(office.class(&section, &day), before);
    let ahead = format_date(parse_date(&day).expect("a day") + 400);
    assert_eq!(office.take(&section, &ahead, json!([]), None).expect_err("ahead").code, Code::Rule);
    let sunday = {
        let day = parse_date(&day).expect("a day");
        format_date(day - calendar::weekday(day) - 1)
    };
    let refused = office.take(&section, &sunday, json!([]), None).expect_err("a Sunday");
    assert!(refused.message.contains("make-up class"), "{}", refused.message);
}

#[test]
fn a_signed_month_is_shut_until_the_head_opens_it() {
    let mut office = Office::new();
    let section = office.mine();
    let day = office.taken_day(&section);
    office.ask(json!({ "do": "attendance.sign", "section": section, "date": day })).expect("signed");
    assert_eq!(office.class(&section, &day)["signed_by"], "Benigno Santos");
    let refused = office.take(&section, &day, json!([]), Some("x")).expect_err("signed");
    assert!(refused.message.contains("Benigno Santos signed"), "{}", refused.message);
    let reopen = |why: &str| json!({ "do": "attendance.reopen", "section": section, "date": day, "reason": why });
    assert_eq!(office.ask(reopen("wrong sums")).expect_err("a teacher").code, Code::RoleForbidden);
    let state = office.ask(json!({ "do": "session.sign_out" })).expect("signed out");
    office.enter(&state, "school_head");
    assert_eq!(office.ask(reopen("  ")).expect_err("no reason").code, Code::Required);
    office.ask(reopen("wrong sums")).expect("opened");
    assert!(office.take(&section, &day, json!([]), Some("x")).is_ok());
}

#[test]
fn five_class_days_in_a_row_away_are_listed_with_whom_to_call() {
    let mut office = Office::new();
    let section = office.mine();
    let mut day = parse_date(&office.taken_day(&section)).expect("a day");
    let last = format_date(day);
    // Somebody whom the sample never marked lately.
    let mut free = office.class(&section, &last)["seats"].as_array().expect("seats").clone();
    for back in 0..12 {
        let class = office.class(&section, &format_date(day - back));
        free.retain(|seat| {
            let seats = class["seats"].as_array().expect("seats");
            seats.iter().any(|other| other["student"] == seat["student"] && other["code"].is_null())
        });
    }
    let student = free[0]["student"].clone();
    let mut marked = 0;
    while marked < IN_A_ROW {
        let text = format_date(day);
        if office.class(&section, &text)["day"]["class_day"] == true {
            office
                .take(&section, &text, json!([{ "student": student, "code": "A" }]), Some("found out"))
                .expect("taken");
            marked += 1;
        }
        if marked == IN_A_ROW - 1 {
            let list =
                office.ask(json!({ "do": "attendance.away", "section": section, "date": last })).expect("a list");
            assert_eq!(list, json!([]), "four days are not five");
        }
        day -= 1;
    }
    let list = office.ask(json!({ "do": "attendance.away", "section": section, "date": last })).expect("a list");
    assert_eq!((list.as_array().map(Vec::len), &list[0]["student"]), (Some(1), &student));
    assert!(list[0]["phones"][0].as_str().is_some_and(|phone| phone.starts_with("+639")));
}
