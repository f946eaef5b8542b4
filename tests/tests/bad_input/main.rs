//! What is wrong is told, by code and in words, and everything else goes on: at the hub, over real HTTP, and at the office,
//! through the real command. Nobody hears anything of another school on the way.

mod codes;
mod command;
mod disk;
mod named;
mod natural_keys;
mod requests;
mod strangers;
mod unforeseen;
mod verifiers;
