// An office without records behind it, for the gallery alone: answers what the window asks with made-up learners.
// `?as=teacher` signs somebody else in, `?sample`, `?theme=dark`, `?density=compact`, `?language=fil`.

import { learners } from "./people";

const asked = new URLSearchParams(location.search);
const all = learners(20_000);
const settings = Object.fromEntries(
  ["theme", "density", "language"].map((name): [string, string] => [name, asked.get(name) ?? ""]).filter(([, value]) => value),
);

const people = [
  ["Marites Villanueva", "school_admin"],
  ["Roberto Salonga", "school_head"],
  ["Liza Ocampo", "registrar"],
  ["Jun Bautista", "teacher"],
].map(([name, role], at) => ({ id: `u${at}`, name, email: null, role, staff: null, must_change: asked.has("once") }));
let stage = asked.get("stage") ?? "open";

/** `?stage=first_run`, `sealed`, `sign_in`, `locked`; `?as=teacher`; `?once` for a one-time password. */
function state(what: string): unknown {
  if (what === "session.undo" || what === "session.redo") return { what: "Change: Learner", removed: 0, restored: 1, left: 0 };
  const next: Record<string, string> = {
    "session.lock": "locked",
    "session.sign_out": "sign_in",
    "session.sign_in": "open",
    "session.sample": "sign_in",
    "session.unseal": "sign_in",
  };
  stage = next[what] ?? stage;
  return {
    stage,
    school: "Apolinario Mabini National High School",
    device: "Registrar 1",
    sample: asked.has("sample"),
    person: stage === "open" || stage === "locked" ? people.find(({ role }) => role === (asked.get("as") ?? "school_admin")) : null,
    role: null,
    people,
    idle_minutes: 15,
    choose_password: asked.has("once"),
    data_dir: "~/.local/share/ph.pems.office",
  };
}

function answer(request: { do: string; text?: string; limit?: number }): unknown {
  if (request.do === "status")
    return {
      school: "Apolinario Mabini National High School",
      device: "Registrar 1",
      hub: "https://hub.example",
      pending: Number(asked.get("pending") ?? 0),
      parked: 0,
      review: Number(asked.get("review") ?? 3),
      last_contact: new Date(Date.now() - 3_600_000).toISOString(),
      diverged: false,
      version: 1,
    };
  if (request.do === "session.kept" || request.do === "session.keep") return settings;
  if (request.do.startsWith("session.")) return state(request.do);
  if (request.do === "search") {
    const text = (request.text ?? "").toLowerCase().replace(/\W/g, "");
    const rows = all.filter((row) => `${row.last_name}${row.first_name}${row.lrn}`.toLowerCase().replace(/\W/g, "").includes(text));
    return { rows: rows.slice(0, request.limit), more: rows.length > (request.limit ?? 0), total: all.length };
  }
  throw { code: "bad_request", message: `the gallery's office does not know ${request.do}` };
}

Object.assign(window, {
  __TAURI_INTERNALS__: {
    invoke: async (_command: string, { request }: { request: { do: string } }) => structuredClone(answer(request)),
  },
});
