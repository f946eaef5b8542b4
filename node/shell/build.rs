//! Tells Tauri that the app's configuration is at the root of the repository, where people look for it, and that the window
//! has three commands.

fn main() {
    let attributes = tauri_build::Attributes::new()
        .config_path("../../tauri.conf.json")
        .app_manifest(tauri_build::AppManifest::new().commands(&["call", "choose_file", "choose_place"]))
        .codegen(tauri_build::CodegenContext::new());
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri.conf.json or node/shell/capabilities cannot be used: {error:#}");
    }
}
