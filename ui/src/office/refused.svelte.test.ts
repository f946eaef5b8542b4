// Whatever the office refuses is said on the screen, whichever screen asked: nothing ends in silence.

import { flushSync } from "svelte";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dismiss } from "../kit/notifications.svelte";
import { parse } from "../kit/address";
import NoteBar from "../kit/NoteBar.svelte";
import { setSession, type Role } from "./session.svelte";
import { answers, show } from "../kit/testing";
import { routes } from "./routes";

const WHY = "The file of the records is on a disk that was pulled out.";
/** Pages of a screen that ask something of their own. */
const PAGES: Record<string, string[]> = {
  learners: ["", "L"],
  sections: ["", "S"],
  attendance: ["", "away", "S", "S/month/2026-06"],
  forms: ["", "sf1/S", "certificate/L"],
  review: ["", "sync"],
  admin: ["settings", "years", "users", "devices", "numbers", "backup", "proof", "support"],
};

/** Asks nothing before a file is named. */
const SILENT = "imports";

beforeAll(async () => void (await Promise.all(routes.map((route) => route.load()))));

const unhandled: unknown[] = [];
const catching = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", catching);
});
afterEach(() => void process.off("unhandledRejection", catching));

function signedIn(role: Role) {
  const user = { id: "u", name: "Ana Reyes", username: "", role, staff: null, mustChange: false };
  setSession({
    stage: "open",
    user,
    locked: false,
    sample: false,
    school: "Mabini",
    device: "Registrar 1",
    role,
    people: [user],
    users: true,
    dataDir: "",
    limitedTo: null,
    choosePassword: false,
  });
}

describe("a refusal is said by", () => {
  for (const route of routes.filter(({ id }) => id !== SILENT))
    for (const page of PAGES[route.id] ?? [""])
      test(`#/${[route.id, page].filter(Boolean).join("/")}`, async () => {
        signedIn("school_admin");
        const asked: string[] = [];
        answers((request) => {
          asked.push(request.do);
          return Promise.reject({ code: "io", message: WHY });
        });
        dismiss();
        const { default: Screen } = await route.load();
        show(NoteBar, {});
        show(Screen, { address: parse(`#/${route.id}/${page}`), version: 1 });
        await vi.waitFor(() => (flushSync(), expect(document.body.textContent).toContain(WHY)), { timeout: 20_000 });
        // Whatever else was asked has had its time too.
        await new Promise((done) => setTimeout(done));
        expect([asked.length > 0, unhandled]).toEqual([true, []]);
      });
});
