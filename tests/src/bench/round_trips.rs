//! A relay before PostgreSQL's socket that counts its answers: each `ReadyForQuery` ends one round trip.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

#[derive(Debug)]
pub struct Relay {
    dir: TempDir,
    count: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    pub async fn start(socket_dir: &Path, port: u16) -> Result<Relay> {
        let dir = tempfile::tempdir()?;
        let name = format!(".s.PGSQL.{port}");
        let listener = UnixListener::bind(dir.path().join(&name))?;
        let behind = socket_dir.join(&name);
        let count = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(serve(listener, behind, count.clone()));
        Ok(Relay { dir, count, task })
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: UnixListener, behind: PathBuf, count: Arc<AtomicUsize>) {
    while let (Ok((client, _)), Ok(server)) = (listener.accept().await, UnixStream::connect(&behind).await) {
        let (mut from_client, to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let count = count.clone();
        tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
        tokio::spawn(answers(from_server, to_client, count));
    }
}

/// Passes messages on one by one: a type, a length that counts itself, a body.
async fn answers(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    count: Arc<AtomicUsize>,
) -> Result<()> {
    loop {
        let mut head = [0; 5];
        from.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let mut body = vec![0; length.saturating_sub(4)];
        from.read_exact(&mut body).await?;
        if head[0] == b'Z' {
            count.fetch_add(1, Ordering::SeqCst);
        }
        to.write_all(&head).await?;
        to.write_all(&body).await?;
    }
}
