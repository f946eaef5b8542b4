//! What comes to the stranger's mind.

use crate::sim::Rng;

const CTRL: &str = "\u{e009}";
const SHIFT: &str = "\u{e008}";
const ALT: &str = "\u{e00a}";
const UP: &str = "\u{e000}";

/// One thing to do.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Clicks something that can be clicked.
    Click,
    /// Chooses a field and types into it.
    Type(String),
    /// Presses keys, wherever they go.
    Keys {
        name: &'static str,
        keys: String,
    },
    Paste(String),
    /// Another program saves a record.
    Beside,
    Language(&'static str),
    Size(u32, u32),
    /// Locks the desk; whoever looks next comes back.
    Lock,
    /// The next user.
    Leave,
    /// The plug is pulled.
    Kill,
}

const KEYS: &[(&str, &[&str])] = &[
    ("Tab", &["\u{e004}"]),
    ("Shift+Tab", &[SHIFT, "\u{e004}", UP]),
    ("Enter", &["\u{e007}"]),
    ("Esc", &["\u{e00c}"]),
    ("Space", &[" "]),
    ("Down", &["\u{e015}"]),
    ("Up", &["\u{e013}"]),
    ("Left", &["\u{e012}"]),
    ("Right", &["\u{e014}"]),
    ("Home", &["\u{e011}"]),
    ("End", &["\u{e010}"]),
    ("PageDown", &["\u{e00f}"]),
    ("Delete", &["\u{e017}"]),
    ("Backspace", &["\u{e003}"]),
    ("F2", &["\u{e032}"]),
    ("Ctrl+K", &[CTRL, "k", UP]),
    ("Ctrl+Z", &[CTRL, "z", UP]),
    ("Ctrl+Shift+Z", &[CTRL, SHIFT, "z", UP]),
    ("Ctrl+A", &[CTRL, "a", UP]),
    ("Ctrl+S", &[CTRL, "s", UP]),
    ("?", &["?"]),
    ("Alt+1", &[ALT, "1", UP]),
    ("Alt+2", &[ALT, "2", UP]),
    ("Alt+3", &[ALT, "3", UP]),
    ("Alt+4", &[ALT, "4", UP]),
    ("Alt+5", &[ALT, "5", UP]),
    ("Alt+6", &[ALT, "6", UP]),
    ("Alt+7", &[ALT, "7", UP]),
    ("Alt+8", &[ALT, "8", UP]),
];

const TEXTS: &[&str] = &[
    "a",
    "Dela Cruz",
    "ñandú Ñ",
    "136728140123",
    "2012-02-29",
    "31/02/2013",
    "0",
    "-1",
    "1e9",
    "  ",
    "<b>bold</b>",
    "Robert'); DROP TABLE student;--",
    "=1+1",
    "\u{202e}esrever",
    "very long very long very long very long very long very long very long very long very long very long very long",
    "%",
    "2026-2027",
    "09171234567",
    "nobody@example",
];

const PASTES: &[&str] = &[
    "Santos\tAna\t136728140124\nReyes\tBen\t136728140125",
    "Last name\tFirst name\tLRN\nOcampo\tLito\t136728140126\n\tNameless\t1",
    "one",
    "\t\t\t\n\n",
    "\"quoted\nline\"\tx",
];

const SIZES: &[(u32, u32)] = &[(1280, 800), (1024, 600), (800, 600), (1280, 700)];

impl Act {
    pub(super) fn draw(rng: &mut Rng) -> Act {
        let text = |rng: &mut Rng| (*rng.pick(TEXTS).unwrap_or(&"")).to_owned();
        match rng.below(1_000) {
            0..430 => Act::Click,
            430..600 => Act::Type(text(rng)),
            600..900 => {
                let (name, keys) = *rng.pick(KEYS).unwrap_or(&("Esc", &["\u{e00c}"]));
                Act::Keys { name, keys: keys.concat() }
            }
            900..930 => Act::Paste((*rng.pick(PASTES).unwrap_or(&"")).to_owned()),
            930..955 => Act::Beside,
            955..962 => Act::Language(if rng.chance(50) { "fil" } else { "en" }),
            962..972 => {
                let (width, height) = *rng.pick(SIZES).unwrap_or(&(1280, 800));
                Act::Size(width, height)
            }
            972..987 => Act::Lock,
            987..994 => Act::Leave,
            _ => Act::Kill,
        }
    }
}
