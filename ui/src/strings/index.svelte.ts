// Every sentence that the window shows, by screen, in the language that this PC was set to. `words.learners.title` read in a
// component follows the language while the window is open. A screen's words are two files of the same shape,
// en/<screen>.ts and fil/<screen>.ts; the compiler refuses a Filipino file that lacks a sentence.

import * as en from "./en";
import * as fil from "./fil";

export { count, plural } from "./number";

export type Language = "en" | "fil";
export type Words = typeof en;

export const catalogues: Record<Language, Words> = { en, fil };
/** What the languages call themselves. */
export const languages: Record<Language, string> = { en: "English", fil: "Filipino" };

const KEPT_AS = "pems.language";
const state = $state({ language: "en" as Language });

export const language = (): Language => state.language;

/** Changes every sentence on the screen at once, and is remembered on this PC. */
export function setLanguage(next: Language): void {
  state.language = next;
  if (typeof document === "undefined") return;
  document.documentElement.lang = next;
  localStorage.setItem(KEPT_AS, next);
}

/** Once, before the first screen: the language that was chosen last. */
export function restoreLanguage(): void {
  const kept = localStorage.getItem(KEPT_AS);
  setLanguage(kept === "fil" ? "fil" : "en");
}

export const words = {} as Words;
for (const screen of Object.keys(en) as (keyof Words)[])
  Object.defineProperty(words, screen, { get: () => catalogues[state.language][screen], enumerable: true });
