//! Whole-system tests of PEMS and what they share: simulated worlds, rosters of real size, hubs and offices on this machine.

pub mod bench;
pub mod demo;
pub mod rig;
pub mod roster;
pub mod sim;
