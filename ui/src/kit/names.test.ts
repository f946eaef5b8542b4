import { expect, test } from "vitest";
import { proper } from "./names";

test("names that were typed in small letters are offered as they are written", () => {
  for (const [typed, written] of [
    ["dela cruz", "Dela Cruz"],
    ["de la cruz", "De la Cruz"],
    ["de los santos", "De los Santos"],
    ["ma. clara", "Ma. Clara"],
    ["abdul-rahman", "Abdul-Rahman"],
    ["o'brien", "O'Brien"],
    ["ñiña", "Ñiña"],
    ["peñaflor y reyes", "Peñaflor y Reyes"],
    ["jr.", "Jr."],
    ["iii", "III"],
    ["  juan   miguel ", "Juan Miguel"],
  ] as const)
    expect([typed, proper(typed)]).toEqual([typed, written]);
});

test("what has capitals, or nothing to capitalise, is left alone", () => {
  for (const typed of ["Dela Cruz", "DELA CRUZ", "dela Cruz", "McArthur", "", "  ", "-", "12"])
    expect([typed, proper(typed)]).toEqual([typed, null]);
});
