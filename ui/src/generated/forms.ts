// Made by `cargo xtask gen` from node/src/desk/forms. Do not edit.

export type FormsRequest = never;

export interface FormsAnswers {}
