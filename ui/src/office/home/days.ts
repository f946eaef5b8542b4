// How the page greets, and how it names the day.

import { words } from "../../strings/index.svelte";
import { weekday } from "../attendance/days";

/** `Friday, 27 November 2026`. */
export function longDay(date: string): string {
  const [year = 0, month = 1, number = 1] = date.split("-").map(Number);
  return words.home.date(words.home.weekdays[weekday(date)] ?? "", number, words.calendar.monthNames[month - 1] ?? "", year);
}

/** The name that somebody is called by: `Ma. Clara` of `Ma. Clara Santos`, the whole of a single one. */
export function calledBy(name: string): string {
  // Written last name first, what they are called by stands after the comma.
  const given = name.includes(",") ? (name.split(",")[1] ?? "").trim() : "";
  const parts = (given || name.replace(",", " ")).trim().split(/\s+/);
  const first = parts[0] ?? "";
  return first.endsWith(".") && parts[1] ? `${first} ${parts[1]}` : first;
}
