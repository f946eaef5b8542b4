//! Lists leave the window as they stand in it: what was searched, filtered and sorted, the columns that are shown, no more.

use super::super::{Asked, Format};
use super::sf1::sample;
use super::{june, texts};
use crate::app::Desk;
use pems_model::Code;
use serde_json::{Value as Json, json};

fn asked(asked: Json) -> Asked {
    serde_json::from_value(asked).expect("a list")
}

fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request.clone()).unwrap_or_else(|error| panic!("{request}: {error}"))
}

/// The sample school with its registrar at the desk.
fn registrar() -> Desk {
    let mut desk = sample();
    desk.store.set_local("sample", "1").expect("a sample school asks no password");
    let state = ask(&mut desk, json!({ "do": "session.state" }));
    let people = state["people"].as_array().expect("people").clone();
    let registrar = people.iter().find(|one| one["role"] == "registrar").expect("a registrar");
    ask(&mut desk, json!({ "do": "session.sign_in", "id": registrar["id"], "password": "" }));
    desk
}

/// The rows of a CSV, its head first.
fn rows(desk: &mut Desk, list: Json) -> Vec<Vec<String>> {
    let made = desk.make(&[asked(list)], Format::Csv).expect("a file");
    let text = String::from_utf8(made[0].bytes.clone()).expect("UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark, for Excel");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_list_has_who_is_found_in_the_order_and_columns_of_the_screen() {
    let mut desk = registrar();
    let query = json!({ "filters": { "grade": ["8"], "sex": "F" }, "sort": [{ "key": "first_name", "down": true }] });
    let found = ask(&mut desk, json!({ "do": "learners.find", "query": query, "limit": 500 }));
    let shown: Vec<String> = found["rows"].as_array().expect("rows").iter().map(|row| row["id"].to_string()).collect();
    assert!(shown.len() > 20, "{}", shown.len());
    let list = json!({ "form": "learner_list", "query": query, "columns": ["name", "sex", "grade", "religion"] });
    let table = rows(&mut desk, list.clone());
    assert_eq!(table[0], ["Name", "Sex", "Grade", "Religion"]);
    assert_eq!(table.len() - 1, shown.len());
    let first = &found["rows"][0];
    let last_name = first["last_name"].as_str().expect("a name");
    assert!(table[1][0].starts_with(&format!("{last_name}, ")), "{:?}", table[1]);
    assert!(table[1..].iter().all(|row| row[1] == "F" && row[2] == "8"));

    let preview = ask(&mut desk, json!({ "do": "forms.preview", "asked": list }));
    assert_eq!(preview["formats"], json!(["pdf", "xlsx", "csv"]));
    assert_eq!(preview["ready"], true);
    let said = texts(&preview);
    assert!(said.contains("Grade 8 · female") && said.contains(&format!("{} learners as of", shown.len())), "{said}");
    assert!(said.contains(&table[1][0]) && said.contains(&table[shown.len()][0]));

    let chosen = json!({ "form": "learner_list", "query": query, "chosen": [first["id"]] });
    assert_eq!(rows(&mut desk, chosen).len(), 2, "only who was chosen");
    let unknown = asked(json!({ "form": "learner_list", "columns": ["shoe"] }));
    assert_eq!(desk.make(&[unknown], Format::Csv).expect_err("no such column").code, Code::UnknownField);
}

#[test]
fn a_class_list_a_day_and_who_is_away_are_tables_too() {
    let mut june = june();
    june.profile();
    let section = june.school.section.clone();
    let class = rows(&mut june.school.desk, json!({ "form": "class_list", "section": section }));
    assert_eq!(class[0], ["LRN", "Last name", "First name", "Middle name", "Extension", "Sex", "Remarks"]);
    let names: Vec<&str> = class[1..].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(names, ["Abad", "Basa", "Dizon", "Ebon", "Gomez"], "males first, without those who left");
    let day = rows(&mut june.school.desk, json!({ "form": "day", "date": "2026-06-16" }));
    assert_eq!((day[1][0].as_str(), day[1][3].as_str()), ("7-Rizal", "2"), "{day:?}");
    let day = rows(&mut june.school.desk, json!({ "form": "day", "date": "2026-06-30" }));
    assert_eq!(day[1][6], "not taken");
    june.school.goes_to("2026-06-19");
    let away = rows(&mut june.school.desk, json!({ "form": "away" }));
    assert!(away.len() == 2 && away[1][0].starts_with("Ebon") && away[1][2] == "5", "{away:?}");
}

#[test]
fn the_command_line_narrows_by_names_and_says_which_words_it_takes() {
    let mut desk = sample();
    let given = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(word, text)| ((*word).to_owned(), (*text).to_owned())).collect()
    };
    let pairs = given(&[("grade", "7,8"), ("sex", "f"), ("columns", "lrn,name"), ("sort", "-grade")]);
    let made = desk.form_called("learner_list", &pairs, Format::Pdf).expect("a list");
    assert!(made.title.contains("Grades 7, 8, female") && made.pages > 1, "{} {}", made.title, made.pages);
    for (pairs, says) in [
        (given(&[("grade", "17")]), "grade is one of K, 1"),
        (given(&[("no_lrn", "maybe")]), "no_lrn is yes or no"),
        (given(&[("shoe", "1")]), "learner_list has no 'shoe'"),
        (given(&[("section", "Nowhere")]), "has no section 'Nowhere'"),
    ] {
        let error = desk.form_called("learner_list", &pairs, Format::Pdf).expect_err(says);
        assert!(error.message.contains(says), "{}", error.message);
    }
}
