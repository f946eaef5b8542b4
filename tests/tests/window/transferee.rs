//! A transferee comes with half the papers, on a day without internet: enrolled and given a certificate by the keyboard alone.

use crate::driver::Window;
use crate::office::Folder;
use crate::papers::{filed, text};
use crate::{DESK, with_window};
use pems_model::school_day::day_of;
use pems_model::value::format_date;
use pems_node::{Env, SystemEnv};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::json;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// A school in the middle of its year, whenever this runs.
fn in_mid_year(office: &TestOffice) {
    let today = day_of(SystemEnv.now());
    let (start, end) = (format_date(today - 90), format_date(today + 200));
    let first: i32 = start[..4].parse().expect("a year");
    let year = office.save(
        "school_year",
        &json!({ "label": format!("{first}-{}", first + 1), "start_date": start, "end_date": end, "status": "open" }),
    );
    office.save(
        "school_profile",
        &json!({ "deped_school_id": "301234", "name": "Mabini National High School", "region": "V", "division": "Naga City",
            "address": "Mabini Street, Naga City", "head_name": "Maria Santos", "head_position": "Principal II" }),
    );
    for name in ["Rizal", "Luna"] {
        office.save("section", &json!({ "school_year": year, "grade_level": "7", "name": name, "capacity": 40 }));
    }
}

/// Goes on with Tab until the keys are where an expression about `it` says.
async fn tab_to(window: &Window, wanted: &str) {
    for _ in 0..40 {
        let there = format!("return ((it) => Boolean({wanted}))(document.activeElement)");
        if window.run(&there).await == json!(true) {
            return;
        }
        window.keys(TAB).await;
    }
    panic!("Tab never comes to {wanted}");
}

/// Whose enrolment is taken back is not shown as enrolled any more.
async fn taken_back(window: &Window, here: &TestOffice) {
    window.keys("\u{e00a}3\u{e000}").await;
    window.until("document.activeElement.getAttribute('role') === 'combobox'").await;
    window.keys("\u{e00a}n\u{e000}").await;
    window.until("document.activeElement.closest('form') && document.activeElement.tagName === 'INPUT'").await;
    window.keys(&format!("Ocampo{TAB}Liza{TAB}")).await;
    tab_to(window, "it.tagName === 'SELECT' && it.closest('.field')?.innerText.startsWith('Sex')").await;
    window.keys("F").await;
    tab_to(window, "it.tagName === 'SELECT' && [...it.options].some((one) => one.text === 'Grade 7')").await;
    window.keys("Grade 7").await;
    tab_to(window, "it.type === 'submit'").await;
    window.keys(ENTER).await;
    window.until("document.querySelector('.done')?.innerText.includes('Liza Ocampo')").await;
    window.keys("\u{e009}z\u{e000}").await;
    window.until("!document.querySelector('.done')").await;
    assert_eq!(here.list("student").len(), 1);
    window.picture("enrolment-taken-back").await;
}

#[tokio::test]
async fn a_transferee_is_enrolled_and_has_a_certificate_by_keyboard_alone_without_the_hub() {
    let mut rig = Rig::product().await;
    rig.school("mabini").await;
    let here = rig.office("mabini").await;
    in_mid_year(&here);
    here.sync().await;
    rig.stop().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (here, rig) = (&here, &mut rig);
        async move {
            window.until("document.querySelector('.frame main h1')").await;
            window.keys("\u{e00a}3\u{e000}").await;
            window.until("document.activeElement.getAttribute('role') === 'combobox'").await;
            window.keys("\u{e00a}t\u{e000}").await;
            window.until("document.activeElement.closest('form') && document.activeElement.tagName === 'INPUT'").await;
            for text in ["Villaruel", "Jose Ma.", "Santos"] {
                window.keys(text).await;
                window.keys(TAB).await;
            }
            window.keys(TAB).await;
            window.keys("M").await;
            window.keys(TAB).await;
            window.keys("2014-05-20").await;
            window.keys(TAB).await;
            window.keys("407112345678").await;
            window.keys(TAB).await;
            window.keys(TAB).await;
            // The grades of this school come first, so nobody counts: the name is typed.
            window.keys("Grade 7").await;
            window.until("document.activeElement.selectedOptions[0].text === 'Grade 7'").await;
            tab_to(&window, "it.tagName === 'INPUT' && it.closest('.field')?.innerText.startsWith('From school')")
                .await;
            window.keys("Rizal Elementary School").await;
            window.is_accessible().await;
            window.picture("transferee-typed").await;
            tab_to(&window, "it.ariaPressed !== null && it.innerText.includes('SF9')").await;
            window.keys(" ").await;
            window.until("document.activeElement.ariaPressed === 'true'").await;
            tab_to(&window, "it.type === 'submit'").await;
            window.keys(ENTER).await;
            window.until("document.querySelector('.done')?.innerText.includes('Jose Ma. Villaruel')").await;
            // The papers are asked for by themselves, when the rest is there.
            window.says(".done", "PSA birth certificate").await;
            let done = window.text(".done").await;
            assert!(done.contains("Temporary") && done.contains("Grade 7"), "{done}");
            assert!(
                done.contains("PSA birth certificate: missing") && !done.contains("SF9 (report card): missing"),
                "{done}"
            );
            window.is_accessible().await;
            window.picture("transferee-enrolled").await;

            window.keys("\u{e00a}c\u{e000}").await;
            window.until("document.querySelector('.paper svg')").await;
            window.is_accessible().await;
            window.picture("certificate-preview").await;
            window.keys("\u{e009}p\u{e000}").await;
            window.until("document.querySelector('.banner.good code')?.innerText.endsWith('.pdf')").await;
            let pages = text(&filed(window.home(), "pdf"));
            assert_eq!(pages.len(), 1);
            for said in ["VILLARUEL", "407112345678", "Mabini National High School", "MARIA SANTOS"] {
                assert!(
                    pages[0].to_uppercase().contains(&said.to_uppercase()),
                    "{said} is not on the certificate: {}",
                    pages[0]
                );
            }
            // Nothing of it has left this PC.
            window.until("document.querySelector('footer p').innerText.includes('changes wait')").await;
            let learner = &here.list("student")[0];
            assert_eq!((&learner["sex"], &learner["birth_date"]), (&json!("M"), &json!("2014-05-20")));
            let enrolment = &here.list("enrolment")[0];
            assert_eq!(
                (&enrolment["kind"], &enrolment["from_school"]),
                (&json!("transferee"), &json!("Rizal Elementary School"))
            );

            // The hub comes back; what was done without it arrives by itself.
            rig.restart().await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            taken_back(&window, here).await;
        }
    })
    .await;
    rig.assert_level(&here).await;
}
