//! Half a day, marked on the sheet of a whole one.

use super::*;

#[test]
fn half_a_day_is_a_mark_of_its_own_where_whole_days_are_taken() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    school.learner("Cruz", "M", "2026-06-08", None);
    let codes = |class: &Json| -> Vec<String> {
        let pupils = class["pupils"].as_array().expect("pupils").iter();
        pupils.map(|pupil| pupil["code"].as_str().expect("a code").to_owned()).collect()
    };
    let half = |code: &str| json!([{ "student": ana, "code": code }]);
    for (code, halves) in [("PM", 1), ("AM", 1), ("A", 2), ("PM", 1), ("L", 0), ("AM", 1), ("P", 0)] {
        let class = school.take("2026-06-10", half(code), None).expect("taken");
        assert_eq!(codes(&class), ["P", code], "as it was marked");
        let month = json!({ "do": "attendance.month", "section": school.section, "month": "2026-06" });
        let month = school.ask(month).expect("a month");
        let pupils = month["pupils"].as_array().expect("pupils");
        assert_eq!(pupils[1]["absent_halves"], json!(halves), "{code}: what School Form 2 counts");
        assert_eq!(pupils[0]["absent_halves"], json!(0));
    }
    school.ask(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!(codes(&school.class("2026-06-10")), ["P", "AM"], "one act on both sheets");
    let year = school.year.clone();
    school.change("school_year", &year, json!({ "half_days": true }));
    let error = school.take("2026-06-10", half("PM"), None).expect_err("the afternoon has a sheet of its own");
    assert_eq!(error.code, Code::NotAChoice);
}

#[test]
fn of_a_day_that_became_a_holiday_no_half_is_untaken() {
    let mut school = School::new();
    school.learner("Cruz", "M", "2026-06-08", None);
    let year = school.year.clone();
    school.change("school_year", &year, json!({ "half_days": true }));
    let section = school.section.clone();
    let morning = json!({ "do": "attendance.take", "section": section, "date": "2026-06-10", "session": "am", "marks": [], "seen": [] });
    school.ask(morning).expect("taken");
    let line =
        |school: &mut School| school.ask(json!({ "do": "attendance.today" })).expect("a day")["sections"][0].clone();
    assert_eq!(line(&mut school)["half_untaken"], "pm");
    let holiday = json!({ "school_year": year, "on_date": "2026-06-10", "scope": "school", "kind": "suspension", "source": "school", "reason": "Typhoon" });
    school.save("calendar_day", holiday);
    let off = line(&mut school);
    assert_eq!(
        (&off["half_untaken"], &off["day"]["kind"], &off["day"]["label"]),
        (&Json::Null, &json!("suspension"), &json!("Typhoon"))
    );
}
