// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

import type { SyncSummary } from "./api";
import type { LongAbsent, Report, SectionDay, Unsubmitted } from "./attendance";

/**
 * What is compared with.
 */
export type Before = { 
/**
 * The school year.
 */
label: string, 
/**
 * The same day a year ago or, where that year was over by then, its last day.
 */
date: string, total: number, };

/**
 * The sections that have to take attendance today.
 */
export type Classes = { sections: number, taken: number, 
/**
 * The first of those that have not taken it, by grade.
 */
untaken: Array<Untaken>, 
/**
 * Of the sections that have taken it: learners who were there, also those late, cutting classes or absent for half of it.
 */
present: number, present_male: number, present_female: number, 
/**
 * Absent the whole day, excused ones too.
 */
absent: number, 
/**
 * Absent for half of the day.
 */
half: number, 
/**
 * Late or cutting classes.
 */
tardy: number, };

export type DeskCounts = { 
/**
 * Temporarily enrolled.
 */
temporary: number, pre_registered: number, 
/**
 * In no section from today on.
 */
unassigned: number, enrolled_today: number, 
/**
 * Learners of this year who owe a paper.
 */
missing_papers: number, 
/**
 * Which, the most frequent first.
 */
papers: Array<PaperCount>, };

/**
 * A first step.
 */
export type FirstStep = { 
/**
 * `school` (its name and ID), `year`, `learners`, `sections` or `users`.
 */
id: string, done: boolean, 
/**
 * Whether the person here does it; otherwise an administrator does, or somebody at another PC.
 */
may: boolean, };

/**
 * A section with more learners than seats.
 */
export type FullSection = { id: string, name: string, grade_level: string, seats: number, learners: number, };

export type GradeLine = { grade_level: string, male: number, female: number, 
/**
 * With those whose sex is not recorded.
 */
total: number, 
/**
 * A year ago; none where there is nothing to compare with.
 */
before: number | null, };

/**
 * The day of whoever is at the PC.
 */
export type Home = { today: string, 
/**
 * Whose day it is: `head` (and administrators), `registrar`, `teacher` or `other`.
 */
view: string, 
/**
 * The year that enrolment works in; none: the school has no school year yet.
 */
year: HomeYear | null, 
/**
 * None as long as there is no school year.
 */
day: SchoolDay | null, 
/**
 * No school year, no sections or no learners: then there is no day to speak of, only first steps.
 */
beginning: boolean, 
/**
 * In their order, with those that are done; empty when all are done, and for those who do none of them.
 */
steps: Array<FirstStep>, 
/**
 * For the head, on a class day.
 */
classes: Classes | null, 
/**
 * Sections that the person here advises.
 */
own: Array<OwnSection>, 
/**
 * Learners absent five class days in a row, whose attendance the person here answers for.
 */
away: Array<LongAbsent>, 
/**
 * For the head and the registrar.
 */
enrolment: HomeEnrolment | null, 
/**
 * For the head and the registrar.
 */
full: Array<FullSection>, 
/**
 * For the head and the registrar.
 */
desk: DeskCounts | null, 
/**
 * Numbers, above all LRNs, that two learners have; for the head and the registrar.
 */
same_number: number, sync: SyncSummary, };

/**
 * Learners in class, those temporarily enrolled too; not those who are only expected.
 */
export type HomeEnrolment = { male: number, female: number, total: number, before: Before | null, grades: Array<GradeLine>, };

/**
 * A school year, as the page speaks of it.
 */
export type HomeYear = { id: string, label: string, start_date: string, end_date: string, 
/**
 * It is over, or will be in a few weeks: time to think of the next one.
 */
ending: boolean, };

/**
 * Who went from this section to another one lately.
 */
export type MovedOn = { student: string, listed: string, 
/**
 * `7-Rizal`.
 */
to: string, 
/**
 * The first day there.
 */
on: string, 
/**
 * Days since then on which he was marked here: these marks stay, and count here.
 */
marked: Array<string>, };

/**
 * A month of School Form 2.
 */
export type OwnMonth = { 
/**
 * `2026-06`.
 */
month: string, 
/**
 * Its last day has passed: it is signed now.
 */
over: boolean, 
/**
 * Class days before today on which attendance was not taken.
 */
untaken: Array<string>, report: Report | null, };

export type OwnSection = { today: SectionDay, male: number, female: number, 
/**
 * This month and the one before, the older first; without those that have no class days yet.
 */
months: Array<OwnMonth>, 
/**
 * Who went to another section within the last weeks.
 */
moved: Array<MovedOn>, 
/**
 * What the adviser marked and did not submit.
 */
unsubmitted: Array<Unsubmitted>, };

/**
 * Learners who owe a paper of this kind.
 */
export type PaperCount = { 
/**
 * A kind of `student_document`.
 */
kind: string, learners: number, };

export type SchoolDay = { 
/**
 * Whether anybody has classes.
 */
class: boolean, 
/**
 * `class`, `makeup`, `event`, `holiday`, `suspension`, `weekend` or `outside` (of the school year).
 */
kind: string, 
/**
 * What the holiday or event is, or why there are no classes.
 */
label: string | null, 
/**
 * Grade levels without classes, on a day when others have them.
 */
without: Array<string>, 
/**
 * The next class day.
 */
next: string | null, };

/**
 * A section whose attendance was not taken yet.
 */
export type Untaken = { id: string, name: string, grade_level: string, adviser: string | null, };

export type HomeRequest =
| { "do": "home.today" };

export interface HomeAnswers {
  "home.today": Home;
}
