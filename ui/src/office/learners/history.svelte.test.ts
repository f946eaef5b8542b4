// A learner's history says who did what, where, and to which record: names, never ids.

import { expect, test } from "vitest";
import type { LearnerChange } from "../../generated/learners";
import { show } from "../../kit/testing";
import History from "./History.svelte";

const id = "0197a2a4-0000-7000-8000-000000000001";
const entry = (more: Partial<LearnerChange>): LearnerChange => ({
  at: "2026-11-12T02:00:00Z",
  who: null,
  pc: null,
  elsewhere: false,
  kind: "changed",
  entity: "student",
  label: "Learner",
  about: null,
  moved: null,
  row: id,
  waiting: false,
  refused: false,
  fields: [],
  ...more,
});
const link = (field: string, name: string | null) => ({
  field,
  label: field,
  before: null,
  after: id,
  before_name: null,
  after_name: name,
  restorable: false,
});
const said = () => document.body.textContent.replace(/\s+/g, " ");

test("a move is one line, with who made it and at which PC", () => {
  const moved = { from: "7-Rizal", to: "7-Bonifacio", on: "2026-11-12" };
  show(History, {
    entries: [
      entry({
        entity: "section_membership",
        kind: "new",
        about: "7-Bonifacio",
        moved,
        who: "Ana Reyes",
        pc: "Registrar PC",
        fields: [link("section", "7-Bonifacio"), link("enrolment", "x")],
      }),
    ],
  });
  expect(said()).toContain("Moved from 7-Rizal to 7-Bonifacio, from 12 Nov 2026 on");
  expect(said()).toContain("Ana Reyes at Registrar PC,");
  expect(said()).not.toContain("0197a2a4");
});

test("links are names, and what came from elsewhere says so", () => {
  show(History, {
    entries: [
      entry({
        entity: "enrolment",
        kind: "new",
        about: "2026-2027",
        fields: [link("school_year", "2026-2027"), link("student", "Cruz, Ana")],
        pc: "Registrar PC",
      }),
      entry({ entity: "enrolment_event", kind: "new", about: "dropped", who: "Ben Luna", elsewhere: true }),
      entry({ entity: "guardian", about: "Cruz, Rosa", elsewhere: true }),
    ],
  });
  expect(said()).toContain("Enrolment (2026-2027) added At Registrar PC,");
  expect(said()).toContain("Dropped Ben Luna at another PC; it arrived");
  expect(said()).toContain("Guardian (Cruz, Rosa) changed At another PC; it arrived");
  expect(said()).not.toContain("0197a2a4");
});
