import { expect, test } from "vitest";
import { setLanguage, words } from "../../strings/index.svelte";
import { calledBy, longDay } from "./days";

test("a day is written out, in both languages", () => {
  expect(longDay("2026-11-27")).toBe("Friday, 27 November 2026");
  setLanguage("fil");
  expect(longDay("2026-11-29")).toBe("Linggo, ika-29 ng Nobyembre 2026");
  setLanguage("en");
});

test("people are greeted by the name that they are called by", () => {
  expect(calledBy("Benigno Santos")).toBe("Benigno");
  expect(calledBy("Ma. Clara Reyes")).toBe("Ma. Clara");
  expect(calledBy("")).toBe("");
  expect(words.home.greeting(9, calledBy("Ana Cruz"))).toBe("Good morning, Ana");
  expect(words.home.greeting(9, calledBy("Mariñas, Jo"))).toBe("Good morning, Jo");
  expect(calledBy("Dela Cruz, Ma. Clara S.")).toBe("Ma. Clara");
  expect(calledBy("Cruz,")).toBe("Cruz");
  expect(words.home.greeting(20, "")).toBe("Good evening");
});
