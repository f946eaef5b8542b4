// Every sentence that the window shows, by screen, in the language that this PC was set to. `words.learners.title` read in a
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

/** Changes every sentence on the screen at once, and is remembered on this PC. */
export function setLanguage(next: Language): void {
  state.language = next;
  if (typeof document === "undefined") return;
  document.documentElement.lang = next;
  keep("language", next);
}

/** Once, before the first screen: the language that was chosen last. */
export function restoreLanguage(): void {
  state.language = kept("language") === "fil" ? "fil" : "en";
  document.documentElement.lang = state.language;
}

export const words = {} as Words;
for (const screen of Object.keys(en) as (keyof Words)[])
  Object.defineProperty(words, screen, { get: () => catalogues[state.language][screen], enumerable: true });
