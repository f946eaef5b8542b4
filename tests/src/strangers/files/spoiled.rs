//! Real files with something wrong: bytes changed, parts of a zip changed inside, texts exchanged for worse ones.

use super::{Brought, made, nasty, options};
use crate::sim::Rng;
use pems_node::import::Format;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What a part of a zip may unpack to here; the product has limits of its own.
const MOST_PART: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Samples {
    lists: Vec<Vec<u8>>,
    registers: Vec<(String, Vec<u8>)>,
    rosters: Vec<Vec<(String, Vec<u8>)>>,
}

impl Samples {
    /// The samples of the tests.
    pub(super) fn load() -> anyhow::Result<Samples> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut samples = Samples { lists: Vec::new(), registers: Vec::new(), rosters: Vec::new() };
        let mut files = Vec::new();
        for folder in ["tests/import/samples", "tests/import/samples/cases"] {
            for entry in std::fs::read_dir(here.join(folder))? {
                files.push(entry?.path());
            }
        }
        files.sort();
        for path in files {
            let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
            match ending.as_str() {
                "csv" => samples.lists.push(std::fs::read(&path)?),
                "xls" | "xlsx" => samples.registers.push((ending, std::fs::read(&path)?)),
                "zip" => samples.rosters.push(parts(&std::fs::read(&path)?)),
                _ => {}
            }
        }
        let mut folders: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(here.join("data/oneroster"))? {
            folders.push(entry?.path());
        }
        folders.sort();
        for folder in folders.into_iter().filter(|path| path.is_dir()) {
            let mut files = Vec::new();
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if path.is_file() {
                    files.push((name, std::fs::read(&path)?));
                }
            }
            files.sort();
            samples.rosters.push(files);
        }
        Ok(samples)
    }

    /// The next file, written into `folder`.
    pub(super) fn next(&self, rng: &mut Rng, folder: &Path) -> anyhow::Result<Brought> {
        match rng.below(5) {
            0 => self.list(rng, folder),
            1 | 2 => self.register(rng, folder),
            _ => self.roster(rng, folder),
        }
    }

    fn list(&self, rng: &mut Rng, folder: &Path) -> anyhow::Result<Brought> {
        let (mut bytes, entity) = match rng.pick(&self.lists) {
            Some(sample) if rng.chance(30) => (sample.clone(), "student"),
            _ => {
                let (text, entity) = made::list(rng);
                (text.into_bytes(), entity)
            }
        };
        let how = if rng.chance(60) { spoil(rng, &mut bytes) } else { "as it is" };
        let path = folder.join("list.csv");
        std::fs::write(&path, bytes)?;
        let format = Format::Csv { entity: entity.into(), mapping: Vec::new() };
        Ok(Brought { path, options: Some(options(rng, format)), what: format!("a list of {entity} records, {how}") })
    }

    fn register(&self, rng: &mut Rng, folder: &Path) -> anyhow::Result<Brought> {
        let Some((ending, sample)) = rng.pick(&self.registers) else { anyhow::bail!("there are no registers") };
        let mut bytes = sample.clone();
        let how = if ending == "xlsx" && rng.chance(80) {
            let mut parts = parts(&bytes);
            let how = spoil_one(rng, &mut parts);
            bytes = zip_of(&parts)?;
            how
        } else {
            spoil(rng, &mut bytes).to_owned()
        };
        let path = folder.join(format!("register.{ending}"));
        std::fs::write(&path, bytes)?;
        Ok(Brought { path, options: None, what: format!("an {ending} register, {how}") })
    }

    fn roster(&self, rng: &mut Rng, folder: &Path) -> anyhow::Result<Brought> {
        let mut files = match rng.pick(&self.rosters) {
            Some(sample) if rng.chance(30) => sample.clone(),
            _ => made::roster(rng),
        };
        let mut how = "as it is".to_owned();
        if rng.chance(50) {
            how = spoil_one(rng, &mut files);
        }
        let mut bytes = zip_of(&files)?;
        if rng.chance(10) {
            how = format!("{how}; the zip {}", spoil(rng, &mut bytes));
        }
        let path = folder.join("roster.zip");
        std::fs::write(&path, bytes)?;
        Ok(Brought { path, options: Some(options(rng, Format::OneRoster)), what: format!("a roster, {how}") })
    }
}

fn parts(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(zip)) else { return Vec::new() };
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let Ok(name) = entry.name().map(|name| name.into_owned()) else { continue };
        let mut bytes = Vec::new();
        if entry.take(MOST_PART).read_to_end(&mut bytes).is_ok() {
            parts.push((name, bytes));
        }
    }
    parts
}

fn zip_of(parts: &[(String, Vec<u8>)]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // Two parts of one name are what the writer refuses to make.
        if zip.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            zip.write_all(bytes)?;
        }
    }
    Ok(zip.finish()?.into_inner())
}

/// Spoils one part, leaves one out, or calls one otherwise.
fn spoil_one(rng: &mut Rng, parts: &mut Vec<(String, Vec<u8>)>) -> String {
    if parts.is_empty() {
        return "empty".into();
    }
    let at = rng.below(parts.len());
    let name = parts[at].0.clone();
    match rng.below(12) {
        0 => {
            parts.remove(at);
            format!("{name} left out")
        }
        1 => {
            parts[at].0 = name.to_uppercase();
            format!("{name} in capitals")
        }
        _ => {
            let how = spoil(rng, &mut parts[at].1);
            format!("{name}: {how}")
        }
    }
}

/// Does one to three things to bytes.
fn spoil(rng: &mut Rng, bytes: &mut Vec<u8>) -> &'static str {
    let mut how = "";
    for _ in 0..1 + rng.below(3) {
        how = once(rng, bytes);
    }
    how
}

fn once(rng: &mut Rng, bytes: &mut Vec<u8>) -> &'static str {
    let at = rng.below(bytes.len() + 1);
    match rng.below(8) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.below(8);
            }
            "a bit flipped"
        }
        1 => {
            bytes.truncate(at);
            "cut off"
        }
        2 => {
            let end = (at + rng.below(64)).min(bytes.len());
            bytes.drain(at..end);
            "bytes taken out"
        }
        3 => {
            let end = (at + rng.below(200)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            let times = 1 + rng.below(50);
            let into = rng.below(bytes.len() + 1);
            bytes.splice(into..into, piece.repeat(times));
            "a piece repeated"
        }
        4 => {
            bytes.splice(at..at, nasty::text(rng).into_bytes());
            "a text put in"
        }
        5 => {
            let noise: Vec<u8> = (0..rng.below(16)).map(|_| u8::try_from(rng.below(256)).unwrap_or(0)).collect();
            bytes.splice(at..at, noise);
            "noise put in"
        }
        // Between the marks of CSV and XML: a value.
        _ => {
            let is_mark = |byte: &u8| matches!(byte, b',' | b';' | b'>' | b'<' | b'"' | b'\n');
            let from = bytes[..at].iter().rposition(is_mark).map_or(0, |mark| mark + 1);
            let to = bytes[at..].iter().position(is_mark).map_or(bytes.len(), |mark| at + mark);
            bytes.splice(from..to, nasty::text(rng).into_bytes());
            "a value exchanged"
        }
    }
}
