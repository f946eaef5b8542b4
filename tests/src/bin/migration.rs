//! `cargo xtask gen migration ENTITY`: prints the table that the declaration of an entity asks for, to be reviewed and saved
//! as a migration.

use pems_model::{Schema, ddl};
use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    if let Some(entity) = Schema::product().entity(&name) {
        print!("{}", ddl::postgres::table(entity));
        return ExitCode::SUCCESS;
    }
    let known: Vec<_> = Schema::product().entities().iter().map(|entity| entity.name).collect();
    eprintln!("there is no entity '{name}'; declared are: {}", known.join(", "));
    ExitCode::from(2)
}
