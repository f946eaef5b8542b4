// What stands around every screen: the way to each, the palette, undoing, and the way in.

import { beforeEach, expect, test } from "vitest";
import type { Taken, Undoable } from "../generated/session";
import { done } from "../kit/notifications.svelte";
import { replace } from "../kit/router.svelte";
import { addShortcuts } from "../kit/shortcuts.svelte";
import { click, find, named, press, type } from "../kit/testing";
import { setActs, undo } from "../kit/undo.svelte";
import { kept, setKept } from "../kit/window_settings";
import { language } from "../strings/index.svelte";
import { noteAct, officeActs } from "./acts";
import DiscardSample from "./DiscardSample.svelte";
import First from "./first/Index.svelte";
import Nav from "./Nav.svelte";
import Palette from "./Palette.svelte";
import SignIn from "./signin/Index.svelte";
import OwnPassword from "./signin/OwnPassword.svelte";
import {
  address,
  all,
  at,
  english,
  foundOf,
  held,
  inBothLanguages,
  keys,
  line,
  office,
  open,
  refuse,
  said,
  settled,
  sign,
  state,
  user,
} from "./testing";
import type { LearnersFound } from "../generated/learners";
import type { State } from "../generated/session";
import UndoDialog from "./UndoDialog.svelte";
import UserMenu from "./UserMenu.svelte";

Element.prototype.scrollIntoView = () => undefined;
beforeEach(() => {
  setKept({});
  replace("home");
});
const dialog = () => document.querySelector<HTMLElement>("dialog[open]");
const undoable = (more: Partial<Undoable> = {}): Undoable => ({ undo: null, id: null, redo: null, lasting: null, ...more });
const taken: Taken = { what: "Attendance of 7-Rizal", removed: 1, restored: 0, left: 0 };

inBothLanguages((words, language) => {
  test.each([
    ["school_admin", ["home", "learners", "desk", "sections", "attendance", "forms", "review", "admin"]],
    ["registrar", ["home", "learners", "desk", "sections", "attendance", "forms", "review"]],
    ["teacher", ["home", "learners", "sections", "attendance", "forms", "review"]],
    ["cashier", ["home", "learners"]],
  ] as const)("%s is shown the own screens, by name and digit, and no other", async (role, screens) => {
    sign(role);
    await open(Nav, { current: "home", needs: 3 });
    expect([...document.querySelectorAll("nav a")].map((one) => one.getAttribute("href"))).toEqual(screens.map((one) => `#/${one}`));
    expect([...document.querySelectorAll("nav a")].map((one) => one.getAttribute("title"))).toEqual(
      screens.map((one, place) => `${words.frame.screens[one]} (Alt+${place + 1})`),
    );
    expect(find("[aria-current=page]").getAttribute("href")).toBe("#/home");
    if (language === "fil") expect(english()).toEqual([]);
  });

  test("a signature is not taken back: that is said before what was done before it is offered", async () => {
    sign("teacher");
    const lasting = { kind: "signed", what: "7-Rizal, October 2026" } as const;
    const asked = office({ "session.undoable": undoable({ undo: "Attendance of 7-Rizal", id: "a", lasting }), "session.undo": taken });
    setActs(officeActs);
    await open(UndoDialog, {});
    const undoing = undo();
    await settled();
    expect(dialog()?.textContent).toContain(words.frame.undo.lasting.signed("7-Rizal, October 2026"));
    expect(dialog()?.textContent).toContain("Attendance of 7-Rizal");
    expect(document.activeElement?.textContent, "the harmless button has the keys").toContain(words.common.cancel);
    if (language === "fil") expect(english()).toEqual([]);
    click(named("dialog[open] button", words.common.cancel));
    await undoing;
    expect(asked.of("session.undo")).toEqual([]);
    setActs(null);
  });

  test("and is all that is said where nothing was done before it", async () => {
    sign("teacher");
    const asked = office({ "session.undoable": undoable({ lasting: { kind: "reopened", what: "7-Rizal, October 2026" } }) });
    setActs(officeActs);
    await open(UndoDialog, {});
    const undoing = undo();
    await settled();
    expect(find("dialog[open] h2").textContent).toBe(words.frame.undo.stays);
    expect(all("dialog[open] .acts button")).toEqual([words.common.close]);
    click(named("dialog[open] .acts button", words.common.close));
    await undoing;
    expect(asked.of("session.undo")).toEqual([]);
    setActs(null);
  });

  test("the sign-in page asks who, says what is wrong, and speaks both languages", async () => {
    sign(null, { stage: "sign_in", users: true, people: [user("registrar"), user("teacher", { id: "t", name: "Ben Luna" })] });
    const asked = office({ "session.sign_in": refuse("wrong_credentials", "this is not the password; type it again") });
    await open(SignIn, {});
    if (language === "fil") expect(english()).toEqual([]);
    click(named("li button", "Ben Luna"));
    await settled();
    type(find("[name=password]"), "mali", false);
    find<HTMLFormElement>("form").requestSubmit();
    find<HTMLFormElement>("form").requestSubmit();
    await settled();
    expect(asked.of("session.sign_in").map(({ id }) => id)).toEqual(["t"]);
    expect(find(".error").textContent).toContain("his is not the password");
    expect(find<HTMLInputElement>("[name=password]").value, "nobody reads it over a shoulder").toBe("");
  });

  test("a new PC is connected, tried or restored: a refusal stands at its form with what was typed", async () => {
    sign(null, { stage: "first_run" });
    const asked = office({
      "session.enrol": refuse("code_unknown", "the hub does not know this code; ask for another"),
      "session.restore": refuse("bad_file", "this is no copy"),
    });
    await open(First, {});
    if (language === "fil") expect(english()).toEqual([]);
    type(find("[name=hub]"), "https://hub.example", false);
    type(find("[name=code]"), "AAAA-BBBB", false);
    type(find("[name=name]"), "Registrar 1", false);
    find<HTMLFormElement>("form").requestSubmit();
    find<HTMLFormElement>("form").requestSubmit();
    await settled();
    expect(asked.of("session.enrol")).toHaveLength(1);
    expect(find("form .banner").textContent).toContain("he hub does not know this code");
    expect(find<HTMLInputElement>("[name=code]").value).toBe("AAAA-BBBB");
    click(named("button", words.firstrun.copyGo));
    await settled();
    type(find("[name=copy]"), "/media/a.pems-backup", false);
    find<HTMLFormElement>("section form").requestSubmit();
    await settled();
    expect(all("form .banner"), "beside the button that was pressed").toHaveLength(1);
    expect(find("section form .banner").textContent).toContain("his is no copy");
    expect(find<HTMLInputElement>("[name=copy]").value).toBe("/media/a.pems-backup");
  });
});

test("what was done last on this screen is taken back unasked; what was done elsewhere or before something else is named first", async () => {
  sign("registrar");
  const asked = office({ "session.undoable": undoable({ undo: "Import of 3", id: "import" }), "session.undo": taken });
  setActs(officeActs);
  await open(UndoDialog, {});
  await noteAct(at("#/home").address);
  await undo();
  expect([asked.of("session.undo").length, dialog()]).toEqual([1, null]);
  asked.known["session.undoable"] = undoable({ undo: "Import of 3", id: "other" });
  await noteAct(at("#/imports").address);
  const elsewhere = undo();
  await settled();
  expect(dialog()?.textContent).toContain("Import of 3");
  expect(dialog()?.textContent).toContain("not on this screen");
  click(named("dialog[open] button", "Undo"));
  await elsewhere;
  expect(asked.of("session.undo")).toHaveLength(2);
  setActs(null);
});

test("the palette finds learners, screens and acts by keyboard, and what is shown is of the last letter", async () => {
  sign("registrar");
  const late = held<LearnersFound>();
  office({ "learners.find": late.ask });
  const leave = addShortcuts([{ keys: "Ctrl+N", label: () => "New learner", run: () => done("added") }]);
  const state = $state({ open: true });
  await open(Palette, {
    get open() {
      return state.open;
    },
    set open(value: boolean) {
      state.open = value;
    },
  });
  const box = find<HTMLInputElement>("dialog input");
  expect(document.activeElement).toBe(box);
  type(box, "n", false);
  await settled();
  type(box, "new", false);
  await settled();
  late.waiting[0]?.give(foundOf([line("Nolasco")]));
  await settled();
  late.waiting[1]?.give(foundOf([line("Newton")]));
  await settled();
  expect(all("[role=option]").join()).toContain("Newton");
  expect(all("[role=option]").join()).toContain("New learner");
  expect(all("[role=option]").join()).not.toContain("Nolasco");
  await keys("Enter");
  expect(address().path).toEqual(["s-Newton"]);
  expect(state.open).toBe(false);
  leave();
});

test("the palette offers no screen of another role, and says so where nothing is found", async () => {
  sign("cashier");
  office({ "learners.find": foundOf([]) });
  await open(Palette, { open: true });
  type(find("dialog input"), "enrolment", false);
  await settled();
  expect(all("[role=option]")).toEqual([]);
  expect(said()).toContain("Nothing matches “enrolment”");
});

test("the palette finds screens while the records cannot be read", async () => {
  sign("registrar");
  office({ "learners.find": refuse("store_locked") });
  await open(Palette, { open: true });
  type(find("dialog input"), "attend", false);
  await settled();
  await keys("Enter");
  expect(address().screen).toBe("attendance");
});

test("the menu with one's name offers what fits: no locking without users, no password in the sample", async () => {
  office({});
  const props = { device: "Registrar 1", onhelp: () => undefined, onpassword: () => undefined, ondiscard: () => undefined };
  sign(null);
  await open(UserMenu, props);
  click(find("[aria-haspopup=menu]"));
  expect(all("[role=menuitem]")).toEqual(["Keyboard shortcuts ?"]);
  document.body.innerHTML = "";
  sign("registrar", { sample: true });
  await open(UserMenu, { ...props, onlock: () => undefined, onswitch: () => undefined });
  click(find("[aria-haspopup=menu]"));
  expect(all("[role=menuitem]")).toEqual(["Lock", "Switch user", "Keyboard shortcuts ?", "Throw the sample school away"]);
});

test("a language chosen in the menu is one's own, and said where it cannot be kept", async () => {
  sign("registrar");
  const props = { device: "Registrar 1", onhelp: () => undefined, onpassword: () => undefined, ondiscard: () => undefined };
  const asked = office({ "session.language": refuse("store_full", "the disk is full") });
  await open(UserMenu, props);
  click(find("[aria-haspopup=menu]"));
  click(named("[role=menuitemradio]", "Filipino"));
  await settled();
  expect([language(), asked.of("session.language").length, kept("language")]).toEqual(["fil", 1, undefined]);
});

test("before anybody is here a language is the PC's", async () => {
  sign(null, { stage: "sign_in", users: true, people: [user("registrar")] });
  office({});
  await open(SignIn, {});
  click(named("button[lang=fil]", "Filipino"));
  expect([language(), kept("language"), find("h1").textContent]).toEqual(["fil", "fil", "Sino ang narito?"]);
  click(named("button[lang=en]", "English"));
});

test("one's own password is changed once, however often Enter is pressed, and a weak one is said at its field", async () => {
  sign("registrar", { choosePassword: true });
  const late = held<State>();
  const asked = office({ "session.password": late.ask });
  await open(OwnPassword, {});
  type(find("[name=current]"), "kape-ulan-puno", false);
  type(find("[name=fresh]"), "12345", false);
  find<HTMLFormElement>("form").requestSubmit();
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  expect(asked.of("session.password"), "a second try would count as a wrong password").toHaveLength(1);
  late.waiting[0]?.refuse({ code: "password_weak", message: "too short", details: { weak: "short" } });
  await settled();
  expect(all(".error")).toEqual(["A password has ten characters or more; three or four words do well."]);
  expect(find<HTMLInputElement>("[name=current]").value).toBe("kape-ulan-puno");
  find<HTMLFormElement>("form").requestSubmit();
  await settled();
  late.waiting[1]?.give(state());
  await settled();
});

test("the sample school is thrown away once, and a refusal is told", async () => {
  sign("registrar", { sample: true });
  const late = held<State>();
  const asked = office({ "session.discard_sample": late.ask });
  await open(DiscardSample, { open: true });
  const yes = [...document.querySelectorAll<HTMLElement>("dialog[open] .acts button")].at(-1) ?? find("no button");
  click(yes);
  click(yes);
  await settled();
  expect(asked.of("session.discard_sample")).toHaveLength(1);
  late.waiting[0]?.refuse({ code: "io", message: "the folder is in use" });
  await settled();
  press(find("body"), "Escape");
  expect(dialog()).not.toBeNull();
});
