// Days and months as these screens name them.

import { day } from "../../kit/format";
import { words } from "../../strings/index.svelte";

/** 0 is Monday. Days have no time zone. */
export function weekday(date: string): number {
  const [year = 0, month = 1, number = 1] = date.split("-").map(Number);
  return (new Date(Date.UTC(year, month - 1, number)).getUTCDay() + 6) % 7;
}

/** `Mon, 8 Jun 2026`. */
export const dayName = (date: string): string => `${words.calendar.weekdays[weekday(date)]}, ${day(date)}`;

/** When a day's attendance was taken: the time alone on the day itself. */
export function takenAt(moment: string, date: string): string {
  const at = new Date(moment);
  const two = (n: number) => String(n).padStart(2, "0");
  const on = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return on === date ? time : `${day(on)} ${time}`;
}

/** `June 2026`, of `2026-06`. */
export function monthName(month: string): string {
  const [year, number] = month.split("-");
  return `${words.calendar.monthNames[Number(number) - 1] ?? ""} ${year}`;
}

/** The month that is `by` months later. */
export function later(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const at = new Date(Date.UTC(year, number - 1 + by, 1));
  return `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, "0")}`;
}

/** The days of a month in weeks from Monday to Sunday; null where the week has a day of another month. */
export function weeks(month: string): (string | null)[][] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const days = Array.from({ length: count }, (_, at) => `${month}-${String(at + 1).padStart(2, "0")}`);
  const cells: (string | null)[] = [...Array<null>(weekday(days[0] ?? "")).fill(null), ...days];
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** Days in a row as one piece each: `2–6`, `9–13`, with the first of them. */
export function runs(dates: readonly string[]): { first: string; last: string }[] {
  const found: { first: string; last: string }[] = [];
  for (const date of dates) {
    const before = found.at(-1);
    if (before && nextDay(before.last) === date && before.first.slice(0, 7) === date.slice(0, 7)) before.last = date;
    else found.push({ first: date, last: date });
  }
  return found;
}

const nextDay = (date: string): string => {
  const [year = 0, month = 1, number = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, number + 1)).toISOString().slice(0, 10);
};

/** `2–6`, or `2` alone. */
export const runNumbers = ({ first, last }: { first: string; last: string }): string =>
  first === last ? String(Number(first.slice(8))) : `${Number(first.slice(8))}–${Number(last.slice(8))}`;

/** Days as people write them: `2–6, 9–13 Oct 2026; 3 Nov 2026`. */
export function daysSaid(dates: readonly string[]): string {
  const months = new Map<string, string[]>();
  for (const run of runs(dates)) months.set(run.first.slice(0, 7), [...(months.get(run.first.slice(0, 7)) ?? []), runNumbers(run)]);
  return [...months].map(([month, numbers]) => `${numbers.join(", ")} ${day(`${month}-01`).replace(/^1 /, "")}`).join("; ");
}
