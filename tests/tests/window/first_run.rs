//! A PC becomes an office: with a code from a real hub, its keys in the keyring of the session; and where no keyring answers, with
//! a passphrase that is asked at every start. After that it needs nobody.

use crate::driver::{Keys, Opening, Window};
use crate::{DESK, ONE, TEST};
use pems_model::Role;
use pems_node::app::Desk;
use pems_tests::rig::Rig;
use serde_json::json;
use std::future::Future;
use std::path::Path;

const PASSWORD: &str = "limang kahon ng mangga";
const PASSPHRASE: &str = "araw dagat bundok ilog";

async fn alone(test: impl Future) {
    let _alone = ONE.lock().await;
    assert!(tokio::time::timeout(TEST, test).await.is_ok(), "the windows did not finish within {TEST:?}");
}

async fn open<'a>(data: &'a Path, keys: Keys<'a>) -> Window {
    Window::open(&Opening { data, keys, dark: false, size: DESK }).await
}

async fn sign_in(window: &Window, password: &str) {
    window.until("document.querySelector('[name=password]')").await;
    window.run("document.querySelector('[name=password]').select(); return null").await;
    window.fill("[name=password]", password).await;
    window.keys("\u{e007}").await;
}

#[tokio::test]
async fn a_pc_is_enrolled_with_a_code_and_then_works_without_the_hub() {
    let mut rig = Rig::product().await;
    rig.school("mabini").await;
    let first = rig.office("mabini").await;
    for last in ["Aquino", "Reyes", "Santos"] {
        first.save("student", &json!({ "last_name": last, "first_name": "Ana", "sex": "F" }));
    }
    let user = json!({ "do": "admin.save_user",
        "draft": { "name": "Corazon Reyes", "role": "school_admin", "password": PASSWORD } });
    Desk::new(first.store()).answer(user).expect("the first user");
    first.sync().await;
    let code = rig.hub().admin().device_code("mabini", 10, Role::Registrar).await.expect("a code");
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("office");
    let rig = &mut rig;
    alone(async {
        let window = open(&data, Keys::Keyring).await;
        window.until("document.querySelector('[name=hub]')").await;
        window.fill("[name=hub]", &rig.url()).await;
        window.fill("[name=code]", "AAAA-BBBB-CCCC").await;
        window.fill("[name=name]", "Registrar 2").await;
        window.keys("\u{e007}").await;
        window.until("document.querySelector('.banner.bad')").await;
        window.picture("enrol-wrong-code").await;
        window.run("document.querySelector('[name=code]').select(); return null").await;
        window.fill("[name=code]", &code).await;
        window.keys("\u{e007}").await;
        // The school's users came with its records.
        window.until("document.querySelector('article')?.innerText.includes('Corazon Reyes')").await;
        window.is_accessible().await;
        window.picture("enrolled").await;
        sign_in(&window, PASSWORD).await;
        window.until("document.querySelector('.frame main h1')").await;
        window.run("location.hash = '#/learners'; return null").await;
        window.until("document.querySelectorAll('.data').length === 3").await;
        window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
        assert!(files_of(&data).iter().all(|name| !name.contains("key")), "no key lies beside the records");
        drop(window);

        // From here on there is no hub.
        rig.stop().await;
        let window = open(&data, Keys::Keyring).await;
        sign_in(&window, "not this one at all").await;
        window.until("document.querySelector('.error')?.innerText.includes('not the password')").await;
        sign_in(&window, PASSWORD).await;
        window.until("document.querySelector('.frame main h1')").await;
        window.run("location.hash = '#/learners'; return null").await;
        window.until("document.querySelectorAll('.data').length === 3").await;
        window.keys("santos").await;
        window.until("document.querySelectorAll('.data').length === 1").await;
        let save = "__TAURI_INTERNALS__.invoke('call', { request: { do: 'learners.new',
            fields: { last_name: 'Zobel', first_name: 'Eva', sex: 'F' }, guardians: [] } })";
        assert_eq!(window.refusal(save).await, None);
        window.until("document.querySelector('footer').innerText.startsWith('1 change waits')").await;
        window.picture("offline").await;
        // It comes back, and what was done without it arrives by itself.
        rig.restart().await;
        window.until("document.querySelector('footer').innerText.startsWith('All work is at the hub, ')").await;
        first.sync().await;
        assert_eq!(first.list("student").len(), 4);
    })
    .await;
}

fn files_of(data: &Path) -> Vec<String> {
    let names = std::fs::read_dir(data).expect("the data folder").flatten();
    names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_seals_the_keys_and_is_asked_at_every_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("office");
    alone(async {
        let window = open(&data, Keys::Nowhere).await;
        let sample = "document.querySelector('section[aria-labelledby=sample] button')";
        window.until(sample).await;
        window.run(&format!("{sample}.click(); return null")).await;
        window.until("document.querySelector('[name=passphrase]')").await;
        window.is_accessible().await;
        window.picture("no-keyring").await;
        assert!(!data.join("records.db").exists(), "nothing is made before its key has a place");
        window.fill("[name=passphrase]", "short").await;
        window.run(&format!("{sample}.click(); return null")).await;
        window.until("document.querySelector('.banner.bad')?.innerText.includes('twelve characters')").await;
        window.run("document.querySelector('[name=passphrase]').select(); return null").await;
        window.fill("[name=passphrase]", PASSPHRASE).await;
        window.run(&format!("{sample}.click(); return null")).await;
        window.until("document.querySelectorAll('article li button').length === 4").await;
        drop(window);

        let window = open(&data, Keys::Nowhere).await;
        window.until("document.querySelector('h1')?.innerText === 'The records are sealed'").await;
        window.is_accessible().await;
        window.picture("sealed").await;
        window.fill("[name=passphrase]", "araw dagat bundok apoy").await;
        window.keys("\u{e007}").await;
        window.until("document.querySelector('.banner.bad')").await;
        window.run("document.querySelector('[name=passphrase]').select(); return null").await;
        window.fill("[name=passphrase]", PASSPHRASE).await;
        window.keys("\u{e007}").await;
        window.until("document.querySelectorAll('article li button').length === 4").await;
    })
    .await;
}
