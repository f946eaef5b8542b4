// Made by `cargo xtask gen` from node/src/desk/attendance. Do not edit.

export type AttendanceRequest = { "do": "attendance.sections", date?: string, } | { "do": "attendance.class", section: string, date: string, session: string, } | { "do": "attendance.take", section: string, date: string, session: string, marks: Array<Mark>, 
/**
 * Why a past day is changed.
 */
correction?: string, } | { "do": "attendance.away", section: string, date: string, } | { "do": "attendance.sign", section: string, date: string, } | { "do": "attendance.reopen", section: string, date: string, reason: string, };

export type Mark = { student: string, 
/**
 * `A`, `L`, `C` or `E`.
 */
code: string, };

export type DayKind = { class_day: boolean, 
/**
 * `class`, `makeup`, `weekend`, `holiday`, `suspension`, `event` or `outside` (of the school year).
 */
kind: string, reason: string | null, };

export type Seat = { student: string, name: string, sex: string | null, 
/**
 * `A`, `L`, `C`, `E`; none for present (or not taken).
 */
code: string | null, };

export type Class = { section: string, section_name: string, grade_level: string, date: string, session: string, day: DayKind, 
/**
 * Males, then females, each by name; as of the date.
 */
seats: Array<Seat>, 
/**
 * Without it the class has not been taken, which is not the same as everybody present.
 */
taken_at: string | null, taken_by: string | null, correction: string | null, 
/**
 * Who signed the month's SF2: then nothing is changed any more.
 */
signed_by: string | null, past: boolean, };

export type SectionDay = { id: string, name: string, grade_level: string, adviser: string | null, 
/**
 * Whether the person at this desk advises it.
 */
mine: boolean, learners: number, taken: boolean, absent: number, late: number, day: DayKind, };

export type Overview = { date: string, today: string, sections: Array<SectionDay>, };

export type Away = { student: string, name: string, since: string, phones: Array<string>, };

export interface AttendanceAnswers {
  "attendance.sections": Overview;
  "attendance.class": Class;
  "attendance.take": Class;
  "attendance.away": Away[];
  "attendance.sign": null;
  "attendance.reopen": null;
}
