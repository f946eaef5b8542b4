// A value of a record as it is read beside others.

import { day, when } from "../../shared/format";
import { words } from "../../strings/index.svelte";

/** `shape` is how the office says that the value is to be put: `text`, `date`, `time`, `flag` or `choice`. */
export function asRead(shape: string, value: string | null): string {
  if (value === null || value === "") return words.needs.empty;
  if (shape === "date") return day(value);
  if (shape === "time") return when(new Date(value), new Date());
  if (shape === "flag") return value === "true" ? words.common.yes : words.common.no;
  return value;
}
