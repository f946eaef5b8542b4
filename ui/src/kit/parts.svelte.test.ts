// The parts of the kit that tell: what was done and the way back, steps, banners, heads of screens, the line about the sync.

import { createRawSnippet, flushSync } from "svelte";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SyncSummary } from "../generated/api";
import { acted, dismiss, done, failed, note } from "./notifications.svelte";
import { redo, setActs, taken, undo } from "./undo.svelte";
import Banner from "./Banner.svelte";
import Card from "./Card.svelte";
import Empty from "./Empty.svelte";
import Keys from "./Keys.svelte";
import NoteBar from "./NoteBar.svelte";
import ScreenHead from "./ScreenHead.svelte";
import Steps from "./Steps.svelte";
import SyncLine from "../office/SyncLine.svelte";
import { click, find, named, show } from "./testing";

const inside = createRawSnippet(() => ({ render: () => "<p>inside</p>" }));

afterEach(() => {
  dismiss();
  setActs(null);
});

describe("what was done", () => {
  test("is said, with the way back where there is one, and is put away", async () => {
    const undo = vi.fn(() => Promise.resolve("Paste of 2 learners"));
    setActs({ undo, redo: () => Promise.resolve(null) });
    show(NoteBar, {});
    expect(document.querySelector(".bar")).toBeNull();
    done("Saved", { undo: true });
    flushSync();
    expect(find("[role=status]").textContent).toBe("Saved");
    click(named("button", "Undo"));
    expect(undo).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => (flushSync(), expect(find("[role=status]").textContent).toContain("Paste of 2 learners")));
    click(find(".bar button:last-child"));
    expect([note(), document.querySelector(".bar")]).toEqual([null, null]);
  });

  test("and taken back is another number for the screens, where there was something to take back", async () => {
    let what: string | null = null;
    setActs({ undo: () => Promise.resolve(what), redo: () => Promise.resolve(what) });
    const before = taken();
    await undo();
    expect(taken()).toBe(before);
    what = "Enrolment of Cruz, Ana";
    await undo();
    await redo();
    expect(taken()).toBe(before + 2);
  });

  test("that did not work offers nothing to take back, and counts as nothing done", () => {
    setActs({ undo: () => Promise.resolve(null), redo: () => Promise.resolve(null) });
    const before = acted();
    show(NoteBar, {});
    failed("The disk is full.");
    flushSync();
    expect(find(".bar").classList.contains("bad")).toBe(true);
    expect([...document.querySelectorAll("button")].some((one) => one.textContent.includes("Undo"))).toBe(false);
    expect(acted()).toBe(before);
  });
});

test("steps say where one is, also to whoever cannot see it", () => {
  show(Steps, { label: "First run", steps: ["School", "Year", "Users"], at: 1 });
  expect(named("li", "Year").getAttribute("aria-current")).toBe("step");
  expect(document.querySelectorAll("[aria-current]")).toHaveLength(1);
});

test("a banner that is bad is told at once, another one politely", () => {
  show(Banner, { tone: "bad", title: "Refused", children: inside });
  show(Banner, { tone: "need", title: "Look", children: inside });
  expect(named("[role=alert]", "Refused").textContent).toContain("inside");
  expect(named("[role=status]", "Look")).toBeTruthy();
});

test("a screen has one name, a card its own, an empty place its next step, a key its sign", () => {
  show(ScreenHead, { title: "Learners", back: { href: "#/home", label: "Today" } });
  show(Card, { title: "Papers", children: inside });
  show(Empty, { icon: "people", title: "No learners yet", children: inside, action: inside });
  show(Keys, { keys: "Ctrl+K" });
  expect([...document.querySelectorAll("h1")].map((one) => one.textContent)).toEqual(["Learners"]);
  const card = find("section");
  expect(document.getElementById(card.getAttribute("aria-labelledby") ?? "")?.textContent).toBe("Papers");
  expect(find(".empty").textContent).toContain("No learners yet");
  expect([...document.querySelectorAll("kbd")].map((one) => one.textContent)).toEqual(["Ctrl", "K"]);
});

test("the line about the sync says what waits", () => {
  const summary: SyncSummary = {
    school: "",
    device: "",
    hub: "",
    pending: 3,
    parked: 0,
    review: 1,
    damaged: 0,
    trouble: null,
    last_contact: null,
    diverged: false,
    version: 1,
  };
  show(SyncLine, { summary, now: new Date(2026, 10, 23) });
  expect(find("[role=status]").textContent).toMatch(/3 changes wait.*1 item needs you/);
});
