import { describe, expect, test } from "vitest";
import type { ReconciledLine, Reconciliation } from "../../generated/imports";
import { changed, chosen, linesOf, sent, sumOf, taken, takes } from "./choices";

const line = (number: number, state: ReconciledLine["state"], fields: string[] = []): ReconciledLine => ({
  line: number,
  name: `Learner ${number}`,
  lrn: null,
  sex: null,
  birth_date: null,
  remarks: null,
  state,
  student: null,
  matched_by: null,
  enrolment: null,
  ours: null,
  fields: fields.map((field) => ({ field, label: field, ours: null, theirs: "x" })),
  candidates: [],
});

describe("choices", () => {
  test("one line is changed and the others stay", () => {
    const first = chosen([
      { line: 7, add: true },
      { line: 9, move_section: true, take_theirs: ["sex"] },
    ]);
    const next = taken(changed(first, 7, { add: false }), 9, "religion", true);
    expect(sent(next)).toEqual([{ line: 9, move_section: true, take_theirs: ["sex", "religion"] }]);
    expect(takes(next, 9, "religion")).toBe(true);
    expect(takes(taken(next, 9, "religion", false), 9, "religion")).toBe(false);
    expect(sumOf(first)).toEqual({ enrolled: 1, moved: 1, fields: 1 });
  });

  test("the learner whom a suspect is, and a new one, are both enrolled", () => {
    expect(
      sumOf(
        chosen([
          { line: 1, same_as: "a" },
          { line: 2, add: true },
        ]),
      ).enrolled,
    ).toBe(2);
  });

  test("who is elsewhere and differs stands in both groups; who is not certain in none of them", () => {
    const lines = [line(1, "missing_here", ["sex"]), line(2, "suspect", ["sex"]), line(3, "wrong_section"), line(4, "same")];
    const register = { lines } as unknown as Reconciliation;
    const numbers = (group: Parameters<typeof linesOf>[1]) => linesOf(register, group).map((one) => one.line);
    expect([numbers("missing"), numbers("different"), numbers("wrong"), numbers("suspect"), numbers("extra")]).toEqual([
      [1],
      [1],
      [3],
      [2],
      [],
    ]);
  });
});
