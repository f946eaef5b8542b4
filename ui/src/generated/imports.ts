// Made by `cargo xtask gen` from node/src/desk/imports. Do not edit.

export type ImportsRequest = never;

export interface ImportsAnswers {}
