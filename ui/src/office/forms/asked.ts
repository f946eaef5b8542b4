// Which form an address means, and where a missing field is typed.

import type { FormAsked, Missing } from "../../generated/forms";
import { hrefOf, type Address } from "../../shared/address";

/** `#/forms/sf1/SECTION`, `#/forms/sf2/SECTION/2026-06`, `#/forms/class_list/SECTION`, `#/forms/certificate/STUDENT`; null for the shelf. */
export function askedOf({ path, query }: Address): FormAsked | null {
  const [form, id = query.section ?? query.student, month = query.month] = path;
  if (!id) return null;
  if (form === "sf2" && month) return { form, section: id, month };
  if (form === "sf1") return { form, section: id };
  if (form === "class_list") return { form, section: id };
  if (form === "certificate") return { form, student: id, ...(query.purpose ? { purpose: query.purpose } : {}) };
  return null;
}

/** Records of the school itself, which only those see who look after the school. */
export const isOfSchool = (missing: Missing): boolean => missing.record === "school_profile" || missing.record === "school_year";

/** A form of every section; `month` is for the form that has one. */
export function everyOf(form: "sf1" | "sf2" | "class_list", sections: readonly { id: string }[], month: string): FormAsked[] {
  return sections.map(({ id }) => (form === "sf2" ? { form, section: id, month } : { form, section: id }));
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
