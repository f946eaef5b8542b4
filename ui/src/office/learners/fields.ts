// The fields of a learner as the screens show and take them: kinds of control, choices, and how a value looks.

import { allows } from "../../generated/access";
import type { Choice, FieldKind } from "../../kit/field";
import { day, givenNames } from "../../kit/format";
import { session } from "../session.svelte";
import { words } from "../../strings/index.svelte";

/** The store has the last word on who writes learners; this only hides what would be refused. */
export const mayEdit = (): boolean => session.role !== null && allows("keep_learners", session.role);

const KINDS: Record<string, FieldKind> = {
  lrn: "digits",
  psgc_barangay: "digits",
  birth_date: "date",
  sex: "choice",
  lrn_status: "choice",
  relation: "choice",
  four_ps: "checkbox",
  is_primary: "checkbox",
  lives_with: "checkbox",
  can_pickup: "checkbox",
  phone: "phone",
  email: "email",
  remarks: "textarea",
};
/** How many digits. */
const LENGTHS: Record<string, number> = { lrn: 12, psgc_barangay: 10 };

/** What children have in common, and one act changes for many; a name or a number belongs to one alone. */
export const IN_COMMON = [
  "municipality",
  "barangay",
  "province",
  "psgc_barangay",
  "mother_tongue",
  "religion",
  "ip_group",
  "lrn_status",
  "sex",
  "four_ps",
  "sned_type",
  "remarks",
];

export const kindOf = (field: string): FieldKind => KINDS[field] ?? "text";
export const lengthOf = (field: string): number | undefined => LENGTHS[field];
export const labelOf = (field: string): string => words.learner.fields[field] ?? field;

const choicesIn = (list: Record<string, string>): Choice[] => Object.entries(list).map(([id, text]) => ({ id, text }));

/** With a way to choose nothing, where the field may be empty. */
export function choicesOf(field: string): Choice[] {
  if (field === "relation") return choicesIn(words.learner.relation);
  const list = { sex: words.common.sex, lrn_status: words.learner.lrnStatus }[field];
  return list ? [{ id: "", text: "–" }, ...choicesIn(list)] : [];
}

/** A value as a control holds it. */
export function asText(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a control holds as the records keep it. */
export function asValue(field: string, text: string): unknown {
  if (kindOf(field) === "checkbox") return text === "true";
  return text === "" ? null : text;
}

/** A value as a person reads it; an empty text where there is none. */
export function asRead(field: string, value: unknown): string {
  if (value === true) return words.common.yes;
  if (value === false) return words.common.no;
  const text = asText(value);
  const lists: Record<string, Record<string, string>> = {
    sex: words.common.sex,
    lrn_status: words.learner.lrnStatus,
    relation: words.learner.relation,
    status: words.desk.status,
    state: words.desk.paperState,
  };
  const known =
    lists[field]?.[text] ??
    (field === "kind" ? (words.desk.paper[text] ?? words.desk.kinds[text] ?? words.learner.events[text]) : undefined);
  if (field === "grade_level" && text !== "") return words.desk.grades(text);
  return known ?? (/^\d{4}-\d{2}-\d{2}$/.test(text) ? day(text) : text);
}

/** `Dela Cruz, Juan Jr. Santos`, of a line of the list, a record, or what is being typed. */
export function nameOf(learner: object): string {
  const part = (field: string) => asText((learner as Record<string, unknown>)[field]);
  const given = givenNames({ first_name: part("first_name"), name_ext: part("name_ext"), middle_name: part("middle_name") });
  return `${part("last_name")}, ${given}`;
}
