import { describe, expect, test, vi } from "vitest";
import type { SyncSummary } from "../generated/api";
import { day, givenNames, when } from "./format";
import { coalesce } from "./coalesce";
import { fieldOf, sentence } from "./error_text";
import { syncLine } from "../office/sync_line";
import { setLanguage } from "../strings/index.svelte";
import { moved, reveal, visible } from "./virtual_window";

const now = new Date(2026, 10, 23, 14, 0);
const at = (days: number, hour = 10, minute = 42) => new Date(2026, 10, 23 - days, hour, minute).toISOString();
const summary = (some: Partial<SyncSummary>): SyncSummary => ({
  school: "Mabini National High School",
  device: "Registrar 1",
  hub: "https://hub.example",
  pending: 0,
  parked: 0,
  damaged: 0,
  trouble: null,
  review: 0,
  last_contact: at(0),
  diverged: false,
  version: 1,
  ...some,
});
const line = (some: Partial<SyncSummary>) => syncLine(summary(some), now).map((part) => `${part.tone}: ${part.text}`);

describe("the sync line", () => {
  test("says that all work is at the hub, and when it last was", () => {
    expect(line({})).toEqual(["good: All work is at the hub, 10:42"]);
    expect(line({ last_contact: at(1, 16, 5) })).toEqual(["good: All work is at the hub, yesterday 16:05"]);
    expect(line({ last_contact: at(3) })).toEqual(["good: All work is at the hub; last contact 3 days ago"]);
  });

  test("says how much waits", () => {
    expect(line({ pending: 37, last_contact: at(3) })).toEqual(["wait: 37 changes wait; last contact 3 days ago"]);
    expect(line({ pending: 1 })).toEqual(["wait: 1 change waits; last contact 10:42"]);
    expect(line({ pending: 1204, last_contact: null })).toEqual(["wait: 1,204 changes wait; the hub was not reached yet"]);
    expect(line({ last_contact: null })).toEqual(["wait: The hub was not reached yet"]);
  });

  test("adds what needs somebody, conflicts and refusals alike", () => {
    expect(line({ review: 1, parked: 1 })).toEqual(["good: All work is at the hub, 10:42", "need: 2 items need you"]);
    expect(line({ parked: 1 })[1]).toBe("need: 1 item needs you");
    expect(line({ damaged: 1 })[1]).toBe("need: 1 item needs you");
  });

  test("does not call a copy good that differs from the hub", () => {
    expect(line({ diverged: true })[0]).toMatch(/^bad: This copy differs/);
  });
});

describe("formatting", () => {
  test("names keep the order of the forms", () => {
    expect(givenNames({ first_name: "Juan", name_ext: "Jr.", middle_name: "Peña" })).toBe("Juan Jr. Peña");
    expect(givenNames({ first_name: "Ana" })).toBe("Ana");
  });

  test("days are days, without a time zone", () => {
    expect(day("2012-03-05")).toBe("5 Mar 2012");
    expect(day("2012-13-05")).toBe("2012-13-05");
  });

  test("moments are near or far", () => {
    const seen = (days: number) => when(new Date(at(days)), now);
    expect([0, 1, 2, 60, 61, -1].map(seen)).toEqual([
      "10:42",
      "yesterday 10:42",
      "2 days ago",
      "60 days ago",
      "23 Sep 2026",
      "24 Nov 2026",
    ]);
  });
});

describe("long lists", () => {
  test("draw what is seen and a margin", () => {
    expect(visible(0, 440, 44, 20_000)).toEqual({ first: 0, end: 20 });
    expect(visible(44_000, 440, 44, 20_000)).toEqual({ first: 990, end: 1020 });
    expect(visible(879_560, 440, 44, 20_000)).toEqual({ first: 19_980, end: 20_000 });
    expect(visible(44_000, 440, 44, 3)).toEqual({ first: 3, end: 3 });
    expect(visible(0, 440, 0, 400)).toEqual({ first: 0, end: 10 });
  });

  test("scroll only as far as a row needs", () => {
    expect(reveal(5, 0, 440, 44, 40)).toBe(0);
    expect(reveal(20, 0, 440, 44, 40)).toBe(21 * 44 + 40 - 440);
    expect(reveal(2, 440, 440, 44, 40)).toBe(88);
  });

  test("are walked with the keys", () => {
    expect(["ArrowDown", "ArrowUp", "PageDown", "End", "Home", "x"].map((key) => moved(key, 3, 10, 5))).toEqual([4, 2, 8, 9, 0, null]);
    expect(moved("ArrowUp", 0, 10, 5)).toBe(0);
    expect(moved("End", 0, 0, 5)).toBeNull();
  });
});

test("of many questions only the first and the newest are asked, and one at a time", async () => {
  const asked: string[] = [];
  const releases: (() => void)[] = [];
  const ask = coalesce<string>((question) => {
    asked.push(question);
    return new Promise((done) => releases.push(done));
  });
  const all = [ask("d"), ask("de"), ask("del"), ask("dela")];
  expect(asked).toEqual(["d"]);
  releases[0]?.();
  await vi.waitFor(() => expect(asked).toEqual(["d", "dela"]));
  releases[1]?.();
  await Promise.all(all);
  const again = ask("cruz");
  expect(asked).toEqual(["d", "dela", "cruz"]);
  releases[2]?.();
  await again;
});

test("a question that comes with the last answer is asked too", async () => {
  const asked: string[] = [];
  let release: () => void = () => undefined;
  const answer = new Promise<void>((done) => (release = done));
  const ask = coalesce<string>((question) => {
    asked.push(question);
    return question === "d" ? answer : Promise.resolve();
  });
  void ask("d");
  const next = answer.then(() => ask("de"));
  release();
  await next;
  expect(asked).toEqual(["d", "de"]);
});

describe("a refusal", () => {
  const refused = { code: "required", message: "the last name is missing; type it", details: { field: "last_name" } };

  test("is a sentence, which leaves the name of a file as it is", () => {
    expect(sentence(refused)).toBe("The last name is missing; type it.");
    expect(sentence({ code: "bad_file", message: "sf1.xlsx: no learners" })).toBe("sf1.xlsx: no learners.");
    expect(sentence(new Error("gone"))).toBe("Error: gone.");
    expect([fieldOf(refused), fieldOf({ code: "io", message: "the disk" }), fieldOf("?")]).toEqual(["last_name", null, null]);
  });

  test("begins with its gist where the window speaks another language", () => {
    setLanguage("fil");
    expect(sentence(refused)).toBe("May kulang na kailangang punan. The last name is missing; type it.");
    setLanguage("en");
  });
});
