// A menu does not lie under its own tip.

import { expect, test } from "vitest";
import Menu from "./Menu.svelte";
import { click, find, press, show } from "./testing";

test("the button has a tip while the list is closed, and none over its first entry", () => {
  show(Menu, { label: "More", items: [{ label: "Print", run: () => undefined }] });
  const button = find("button[aria-haspopup=menu]");
  expect(button.title).toBe("More");
  click(button);
  expect(button.title).toBe("");
  press(find("[role=menuitem]"), "Escape");
  expect(button.title).toBe("More");
});
