// How names, dates and moments look. Pure: the present is an argument.

import type { Student } from "../generated/entities";
import { words } from "../strings/index.svelte";

/** The part of a learner's name after the last name, in the order of the school forms: first, extension, middle. */
export function givenNames(learner: Pick<Student, "first_name" | "name_ext" | "middle_name">): string {
  return [learner.first_name, learner.name_ext, learner.middle_name].filter(Boolean).join(" ");
}

/** `2012-03-05` as `5 Mar 2012`; what is not a day is shown as it is. */
export function day(date: string): string {
  const [, year, month, number] = /^(\d{4})-(\d{2})-(\d{2})/.exec(date) ?? [];
  const name = words.common.months[Number(month) - 1];
  return year && name ? `${Number(number)} ${name} ${year}` : date;
}

/** When something was, seen from `now`: `10:42`, `yesterday 16:05`, `3 days ago`, `5 Mar 2026`. Local time. */
export function when(then: Date, now: Date): string {
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) return words.common.yesterday(time);
  // A clock that was set back makes the past look like the future: then only the date is certain.
  if (days > 1 && days <= 60) return words.common.daysAgo(days);
  return day(`${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`);
}

/** Whether `then` lies on the calendar day of `now` or the one before. */
export function isRecent(then: Date, now: Date): boolean {
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  return days === 0 || days === 1;
}

const two = (n: number): string => String(n).padStart(2, "0");

const midnight = (moment: Date): number => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
