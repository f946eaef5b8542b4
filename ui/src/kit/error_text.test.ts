// What the office refuses, as it is read: what the screen has words for, in its language alone.

import { afterEach, expect, test } from "vitest";
import { catalogues, setLanguage } from "../strings/index.svelte";
import { sentence } from "./error_text";

afterEach(() => setLanguage("en"));

const refused = (weak: string) => ({
  code: "password_weak",
  message: "a password has ten characters or more",
  details: { field: "new", weak },
});

for (const language of ["en", "fil"] as const)
  for (const weak of ["short", "long", "pattern", "common", "own", "same", "passphrase"])
    test(`a password that is ${weak} is refused in ${language} words alone`, () => {
      setLanguage(language);
      const said = sentence(refused(weak));
      expect(said).toBe(catalogues[language].trouble.weak[weak]);
      expect(said.length).toBeGreaterThan(20);
      if (language === "fil") expect(said).not.toMatch(/\b(the|characters|words do well)\b/);
    });

test("a weakness that is newer than the words is said as the office says it", () => {
  setLanguage("fil");
  expect(sentence(refused("of tomorrow"))).toBe("Masyadong mahina ang password. A password has ten characters or more.");
});

for (const language of ["en", "fil"] as const)
  test(`a save that waited for a list in vain is told so in ${language} words alone`, () => {
    setLanguage(language);
    const saving = { list: "learners.csv", done: 1200, total: 20000 };
    const said = sentence({ code: "store_locked", message: "the list is being saved", details: { saving } });
    expect(said).toBe(catalogues[language].trouble.saving("learners.csv", 1200, 20000));
    expect(said).toContain("learners.csv");
    if (language === "fil") expect(said).not.toMatch(/\b(the|saved|rows)\b/);
  });
