//! Finding learners: order, filters, misspelt names.

use super::*;

fn crowd(desk: &mut Desk) -> Vec<String> {
    vec![
        learner(desk, "Dela Cruz", "Juan", json!({ "lrn": "136789012345", "sex": "M", "birth_date": "2014-02-03" })),
        learner(desk, "Peñaflor", "Ma. Clara", json!({ "student_no": "2026-0042", "sex": "F" })),
        learner(desk, "Santos", "Ana", json!({ "sex": "F", "middle_name": "Cruz" })),
    ]
}

#[test]
fn names_numbers_and_guardians_are_found_however_they_are_spelled() {
    let desk = &mut office(Role::Registrar);
    let ids = crowd(desk);
    let mother = json!({ "fields": { "last_name": "Villanueva", "first_name": "Rosa", "phone": "09171234567" },
                         "link": { "relation": "mother", "is_primary": true } });
    ask(desk, json!({ "do": "learners.put_guardian", "learner": ids[2], "guardian": mother }));
    for (text, names) in [
        ("delacruz", vec!["Dela Cruz"]),
        ("DELA cruz juan", vec!["Dela Cruz"]),
        ("penaflor maria", vec!["Peñaflor"]),
        ("8901", vec!["Dela Cruz"]),
        ("0042", vec!["Peñaflor"]),
        ("rosa villan", vec!["Santos"]),
        ("juan santos", vec![]),
    ] {
        assert_eq!(found(desk, json!({ "text": text })), names, "{text}");
    }
    assert_eq!(found(desk, json!({ "text": "cruz" })), ["Dela Cruz", "Santos"], "both have a word that begins so");
    assert_eq!(found(desk, json!({})), ["Dela Cruz", "Peñaflor", "Santos"]);
    let answer = ask(desk, json!({ "do": "learners.find", "query": { "text": "santos" }, "limit": 5 }));
    assert_eq!(answer["rows"][0]["guardian"], "Rosa Villanueva (mother)");
    assert_eq!(answer["rows"][0]["guardian_phone"], "+639171234567");
    assert_eq!(answer["total"], 3);
}

#[test]
fn who_begins_with_the_text_comes_first() {
    let desk = &mut office(Role::Registrar);
    learner(desk, "Abad", "Ana Maria", json!({}));
    learner(desk, "Maravilla", "Zoe", json!({}));
    assert_eq!(found(desk, json!({ "text": "mara" })), ["Maravilla"]);
    assert_eq!(found(desk, json!({ "text": "mar" })), ["Maravilla", "Abad"]);
}

#[test]
fn a_wrong_letter_is_forgiven_after_those_who_are_spelled_so() {
    let desk = &mut office(Role::Registrar);
    let pia = learner(desk, "Abdullah", "Pia", json!({ "lrn": "136789012399" }));
    learner(desk, "Aguilar", "Ben", json!({}));
    learner(desk, "Abdula", "Zenaida", json!({}));
    learner(desk, "Dela Cruz", "Juan", json!({}));
    let mother =
        json!({ "fields": { "last_name": "Macaraeg", "first_name": "Rosa" }, "link": { "relation": "mother" } });
    ask(desk, json!({ "do": "learners.put_guardian", "learner": pia, "guardian": mother }));
    for (text, names) in [
        ("abdula", vec!["Abdula", "Abdullah"]),
        ("abdullha pia", vec!["Abdullah"]),
        ("aguilr", vec!["Aguilar"]),
        ("aguilr ben", vec!["Aguilar"]),
        ("aguilr pia", vec![]),
        ("dela crus", vec!["Dela Cruz"]),
        ("delacrus", vec!["Dela Cruz"]),
        ("makaraeg", vec!["Abdullah"]),
        ("136789012398", vec![]),
        ("xyzzy", vec![]),
    ] {
        assert_eq!(found(desk, json!({ "text": text })), names, "{text}");
    }
    let answer = ask(desk, json!({ "do": "learners.find", "query": { "text": "abdula" }, "limit": 5 }));
    assert_eq!((&answer["found"], &answer["near"]), (&json!(2), &json!(1)), "the window says who is only alike");
    let sort = json!([{ "key": "name", "down": true }]);
    assert_eq!(
        found(desk, json!({ "text": "abdula", "sort": sort })),
        ["Abdula", "Abdullah"],
        "sorted, but never mixed"
    );
    ask(desk, json!({ "do": "learners.save", "id": pia, "fields": { "last_name": "Santos" } }));
    assert_eq!(found(desk, json!({ "text": "abdula" })), ["Abdula"], "follows what changes");
    let ana = learner(desk, "Abdulla", "Ana", json!({}));
    assert_eq!(found(desk, json!({ "text": "abdule" })), ["Abdula", "Abdulla"]);
    ask(desk, json!({ "do": "learners.delete", "id": pia }));
    ask(desk, json!({ "do": "learners.delete", "id": ana }));
    assert_eq!(
        found(desk, json!({ "text": "abdule" })),
        ["Abdula"],
        "also when others took the places of who was deleted"
    );
    assert_eq!(found(desk, json!({ "text": "delakrus" })), ["Dela Cruz"]);
}

#[test]
fn every_word_is_forgiven_as_it_is_heard_or_a_letter_short() {
    let desk = &mut office(Role::Registrar);
    learner(desk, "Aquino", "Thyronne", json!({}));
    learner(desk, "Peña", "Niño Maria", json!({}));
    for (text, names) in [
        ("tyrone aquino", vec!["Aquino"]),
        ("thirone akino", vec!["Aquino"]),
        ("akino", vec!["Aquino"]),
        ("nino pena mria", vec!["Peña"]),
        ("tyrone pena", vec![]),
        ("akino mria", vec![]),
    ] {
        assert_eq!(found(desk, json!({ "text": text })), names, "{text}");
    }
}

/// A file in the wrong encoding lost the letter, and so did who types what stands in it.
#[test]
fn an_enye_that_was_lost_here_or_there_hides_nobody() {
    let desk = &mut office(Role::Registrar);
    let mother = json!({ "fields": { "last_name": "Muñoz", "first_name": "Rosa" }, "link": { "relation": "mother" } });
    let right = learner(desk, "Dela Peña", "Niño", json!({}));
    ask(desk, json!({ "do": "learners.put_guardian", "learner": right, "guardian": mother }));
    learner(desk, "Dela Pea", "Ana", json!({}));
    learner(desk, "Pe?a", "Ben", json!({}));
    learner(desk, "Lenares", "Rosa", json!({}));
    for (text, names) in [
        ("dela pea", vec!["Dela Pea", "Dela Peña"]),
        ("pea", vec!["Dela Pea", "Dela Peña", "Pe?a"]),
        ("peña", vec!["Dela Peña", "Dela Pea", "Pe?a"]),
        ("pena", vec!["Dela Peña", "Pe?a"]),
        ("pe?a nio", vec!["Dela Peña"]),
        ("dela PeÃ±a ana", vec!["Dela Pea"]),
        ("nio", vec!["Dela Peña"]),
        ("muoz", vec!["Dela Peña"]),
        ("lea", vec![]),
        // One letter beside Peña, as any typing mistake.
        ("leña", vec!["Lenares", "Dela Peña"]),
        ("pe", vec!["Pe?a", "Dela Pea", "Dela Peña"]),
    ] {
        assert_eq!(found(desk, json!({ "text": text })), names, "{text}");
    }
    ask(desk, json!({ "do": "learners.save", "id": right, "fields": { "last_name": "Santos" } }));
    assert_eq!(found(desk, json!({ "text": "dela pea" })), ["Dela Pea"], "follows what changes");
    let who = |desk: &mut Desk, last: &str, first: &str| {
        let probe = json!({ "last_name": last, "first_name": first });
        let found = ask(desk, json!({ "do": "learners.duplicates", "probe": probe }));
        found.as_array().expect("a list").iter().map(|one| id(&one["learner"]["last_name"])).collect::<Vec<_>>()
    };
    assert_eq!(who(desk, "Peña", "Ben"), ["Pe?a"]);
    assert_eq!(who(desk, "Pea", "Ben"), ["Pe?a"]);
    assert_eq!(who(desk, "Santos", "Nio"), ["Santos"]);
    assert_eq!(who(desk, "Peña", "Lea"), [""; 0]);
}

#[test]
fn lists_are_filtered_and_sorted_with_what_is_missing_last() {
    let desk = &mut office(Role::Registrar);
    let ids = crowd(desk);
    let (year, section) = enrol(desk, &[&ids[0], &ids[1]]);
    let paper = json!({ "kind": "sf9", "state": "missing" });
    ask(desk, json!({ "do": "learners.put_paper", "learner": ids[1], "paper": paper }));
    for (filters, names) in [
        (json!({ "section": section }), vec!["Dela Cruz", "Peñaflor"]),
        (json!({ "grade": ["7"], "sex": "F" }), vec!["Peñaflor"]),
        (json!({ "school_year": year, "status": ["enrolled"] }), vec!["Dela Cruz", "Peñaflor"]),
        (json!({ "not_enrolled": true }), vec!["Santos"]),
        (json!({ "missing_papers": true }), vec!["Peñaflor"]),
        (json!({ "no_lrn": true }), vec!["Peñaflor", "Santos"]),
        (json!({ "grade": ["8"] }), vec![]),
    ] {
        assert_eq!(found(desk, json!({ "filters": filters })), names, "{filters}");
    }
    let sorted =
        |desk: &mut Desk, key: &str, down: bool| found(desk, json!({ "sort": [{ "key": key, "down": down }] }));
    assert_eq!(sorted(desk, "name", true), ["Santos", "Peñaflor", "Dela Cruz"]);
    assert_eq!(sorted(desk, "sex", false), ["Dela Cruz", "Peñaflor", "Santos"], "males first");
    assert_eq!(sorted(desk, "grade", true), ["Dela Cruz", "Peñaflor", "Santos"], "who has no grade comes last");
    assert_eq!(sorted(desk, "lrn", true)[0], "Dela Cruz");
    let unknown = json!({ "do": "learners.find", "query": { "sort": [{ "key": "shoe", "down": false }] }, "limit": 1 });
    assert_eq!(refused(desk, unknown), Code::UnknownField);
    let more = json!({ "do": "learners.find", "limit": 1, "columns": ["birth_date", "religion", "name"] });
    assert_eq!(ask(desk, more)["rows"][0]["birth_date"], "2014-02-03");
}

#[test]
fn the_list_follows_every_change_and_every_undo() {
    let desk = &mut office(Role::Registrar);
    let ids = crowd(desk);
    assert_eq!(found(desk, json!({ "text": "reyes" })), Vec::<String>::new());
    ask(desk, json!({ "do": "learners.save", "id": ids[2], "fields": { "last_name": "Reyes" } }));
    assert_eq!(found(desk, json!({ "text": "reyes" })), ["Reyes"]);
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(found(desk, json!({ "text": "reyes" })), Vec::<String>::new());
    ask(desk, json!({ "do": "learners.delete", "id": ids[0] }));
    assert_eq!(found(desk, json!({})), ["Peñaflor", "Santos"]);
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(found(desk, json!({})), ["Dela Cruz", "Peñaflor", "Santos"]);
    ask(desk, json!({ "do": "learners.delete", "id": ids[0] }));
    ask(desk, json!({ "do": "learners.save", "id": ids[1], "fields": { "last_name": "Zamora" } }));
    assert_eq!(found(desk, json!({})), ["Santos", "Zamora"], "a row that moved in memory is found where it is");
}

#[test]
fn what_another_program_wrote_to_the_same_file_is_in_the_list() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("records.db");
    let (key, schema) = ([7; 32], Schema::product());
    let store = Store::create(&path, &key, &enrolled(Role::Registrar), schema, Box::new(SystemEnv)).expect("made");
    let desk = &mut Desk::new(store);
    let ids = crowd(desk);
    enrol(desk, &[&ids[0]]);
    assert_eq!(found(desk, json!({})).len(), 3);
    let other = &mut Desk::new(Store::open(&path, &key, schema, Box::new(SystemEnv)).expect("opened"));
    ask(other, json!({ "do": "learners.save", "id": ids[0], "fields": { "last_name": "Aguinaldo" } }));
    let section = other.store.list("section", &crate::store::ListQuery::default()).expect("sections").remove(0);
    put_name(other, section.id, "Rosal");
    assert_eq!(found(desk, json!({})), ["Aguinaldo", "Peñaflor", "Santos"]);
    let answer = ask(desk, json!({ "do": "learners.find", "query": { "text": "aguinaldo" }, "limit": 1 }));
    assert_eq!(answer["rows"][0]["section"], "Rosal", "a section that was renamed concerns everybody in it");
}

fn put_name(desk: &mut Desk, id: Uuid, name: &str) {
    let fields = json!({ "name": name }).as_object().cloned().expect("fields");
    desk.store.save(&crate::store::Save { entity: "section".into(), id: Some(id), fields }).expect("saved");
}

#[test]
fn a_page_says_all_about_a_learner() {
    let desk = &mut office(Role::Registrar);
    let ids = crowd(desk);
    let (year, section) = enrol(desk, &[&ids[0]]);
    let father =
        json!({ "fields": { "last_name": "Dela Cruz", "first_name": "Pedro" }, "link": { "relation": "father" } });
    let father = ask(desk, json!({ "do": "learners.put_guardian", "learner": ids[0], "guardian": father }));
    let shared = json!({ "person": father["id"], "link": { "relation": "guardian" } });
    ask(desk, json!({ "do": "learners.put_guardian", "learner": ids[2], "guardian": shared }));
    let (whole, morning, afternoon) = ("day", "am", "pm");
    for (day, session, code) in [
        ("2026-06-08", whole, Some("A")),
        ("2026-06-09", whole, None),
        ("2026-06-10", whole, Some("L")),
        ("2026-06-11", morning, Some("A")),
        ("2026-06-11", afternoon, None),
        ("2026-06-15", morning, Some("L")),
        ("2026-06-15", afternoon, Some("L")),
        ("2026-06-16", whole, Some("A")),
        ("2026-06-16", afternoon, Some("E")),
    ] {
        let sheet = put(desk, "attendance_sheet", json!({ "section": section, "on_date": day, "session": session }));
        if let Some(code) = code {
            put(desk, "attendance_mark", json!({ "sheet": sheet, "student": ids[0], "code": code }));
        }
    }
    let page = ask(desk, json!({ "do": "learners.get", "id": ids[0] }));
    assert_eq!(page["learner"]["lrn"], "136789012345");
    assert_eq!(page["guardians"][0]["person"]["first_name"], "Pedro");
    assert_eq!(page["guardians"][0]["others"][0]["name"], "Santos, Ana");
    assert_eq!(
        (&page["enrolments"][0]["school_year"], &page["enrolments"][0]["section"]),
        (&json!("2026-2027"), &json!("Sampaguita"))
    );
    assert_eq!(page["enrolments"][0]["row"]["school_year"], json!(year));
    let attendance =
        json!({ "school_year": "2026-2027", "taken": 6, "absent": 2.5, "late": 2, "cutting": 0, "excused": 0.0 });
    assert_eq!(page["attendance"], attendance);
    assert_eq!(refused(desk, json!({ "do": "learners.get", "id": Uuid::from_u128(9) })), Code::NotFound);
}

#[test]
fn likely_doubles_are_shown_and_strangers_are_not() {
    let desk = &mut office(Role::Registrar);
    let ids = crowd(desk);
    let who = |desk: &mut Desk, probe: Json| -> Vec<(String, String)> {
        let found = ask(desk, json!({ "do": "learners.duplicates", "probe": probe }));
        let found = found.as_array().expect("a list").clone();
        found.iter().map(|one| (id(&one["learner"]["last_name"]), id(&one["why"]))).collect()
    };
    let cruz = |why: &str| vec![("Dela Cruz".to_owned(), why.to_owned())];
    for (probe, why) in [
        (json!({ "lrn": "136789012345" }), "lrn"),
        (json!({ "last_name": "delacruz", "first_name": "JUAN" }), "name"),
        (json!({ "last_name": "Dela Cruz", "first_name": "Juan", "birth_date": "2014-02-03" }), "same"),
        (json!({ "last_name": "Juan", "first_name": "Dela Cruz" }), "swapped"),
        (json!({ "last_name": "Dela Crus", "first_name": "Juan" }), "spelling"),
        (json!({ "last_name": "Dela Cruz", "first_name": "John", "birth_date": "2014-02-03" }), "birth_date"),
    ] {
        assert_eq!(who(desk, probe.clone()), cruz(why), "{probe}");
    }
    for probe in [
        json!({ "last_name": "Dela Cruz" }),
        json!({ "last_name": "Dela Cruz", "first_name": "Josefa" }),
        json!({ "last_name": "Dela Crus", "first_name": "Juan", "birth_date": "2013-02-03" }),
        json!({ "last_name": "Dela Cruz", "first_name": "Juan", "except": ids[0] }),
    ] {
        assert_eq!(who(desk, probe.clone()), Vec::new(), "{probe}");
    }
}

#[test]
fn what_cannot_be_seen_hides_nobody_from_a_search_or_the_look_for_duplicates() {
    let desk = &mut office(Role::Registrar);
    for last in ["San\u{200B}tos", "Pe\u{AD}ña", "Ｒｅｙｅｓ", "Y\u{131}lmaz"] {
        learner(desk, last, "Jo\u{2060}sé", json!({}));
    }
    for typed in ["santos", "PENA", "reyes", "yilmaz", "jose santos", "san\u{FEFF}tos"] {
        assert_eq!(found(desk, json!({ "text": typed })).len(), 1, "{typed:?}");
    }
    let probe = json!({ "last_name": "Santos", "first_name": "José" });
    let suspects = ask(desk, json!({ "do": "learners.duplicates", "probe": probe }));
    assert_eq!(suspects[0]["why"], json!("name"), "{suspects}");
}
