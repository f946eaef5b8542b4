//! A school in a file: out, gone, back again, and beside itself; and files that are not whole.

use pems_hub::archive::{Exported, Passphrase};
use pems_model::{Code, Role};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use uuid::Uuid;

fn passphrase() -> Passphrase {
    Passphrase("correct horse battery".into())
}

/// A school with records, a history and something deleted, and the office that made them.
struct Lived {
    rig: Rig,
    office: TestOffice,
    year: Uuid,
    pupil: Uuid,
    enrolment: Uuid,
    dir: tempfile::TempDir,
}

impl Lived {
    async fn new() -> Lived {
        let rig = Rig::product().await;
        rig.school("mabini").await;
        let office = rig.office("mabini").await;
        let dates =
            json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-04-02", "status": "open" });
        let year = office.save("school_year", &dates);
        let pupil =
            office.save("student", &json!({ "last_name": "Peña", "first_name": "Ma. Luisa", "lrn": "123456789012" }));
        let gone = office.save("student", &json!({ "last_name": "Mali", "first_name": "Kopya" }));
        let enrolment = office.save("enrolment", &enrolment_of(pupil, year));
        office.sync().await;
        office.save("student", &json!({ "id": pupil, "last_name": "Peña-Cruz" }));
        office.store().delete("student", gone).expect("a deletion");
        office.sync().await;
        rig.assert_level(&office).await;
        Lived { rig, office, year, pupil, enrolment, dir: tempfile::tempdir().expect("a directory") }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("mabini.pems")
    }

    async fn export(&self) -> Exported {
        self.rig.hub().admin().export_school("mabini", &self.file(), &passphrase()).await.expect("a file")
    }
}

fn enrolment_of(student: Uuid, year: Uuid) -> Json {
    json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" })
}

#[tokio::test]
async fn an_erased_school_comes_back_as_it_was() {
    let lived = Lived::new().await;
    let (rig, admin) = (&lived.rig, lived.rig.hub().admin());
    rig.school("rizal").await;
    let neighbour = rig.office("rizal").await;
    neighbour.save("student", &json!({ "last_name": "Santos", "first_name": "Jose" }));
    neighbour.sync().await;
    let (before, log) = (rig.at_hub("mabini").await, "SELECT count(*) FROM change_log");
    let entries: i64 = rig.value(log).await;
    let done = lived.export().await;
    assert_eq!((done.rev, &done.digest, done.rows["student"]), (before.rev, &before.digest, 2), "deleted ones too");

    assert_eq!(admin.erase_school("mabini", "mabini").await.expect_err("in use").code(), Code::Conflict);
    admin.suspend("mabini").await.expect("suspended");
    assert_eq!(admin.erase_school("mabini", "").await.expect_err("not confirmed").code(), Code::BadUsage);
    admin.erase_school("mabini", "mabini").await.expect("erased");
    assert_eq!(admin.school("mabini").await.expect_err("gone").code(), Code::NotFound);
    let left: i64 = rig.value("SELECT count(*) FROM student WHERE last_name <> 'Santos'").await;
    assert_eq!(left, 0);
    rig.assert_level(&neighbour).await;

    let back = admin.import_school(&lived.file(), &passphrase(), None).await.expect("the school again");
    let after = rig.at_hub("mabini").await;
    assert_eq!((back.id, &back.digest), (before.school.id, &before.digest));
    assert_eq!((after.rev, &after.digest, &after.rows), (before.rev, &before.digest, &before.rows));
    assert_eq!(rig.value::<i64>(log).await, entries, "the history as well");
    let fresh = rig.office("mabini").await;
    fresh.sync().await;
    rig.assert_level(&fresh).await;
    assert_eq!(fresh.get("student", lived.pupil), lived.office.get("student", lived.pupil));
    let chain = "SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE action LIKE 'school.%'";
    let chain: String = rig.value(chain).await;
    assert!(chain.contains("school.erased") && chain.contains("school.imported"), "{chain}");
}

#[tokio::test]
async fn a_copy_beside_the_living_school_is_a_school_of_its_own() {
    let lived = Lived::new().await;
    let (rig, admin) = (&lived.rig, lived.rig.hub().admin());
    lived.export().await;
    let taken = admin.import_school(&lived.file(), &passphrase(), None).await.expect_err("it lives");
    assert_eq!(taken.code(), Code::Conflict);
    let copy = admin.import_school(&lived.file(), &passphrase(), Some(("mabini-2", "900001"))).await.expect("a copy");
    assert_eq!(copy.digest, rig.at_hub("mabini-2").await.digest);

    let office = rig.office("mabini-2").await;
    office.sync().await;
    rig.assert_level(&office).await;
    assert!(office.get("student", lived.pupil).is_some(), "what has an id of its own keeps it");
    assert!(office.get("enrolment", lived.enrolment).is_none(), "what is derived from the school does not");
    let year = &office.list("school_year")[0]["id"];
    assert_ne!(year, &json!(lived.year));
    // Entered anew, the same enrolment is the same row: not a second one.
    let year = Uuid::parse_str(year.as_str().expect("an id")).expect("an id");
    let all = office.list("enrolment");
    assert_eq!((all.len(), &all[0]["school_year"]), (1, &json!(year)));
    let again = office.try_save("enrolment", &enrolment_of(lived.pupil, year)).expect_err("it is there");
    assert_eq!((again.code, &again.details.expect("which")["id"]), (Code::Conflict, &all[0]["id"]));
    // And the living one has noticed nothing.
    lived.office.sync().await;
    rig.assert_level(&lived.office).await;
}

#[tokio::test]
async fn a_file_that_is_not_whole_leaves_nothing_behind() {
    let lived = Lived::new().await;
    let (rig, admin) = (&lived.rig, lived.rig.hub().admin());
    lived.export().await;
    let whole = std::fs::read(lived.file()).expect("the file");
    let schools = "SELECT count(*) FROM tenant";
    let bad = lived.dir.path().join("bad.pems");
    let import = async |bytes: &[u8], with: &Passphrase| {
        std::fs::write(&bad, bytes).expect("written");
        let refusal = admin.import_school(&bad, with, Some(("copy", "900002"))).await.expect_err("a bad file");
        assert_eq!(rig.value::<i64>(schools).await, 1, "{refusal}");
        refusal
    };
    let wrong = import(&whole, &Passphrase("another passphrase".into())).await;
    assert_eq!(wrong.code(), Code::BadUsage, "{wrong}");
    for cut in [0, 20, whole.len() / 2, whole.len() - 1] {
        let refusal = import(&whole[..cut], &passphrase()).await;
        assert_eq!(refusal.code(), Code::BadFile, "cut at {cut}: {refusal}");
    }
    let mut flipped = whole.clone();
    let at = flipped.len() - 40;
    flipped[at] ^= 1;
    assert_eq!(import(&flipped, &passphrase()).await.code(), Code::BadFile);
    assert_eq!(import(b"PK\x03\x04 not ours", &passphrase()).await.code(), Code::BadFile);
    let again = admin.export_school("mabini", &lived.file(), &passphrase()).await.expect_err("it is there");
    assert_eq!(again.code(), Code::Conflict);
    let nowhere = lived.dir.path().join("no/such/folder.pems");
    assert_eq!(admin.export_school("mabini", &nowhere, &passphrase()).await.expect_err("no folder").code(), Code::Io);
    admin.import_school(&lived.file(), &passphrase(), Some(("copy", "900002"))).await.expect("the good one still does");
}

#[tokio::test]
async fn an_export_is_encrypted_and_in_the_schools_audit_chain() {
    let lived = Lived::new().await;
    lived.export().await;
    let bytes = std::fs::read(lived.file()).expect("the file");
    assert!(
        !bytes.windows(4).any(|window| window == b"Pena" || window == "Peña".as_bytes().get(..4).expect("4 bytes"))
    );
    let noted = "SELECT count(*) FROM audit_log a JOIN tenant t ON t.id = a.tenant_id WHERE details ->> 'doing' = 'school export'";
    assert_eq!(lived.rig.value::<i64>(noted).await, 1);
    let by_hand = lived.rig.sql("DELETE FROM student").await.expect_err("never by hand");
    assert!(by_hand.to_string().contains("never destroyed"), "{by_hand}");
}

/// A page of learners as an administrator of the school gets it: status, tag, names.
async fn page(rig: &Rig, admin: &str, tag: Option<&str>) -> (u16, String, String) {
    let made = rig.hub().admin().add_user("mabini", admin, None, Role::SchoolAdmin).await.expect("an administrator");
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}/api/v1{path}", rig.url());
    let sign_in = json!({ "school": "mabini", "email": admin, "password": made.one_time_password });
    let signed: Json =
        client.post(url("/auth/sign-in")).json(&sign_in).send().await.expect("sent").json().await.expect("json");
    let token = signed["data"]["access_token"].as_str().expect("a token");
    let change = json!({ "current": made.one_time_password, "new": "tatlong bibe sa ilog" });
    let changed = client.post(url("/auth/password")).bearer_auth(token).json(&change).send().await.expect("sent");
    assert!(changed.status().is_success());
    let mut ask = client.get(url("/students")).bearer_auth(token);
    if let Some(tag) = tag {
        ask = ask.header("if-none-match", tag);
    }
    let answer = ask.send().await.expect("sent");
    let (status, tag) = (answer.status().as_u16(), answer.headers()["etag"].to_str().expect("a tag").to_owned());
    (status, tag, answer.text().await.expect("a body"))
}

#[tokio::test]
async fn what_was_remembered_of_an_erased_school_is_not_served_for_its_successor() {
    let lived = Lived::new().await;
    let (rig, admin) = (&lived.rig, lived.rig.hub().admin());
    lived.export().await;
    lived.office.save("student", &json!({ "last_name": "Erased", "first_name": "Later" }));
    lived.office.sync().await;
    let (_, tag, before) = page(rig, "one@mabini.ph", None).await;
    assert!(before.contains("Erased"));
    admin.suspend("mabini").await.expect("suspended");
    admin.erase_school("mabini", "mabini").await.expect("erased");
    admin.import_school(&lived.file(), &passphrase(), None).await.expect("the school again");
    let office = rig.office("mabini").await;
    office.save("student", &json!({ "last_name": "Another", "first_name": "Learner" }));
    office.sync().await;
    let (status, other, after) = page(rig, "two@mabini.ph", Some(&tag)).await;
    assert_eq!(tag.split('-').next(), other.split('-').next(), "the same revision");
    assert_eq!(status, 200, "not 304");
    assert!(after.contains("Another") && !after.contains("Erased"), "{after}");
}

#[tokio::test]
async fn what_a_killed_import_left_behind_makes_room_for_the_next() {
    let lived = Lived::new().await;
    let (rig, admin) = (&lived.rig, lived.rig.hub().admin());
    lived.export().await;
    // As a process leaves it that is killed between making the school and filling it.
    admin.add_school("Half", "copy", "900003", "Asia/Manila").await.expect("a school");
    rig.sql("UPDATE tenant SET metadata = '{\"importing\": true}' WHERE slug = 'copy'").await.expect("marked");
    let copy = admin.import_school(&lived.file(), &passphrase(), Some(("copy", "900003"))).await.expect("a copy");
    assert_eq!(rig.value::<i64>("SELECT count(*) FROM tenant WHERE slug = 'copy'").await, 1);
    let left: Option<Json> = rig.value("SELECT metadata -> 'importing' FROM tenant WHERE slug = 'copy'").await;
    assert_eq!((copy.rev, left), (rig.at_hub("mabini").await.rev, None), "whole, and not marked any more");
    let again =
        admin.import_school(&lived.file(), &passphrase(), Some(("copy", "900003"))).await.expect_err("it is whole");
    assert_eq!(again.code(), Code::Conflict);
}

/// However a keyboard composed it: as passwords, a passphrase is what it looks like.
#[tokio::test]
async fn a_passphrase_opens_however_its_letters_are_composed() {
    let lived = Lived::new().await;
    let admin = lived.rig.hub().admin();
    let file = |name: &str| lived.dir.path().join(name);
    let (composed, apart) = ("correct horse pe\u{f1}a", "correct horse pen\u{303}a");
    for (i, (sealed, typed)) in [(composed, apart), (apart, composed)].into_iter().enumerate() {
        let path = file(&format!("{i}.pems"));
        admin.export_school("mabini", &path, &Passphrase(sealed.into())).await.expect("a file");
        let beside = Some((format!("copy-{i}"), format!("99990{i}")));
        let beside = beside.as_ref().map(|(slug, number)| (slug.as_str(), number.as_str()));
        admin.import_school(&path, &Passphrase(typed.into()), beside).await.expect("it opens");
        let other = admin.import_school(&path, &Passphrase("correct horse pena".into()), Some(("no", "999990"))).await;
        assert_eq!(other.expect_err("another one").code(), Code::BadUsage);
    }
}
