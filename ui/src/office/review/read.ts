// A value of a record as it is read beside others.

import type { Need } from "../../generated/review";
import { day, when } from "../../kit/format";
import { words } from "../../strings/index.svelte";

/** `shape` is how the office says that the value is to be put: `text`, `date`, `time`, `flag` or `choice`. */
export function asRead(shape: string, value: string | null): string {
  if (value === null || value === "") return words.review.empty;
  if (shape === "date") return day(value);
  if (shape === "time") return when(new Date(value), new Date());
  if (shape === "flag") return value === "true" ? words.common.yes : words.common.no;
  return value;
}

/** The fields of one question as questions of their own. */
export const parts = (need: Need): Need[] =>
  need.ids.length > 1
    ? need.fields.map((field) => ({ ...need, id: field.id, ids: [field.id], fields: [field], stands: field.stands }))
    : [need];

/** A field in the language of the screen, where its record is one of a learner's; as the office calls it otherwise. */
export const labelOf = ({ field, label }: { field: string; label: string }): string => words.learner.fields[field] ?? label;
