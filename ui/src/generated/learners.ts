// Made by `cargo xtask gen` from node/src/desk/learners. Do not edit.

export type LearnersRequest = never;

export interface LearnersAnswers {}
