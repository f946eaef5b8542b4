// Who is at the PC, as the window hears it: an answer that was overtaken does not throw anybody out, and the language is a person's.

import { beforeEach, expect, test } from "vitest";
import type { State } from "../generated/session";
import { kept, setKept } from "../kit/window_settings";
import { language, setLanguage } from "../strings/index.svelte";
import { askSession, chooseLanguage, may, readSession, session } from "./session.svelte";
import { held, office, refuse, settled, sign, state } from "./testing";

const ana = { id: "ana", name: "Ana Reyes", email: null, role: "registrar", staff: null, must_change: false };
const inside = (more: Partial<State> = {}): State => state({ person: ana, people: [ana], role: "registrar", ...more });
const outside = state({ stage: "sign_in", people: [ana], role: null });

beforeEach(() => {
  setKept({});
  setLanguage("en");
});

test("a look that began before somebody signed in does not sign them out again", async () => {
  const late = held<State>();
  office({ "session.state": late.ask, "session.sign_in": inside() });
  const looking = readSession();
  await askSession({ do: "session.sign_in", id: "ana", password: "x" });
  expect(session.now?.stage).toBe("open");
  late.waiting[0]?.give(outside);
  await looking;
  expect(session.now?.stage).toBe("open");
  const next = readSession();
  late.waiting[1]?.give(inside({ stage: "locked" }));
  await next;
  expect(session.now?.locked, "the next one counts").toBe(true);
});

test("nor one that began while somebody was signing in, or whose sign-in was refused", async () => {
  const late = held<State>();
  const signing = held<State>();
  office({ "session.state": late.ask, "session.sign_in": signing.ask });
  const first = askSession({ do: "session.sign_in", id: "ana", password: "x" });
  const looking = readSession();
  signing.waiting[0]?.give(inside());
  await first;
  late.waiting[0]?.give(outside);
  await looking;
  expect(session.now?.stage).toBe("open");
  office({ "session.sign_in": refuse("wrong_credentials"), "session.state": outside });
  await expect(askSession({ do: "session.sign_in", id: "ana", password: "y" })).rejects.toMatchObject({ code: "wrong_credentials" });
  await readSession();
  expect(session.now?.stage).toBe("sign_in");
});

test("the window speaks as who is here chose, and as the PC to everybody else", async () => {
  const asked = office({
    "session.state": inside({ language: "fil" }),
    "session.language": inside({ language: "en" }),
    "session.sign_out": outside,
  });
  await readSession();
  expect(language()).toBe("fil");
  await chooseLanguage("en");
  expect(asked.of("session.language")).toEqual([{ do: "session.language", language: "en" }]);
  expect([language(), kept("language")], "the PC's is as it was").toEqual(["en", undefined]);
  setKept({ language: "fil" });
  await askSession({ do: "session.sign_out" });
  expect(language()).toBe("fil");
});

test("where nobody signs in, the language is the PC's", async () => {
  sign(null);
  office({});
  await chooseLanguage("fil");
  expect([language(), kept("language")]).toEqual(["fil", "fil"]);
  setLanguage(null);
  expect(language()).toBe("fil");
});

test("everybody may where the office knows no users, and nobody before somebody is here", async () => {
  sign(null);
  expect(may("manage_users")).toBe(true);
  sign("teacher");
  expect([may("take_attendance"), may("enrol")]).toEqual([true, false]);
  office({ "session.state": outside });
  await readSession();
  await settled();
  expect(may("see_names")).toBe(false);
});
