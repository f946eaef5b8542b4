//! An office knows its school's other PCs by name, as the hub calls them now, and calls itself so too.

use pems_tests::rig::{Rig, TestOffice};
use uuid::Uuid;

fn names(office: &TestOffice) -> Vec<(Uuid, String)> {
    let devices = office.store().school_devices().expect("devices");
    devices.into_iter().map(|device| (device.id, device.name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_arrive_with_the_next_exchange_and_follow_the_hub() {
    let mut rig = Rig::product().await;
    rig.school("mabini").await;
    rig.school("rizal").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    rig.office("rizal").await;
    assert_eq!(names(&first), [], "nothing was said yet");
    rig.hub().admin().rename_device(second.id(), "Registrar 2").await.expect("renamed");
    // A hub that was just started remembers nothing: what it says is as the database has it.
    rig.restart().await;
    first.sync().await;
    assert_eq!(names(&first), [(second.id(), "Registrar 2".to_owned()), (first.id(), "Test office".to_owned())]);
    second.sync().await;
    assert_eq!(second.store().enrolled().expect("enrolled").device_name, "Registrar 2", "it is called so itself");
    rig.hub().admin().rename_device(second.id(), "Registrar 3").await.expect("renamed");
    rig.hub().admin().revoke(second.id()).await.expect("revoked");
    rig.restart().await;
    first.sync().await;
    let known = first.store().school_devices().expect("devices");
    let gone = known.iter().find(|device| device.id == second.id()).expect("still there");
    assert_eq!((gone.name.as_str(), gone.revoked), ("Registrar 3", true));
    assert_eq!(known.len(), 2, "none of the other school's");
}
