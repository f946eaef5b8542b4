// Made-up learners, the same every time.

import type { Student } from "../src/generated/entities";

const last = "Dela Cruz,Santos,Reyes,Bautista,Ocampo,Peña,Villanueva,Garcia,Mendoza,Torres,Aquino,Castillo,Ramos,Navarro".split(",");
const first = "Juan Miguel,Ma. Corazon,Ana,Jose,Andrea,Princess Joy,Mark Anthony,Niña,Angelica,John Paul,Rizalyn,Emmanuel".split(",");
const middle = "Lopez,Cruz,Rivera,Domingo,,Salazar,Mercado".split(",");

export function learners(count: number): Student[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `learner-${at}`,
    rev: 1,
    last_name: last[(at * 5) % last.length] ?? "",
    first_name: first[(at * 7) % first.length] ?? "",
    ...(middle[at % middle.length] ? { middle_name: middle[at % middle.length] } : {}),
    lrn: String(136_728_090_001 + at * 37),
    student_no: `2026-${String(at + 1).padStart(5, "0")}`,
    ...(at % 9 === 4 ? {} : { sex: ((at * 7) % first.length) % 2 ? ("F" as const) : ("M" as const) }),
    birth_date: `${2008 + (at % 12)}-${String((at % 12) + 1).padStart(2, "0")}-${String((at % 28) + 1).padStart(2, "0")}`,
  }));
}
