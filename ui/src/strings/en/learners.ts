import { count, plural } from "../number";

export const learners = {
  title: "Learners",
  table: "Learners found",
  search: "Find a learner",
  hint: "Name, LRN or student no.",
  clear: "Clear the search",
  total: (n: number) => plural(n, "learner", "learners"),
  found: (n: number, more: boolean) => (more ? `More than ${count(n)} found` : `${count(n)} found`),
  columns: { name: "Name", lrn: "LRN", studentNo: "Student no.", sex: "Sex", birthDate: "Birth date" },
  sex: { F: "Female", M: "Male" },
  none: "No learners yet",
  noneWhy: "They appear as soon as this PC has met the hub. A list from Excel or LIS comes in with “pems-node import”.",
  noMatch: (text: string) => `Nobody matches “${text}”`,
  noMatchWhy: "Spelling is forgiven: “delacruz” finds Dela Cruz, “pena” finds Peña. Try fewer letters, an LRN or a student number.",
};
