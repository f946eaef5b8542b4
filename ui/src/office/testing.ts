// For the tests of screens: an office behind the window, whoever is at the PC, and records as the office tells them. Answers have the
// generated types, so that one which changes in the Rust no longer compiles here.

import { flushSync, tick, type Component, type ComponentProps } from "svelte";
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { Role } from "../generated/access";
import type { Answers, Code, Failure, Request, SyncSummary } from "../generated/api";
import type { SectionInfo } from "../generated/attendance";
import type { Member, SectionRow, Year, Years } from "../generated/enrolment";
import type { LearnerLine, LearnersFound } from "../generated/learners";
import type { State } from "../generated/session";
import { parse, type Address } from "../kit/address";
import { dismiss } from "../kit/notifications.svelte";
import { press as pressed } from "../kit/shortcuts.svelte";
import { find, press, show } from "../kit/testing";
import { catalogues, setLanguage, type Language, type Words } from "../strings/index.svelte";
import { setSession, type Session, type User } from "./session.svelte";

type Name = Request["do"];
type Asked<N extends Name> = Extract<Request, { do: N }>;
export type Known = { [N in Name]?: Answers[N] | ((asked: Asked<N>) => Answers[N] | Promise<Answers[N]>) };

let unanswered: string[] = [];

afterEach(() => {
  dismiss();
  const open = unanswered;
  unanswered = [];
  expect(open, "every question has an answer here").toEqual([]);
});

/** As the bridge hands things over: what cannot be written as text is not there. */
const carried = (value: unknown): unknown => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown));

/** An office that answers what it knows; `system` is what the system's dialogs give. Answers may be changed while it is asked. */
export function office(known: Known, system: Record<string, unknown> = {}) {
  const asked: Request[] = [];
  const invoke = async (command: string, told: { request: Request }): Promise<unknown> => {
    if (command !== "call") return system[command] ?? null;
    const request = carried(told.request) as Request;
    asked.push(request);
    if (!(request.do in known)) {
      unanswered.push(request.do);
      throw { code: "bad_request", message: `nobody answers ${request.do}` } satisfies Failure;
    }
    const answer: unknown = known[request.do];
    return carried(typeof answer === "function" ? await (answer as (request: Request) => unknown)(request) : answer);
  };
  Object.assign(window, { __TAURI_INTERNALS__: { invoke } });
  return { known, of: <N extends Name>(name: N) => asked.filter((one): one is Asked<N> => one.do === name) };
}

/** Refuses, as the office does. */
export function refuse(code: Code, message = "the office says why", details?: Record<string, unknown>): () => never {
  return () => {
    throw { code, message, ...(details ? { details } : {}) } satisfies Failure;
  };
}

/** Answers that are kept back until they are given, in whichever order. */
export function held<T>() {
  const waiting: { give: (answer: T) => void; refuse: (failure: Failure) => void }[] = [];
  const ask = () => new Promise<T>((give, refused) => waiting.push({ give, refuse: refused }));
  return { ask, waiting };
}

/** Until everything that was asked is answered and drawn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await tick();
  flushSync();
}

/** Shows a screen or a part of one, with what it asks for. */
// Whatever its props are: they are checked against the component that is given.
export async function open<What extends Component<any, any, any>>(what: What, props: ComponentProps<What>): Promise<void> {
  show(what, props);
  await settled();
}

/** Where in the window one is now. */
export const address = (): Address => parse(location.hash);

export const at = (address: string): { address: Address; version: number } => ({ address: parse(address), version: 1 });

/** What stands on the screen, in one line. */
export const said = (): string => document.body.textContent.replace(/\s+/g, " ").trim();

/** All of these, by their words. */
export const all = (css: string): string[] =>
  [...document.querySelectorAll<HTMLElement>(css)].map((one) => one.textContent.replace(/\s+/g, " ").trim());

/** Presses keys where they are now; what no control takes is the screen's. */
export async function keys(pressing: string): Promise<void> {
  pressed(press(document.activeElement ?? find("body"), pressing));
  await settled();
}

/** The control of this label. */
export function labelled(words: string): HTMLInputElement {
  const label = [...document.querySelectorAll("label")].find((one) => one.textContent.replace(/\s+/g, " ").includes(words));
  return find<HTMLInputElement>(`#${CSS.escape(label?.htmlFor ?? `no label ${words}`)}`);
}

/** English sentences of more than one word on a screen that is in Filipino. What Filipino says in English too is none. */
export function english(): string[] {
  const shown = [said(), ...[...document.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap(attributes)].join(" | ");
  const filipino = sentences(catalogues.fil).join(" | ");
  return sentences(catalogues.en).filter((one) => /\S\s+\S/.test(one) && shown.includes(one) && !filipino.includes(one));
}
const attributes = (element: Element) => ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name) ?? "");
const sentences = (of: unknown): string[] =>
  typeof of === "string" ? [of] : typeof of === "object" && of !== null ? Object.values(of).flatMap(sentences) : [];

/** The same tests in each language. */
export function inBothLanguages(tests: (words: Words, language: Language) => void): void {
  for (const language of ["en", "fil"] as const)
    describe(`in ${language}`, () => {
      beforeEach(() => setLanguage(language));
      afterEach(() => setLanguage("en"));
      tests(catalogues[language], language);
    });
}

export const user = (role: Role, more: Partial<User> = {}): User => ({
  id: role,
  name: "Ana Reyes",
  username: "",
  role,
  staff: null,
  mustChange: false,
  ...more,
});

/** Somebody of this role is at the PC; null: a school that knows no users. */
export function sign(role: Role | null, more: Partial<Session> = {}): void {
  const here = role && user(role);
  setSession({
    stage: "open",
    user: here,
    locked: false,
    sample: false,
    school: "Mabini NHS",
    device: "Registrar 1",
    role: role ?? "registrar",
    people: here ? [here] : [],
    users: here !== null,
    dataDir: "",
    limitedTo: null,
    choosePassword: false,
    ...more,
  });
}

export const state = (more: Partial<State> = {}): State => ({
  stage: "open",
  school: "Mabini NHS",
  device: "Registrar 1",
  sample: false,
  person: null,
  language: null,
  role: "registrar",
  limited_to: null,
  people: [],
  idle_minutes: 15,
  choose_password: false,
  password_changed: false,
  data_dir: null,
  ...more,
});

export const summary = (more: Partial<SyncSummary> = {}): SyncSummary => ({
  school: "Mabini NHS",
  device: "Registrar 1",
  hub: "https://hub.example",
  pending: 0,
  parked: 0,
  damaged: 0,
  review: 0,
  last_contact: new Date().toISOString(),
  diverged: false,
  trouble: null,
  version: 1,
  ...more,
});

export const TODAY = "2026-11-30";

export const year = (more: Partial<Year> = {}): Year => ({
  id: "y26",
  label: "2026-2027",
  start_date: "2026-06-08",
  end_date: "2027-04-08",
  cutoff_date: "2026-08-31",
  status: "open",
  ...more,
});
export const nextYear = year({ id: "y27", label: "2027-2028", start_date: "2027-06-07", end_date: "2028-04-07", status: "draft" });
/** The newest first, as the office has them. */
export const years = (all: Year[] = [year()]): Years => ({
  years: all,
  current: all.some(({ id }) => id === "y26") ? "y26" : null,
  today: TODAY,
});

export const sectionRow = (more: Partial<SectionRow> = {}): SectionRow => ({
  id: "rizal",
  school_year: "y26",
  grade_level: "7",
  name: "Rizal",
  track: null,
  strand: null,
  adviser: null,
  adviser_name: "Luna, Ben",
  room: null,
  capacity: 40,
  shift: null,
  male: 20,
  female: 18,
  total: 38,
  coming: 0,
  ...more,
});

export const sectionInfo = (more: Partial<SectionInfo> = {}): SectionInfo => ({
  id: "rizal",
  name: "Rizal",
  grade_level: "7",
  adviser: "Luna, Ben",
  mine: false,
  may_take: true,
  ...more,
});

export const member = (last: string, more: Partial<Member> = {}): Member => ({
  enrolment: `e-${last}`,
  student: `s-${last}`,
  lrn: null,
  last_name: last,
  first_name: "Ana",
  middle_name: null,
  name_ext: null,
  sex: "F",
  birth_date: null,
  kind: "continuing",
  status: "enrolled",
  late: false,
  valid_from: "2026-06-08",
  valid_to: null,
  missing: [],
  ...more,
});

export const line = (last: string, more: Partial<LearnerLine> = {}): LearnerLine => ({
  id: `s-${last}`,
  last_name: last,
  first_name: "Ana",
  ...more,
});

export const foundOf = (rows: LearnerLine[], more: Partial<LearnersFound> = {}): LearnersFound => ({
  rows,
  found: rows.length,
  near: 0,
  total: rows.length,
  ...more,
});
