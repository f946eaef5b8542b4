//! The office app: one window over one office's records. Everything it knows it asks of [`pems_node`]; here is only what a
//! window needs: where the records are, the one command, and the sync that runs beside it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod call;
mod context;
mod files;
mod log;
mod paint;
mod update;
mod window;

use clap::Parser;
use pems_node::app::lifecycle::Place;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{Manager, RunEvent};

/// PEMS: the school's records on this PC.
#[derive(Debug, Parser)]
#[command(name = "pems", version)]
struct Args {
    /// Folder of the records; the app's own folder of this user where it is not given.
    #[arg(long, env = "PEMS_NODE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// File that holds the keys, where the machine has no keyring.
    #[arg(long, env = "PEMS_NODE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// How much the log says: off, error, warn, info or debug.
    #[arg(long, env = "PEMS_NODE_LOG", value_name = "LEVEL")]
    log: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut builder = tauri::Builder::default().plugin(tauri_plugin_dialog::init());
    if args.data.is_none() {
        // One window over this user's records: whoever starts the app again is shown the one that is open.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    }
    if !window::is_automated() {
        builder = builder.plugin(window::state());
    }
    // Ends with the window: Tauri leaves the process without coming back here.
    let writing = Arc::new(Mutex::new(None));
    let begun = Arc::clone(&writing);
    let app = builder
        .invoke_handler(tauri::generate_handler![call::call, files::choose_file, files::choose_place])
        .setup(move |app| {
            let data_dir = match args.data {
                Some(dir) => dir,
                None => app.path().app_data_dir()?.join("office"),
            };
            *begun.lock().unwrap_or_else(PoisonError::into_inner) = log::begin(&data_dir, args.log.as_deref());
            let page = app.handle().clone();
            app.manage(call::Desk::open(Place { data_dir, key_file: args.key_file }, move || window::tell(&page)));
            window::open(app)?;
            if let Some(updater) = update::plugin(app.handle()) {
                app.handle().plugin(updater)?;
                update::fetch(app.handle());
            }
            Ok(())
        })
        .build(context::context())?;
    app.run(move |app, event| {
        if let RunEvent::Exit = event {
            update::install(app);
            drop(writing.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    });
    Ok(())
}
