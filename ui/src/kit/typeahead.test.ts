import { expect, test } from "vitest";
import { TypeAhead } from "./typeahead";

const grades = ["Kindergarten", "Grade 1", "Grade 6", "Grade 7", "Grade 10", "Non-graded"];
const typed = (text: string, from = 0, gap = 100) => {
  const ahead = new TypeAhead();
  return Array.from(text).reduce((at, key, step) => ahead.find(grades, key, step * gap, at), from);
};

test("what is typed quickly is one word", () => {
  expect(grades[typed("Grade 7")]).toBe("Grade 7");
  expect(grades[typed("grade 10")]).toBe("Grade 10");
  expect(grades[typed("7")]).toBe("Grade 7");
  expect(grades[typed("k", 3)]).toBe("Kindergarten");
  expect(typed("x")).toBe(-1);
});

test("one letter again and again walks, and a pause begins anew", () => {
  expect(grades[typed("ggg")]).toBe("Grade 7");
  expect(grades[typed("gk", 0, 5_000)]).toBe("Kindergarten");
});

test("a space belongs to a word that is being typed", () => {
  const ahead = new TypeAhead();
  expect(ahead.going(0)).toBe(false);
  ahead.find(grades, "g", 0, 0);
  expect([ahead.going(500), ahead.going(5_000)]).toEqual([true, false]);
});
