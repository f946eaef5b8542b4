//! What a greedy school does, each thing as much as one can at once.

use super::town::Town;
use pems_model::wire::{Cursors, SyncRequest};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Of everything that is done at once.
const AT_ONCE: usize = 80;
/// Between a refusal and the next try: a flood of refusals would measure this program, not the hub.
const REFUSED: Duration = Duration::from_millis(50);
/// For the greedy ones to be at it before the quiet school is looked at: their requests are on the line then.
const UNDER_WAY: Duration = Duration::from_millis(400);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Pulls whose answers nobody reads.
    Unread,
    /// Pulls of everything, read and asked for again.
    Pulls,
    /// Syncs with names of 900 kB.
    Names,
    /// Pushes, one behind the other, from every PC.
    Pushes,
    /// Heads, and bodies, that do not come.
    Heads,
    Bodies,
    /// Wrong sign-ins.
    SignIns,
    /// Reads of the API.
    Reads,
    /// A user's name, changed again and again, while PCs of the quiet school wait for news.
    Renames,
}

/// An act under way.
pub(super) struct Greedy(JoinSet<()>);

impl Greedy {
    pub(super) async fn end(mut self) {
        self.0.shutdown().await;
    }
}

impl Act {
    pub(super) const ALL: &[Act] = &[
        Act::Unread,
        Act::Pulls,
        Act::Names,
        Act::Pushes,
        Act::Heads,
        Act::Bodies,
        Act::SignIns,
        Act::Reads,
        Act::Renames,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Act::Unread => "unread",
            Act::Pulls => "pulls",
            Act::Names => "names",
            Act::Pushes => "pushes",
            Act::Heads => "heads",
            Act::Bodies => "bodies",
            Act::SignIns => "sign-ins",
            Act::Reads => "reads",
            Act::Renames => "renames",
        }
    }

    /// Begins it; `chance` makes what is made up differ from round to round.
    pub(super) async fn begin(self, town: &Town, chance: u64) -> anyhow::Result<Greedy> {
        let mut tasks = JoinSet::new();
        for n in 0..AT_ONCE {
            match self {
                Act::Unread => tasks.spawn(unread(town, n)),
                Act::Pulls if n < 16 => tasks.spawn(again(pull(town, n))),
                Act::Names => tasks.spawn(names(town, n, chance)),
                Act::Pushes if n < 16 => tasks.spawn(pushes(town, n, chance)),
                Act::Heads => tasks.spawn(stuck(town, "POST /v1/sync HTTP/1.1\r\nhost: x\r\nx-".to_owned())),
                Act::Bodies => {
                    let token = town.token(&town.greedy.devices[n % super::town::PCS]);
                    let head = format!(
                        "POST /v1/sync HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 90000\r\n\r\n{{"
                    );
                    tasks.spawn(stuck(town, head))
                }
                Act::SignIns if n < 16 => tasks.spawn(again(sign_in(town, n, chance))),
                Act::Reads if n < 32 => tasks.spawn(again(read(town, n))),
                Act::Renames if n < 2 => tasks.spawn(again(rename(town, n))),
                _ => continue,
            };
        }
        // Requests leave no trace here when they reach the hub; being a little early only makes the act a little smaller.
        tokio::time::sleep(UNDER_WAY).await;
        Ok(Greedy(tasks))
    }

    /// What the quiet school's other PCs do meanwhile, beside the act and without it: where news is the matter, they wait for it.
    pub(super) fn company(self, town: &Town) -> Greedy {
        let mut tasks = JoinSet::new();
        if self == Act::Renames {
            for n in 2..super::town::PCS {
                tasks.spawn(again(wait(town, n)));
            }
        }
        Greedy(tasks)
    }
}

/// Sends a request for ever; told to come later, it comes a little later.
async fn again(request: reqwest::RequestBuilder) {
    while let Some(once) = request.try_clone() {
        let served = match once.send().await {
            Ok(answer) => answer.status().is_success() && answer.bytes().await.is_ok(),
            Err(_) => false,
        };
        if !served {
            // Not a wait for anything: the pace at which a refused client asks again.
            tokio::time::sleep(REFUSED).await;
        }
    }
}

fn pull(town: &Town, n: usize) -> reqwest::RequestBuilder {
    let request = SyncRequest { cursors: Cursors::Level(0), ..town.greedy.request(n) };
    town.sync(&request.replica.id, &request)
}

/// Waits for news at a PC of the quiet school, which must not be woken.
fn wait(town: &Town, n: usize) -> reqwest::RequestBuilder {
    let request = SyncRequest { wait_ms: 20_000, ..town.quiet.request(n) };
    town.sync(&request.replica.id, &request)
}

fn unread(town: &Town, n: usize) -> impl Future<Output = ()> + Send + use<> {
    let request = pull(town, n);
    async move {
        let answer = request.send().await;
        // Held, and never read, until the act ends.
        std::future::pending::<()>().await;
        drop(answer);
    }
}

fn names(town: &Town, n: usize, chance: u64) -> impl Future<Output = ()> + Send + use<> {
    let shapes = [("student".to_owned(), vec!["last_name".to_owned()])].into();
    let name = format!("{chance:x}-{n}-{}", "x".repeat(900_000));
    let request = SyncRequest { schema: name, shapes: Some(shapes), ..town.greedy.request(n) };
    let request = town.sync(&request.replica.id, &request);
    async move {
        if let Ok(answer) = request.send().await {
            drop(answer.bytes().await);
        }
    }
}

fn pushes(town: &Town, n: usize, chance: u64) -> impl Future<Output = ()> + Send + use<> {
    // An incarnation of its own each time: its numbers begin at 1.
    let mut request = town.greedy.request(n);
    request.replica.incarnation = u32::try_from(chance & 0x7fff_ffff).unwrap_or(1);
    let school = town.greedy.id;
    let changes = (1..=300).map(|op_no| {
        let id = Uuid::new_v5(&school, format!("{chance}-{n}-{op_no}").as_bytes());
        crate::raw::change(op_no, "student", id, 0, json!({ "last_name": "Greedy", "first_name": format!("{n}") }))
    });
    request.changes = changes.collect();
    again(town.sync(&request.replica.id, &request))
}

fn sign_in(town: &Town, n: usize, chance: u64) -> reqwest::RequestBuilder {
    let said = json!({
        "school": town.greedy.slug, "email": format!("{chance:x}-{n}@{}.ph", town.greedy.slug), "password": "a wrong one"
    });
    town.http.post(town.url("/api/v1/auth/sign-in")).json(&said)
}

fn read(town: &Town, n: usize) -> reqwest::RequestBuilder {
    let sort = if n.is_multiple_of(2) { "name" } else { "rev" };
    let url = town.url(&format!("/api/v1/students?limit=200&sort={sort}&deleted={}", n % 4 > 1));
    town.http.get(url).bearer_auth(&town.greedy.user)
}

fn rename(town: &Town, n: usize) -> reqwest::RequestBuilder {
    let url = town.url(&format!("/api/v1/users/{}", town.greedy.account));
    town.http.patch(url).bearer_auth(&town.greedy.user).json(&json!({ "name": format!("Head {n}") }))
}

fn stuck(town: &Town, begun: String) -> impl Future<Output = ()> + Send + use<> {
    let address = town.address();
    async move {
        if let Ok(mut tcp) = TcpStream::connect(address).await {
            let sent = tcp.write_all(begun.as_bytes()).await;
            std::future::pending::<()>().await;
            drop((sent, tcp));
        }
    }
}
