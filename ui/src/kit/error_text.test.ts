// What the office refuses, as it is read: a weak password in the language of the screen alone.

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
  for (const weak of ["short", "long", "pattern", "common", "own", "passphrase"])
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
