// Moving a learner from before a mark is a question with two answers, and nothing moves before one is given.

import { flushSync, tick } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { SectionRow, Year } from "../../generated/enrolment";
import { click, named, show } from "../../kit/testing";
import MoveDialog from "./MoveDialog.svelte";

const office = vi.hoisted(() => ({ asked: [] as Record<string, unknown>[], refuse: null as unknown }));
vi.mock("@tauri-apps/api/core", () => ({
  invoke: (_: string, { request }: { request: Record<string, unknown> }) => {
    office.asked.push(request);
    const stays = request.marks_stay === true || request.on_date === "2026-11-28";
    return stays ? Promise.resolve({ count: 1 }) : Promise.reject(office.refuse);
  },
}));

const year = { id: "y", label: "2026-2027", start_date: "2026-06-08", end_date: "2027-04-08", status: "open" } as unknown as Year;
const sections = [{ id: "luna", name: "Luna", total: 3, capacity: null }] as unknown as SectionRow[];
const learners = [{ listed: "Reyes, Jay", section: "7-Bonifacio", days: ["2026-11-26", "2026-11-27"] }];

async function settled() {
  for (let turn = 0; turn < 10; turn++) await tick();
  flushSync();
}
async function ask(after: string | null) {
  office.refuse = { code: "rule", message: "there are marks", details: { marked: { learners, after } } };
  show(MoveDialog, { open: true, enrolments: ["e"], sections, year });
  await settled();
  click(named("button", "Assign"));
  await settled();
}
beforeEach(() => (office.asked = []));

test("the marks are named, and they stay where somebody says so", async () => {
  await ask("2026-11-28");
  expect(document.body.textContent).toContain("Reyes, Jay was marked in 7-Bonifacio on 26–27 Nov 2026.");
  click(named("button", "the marks stay"));
  await settled();
  expect(office.asked.map((one) => one.marks_stay)).toEqual([false, true]);
});

test("or the learner moves from the day after them", async () => {
  await ask("2026-11-28");
  click(named("button", "Move from 28 Nov 2026"));
  await settled();
  expect(office.asked.map((one) => one.on_date)).toEqual([office.asked[0]?.on_date, "2026-11-28"]);
});

test("which is not offered before that day has come", async () => {
  await ask(null);
  expect(() => named("button", "Move from 28 Nov 2026")).toThrow();
});
