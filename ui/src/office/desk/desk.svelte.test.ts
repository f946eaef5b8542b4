// The enrolment counter: what is wrong is said at every field at once, and nobody who is half written gives way to another one unasked.

import { flushSync } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Proposal, Year } from "../../generated/enrolment";
import { parse } from "../../kit/address";
import { press as pressed } from "../../kit/shortcuts.svelte";
import { done } from "../../kit/notifications.svelte";
import { answers, click, find, leave, named, press, show, type } from "../../kit/testing";
import { catalogues, setLanguage } from "../../strings/index.svelte";
import { setSession } from "../session.svelte";
import Desk from "./Index.svelte";

const year: Year = {
  id: "y",
  label: "2026-2027",
  start_date: "2026-06-08",
  end_date: "2027-04-08",
  cutoff_date: null,
  status: "open",
} as Year;
const known = { student: "ana", last_name: "Cruz", first_name: "Ana", lrn: null, sex: "F", birth_date: null };
const proposal = {
  known,
  kind: "continuing",
  grade_level: "8",
  section: null,
  papers: [],
  holds: [],
  history: [],
  past: [],
} as unknown as Proposal;
const user = { id: "u", name: "Jo", username: "", role: "registrar" as const, staff: null, mustChange: false };
let asked: string[] = [];
let refuse: unknown = null;
let suspects: unknown[] = [];
/** What the office keeps of who is half written. */
let draft: unknown = null;
let found: Proposal = proposal;
/** Each test has a user of its own: what is half written is its user's. */
let users = 0;

async function settled() {
  for (let at = 0; at < 20; at++) await Promise.resolve();
  flushSync();
}
async function desk(address = "#/desk") {
  show(Desk, { address: parse(address), version: 1 });
  await settled();
  await settled();
}
const key = (keys: string) => (pressed(press(find("body"), keys)), settled());
const label = (text: string) => {
  const one = [...document.querySelectorAll("label")].find((each) => each.textContent.includes(text));
  return find<HTMLInputElement>(`#${CSS.escape(one?.htmlFor ?? `no label ${text}`)}`);
};
const errors = () => [...document.querySelectorAll(".error")].map((one) => one.textContent.trim());

function signIn(id: string) {
  setSession({
    stage: "open",
    user: { ...user, id },
    locked: false,
    sample: false,
    school: "",
    device: "",
    role: "registrar",
    people: [user],
    users: true,
    dataDir: "",
    limitedTo: null,
    choosePassword: false,
  });
}

beforeEach(() => {
  asked = [];
  refuse = null;
  suspects = [];
  draft = null;
  found = proposal;
  setLanguage("en");
  signIn(`u${++users}`);
  answers((request) => {
    asked.push(request.do);
    if (request.do === "learners.draft") return draft;
    if (request.do === "learners.keep_draft") draft = request.draft;
    if (request.do === "enrolment.years") return { today: "2026-11-30", current: "y", years: [year] };
    if (request.do === "enrolment.sections") return { sections: [] };
    if (request.do === "enrolment.desk") return found;
    if (request.do === "learners.duplicates") return suspects;
    if (request.do === "enrolment.enrol" && refuse) throw refuse;
    return [];
  });
});

test("whose LRN it is comes before what else is missing", async () => {
  const learner = { id: "j", last_name: "Dela Cruz", first_name: "Juan", lrn: "300021130102" };
  suspects = [{ learner, why: "lrn", certain: true }];
  await desk();
  await key("Alt+N");
  type(label("Last name"), "Zamora");
  type(label("LRN"), "300021130102");
  await settled();
  expect(find(".suspects").textContent).toContain("Dela Cruz");
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  expect(document.activeElement).toBe(find(".suspects"));
  expect(errors()).toEqual([]);
  expect(asked).not.toContain("enrolment.enrol");
});

for (const language of ["en", "fil"] as const)
  describe(`in ${language}`, () => {
    const words = catalogues[language];
    beforeEach(() => setLanguage(language));

    test("whatever is missing is said at once, each at its field, and the keys go to the first", async () => {
      await desk();
      await key("Alt+T");
      click(named("button", words.desk.enrol));
      await settled();
      const { needed } = words.learners.fresh;
      expect(errors()).toEqual([needed, needed, needed]);
      expect(document.activeElement).toBe(label(words.desk.name.last_name));
      expect(asked).not.toContain("enrolment.enrol");
    });

    test("a sign in a name is said, and hinders nobody", async () => {
      await desk();
      await key("Alt+N");
      type(label(words.desk.name.last_name), "Reyes 🎓", false);
      expect(document.body.textContent).toContain(words.learners.fresh.sign("🎓"));
      type(label(words.desk.name.last_name), "Peña-O'Neil Jr.", false);
      expect(document.body.textContent).not.toContain(words.learners.fresh.sign("🎓"));
    });

    test("a new learner becomes a transferee with what was typed", async () => {
      await desk();
      await key("Alt+N");
      type(label(words.desk.name.last_name), "Salonga", false);
      await key("Alt+T");
      expect([find("h2").textContent, label(words.desk.name.last_name).value]).toEqual([words.desk.transferee, "Salonga"]);
      expect(label(words.desk.kind).value).toBe("transferee");
    });

    test("a child at the counter with something typed gives way only when somebody says so", async () => {
      await desk("#/desk?student=ana");
      await vi.waitFor(() => (flushSync(), label(words.desk.kind)));
      type(label(words.desk.kind), "transferee");
      type(label(words.desk.fromSchool), "Naga Central", false);
      await key("Alt+T");
      expect(find("dialog[open] h2").textContent).toBe(words.desk.leaveTitle);
      click(named("dialog[open] button", words.common.unsavedStay));
      await settled();
      expect(label(words.desk.fromSchool).value).toBe("Naga Central");
      await key("Alt+T");
      click(named("dialog[open] button", words.desk.leaveYes));
      await settled();
      expect(label(words.desk.name.last_name).value).toBe("");
    });

    test("one where nothing was typed gives way at once", async () => {
      await desk("#/desk?student=ana");
      await vi.waitFor(() => (flushSync(), label(words.desk.kind)));
      await key("Alt+T");
      expect(document.querySelector("dialog[open]")).toBeNull();
      expect(label(words.desk.name.last_name).value).toBe("");
    });

    test("what the office refuses stands at its field, with what was typed", async () => {
      await desk();
      await key("Alt+N");
      type(label(words.desk.name.last_name), "Salonga", false);
      type(label(words.desk.name.first_name), "Lea", false);
      type(label(words.desk.grade), "7");
      refuse = { code: "out_of_range", message: "the day lies before the school year", details: { field: "on_date" } };
      click(named("button", words.desk.enrol));
      await settled();
      await settled();
      expect(errors()).toHaveLength(1);
      expect(errors()[0]).toContain("The day lies before the school year");
      expect(label(words.desk.name.first_name).value).toBe("Lea");
    });
  });

test("who is half written is still there after another screen, until they are given up", async () => {
  await desk();
  await key("Alt+N");
  type(label("Last name"), "Macaraeg");
  type(label("Grade"), "7");
  await leave();
  await desk();
  expect([find("h2").textContent, label("Last name").value, label("Grade").value]).toEqual(["New learner", "Macaraeg", "7"]);
  // Others take their place only after a question, as when it was just typed.
  press(label("Last name"), "Escape");
  await settled();
  click(named("dialog[open] button", catalogues.en.desk.leaveYes));
  await settled();
  await leave();
  await desk();
  expect(document.querySelectorAll("form").length).toBe(0);
  expect(draft).toBeNull();
});

test("whoever is asked for a new learner goes on with the one who is half written", async () => {
  await desk();
  await key("Alt+N");
  type(label("Last name"), "Macaraeg");
  await leave();
  // Come for somebody else, from that learner's page.
  await desk("#/desk?student=ana");
  await vi.waitFor(() => (flushSync(), expect(find("h2").textContent).toContain("Cruz")));
  await key("Alt+T");
  await settled();
  expect([find("h2").textContent, label("Last name").value, label("Kind").value]).toEqual(["Transferee", "Macaraeg", "transferee"]);
});

test("what one typed is not kept for another who signs in at once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await desk();
  await key("Alt+N");
  type(label("Last name"), "Macaraeg");
  await leave();
  signIn("another");
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(draft).toBeNull();
});

test("who is half written is kept by the office, and offered again after the program ended", async () => {
  await desk();
  await key("Alt+N");
  type(label("Last name"), "Macaraeg");
  await vi.waitFor(() => expect(draft).toMatchObject({ fresh: "new", learner: { last_name: "Macaraeg" } }));
  await leave();
  // To a window that was just opened, somebody is new.
  signIn("again");
  await desk();
  expect(label("Last name").value).toBe("Macaraeg");
});

test("what became of who was found is shown at once", async () => {
  const here = { enrolment: "e", year: "2026-2027", school_year: "y", grade_level: "8", status: "dropped" };
  found = { ...proposal, holds: ["left"], here } as unknown as Proposal;
  await desk("#/desk?student=ana");
  await vi.waitFor(() => named("button", catalogues.en.desk.takeBack));
  found = { ...found, holds: ["enrolled"], here: { ...here, status: "enrolled" } } as unknown as Proposal;
  done("taken back");
  await vi.waitFor(() => (flushSync(), expect(document.body.textContent).not.toContain(catalogues.en.desk.takeBack)));
});
