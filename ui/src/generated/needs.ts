// Made by `cargo xtask gen` from node/src/desk/needs. Do not edit.

export type NeedsRequest = never;

export interface NeedsAnswers {}
