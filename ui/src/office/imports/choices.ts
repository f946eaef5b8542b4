// What was chosen about the lines of a register. Pure.

import type { LineChoice, ReconciledLine, Reconciliation } from "../../generated/imports";

/** By line of the sheet. A line that is not in it is left alone. */
export type Choices = Readonly<Record<number, LineChoice>>;

export type Group = "missing" | "extra" | "different" | "wrong" | "suspect" | "same" | "notes";

const isWritten = (choice: LineChoice | undefined): boolean =>
  choice !== undefined && Boolean(choice.add || choice.move_section || choice.same_as || choice.take_theirs?.length);

export const chosen = (proposed: readonly LineChoice[]): Choices => Object.fromEntries(proposed.map((one) => [one.line, one]));

/** With another choice about one line. */
export const changed = (choices: Choices, line: number, change: Partial<LineChoice>): Choices => ({
  ...choices,
  [line]: { ...choices[line], ...change, line },
});

/** With a field taken from the register, or left as it is here. */
export function taken(choices: Choices, line: number, field: string, take: boolean): Choices {
  const others = (choices[line]?.take_theirs ?? []).filter((name) => name !== field);
  return changed(choices, line, { take_theirs: take ? [...others, field] : others });
}

export const takes = (choices: Choices, line: number, field: string): boolean => choices[line]?.take_theirs?.includes(field) ?? false;

/** Which lines stand in a group. A line that is missing or elsewhere may differ as well. */
export function linesOf(register: Reconciliation, group: Group): ReconciledLine[] {
  const states: Record<string, ReconciledLine["state"]> = {
    missing: "missing_here",
    wrong: "wrong_section",
    suspect: "suspect",
    same: "same",
  };
  if (group === "different") return register.lines.filter((line) => line.fields.length > 0 && line.state !== "suspect");
  return register.lines.filter((line) => line.state === states[group]);
}

export interface Sum {
  enrolled: number;
  moved: number;
  fields: number;
}

/** What applying would come to. */
export function sumOf(choices: Choices): Sum {
  const sum: Sum = { enrolled: 0, moved: 0, fields: 0 };
  for (const choice of Object.values(choices)) {
    if (choice.add || choice.same_as) sum.enrolled += 1;
    if (choice.move_section) sum.moved += 1;
    sum.fields += choice.take_theirs?.length ?? 0;
  }
  return sum;
}

/** The choices that are sent: those that do something. */
export const sent = (choices: Choices): LineChoice[] => Object.values(choices).filter(isWritten);
