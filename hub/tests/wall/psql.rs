//! psql in the hands of an attacker. It is what the promise speaks of: any SQL, COPY and cursors and notifications included, and
//! everything that PostgreSQL answers (rows, errors with their details, notices) comes back as one text.

use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Printed after every script, so that we know where its answers end.
const END: &str = "~~end~~";

pub(crate) struct Psql {
    _child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Psql {
    /// A session of its own, as `role`.
    pub(crate) fn open(superuser_url: &str, role: &str) -> Psql {
        let url = superuser_url.replace("user=postgres", &format!("user={role}"));
        let bin = std::env::var("PEMS_PG_BIN").map_or("psql".to_owned(), |dir| format!("{dir}/psql"));
        // One stream, in the order in which things are said.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" -X -A -t -v VERBOSITY=verbose -v SHOW_CONTEXT=always \"$1\" 2>&1", &bin, &url])
            .env("PGOPTIONS", "-c client_min_messages=notice")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("psql starts");
        let stdin = child.stdin.take().expect("its input");
        let stdout = BufReader::new(child.stdout.take().expect("its output"));
        Psql { _child: child, stdin, stdout }
    }

    /// Runs a script to its end and gives all that was said. Ends with `~~gone~~` if the session is no more.
    pub(crate) async fn ask(&mut self, script: &str) -> String {
        // `\r` forgets a statement that the script left unfinished.
        let whole = format!("{script}\n\\r\n\\echo {END}\n");
        let (stdin, stdout) = (&mut self.stdin, &mut self.stdout);
        // Both at once: a long script's answers would otherwise fill the pipe while we still write.
        let write = async {
            if stdin.write_all(whole.as_bytes()).await.is_ok() {
                let _ = stdin.flush().await;
            }
        };
        let read = async {
            let mut said = Vec::new();
            loop {
                let start = said.len();
                match stdout.read_until(b'\n', &mut said).await {
                    Ok(0) | Err(_) => {
                        said.extend_from_slice(b"~~gone~~");
                        break;
                    }
                    Ok(_) if said[start..].trim_ascii_end().ends_with(END.as_bytes()) => {
                        let end = said.len() - said[start..].len();
                        said.truncate(end);
                        break;
                    }
                    Ok(_) => {}
                }
            }
            String::from_utf8_lossy(&said).replace("Query buffer reset (cleared).\n", "")
        };
        tokio::join!(write, read).1
    }
}
