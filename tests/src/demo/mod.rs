//! `cargo xtask demo`: a hub with a small division of schools on this machine, and either one office window to play with or,
//! headless, the story that shows what the system is for.

mod division;
mod story;
mod window;

pub use story::tell;
pub use window::open;
