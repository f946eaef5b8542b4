//! `pems-node`: the app without a window, for support, automation and tests. Every command forwards to the store or the
//! driver; nothing is decided here.

mod config;
mod exchange;
mod export;
mod output;
mod records;
mod report;
mod rescue;
mod review;
mod roster;
mod sf1;
mod support;

use crate::log::Program;
use crate::{NodeError, Office, Result, Store, log};
use clap::{Args, Parser, Subcommand};
use config::Config;
use output::Output;
use pems_model::{Code, Schema};
use std::path::PathBuf;
use std::process::ExitCode;

/// One school office's copy of its records, from the command line.
#[derive(Debug, Parser)]
#[command(name = "pems-node", version)]
struct Cli {
    /// Folder that holds this office [env: PEMS_NODE_DATA].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the keys in this file (readable by its owner only) instead of the keyring [env: PEMS_NODE_KEY_FILE].
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// How much the log says: off, error, warn, info or debug [env: PEMS_NODE_LOG].
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// TOML file with settings [env: PEMS_NODE_CONFIG].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON: one object, or one line for each item of a list.
    #[arg(long, global = true)]
    json: bool,
    /// Print the settings that are in force, and stop.
    #[arg(long)]
    print_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make this machine an office of a school, with a one-time code from the hub.
    Enrol(exchange::Enrol),
    /// Save a record, or JSON lines from standard input.
    Save(records::SaveArgs),
    /// Delete a record (a tombstone stays).
    Delete(records::DeleteArgs),
    /// List records.
    List(records::ListArgs),
    /// Find records by words of their searched fields.
    Search(records::SearchArgs),
    /// Put a copy of the records (a .pems-backup file) into an empty folder.
    Restore(exchange::Restore),
    /// Send and fetch until nothing is left.
    Sync(exchange::SyncArgs),
    /// Whose records these are and how they stand with the hub.
    Status,
    /// Conflicts and refused changes.
    #[command(subcommand)]
    Review(review::ReviewCommand),

    /// Import a roster.
    Import(roster::ImportArgs),
    /// Take back everything that one act (an import, a save) did.
    Undo(records::UndoArgs),
    /// Write all records of a kind to a file.
    Export(export::ExportArgs),
    /// Write a form of a section or learner to a file.
    Report(report::ReportArgs),
    /// Every change of this office, one a line.
    Journal(JournalArgs),
    /// Save what the hub has not taken to a file, to be put back at another office with `save --from`.
    Rescue(rescue::RescueArgs),
    /// Save what support needs to know of this PC to a file: versions, counts, codes and the log, and nothing of a person.
    SupportBundle(support::SupportArgs),
}

impl Command {
    /// As it is typed.
    const fn name(&self) -> &'static str {
        match self {
            Command::Enrol(_) => "enrol",
            Command::Save(_) => "save",
            Command::Delete(_) => "delete",
            Command::List(_) => "list",
            Command::Search(_) => "search",
            Command::Restore(_) => "restore",
            Command::Sync(_) => "sync",
            Command::Status => "status",
            Command::Review(_) => "review",
            Command::Import(_) => "import",
            Command::Undo(_) => "undo",
            Command::Export(_) => "export",
            Command::Report(_) => "report",
            Command::Journal(_) => "journal",
            Command::Rescue(_) => "rescue",
            Command::SupportBundle(_) => "support-bundle",
        }
    }
}

#[derive(Debug, Args)]
struct JournalArgs {
    /// Only changes after this number.
    #[arg(long, default_value_t = 0)]
    since: i64,
}

/// What a command works with.
struct Session {
    config: Config,
    out: Output,
}

impl Session {
    fn office(&self) -> Result<Office> {
        Office::open(&self.config.data()?, self.config.keys())
    }

    fn store(&self) -> Result<Store> {
        self.office()?.store()
    }

    /// For a command that only reads.
    fn reader(&self) -> Result<Store> {
        self.office()?.reader()
    }
}

/// Runs the command line: 0, 2 on bad usage, 1 on a refused or failed job.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let out = Output { json: cli.json };
    match dispatch(cli, out) {
        Ok(code) => code,
        Err(error) => {
            out.error(&error);
            if error.code == Code::BadUsage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// What clap has to say: help and version as they are, errors as JSON where JSON was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let json = error.use_stderr() && std::env::args_os().any(|arg| arg == "--json");
    if json {
        Output { json }.error(&NodeError::new(Code::BadUsage, error.to_string().trim_end()));
    } else {
        // A closed pipe is no reason to fail.
        let _ = error.print();
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

fn dispatch(cli: Cli, out: Output) -> Result<ExitCode> {
    let config = Config::read(cli.config, cli.data, cli.key_file, cli.log)?;
    if cli.print_config {
        out.object(&config.shown()?);
        return Ok(ExitCode::SUCCESS);
    }
    let Some(command) = cli.command else {
        return Err(NodeError::new(Code::BadUsage, "say what to do; --help lists the commands"));
    };
    // No folder is made for it: a typing mistake in --data leaves none behind.
    let folder = config.data().ok().filter(|dir| dir.is_dir());
    let level = config.log()?;
    let writing = folder.and_then(|dir| log::start(&dir, Program::Command, level));
    let session = Session { config, out };
    let (name, done) = (command.name(), carry_out(&command, &session));
    if let Err(error) = &done {
        log::note(name, error.code);
    }
    drop(writing);
    done
}

fn carry_out(command: &Command, session: &Session) -> Result<ExitCode> {
    match command {
        Command::Enrol(args) => exchange::enrol(session, args)?,
        Command::Restore(args) => exchange::restore(session, args)?,
        Command::Save(args) => return records::save(session, args),
        Command::Delete(args) => records::delete(session, args)?,
        Command::List(args) => records::list(session, args)?,
        Command::Search(args) => records::search(session, args)?,
        Command::Sync(args) => exchange::sync(session, args)?,
        Command::Status => support::status(session)?,
        Command::Review(command) => review::run(session, command)?,
        Command::Import(args) => return roster::import(session, args),
        Command::Undo(args) => records::undo(session, args)?,
        Command::Export(args) => export::export(session, args)?,
        Command::Report(args) => report::report(session, args)?,
        Command::Rescue(args) => rescue::rescue(session, args)?,
        Command::Journal(args) => session.out.lines(&session.reader()?.journal(args.since)?),
        Command::SupportBundle(args) => support::bundle(session, args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The entity of a command line, or the list of those there are.
fn entity(name: &str) -> Result<&'static pems_model::Entity> {
    Schema::product().entity(name).ok_or_else(|| {
        let names: Vec<_> = Schema::product().entities().iter().map(|entity| entity.name).collect();
        NodeError::new(
            Code::UnknownEntity,
            format!("there are no records of the kind '{name}'; known kinds: {}", names.join(", ")),
        )
    })
}

/// `--where FIELD=VALUE`, taken apart.
fn filters(given: &[String]) -> Result<Vec<(String, String)>> {
    let split = |text: &String| {
        let (field, value) = text
            .split_once('=')
            .ok_or_else(|| NodeError::new(Code::BadUsage, format!("--where wants FIELD=VALUE, not '{text}'")))?;
        Ok((field.trim().to_owned(), value.to_owned()))
    };
    given.iter().map(split).collect()
}
