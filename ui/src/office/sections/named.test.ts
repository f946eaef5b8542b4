import { expect, test } from "vitest";
import { inGrade, namesItsGrade } from "./named";

test("the grade is said once", () => {
  expect(inGrade("7", "Rizal")).toBe("Grade 7 Rizal");
  expect(inGrade("7", "Rizal", " – ")).toBe("Grade 7 – Rizal");
  expect(inGrade("7", "7-Bonifacio")).toBe("7-Bonifacio");
  expect(inGrade("7", "Grade 7 Luna")).toBe("Grade 7 Luna");
  expect(inGrade("7", null)).toBe("Grade 7");
  expect(inGrade(null, "Rizal")).toBe("Rizal");
  for (const [grade, name] of [
    ["10", "G10-Mabini"],
    ["7", "7 - Rizal"],
    ["K", "Kinder Rose"],
    ["K", "K-1"],
  ] as const)
    expect(namesItsGrade(grade, name), name).toBe(true);
  for (const [grade, name] of [
    ["1", "10-Rizal"],
    ["7", "70s"],
    ["7", "8-Luna"],
    ["K", "Kalachuchi"],
    ["7", "Gumamela"],
  ] as const)
    expect(namesItsGrade(grade, name), name).toBe(false);
});
