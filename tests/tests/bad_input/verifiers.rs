//! What a password is checked against comes in by no way but as this program makes it: not by a save, not by a file, not with a whole
//! school. (By a push: hub/tests/people/verifiers.rs.)

use pems_hub::archive::Passphrase;
use pems_model::Code;
use pems_model::entities::SCHOOL_USER;
use pems_node::domain::users::verifier;
use pems_node::import::{Format, Options, run};
use pems_node::store::ListQuery;
use pems_tests::rig::Rig;
use serde_json::json;

const FOREIGN: &str =
    "$argon2id$v=19$m=19456,t=400,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn an_office_takes_in_no_foreign_verifier() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    for text in [FOREIGN, "abc", "$argon2id$garbage"] {
        let user = json!({ "name": "Eve", "email": "eve@mabini.ph", "role": "viewer", "verifier": text });
        let error = office.try_save("school_user", &user).expect_err(text);
        assert_eq!(error.code, Code::BadFormat);
        assert!(error.message.contains("set a password instead"), "{}", error.message);
    }
    let ours = verifier::make("tatlong isda sa ilog").expect("a verifier");
    office.save("school_user", &json!({ "name": "Ana", "role": "school_admin", "verifier": ours }));
    office.sync().await;
    rig.assert_level(&office).await;
    assert!(office.outcomes().iter().all(|outcome| outcome.as_ref().is_some_and(|one| one.name() == "applied")));
}

#[tokio::test]
async fn a_file_of_users_brings_no_passwords() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("users.csv");
    let ours = verifier::make("tatlong isda sa ilog").expect("a verifier");
    // Lists of users come in where somebody can sign in afterwards.
    office.save("school_user", &json!({ "name": "Corazon", "role": "school_admin", "verifier": ours }));
    for (name, text) in [("Eve", FOREIGN), ("Ana", ours.as_str())] {
        let csv = format!("name,email,role,verifier\n{name},{name}@mabini.ph,viewer,\"{text}\"\n");
        std::fs::write(&file, csv).expect("written");
        let format = |mapping| Options::new(Format::Csv { entity: "school_user".into(), mapping });
        let mapped = format(vec![("verifier".to_owned(), "verifier".to_owned())]);
        let error = run(&mut office.store(), &file, &mapped).expect_err("no such field for a file");
        assert!(error.code == Code::BadUsage && !error.message.contains("must_change, verifier"), "{}", error.message);
        let report = run(&mut office.store(), &file, &format(Vec::new())).expect("imported");
        let told = serde_json::to_string(&report).expect("JSON");
        assert!(told.contains("columns that were not imported: verifier"), "{told}");
    }
    // Lists leave out what is secret; rows have it.
    let rows = office.store().list("school_user", &ListQuery::default()).expect("readable");
    let with_one = rows.iter().filter(|row| !row.get(&SCHOOL_USER, "verifier").is_null());
    let names: Vec<_> = with_one.map(|row| row.get(&SCHOOL_USER, "name").to_json()).collect();
    assert_eq!((rows.len(), names), (3, vec![json!("Corazon")]));
}

#[tokio::test]
async fn a_school_in_a_file_brings_no_foreign_verifier_and_comes_whole_otherwise() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let ours = verifier::make("tatlong isda sa ilog").expect("a verifier");
    let user =
        |name: &str| json!({ "name": name, "email": format!("{name}@mabini.ph"), "role": "viewer", "verifier": ours });
    let (ana, eve) = (office.save("school_user", &user("Ana")), office.save("school_user", &user("Eve")));
    office.sync().await;
    rig.sql(&format!(
        "ALTER TABLE school_user DISABLE TRIGGER account_follows;
         UPDATE school_user SET verifier = '{FOREIGN}' WHERE id = '{eve}';
         ALTER TABLE school_user ENABLE TRIGGER account_follows"
    ))
    .await
    .expect("planted");
    let dir = tempfile::tempdir().expect("a folder");
    let (file, passphrase) = (dir.path().join("mabini.pems"), Passphrase("correct horse battery".into()));
    let admin = rig.hub().admin();
    admin.export_school("mabini", &file, &passphrase).await.expect("a file");

    let copy = admin.import_school(&file, &passphrase, Some(("copy", "900001"))).await.expect("a copy");
    assert_eq!(copy.without_password, [eve]);
    admin.suspend("mabini").await.expect("suspended");
    admin.erase_school("mabini", "mabini").await.expect("erased");
    let back = admin.import_school(&file, &passphrase, None).await.expect("the same school");
    assert_eq!((back.without_password.as_slice(), back.rows["school_user"]), (&[eve][..], 2));
    let foreign: i64 = rig.value(&format!("SELECT count(*) FROM school_user WHERE verifier = '{FOREIGN}'")).await;
    let accounts: i64 = rig.value(&format!("SELECT count(*) FROM account WHERE id = '{ana}'")).await;
    let others: i64 = rig.value("SELECT count(*) FROM account").await;
    assert_eq!((foreign, accounts, others), (0, 2, 2), "one in each school, and none of the other user's");
    for slug in ["mabini", "copy"] {
        let office = rig.office(slug).await;
        office.sync().await;
        rig.assert_level(&office).await;
    }
}
