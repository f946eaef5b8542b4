//! `import`: rosters from files and folders, with a report of every row that was not taken.

use super::Session;
use crate::import::{DateOrder, Duplicates, Format, Options, run};
use crate::{NodeError, Result};
use clap::{Args, ValueEnum};
use pems_model::Code;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// A CSV file, the School Register (SF1) that LIS exported, or a OneRoster bundle (folder or zip).
    source: PathBuf,
    #[arg(long = "as", value_name = "KIND")]
    kind: Kind,
    /// For CSV: the kind of records in the file.
    #[arg(long, default_value = "student")]
    entity: String,
    /// For CSV: which field a column holds; may be repeated.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    mapping: Vec<String>,
    /// Say what would happen, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Import the rest although rows are refused.
    #[arg(long)]
    skip_refused: bool,
    /// Which school of the bundle, by its id there, its identifier or its name.
    #[arg(long)]
    school: Option<String>,
    /// 2026-2027, where the bundle does not say.
    #[arg(long)]
    school_year: Option<String>,
    /// How to read 03/04/2010 where the file does not prove it.
    #[arg(long)]
    date_order: Option<Order>,
    /// Import rows that look like somebody who is there already.
    #[arg(long)]
    with_duplicates: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Csv,
    Sf1,
    Oneroster,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    DayFirst,
    MonthFirst,
}

pub(super) fn import(session: &Session, args: &ImportArgs) -> Result<ExitCode> {
    let split = |text: &String| {
        let (column, field) = text
            .split_once('=')
            .ok_or_else(|| NodeError::new(Code::BadUsage, format!("--map wants COLUMN=FIELD, not '{text}'")))?;
        Ok((column.to_owned(), field.to_owned()))
    };
    let format = match args.kind {
        Kind::Csv => Format::Csv {
            entity: super::entity(&args.entity)?.name.into(),
            mapping: args.mapping.iter().map(split).collect::<Result<_>>()?,
        },
        Kind::Sf1 => return super::sf1::import(session, &args.source, args.dry_run, args.skip_refused),
        Kind::Oneroster => Format::OneRoster,
    };
    let options = Options {
        dry_run: args.dry_run,
        skip_refused: args.skip_refused,
        school: args.school.clone(),
        school_year: args.school_year.clone(),
        date_order: args.date_order.map(|order| match order {
            Order::DayFirst => DateOrder::DayMonthYear,
            Order::MonthFirst => DateOrder::MonthDayYear,
        }),
        duplicates: if args.with_duplicates { Duplicates::Import } else { Duplicates::Skip },
        ..Options::new(format)
    };
    let report = run(&mut session.store()?, &args.source, &options)?;
    session.out.object(&report);
    let failed = !report.refused.is_empty() && !args.skip_refused && !args.dry_run;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
