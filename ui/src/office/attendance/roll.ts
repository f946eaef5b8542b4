// A class on the screen: what is marked on top of what is recorded. Pure; the screen draws it and the office checks it.

import type { Class, Pupil, TakenMark } from "../../generated/attendance";
import { namesItsGrade } from "../sections/named";

export const CODES = ["P", "A", "L", "C", "E"] as const;
/** Absent for half a day, where whole days are taken. */
export const HALVES = ["AM", "PM"] as const;
export type Mark = (typeof CODES)[number] | (typeof HALVES)[number];

/** What was marked here and is not submitted yet, by learner. */
export type Draft = Readonly<Record<string, Mark>>;

/** The mark that a key means. Delete takes a mark back, as in a spreadsheet. */
export function markOf(key: string, halves = false): Mark | null {
  if (key === " " || key === "Delete" || key === "Backspace") return "P";
  const letter = key.toUpperCase();
  if (halves && (letter === "M" || letter === "H")) return letter === "M" ? "AM" : "PM";
  return CODES.find((code) => code === letter) ?? null;
}

/** The key of a mark. */
export const keyOf = (code: Mark): string => (code === "AM" ? "M" : code === "PM" ? "H" : code);

/** Whose day counts in this class: without those who were marked in another one before they came, with those who went. */
export const here = (shown: Class, draft: Draft): Pupil[] => [
  ...shown.pupils.filter((pupil) => !pupil.elsewhere || draft[pupil.id]),
  ...shown.moved,
];

/** School days in a row absent, this day too where it is marked so; whoever is absent alone today is not absent in a row. */
export const inARow = (pupil: Pupil, code: string): number => pupil.away + (pupil.away > 0 && (code === "A" || code === "E") ? 1 : 0);

export const codeOf = (pupil: Pupil, draft: Draft): string => draft[pupil.id] ?? pupil.code;

/** The draft with one more mark; a mark that says what is recorded is no change. */
export function marked(draft: Draft, pupil: Pupil, code: Mark): Draft {
  const { [pupil.id]: _, ...others } = draft;
  return code === pupil.code ? others : { ...others, [pupil.id]: code };
}

/** What of the draft still changes something: learners who left the class meanwhile are dropped. */
export function changes(draft: Draft, pupils: readonly Pupil[]): Draft {
  return Object.fromEntries(
    pupils.flatMap(({ id, code }) => {
      const mark = draft[id];
      return mark === undefined || mark === code ? [] : [[id, mark] as const];
    }),
  );
}

/** Everybody who is not present, as the office takes it. A note goes with its mark as long as the mark stays. */
export function marksOf(pupils: readonly Pupil[], draft: Draft): TakenMark[] {
  return pupils
    .map((pupil) => ({ pupil, code: codeOf(pupil, draft) }))
    .filter(({ code }) => code !== "P")
    .map(({ pupil, code }) => ({ student: pupil.id, code, ...(pupil.note && code === pupil.code ? { note: pupil.note } : {}) }));
}

/** The marks as they are on the screen under what was typed: what was not seen is not overwritten. */
export function seenOf(pupils: readonly Pupil[]): TakenMark[] {
  return marksOf(pupils, {});
}

export interface Count {
  present: number;
  absent: number;
  tardy: number;
  /** Absent for half of the day, and present for the other. */
  half: number;
}

/** Late and cutting learners are present. */
export function counted(pupils: readonly Pupil[], draft: Draft): Count {
  const codes = pupils.map((pupil) => codeOf(pupil, draft));
  const absent = codes.filter((code) => code === "A" || code === "E").length;
  return {
    present: codes.length - absent,
    absent,
    tardy: codes.filter((code) => code === "L" || code === "C").length,
    half: codes.filter((code) => code === "AM" || code === "PM").length,
  };
}

/** `8-Rizal`, also where the school wrote the grade into the name. */
export const titleOf = ({ grade_level: grade, name }: Class["section"]): string =>
  namesItsGrade(grade, name) ? name : `${grade === "K" ? "Kinder" : grade}-${name}`;

/** Whether what is recorded differs from what it was when marking began. */
export const isOther = (before: Class, after: Class): boolean =>
  before.taken?.at !== after.taken?.at ||
  before.pupils.some((pupil) => after.pupils.find(({ id }) => id === pupil.id)?.code !== pupil.code);
