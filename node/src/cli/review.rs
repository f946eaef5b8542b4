//! `review list` and `review keep`.

use super::Session;
use crate::Result;
use crate::store::Choice;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub(super) enum ReviewCommand {
    /// Conflicts and refused changes that wait for somebody.
    List,
    /// Settle one of them.
    Keep(Keep),
}

#[derive(Debug, Args)]
pub(super) struct Keep {
    id: Uuid,
    /// `mine`: what was typed at this device (for a refused change: send it again). `theirs`: the other.
    #[arg(long)]
    value: Side,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Side {
    Mine,
    Theirs,
}

pub(super) fn run(session: &Session, command: &ReviewCommand) -> Result<()> {
    match command {
        ReviewCommand::List => {
            let store = session.reader()?;
            let mut reviews = store.reviews()?;
            reviews.iter_mut().try_for_each(|entry| store.stand(entry))?;
            session.out.lines(&reviews);
        }
        ReviewCommand::Keep(keep) => {
            let (choice, name) = match keep.value {
                Side::Mine => (Choice::Mine, "mine"),
                Side::Theirs => (Choice::Theirs, "theirs"),
            };
            session.store()?.resolve(keep.id, choice)?;
            session.out.object(&json!({ "id": keep.id, "kept": name }));
        }
    }
    Ok(())
}
