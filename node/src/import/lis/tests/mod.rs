//! The samples (made by other writers, see `make_sf1.py` beside them) read, set beside a real store, applied, taken back.

mod files;
mod history;

use super::*;
use crate::domain::made_up::MadeUp;
use crate::store::{Enrolled, ListQuery, Save};
use crate::{Env, Store, SystemEnv};
use pems_model::{Role, Schema};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests/import/samples").join(name)
}

fn register() -> Register {
    read(&sample("sf1.xls")).expect("the register")
}

/// Noon of 15 September 2026 in Manila, in the middle of the school year.
struct MidYear;

impl Env for MidYear {
    fn now(&self) -> i64 {
        1_789_444_800_000_000
    }

    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

struct Office {
    store: Store,
    _dir: TempDir,
}

impl Office {
    fn new() -> Office {
        let dir = tempfile::tempdir().expect("a folder");
        let enrolled = Enrolled {
            tenant_id: Uuid::from_u128(0x5c),
            device_id: Uuid::from_u128(0xd0),
            device_name: "Registrar".into(),
            role: Role::SchoolAdmin,
            school_name: "School".into(),
            school_slug: "school".into(),
            hub_url: String::new(),
            epoch: Uuid::from_u128(0xe),
        };
        let path = dir.path().join("records.db");
        let store = Store::create(&path, &[7; 32], &enrolled, Schema::product(), Box::new(MidYear)).expect("a store");
        let mut office = Office { store, _dir: dir };
        office.save("school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
        office.save(
            "school_year",
            json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" }),
        );
        office
    }

    fn save(&mut self, entity: &str, fields: Json) -> Uuid {
        let Json::Object(fields) = fields else { panic!("an object") };
        self.store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved").row.id
    }

    fn edit(&mut self, entity: &str, id: Uuid, fields: Json) {
        let Json::Object(fields) = fields else { panic!("an object") };
        self.store.put(&Save { entity: entity.into(), id: Some(id), fields }).expect("saved");
    }

    fn rows(&self, entity: &str) -> Vec<Json> {
        let declared = Schema::product().entity(entity).expect("an entity");
        let all = ListQuery { limit: Some(100_000), ..ListQuery::default() };
        self.store.list(entity, &all).expect("a list").iter().map(|row| row.to_json(declared)).collect()
    }

    fn find(&self, entity: &str, field: &str, value: &str) -> Json {
        let mut rows: Vec<Json> = self.rows(entity).into_iter().filter(|row| row[field] == value).collect();
        assert_eq!(rows.len(), 1, "{entity} with {field} {value}");
        rows.remove(0)
    }

    fn visible(&self) -> BTreeSet<String> {
        let names = Schema::product().entities().iter().map(|entity| entity.name);
        names.flat_map(|name| self.rows(name).into_iter().map(move |row| format!("{name} {row}"))).collect()
    }

    fn reconcile(&self) -> Reconciliation {
        reconcile(&self.store, &register()).expect("a reconciliation")
    }

    fn import(&mut self) -> Applied {
        let choices = self.reconcile().safe_choices();
        apply(&mut self.store, &register(), &choices).expect("applied")
    }

    fn apply(&mut self, choice: LineChoice) -> Result<Applied> {
        apply(&mut self.store, &register(), &[choice])
    }
}

fn id(row: &Json) -> Uuid {
    row["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).expect("an id")
}

fn line_of<'a>(reconciliation: &'a Reconciliation, name: &str) -> &'a ReconciledLine {
    reconciliation.lines.iter().find(|line| line.name.starts_with(name)).expect("a line")
}

#[test]
fn what_is_no_register_is_refused_with_a_reason() {
    for (name, says) in [("sf1_cut.xls", "fresh copy"), ("sf1_csv.xls", "CSV"), ("sf1_html.xls", "web page")] {
        let error = read(&sample(name)).expect_err("a refusal");
        assert!(
            error.code == Code::BadFile && error.message.contains(name) && error.message.contains(says),
            "{}",
            error.message
        );
    }
    let office = Office::new();
    let other = read(&sample("sf1_other_school.xls")).expect("readable");
    let error = reconcile(&office.store, &other).expect_err("another school's");
    assert!(error.code == Code::WrongTenant && error.message.contains("300999"), "{}", error.message);
    assert_eq!(read(Path::new("no/such.xls")).expect_err("no file").code, Code::Io);
}

#[test]
fn all_that_is_missing_comes_in_once_and_goes_back_whole() {
    let mut office = Office::new();
    let before = office.visible();
    let counts = office.reconcile().counts;
    assert_eq!((counts.missing_here, counts.same, counts.refused), (38, 0, 2));
    assert_eq!(office.visible(), before, "looking writes nothing");
    let applied = office.import();
    let counts = applied.counts;
    assert_eq!((counts.learners_added, counts.enrolled, counts.sections_added, counts.moved), (38, 38, 1, 0));
    let student = office.find("student", "last_name", "DELA CRUZ");
    assert_eq!((&student["four_ps"], &student["lrn_status"]), (&json!(true), &json!("confirmed")));
    let enrolment = |last: &str| {
        office.find("enrolment", "student", office.find("student", "last_name", last)["id"].as_str().expect("an id"))
    };
    let seat =
        |last: &str| office.find("section_membership", "enrolment", enrolment(last)["id"].as_str().expect("an id"));
    assert_eq!(
        (&enrolment("DELGADO")["kind"], &seat("DELGADO")["valid_from"]),
        (&json!("transferee"), &json!("2026-06-22"))
    );
    assert_eq!((&enrolment("BAUTISTA")["late"], &enrolment("CRUZ")["kind"]), (&json!(true), &json!("balik_aral")));
    assert_eq!(
        (&enrolment("VILLANUEVA")["status"], &seat("VILLANUEVA")["valid_to"]),
        (&json!("transferred_out"), &json!("2026-08-15"))
    );
    assert_eq!((&enrolment("YAP")["status"], &enrolment("YAP")["reason_code"]), (&json!("dropped"), &json!("b.1")));
    // A guardian who is the mother is one person, first to call.
    let uy = office.find("guardian", "last_name", "UY");
    let link = office.find("student_guardian", "guardian", uy["id"].as_str().expect("an id"));
    assert_eq!(
        (&link["relation"], &link["is_primary"], &uy["phone"]),
        (&json!("mother"), &json!(true), &json!("+639175550107"))
    );

    let full = office.visible();
    let again = office.reconcile();
    // One has neither birth date: only the name agrees, but the LRN proves it.
    assert_eq!((again.counts.same, again.counts.missing_here, again.counts.suspect), (38, 0, 0), "{:#?}", again.lines);
    assert_eq!((office.import(), office.visible()), (Applied::default(), full), "twice changes nothing");
    office.store.undo(applied.act.expect("an act")).expect("undone");
    let left: Vec<String> = office.visible().symmetric_difference(&before).cloned().collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn differences_are_taken_field_by_field() {
    let mut office = Office::new();
    office.import();
    let juan = id(&office.find("student", "last_name", "DELA CRUZ"));
    office.edit("student", juan, json!({ "last_name": "Dela Crux", "religion": null, "barangay": "Ours" }));
    let lola = id(&office.find("guardian", "first_name", "LOLA BASILIA"));
    office.edit("guardian", lola, json!({ "phone": null }));
    let before = office.reconcile();
    let line = line_of(&before, "DELA CRUZ");
    let fields: Vec<(&str, Option<&str>)> = line.fields.iter().map(|d| (d.field.as_str(), d.ours.as_deref())).collect();
    assert_eq!(line.state, LineState::Different);
    assert_eq!(
        fields,
        [("last_name", Some("Dela Crux")), ("religion", None), ("barangay", Some("Ours")), ("contact", None)]
    );
    let take_theirs = ["last_name", "religion", "contact"].map(str::to_owned).to_vec();
    let applied = office.apply(LineChoice { line: line.line, take_theirs, ..LineChoice::default() }).expect("applied");
    assert_eq!((applied.counts.fields_taken, applied.counts.guardians_added), (3, 0));
    let row = office.find("student", "last_name", "DELA CRUZ");
    assert_eq!(
        (&row["religion"], &row["barangay"]),
        (&json!("Christianity"), &json!("Ours")),
        "what was not chosen stays"
    );
    assert_eq!(office.find("guardian", "first_name", "LOLA BASILIA")["phone"], "+639185550102");
    office.store.undo(applied.act.expect("an act")).expect("undone");
    assert_eq!(office.reconcile(), before);
}

#[test]
fn sections_leavers_and_extras() {
    let mut office = Office::new();
    office.import();
    let year = id(&office.find("school_year", "label", "2026-2027"));
    let luna = office.save("section", json!({ "school_year": year, "grade_level": "7", "name": "Luna" }));
    let kim = office.find("student", "last_name", "VILLANUEVA");
    let kim = id(&office.find("enrolment", "student", kim["id"].as_str().expect("an id")));
    office.edit("enrolment", kim, json!({ "status": "enrolled", "effectivity_date": null }));
    let ramon = office.find("student", "last_name", "DELGADO");
    let enrolment = office.find("enrolment", "student", ramon["id"].as_str().expect("an id"));
    let seat = id(&office.find("section_membership", "enrolment", enrolment["id"].as_str().expect("an id")));
    office.edit("section_membership", seat, json!({ "section": luna }));
    // Somebody who is in our section and not in LIS.
    let nobody =
        office.save("student", json!({ "last_name": "Extra", "first_name": "Eva", "birth_date": "2014-01-01" }));
    let extra = office
        .save("enrolment", json!({ "student": nobody, "school_year": year, "grade_level": "7", "status": "enrolled" }));
    let rizal = id(&office.find("section", "name", "RIZAL"));
    office.save("section_membership", json!({ "enrolment": extra, "section": rizal, "valid_from": "2026-06-08" }));

    let seen = office.reconcile();
    assert_eq!((seen.extra.len(), seen.extra[0].student), (1, nobody));
    let line = line_of(&seen, "DELGADO");
    assert_eq!(
        (line.state, line.ours.as_ref().and_then(|ours| ours.name.as_deref())),
        (LineState::WrongSection, Some("Luna"))
    );
    let status = line_of(&seen, "VILLANUEVA");
    assert_eq!((status.state, status.fields[0].theirs.as_str()), (LineState::Different, "transferred_out"));
    let choices = [
        LineChoice { line: line.line, move_section: true, ..LineChoice::default() },
        LineChoice { line: status.line, take_theirs: vec!["status".into()], ..LineChoice::default() },
    ];
    let applied = apply(&mut office.store, &register(), &choices).expect("applied");
    assert_eq!((applied.counts.moved, applied.counts.fields_taken), (1, 1));
    let after = office.reconcile();
    assert_eq!((after.counts.same, after.counts.wrong_section), (38, 0), "{:#?}", after.lines);
    let of_ramon = office.rows("section_membership").into_iter().filter(|row| row["enrolment"] == enrolment["id"]);
    let mut seats: Vec<_> =
        of_ramon.map(|row| [&row["section"], &row["valid_from"], &row["valid_to"]].map(Json::clone)).collect();
    seats.sort_by_key(|seat| seat[1].to_string());
    let (luna, rizal, moved) = (json!(luna), json!(rizal), json!("2026-09-15"));
    assert_eq!(seats, [[luna, json!("2026-06-22"), moved.clone()], [rizal, moved, Json::Null]], "the days before stay");
}

#[test]
fn nobody_is_merged_on_a_guess() {
    let mut office = Office::new();
    // The same LRN, another person; the same name and date, another LRN; the same name, no date; all of it without an LRN.
    office.save(
        "student",
        json!({ "last_name": "Abad", "first_name": "Rita", "lrn": "300021130101", "birth_date": "2012-01-01" }),
    );
    office.save(
        "student",
        json!({ "last_name": "Dela Cruz", "first_name": "Juan", "lrn": "300021139999", "birth_date": "2014-02-28" }),
    );
    office.save("student", json!({ "last_name": "Bautista", "first_name": "Paolo" }));
    let clara =
        office.save("student", json!({ "last_name": "Pena", "first_name": "Maria Clara", "birth_date": "2014-06-08" }));
    let seen = office.reconcile();
    let why = |name: &str| (line_of(&seen, name).state, line_of(&seen, name).candidates.first().map(|one| one.why));
    assert_eq!(why("DELGADO"), (LineState::Suspect, Some(Suspicion::SameLrn)));
    assert_eq!(why("DELA CRUZ"), (LineState::Suspect, Some(Suspicion::OtherLrn)));
    assert_eq!(why("BAUTISTA"), (LineState::Suspect, Some(Suspicion::SameName)));
    let matched = line_of(&seen, "PEÑA");
    assert_eq!((matched.student, matched.matched_by), (Some(clara), Some(MatchedBy::NameAndBirthDate)));
    let safe = seen.safe_choices();
    for name in ["DELGADO", "DELA CRUZ", "BAUTISTA", "PEÑA"] {
        assert!(safe.iter().all(|choice| choice.line != line_of(&seen, name).line), "{name} waits for a person");
    }
    let suspect = line_of(&seen, "BAUTISTA");
    let paolo = suspect.candidates[0].student;
    let wrong = LineChoice { line: suspect.line, same_as: Some(clara), ..LineChoice::default() };
    assert_eq!(office.apply(wrong).expect_err("no candidate").code, Code::BadRequest);
    let right = LineChoice { line: suspect.line, same_as: Some(paolo), ..LineChoice::default() };
    let counts = office.apply(right).expect("applied").counts;
    assert_eq!((counts.learners_added, counts.enrolled), (0, 1));
    let again = office.reconcile();
    let paolo = line_of(&again, "BAUTISTA");
    assert_eq!((paolo.state, paolo.matched_by), (LineState::Same, Some(MatchedBy::NameAndBirthDate)), "it stays said");
    let added = LineChoice { line: line_of(&seen, "DELA CRUZ").line, add: true, ..LineChoice::default() };
    assert_eq!(office.apply(added).expect("applied").counts.learners_added, 1, "a person said it is a new learner");
}

#[test]
fn senseless_choices_and_changed_files_write_nothing() {
    let mut office = Office::new();
    let before = office.visible();
    let line = office.reconcile().lines[0].line;
    let field = LineChoice { line, take_theirs: vec!["hat".into()], ..LineChoice::default() };
    for choice in [LineChoice { line: 1, add: true, ..LineChoice::default() }, field] {
        assert_eq!(office.apply(choice).expect_err("senseless").code, Code::BadRequest);
    }
    let error = apply_file(&mut office.store, &sample("sf1.xls"), "00", &[]).expect_err("another file");
    assert_eq!(error.code, Code::Stale);
    let year = id(&office.find("school_year", "label", "2026-2027"));
    office.store.take_out("school_year", year).expect("deleted");
    let add = LineChoice { line, add: true, ..LineChoice::default() };
    assert_eq!(office.apply(add).expect_err("no year").code, Code::NotFound);
    assert_eq!(office.visible().len(), before.len() - 1);
}
