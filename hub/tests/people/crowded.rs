//! A crowd at one school's door: it is served, up to a point, and no other school waits behind it.

use crate::town::{PASSWORD, Town};
use futures_util::future::join_all;

#[tokio::test]
async fn a_crowd_of_one_school_is_bounded_and_another_school_signs_in_beside_it() {
    let town = Town::new().await;
    let (crowded, quiet) = (town.school_with_admin("rizal").await, town.school_with_admin("luna").await);
    let before = town.world.hub.password_runs();
    let emails: Vec<String> = (0..250).map(|n| format!("nobody{n}@rizal.ph")).collect();
    let crowd = join_all(emails.iter().map(|email| town.try_sign_in("rizal", email, PASSWORD)));
    // From the middle of it.
    let beside = async {
        while town.world.hub.password_runs() == before {
            tokio::task::yield_now().await;
        }
        let reply = town.try_sign_in("luna", &quiet.email, PASSWORD).await;
        (reply, town.world.hub.password_runs() - before)
    };
    let (crowd, (reply, runs)) = tokio::join!(crowd, beside);
    assert!(reply.status.is_success(), "{} {}", reply.status, reply.body);
    let of = |status: u16| crowd.iter().filter(|reply| reply.status == status).count();
    let (tried, sent_away) = (of(401), of(503));
    assert_eq!(tried + sent_away, crowd.len(), "served, or told to come back");
    // A full line of 64 is served unless the machine is so busy with other things that the last of it wait too long (auth::queue, whose own test
    // serves a full line to its end).
    assert!(sent_away > 0 && tried > 0, "{tried} were served and {sent_away} sent away");
    assert!(runs < u64::try_from(tried).expect("few"), "served after {runs} of {tried}: before the crowd was through");
    assert!(town.try_sign_in("rizal", &crowded.email, PASSWORD).await.status.is_success(), "and it is over");
}
