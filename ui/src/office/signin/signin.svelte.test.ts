// Who looks again every few seconds whether somebody came does not take the keys from whoever is here.

import { flushSync, tick } from "svelte";
import { expect, test, vi } from "vitest";
import { setSession, type Session } from "../session.svelte";
import { answers, find, named, show, type } from "../../kit/testing";
import { words } from "../../strings/index.svelte";
import Index from "./Index.svelte";

const locked = (): Session => {
  const user = { id: "u", name: "Ana Reyes", username: "", role: "registrar", staff: null, mustChange: false } as const;
  return {
    stage: "locked",
    user: { ...user },
    locked: true,
    sample: false,
    school: "Mabini",
    device: "Registrar 1",
    role: null,
    people: [{ ...user }],
    users: true,
    dataDir: "",
    limitedTo: null,
    choosePassword: false,
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

test("a lock over a password that was replaced says so", () => {
  setSession({ ...locked(), passwordChanged: true });
  show(Index, {});
  expect(find("h1").textContent).toBe("The password of Ana Reyes was changed");
  expect(document.body.textContent).not.toContain("Locked by");
});

test("too many wrong passwords are forgotten when their time is over, and with a new password", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  answers(() =>
    Promise.reject({ code: "account_locked", message: "too many wrong passwords; try again in 30 seconds", details: { retry_after: 30 } }),
  );
  setSession(locked());
  show(Index, {});
  const wrong = async () => {
    type(find("[name=password]"), "a guess");
    find<HTMLFormElement>("form").requestSubmit();
    for (let turn = 0; turn < 10; turn++) await tick();
    flushSync();
    expect(find(".error").textContent).toContain("Too many");
  };
  await wrong();
  vi.advanceTimersByTime(29_000);
  flushSync();
  expect(find(".error").textContent).toContain("Too many");
  vi.advanceTimersByTime(1_000);
  flushSync();
  expect(document.querySelector(".error")).toBeNull();
  await wrong();
  setSession({ ...locked(), passwordChanged: true });
  flushSync();
  expect(document.querySelector(".error")).toBeNull();
  vi.useRealTimers();
});
