//! `import --as sf1`: the register of LIS beside the records. Adds who is missing and moves whom the LRN proves; what differs is
//! listed and never overwritten from here.

use super::Session;
use crate::Result;
use crate::import::lis::{
    Applied, LineChoice, LineState, ReconciledLine, Reconciliation, Warning, apply_file, read, reconcile, rehearse,
};
use pems_model::Code;
use serde::Serialize;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use uuid::Uuid;

/// Outcome of the import, with the names that the other formats have for it.
#[derive(Serialize)]
struct Outcome {
    rows_read: usize,
    /// Learners who are added or enrolled.
    new: usize,
    /// Learners who are moved.
    changed: usize,
    unchanged: usize,
    /// Lines that wait for a person: they differ, or it is not certain whom they mean.
    left_out: usize,
    duplicates: Vec<ReconciledLine>,
    refused: Vec<Refused>,
    warnings: Vec<String>,
    dry_run: bool,
    written: bool,
    batch: Option<Uuid>,
    reconciliation: Reconciliation,
}

#[derive(Serialize)]
struct Refused {
    file: String,
    row: u32,
    column: String,
    code: Code,
    message: String,
}

pub(super) fn import(session: &Session, source: &Path, dry_run: bool, skip_refused: bool) -> Result<ExitCode> {
    let mut store = session.store()?;
    let register = read(source)?;
    let mut reconciliation = reconcile(&store, &register)?;
    let choices = reconciliation.safe_choices();
    let failed = !reconciliation.refused.is_empty() && !skip_refused && !dry_run;
    if dry_run && let Err(error) = rehearse(&mut store, &register, &choices) {
        let message = format!("as it is, the import would be refused: {}", error.message);
        reconciliation.warnings.push(Warning::whole(message, None));
    }
    let applied = if dry_run || failed {
        Applied::default()
    } else {
        apply_file(&mut store, source, &reconciliation.hash, &choices)?
    };
    let outcome = outcome(reconciliation, &choices, applied, dry_run);
    if session.out.json {
        session.out.object(&outcome);
    } else {
        print(session, &outcome);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn outcome(reconciliation: Reconciliation, choices: &[LineChoice], applied: Applied, dry_run: bool) -> Outcome {
    let new = choices.iter().filter(|choice| choice.add).count();
    let changed = choices.iter().filter(|choice| choice.move_section).count();
    let unchanged = reconciliation.lines.iter().filter(|line| line.state == LineState::Same).count();
    let refused = reconciliation.refused.iter().map(|row| Refused {
        file: reconciliation.file.clone(),
        row: row.line,
        column: row.cell.clone(),
        code: row.code,
        message: row.message.clone(),
    });
    let warnings = reconciliation.warnings.iter().map(|warning| match &warning.cell {
        Some(cell) => format!("{cell}: {}", warning.message),
        None => warning.message.clone(),
    });
    let uncertain = |line: &&ReconciledLine| !line.candidates.is_empty();
    Outcome {
        rows_read: reconciliation.lines.len() + reconciliation.refused.len(),
        new,
        changed,
        unchanged,
        left_out: reconciliation.lines.len().saturating_sub(new + changed + unchanged),
        duplicates: reconciliation.lines.iter().filter(uncertain).cloned().collect(),
        refused: refused.collect(),
        warnings: warnings.collect(),
        dry_run,
        written: applied.act.is_some(),
        batch: applied.act,
        reconciliation,
    }
}

/// For people: what is to be looked at, a line each, then the numbers.
fn print(session: &Session, outcome: &Outcome) {
    let reconciliation = &outcome.reconciliation;
    for line in reconciliation.lines.iter().filter(|line| !line.fields.is_empty() || !line.candidates.is_empty()) {
        let ours = |text: &Option<String>| text.as_deref().unwrap_or("nothing").to_owned();
        let fields = line
            .fields
            .iter()
            .map(|field| format!("{}: {} here, {} in LIS", field.label, ours(&field.ours), field.theirs));
        let candidates = line.candidates.iter().map(|one| format!("may be {} {}", one.name, one.student));
        let what: Vec<String> = fields.chain(candidates).collect();
        session.out.lines(&[json!({ "line": line.line, "name": line.name, "look": what.join("; ") })]);
    }
    for extra in &reconciliation.extra {
        session.out.lines(&[json!({ "not_in_lis": extra.name, "student": extra.student })]);
    }
    session.out.lines(&outcome.refused);
    for warning in &outcome.warnings {
        session.out.lines(&[json!({ "warning": warning })]);
    }
    session.out.object(&json!({
        "section": format!("{} {} {}", reconciliation.school_year, reconciliation.grade_level, reconciliation.section),
        "rows_read": outcome.rows_read,
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "left_out": outcome.left_out,
        "refused": outcome.refused.len(),
        "dry_run": outcome.dry_run,
        "written": outcome.written,
        "batch": outcome.batch,
    }));
}
