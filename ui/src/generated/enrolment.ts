// Made by `cargo xtask gen` from node/src/desk/enrolment. Do not edit.

export type EnrolmentRequest = never;

export interface EnrolmentAnswers {}
