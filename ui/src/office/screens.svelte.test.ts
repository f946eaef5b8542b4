// The frame around the screens: which of them is shown to whom, and what stands at its foot on all of them.

import { beforeEach, expect, test, vi } from "vitest";
import { flushSync } from "svelte";
import { replace } from "../kit/router.svelte";
import { find, named, click, press } from "../kit/testing";
import { press as pressed } from "../kit/shortcuts.svelte";
import Frame from "./Frame.svelte";
import { address, office, open, said, settled, sign, summary } from "./testing";
import Trouble from "./Trouble.svelte";

const frame = () => open(Frame, { summary: summary(), now: new Date() });
const loaded = (words: string) => vi.waitFor(() => (flushSync(), expect(said()).toContain(words)), { timeout: 50_000 });

beforeEach(() => replace("learners"));

test("a screen of another role says whose it is, and asks the office nothing", async () => {
  sign("teacher");
  replace("admin", ["users"]);
  const asked = office({ "attendance.unsubmitted": [] });
  await frame();
  expect(said()).toContain("You are signed in as Teacher.");
  expect(asked.of("admin.users")).toEqual([]);
});

test("Alt and a digit go to the own screens, and the lock is one key away", async () => {
  sign("teacher");
  replace("admin");
  const onlock = vi.fn();
  office({ "attendance.unsubmitted": [], "attendance.today": () => new Promise(() => undefined) });
  await open(Frame, { summary: summary(), now: new Date(), onlock });
  pressed(press(find("body"), "Alt+4"));
  await settled();
  expect(address().screen).toBe("attendance");
  pressed(press(find("body"), "Ctrl+L"));
  expect(onlock).toHaveBeenCalledOnce();
});

test("what needs somebody and what was not submitted is said at the foot, on every screen", async () => {
  sign("teacher");
  replace("admin");
  office({ "attendance.unsubmitted": [{ section: "rizal", date: "2026-11-30", session: "day", changes: 2 }] });
  await open(Frame, { summary: summary({ review: 2, pending: 37, last_contact: null }), now: new Date() });
  await loaded("2 marks not submitted");
  expect(find("footer").textContent).toContain("37");
  expect(find("nav [href='#/review'] .badge").textContent).toContain("2");
});

test("trouble says what happened, that nothing is lost where that is so, and tries again", async () => {
  const onretry = vi.fn();
  await open(Trouble, {
    failure: { code: "store_full", message: "the disk is full; make room", details: { data_dir: "/media/ana/.pems" } },
    onretry,
  });
  expect(said()).toContain("The disk is full");
  expect(said()).toContain("Nothing was deleted or changed.");
  expect(said()).toContain("/media/ana/.pems");
  click(named("button", "Try again"));
  expect(onretry).toHaveBeenCalledOnce();
});
