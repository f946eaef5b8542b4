// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

/**
 * A day that the calendar says something about.
 */
export type CalendarEntry = { id: string, date: string, 
/**
 * `school`, `kinder`, `elementary`, `jhs` or `shs`.
 */
scope: string, 
/**
 * `class`, `holiday`, `suspension`, `event` or `makeup`.
 */
kind: string, 
/**
 * `national`, `division` or `school`.
 */
source: string | null, reason: string | null, };

export type CalendarYear = { years: Array<YearInfo>, 
/**
 * None: the school has no school year yet.
 */
year: YearInfo | null, today: string, may_change: boolean, entries: Array<CalendarEntry>, 
/**
 * National holidays of the year that are not in it.
 */
proposed: Array<Holiday>, };

export type Caller = { name: string, 
/**
 * `father`, `mother`, `guardian` or `other`.
 */
relation: string, phone: string | null, primary: boolean, };

/**
 * A class on a day.
 */
export type Class = { section: SectionInfo, school_year: string, day: Day, session: string, 
/**
 * The school takes attendance for the morning and the afternoon.
 */
half_days: boolean, today: string, 
/**
 * None: attendance was not taken, which is not the same as all present.
 */
taken: Taken | null, 
/**
 * Who signed the month, which locks it.
 */
locked: Report | null, 
/**
 * A past day that was taken is changed with a reason.
 */
needs_reason: boolean, 
/**
 * The class days before and after, up to today.
 */
before: string | null, after: string | null, 
/**
 * What whoever is here marked and did not submit.
 */
draft: ClassDraft | null, pupils: Array<Pupil>, 
/**
 * Who was marked here on this day and is in another section since: the marks stay, and count here.
 */
moved: Array<Pupil>, };

/**
 * What was marked in one class and not submitted.
 */
export type ClassDraft = { 
/**
 * Learner to mark.
 */
marks: Record<string, string>, 
/**
 * Why the day is corrected, as far as it was typed.
 */
reason: string, };

/**
 * A day as a section has it.
 */
export type Day = { 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * `class`, `makeup`, `event`, `holiday`, `suspension`, `weekend` or `outside` (of the school year).
 */
kind: string, 
/**
 * What the holiday or event is, or why classes are suspended.
 */
label: string | null, 
/**
 * Whether attendance may be taken.
 */
class: boolean, };

/**
 * What is to be said about some days.
 */
export type DaySetting = { 
/**
 * First and last day, both included. Weekends between them are left out, unless classes are held.
 */
from: string, to: string, kind: string, scope: string, source?: string, reason?: string, };

/**
 * Another class of a learner's day.
 */
export type Elsewhere = { 
/**
 * `7-Rizal`.
 */
section: string, 
/**
 * The mark there.
 */
code: string, };

/**
 * A holiday that the school's calendar does not have yet.
 */
export type Holiday = { 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * In the proclamation's words.
 */
name: string, 
/**
 * The law or proclamation.
 */
source: string, 
/**
 * Not sure: look for the proclamation before adding it.
 */
sure: boolean, };

/**
 * A learner who has been away for five class days or more.
 */
export type LongAbsent = { student: string, listed: string, section: SectionInfo, 
/**
 * Class days in a row.
 */
days: number, since: string, 
/**
 * All of them excused.
 */
excused: boolean, guardians: Array<Caller>, };

export type MonthDay = { day: Day, 
/**
 * Whether attendance was taken; without, no marks say nothing.
 */
taken: boolean, 
/**
 * Half days present.
 */
male_halves: number, female_halves: number, };

export type MonthPupil = { id: string, listed: string, sex: string | null, 
/**
 * For each day: `""` present, `A`, `L`, `C`, `E`, `am` or `pm` for half a day absent; `null` where the learner was not in the
 * section or attendance was not taken.
 */
marks: Array<string | null>, 
/**
 * Half days absent.
 */
absent_halves: number, tardy: number, };

export type MonthSheet = { section: SectionInfo, school_year: string, 
/**
 * `2026-06`.
 */
month: string, 
/**
 * Months of the school year that have begun.
 */
months: Array<string>, report: Report | null, may_reopen: boolean, today: string, 
/**
 * Class days, and other days that have a name; plain weekends are left out.
 */
days: Array<MonthDay>, pupils: Array<MonthPupil>, 
/**
 * Class days up to today on which attendance was not taken, or half of it.
 */
untaken: Array<UntakenDay>, 
/**
 * Class days of the month that have not come: it is signed after them.
 */
coming: number, 
/**
 * What whoever is here marked in this month and did not submit.
 */
drafts: Array<Unsubmitted>, };

/**
 * A learner's name in its parts.
 */
export type Name = { 
/**
 * Family name.
 */
last: string, 
/**
 * Given names.
 */
first: string, 
/**
 * The mother's family name, whole.
 */
middle: string | null, 
/**
 * `Jr.`, `III`.
 */
ext: string | null, };

/**
 * A day of the school.
 */
export type Overview = { date: string, today: string, 
/**
 * None: the school has no school year yet.
 */
school_year: string | null, year_id: string | null, half_days: boolean, 
/**
 * Sections of the person here, then the others by grade.
 */
sections: Array<SectionDay>, 
/**
 * The last class day before and the next one after, up to today.
 */
before: string | null, after: string | null, };

export type Pupil = { id: string, name: Name, 
/**
 * `Dela Cruz, Juan Jr. Santos`.
 */
listed: string, sex: string | null, 
/**
 * `P`, `A`, `L`, `C` or `E`; of a whole day also `AM` or `PM`, absent for half of it; `P` also where nobody took attendance yet.
 */
code: string, note: string | null, 
/**
 * Class days in a row that the learner was absent until the one before; 0 for one who was there.
 */
away: number, 
/**
 * The first of them.
 */
away_since: string | null, 
/**
 * The day counts in another class, where the learner was marked before changing sections; among [`Class::moved`], where the
 * learner is now.
 */
elsewhere: Elsewhere | null, };

/**
 * How a month of a section stands.
 */
export type Report = { 
/**
 * Signed: attendance of the month is locked.
 */
signed: boolean, 
/**
 * Who signed, by name; none where this PC does not know the user.
 */
by: string | null, 
/**
 * RFC 3339.
 */
at: string | null, 
/**
 * Why it was opened again, the last time.
 */
reason: string | null, };

export type SectionDay = { section: SectionInfo, day: Day, 
/**
 * Learners on that day.
 */
learners: number, 
/**
 * Sessions that were taken: `day`, `am`, `pm`.
 */
sessions: Array<string>, 
/**
 * The half that was not taken, where only the other was: `am` or `pm`.
 */
half_untaken: string | null, 
/**
 * The first taking; none: not taken.
 */
taken: Taken | null, 
/**
 * Learners absent the whole day, excused ones too.
 */
absent: number, 
/**
 * Absent for half of the day.
 */
half: number, 
/**
 * Late or cutting classes.
 */
tardy: number, 
/**
 * Marks that whoever is here made and did not submit.
 */
unsubmitted: number, 
/**
 * The month is signed.
 */
locked: boolean, };

/**
 * A section as the attendance screens show it.
 */
export type SectionInfo = { 
/**
 * The `section`.
 */
id: string, 
/**
 * Without the grade: `Rizal`.
 */
name: string, 
/**
 * `K`, `1` to `12` or `NG`.
 */
grade_level: string, 
/**
 * As the name is read out; none where nobody advises it.
 */
adviser: string | null, 
/**
 * Whether the person here advises it.
 */
mine: boolean, 
/**
 * Whether the person here may take its attendance.
 */
may_take: boolean, };

/**
 * Who took the attendance, and when.
 */
export type Taken = { by: string | null, 
/**
 * RFC 3339.
 */
at: string | null, 
/**
 * Why it was corrected afterwards, the last time.
 */
correction: string | null, };

/**
 * One learner's mark. Who is not in the list was present.
 */
export type TakenMark = { 
/**
 * The learner.
 */
student: string, 
/**
 * `P`, `A`, `L`, `C` or `E`; of a whole day also `AM` or `PM`, absent for half of it.
 */
code: string, 
/**
 * What the taker adds, such as the reason of an excuse.
 */
note?: string, };

/**
 * A class that has marks which were not submitted.
 */
export type Unsubmitted = { section: string, date: string, session: string, changes: number, };

/**
 * A class day, and what of it was not taken: `day`, or the half that lacks.
 */
export type UntakenDay = { date: string, session: string, };

export type YearInfo = { id: string, label: string, start_date: string, end_date: string, };

export type AttendanceRequest =
/**
 * Who is absent five class days in a row.
 */
| { "do": "attendance.five_days", date?: string, }
/**
 * The calendar of a school year, the present one where none is named.
 */
| { "do": "attendance.calendar", school_year?: string, }
| { "do": "attendance.set_days", school_year: string, setting: DaySetting, }
/**
 * Puts national holidays into the calendar: those of these dates, or all that are sure.
 */
| { "do": "attendance.add_holidays", school_year: string, dates?: Array<string>, }
| { "do": "attendance.remove_days", school_year: string, ids: string[], }
/**
 * A class on a day.
 */
| { "do": "attendance.class", section: string, date: string, 
/**
 * `day`, `am` or `pm`.
 */
session: string, }
/**
 * Keeps marks that were made and not submitted, at this PC, for whoever made them; without a draft, none.
 */
| { "do": "attendance.keep_draft", section: string, date: string, session: string, draft?: ClassDraft, }
/**
 * The classes that whoever is here marked and did not submit.
 */
| { "do": "attendance.unsubmitted" }
/**
 * Signs the month's SF2, which locks it.
 */
| { "do": "attendance.sign_off", section: string, month: string, }
| { "do": "attendance.reopen", section: string, month: string, reason: string, }
/**
 * A section's month (`2026-06`) as a grid.
 */
| { "do": "attendance.month", section: string, month: string, }
/**
 * A day over all sections; today where no date (`YYYY-MM-DD`) is given.
 */
| { "do": "attendance.today", date?: string, }
/**
 * Records it: who is not among the marks was present. `stale`, and nothing is written, where it would change what was not
 * seen.
 */
| { "do": "attendance.take", section: string, date: string, session: string, marks: Array<TakenMark>, 
/**
 * The marks as the class showed them before; who is not among them was seen as present.
 */
seen: Array<TakenMark>, 
/**
 * Why a day that was taken is changed afterwards.
 */
correction?: string, };

export interface AttendanceAnswers {
  "attendance.five_days": Array<LongAbsent>;
  "attendance.calendar": CalendarYear;
  "attendance.set_days": CalendarYear;
  "attendance.add_holidays": CalendarYear;
  "attendance.remove_days": CalendarYear;
  "attendance.class": Class;
  "attendance.keep_draft": null;
  "attendance.unsubmitted": Array<Unsubmitted>;
  "attendance.sign_off": Report;
  "attendance.reopen": Report;
  "attendance.month": MonthSheet;
  "attendance.today": Overview;
  "attendance.take": Class;
}
