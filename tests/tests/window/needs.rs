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
            window.run("location.hash = '#/needs'; return null").await;
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
