// Going elsewhere by keyboard.

import { expect, test } from "vitest";
import { here } from "./router.svelte";
import { click } from "./testing";

test("what was typed last is told before its screen is left, whichever way", () => {
  const told: [string, string][] = [];
  for (const kind of ["input", "textarea"] as const) {
    const control = document.createElement(kind);
    control.addEventListener("change", () => told.push([control.value, here().screen]));
    document.body.append(control);
    control.focus();
    control.value = `Abellona ${kind}`;
    location.hash = `#/to-${kind}`;
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    expect(here().screen).toBe(`to-${kind}`);
  }
  expect(told[0]?.[0]).toBe("Abellona input");
  expect(told[0]?.[1]).not.toBe("to-input");
  expect(told.find(([text]) => text === "Abellona textarea")?.[1]).toBe("to-input");
});

test("a button that has the keys is not pressed by it", () => {
  const button = document.createElement("button");
  let pressed = 0;
  button.addEventListener("click", () => pressed++);
  document.body.append(button);
  click(button);
  button.focus();
  location.hash = "#/elsewhere";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  expect(pressed).toBe(1);
});
