// A learner's page while it is written in: what is saved and read anew behind the typing leaves the keys and the letters alone.

import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { LearnerPage as Page } from "../../generated/learners";
import { answers, find, press, show, type } from "../../kit/testing";
import Index from "./Index.svelte";
import { parse } from "../../kit/address";

const learner: Record<string, unknown> = { id: "L", last_name: "Cruz", first_name: "Ana", sex: "F", barangay: "San Roque" };
const field = (name: string) => find<HTMLInputElement>(`[name=${name}]`);

/** Saves that are under way, to be let through one by one. */
let saving: (() => void)[] = [];

function page(): Page {
  return {
    learner: { ...learner },
    age: null,
    guardians: [],
    enrolments: [],
    may_edit: true,
    papers: [],
    attendance: null,
  } as unknown as Page;
}

async function settled() {
  for (let at = 0; at < 10; at++) await Promise.resolve();
  flushSync();
}

beforeEach(() => {
  saving = [];
  answers((request) => {
    if (request.do === "learners.get") return page();
    if (request.do === "learners.save")
      return new Promise((done) => saving.push(() => (Object.assign(learner, request.fields), done(null))));
    return [];
  });
});

async function open(address: string) {
  show(Index, { address: parse(address), version: 1 });
  await vi.waitFor(() => (flushSync(), expect(field("barangay"))), { timeout: 20_000 });
  await settled();
}

/** One letter, as the keys put it. */
function letter(text: string) {
  const input = document.activeElement as HTMLInputElement;
  input.value += text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  flushSync();
}

test("the field of the address gets the keys once, and a save of another field does not take them back", async () => {
  await open("#/learners/L?field=religion");
  await vi.waitFor(() => expect(document.activeElement).toBe(field("religion")), { timeout: 20_000 });
  type(field("religion"), "Aglipayan");
  field("barangay").focus();
  letter("x");
  expect(saving.length).toBe(1);
  saving[0]?.();
  await settled();
  expect(document.activeElement).toBe(field("barangay"));
  letter("y");
  expect([field("barangay").value, field("religion").value]).toEqual(["San Roquexy", "Aglipayan"]);
});

test("an answer that is older than what was kept does not take it off the screen", async () => {
  const at = $state({ version: 1 });
  let late: (() => void) | null = null;
  show(Index, {
    address: parse("#/learners/L"),
    get version() {
      return at.version;
    },
  });
  await vi.waitFor(() => (flushSync(), expect(field("barangay"))), { timeout: 20_000 });
  await settled();
  answers((request) => {
    if (request.do === "learners.get") {
      const old = page();
      return new Promise((done) => (late = () => done(old)));
    }
    if (request.do === "learners.save") return (Object.assign(learner, request.fields), null);
    return [];
  });
  at.version = 2;
  flushSync();
  await settled();
  type(field("barangay"), "Bagong Silang");
  await settled();
  // As the frame does after everything that was done.
  at.version = 3;
  flushSync();
  field("barangay").focus();
  const older = late as (() => void) | null;
  expect(older).not.toBeNull();
  older?.();
  await settled();
  letter("!");
  expect([field("barangay").value, document.querySelector(".elsewhere")]).toEqual(["Bagong Silang!", null]);
  const newer = late as (() => void) | null;
  expect(newer).not.toBe(older);
  newer?.();
  await settled();
  expect([field("barangay").value, document.querySelector(".elsewhere")]).toEqual(["Bagong Silang!", null]);
});

for (const order of [
  [0, 1],
  [1, 0],
])
  test(`two saves that are answered in the order ${order.join(", ")} leave what is being typed`, async () => {
    await open("#/learners/L");
    type(field("barangay"), "Santa Ana");
    field("barangay").focus();
    type(field("barangay"), "Santa Anita");
    letter(", P");
    for (const at of order) {
      saving[at]?.();
      await settled();
    }
    expect(field("barangay").value).toBe("Santa Anita, P");
    letter("ila");
    field("barangay").dispatchEvent(new Event("change", { bubbles: true }));
    flushSync();
    expect(saving.length).toBe(3);
    saving[2]?.();
    await settled();
    expect([field("barangay").value, learner.barangay]).toEqual(["Santa Anita, Pila", "Santa Anita, Pila"]);
    expect(document.querySelector(".elsewhere")).toBeNull();
    press(field("barangay"), "Escape");
    expect(field("barangay").value).toBe("Santa Anita, Pila");
  });
