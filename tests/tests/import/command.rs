//! The same through `pems-node`, as a clerk or a script has it: dry run, import, export, undo, and what comes back as an error.

use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice};
use std::path::Path;

async fn office() -> (Rig, TestOffice) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    (rig, office)
}

fn say(office: &TestOffice, args: &[&str]) -> Done {
    run(&mut node(&office.dir, &office.key_file), args, b"")
}

fn sample() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/oneroster/ms_SDS_v2").display().to_string()
}

#[tokio::test]
async fn a_bundle_is_tried_imported_exported_and_taken_back() {
    let (rig, office) = office().await;
    let bundle = sample();
    let import = ["import", &bundle, "--as", "oneroster", "--school", "10001", "--school-year", "2026-2027"];
    let tried = say(&office, &[&import[..], &["--dry-run"]].concat());
    assert_eq!((tried.exit, &tried.printed[0]["new"]), (Some(0), &22.into()), "{tried:?}");
    assert!(say(&office, &["list", "student"]).printed.is_empty(), "a dry run writes nothing");

    let done = say(&office, &import);
    assert_eq!((done.exit, &done.printed[0]["written"]), (Some(0), &true.into()), "{done:?}");
    let batch = done.printed[0]["batch"].as_str().expect("a batch").to_owned();
    assert_eq!(say(&office, &["search", "student", "KLEIN"]).printed.len(), 1);
    office.sync().await;
    rig.assert_level(&office).await;

    let csv = office.dir.join("learners.csv").display().to_string();
    let exported = say(&office, &["export", "student", "--as", "csv", "--out", &csv]);
    assert_eq!((exported.exit, &exported.printed[0]["rows"]), (Some(0), &7.into()), "{exported:?}");
    let text = std::fs::read_to_string(&csv).expect("the export");
    assert!(text.starts_with("\u{feff}id,last_name,first_name,") && text.lines().count() == 8, "{text}");
    let xlsx = office.dir.join("learners.xlsx").display().to_string();
    assert_eq!(say(&office, &["export", "student", "--as", "xlsx", "--out", &xlsx]).exit, Some(0));
    assert!(std::fs::read(&xlsx).expect("the workbook").starts_with(b"PK"), "an xlsx is a zip");

    let undone = say(&office, &["undo", &batch]);
    assert_eq!((undone.exit, &undone.printed[0]["removed"]), (Some(0), &22.into()), "{undone:?}");
    assert!(say(&office, &["list", "student"]).printed.is_empty());
    office.sync().await;
    rig.assert_level(&office).await;
    let again = say(&office, &import);
    assert_eq!((again.exit, &again.printed[0]["new"]), (Some(0), &22.into()), "{again:?}");
    assert_eq!(say(&office, &["list", "student"]).printed.len(), 7, "what was taken back can come again");
}

#[tokio::test]
async fn refused_rows_and_bad_words_have_their_exit_codes() {
    let (_rig, office) = office().await;
    let csv = office.dir.join("list.csv");
    let rows = "Surname,Given name,LRN\nCruz,Ana,136728140123\nReyes,Ben,1.36E+11\n";
    std::fs::write(&csv, rows).expect("written");
    let csv = csv.display().to_string();
    let refused = say(&office, &["import", &csv, "--as", "csv"]);
    assert_eq!((refused.exit, &refused.printed[0]["refused"][0]["row"]), (Some(1), &3.into()), "{refused:?}");
    assert!(say(&office, &["list", "student"]).printed.is_empty(), "all or nothing");
    assert_eq!(say(&office, &["import", &csv, "--as", "csv", "--skip-refused"]).exit, Some(0));
    assert_eq!(say(&office, &["list", "student"]).printed.len(), 1);

    let bundle = sample();
    for (args, exit, code) in [
        (vec!["import", &bundle, "--as", "oneroster"], 2, "bad_usage"), // several schools: say which
        (vec!["import", &csv, "--as", "csv", "--map", "Surname"], 2, "bad_usage"),
        (vec!["import", "nowhere.csv", "--as", "csv"], 1, "io"),
        (vec!["export", "student", "--out", "nowhere/list.csv"], 1, "io"),
        (vec!["undo", "00000000-0000-0000-0000-000000000001"], 1, "not_found"),
    ] {
        let said = say(&office, &args);
        assert_eq!((said.exit, said.code()), (Some(exit), code), "{args:?}: {said:?}");
    }
}

/// What a spreadsheet would calculate is a text in the file, and itself again after an import.
#[tokio::test]
async fn formulas_in_names_are_harmless_in_a_csv_and_come_back_as_they_were() {
    let (_rig, office) = office().await;
    let names = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1", "Peña, \"Jr.\"", "'quoted'"];
    for last in names {
        let record = serde_json::json!({ "last_name": last, "first_name": "Ana", "phone": "09171234567" });
        assert_eq!(say(&office, &["save", "student", &record.to_string()]).exit, Some(0), "{last}");
    }
    let csv = office.dir.join("out.csv").display().to_string();
    assert_eq!(say(&office, &["export", "student", "--as", "csv", "--out", &csv]).exit, Some(0));
    let bytes = std::fs::read(&csv).expect("the export");
    assert!(bytes.starts_with(b"\xEF\xBB\xBF"), "Excel tells UTF-8 by it");
    let mut read = csv::ReaderBuilder::new().from_reader(&bytes[3..]);
    let records: Vec<csv::StringRecord> = read.records().map(|record| record.expect("a row")).collect();
    assert!(records.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{records:?}");

    let again = say(&office, &["import", &csv, "--as", "csv"]);
    assert_eq!(
        (again.exit, &again.printed[0]["changed"], &again.printed[0]["new"]),
        (Some(0), &0.into(), &0.into()),
        "{again:?}"
    );
    let (_other_rig, other) = self::office().await;
    let done = say(&other, &["import", &csv, "--as", "csv"]);
    assert_eq!((done.exit, &done.printed[0]["new"]), (Some(0), &names.len().into()), "{done:?}");
    let mut came: Vec<String> =
        other.list("student").iter().map(|row| row["last_name"].as_str().expect("a name").to_owned()).collect();
    let mut wanted = names.map(str::to_owned).to_vec();
    came.sort();
    wanted.sort();
    assert_eq!(came, wanted);
    assert!(other.list("student").iter().all(|row| row["phone"] == "+639171234567"));
}
