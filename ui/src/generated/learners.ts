// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

import type { Enrolment, EnrolmentEvent, Guardian, Student, StudentDocument, StudentGuardian } from "./entities";

/**
 * What a field of an answer, or an answer, is where TypeScript is to look for itself.
 */
export type Anything = unknown;

/**
 * Which form it is typed into.
 */
export type DraftForm = "learner" | "counter";

/**
 * A parent or guardian of a learner: somebody who is here already (`person`), or a new one (`fields`).
 */
export type GuardianDraft = { person?: string, 
/**
 * Fields of the guardian; those of an existing one are changed.
 */
fields?: Record<string, unknown>, 
/**
 * Fields of the relation: `relation`, `is_primary`, `lives_with`, `can_pickup`.
 */
link: Record<string, unknown>, };

/**
 * Marks of a school year, counted.
 */
export type LearnerAttendance = { school_year: string, 
/**
 * Days on which attendance was taken of the learner's sections while the learner sat there.
 */
taken: number, 
/**
 * Days; half of one where the learner was away in the morning or in the afternoon alone. So are the excused ones.
 */
absent: number, 
/**
 * Days on which it happened at all.
 */
late: number, cutting: number, excused: number, };

/**
 * One change of one record, newest first in the answer.
 */
export type LearnerChange = { 
/**
 * RFC 3339: when it was typed here, or when it arrived.
 */
at: string, 
/**
 * Who did it; none where nobody was signed in, or where it came from elsewhere and does not say so.
 */
who: string | null, 
/**
 * The name of this PC, where it was done here.
 */
pc: string | null, 
/**
 * Whether it came from another PC or the hub.
 */
elsewhere: boolean, 
/**
 * `new`, `changed`, `deleted` or `back` (a deleted record that came back).
 */
kind: string, entity: string, 
/**
 * What the kind of record is called.
 */
label: string, 
/**
 * Which of them it is: a section, a guardian, a school year; the `kind` of a paper or an event.
 */
about: string | null, 
/**
 * Where it is a move from one section to another.
 */
moved: LearnerMove | null, row: string, 
/**
 * Whether the hub has not answered yet.
 */
waiting: boolean, 
/**
 * Whether the hub refused it: then it does not stand.
 */
refused: boolean, fields: Array<LearnerFieldChange>, };

export type LearnerChanged = { id: string, 
/**
 * Whether anything had to be written.
 */
changed: boolean, };

export type LearnerEnrolment = { row: Enrolment, school_year: string, 
/**
 * Where the learner sits now, or sat last.
 */
section: string | null, sections: Array<LearnerSat>, 
/**
 * Oldest first.
 */
events: EnrolmentEvent[], };

export type LearnerFieldChange = { field: string, label: string, before: unknown, after: unknown, 
/**
 * What the two are called, where they are links to other records.
 */
before_name: string | null, after_name: string | null, 
/**
 * Whether `before` can be put back: it is not what stands now, and whoever is here may change it.
 */
restorable: boolean, };

/**
 * What the list is narrowed to; an empty text or list narrows nothing.
 */
export type LearnerFilters = { 
/**
 * Grade, section and status are those of this school year; of the learner's newest one without it.
 */
school_year?: string, grade?: Array<string>, section?: string, status?: Array<string>, sex?: string, 
/**
 * Only learners whose papers are not complete.
 */
missing_papers?: boolean, no_lrn?: boolean, 
/**
 * Only learners without an enrolment (in `school_year`, if one is named).
 */
not_enrolled?: boolean, };

/**
 * A learner and what a field of theirs becomes.
 */
export type LearnerGiven = { id: string, value: unknown, };

export type LearnerGuardian = { link: StudentGuardian, person: Guardian, 
/**
 * Other learners of the same guardian: brothers and sisters, mostly.
 */
others: Array<LearnerNamed>, };

export type LearnerIds = string[];

/**
 * A learner in the list; what is not recorded is not there.
 */
export type LearnerLine = { id: string; age?: number; papers?: string[] } & { [column: string]: string | number | boolean | string[] | undefined };

/**
 * From which section to which a learner went.
 */
export type LearnerMove = { 
/**
 * `7-Rizal`; none for the first section of an enrolment.
 */
from: string | null, to: string, 
/**
 * The first day there.
 */
on: string, };

/**
 * A learner in a few words.
 */
export type LearnerNamed = { id: string, name: string, };

/**
 * Everything about one learner.
 */
export type LearnerPage = { learner: Student & { deleted?: boolean }, 
/**
 * Full years today.
 */
age: number | null, guardians: Array<LearnerGuardian>, 
/**
 * Newest school year first.
 */
enrolments: Array<LearnerEnrolment>, papers: StudentDocument[], 
/**
 * Of the newest school year that the learner is enrolled in.
 */
attendance: LearnerAttendance | null, 
/**
 * Whether whoever is at the PC may change the learner.
 */
may_edit: boolean, };

/**
 * What is known of the new learner so far.
 */
export type LearnerProbe = { last_name?: string, first_name?: string, lrn?: string, student_no?: string, 
/**
 * `YYYY-MM-DD`.
 */
birth_date?: string, 
/**
 * A learner who is not to be found: the one who is being edited.
 */
except?: string, };

/**
 * Which learners, in which order.
 */
export type LearnerQuery = { 
/**
 * Every word must be somewhere: names, LRN, student number, guardians. Spelling is folded; where few are found as typed, a wrong
 * letter is forgiven, and those come last.
 */
text?: string, sort?: Array<LearnerSort>, filters?: LearnerFilters, };

export type LearnerSat = { section: string, 
/**
 * Days; `until` is the first day elsewhere.
 */
from: string, until: string | null, };

export type LearnerSort = { 
/**
 * A column of the list.
 */
key: string, down: boolean, };

/**
 * A learner who may be the same child, the likeliest first.
 */
export type LearnerSuspect = { 
/**
 * `lrn`, `student_no`, `same` (name and birth date), `name`, `swapped` (first and last name), `spelling` (a letter off),
 * `birth_date` (the same, and one of the names).
 */
why: string, learner: LearnerLine, 
/**
 * Whether it is surely this child: a number proves it.
 */
certain: boolean, };

/**
 * A school year, newest first in the directory.
 */
export type LearnerYear = { id: string, label: string, 
/**
 * `draft`, `open` or `closed`.
 */
status: string, };

/**
 * What a bulk change did.
 */
export type LearnersEdited = { changed: number, 
/**
 * Learners that had these values already.
 */
same: number, 
/**
 * Learners that were deleted meanwhile.
 */
gone: number, };

/**
 * A page of the list.
 */
export type LearnersFound = { 
/**
 * `id` and what is not empty of: `name`, `last_name`, `first_name`, `middle_name`, `name_ext`, `lrn`, `student_no`,
 * `sex`, `birth_date`, `age`, `grade`, `section`, `status`, `school_year`, `guardian`, `guardian_phone`, `papers`
 * (kinds that are missing), `barangay`, `municipality`, `phone`, and the columns that were asked for; `hidden` where the rest
 * is not for whoever is here.
 */
rows: Array<LearnerLine>, 
/**
 * How many the query finds.
 */
found: number, 
/**
 * How many of them, the last ones, are only nearly what was typed.
 */
near: number, 
/**
 * How many learners there are.
 */
total: number, };

/**
 * What was copied, and what is known about it.
 */
export type LearnersPaste = { 
/**
 * Rows of cells, as text.
 */
matrix?: Array<Array<string>>, 
/**
 * Whether the first row names the columns; found out where it is not said.
 */
header?: boolean, 
/**
 * What the columns are: a field, `full_name` (`LAST, FIRST, MIDDLE`), or nothing for one that is left out. Found out from
 * headers and contents where it is not said.
 */
columns?: Array<string | null>, 
/**
 * Put into these learners, row by row, instead of adding some.
 */
onto?: Array<string>, 
/**
 * Whether 3/4/2010 begins with the day; found out from the other dates where it is not said.
 */
day_first?: boolean, 
/**
 * What is to become of rows that may be a learner who is here: by row of the paste, `new`, `leave`, or the learner's id.
 * They are left where nothing is said.
 */
choices?: { [key in string]: string }, };

/**
 * A paper and where it is.
 */
export type PaperDraft = { kind: string, 
/**
 * `missing`, `received`, `returned` or `waived`.
 */
state: string, };

export type PasteCell = { text: string, problem: string | null, 
/**
 * What stands there now, where that is something else; of a whole name, all of it.
 */
was: string | null, 
/**
 * Why this alone is not taken over, although the row is.
 */
left: string | null, 
/**
 * Of a whole name: last, first, middle name and extension, as they are written.
 */
read_as: string | null, };

export type PasteColumn = { 
/**
 * What the spreadsheet calls it.
 */
heading: string, 
/**
 * What it fills; nothing where it is left out.
 */
field: string | null, label: string, };

export type PastePreview = { header: boolean, columns: Array<PasteColumn>, rows: Array<PasteRow>, new: number, changes: number, same: number, 
/**
 * May be a learner who is here; somebody decides.
 */
suspects: number, refused: number, 
/**
 * Rows that are left out because somebody said so.
 */
left: number, };

export type PasteRow = { 
/**
 * Row of the paste, from 0, the header counted.
 */
at: number, 
/**
 * `new`, `changes`, `same`, `suspect`, `refused` or `left`.
 */
kind: string, 
/**
 * `Cruz, Ana`, as far as it is known.
 */
name: string, 
/**
 * The learner that it is or may be about.
 */
id: string | null, 
/**
 * Who that is, for a suspect.
 */
like: string | null, 
/**
 * Why somebody has to decide: `number`, where the learner of this number has another name or birth date, `given`, where part of
 * the given name would go, or `alike`.
 */
asks: "number" | "alike" | "given" | null, cells: Array<PasteCell>, 
/**
 * What is wrong with the row as a whole.
 */
problem: string | null, };

/**
 * What a paste did.
 */
export type Pasted = { new: number, changed: number, 
/**
 * Rows of the paste that are not in the records: refused, undecided, or left out.
 */
left: number, };

export type LearnersRequest =
/**
 * Puts one value of one record back.
 */
| { "do": "learners.restore", entity: string, id: string, field: string, value: unknown, }
| { "do": "learners.save", id: string, fields: Record<string, unknown>, }
/**
 * A new learner, with parents and papers.
 */
| { "do": "learners.new", fields: Record<string, unknown>, guardians?: Array<GuardianDraft>, papers?: Array<PaperDraft>, }
| { "do": "learners.put_guardian", learner: string, guardian: GuardianDraft, }
| { "do": "learners.remove_guardian", link: string, }
| { "do": "learners.put_paper", learner: string, paper: PaperDraft, }
/**
 * The same values for many.
 */
| { "do": "learners.edit_many", ids: string[], fields: Record<string, unknown>, }
/**
 * A value of its own for each of many, as a column of a spreadsheet over chosen rows.
 */
| { "do": "learners.edit_each", field: string, values: Array<LearnerGiven>, }
/**
 * A learner who was entered by mistake.
 */
| { "do": "learners.delete", id: string, }
| { "do": "learners.paste_preview", paste: LearnersPaste, }
| { "do": "learners.paste", paste: LearnersPaste, }
/**
 * What was typed of a new learner and is not saved yet, kept at this PC for whoever typed it; `null` once it is saved or cleared.
 */
| { "do": "learners.keep_draft", draft: unknown, of?: DraftForm, }
| { "do": "learners.draft", of?: DraftForm, }
/**
 * A page of the list.
 */
| { "do": "learners.find", query?: LearnerQuery, offset?: number, limit: number, 
/**
 * Columns beside those that every line has.
 */
columns?: Array<string>, }
/**
 * The ids of all that a query finds, in its order.
 */
| { "do": "learners.ids", query: LearnerQuery, }
/**
 * School years, newest first.
 */
| { "do": "learners.years" }
| { "do": "learners.get", id: string, }
/**
 * Newest first.
 */
| { "do": "learners.history", id: string, }
/**
 * Who may be the same child.
 */
| { "do": "learners.duplicates", probe: LearnerProbe, };

export interface LearnersAnswers {
  "learners.restore": LearnerChanged;
  "learners.save": LearnerChanged;
  "learners.new": LearnerChanged;
  "learners.put_guardian": LearnerChanged;
  "learners.remove_guardian": LearnerChanged;
  "learners.put_paper": LearnerChanged;
  "learners.edit_many": LearnersEdited;
  "learners.edit_each": LearnersEdited;
  "learners.delete": LearnerChanged;
  "learners.paste_preview": PastePreview;
  "learners.paste": Pasted;
  "learners.keep_draft": null;
  "learners.draft": Anything;
  "learners.find": LearnersFound;
  "learners.ids": LearnerIds;
  "learners.years": Array<LearnerYear>;
  "learners.get": LearnerPage;
  "learners.history": Array<LearnerChange>;
  "learners.duplicates": Array<LearnerSuspect>;
}
