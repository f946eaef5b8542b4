//! x
fn main() -> anyhow::Result<()> {
    tauri::Builder::default().run(tauri::tauri_build_context!())?;
    Ok(())
}
