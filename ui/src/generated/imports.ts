// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

/**
 * What was written.
 */
export type Applied = { 
/**
 * The act under which all of it is taken back; `null` where nothing had to be written.
 */
act: string | null, counts: AppliedCounts, };

export type AppliedCounts = { learners_added: number, guardians_added: number, sections_added: number, enrolled: number, moved: number, 
/**
 * Fields in which the register was taken over.
 */
fields_taken: number, };

/**
 * Somebody whom a line may mean.
 */
export type Candidate = { student: string, name: string, lrn: string | null, birth_date: string | null, why: Suspicion, };

export type DateOrder = "day_month_year" | "month_day_year";

/**
 * A field in which the two differ.
 */
export type Difference = { 
/**
 * A field of the learner, or `father`, `mother`, `guardian`, `contact`, `status`.
 */
field: string, label: string, 
/**
 * `null` where the office has nothing.
 */
ours: string | null, theirs: string, };

/**
 * A learner of the section who is not in the register.
 */
export type Extra = { student: string, enrolment: string, name: string, lrn: string | null, sex: string | null, birth_date: string | null, status: string, };

export type ImportCounts = { new: number, changed: number, unchanged: number, };

/**
 * A row that is, or may be, somebody who is there already.
 */
export type ImportDuplicate = { file: string, row: number, kind: ImportDuplicateKind, 
/**
 * The record that it may be: its id in the store, or none while it is only in the file.
 */
of?: string, 
/**
 * The earlier line of the file that it repeats.
 */
of_row?: number, 
/**
 * Both, in words.
 */
message: string, imported: boolean, 
/**
 * Who the two are, where they may be the same person.
 */
names?: [string, string], 
/**
 * The earlier line was left out, and so this one is too.
 */
left_out: boolean, 
/**
 * Fields of this line that the earlier one does not say and that are left out with it.
 */
besides: string[], };

export type ImportDuplicateKind = "same_record" | "same_name";

/**
 * Where the import is.
 */
export type ImportNow = { running: boolean, stage: Stage, done: number, 
/**
 * 0 where it is not known.
 */
total: number, 
/**
 * Once it has ended; until the next one begins.
 */
outcome: ImportOutcome | null, };

export type ImportOutcome = { report: ImportReport | null, 
/**
 * How many rows are refused, and how many duplicates and warnings there are; the report lists the first of them.
 */
refused: number, duplicates: number, warnings: number, 
/**
 * Why there is no report.
 */
failure: { code: string, message: string } | null, };

/**
 * A row that cannot be imported, and what to do about it.
 */
export type ImportRefusal = { file: string, 
/**
 * Line in the file; the header is line 1.
 */
row: number, column?: string, code: string, message: string, };

/**
 * The outcome of an import or of its dry run; both count alike.
 */
export type ImportReport = { 
/**
 * Rows read from all files, headers not counted.
 */
rows_read: number, new: number, changed: number, unchanged: number, 
/**
 * Records that were left out because what they hang on was refused or left out.
 */
left_out: number, 
/**
 * The same three numbers for each kind of record.
 */
by_entity: { [key in string]: ImportCounts }, duplicates: Array<ImportDuplicate>, refused: Array<ImportRefusal>, warnings: Array<string>, dry_run: boolean, 
/**
 * Whether records were written. `false` for a dry run, where rows were refused, and where nothing had to change.
 */
written: boolean, 
/**
 * The act under which [`Store::undo`](crate::Store::undo) takes the whole import back.
 */
batch: string | null, };

/**
 * A sentence that the screens have too.
 */
export type ImportSaid = { key: ImportSaidKey, 
/**
 * What the sentence names, in its order.
 */
with: Array<string>, };

/**
 * Which sentence it is. The screens have each in every language (`imports.ts` in `ui/src/strings/`); their compiler misses none.
 */
export type ImportSaidKey = "other_sheet" | "no_learner" | "no_year" | "year_closed" | "lrn_rounded" | "lrn_digits" | "lrn_twice" | "no_name" | "sex" | "no_date" | "nothing" | "future" | "years" | "age" | "numbers" | "no_mobile" | "no_comma";

/**
 * What to do with one line; a line without a choice is left alone.
 */
export type LineChoice = { 
/**
 * Row of the sheet, as in [`ReconciledLine::line`](super::ReconciledLine::line).
 */
line: number, 
/**
 * `missing_here`: enrol in the register's section, as a new learner where nobody is known. `suspect`: it is a new learner.
 */
add?: boolean, 
/**
 * `suspect`: it is this one of the candidates; what the office has nothing for is filled.
 */
same_as?: string, 
/**
 * `wrong_section`: move to the register's section, from today on.
 */
move_section?: boolean, 
/**
 * Fields of [`ReconciledLine::fields`](super::ReconciledLine::fields) in which the register is right.
 */
take_theirs?: Array<string>, };

/**
 * What a line is to the office.
 */
export type LineState = "same" | "different" | "missing_here" | "wrong_section" | "suspect";

export type ListKind = "table" | "roster";

/**
 * A file, recognised.
 */
export type Looked = { "what": "register", register: Reconciliation, 
/**
 * What is safe, or only fills what is empty: the screen has it chosen from the start.
 */
proposed: Array<LineChoice>, } | { "what": "table", file: string, entity: string, 
/**
 * What else it can be.
 */
entities: Array<string>, } | { "what": "roster", file: string, };

export type MatchedBy = "lrn" | "name_and_birth_date";

/**
 * Where a learner sits here.
 */
export type OurSection = { 
/**
 * `null` for a learner in no section.
 */
section: string | null, name: string | null, grade_level: string, };

/**
 * How many lines are in which state.
 */
export type ReconciledCounts = { same: number, different: number, missing_here: number, wrong_section: number, suspect: number, extra: number, refused: number, };

/**
 * How one line stands to the records.
 */
export type ReconciledLine = { 
/**
 * Row of the sheet, from 1; choices name it.
 */
line: number, name: string, lrn: string | null, sex: string | null, birth_date: string | null, remarks: string | null, state: LineState, 
/**
 * The learner it means; `null` for one who is new or not certain.
 */
student: string | null, matched_by: MatchedBy | null, 
/**
 * The learner's enrolment of this school year.
 */
enrolment: string | null, 
/**
 * Where the learner sits here, if that is not the register's section.
 */
ours: OurSection | null, 
/**
 * Whatever the state is.
 */
fields: Array<Difference>, 
/**
 * Whom it may be, where that is not certain.
 */
candidates: Array<Candidate>, };

/**
 * A register set beside the records, line by line.
 */
export type Reconciliation = { file: string, 
/**
 * Fingerprint of the file: `apply` wants it back, so that what was looked at is what is applied.
 */
hash: string, school_id: string, school_name: string, school_year: string, 
/**
 * `null` where the office does not have this school year: nothing can be applied then.
 */
school_year_id: string | null, grade_level: string, section: string, 
/**
 * `null` where the office does not have this section: the first learner who is added makes it.
 */
section_id: string | null, lines: Array<ReconciledLine>, 
/**
 * Who sits in the section here and is not in the register.
 */
extra: Array<Extra>, refused: Array<RefusedRow>, warnings: Array<Warning>, counts: ReconciledCounts, };

/**
 * A row that cannot be taken, and what to do about it.
 */
export type RefusedRow = { line: number, 
/**
 * `A12`
 */
cell: string, code: string, message: string, 
/**
 * What the form calls the column.
 */
column: string, 
/**
 * The same for a screen, without the column.
 */
said?: ImportSaid, };

/**
 * What an import is busy with.
 */
export type Stage = "reading" | "matching" | "saving";

export type Suspicion = "same_lrn" | "other_lrn" | "same_name" | "twice_in_file";

/**
 * Something of a row that was left out or should be looked at; the row itself was taken.
 */
export type Warning = { 
/**
 * `None` for what concerns the whole file.
 */
line: number | null, cell: string | null, message: string, column?: string, said?: ImportSaid, };

export type ImportsRequest =
/**
 * Begins to try or to import a list, beside the desk's other work.
 */
| { "do": "imports.start", path: string, kind: ListKind, 
/**
 * What the rows of a table are.
 */
entity?: string, 
/**
 * How `03/04/2010` is meant, where the file does not prove it.
 */
date_order?: DateOrder, 
/**
 * Which school of a bundle, where it has several.
 */
school?: string, 
/**
 * `2026-2027`, where a bundle does not say.
 */
school_year?: string, 
/**
 * Write; otherwise only say what would be written.
 */
write: boolean, 
/**
 * Import the rest although rows are refused.
 */
skip_refused?: boolean, 
/**
 * Import those who may be somebody else as records of their own.
 */
duplicates?: boolean, }
/**
 * How far it is.
 */
| { "do": "imports.now" }
/**
 * Stops it; nothing of it is written then.
 */
| { "do": "imports.stop" }
/**
 * What a file is; a register comes with its reconciliation.
 */
| { "do": "imports.read", path: string, }
/**
 * Carries out choices about a register; `hash` is that of the reconciliation.
 */
| { "do": "imports.apply", path: string, hash: string, choices: Array<LineChoice>, };

export interface ImportsAnswers {
  "imports.start": ImportNow;
  "imports.now": ImportNow;
  "imports.stop": ImportNow;
  "imports.read": Looked;
  "imports.apply": Applied;
}
