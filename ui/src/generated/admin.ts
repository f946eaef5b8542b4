// Made by `cargo xtask gen` from node/src/desk/admin. Do not edit.

export type AdminRequest = never;

export interface AdminAnswers {}
