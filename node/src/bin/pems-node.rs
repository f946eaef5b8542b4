//! The app without a window.

fn main() -> std::process::ExitCode {
    pems_node::cli::run()
}
