//! Pushing 10,000 new rows that were saved offline.

use super::minimum;
use super::parties::{Hub, sync_apart};
use super::report::{Report, median};
use super::school::School;
use anyhow::{Result, ensure};
use pems_node::store::{ListQuery, Save};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

const ROWS: i32 = 10_000;

pub async fn measure(hub: &Hub, school: &School, dir: &Path, rounds: usize, report: &mut Report) -> Result<()> {
    let (mut ours, mut least) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let home = dir.join(format!("push-{round}"));
        let office = hub.office(&school.slug, &home).await?;
        sync_apart(&home)?;
        let mut store = office.store()?;
        let student = store.list("student", &ListQuery { limit: Some(100), ..ListQuery::default() })?;
        let saves: Vec<Save> = (0..ROWS)
            .map(|n| {
                let who = &student[usize::try_from(n % 100).unwrap_or(0)];
                let day = pems_model::value::format_date(25_000 + 200 * i32::try_from(round).unwrap_or(0) + n / 100);
                let fields = json!({ "student": who.id.to_string(), "day": day, "session": "pm", "code": "A" });
                Save { entity: "bench_mark".into(), id: None, fields: fields.as_object().cloned().unwrap_or_default() }
            })
            .collect();
        store.save_all(&saves)?;
        drop(store);
        let outcome = sync_apart(&home)?;
        ensure!(outcome["sent"] == ROWS, "not all rows went: {outcome}");
        ours.push(Duration::from_secs_f64(outcome["seconds"].as_f64().unwrap_or(0.0)));
        least.push(minimum::push(hub, school, &dir.join(format!("least-push-{round}.db")), ROWS).await?);
    }
    report.ratio("push of 10,000 rows, durable, answers stored, level again", median(ours), median(least));
    Ok(())
}
