//! Writes the window's types again after a change of `node/src/app`: `cargo run -p pems-node --example
//! typescript`. `cargo xtask gen` does the same and more.

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/generated");
    std::fs::write(folder.join("access.ts"), pems_model::access::typescript())?;
    for (area, text) in pems_node::app::typescript() {
        std::fs::write(folder.join(format!("{area}.ts")), text)?;
    }
    Ok(())
}
