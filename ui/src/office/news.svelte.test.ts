// The screen is told of the sync, and does not ask every few seconds.

import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answers, find, show } from "../kit/testing";
import Office from "./Office.svelte";

const state = {
  stage: "open",
  school: "Mabini",
  device: "Registrar 1",
  sample: false,
  person: null,
  role: "registrar",
  limited_to: null,
  people: [],
  idle_minutes: 0,
  choose_password: false,
  password_changed: false,
  data_dir: "",
};
const status = {
  school: "Mabini",
  device: "Registrar 1",
  hub: "https://hub.example",
  pending: 3,
  parked: 0,
  damaged: 0,
  review: 0,
  last_contact: null as string | null,
  diverged: false,
  trouble: null,
  version: 1,
};

// No clock runs, so nothing asks by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

test("what the sync did is on the screen as soon as it is told", async () => {
  let now = status;
  let asked = 0;
  answers(({ do: what }) => {
    if (what === "session.state") return state;
    if (what !== "status") throw { code: "internal", message: "not asked here" };
    asked++;
    return now;
  });
  show(Office, {});
  const line = () => (flushSync(), find("[role=status][aria-label=Sync]").textContent);
  await vi.waitFor(() => expect(line()).toContain("3 changes wait"));
  now = { ...status, pending: 1 };
  const before = asked;
  vi.advanceTimersByTime(10_000);
  await Promise.resolve();
  expect(asked).toBe(before);
  dispatchEvent(new CustomEvent("pems-news"));
  await vi.waitFor(() => expect(line()).toContain("1 change waits"));
});
