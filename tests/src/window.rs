//! A real window on a screen of its own: Xvfb, WebKitWebDriver and the app that was built beside this test. Everything runs
//! in one process group, which is killed when the test is over, whichever way it ends.

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value as Json, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A window answers within milliseconds; a loaded build machine gets this long.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(40);

const TICK: &str = "
    const point = document.createElement('i');
    point.id = 'tick';
    point.style = 'position:fixed;right:0;bottom:0;width:1px;height:1px';
    document.body.append(point);
    let on = false;
    window.tick = setInterval(() => (point.style.background = (on = !on) ? 'rgb(0 0 0 / 0.4%)' : 'transparent'), 20);";

/// A process and everything that it started.
#[derive(Debug)]
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Group {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Group(
            child.unwrap_or_else(|error| panic!("{name} does not start ({error}): install xvfb and webkit2gtk-driver")),
        )
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// An open window of the app. Dropping it closes everything.
#[derive(Debug)]
pub struct Window {
    pub page: Client,
    driver: Group,
    _screen: Group,
    home: tempfile::TempDir,
}

/// Where the app finds a place for its keys.
#[derive(Debug, Clone, Copy)]
pub enum Keys<'a> {
    File(&'a Path),
    /// The keyring of the session that the test runs in.
    Keyring,
    /// A PC on which no keyring answers.
    Nowhere,
}

/// How to open one.
#[derive(Debug)]
pub struct Opening<'a> {
    pub data: &'a Path,
    pub keys: Keys<'a>,
    pub dark: bool,
    pub size: (u32, u32),
}

impl Window {
    pub async fn open(opening: &Opening<'_>) -> Window {
        let home = tempfile::tempdir().expect("a home folder");
        let log = |name: &str| File::create(home.path().join(name)).expect("a log file");
        let (screen, display) = start_screen(opening.size, log("screen.log"));
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .stdout(log("driver.log"))
            .stderr(log("driver.err"))
            .env("DISPLAY", display)
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path().join("data"))
            .env("XDG_CACHE_HOME", home.path().join("cache"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env("GTK_THEME", if opening.dark { "Adwaita:dark" } else { "Adwaita" })
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("PEMS_NODE_DATA", opening.data)
            .env_remove("PEMS_NODE_KEY_FILE")
            .env_remove("WAYLAND_DISPLAY");
        match opening.keys {
            Keys::File(file) => command.env("PEMS_NODE_KEY_FILE", file),
            Keys::Keyring => &mut command,
            Keys::Nowhere => command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus"),
        };
        let driver = Group::start(&mut command);
        let page = connect(port, &app(), home.path()).await;
        page.set_window_rect(0, 0, opening.size.0, opening.size.1).await.expect("a window that can be sized");
        Window { page, driver, _screen: screen, home }
    }

    /// What the app takes for the home of whoever uses the PC.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs JavaScript in the window.
    pub async fn run(&self, script: &str) -> Json {
        self.page.execute(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs JavaScript that calls `done` with what it has found, now or later.
    pub async fn ask(&self, script: &str) -> Json {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.page.execute_async(&script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The processes of the app and of its web view, by id and name.
    pub fn processes(&self) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        let mut parents = vec![self.driver.0.id()];
        while let Some(parent) = parents.pop() {
            for child in children(parent) {
                parents.push(child);
                let name = std::fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
                found.push((child, name.trim().to_owned()));
            }
        }
        found
    }

    /// Sets the window's language, as its menu does, and opens the page anew.
    pub async fn speaks(&self, language: &str) {
        let keep = json!({ "do": "session.keep", "settings": { "language": language } });
        let said = format!("__TAURI_INTERNALS__.invoke('call', {{ request: {keep} }})");
        assert_eq!(self.refusal(&said).await, None);
        // By the driver, which waits until the page is there: a script on a page that is about to go has no answer.
        self.page.refresh().await.expect("the page, opened anew");
    }

    /// Waits until an expression is true in the window.
    pub async fn until(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let mut look = tokio::time::interval(LOOK);
        let seen = tokio::time::timeout(PATIENCE, async {
            while self.run(&script).await != json!(true) {
                look.tick().await;
            }
        });
        if seen.await.is_err() {
            let shown = self.run("return document.body.innerText").await;
            panic!("this never became true: {expression}\nthe window shows: {shown}");
        }
    }

    pub async fn text(&self, css: &str) -> String {
        let script = format!("return document.querySelector({css:?})?.innerText ?? ''");
        self.run(&script).await.as_str().unwrap_or_default().trim().to_owned()
    }

    /// Waits until an element says just this, whatever its lines: what stands on a screen is asked for part by part.
    pub async fn shows(&self, css: &str, text: impl AsRef<str>) {
        self.until_text(css, "=== text", text.as_ref()).await;
    }

    /// Waits until an element begins with this.
    pub async fn begins(&self, css: &str, text: impl AsRef<str>) {
        self.until_text(css, ".startsWith(text)", text.as_ref()).await;
    }

    /// Waits until an element says this among other things.
    pub async fn says(&self, css: &str, text: impl AsRef<str>) {
        self.until_text(css, ".includes(text)", text.as_ref()).await;
    }

    async fn until_text(&self, css: &str, is: &str, text: &str) {
        let said = format!("(document.querySelector({css:?})?.innerText ?? '').replace(/\\s+/g, ' ').trim()");
        self.until(&format!("((text) => {said} {is})({})", json!(text))).await;
    }

    /// Types into the element that has the keys.
    pub async fn keys(&self, keys: &str) {
        self.page.active_element().await.expect("an element").send_keys(keys).await.expect("keys");
    }

    /// Puts the keys into a field and types.
    pub async fn fill(&self, css: &str, text: &str) {
        self.page.find(Locator::Css(css)).await.expect(css).send_keys(text).await.expect("keys");
        self.run(&format!("document.querySelector({css:?}).focus(); return null")).await;
    }

    pub async fn click(&self, css: &str) {
        self.page.find(Locator::Css(css)).await.expect(css).click().await.expect("a click");
    }

    /// Why a promise of this code is rejected in the window; `None` where it is kept.
    pub async fn refusal(&self, code: &str) -> Option<String> {
        let script = format!(
            "const done = arguments[0]; ({code}).then(() => done(null), (why) => done(why.violatedDirective ?? why.message ?? String(why)))"
        );
        let said = self.page.execute_async(&script, vec![]).await.unwrap_or_else(|error| panic!("{code}: {error}"));
        said.as_str().map(str::to_owned)
    }

    /// Asserts that axe finds nothing against WCAG 2.2 AA or good practice on what is shown.
    pub async fn is_accessible(&self) {
        let axe = root().join("ui/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&axe)
            .unwrap_or_else(|error| panic!("{}: {error}; run `npm ci` in ui/ first", axe.display()));
        self.run(&format!("{source}; return null")).await;
        // A colour on its way to another one is neither.
        let still = "const done = arguments[0]; Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => done(null))";
        self.page.execute_async(still, vec![]).await.expect("a still picture");
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(
                (found) => done({ passes: found.passes.length, violations: found.violations.map((rule) =>
                    rule.id + ': ' + rule.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')) }),
                (error) => done({ passes: 0, violations: [String(error)] }));";
        let found = self.page.execute_async(script, vec![]).await.expect("axe runs");
        assert_eq!(found["violations"], json!([]));
        assert!(found["passes"].as_u64() > Some(5), "axe looked at something: {found}");
    }

    /// Keeps a picture in `artifacts/screens/`.
    pub async fn picture(&self, name: &str) {
        let folder = root().join("artifacts/screens");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        // The fonts are there and the last change is painted.
        self.page
            .execute_async(
                "const done = arguments[0]; document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))",
                vec![],
            )
            .await
            .expect("a painted frame");
        // The driver takes the next frame that is painted; where the web view paints without a graphics card there is none as long
        // as nothing changes. So a point too faint to be seen does.
        self.run(TICK).await;
        let png = self.page.screenshot().await.expect("a picture");
        self.run("clearInterval(window.tick); document.getElementById('tick').remove()").await;
        std::fs::write(folder.join(name).with_extension("png"), png).expect("the picture is kept");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The app beside this test, built together with its screens.
fn app() -> PathBuf {
    let screens = root().join("ui/dist/office.html");
    assert!(screens.exists(), "{} is missing; run `npm ci && npm run build` in ui/ first", screens.display());
    crate::programs::program("pems")
}

/// What the threads of a process started.
fn children(parent: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let lists = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A screen of its own, so that tests neither need nor disturb a desktop.
fn start_screen((width, height): (u32, u32), log: File) -> (Group, String) {
    let mut command = Command::new("Xvfb");
    let screen = format!("{width}x{height}x24");
    command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &screen]);
    let mut group = Group::start(command.stdout(Stdio::piped()).stderr(log));
    let mut line = String::new();
    let stdout = group.0.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("the number of the screen");
    assert!(!line.trim().is_empty(), "Xvfb ended without a screen");
    (group, format!(":{}", line.trim()))
}

async fn connect(port: u16, app: &Path, logs: &Path) -> Client {
    let capabilities = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
    let capabilities = capabilities.as_object().cloned().unwrap_or_default();
    let url = format!("http://127.0.0.1:{port}");
    let mut look = tokio::time::interval(LOOK);
    let opened = tokio::time::timeout(PATIENCE, async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            look.tick().await;
        }
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities).connect(&url).await
    });
    let said = || std::fs::read_to_string(logs.join("driver.err")).unwrap_or_default();
    match opened.await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => panic!("the window does not open: {error}\n{}", said()),
        Err(_) => panic!("the window does not open within {PATIENCE:?}\n{}", said()),
    }
}
