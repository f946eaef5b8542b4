// Which form an address means, and where a missing field is typed.

import type { FormAsked, Missing } from "../../generated/forms";
import type { LearnerQuery } from "../../generated/learners";
import { hrefOf, type Address } from "../../kit/address";

/** The address of a list of learners as it stands on the screen: what it is narrowed to, and its columns. */
export const listAddress = (query: LearnerQuery, columns: readonly string[], chosen: readonly string[] = []): string =>
  hrefOf("forms", ["learner_list"], { list: JSON.stringify({ query, columns, ...(chosen.length > 0 ? { chosen } : {}) }) });

function listOf(text: string | undefined): FormAsked | null {
  try {
    const { query, columns, chosen } = JSON.parse(text ?? "{}") as { query?: LearnerQuery; columns?: string[]; chosen?: string[] };
    return { form: "learner_list", ...(query ? { query } : {}), ...(columns ? { columns } : {}), ...(chosen ? { chosen } : {}) };
  } catch {
    return null;
  }
}

/** Where a paper was asked for; the shelf where that is not known. */
export function backOf(asked: FormAsked): { screen: "forms" | "learners" | "attendance"; path: string[] } {
  if (asked.form === "learner_list") return { screen: "learners", path: [] };
  if (asked.form === "day") return { screen: "attendance", path: [] };
  if (asked.form === "away") return { screen: "attendance", path: ["away"] };
  return { screen: "forms", path: [] };
}

/** `#/forms/sf1/SECTION`, `#/forms/sf2/SECTION/2026-06`, `#/forms/class_list/SECTION`, `#/forms/certificate/STUDENT`, `#/forms/day/2026-06-16`,
    `#/forms/away`, `#/forms/learner_list?list=…`; null for the shelf. */
export function askedOf({ path, query }: Address): FormAsked | null {
  const [form, id = query.section ?? query.student, month = query.month] = path;
  if (form === "learner_list") return listOf(query.list);
  if (form === "away") return { form };
  if (form === "day" && id) return { form, date: id };
  if (!id) return null;
  if (form === "sf2" && month) return { form, section: id, month };
  if (form === "sf1") return { form, section: id };
  if (form === "class_list") return { form, section: id };
  if (form === "certificate") return { form, student: id, ...(query.purpose ? { purpose: query.purpose } : {}) };
  return null;
}

/** Records of the school itself, which only those see who look after the school. */
export const isOfSchool = (missing: Missing): boolean => missing.record === "school_profile" || missing.record === "school_year";

/** Each thing once: forms of all sections lack the same things of their school. */
export function once(all: readonly Missing[]): Missing[] {
  const said = new Set<string>();
  return all.filter((one) => {
    const what = JSON.stringify([one.record, one.id, one.field, one.label, one.who]);
    return !said.has(what) && said.add(what);
  });
}

/** A form of every section of which it may be made; `month` is for the form that has one. */
export function everyOf(
  form: "sf1" | "sf2" | "class_list",
  sections: readonly { id: string; forms: string[] }[],
  month: string,
): FormAsked[] {
  const may = sections.filter(({ forms }) => forms.includes(form));
  return may.map(({ id }) => (form === "sf2" ? { form, section: id, month } : { form, section: id }));
}

/** Where it is typed; null where no screen is about it. */
export function placeOf(missing: Missing): string | null {
  const field = { field: missing.field };
  switch (missing.record) {
    case "school_profile":
      return hrefOf("admin", ["settings"], field);
    case "school_year":
      return hrefOf("admin", ["years"], field);
    case "calendar_day":
      return hrefOf("calendar");
    case "section":
      return missing.id && hrefOf("sections", [missing.id], field);
    case "student":
    case "enrolment":
      return missing.id && hrefOf("learners", [missing.id], field);
    case "attendance_sheet":
      return missing.id && hrefOf("attendance", [missing.id]);
    default:
      return null;
  }
}
