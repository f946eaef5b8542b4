// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.

import type { Known } from "./enrolment";
import type { LearnerQuery } from "./learners";

/**
 * Which point of the text `x` names.
 */
export type Align = "start" | "middle" | "end";

/**
 * One form of one section or learner.
 */
export type FormAsked = { "form": "sf1" } & FormAskedSf1 | { "form": "sf2" } & FormAskedSf2 | { "form": "class_list" } & FormAskedClassList | { "form": "certificate" } & FormAskedCertificate | { "form": "learner_list" } & FormAskedLearnerList | { "form": "day" } & FormAskedDay | { "form": "away" } & FormAskedAway;

/**
 * Who has been away for five class days or more.
 */
export type FormAskedAway = Record<symbol, never>;

/**
 * Certificate of enrolment.
 */
export type FormAskedCertificate = { student: string, purpose?: string, };

/**
 * The class list of today.
 */
export type FormAskedClassList = { section: string, };

/**
 * A day (`2026-06-16`) over all sections.
 */
export type FormAskedDay = { date: string, };

/**
 * The list of learners as it was searched, filtered and sorted.
 */
export type FormAskedLearnerList = { query?: LearnerQuery, 
/**
 * Those that are shown, in order; the usual ones where none is named.
 */
columns?: Array<string>, 
/**
 * Only these of them, where some were chosen.
 */
chosen?: string[], };

/**
 * School Form 1, the register as it stands today.
 */
export type FormAskedSf1 = { section: string, };

/**
 * School Form 2 of a month (`2026-06`).
 */
export type FormAskedSf2 = { section: string, month: string, };

/**
 * Whose certificates whoever is here may look at.
 */
export type FormCertificates = "everybodys" | "own_sections" | "nobodys";

/**
 * As what a form is filed.
 */
export type FormFormat = "pdf" | "draft" | "xlsx" | "csv";

export type FormPreview = { 
/**
 * What the paper is: `School Form 2, 7-Rizal, June 2026`.
 */
title: string, missing: Array<Missing>, 
/**
 * Whether nothing is missing that must be there.
 */
ready: boolean, formats: Array<string>, 
/**
 * Rows of a list that is too long for paper; of a shorter one, and of a form, none.
 */
too_long: number | null, pages: Array<Page>, };

/**
 * A file that was made, or the folder of several.
 */
export type FormPrinted = { path: string, files: number, 
/**
 * Of paper: 0 for workbooks, which Excel divides.
 */
pages: number, };

export type FormSection = { id: string, 
/**
 * `7-Rizal`.
 */
title: string, adviser: string | null, 
/**
 * Whether it is the own section of who is here.
 */
own: boolean, 
/**
 * Its forms that whoever is here may look at.
 */
forms: Array<string>, };

/**
 * What there is to print of a school year.
 */
export type FormShelf = { 
/**
 * Newest first.
 */
years: Array<FormYear>, year: string | null, sections: Array<FormSection>, 
/**
 * Months that have begun, oldest first.
 */
months: Array<string>, certificates: FormCertificates, 
/**
 * `YYYY-MM-DD`.
 */
today: string, };

export type FormYear = { id: string, label: string, };

/**
 * What is drawn, in this order. Greys are 0 (black) to 255 (white); line widths are millimetres.
 */
export type Item = { "kind": "text", x: number, y: number, size_pt: number, weight: Weight, align: Align, width: number, turned: boolean, text: string, } | { "kind": "line", x1: number, y1: number, x2: number, y2: number, width: number, } | { "kind": "rect", x: number, y: number, w: number, h: number, fill: number | null, stroke: number | null, } | { "kind": "polygon", points: Array<[number, number]>, fill: number, } | { "kind": "image", x: number, y: number, w: number, h: number, png: string, };

/**
 * One thing that is missing.
 */
export type Missing = { 
/**
 * The kind of record that lacks it, by its name in the data model: `school_profile`, `section`, `student`...
 */
record: string, id: string | null, 
/**
 * The field, by its name in the data model.
 */
field: string, 
/**
 * The field as a clerk knows it.
 */
label: string, 
/**
 * Whose record it is: a learner's name, the section, the school.
 */
who: string, severity: Severity, };

/**
 * One sheet of paper, one side.
 */
export type Page = { width_mm: number, height_mm: number, items: Array<Item>, };

export type Severity = "must" | "should";

export type Weight = "regular" | "bold";

export type FormsRequest =
/**
 * A form to look at, and what it lacks.
 */
| { "do": "forms.preview", asked: FormAsked, }
/**
 * Files forms, one after the other in one PDF, or as workbooks, of which several are in a folder of their own.
 */
| { "do": "forms.print", asked: Array<FormAsked>, format: FormFormat, }
/**
 * Opens a file that was made here with the program that this PC has for it.
 */
| { "do": "forms.open", path: string, }
/**
 * The sections and months of a school year; of today's where none is named.
 */
| { "do": "forms.shelf", school_year?: string, }
/**
 * Whose certificate whoever is here may look at, those who fit a text best first.
 */
| { "do": "forms.learners", text: string, limit: number, };

export interface FormsAnswers {
  "forms.preview": FormPreview;
  "forms.print": FormPrinted;
  "forms.open": null;
  "forms.shelf": FormShelf;
  "forms.learners": Array<Known>;
}
