//! The sample school, looked at by each of its people.

use super::*;
use crate::keys::KeySource;
use crate::sample;
use serde_json::json;

struct School {
    _dir: tempfile::TempDir,
    desk: Desk,
}

fn school() -> School {
    let dir = tempfile::tempdir().expect("a folder");
    let office = sample::open(&dir.path().join("office"), KeySource::File(dir.path().join("key"))).expect("a school");
    School { desk: Desk::new(office.store().expect("a store")), _dir: dir }
}

impl School {
    fn enter(&mut self, role: &str) {
        self.desk.answer(json!({ "do": "session.sign_out" })).expect("nobody");
        let state = self.desk.answer(json!({ "do": "session.state" })).expect("a state");
        assert!(state.to_string().find('@').is_none(), "addresses are not shown before somebody signed in");
        let people = state["people"].as_array().expect("people");
        let id = &people.iter().find(|one| one["role"] == role).expect("somebody of that role")["id"];
        self.desk.answer(json!({ "do": "session.sign_in", "id": id, "password": "" })).expect("signed in");
    }

    fn ask(&mut self, request: Json) -> std::result::Result<Json, Code> {
        self.desk.answer(request).map_err(|error| error.code)
    }

    fn learners(&mut self) -> Vec<Json> {
        let found = self.ask(json!({ "do": "learners.find", "limit": 500, "columns": ["religion"] })).expect("a list");
        found["rows"].as_array().expect("rows").clone()
    }
}

#[test]
fn a_teacher_sees_all_names_and_everything_of_the_own_class_alone() {
    let mut school = school();
    school.enter("registrar");
    let all = school.learners();
    assert!(all.iter().filter(|row| row["religion"].is_string()).count() > all.len() / 2);
    school.enter("teacher");
    let seen = school.learners();
    assert_eq!(seen.len(), all.len(), "names are everybody's");
    let (own, others): (Vec<&Json>, Vec<&Json>) = seen.iter().partition(|row| row["birth_date"].is_string());
    assert!((30..46).contains(&own.len()), "a class, not {}", own.len());
    for row in &others {
        let keys = row.as_object().expect("a row").keys();
        assert_eq!(row["hidden"], true, "not shown is not the same as not recorded");
        keys.for_each(|key| assert!(key == "hidden" || NAMES.contains(&key.as_str()), "{key} of another class"));
    }
    for (row, open) in [(own[0], true), (others[0], false)] {
        for what in ["learners.get", "learners.history"] {
            let answer = school.ask(json!({ "do": what, "id": row["id"] }));
            assert_eq!(answer.err(), (!open).then_some(Code::RoleForbidden), "{what}");
        }
        let certificate = json!({ "form": "certificate", "student": row["id"] });
        let answer = school.ask(json!({ "do": "forms.preview", "asked": certificate }));
        assert_eq!(answer.err(), (!open).then_some(Code::RoleForbidden));
    }
}

#[test]
fn who_moves_to_another_class_is_its_advisers_and_who_leaves_the_school_stays_with_the_last_one() {
    let mut school = school();
    school.enter("teacher");
    let own: Vec<Json> = school.learners().into_iter().filter(|row| row["hidden"].is_null()).collect();
    let pages = |school: &mut School, row: &Json| {
        let certificate = json!({ "form": "certificate", "student": row["id"] });
        [
            json!({ "do": "learners.get", "id": row["id"] }),
            json!({ "do": "learners.history", "id": row["id"] }),
            json!({ "do": "enrolment.of", "student": row["id"] }),
            json!({ "do": "forms.preview", "asked": certificate }),
        ]
        .map(|request| school.ask(request).err())
    };
    let [moves, leaves, stays] = [&own[0], &own[1], &own[2]];
    for row in [moves, leaves, stays] {
        assert_eq!(pages(&mut school, row), [None; 4]);
    }
    school.enter("registrar");
    let years = school.ask(json!({ "do": "enrolment.years" })).expect("years");
    let year = years["years"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["id"] == years["current"]))
        .expect("a year")
        .clone();
    let day = [&years["today"], &year["end_date"]].map(|day| day.as_str().expect("a day").to_owned()).into_iter().min();
    let enrolment = |school: &mut School, row: &Json| {
        let page = school.ask(json!({ "do": "learners.get", "id": row["id"] })).expect("a page");
        page["enrolments"][0]["row"].clone()
    };
    let sections = school.ask(json!({ "do": "enrolment.sections", "school_year": year["id"] })).expect("sections");
    let row = enrolment(&mut school, moves);
    let other = sections["sections"].as_array().and_then(|all| {
        all.iter().find(|one| one["grade_level"] == row["grade_level"] && one["name"] != moves["section"])
    });
    let to = &other.expect("another section of the grade")["id"];
    let assign = json!({ "do": "enrolment.assign", "enrolments": [row["id"]], "section": to, "on_date": day, "over_capacity": true, "marks_stay": true });
    school.ask(assign).expect("moved");
    let left = enrolment(&mut school, leaves);
    let drop = json!({ "do": "enrolment.drop", "enrolment": left["id"], "reason_code": "b.1", "on_date": day });
    school.ask(drop).expect("dropped");
    school.enter("teacher");
    assert_eq!(pages(&mut school, moves), [Some(Code::RoleForbidden); 4], "the old class sees the name alone");
    assert_eq!(pages(&mut school, leaves), [None; 4], "nobody else's class has them");
    assert_eq!(pages(&mut school, stays), [None; 4]);
    let shown = |school: &mut School, row: &Json| {
        school.learners().into_iter().find(|one| one["id"] == row["id"]).expect("a name")
    };
    assert_eq!(shown(&mut school, moves)["hidden"], true);
    assert_eq!(shown(&mut school, stays)["hidden"], Json::Null);
}

/// What the shelf offers is what is answered, for each of the school's people.
#[test]
fn nothing_to_print_is_offered_that_would_be_refused_and_nothing_else_is_refused() {
    let mut school = school();
    school.enter("registrar");
    let all = school.learners();
    let everybody: Vec<&Json> = all.iter().map(|row| &row["id"]).collect();
    let mut certificates = Vec::new();
    for role in ["school_admin", "school_head", "registrar", "teacher"] {
        school.enter(role);
        let shelf = school.ask(json!({ "do": "forms.shelf" })).expect("a shelf");
        let month = shelf["months"].as_array().and_then(|months| months.last()).expect("a month").clone();
        for section in shelf["sections"].as_array().expect("sections") {
            let offered: Vec<&str> =
                section["forms"].as_array().expect("forms").iter().filter_map(Json::as_str).collect();
            for form in ["sf1", "sf2", "class_list"] {
                let mut asked = json!({ "form": form, "section": section["id"] });
                if form == "sf2" {
                    asked["month"] = month.clone();
                }
                let answer = school.ask(json!({ "do": "forms.preview", "asked": asked }));
                let expected = (!offered.contains(&form)).then_some(Code::RoleForbidden);
                assert_eq!(answer.err(), expected, "{role}: {form} of {section}");
            }
            assert!(role != "teacher" || offered.contains(&"sf1") == (section["own"] == true), "{section}");
        }
        let found = |school: &mut School, text: &str| -> Vec<Json> {
            let found = school.ask(json!({ "do": "forms.learners", "text": text, "limit": 50 })).expect("a list");
            found.as_array().expect("learners").iter().map(|one| one["student"].clone()).collect()
        };
        let (mut offered, mut refused) = (0, 0);
        for (row, id) in all.iter().zip(&everybody) {
            let name = row["last_name"].as_str().expect("a name");
            let asked = json!({ "form": "certificate", "student": id });
            let open = school.ask(json!({ "do": "forms.preview", "asked": asked })).is_ok();
            let text = format!("{name} {}", row["first_name"].as_str().expect("a name"));
            assert_eq!(found(&mut school, &text).contains(id), open, "{role}: the certificate of {text}");
            if open { offered += 1 } else { refused += 1 }
        }
        certificates.push((shelf["certificates"].clone(), offered > 0, refused > 0));
    }
    let everybodys = (json!("everybodys"), true, false);
    let expected = [everybodys.clone(), everybodys.clone(), everybodys, (json!("own_sections"), true, true)];
    assert_eq!(certificates, expected);
}

#[test]
fn what_is_the_offices_is_asked_by_nobody_else_not_even_by_its_plain_name() {
    let mut school = school();
    school.enter("registrar");
    let id = school.learners()[0]["id"].clone();
    let years = school.ask(json!({ "do": "enrolment.years" })).expect("years");
    let year = &years["years"][0]["id"];
    let requests = [
        json!({ "do": "list", "entity": "guardian", "limit": 5 }),
        json!({ "do": "get", "entity": "student", "id": id }),
        json!({ "do": "search", "entity": "student", "text": "a", "limit": 5 }),
        json!({ "do": "learners.duplicates", "probe": { "last_name": "Santos" } }),
        json!({ "do": "enrolment.find", "text": "santos", "limit": 5 }),
        json!({ "do": "enrolment.desk", "student": id, "school_year": year }),
        json!({ "do": "enrolment.promotion_preview", "from_year": year, "to_year": year }),
        json!({ "do": "admin.users" }),
    ];
    for request in &requests[..7] {
        assert!(!matches!(school.ask(request.clone()), Err(Code::RoleForbidden)), "{request}");
    }
    school.enter("teacher");
    for request in requests {
        assert_eq!(school.ask(request.clone()).err(), Some(Code::RoleForbidden), "{request}");
    }
}
