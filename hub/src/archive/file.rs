//! Reading and writing the file itself.

use super::{Line, Passphrase};
use crate::refusal::Refusal;
use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use pems_db::sys;
use pems_model::Code;
use pems_model::password::normal;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Longest line accepted: far above what [`super::CHUNK`] makes, far below what would fill the memory.
const LINE_MAX: u64 = 8 << 20;
const LEVEL: i32 = 3;

/// A file that is being written, beside its final name.
pub(super) struct Writer {
    out: zstd::Encoder<'static, StreamWriter<BufWriter<File>>>,
    draft: Draft,
    path: PathBuf,
}

/// The file under its preliminary name, which goes away unless it got its final one.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing here any more.
        let _ = fs::remove_file(&self.0);
    }
}

impl Writer {
    pub(super) fn create(path: &Path, passphrase: &Passphrase) -> Result<Writer, Refusal> {
        if path.exists() {
            let message = format!("{} is there already; choose another name", path.display());
            return Err(Refusal::new(Code::Conflict, message));
        }
        let tag = hex::encode(sys::random::<4>()?);
        let draft = Draft(path.with_extension(format!("{tag}.part")));
        let file = File::options().write(true).create_new(true).mode(0o600).open(&draft.0).map_err(at(&draft.0))?;
        let age = age::Encryptor::with_user_passphrase(SecretString::from(normal(&passphrase.0)));
        let out = age
            .wrap_output(BufWriter::new(file))
            .and_then(|age| zstd::Encoder::new(age, LEVEL))
            .map_err(at(&draft.0))?;
        Ok(Writer { out, draft, path: path.to_owned() })
    }

    pub(super) fn line(&mut self, line: &Line) -> Result<(), Refusal> {
        let text = serde_json::to_vec(line).map_err(|error| Refusal::internal("archive", &error))?;
        if text.len() as u64 >= LINE_MAX {
            // Better no file than one that cannot be read again.
            let message =
                format!("a record or an entry of this school has more than {LINE_MAX} bytes; nothing was exported");
            return Err(Refusal::new(Code::TooLarge, message));
        }
        self.out.write_all(&text).and_then(|()| self.out.write_all(b"\n")).map_err(at(&self.draft.0))
    }

    /// Gives the file its name, once all of it is on disk.
    pub(super) fn finish(self) -> Result<u64, Refusal> {
        let Writer { out, draft, path } = self;
        let done = || -> io::Result<u64> {
            let file = out.finish()?.finish()?.into_inner().map_err(|error| error.into_error())?;
            file.sync_all()?;
            let length = file.metadata()?.len();
            fs::rename(&draft.0, &path)?;
            Ok(length)
        };
        done().map_err(at(&path))
    }
}

/// A file that is being read.
pub(super) struct Reader {
    lines: BufReader<zstd::Decoder<'static, BufReader<StreamReader<BufReader<File>>>>>,
    path: PathBuf,
}

impl Reader {
    pub(super) fn open(path: &Path, passphrase: &Passphrase) -> Result<Reader, Refusal> {
        let normal = normal(&passphrase.0);
        let plain = match decrypted(path, &normal) {
            // Exports of before 2026-12 are sealed with the passphrase as it was typed.
            Err(refusal) if refusal.0.code == Code::BadUsage && normal != passphrase.0 => {
                decrypted(path, &passphrase.0)
            }
            opened => opened,
        }?;
        let lines = zstd::Decoder::new(plain).map_err(|_| not_ours(path))?;
        Ok(Reader { lines: BufReader::new(lines), path: path.to_owned() })
    }

    /// The next line.
    ///
    /// # Errors
    /// The end of the file included: a whole one ends with [`Line::End`].
    pub(super) fn line(&mut self) -> Result<Line, Refusal> {
        let damaged = |why: &str| {
            Refusal::new(Code::BadFile, format!("{} is damaged: {why}; nothing was imported", self.path.display()))
        };
        let mut text = Vec::new();
        let read = self.lines.by_ref().take(LINE_MAX).read_until(b'\n', &mut text);
        if read.map_err(|error| damaged(&error.to_string()))? == 0 {
            return Err(damaged("it ends too early"));
        }
        serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))
    }
}

fn not_ours(path: &Path) -> Refusal {
    Refusal::new(Code::BadFile, format!("{} is not the export of a school", path.display()))
}

fn decrypted(path: &Path, passphrase: &str) -> Result<StreamReader<BufReader<File>>, Refusal> {
    let kind = fs::metadata(path).map_err(at(path))?.file_type();
    if !kind.is_file() {
        // Opening a pipe would wait for whoever writes to it.
        return Err(Refusal::new(Code::BadFile, format!("{} is no file; name the export of a school", path.display())));
    }
    let file = BufReader::new(File::open(path).map_err(at(path))?);
    let age = age::Decryptor::new_buffered(file).map_err(|_| not_ours(path))?;
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    age.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|error| match error {
        age::DecryptError::DecryptionFailed
        | age::DecryptError::NoMatchingKeys
        | age::DecryptError::KeyDecryptionFailed => {
            Refusal::new(Code::BadUsage, format!("the passphrase does not open {}", path.display()))
        }
        _ => not_ours(path),
    })
}

fn at(path: &Path) -> impl Fn(io::Error) -> Refusal {
    move |error| Refusal::new(Code::Io, format!("{}: {error}", path.display()))
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("path", &self.path).finish_non_exhaustive()
    }
}
