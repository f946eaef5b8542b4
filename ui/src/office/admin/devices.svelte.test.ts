// The school's PCs on their page, with the office's answers at the edge of the window.

import { flushSync, tick } from "svelte";
import { expect, test, vi } from "vitest";
import type { Device, Devices as Answer } from "../../generated/admin";
import { show } from "../../kit/testing";
import Devices from "./Devices.svelte";

const office = vi.hoisted(() => ({ answer: null as unknown }));
vi.mock("@tauri-apps/api/core", () => ({ invoke: () => Promise.resolve(structuredClone(office.answer)) }));

const device = (more: Partial<Device>): Device => ({
  id: "a",
  short: "6AF2",
  called: "Office 1",
  role: "school_admin",
  here: false,
  revoked: false,
  seen: null,
  ranges: 0,
  conflicts: 0,
  last_contact: null,
  ...more,
});

async function page(answer: Partial<Answer>) {
  office.answer = { devices: [], told: true, hub: "https://hub.example", sample: false, ...answer };
  show(Devices, { version: 0 });
  for (let turn = 0; turn < 10; turn++) await tick();
  flushSync();
  const words = (of: Element) => of.textContent.replace(/\s+/g, " ").trim();
  return { all: words(document.body), lines: [...document.querySelectorAll("ul > li")].map(words) };
}

test("every PC has its name, what it is enrolled as, and the day when the hub last heard of it", async () => {
  const other = device({ id: "b", short: "0BCD", called: "Registrar 2", role: "registrar", seen: "2026-11-27", conflicts: 1 });
  const gone = device({ id: "c", called: "Guidance PC", role: "of tomorrow", revoked: true });
  const { all, lines } = await page({ devices: [device({ here: true }), other, gone] });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain("Office 1 This PC");
  for (const word of ["PC Registrar 2", "Registrar", "27 Nov 2026", "…0BCD", "1 conflict"]) expect(lines[1]).toContain(word);
  for (const word of ["Guidance PC Revoked", "of tomorrow", "not yet"]) expect(lines[2]).toContain(word);
  expect(all).toContain("as the hub last told");
});

test("where the hub has not told, the PCs are those that the records name, by their figures", async () => {
  const { all, lines } = await page({
    told: false,
    devices: [device({ here: true }), device({ id: "b", called: "…BEEF", role: null, ranges: 2 })],
  });
  expect(lines[1]).toBe("PC …BEEF 2 number ranges");
  expect(all).toContain("has not told yet");
});
