// The columns of the list of learners.

import type { LearnerLine } from "../../generated/learners";
import type { Column } from "../../kit/grid/columns";
import { day, givenNames } from "../../kit/format";
import { hrefOf } from "../../kit/router.svelte";
import { words } from "../../strings/index.svelte";
import { asText, choicesOf } from "./fields";

const SEEN = ["name", "last_name", "first_name", "middle_name", "name_ext", "lrn", "student_no", "sex", "grade", "section", "status"];
/** What is not for whoever looks says so: it is not missing. */
const text = (key: string) => (row: LearnerLine) =>
  asText(row[key]) || (row.hidden && !SEEN.includes(key) ? words.learners.private : undefined);

export function learnerColumns(): Column<LearnerLine>[] {
  const label = words.learners.columns;
  const typed = (key: keyof typeof label, width: number, more: Partial<Column<LearnerLine>> = {}): Column<LearnerLine> => ({
    key,
    label: label[key],
    width,
    text: text(key),
    editable: true,
    ...more,
  });
  return [
    {
      key: "name",
      label: label.name,
      width: 10,
      grow: true,
      fixed: true,
      sortable: true,
      lead: (row) => `${asText(row.last_name)},`,
      text: (row) =>
        givenNames({ first_name: asText(row.first_name), name_ext: asText(row.name_ext), middle_name: asText(row.middle_name) }),
      href: (row) => hrefOf("learners", [row.id]),
    },
    typed("last_name", 9, { sortable: true }),
    typed("first_name", 9, { sortable: true }),
    typed("middle_name", 9),
    typed("name_ext", 6),
    typed("lrn", 7.5, { figures: true, sortable: true }),
    typed("student_no", 6, { figures: true, sortable: true }),
    typed("sex", 3.5, {
      sortable: true,
      text: (row) => words.common.sex[row.sex as "F" | "M"],
      choices: choicesOf("sex").filter(({ id }) => id !== ""),
    }),
    typed("birth_date", 6.5, {
      figures: true,
      sortable: true,
      text: (row) => (row.birth_date ? day(asText(row.birth_date)) : text("birth_date")(row)),
      edit: (row) => asText(row.birth_date),
    }),
    { key: "age", label: label.age, width: 3.5, figures: true, sortable: true, text: text("age") },
    {
      key: "grade",
      label: label.grade,
      // "Baitang 12" too: cut, 10, 11 and 12 would be the same.
      width: 5.25,
      sortable: true,
      text: (row) => (row.grade ? words.desk.grades(asText(row.grade)) : undefined),
    },
    { key: "section", label: label.section, width: 5.5, sortable: true, text: text("section") },
    { key: "status", label: label.status, width: 7.75, sortable: true, custom: true, text: (row) => words.desk.status[asText(row.status)] },
    {
      key: "papers",
      label: label.papers,
      width: 6.25,
      sortable: true,
      custom: true,
      text: (row) => (row.papers?.length ? words.learners.papersMissing(row.papers.length) : text("papers")(row)),
    },
    { key: "guardian", label: label.guardian, width: 12, sortable: true, text: text("guardian") },
    { key: "guardian_phone", label: label.guardian_phone, width: 8, figures: true, text: text("guardian_phone") },
    typed("barangay", 9, { sortable: true }),
    typed("municipality", 9, { sortable: true }),
    typed("phone", 8, { figures: true }),
  ];
}
