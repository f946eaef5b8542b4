import { expect, test } from "vitest";
import { counted, nextGrade } from "./steps";

const line = (enrolment: string, grade_level: string, step: "promote" | "hold" | "graduate") => ({ enrolment, grade_level, step });

test("what somebody decided counts before what was proposed", () => {
  const lines = [line("a", "7", "promote"), line("b", "7", "hold"), line("c", "10", "graduate")];
  expect(counted(lines, {})).toEqual({ promote: 1, retain: 0, graduate: 1, hold: 1 });
  expect(counted(lines, { a: "retain", b: "promote" })).toEqual({ promote: 1, retain: 1, graduate: 1, hold: 0 });
});

test("the next grade follows the step", () => {
  expect(nextGrade(line("a", "K", "promote"), {})).toBe("1");
  expect(nextGrade(line("a", "7", "promote"), { a: "retain" })).toBe("7");
  expect(nextGrade(line("a", "12", "promote"), {})).toBeNull();
  expect(nextGrade(line("a", "10", "graduate"), {})).toBeNull();
});
