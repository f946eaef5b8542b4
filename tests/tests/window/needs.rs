//! Two PCs changed the same thing without a network: both values side by side, decided with a key, and the other PC hears of it.

use crate::DESK;
use crate::office::Folder;
use crate::with_window;
use pems_tests::rig::Rig;
use serde_json::json;

#[tokio::test]
async fn a_conflict_is_decided_with_a_key_and_the_other_pc_hears_of_it() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    let ids: Vec<_> = ["Reyes", "Santos", "Lim"]
        .iter()
        .map(|last| there.save("student", &json!({ "last_name": last, "first_name": "Ana", "sex": "F" })))
        .collect();
    there.sync().await;
    here.sync().await;
    // Without a network both correct the same three learners. The other PC's edits are the later ones: they stand.
    for id in &ids {
        here.save("student", &json!({ "id": id, "first_name": "Anna" }));
        there.save("student", &json!({ "id": id, "first_name": "Anita" }));
    }
    here.sync().await;
    there.sync().await;
    here.sync().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (here, there, ids) = (&here, &there, &ids);
        async move {
            window.until("document.querySelector('footer')?.innerText.includes('3 items need you')").await;
            window.run("location.hash = '#/review'; return null").await;
            window.until("document.querySelectorAll('[data-entry]').length === 3").await;
            let shown = window.text("[data-entry]").await;
            for said in ["Anna", "Anita", "Two PCs changed this", "First name", "stands now"] {
                assert!(shown.contains(said), "{said} is not said: {shown}");
            }
            window.is_accessible().await;
            window.picture("conflict").await;
            // The first alone, by its key; the others are chosen without waiting for what becomes of it.
            window.run("document.querySelector('[data-entry]').focus(); return null").await;
            window.keys("m \u{e015} ").await;
            window.until("document.querySelectorAll('[data-entry]').length === 2").await;
            window.until("document.querySelectorAll('[data-entry] input:checked').length === 2").await;
            window.picture("conflict-many").await;
            let theirs =
                "[...document.querySelectorAll('.bar button')].find((one) => one.innerText.includes('other’s'))";
            window.run(&format!("{theirs}.click(); return null")).await;
            window.until("document.querySelector('.empty h2')?.innerText === 'Nothing needs you'").await;
            window.is_accessible().await;
            window.picture("nothing-needs-you").await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            there.sync().await;
            let names: Vec<_> =
                ids.iter().map(|id| there.get("student", *id).expect("a learner")["first_name"].clone()).collect();
            assert_eq!(names.iter().filter(|name| **name == "Anna").count(), 1, "{names:?}");
            assert_eq!(names.iter().filter(|name| **name == "Anita").count(), 2, "{names:?}");
            assert_eq!(there.store().status().expect("a status").review, 0, "decided once is decided everywhere");
            assert_eq!(here.store().status().expect("a status").review, 0);
        }
    })
    .await;
    rig.assert_level(&here).await;
    rig.assert_level(&there).await;
}

/// One change of several fields is one thing to decide, all at once or field by field.
#[tokio::test]
async fn the_fields_of_one_change_are_one_entry_until_they_are_taken_apart() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    let learner = |last: &str| there.save("student", &json!({ "last_name": last, "first_name": "Ana", "sex": "F" }));
    let ids = [learner("Reyes"), learner("Santos")];
    there.sync().await;
    here.sync().await;
    for id in &ids {
        here.save(
            "student",
            &json!({ "id": id, "first_name": "Anna", "barangay": "San Roque", "religion": "Aglipayan" }),
        );
        there.save("student", &json!({ "id": id, "first_name": "Anita", "barangay": "San Jose", "religion": "Islam" }));
    }
    for office in [&here, &there, &here] {
        office.sync().await;
    }
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (there, ids) = (&there, &ids);
        async move {
            let count = |n: usize| format!("document.querySelectorAll('[data-entry]').length === {n}");
            window.until("document.querySelector('footer')?.innerText.includes('2 items need you')").await;
            window.run("location.hash = '#/review'; return null").await;
            window.until(&count(2)).await;
            let shown = window.text("[data-entry]").await;
            for said in ["Anna", "Anita", "San Roque", "San Jose", "Aglipayan", "Islam"] {
                assert!(shown.contains(said), "{said} is not said: {shown}");
            }
            window.is_accessible().await;
            window.picture("conflict-of-fields").await;
            // The first as a whole, by its key.
            window.run("document.querySelector('[data-entry]').focus(); return null").await;
            window.keys("m").await;
            window.until(&count(1)).await;
            window.run("[...document.querySelectorAll('[data-entry] button')].find((one) => one.innerText.includes('One by one')).click(); return null").await;
            window.until(&count(3)).await;
            window.until("document.activeElement.matches('[data-entry]')").await;
            window.is_accessible().await;
            window.picture("conflict-field-by-field").await;
            for (key, left) in [("m", 2), ("t", 1)] {
                window.keys(key).await;
                window.until(&count(left)).await;
            }
            window.keys("t").await;
            window.until("document.querySelector('.empty h2')?.innerText === 'Nothing needs you'").await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            there.sync().await;
            let mut mine: Vec<usize> = ids
                .iter()
                .map(|id| {
                    let learner = there.get("student", *id).expect("a learner");
                    let typed = [("first_name", "Anna"), ("barangay", "San Roque"), ("religion", "Aglipayan")];
                    typed.iter().filter(|(field, value)| learner[*field] == json!(value)).count()
                })
                .collect();
            mine.sort_unstable();
            assert_eq!(mine, [1, 3], "one learner as a whole, one field of the other");
        }
    })
    .await;
    rig.assert_level(&here).await;
    rig.assert_level(&there).await;
}

/// What stands is what the record says now, also where it was changed since; a decision changes the record, or says why nothing was
/// to change. All of it by keyboard, from the first key on.
#[tokio::test]
async fn conflicts_are_decided_both_ways_from_the_first_key() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office("mabini").await);
    let ids: Vec<_> = ["Abad", "Bato", "Cruz", "Diaz"]
        .iter()
        .map(|last| there.save("student", &json!({ "last_name": last, "first_name": "Ana", "sex": "F" })))
        .collect();
    there.sync().await;
    here.sync().await;
    for id in &ids {
        here.save("student", &json!({ "id": id, "first_name": "Anna" }));
        there.save("student", &json!({ "id": id, "first_name": "Anita" }));
    }
    here.sync().await;
    there.sync().await;
    // Since then: somebody corrected Bato to a third name, and Cruz to the one that had lost; Diaz was deleted.
    there.save("student", &json!({ "id": ids[1], "first_name": "Annabel" }));
    there.save("student", &json!({ "id": ids[2], "first_name": "Anna" }));
    there.store().delete("student", ids[3]).expect("deleted");
    there.sync().await;
    here.sync().await;
    let folder = Folder::of(here.path(), &here.key_file);
    with_window(&folder, false, DESK, |window| {
        let (here, there, ids) = (&here, &there, &ids);
        async move {
            window.until("document.querySelector('footer')?.innerText.includes('4 items need you')").await;
            window.run("[...document.querySelectorAll('nav a')].find((one) => one.innerText.includes('Needs you')).click(); return null").await;
            window.until("document.activeElement.matches('[data-entry]')").await;
            let entry = |name: &str| {
                format!("[...document.querySelectorAll('[data-entry]')].find((one) => one.innerText.includes('{name},'))")
            };
            for (name, now) in [("Bato", "Annabel"), ("Diaz", "was deleted since")] {
                window.until(&format!("{}.querySelector('[data-now]')?.innerText.includes({now:?})", entry(name))).await;
            }
            let standing = |name: &str| format!("{}.querySelector('.side.stands')?.innerText", entry(name));
            window.until(&format!("{}.includes('Anita')", standing("Abad"))).await;
            window.until(&format!("{}.includes('Anna')", standing("Cruz"))).await;
            assert_eq!(window.run(&format!("return {} ?? null", standing("Bato"))).await, json!(null), "neither stands");
            window.is_accessible().await;
            window.picture("conflict-changed-since").await;
            // In the order of the list: this PC's, the other's, this PC's, the other's. No mouse, no Tab.
            let order = window.run("return [...document.querySelectorAll('[data-entry] h2')].map((one) => one.innerText.split(',')[0])").await;
            let order: Vec<String> = serde_json::from_value(order).expect("names");
            for (at, key) in ["m", "t", "m", "t"].iter().enumerate() {
                window.keys(key).await;
                window.until(&format!("document.querySelectorAll('[data-entry]').length === {}", 3 - at)).await;
            }
            window.until("document.querySelector('.empty h2')?.innerText === 'Nothing needs you'").await;
            window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
            there.sync().await;
            for (name, key) in order.iter().zip(["Anna", "Anita", "Anna", "Anita"]) {
                let at = ["Abad", "Bato", "Cruz", "Diaz"].iter().position(|one| one == name).expect("one of them");
                let row = there.get("student", ids[at]).expect("a learner");
                let said = if name == "Diaz" { "deleted" } else { key };
                if name == "Diaz" {
                    assert_eq!(row["deleted"], json!(true), "{said}");
                } else {
                    assert_eq!(row["first_name"], json!(key), "{name}");
                }
            }
            assert_eq!(here.store().status().expect("a status").review, 0);
            window.picture("conflicts-decided").await;
        }
    })
    .await;
    rig.assert_level(&here).await;
    rig.assert_level(&there).await;
}
