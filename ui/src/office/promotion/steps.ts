// What becomes of each learner: as proposed, unless somebody decided otherwise.

import type { PromotionRow, Step } from "../../generated/enrolment";
import { GRADES } from "../enrolment/grades";

export const STEPS = ["promote", "retain", "graduate", "hold"] as const satisfies readonly Step[];

/** By enrolment. */
export type Choices = Readonly<Record<string, Step>>;

export const stepOf = (line: Pick<PromotionRow, "enrolment" | "step">, choices: Choices): Step => choices[line.enrolment] ?? line.step;

export function counted(lines: readonly Pick<PromotionRow, "enrolment" | "step">[], choices: Choices): Record<Step, number> {
  const counts = { promote: 0, retain: 0, graduate: 0, hold: 0 };
  for (const line of lines) counts[stepOf(line, choices)] += 1;
  return counts;
}

/** The grade of the next year, as the office will write it; null for who graduates, is held, or has no grade to go to. */
export function nextGrade(line: Pick<PromotionRow, "enrolment" | "step" | "grade_level">, choices: Choices): string | null {
  const step = stepOf(line, choices);
  if (step === "retain") return line.grade_level;
  return step === "promote" ? following(line.grade_level) : null;
}

function following(grade: string): string | null {
  const next = GRADES[GRADES.findIndex((one) => one === grade) + 1];
  return next === undefined || next === "NG" ? null : next;
}
