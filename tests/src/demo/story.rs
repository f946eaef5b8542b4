//! The headless story: two offices of one school work offline, meet at the hub, and a third office of another school learns
//! nothing. Every line that claims something checks it.

use super::division::{Desk, Division};
use anyhow::{Context, Result, ensure};
use pems_model::{Role, Row};
use pems_node::store::{Choice, ListQuery, Save};
use serde_json::{Value as Json, json};

const LEARNERS: usize = 400;

/// Tells the story.
///
/// # Errors
/// If anything in it does not come true.
pub async fn tell() -> Result<()> {
    let division = Division::start().await?;
    println!("hub        {} (PostgreSQL is private to it, row-level security on)", division.hub.url());
    division.school("Nagrebcan National High School", "nagrebcan", "300021").await?;
    division.school("San Isidro National High School", "san-isidro", "300022").await?;
    let mut registrar = division.desk("nagrebcan", "Registrar PC").await?;
    let mut adviser = division.desk("nagrebcan", "Adviser laptop").await?;
    let other = division.desk("san-isidro", "Office PC").await?;
    println!("enrolled   two offices of Nagrebcan NHS, one of San Isidro NHS, each with an encrypted file of its own");

    let bundle = division.bundle(7, LEARNERS)?;
    let report = registrar.import(&bundle)?;
    ensure!(report.refused.is_empty() && report.written, "the roster was not imported: {report:?}");
    println!("imported   a OneRoster bundle, offline: {} rows read, {} records new", report.rows_read, report.new);
    let sent = registrar.sync().await?;
    let got = adviser.sync().await?;
    println!("synced     the registrar sent {}, the adviser received {}", sent.sent, got.received);

    work_offline(&mut registrar, &mut adviser)?;
    meet(&registrar, &adviser).await?;
    settle(&registrar, &mut adviser).await?;
    prove(&division, &registrar, &adviser, &other).await?;
    ask(&division, &registrar).await?;
    division.hub.stop().await;
    println!("done");
    Ok(())
}

fn learners(desk: &Desk) -> Result<Vec<Row>> {
    Ok(desk.store.list("student", &ListQuery { limit: Some(10_000), ..ListQuery::default() })?)
}

fn edit(desk: &mut Desk, id: uuid::Uuid, fields: Json) -> Result<()> {
    let fields = fields.as_object().cloned().context("fields")?;
    desk.store.save(&Save { entity: "student".into(), id: Some(id), fields })?;
    Ok(())
}

/// Both offices lose the network and go on: the same learner in different fields, one field of one learner, a new learner, a
/// deletion.
fn work_offline(registrar: &mut Desk, adviser: &mut Desk) -> Result<()> {
    let all = learners(registrar)?;
    ensure!(all.len() >= LEARNERS - 20, "the roster has {} learners", all.len());
    edit(registrar, all[0].id, json!({ "religion": "Iglesia ni Cristo" }))?;
    edit(adviser, all[0].id, json!({ "mother_tongue": "Ilocano" }))?;
    edit(registrar, all[1].id, json!({ "first_name": "Ma. Corazon" }))?;
    edit(adviser, all[1].id, json!({ "first_name": "Maria Corazón" }))?;
    let fields = json!({ "last_name": "Peñaflor", "first_name": "Juan", "sex": "M", "birth_date": "2013-02-14" });
    let fields = fields.as_object().cloned().context("fields")?;
    adviser.store.save(&Save { entity: "student".into(), id: None, fields })?;
    let extra = json!({ "last_name": "Typed", "first_name": "Twice" }).as_object().cloned().context("fields")?;
    let twice = registrar.store.save(&Save { entity: "student".into(), id: None, fields: extra })?;
    registrar.store.delete("student", twice.row.id)?;
    let found = adviser.store.search("student", "penaflor", 5)?;
    ensure!(found.len() == 1, "the new learner is not found");
    println!("offline    both offices edit: one learner in two fields, one field twice, a new learner, a deletion");
    Ok(())
}

async fn meet(registrar: &Desk, adviser: &Desk) -> Result<()> {
    let first = registrar.sync().await?;
    let second = adviser.sync().await?;
    registrar.sync().await?;
    ensure!(
        first.conflicts == 0 && second.merged == 1 && second.conflicts == 1,
        "unexpected merge: {first:?} {second:?}"
    );
    println!(
        "synced     1 edit merged beside the other office's, 1 conflict: the later edit stands, the other is kept"
    );
    Ok(())
}

async fn settle(registrar: &Desk, adviser: &mut Desk) -> Result<()> {
    let open = adviser.store.reviews()?;
    let [item] = open.as_slice() else { anyhow::bail!("one review item expected: {open:?}") };
    println!(
        "review     {} of a learner: {} stands, {} waits in the inbox",
        item.field.as_deref().unwrap_or("?"),
        item.mine,
        item.theirs
    );
    adviser.store.resolve(item.id, Choice::Theirs)?;
    adviser.sync().await?;
    registrar.sync().await?;
    let row =
        registrar.store.get("student", item.row_id.context("no learner is named")?)?.context("the learner is gone")?;
    let entity = registrar.store.schema().entity("student").context("student")?;
    ensure!(row.get(entity, "first_name").to_json() == item.theirs, "the other value did not come back");
    println!("review     one click brings {} back, in every office", item.theirs);
    Ok(())
}

/// The administrators of both schools sign in and ask the hub for learners.
async fn ask(division: &Division, registrar: &Desk) -> Result<()> {
    let (mine, strange) =
        (learners_over_api(division, "nagrebcan").await?, learners_over_api(division, "san-isidro").await?);
    let known: Vec<String> = learners(registrar)?.iter().map(|row| row.id.to_string()).collect();
    ensure!(mine.len() == 200 && mine.iter().all(|id| known.contains(id)), "not the school's learners: {}", mine.len());
    ensure!(strange.is_empty(), "the other school's administrator sees {} learners", strange.len());
    println!(
        "API        the administrator of Nagrebcan NHS signs in and reads learners; the one of San Isidro reads none"
    );
    Ok(())
}

/// The ids on the first page of learners that a school's administrator gets.
async fn learners_over_api(division: &Division, slug: &str) -> Result<Vec<String>> {
    let email = format!("head@{slug}.example");
    let made = division.hub.admin().add_user(slug, &email, Some("School head"), Role::SchoolAdmin).await?;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}/api/v1{path}", division.hub.url());
    let sign_in = json!({ "school": slug, "email": email, "password": made.one_time_password });
    let signed: Json = client.post(url("/auth/sign-in")).json(&sign_in).send().await?.json().await?;
    let token = signed["data"]["access_token"].as_str().context("no access token")?;
    let change = json!({ "current": made.one_time_password, "new": "three offices in Bacarra" });
    client.post(url("/auth/password")).bearer_auth(token).json(&change).send().await?.error_for_status()?;
    let page: Json = client.get(url("/students?limit=200")).bearer_auth(token).send().await?.json().await?;
    let items = page["data"]["items"].as_array().context("no page of learners")?;
    Ok(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect())
}

async fn prove(division: &Division, registrar: &Desk, adviser: &Desk, other: &Desk) -> Result<()> {
    other.sync().await?;
    let hub = division.hub.admin().school("nagrebcan").await?;
    let (mine, theirs, stranger) = (registrar.store.status()?, adviser.store.status()?, other.store.status()?);
    println!("\nproof      revision  digest            learners");
    for (who, rev, digest, count) in [
        ("hub", hub.rev, &hub.digest, None),
        ("registrar", mine.rev, &mine.digest, Some(registrar.store.count("student")?)),
        ("adviser", theirs.rev, &theirs.digest, Some(adviser.store.count("student")?)),
        ("San Isidro", stranger.rev, &stranger.digest, Some(other.store.count("student")?)),
    ] {
        println!("{who:<10} {rev:>8}  {digest}  {}", count.map_or_else(String::new, |count| count.to_string()));
    }
    ensure!(hub.digest == mine.digest && hub.digest == theirs.digest, "the copies differ");
    ensure!(hub.rev == mine.rev && mine.rev == theirs.rev && mine.pending + theirs.pending == 0, "not level");
    let mut strange = 0;
    for entity in other.store.schema().entities() {
        strange += other.store.list(entity.name, &ListQuery { deleted: true, ..ListQuery::default() })?.len();
    }
    ensure!(strange == 0, "the office of another school holds {strange} rows");
    println!("\nBoth offices and the hub hold the same rows; the office of the other school holds none of them.");
    Ok(())
}
