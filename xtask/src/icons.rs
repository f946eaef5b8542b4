//! The app's icons, from the one drawing: PNG for Linux, `.ico` for Windows, `.icns` for macOS. The files are in the repository;
//! this is for when the drawing changes. Needs `rsvg-convert` (librsvg2-bin) and `convert` (ImageMagick).

use crate::root;
use crate::steps::{must, step};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Windows: the sizes of lists, task bar and desktop. All but the largest are bitmaps inside, which every tool reads.
const ICO: &[u32] = &[16, 24, 32, 48, 64, 256];
/// macOS: type code of each size. Source: Apple Icon Image format, the codes that hold a PNG.
const ICNS: &[(&[u8; 4], u32)] =
    &[(b"icp4", 16), (b"icp5", 32), (b"ic12", 64), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512), (b"ic10", 1024)];

/// # Errors
/// What is not installed, or what the disk said.
pub(crate) fn run() -> Result<()> {
    let icons = root().join("node/shell/icons");
    let scratch = root().join("target/icons");
    fs::create_dir_all(&scratch)?;
    let png = |size: u32| -> Result<PathBuf> {
        let to = scratch.join(format!("{size}.png"));
        let side = size.to_string();
        let mut draw = Command::new("rsvg-convert");
        must(draw.args(["-w", &side, "-h", &side]).arg("-o").arg(&to).arg(icons.join("icon.svg")))?;
        Ok(to)
    };
    step("png", || {
        for (name, size) in
            [("32x32.png", 32), ("64x64.png", 64), ("128x128.png", 128), ("icon.png", 256), ("512x512.png", 512)]
        {
            fs::copy(png(size)?, icons.join(name)).with_context(|| name.to_owned())?;
        }
        Ok(())
    })?;
    step("ico", || {
        let sizes = ICO.iter().map(|size| png(*size)).collect::<Result<Vec<_>>>()?;
        must(Command::new("convert").args(sizes).arg(icons.join("icon.ico")))
    })?;
    step("icns", || {
        let mut body = Vec::new();
        for (code, size) in ICNS {
            let picture = fs::read(png(*size)?)?;
            body.extend_from_slice(*code);
            body.extend_from_slice(&u32::try_from(picture.len() + 8)?.to_be_bytes());
            body.extend_from_slice(&picture);
        }
        let mut file = b"icns".to_vec();
        file.extend_from_slice(&u32::try_from(body.len() + 8)?.to_be_bytes());
        file.extend_from_slice(&body);
        Ok(fs::write(icons.join("icon.icns"), file)?)
    })
}
