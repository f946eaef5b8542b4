// What the terms of a year without any begin with: the year in equal parts, for somebody to put right. Pure.

import type { TermDraft } from "../../generated/admin";

const DAY_MS = 86_400_000;
const iso = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export function evenly(start: string, end: string, parts: number): TermDraft[] {
  const [first, last] = [Date.parse(start) / DAY_MS, Date.parse(end) / DAY_MS];
  if (!(last - first >= parts)) return [];
  const cut = (n: number) => first + Math.round(((last - first + 1) * n) / parts);
  return Array.from({ length: parts }, (_, n) => ({ start_date: iso(cut(n)), end_date: iso(cut(n + 1) - 1) }));
}
