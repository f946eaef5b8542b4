//! Pasted learners: columns, cells, and who is here already.

use super::*;

pub(super) fn preview(desk: &mut Desk, paste: Json) -> Json {
    ask(desk, json!({ "do": "learners.paste_preview", "paste": paste }))
}

pub(super) fn kinds(preview: &Json) -> Vec<String> {
    preview["rows"].as_array().expect("rows").iter().map(|row| id(&row["kind"])).collect()
}

#[test]
fn rows_are_new_changed_the_same_suspect_or_refused_and_only_what_is_sure_is_written() {
    let desk = &mut office(Role::Registrar);
    let juan = learner(desk, "Dela Cruz", "Juan", json!({ "lrn": "136789012345", "religion": "Catholic" }));
    learner(desk, "Reyes", "Ana", json!({ "lrn": "136789012346" }));
    learner(desk, "Santos", "Ben", json!({ "birth_date": "2014-05-06" }));
    let matrix = json!([
        ["LRN", "LAST NAME", "FIRST NAME", "SEX", "DATE OF BIRTH", "Religion", "Shoe size"],
        ["136789012399", "Abad", "Carla", "Female", "31/12/2013", "", "7"],
        ["136789012345", "Dela Cruz", "Juan", "", "", "Islam", ""],
        ["136789012346", "Reyes", "Ana", "", "", "", ""],
        ["", "Santos", "Ben", "M", "5/6/2014", "", ""],
        ["1.32797E+11", "Zulueta", "Ed", "M", "", "", ""],
        ["136789012399", "Abad", "Karla", "F", "", "", ""],
        ["", "Luna", "", "M", "", "", ""],
        ["", "", "", "", "", "", ""],
    ]);
    let before = preview(desk, json!({ "matrix": matrix, "day_first": false }));
    assert_eq!(kinds(&before), ["new", "changes", "same", "suspect", "refused", "refused", "refused"]);
    assert_eq!(before["header"], true);
    assert_eq!(before["columns"][6]["field"], Json::Null, "a column that learners do not have is left out");
    let rows = &before["rows"];
    assert_eq!((&rows[1]["id"], &rows[1]["cells"][5]["was"]), (&json!(juan), &json!("Catholic")));
    assert_eq!(rows[3]["like"], "Santos, Ben, 2014-05-06");
    let problem = rows[4]["cells"][0]["problem"].as_str().expect("a problem");
    assert!(problem.contains("Excel shortened"), "{problem}");
    assert!(rows[5]["problem"].as_str().is_some_and(|text| text.contains("row 2 has the same LRN")), "{}", rows[5]);
    assert!(rows[6]["problem"].as_str().is_some_and(|text| text.contains("First name")), "{}", rows[6]);

    let pasted = ask(desk, json!({ "do": "learners.paste", "paste": { "matrix": matrix, "day_first": false } }));
    assert_eq!(pasted, json!({ "new": 1, "changed": 1, "left": 4 }));
    assert_eq!(found(desk, json!({})), ["Abad", "Dela Cruz", "Reyes", "Santos"]);
    let page = ask(desk, json!({ "do": "learners.get", "id": juan }));
    assert_eq!(page["learner"]["religion"], "Islam");
    assert_eq!(ask(desk, json!({ "do": "session.undoable" }))["undo"], "Paste of 2 learners");
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(found(desk, json!({})), ["Dela Cruz", "Reyes", "Santos"]);
    assert_eq!(ask(desk, json!({ "do": "learners.get", "id": juan }))["learner"]["religion"], "Catholic");
}

#[test]
fn a_person_decides_about_suspects() {
    let desk = &mut office(Role::Registrar);
    let ben = learner(desk, "Santos", "Ben", json!({}));
    let paste = |choice: &str| {
        json!({ "matrix": [["Last name", "First name", "Religion"], ["SANTOS", "Ben", "Islam"]],
                                       "choices": { "1": choice } })
    };
    assert_eq!(kinds(&preview(desk, paste("new"))), ["new"]);
    assert_eq!(kinds(&preview(desk, paste("leave"))), ["left"]);
    let same = preview(desk, paste(&ben));
    assert_eq!(kinds(&same), ["changes"]);
    assert_eq!(same["rows"][0]["cells"][0]["was"], Json::Null, "capitals alone are no other name");
    ask(desk, json!({ "do": "learners.paste", "paste": paste("new") }));
    assert_eq!(found(desk, json!({ "text": "santos" })).len(), 2);
}

#[test]
fn names_in_one_cell_and_columns_without_headers_are_understood() {
    let desk = &mut office(Role::Registrar);
    let matrix = json!([
        ["136789012345", "DELA CRUZ, JUAN CARLO JR. SANTOS", "M", "02/14/2012"],
        ["136 789 012 346", "PEÑA,MARIA, REYES", "F", "03/04/2012"],
        ["'036789012347", "LIM, ANA", "F", "12/24/2011"],
        ["136789012348", "REYES, JOHN PAUL", "M", "12/25/2011"],
        ["136789012349", "DELGADO,RAMON, JR. SALAZAR", "M", "12/26/2011"],
    ]);
    let shown = preview(desk, json!({ "matrix": matrix }));
    let fields: Vec<&Json> =
        shown["columns"].as_array().expect("columns").iter().map(|column| &column["field"]).collect();
    assert_eq!(fields, ["lrn", "full_name", "sex", "birth_date"]);
    assert_eq!((&shown["header"], &shown["new"]), (&json!(false), &json!(5)));
    assert_eq!(shown["rows"][3]["cells"][1]["read_as"], "REYES | JOHN PAUL | - | -");
    assert_eq!(shown["rows"][4]["cells"][1]["read_as"], "DELGADO | RAMON | SALAZAR | JR.");
    ask(desk, json!({ "do": "learners.paste", "paste": { "matrix": matrix } }));
    let line = |desk: &mut Desk, text: &str| {
        ask(desk, json!({ "do": "learners.find", "query": { "text": text }, "limit": 1 }))["rows"][0].clone()
    };
    let juan = line(desk, "juan");
    for (field, value) in
        [("last_name", "DELA CRUZ"), ("first_name", "JUAN CARLO"), ("middle_name", "SANTOS"), ("name_ext", "JR.")]
    {
        assert_eq!(juan[field], value, "{field}");
    }
    let reyes = line(desk, "136789012348");
    assert_eq!(
        (&reyes["first_name"], &reyes["middle_name"]),
        (&json!("JOHN PAUL"), &Json::Null),
        "both are given names"
    );
    assert_eq!(line(desk, "pena")["birth_date"], "2012-03-04", "the other dates say that the month comes first");
    assert_eq!(line(desk, "lim")["lrn"], "036789012347", "a leading zero survives");
}

#[test]
fn cells_are_put_into_the_learners_below_the_cursor() {
    let desk = &mut office(Role::Registrar);
    let ids: Vec<String> = ["A", "B"].map(|last| learner(desk, last, "X", json!({}))).into();
    let paste = json!({ "matrix": [["Islam"], ["Catholic"], ["None"]], "columns": ["religion"], "onto": ids });
    let shown = preview(desk, paste.clone());
    assert_eq!(kinds(&shown), ["changes", "changes", "refused"]);
    assert!(shown["rows"][2]["problem"].as_str().is_some_and(|text| text.contains("no learner in this row")));
    assert_eq!(ask(desk, json!({ "do": "learners.paste", "paste": paste }))["changed"], 2);
    assert_eq!(ask(desk, json!({ "do": "learners.get", "id": ids[1] }))["learner"]["religion"], "Catholic");
    let unknown = json!({ "matrix": [["x"]], "columns": ["shoe_size"] });
    assert_eq!(refused(desk, json!({ "do": "learners.paste_preview", "paste": unknown })), Code::UnknownField);
    let long = json!({ "matrix": vec![vec!["x"]; 5_001] });
    assert_eq!(refused(desk, json!({ "do": "learners.paste_preview", "paste": long })), Code::TooLarge);
}

#[test]
fn what_a_paste_would_overwrite_is_shown_whole_and_part_of_a_given_name_is_a_question() {
    let desk = &mut office(Role::Registrar);
    let fields = json!({ "lrn": "136789012345", "middle_name": "Cruz" });
    let rosa = learner(desk, "Abad", "Rosalinda Gemma", fields);
    let list = |name: &str| json!([["LRN", "Name"], ["136789012345", name]]);
    let seen = preview(desk, json!({ "matrix": list("ABAD, ROSALINDA, CABRERA") }));
    let row = &seen["rows"][0];
    assert_eq!((&row["kind"], &row["asks"]), (&json!("suspect"), &json!("given")), "{row}");
    assert_eq!(row["cells"][1]["was"], "Abad | Rosalinda Gemma | Cruz | -", "all of it, and not the middle name alone");
    let pasted = ask(desk, json!({ "do": "learners.paste", "paste": { "matrix": list("ABAD, ROSALINDA, CABRERA") } }));
    assert_eq!(pasted, json!({ "new": 0, "changed": 0, "left": 1 }));

    // Somebody says that it is she, and that she is called so.
    let said = json!({ "matrix": list("ABAD, ROSALINDA, CABRERA"), "choices": { "1": rosa } });
    assert_eq!(kinds(&preview(desk, said.clone())), ["changes"]);
    ask(desk, json!({ "do": "learners.paste", "paste": said }));
    let page = ask(desk, json!({ "do": "learners.get", "id": rosa }));
    assert_eq!(page["learner"]["first_name"], "ROSALINDA");
    assert_eq!((&page["learner"]["last_name"], &page["learner"]["middle_name"]), (&json!("Abad"), &json!("CABRERA")));
    ask(desk, json!({ "do": "session.undo" }));

    // Capitals alone are no change, in one cell or in several.
    assert_eq!(kinds(&preview(desk, json!({ "matrix": list("ABAD, ROSALINDA GEMMA, CRUZ") }))), ["same"]);
    let columns = json!([
        ["LRN", "Last name", "First name", "Middle name"],
        ["136789012345", "ABAD", "rosalinda gemma", "CABRERA"]
    ]);
    let row = preview(desk, json!({ "matrix": columns }))["rows"][0].clone();
    assert_eq!((&row["kind"], &row["asks"]), (&json!("changes"), &Json::Null));
    let was = ["was"; 4].iter().enumerate().map(|(at, was)| row["cells"][at][was].clone()).collect::<Vec<_>>();
    assert_eq!(json!(was), json!([null, null, null, "Cruz"]));
    assert_eq!(ask(desk, json!({ "do": "learners.paste", "paste": { "matrix": columns } }))["changed"], 1);
    let page = ask(desk, json!({ "do": "learners.get", "id": rosa }));
    assert_eq!(
        (&page["learner"]["first_name"], &page["learner"]["last_name"]),
        (&json!("Rosalinda Gemma"), &json!("Abad"))
    );

    // More of a name, or another one, is what a list is for.
    assert_eq!(kinds(&preview(desk, json!({ "matrix": list("ABAD, ROSALINDA GEMMA MAE, CRUZ") }))), ["changes"]);
}

#[test]
fn two_rows_of_one_number_are_one_question_and_the_second_paste_changes_nothing() {
    let rows = [["136789012345", "", "Ana", "Islam"], ["136789012345", "Cruz", "Ana", ""], ["", "Luna", "Ben", ""]];
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let desk = &mut office(Role::Registrar);
        let mut matrix = vec![json!(["LRN", "Last name", "First name", "Religion"])];
        matrix.extend(order.map(|row| json!(rows[row])));
        let paste = json!({ "matrix": matrix });
        ask(desk, json!({ "do": "learners.paste", "paste": paste }));
        let again = preview(desk, paste);
        assert_eq!((&again["new"], &again["changes"]), (&json!(0), &json!(0)), "{order:?}: {again}");
        let named = again["rows"].as_array().expect("rows").iter().filter(|row| {
            row["problem"].as_str().is_some_and(|text| text.contains("has the same LRN; keep one of them"))
        });
        assert_eq!(named.count(), 1, "{order:?}: {again}");
    }
}
