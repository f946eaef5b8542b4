// How a section is shown with its grade. Many schools write the grade into the name ("7-Bonifacio"): there it is not said again.

import { words } from "../../strings/index.svelte";

/** Whether the name says the grade already, as "7-Rizal", "Grade 7 Rizal" and "G7 Rizal" do. */
export function namesItsGrade(grade: string, name: string): boolean {
  const low = name.trim().toLowerCase();
  if (grade === "K") return /^(kinder|k(?![a-z]))/.test(low);
  const begins = low.replace(/^(grade|gr\.|g(?=[\s\d]))\s*/, "");
  return begins.startsWith(grade.toLowerCase()) && !/^[\p{L}\p{N}]/u.test(begins.slice(grade.length));
}

/** `Grade 7 Rizal`, `7-Bonifacio`; the grade alone without a section, nothing without either. */
export function inGrade(grade: string | null | undefined, name: string | null | undefined, between = " "): string {
  if (!grade) return name ?? "";
  if (name && namesItsGrade(grade, name)) return name;
  return [words.desk.grades(grade), name].filter(Boolean).join(between);
}
