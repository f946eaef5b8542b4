// What waits for a person: decided from the first key on, each once, and put back where the office does not take it.

import { beforeEach, expect, test } from "vitest";
import type { Need, Needs, Settled, SyncDetails } from "../../generated/review";
import { click, named } from "../../kit/testing";
import { all, at, english, held, inBothLanguages, keys, office, open, refuse, said, settled, sign } from "../testing";
import Review from "./Index.svelte";

const author = (here: boolean) => ({ name: "Ana Reyes", at: null, here, pc: here ? null : "Registrar 2" });
const need = (record: string, more: Partial<Need> = {}): Need => ({
  id: record,
  ids: [record],
  kind: "conflict",
  entity: "student",
  entity_label: "Learner",
  row_id: `s-${record}`,
  other_id: null,
  record,
  other_record: null,
  what: "change",
  fields: [
    { id: record, field: "barangay", label: "Barangay", shape: "text", mine: "San Roque", theirs: "San Jose", stands: "theirs", now: null },
  ],
  stands: "theirs",
  mine: author(true),
  theirs: author(false),
  code: null,
  message: null,
  may: true,
  ...more,
});
const needs = (...items: Need[]): Needs => ({ items, trouble: null, total: items.length });
const decided: Settled = { settled: 1, stood: 0, gone: 0, failed: [] };
const records = () => all("[data-entry] h2");

beforeEach(() => sign("registrar"));

inBothLanguages((words, language) => {
  const text = words.review;

  test("where nothing needs anybody, that is said, and what would come here", async () => {
    office({ "review.list": needs() });
    await open(Review, at("#/review"));
    expect(said()).toContain(text.noneWhy);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("both values stand side by side, which of them stands, and what is not one's own to decide", async () => {
    office({ "review.list": needs(need("Cruz, Ana"), need("Luna, Bea", { may: false })) });
    await open(Review, at("#/review"));
    const [first, second] = [...document.querySelectorAll<HTMLElement>("[data-entry]")];
    expect(first?.textContent).toContain("San Roque");
    expect(first?.querySelector(".side.stands")?.textContent).toContain("San Jose");
    expect(second?.textContent).toContain(text.notYours);
    expect(second?.querySelectorAll("button, input")).toHaveLength(0);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("entries that cannot be read say why, and are read again", async () => {
    const asked = office({ "review.list": refuse("store_locked") });
    await open(Review, at("#/review"));
    expect(said()).toContain(words.trouble.title.store_locked);
    asked.known["review.list"] = needs(need("Cruz, Ana"));
    click(named("button", words.common.tryAgain));
    await settled();
    expect(records()).toEqual(["Cruz, Ana"]);
  });

  test("how this PC stands with the hub is said in full, also that there is no network", async () => {
    const details: SyncDetails = {
      school: "Mabini NHS",
      device: "Registrar 1",
      device_id: "d",
      device_short: "6AF2",
      device_role: "registrar",
      hub: "https://hub.example",
      sample: false,
      app_version: "0.1.0",
      schema: "s",
      pending: [{ entity: "student", label: "Learner", count: 37 }],
      pending_total: 37,
      oldest: "2026-11-20T00:00:00Z",
      parked: 0,
      damaged: 0,
      review: 0,
      last_contact: null,
      clock_offset: null,
      rev: 4,
      digest: "00",
      diverged: false,
      trouble: null,
    };
    office({ "review.sync": details });
    await open(Review, at("#/review/sync"));
    expect(said()).toContain(text.sync.waits(37));
    if (language === "fil") expect(english()).toEqual([]);
  });
});

test("the first key decides the first entry, the keys go on to the next, and a held key decides one", async () => {
  const asked = office({ "review.list": needs(need("Cruz, Ana"), need("Luna, Bea"), need("Reyes, Jo")), "review.resolve": decided });
  await open(Review, at("#/review"));
  expect(document.activeElement?.textContent).toContain("Cruz, Ana");
  asked.known["review.list"] = needs(need("Luna, Bea"), need("Reyes, Jo"));
  await keys("m");
  expect(asked.of("review.resolve").map(({ items }) => items)).toEqual([[{ id: "Cruz, Ana", keep: "mine" }]]);
  expect(document.activeElement?.textContent).toContain("Luna, Bea");
  asked.known["review.list"] = needs(need("Luna, Bea"));
  await keys("ArrowDown");
  await keys("t");
  expect(asked.of("review.resolve").at(-1)?.items).toEqual([{ id: "Reyes, Jo", keep: "theirs" }]);
});

test("one that is being decided is out of sight and not decided twice; where it fails it is back", async () => {
  const late = held<Settled>();
  const asked = office({ "review.list": needs(need("Cruz, Ana")), "review.resolve": late.ask });
  await open(Review, at("#/review"));
  await keys("m");
  await keys("m");
  expect([records(), asked.of("review.resolve").length]).toEqual([[], 1]);
  late.waiting[0]?.refuse({ code: "store_full", message: "the disk is full" });
  await settled();
  expect(records()).toEqual(["Cruz, Ana"]);
});

test("many are chosen with Space and decided at once", async () => {
  const asked = office({
    "review.list": needs(need("Cruz, Ana"), need("Luna, Bea", { may: false }), need("Reyes, Jo")),
    "review.resolve": decided,
  });
  await open(Review, at("#/review"));
  await keys(" ");
  await keys("ArrowDown");
  await keys(" ");
  await keys("ArrowDown");
  await keys(" ");
  click(named(".bar button", "Keep the other’s"));
  await settled();
  expect(asked.of("review.resolve")[0]?.items).toEqual([
    { id: "Cruz, Ana", keep: "theirs" },
    { id: "Reyes, Jo", keep: "theirs" },
  ]);
});
