// Who looks again every few seconds whether somebody came does not take the keys from whoever is here.

import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { setSession, type Session } from "../session.svelte";
import { named, show } from "../../kit/testing";
import { words } from "../../strings/index.svelte";
import Index from "./Index.svelte";

const locked = (): Session => {
  const user = { id: "u", name: "Ana Reyes", username: "", role: "registrar", staff: null, mustChange: false } as const;
  return {
    stage: "locked", user: { ...user }, locked: true, sample: false, school: "Mabini", device: "Registrar 1", role: null,
    people: [{ ...user }], users: true, dataDir: "", limitedTo: null, choosePassword: false,
  };
};

test("the keys begin in the password and stay where they are put", () => {
  setSession(locked());
  show(Index, {});
  expect((document.activeElement as HTMLInputElement).name).toBe("password");
  const other = named("button", words.signin.other);
  other.focus();
  for (let look = 0; look < 3; look++) {
    setSession(locked());
    flushSync();
    expect(document.activeElement).toBe(other);
  }
});
