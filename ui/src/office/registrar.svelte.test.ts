// A registrar's day: what is typed stays, what is wrong is said where it is, Tab goes from field to field, and nothing asks the
// office before it may.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { flushSync, unmount, mount, tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { State } from "../generated/session";
import Field from "../kit/Field.svelte";
import { setSession } from "./session.svelte";
import { addShortcuts, press as pressed } from "../kit/shortcuts.svelte";
import { click, find, named, press, show, type } from "../kit/testing";
import OneTimeDialog from "./admin/OneTimeDialog.svelte";
import Settings from "./admin/Settings.svelte";
import { once } from "./forms/asked";
import Missing from "./forms/Missing.svelte";
import { setActs, undo } from "../kit/undo.svelte";
import ImportList from "./imports/List.svelte";
import NewLearner from "./learners/NewLearner.svelte";
import Office from "./Office.svelte";

const person = {
  id: "00000000-0000-4000-8000-000000000001",
  name: "Mariñas, Jo",
  email: null,
  role: "registrar",
  staff: null,
  must_change: false,
};
const state = (more: Partial<State> = {}): State => ({
  stage: "open",
  school: "Mabini NHS",
  device: "Registrar 1",
  sample: false,
  person,
  language: null,
  role: "registrar",
  limited_to: null,
  people: [person],
  idle_minutes: 15,
  choose_password: false,
  password_changed: false,
  data_dir: null,
  ...more,
});
const user = (id: string) => ({ id, name: "Jo", username: "", role: "registrar" as const, staff: null, mustChange: false });
const session = (id: string) => ({
  stage: "open" as const,
  user: user(id),
  locked: false,
  sample: false,
  school: "",
  device: "",
  role: "registrar" as const,
  people: [user(id)],
  users: true,
  dataDir: "",
  limitedTo: null,
  choosePassword: false,
});

/** What was asked of the office, and what it answers; a question without an answer is refused as the real one would be. */
let asked: string[] = [];
function office(answers: Record<string, unknown>) {
  mockIPC((_, payload) => {
    const { request } = payload as { request: { do: string } };
    asked.push(request.do);
    if (request.do in answers) return answers[request.do];
    throw { code: "password_change_required", message: "choose a password of your own first" };
  });
}
const settle = async () => {
  for (let at = 0; at < 12; at += 1) await Promise.resolve();
  await tick();
  flushSync();
};

beforeEach(() => {
  asked = [];
});
afterEach(() => {
  clearMocks();
  vi.restoreAllMocks();
});

test("the school's data that was typed is there after another screen, and is nobody else's", async () => {
  const fields = { name: "Mabini NHS", deped_school_id: "300123" };
  office({ "admin.settings": { fields, locked: null, idle_minutes: 15, may_set_idle: true } });
  const open = async () => {
    const page = mount(Settings, { target: document.body, props: { version: 1 } });
    await settle();
    return page;
  };
  setSession(session("one"));
  let page = await open();
  type(find("[name=district]"), "Naga North");
  type(find("[name=idle]"), "25");
  await unmount(page);
  page = await open();
  expect(find<HTMLInputElement>("[name=district]").value).toBe("Naga North");
  expect(find<HTMLInputElement>("[name=idle]").value).toBe("25");
  expect(find(".foot").textContent).toContain("1");
  await unmount(page);
  setSession(session("two"));
  page = await open();
  expect(find<HTMLInputElement>("[name=district]").value).toBe("");
  await unmount(page);
});

test("an error leaves with the value that it was about", () => {
  const at = $state({ value: "", error: "Role is missing" as string | null });
  show(Field, {
    label: "Role",
    kind: "choice",
    choices: [
      { id: "teacher", text: "Teacher" },
      { id: "registrar", text: "Registrar" },
    ],
    get value() {
      return at.value;
    },
    set value(text: string) {
      at.value = text;
    },
    get error() {
      return at.error;
    },
  });
  const said = () => document.querySelector(".error")?.textContent ?? null;
  expect([said(), find("select").getAttribute("aria-invalid")]).toEqual(["Role is missing", "true"]);
  type(find("select"), "teacher");
  expect([at.value, said(), find("select").getAttribute("aria-invalid")]).toEqual(["teacher", null, null]);
  at.error = null;
  flushSync();
  at.error = "a teacher needs a staff record";
  flushSync();
  expect(said()).toBe("a teacher needs a staff record");
});

test("Ctrl+Z takes back the last act while nothing was typed into the field, and is the field's own otherwise", () => {
  const run = vi.fn();
  const leave = addShortcuts([{ keys: "Ctrl+Z", label: () => "", run, whileUntouched: true }]);
  document.body.innerHTML = '<input id="one"><input id="two">';
  const z = (id: string) => pressed(press(find(id), "Ctrl+Z"));
  find("#one").focus();
  z("#one");
  expect(run).toHaveBeenCalledTimes(1);
  type(find("#one"), "Barangay", false);
  z("#one");
  expect(run).toHaveBeenCalledTimes(1);
  find("#two").focus();
  z("#two");
  expect(run).toHaveBeenCalledTimes(2);
  leave();
});

test("no hint stands between two fields of a new learner, and all that is wrong is said at once", async () => {
  const suspect = { learner: { id: "a", last_name: "Pena", first_name: "Nino" }, why: "name", certain: false };
  office({ "learners.duplicates": [suspect], "learners.keep_draft": null, "learners.draft": null });
  setSession(session("three"));
  show(NewLearner, { onopen: () => undefined, onadded: () => undefined });
  type(find("[name=new_last_name]"), "pena");
  type(find("[name=new_first_name]"), "nino");
  await settle();
  const stops = [...document.querySelectorAll<HTMLElement>("input, select, textarea, button")];
  const kinds = stops.map((one) => (one.tagName === "BUTTON" ? "button" : "field"));
  expect(kinds.filter((kind) => kind === "button").length).toBeGreaterThan(3);
  expect(kinds.lastIndexOf("field")).toBeLessThan(kinds.indexOf("button"));

  type(find("[name=new_last_name]"), "");
  type(find("[name=new_birth_date]"), "31/31/2010");
  type(find("[name=new_lrn]"), "1234");
  find("[name=new_sex]").focus();
  click(named("button", "Add"));
  await settle();
  expect(document.querySelectorAll(".error").length).toBe(3);
  expect(document.activeElement?.getAttribute("name")).toBe("new_last_name");
  expect(asked).not.toContain("learners.new");
});

test("what is wrong with the guardian's phone is said there, and what was cleared away can be put back", async () => {
  mockIPC((_, payload) => {
    const { request } = payload as { request: { do: string } };
    if (request.do === "learners.duplicates") return [];
    throw { code: "invalid", message: "Mobile phone must be a mobile number", details: { field: "phone" } };
  });
  show(NewLearner, { onopen: () => undefined, onadded: () => undefined });
  const fill: Record<string, string> = {
    new_birth_date: "",
    new_lrn: "",
    new_last_name: "Cruz",
    new_first_name: "Ana",
    guardian_last_name: "Cruz",
    guardian_phone: "0917 12",
  };
  for (const [name, text] of Object.entries(fill)) type(find(`[name=${name}]`), text);
  named("button", "Add the learner").click();
  for (let at = 0; at < 5; at += 1) await settle();
  const phone = find<HTMLInputElement>("[name=guardian_phone]");
  expect(phone.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(phone);
  named("button", "Clear").click();
  flushSync();
  expect(find<HTMLInputElement>("[name=new_last_name]").value).toBe("");
  named("button", "Put it back").click();
  flushSync();
  expect(find<HTMLInputElement>("[name=new_last_name]").value).toBe("Cruz");
  expect(find<HTMLInputElement>("[name=guardian_phone]").value).toBe("0917 12");
});

test("what an import wrote and was taken back is not said to be written", async () => {
  const report = {
    rows_read: 3,
    new: 3,
    changed: 0,
    unchanged: 0,
    left_out: 0,
    by_entity: { student: { new: 3, changed: 0, unchanged: 0 } },
    duplicates: [],
    refused: [],
    warnings: [],
  };
  const now = (written: boolean) => ({
    running: false,
    stage: "writing",
    done: 0,
    total: 0,
    outcome: { report: { ...report, dry_run: !written, written }, refused: 0, duplicates: 0, warnings: 0, failure: null },
  });
  mockIPC((_, payload) => {
    const { request } = payload as { request: { do: string; write?: boolean } };
    if (request.do === "imports.start") return now(request.write === true);
    throw { code: "not_found", message: "nothing" };
  });
  show(ImportList, { path: "/a.csv", looked: { what: "table", file: "a.csv", entity: "student", entities: ["student"] } });
  for (let at = 0; at < 3; at += 1) await settle();
  named("button", "Import 3").click();
  for (let at = 0; at < 3; at += 1) await settle();
  expect(document.body.textContent).toContain("What was written");
  setActs({ undo: () => Promise.resolve("Import of 3 learners"), redo: () => Promise.resolve(null) });
  await undo();
  for (let at = 0; at < 3; at += 1) await settle();
  setActs(null);
  expect(document.body.textContent).not.toContain("What was written");
  expect(named("button", "Import 3")).not.toBeNull();
});

test("a form of all sections lacks each thing once, and a link leads only where one may go", () => {
  const school = {
    record: "school_profile",
    id: null,
    field: "deped_school_id",
    label: "School ID",
    who: "Mabini NHS",
    severity: "must",
  } as const;
  const learner = { ...school, record: "student", id: "a", field: "sex", label: "Sex", who: "Cruz, Ana" } as const;
  expect(once([school, school, learner, { ...school }])).toEqual([school, learner]);
  setSession({ ...session("four"), user: { ...user("four"), role: "teacher" }, role: "teacher" });
  show(Missing, { missing: [school, school, school] });
  expect(document.querySelectorAll("li").length).toBe(1);
  expect(document.querySelectorAll("a").length).toBe(0);
  expect(document.body.textContent).not.toContain("Each leads");
});

test("one Esc does not lose a password that is shown once", () => {
  const at = $state({ made: { id: "a", name: "Ana", one_time: "kape-ulan-puno", users: { users: [], staff: [], locked: null } } as never });
  show(OneTimeDialog, {
    get made() {
      return at.made;
    },
    set made(made: never) {
      at.made = made;
    },
  });
  const esc = () => {
    const event = new Event("cancel", { cancelable: true });
    find("dialog").dispatchEvent(event);
    flushSync();
    return event.defaultPrevented;
  };
  expect(esc()).toBe(true);
  expect(find("output").textContent).toBe("kape-ulan-puno");
  expect(document.querySelector(".banner")).not.toBeNull();
});

test("nothing is asked behind a password that has to be chosen first, and everything is afterwards", async () => {
  const summary = { school: "Mabini NHS", device: "Registrar 1", review: 0, parked: 0, version: 1, waiting: 0 };
  office({ "session.state": state({ choose_password: true }), status: summary, "session.undoable": { id: null } });
  location.hash = "#/learners";
  show(Office, {});
  await settle();
  await settle();
  expect(find("[name=fresh]")).toBeTruthy();
  expect(document.querySelector(".work")).toBeNull();
  expect(asked.filter((one) => !one.startsWith("session.") && one !== "status")).toEqual([]);
  expect(document.activeElement?.getAttribute("name")).toBe("current");
});
