// The school's own affairs: users, years, numbers, its data and its backup, as an administrator keeps them and others read them.

import { beforeEach, expect, test } from "vitest";
import type { BackupState, MadeUser, Ranges, SchoolYears, Settings, UserRow, Users } from "../../generated/admin";
import { click, find, named, press, type } from "../../kit/testing";
import {
  all,
  at,
  english,
  held,
  inBothLanguages,
  keys,
  labelled,
  office,
  open,
  refuse,
  said,
  settled,
  sign,
  state,
  type Known,
} from "../testing";
import Admin from "./Index.svelte";

const row = (name: string, more: Partial<UserRow> = {}): UserRow => ({
  id: name,
  name,
  email: null,
  role: "teacher",
  staff: null,
  staff_name: null,
  disabled: false,
  must_change: false,
  has_password: true,
  you: false,
  ...more,
});
const users = (all: UserRow[], more: Partial<Users> = {}): Users => ({ users: all, staff: [], locked: null, ...more });
const made = (name: string, one_time: string | null, of: Users): MadeUser => ({ id: name, name, one_time, users: of });
const yearsOf = (more: Partial<SchoolYears> = {}): SchoolYears => ({
  years: [],
  next: { label: "2026-2027", start_date: "2026-06-08", end_date: "2027-04-08", status: "draft", half_days: false },
  locked: null,
  ...more,
});
const device = {
  id: "d",
  short: "6AF2",
  called: "Registrar 1",
  role: "registrar",
  here: true,
  revoked: false,
  seen: null,
  ranges: 0,
  conflicts: 0,
  last_contact: null,
};
const ranges = (more: Partial<Ranges> = {}): Ranges => ({
  ranges: [],
  devices: [device],
  next: null,
  proposed: { device: "d", prefix: "2026-", from_no: 1, to_no: 999, digits: 4 },
  locked: null,
  ...more,
});
const settings = (more: Partial<Settings> = {}): Settings => ({
  fields: { name: "Mabini NHS" },
  idle_minutes: 15,
  locked: null,
  may_set_idle: true,
  ...more,
});
const backup = (more: Partial<BackupState> = {}): BackupState => ({
  running: false,
  copied: 0,
  done: null,
  failed: null,
  last_at: null,
  last_path: null,
  proposed: "/media/usb/mabini.pems-backup",
  bytes: 1_000_000,
  may: true,
  ...more,
});
const main = () =>
  [...document.querySelectorAll<HTMLButtonElement>("dialog[open] .acts button")].at(-1) ?? find<HTMLButtonElement>("no button");

beforeEach(() => sign("school_admin"));

inBothLanguages((words, language) => {
  const text = words.admin;
  /** Of each page: nothing there yet, something that may only be read, and what is said and offered. */
  const PAGES: Record<string, { empty: Known; locked: Known; why: string; add: string }> = {
    users: {
      empty: { "admin.users": users([]) },
      locked: { "admin.users": users([row("Cruz")], { locked: "role" }) },
      why: text.users.noneWhy,
      add: text.users.add,
    },
    years: {
      empty: { "admin.years": yearsOf() },
      locked: { "admin.years": yearsOf({ locked: "role" }) },
      why: text.years.noneWhy,
      add: text.years.add("2026-2027"),
    },
    numbers: {
      empty: { "admin.ranges": ranges() },
      locked: { "admin.ranges": ranges({ locked: "role" }) },
      why: text.numbers.noneWhy,
      add: text.numbers.add,
    },
  };
  const pageOf = (page: string) => PAGES[page] ?? { empty: {}, locked: {}, why: page, add: page };

  test.each(Object.keys(PAGES))("an empty page of %s says what it is for and offers the first step", async (page) => {
    const { empty, why } = pageOf(page);
    office(empty);
    await open(Admin, at(`#/admin/${page}`));
    expect(said()).toContain(why);
    expect(document.querySelectorAll(".empty button")).toHaveLength(1);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test.each(Object.keys(PAGES))("who may only read %s is told who changes it, and is offered no act", async (page) => {
    sign("school_head");
    const { locked, add } = pageOf(page);
    office(locked);
    await open(Admin, at(`#/admin/${page}`));
    expect(find(".locked").textContent).toContain(text.locked.role);
    await keys("Ctrl+N");
    expect(document.querySelector("dialog[open], .page [aria-haspopup=menu]")).toBeNull();
    expect(all("button")).not.toContain(add);
    if (language === "fil") expect(english()).toEqual([]);
  });

  const busy = refuse("store_locked");
  const READ: [string, Known, Known][] = [
    ["users", { "admin.users": busy }, { "admin.users": users([row("Cruz")]) }],
    ["years", { "admin.years": busy }, { "admin.years": yearsOf() }],
    ["numbers", { "admin.ranges": busy }, { "admin.ranges": ranges() }],
    ["settings", { "admin.settings": busy }, { "admin.settings": settings() }],
    ["backup", { "admin.backup": busy }, { "admin.backup": backup() }],
  ];
  test.each(READ)("%s that cannot be read say why, and are read again", async (page, refused, answer) => {
    const asked = office(refused);
    await open(Admin, at(`#/admin/${page}`));
    expect(said()).toContain(words.trouble.title.store_locked);
    Object.assign(asked.known, answer);
    click(named("button", words.common.tryAgain));
    await settled();
    expect(said()).not.toContain(words.trouble.title.store_locked);
    expect(find("h2").textContent).toBe(text.pages[page]);
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a user is added by keyboard, asked for once; what is refused stands at its field with what was typed", async () => {
    const late = held<MadeUser>();
    const list = users([row("Cruz", { you: true, role: "school_admin" })]);
    const asked = office({ "admin.users": list, "admin.save_user": late.ask });
    await open(Admin, at("#/admin/users"));
    await keys("Ctrl+N");
    type(labelled(text.users.name), "Ben Luna");
    type(find("[name=role]"), "teacher");
    find<HTMLFormElement>("#user").requestSubmit();
    find<HTMLFormElement>("#user").requestSubmit();
    await settled();
    expect(asked.of("admin.save_user")).toHaveLength(1);
    late.waiting[0]?.refuse({ code: "conflict", message: "somebody has this e-mail", details: { field: "email" } });
    await settled();
    expect(find("dialog[open] .error").textContent).toContain("omebody has this e-mail");
    expect(labelled(text.users.name).value).toBe("Ben Luna");
    find<HTMLFormElement>("#user").requestSubmit();
    await settled();
    late.waiting[1]?.give(made("Ben Luna", "kape-ulan-puno", users([...list.users, row("Ben Luna", { must_change: true })])));
    await settled();
    expect(find("output").textContent).toBe("kape-ulan-puno");
    if (language === "fil") expect(english()).toEqual([]);
  });
});

test("disabling somebody is asked for, done once, and a refusal stays in the question", async () => {
  const late = held<Users>();
  const asked = office({ "admin.users": users([row("Cruz", { you: true }), row("Luna")]), "admin.disable_user": late.ask });
  await open(Admin, at("#/admin/users"));
  click(find("[aria-label='What to do with Luna']"));
  click(named("[role=menuitem]", "Disable"));
  await settled();
  expect(asked.of("admin.disable_user"), "asked first").toEqual([]);
  click(main());
  click(main());
  await settled();
  expect(asked.of("admin.disable_user")).toEqual([{ do: "admin.disable_user", id: "Luna", disabled: true }]);
  late.waiting[0]?.refuse({ code: "last_admin", message: "this is the last administrator" });
  await settled();
  expect(find("dialog[open] .banner").textContent).toContain("This is the last administrator");
  click(main());
  await settled();
  late.waiting[1]?.give(users([row("Cruz", { you: true }), row("Luna", { disabled: true })]));
  await settled();
  expect(document.querySelector("dialog[open]")).toBeNull();
  expect(said()).toContain("Disabled");
});

test("nobody disables oneself", async () => {
  office({ "admin.users": users([row("Cruz", { you: true })]) });
  await open(Admin, at("#/admin/users"));
  click(find("[aria-label='What to do with Cruz']"));
  expect((named("[role=menuitem]", "Disable") as HTMLButtonElement).disabled).toBe(true);
});

test("the first user makes this PC ask who is there", async () => {
  sign(null);
  const asked = office({
    "admin.users": users([]),
    "admin.save_user": made("Ana", null, users([row("Ana")])),
    "session.state": state({ stage: "sign_in" }),
  });
  await open(Admin, at("#/admin/users"));
  click(named(".empty button", "Make the first user"));
  type(labelled("Name"), "Ana");
  type(find("[name=password]"), "tatlong isda sa ilog");
  find<HTMLFormElement>("#user").requestSubmit();
  await settled();
  expect(asked.of("admin.save_user")[0]?.draft).toMatchObject({ role: "school_admin", password: "tatlong isda sa ilog" });
  expect(asked.of("session.state").length).toBe(1);
});

test("a year and a range of numbers are saved once, and a wrong number is said without asking", async () => {
  const years = held<SchoolYears>();
  const numbers = held<Ranges>();
  const asked = office({
    "admin.years": yearsOf(),
    "admin.save_year": years.ask,
    "admin.ranges": ranges(),
    "admin.save_range": numbers.ask,
  });
  await open(Admin, at("#/admin/years"));
  click(named(".empty button", "Add 2026-2027"));
  await settled();
  find<HTMLFormElement>("#year").requestSubmit();
  find<HTMLFormElement>("#year").requestSubmit();
  await settled();
  expect(asked.of("admin.save_year")).toHaveLength(1);
  years.waiting[0]?.refuse({ code: "rule", message: "the days overlap", details: { field: "end_date" } });
  await settled();
  expect(find("dialog[open] .error").textContent).toContain("The days overlap");
  document.body.innerHTML = "";
  await open(Admin, at("#/admin/numbers"));
  click(named(".empty button", "Add a range"));
  await settled();
  type(find("[name=to_no]"), "many");
  find<HTMLFormElement>("#range").requestSubmit();
  await settled();
  expect([all("dialog[open] .error"), asked.of("admin.save_range")]).toEqual([["Type a whole number."], []]);
  type(find("[name=to_no]"), "500");
  find<HTMLFormElement>("#range").requestSubmit();
  find<HTMLFormElement>("#range").requestSubmit();
  await settled();
  expect(asked.of("admin.save_range").map(({ draft }) => draft.to_no)).toEqual([500]);
  numbers.waiting[0]?.give(ranges());
  await settled();
});

test("the school's data is saved once, with what was changed alone; a refusal gives the keys to its field", async () => {
  const late = held<Settings>();
  const asked = office({ "admin.settings": settings(), "admin.save_settings": late.ask });
  await open(Admin, at("#/admin/settings"));
  type(find("[name=deped_school_id]"), "30123");
  await keys("Ctrl+S");
  await keys("Ctrl+S");
  expect(asked.of("admin.save_settings").map(({ fields }) => fields)).toEqual([{ deped_school_id: "30123" }]);
  late.waiting[0]?.refuse({ code: "bad_format", message: "a School ID has six digits", details: { field: "deped_school_id" } });
  await settled();
  expect(document.activeElement).toBe(find("[name=deped_school_id]"));
  expect(all(".error")).toEqual(["A School ID has six digits."]);
  expect(find<HTMLInputElement>("[name=deped_school_id]").value).toBe("30123");
  click(named("button", "Discard"));
});

test("a backup whose passphrases differ is not made; one that is, is asked for once and says where it is", async () => {
  const late = held<BackupState>();
  const asked = office({ "admin.backup": backup(), "admin.back_up": late.ask });
  await open(Admin, at("#/admin/backup"));
  type(find("[name=passphrase]"), "apat na salita ito", false);
  type(find("[name=again]"), "apat na salita iyon", false);
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  expect([all(".error"), asked.of("admin.back_up")]).toEqual([["The two passphrases differ; type them again."], []]);
  type(find("[name=again]"), "apat na salita ito", false);
  press(find("[name=again]"), "Enter");
  find<HTMLFormElement>("form").requestSubmit();
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  expect(asked.of("admin.back_up")).toEqual([
    { do: "admin.back_up", path: "/media/usb/mabini.pems-backup", passphrase: "apat na salita ito" },
  ]);
  const copy = { path: "/media/usb/mabini.pems-backup", bytes: 1_000_000, records: 408, at: "2026-11-30T01:00:00Z" };
  late.waiting[0]?.give(backup({ done: copy }));
  await settled();
  expect(find(".banner").textContent).toContain("/media/usb/mabini.pems-backup");
});

test("who may make no copy is told who does", async () => {
  sign("school_head");
  office({ "admin.backup": backup({ may: false }) });
  await open(Admin, at("#/admin/backup"));
  expect(said()).toContain("A school administrator makes the copy.");
  expect(document.querySelector("form")).toBeNull();
});
