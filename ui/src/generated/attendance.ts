// Made by `cargo xtask gen` from node/src/desk/attendance. Do not edit.

export type AttendanceRequest = never;

export interface AttendanceAnswers {}
