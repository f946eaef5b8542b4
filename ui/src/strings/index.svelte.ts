// Every sentence that the window shows, by screen, in the language of who is here, or else of this PC. `words.learners.title` read in a
// component follows the language while the window is open. A screen's words are two files of the same shape,
// en/<screen>.ts and fil/<screen>.ts; the compiler refuses a Filipino file that lacks a sentence.

import * as en from "./en";
import * as fil from "./fil";
import { keep, kept } from "../kit/window_settings";

export { count } from "./number";

export type Language = "en" | "fil";
export type Words = typeof en;

export const catalogues: Record<Language, Words> = { en, fil };
/** What the languages call themselves. */
export const languages: Record<Language, string> = { en: "English", fil: "Filipino" };

const state: { language: Language } = $state({ language: "en" });

export const language = (): Language => state.language;

/** Changes every sentence on the screen at once; null: to the language of this PC, as before anybody is here. */
export function setLanguage(next: Language | null): void {
  state.language = next ?? (kept("language") === "fil" ? "fil" : "en");
  if (typeof document !== "undefined") document.documentElement.lang = state.language;
}

/** The language of this PC from now on: of everybody who chose none. */
export function keepLanguage(next: Language): void {
  keep("language", next);
  setLanguage(next);
}

export const words = {} as Words;
for (const screen of Object.keys(en) as (keyof Words)[])
  Object.defineProperty(words, screen, { get: () => catalogues[state.language][screen], enumerable: true });
