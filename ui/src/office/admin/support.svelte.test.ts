// What support asks for on its page, with the office's answers at the edge of the window.

import { flushSync, tick } from "svelte";
import { expect, test, vi } from "vitest";
import type { OfficeLog } from "../../generated/admin";
import { show } from "../../kit/testing";
import Support from "./Support.svelte";

const office = vi.hoisted(() => ({ log: null as unknown, asked: [] as string[] }));
vi.mock("@tauri-apps/api/core", () => ({
  invoke: (_: string, { request }: { request: { do: string } }) => {
    office.asked.push(request.do);
    return Promise.resolve(request.do === "review.bundle" ? { path: "Documents/PEMS support.zip" } : structuredClone(office.log));
  },
}));

async function page(answer: Partial<OfficeLog>) {
  office.log = { lines: [], level: "info", trouble: null, ...answer };
  show(Support, { version: 0 });
  await settled();
  return document.body.textContent.replace(/\s+/g, " ");
}

async function settled() {
  for (let turn = 0; turn < 10; turn++) await tick();
  flushSync();
}

test("the last lines are listed, an error stands out, and a file is saved", async () => {
  const line = (level: string, text: string) => ({ at: "2026-11-30T08:00:00.000000Z", level, text });
  await page({ lines: [line("ERROR", "app: failed code=io reference=K7QF-2M9P"), line("INFO", "sync: ended rev=7")] });
  const lines = [...document.querySelectorAll("ol > li")];
  expect(lines.map((one) => one.querySelector("code")?.textContent)).toEqual([
    "app: failed code=io reference=K7QF-2M9P",
    "sync: ended rev=7",
  ]);
  expect(lines.map((one) => one.classList.contains("bad"))).toEqual([true, false]);
  const save = [...document.querySelectorAll("button")].find((one) => one.textContent.includes("Save a report"));
  save?.click();
  await settled();
  expect(office.asked).toContain("review.bundle");
});

test("a log that is empty, off or cannot be written says so", async () => {
  expect(await page({})).toContain("has no lines yet");
  expect(await page({ level: null })).toContain("keeps no log");
  expect(await page({ trouble: "no storage space" })).toContain("no storage space. Everything else goes on.");
});
