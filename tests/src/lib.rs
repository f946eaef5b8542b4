//! Whole-system tests of PEMS and what they share: simulated worlds, rosters of real size, hubs and offices on this machine.

pub mod bench;
pub mod demo;
pub mod programs;
pub mod proxy;
pub mod raw;
pub mod records;
pub mod rig;
pub mod roster;
pub mod seed;
pub mod sim;
pub mod strangers;
#[cfg(target_os = "linux")]
pub mod window;
