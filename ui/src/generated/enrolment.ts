// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

/**
 * How an enrolment began, as the records have it.
 */
export type Beginning = { 
/**
 * None where only a list of the school told of it.
 */
on_date: string | null, 
/**
 * The last section, also of who left.
 */
section: string | null, };

/**
 * How many records a question changed.
 */
export type Count = { count: number, };

/**
 * One reason of the form's list.
 */
export type DropReason = { 
/**
 * As the form numbers them, for example `b.1`.
 */
code: string, 
/**
 * What the form lists it under: `School-Related Factors` and the like.
 */
category: string, 
/**
 * In the form's words.
 */
reason: string, 
/**
 * Whether the form wants it in words ("Others, specify").
 */
specify: boolean, };

/**
 * What the desk was told.
 */
export type EnrolFields = { 
/**
 * A learner who is known.
 */
student?: string, 
/**
 * Fields of a new one, or changed ones of a known one.
 */
learner?: Record<string, unknown>, 
/**
 * Into which; not a closed one.
 */
school_year: string, 
/**
 * `K`, `1` to `12` or `NG`.
 */
grade_level: string, 
/**
 * Senior high, at most 40 characters.
 */
track?: string, 
/**
 * Senior high, at most 40 characters.
 */
strand?: string, 
/**
 * `new`, `continuing`, `transferee`, `balik_aral`, `repeater`, `als_pept`, `moved_in`.
 */
kind: string, 
/**
 * Left out: no section yet.
 */
section?: string, 
/**
 * Where a transferee was before, at most 200 characters.
 */
from_school?: string, 
/**
 * Those that were brought, or asked for, at the desk.
 */
papers?: Array<PaperState>, 
/**
 * A day of the school year, or of the weeks before it, not after today.
 */
on_date: string, 
/**
 * Somebody agreed to more learners than the section has seats.
 */
over_capacity?: boolean, };

/**
 * What became of it.
 */
export type Enrolled = { 
/**
 * The learner, known or made.
 */
student: string, 
/**
 * The year's one of this learner; a cancelled one is taken up again.
 */
enrolment: string, 
/**
 * `pre_registered`, `temporary` or `enrolled`.
 */
status: string, 
/**
 * After the year's cut-off date.
 */
late: boolean, 
/**
 * Kinds of papers that are still owed; then the enrolment is temporary.
 */
missing: Array<string>, };

/**
 * A learner in a list of the desk.
 */
export type Known = { student: string, last_name: string, first_name: string, middle_name: string | null, name_ext: string | null, lrn: string | null, sex: string | null, birth_date: string | null, 
/**
 * The newest enrolment.
 */
last: Past | null, };

export type Made = { id: string, };

/**
 * One line of a roster.
 */
export type Member = { 
/**
 * In the section's school year.
 */
enrolment: string, 
/**
 * The learner.
 */
student: string, 
/**
 * Twelve digits: DepEd's number of the learner.
 */
lrn: string | null, 
/**
 * Family name.
 */
last_name: string, 
/**
 * Given names.
 */
first_name: string, 
/**
 * The mother's family name, whole.
 */
middle_name: string | null, 
/**
 * `Jr.`, `III`.
 */
name_ext: string | null, 
/**
 * `M` or `F`.
 */
sex: string | null, 
/**
 * None where nobody recorded it yet.
 */
birth_date: string | null, 
/**
 * A kind of `enrolment`.
 */
kind: string | null, 
/**
 * On the day that was asked for.
 */
status: string, 
/**
 * Enrolled after the year's cut-off date.
 */
late: boolean, 
/**
 * First day in the section.
 */
valid_from: string, 
/**
 * First day not in it any more.
 */
valid_to: string | null, 
/**
 * Kinds of papers that are missing today.
 */
missing: Array<string>, };

/**
 * Which of them.
 */
export type Only = "unassigned" | "temporary" | "pre_registered" | "left";

/**
 * A paper as it stands.
 */
export type Paper = { 
/**
 * A kind of `student_document`.
 */
kind: string, 
/**
 * `missing`, `received`, `returned`, `waived`; none where nobody asked for it yet.
 */
state: string | null, 
/**
 * Whether this kind of enrolment wants it.
 */
wanted: boolean, };

export type PaperSet = { 
/**
 * The enrolment that was confirmed with it.
 */
confirmed: string | null, };

/**
 * A paper as somebody says it is.
 */
export type PaperState = { 
/**
 * A kind of `student_document`.
 */
kind: string, 
/**
 * `missing`, `received`, `returned` or `waived`.
 */
state: string, };

/**
 * An enrolment of a year, in a few words.
 */
export type Past = { enrolment: string, school_year: string, year: string, grade_level: string, kind: string | null, status: string, section: string | null, section_name: string | null, unsettled_account: boolean, late: boolean, from_school: string | null, to_school: string | null, reason_code: string | null, effectivity_date: string | null, };

/**
 * How many learners each step was.
 */
export type Promoted = { 
/**
 * Enrolled in the next grade.
 */
promoted: number, 
/**
 * Enrolled in the same grade again.
 */
retained: number, 
/**
 * Finished; not enrolled in the next year.
 */
graduated: number, 
/**
 * Of whom nothing was written.
 */
held: number, };

/**
 * Somebody decided otherwise.
 */
export type PromotionChoice = { 
/**
 * Of the year which ends.
 */
enrolment: string, 
/**
 * Instead of the one that was proposed.
 */
step: Step, };

/**
 * Everybody of a year, before anything is written.
 */
export type PromotionPreview = { 
/**
 * By grade, section, sex (boys first, as the forms have it) and name.
 */
lines: Array<PromotionRow>, 
/**
 * Enrolled in the next year already.
 */
done: number, 
/**
 * Transferred out, dropped, cancelled: there is nothing to decide.
 */
left: number, 
/**
 * The grade after which a learner of this school graduates.
 */
last_grade: string, };

/**
 * One line of the preview.
 */
export type PromotionRow = { 
/**
 * That of the year which ends.
 */
enrolment: string, 
/**
 * The learner.
 */
student: string, 
/**
 * As lists have it: `Dela Cruz, Juan`.
 */
name: string, 
/**
 * Twelve digits: DepEd's number of the learner.
 */
lrn: string | null, 
/**
 * `M` or `F`.
 */
sex: string | null, 
/**
 * Of the year which ends.
 */
grade_level: string, 
/**
 * The last one of that year, by name.
 */
section: string | null, 
/**
 * Of the enrolment.
 */
status: string, 
/**
 * What is proposed.
 */
step: Step, 
/**
 * The grade of the next year; none for who graduates or is held.
 */
next: string | null, 
/**
 * Why a learner is held: `missing_papers`, `unsettled_account`, `not_enrolled` (pre-registered, never came), `no_grade`.
 */
hold: string | null, };

/**
 * What the desk proposes for a learner in a school year.
 */
export type Proposal = { known: Known, 
/**
 * The enrolment of this year, if there is one.
 */
here: Past | null, 
/**
 * Years before, the newest first.
 */
past: Array<Past>, kind: string, grade_level: string | null, section: string | null, papers: Array<Paper>, 
/**
 * What speaks against it: `unsettled_account`, `not_finished` (the last enrolment is still open), `missing_papers`,
 * `enrolled` (in this year, already), `left` (in this year; to be taken back).
 */
holds: Array<string>, };

export type Roster = { section: SectionRow, members: Array<Member>, as_of: string, };

/**
 * What a section can be told.
 */
export type SectionFields = { 
/**
 * `K`, `1` to `12` or `NG`.
 */
grade_level?: string, 
/**
 * Without the grade, at most 80 characters.
 */
name?: string, 
/**
 * Senior high, at most 40 characters.
 */
track?: string, 
/**
 * Senior high, at most 40 characters.
 */
strand?: string, 
/**
 * Of the `staff`.
 */
adviser?: string, 
/**
 * At most 40 characters.
 */
room?: string, 
/**
 * Seats, 1 to 200.
 */
capacity?: number, 
/**
 * `whole_day`, `morning`, `afternoon` or `evening`.
 */
shift?: string, };

export type SectionList = { sections: Array<SectionRow>, as_of: string, };

/**
 * A section, and who is in it on the asked day.
 */
export type SectionRow = { 
/**
 * The `section`.
 */
id: string, 
/**
 * Its school year.
 */
school_year: string, 
/**
 * `K`, `1` to `12` or `NG`.
 */
grade_level: string, 
/**
 * Without the grade: `Rizal`.
 */
name: string, 
/**
 * Senior high.
 */
track: string | null, 
/**
 * Senior high.
 */
strand: string | null, 
/**
 * Of the `staff`.
 */
adviser: string | null, 
/**
 * `Reyes, Ana`.
 */
adviser_name: string | null, 
/**
 * As people call it.
 */
room: string | null, 
/**
 * Seats; none: not limited.
 */
capacity: number | null, 
/**
 * `whole_day`, `morning`, `afternoon` or `evening`.
 */
shift: string | null, 
/**
 * Learners whose sex is recorded as `M`.
 */
male: number, 
/**
 * Learners whose sex is recorded as `F`.
 */
female: number, 
/**
 * With those whose sex is not known.
 */
total: number, 
/**
 * Of these, the ones that are expected and not in class yet.
 */
coming: number, };

/**
 * What becomes of a learner.
 */
export type Step = "promote" | "retain" | "graduate" | "hold";

/**
 * One line of the list.
 */
export type Waiting = { enrolment: string, learner: Known, grade_level: string, kind: string | null, status: string, missing: Array<string>, };

/**
 * A school year, with the enrolments it holds.
 */
export type Year = { 
/**
 * The `school_year`.
 */
id: string, 
/**
 * `2026-2027`.
 */
label: string, 
/**
 * The first day.
 */
start_date: string, 
/**
 * The last day.
 */
end_date: string, 
/**
 * The last day on which enrolment is not late.
 */
cutoff_date: string | null, 
/**
 * `draft`, `open` or `closed`.
 */
status: string, };

export type Years = { years: Array<Year>, 
/**
 * The one that today is in.
 */
current: string | null, today: string, };

export type EnrolmentRequest =
/**
 * A paper came, went back or is waived; who waited only for it is confirmed.
 */
| { "do": "enrolment.paper", student: string, kind: string, state: string, }
/**
 * Enrols.
 */
| { "do": "enrolment.enrol", enrol: EnrolFields, }
/**
 * Pre-registered learners came, temporary ones are complete.
 */
| { "do": "enrolment.confirm", enrolments: string[], on_date: string, }
/**
 * Everybody who is not held, but for `choices` as proposed.
 */
| { "do": "enrolment.promote", from_year: string, to_year: string, 
/**
 * Only these grades; all where it does not say.
 */
grades?: Array<string>, choices?: Array<PromotionChoice>, }
/**
 * Makes the school year after this one, as a draft.
 */
| { "do": "enrolment.next_year", year: string, }
/**
 * Makes or changes a section.
 */
| { "do": "enrolment.section", school_year: string, id?: string, fields: SectionFields, }
/**
 * Deletes a section that nobody was in.
 */
| { "do": "enrolment.delete_section", id: string, }
/**
 * The sections of one year in another too.
 */
| { "do": "enrolment.copy_sections", from_year: string, to_year: string, }
/**
 * Into a section from a day on; without one, out of theirs.
 */
| { "do": "enrolment.assign", enrolments: string[], section?: string, on_date: string, over_capacity?: boolean, 
/**
 * Somebody agreed that marks of that day and later stay with the section where they were made.
 */
marks_stay?: boolean, }
/**
 * The school years, and which one the desk works in.
 */
| { "do": "enrolment.years" }
/**
 * Learners whose name, LRN or number has every word of `text`, with their newest enrolment.
 */
| { "do": "enrolment.find", text: string, limit: number, }
/**
 * What the desk proposes for a learner.
 */
| { "do": "enrolment.desk", student: string, school_year: string, }
/**
 * The papers that this kind of enrolment wants of a learner, or of a new one.
 */
| { "do": "enrolment.papers", student?: string, kind: string, }
/**
 * The reasons of School Form 2.
 */
| { "do": "enrolment.reasons" }
/**
 * When an enrolment began and which section is its last, for its correction.
 */
| { "do": "enrolment.beginning", enrolment: string, }
/**
 * A learner's enrolments, the newest first.
 */
| { "do": "enrolment.of", student: string, }
/**
 * The sections of a year, counted on a day (none: today, or the first day of a year that has not begun).
 */
| { "do": "enrolment.sections", school_year: string, as_of?: string, }
| { "do": "enrolment.roster", section: string, as_of?: string, }
/**
 * Who wants something of the registrar.
 */
| { "do": "enrolment.list", school_year: string, only: Only, grade?: string, }
| { "do": "enrolment.promotion_preview", from_year: string, to_year: string, }
| { "do": "enrolment.transfer_out", enrolment: string, to_school: string, on_date: string, unsettled_account?: boolean, }
| { "do": "enrolment.drop", enrolment: string, reason_code: string, note?: string, on_date: string, }
/**
 * Back within the year.
 */
| { "do": "enrolment.return", enrolment: string, on_date: string, section?: string, over_capacity?: boolean, }
/**
 * It was a mistake.
 */
| { "do": "enrolment.cancel", enrolment: string, note?: string, on_date: string, }
/**
 * The day of an enrolment, or its section, was written wrongly.
 */
| { "do": "enrolment.correct", enrolment: string, on_date: string, section?: string, over_capacity?: boolean, };

export interface EnrolmentAnswers {
  "enrolment.paper": PaperSet;
  "enrolment.enrol": Enrolled;
  "enrolment.confirm": Count;
  "enrolment.promote": Promoted;
  "enrolment.next_year": Made;
  "enrolment.section": Made;
  "enrolment.delete_section": Count;
  "enrolment.copy_sections": Count;
  "enrolment.assign": Count;
  "enrolment.years": Years;
  "enrolment.find": Array<Known>;
  "enrolment.desk": Proposal;
  "enrolment.papers": Array<Paper>;
  "enrolment.reasons": Array<DropReason>;
  "enrolment.beginning": Beginning;
  "enrolment.of": Array<Past>;
  "enrolment.sections": SectionList;
  "enrolment.roster": Roster;
  "enrolment.list": Array<Waiting>;
  "enrolment.promotion_preview": PromotionPreview;
  "enrolment.transfer_out": Count;
  "enrolment.drop": Count;
  "enrolment.return": Count;
  "enrolment.cancel": Count;
  "enrolment.correct": Count;
}
