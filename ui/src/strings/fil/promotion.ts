import type { promotion as english } from "../en/promotion";
import { plural } from "../number";

export const promotion: typeof english = {
  title: "Promosyon",
  lead: "Ang susunod na hakbang ng lahat, nang sabay-sabay. Walang isusulat hangga't hindi mo sinasabi, at isang balik lang ang lahat.",
  from: "Mula",
  to: "Papunta",
  makeYear: (label: string) => `Gawin ang taong panuruang ${label}`,
  madeYear: "Nagawa na ang susunod na taong panuruan, bilang draft",
  noYears: "Walang taong panuruang pagmumulan",
  noNext: "Wala pang kasunod na taong panuruan",
  noNextWhy:
    "Sa susunod na taong panuruan ipo-promote ang mga mag-aaral. Gawin muna ito; ang school administrator ang nagbabago ng petsa: Paaralan, Mga school year.",
  all: "Lahat",
  held: "Naka-hold",
  grade: (grade: string) => (grade === "K" ? "Kindergarten" : grade === "NG" ? "Non-graded" : `Baitang ${grade}`),
  table: "Ang mangyayari sa bawat mag-aaral",
  filter: "Ipakita",
  gradeFilter: "Baitang",
  everyGrade: "Lahat ng baitang",
  steps: { promote: "I-promote", retain: "Uulit", graduate: "Magtatapos", hold: "I-hold" },
  holds: {
    missing_papers: "kulang ang papel",
    unsettled_account: "may hindi pa bayad",
    not_enrolled: "naka-pre-register, hindi dumating",
    no_grade: "non-graded",
  },
  columns: { name: "Pangalan", section: "Seksyon", status: "Katayuan", step: "Hakbang", next: "Susunod", why: "Bakit naka-hold" },
  choose: "Pumili ng mga hanay, saka sabihin ang mangyayari",
  set: (step: string) => `Gawing: ${step}`,
  counts: "Ilan",
  left: (n: number) => `${n} ang umalis o kinansela: walang pagpapasyahan`,
  already: (n: number) => `${n} ang nasa susunod na taon na o nakatapos na`,
  run: (n: number) => `I-promote ang ${plural(n, "mag-aaral", "mag-aaral")}`,
  ask: "I-promote ang buong paaralan?",
  askWhy: (promote: number, retain: number, graduate: number, hold: number) =>
    `${promote} ang aakyat ng baitang, ${retain} ang uulit, ${graduate} ang magtatapos; ${hold} ang naka-hold at mananatili.`,
  running: "Isinusulat. Ilang segundo para sa malaking paaralan.",
  done: (n: number) => `${plural(n, "mag-aaral", "mag-aaral")} ang na-promote, uulit o nagtapos`,
  nothing: "Wala nang ipo-promote",
  nothingWhy: "May susunod na hakbang na ang lahat. Maibabalik ito ng undo.",
  toSections: "Pumunta sa mga seksyon",
};
