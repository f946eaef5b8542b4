import type { learners as english } from "../en/learners";
import { count, plural } from "../number";

export const learners: typeof english = {
  title: "Mga mag-aaral",
  table: "Mga nahanap na mag-aaral",
  search: "Maghanap ng mag-aaral",
  hint: "Pangalan, LRN o student no.",
  clear: "Burahin ang hinahanap",
  total: (n: number) => plural(n, "mag-aaral", "mag-aaral"),
  found: (n: number, more: boolean) => (more ? `Higit sa ${count(n)} ang nahanap` : `${count(n)} ang nahanap`),
  columns: { name: "Pangalan", lrn: "LRN", studentNo: "Student no.", sex: "Kasarian", birthDate: "Kapanganakan" },
  sex: { F: "Babae", M: "Lalaki" },
  none: "Wala pang mag-aaral",
  noneWhy: "Lilitaw sila kapag nakaugnay na ang PC na ito sa hub. Ang listahan mula sa Excel o LIS ay ipinapasok gamit ang “pems-node import”.",
  noMatch: (text: string) => `Walang tugma sa “${text}”`,
  noMatchWhy:
    "Hindi kailangang eksakto ang baybay: nahahanap ng “delacruz” ang Dela Cruz, at ng “pena” ang Peña. Subukan ang mas kaunting titik, LRN o student number.",
};
