// A tab or a new line that comes with a pasted cell is a space in every field of one line.

import { afterEach, beforeEach, expect, test } from "vitest";
import Field from "./Field.svelte";
import { oneLine, pasteOneLine } from "./one_line";
import { find, show, type } from "./testing";

beforeEach(() => document.addEventListener("paste", pasteOneLine));
afterEach(() => document.removeEventListener("paste", pasteOneLine));

/** Pastes as the web view tells it; whether somebody took it. */
function paste(element: HTMLElement, text: string): boolean {
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => text } });
  element.dispatchEvent(event);
  return event.defaultPrevented;
}

function field(kind: "text" | "textarea") {
  const at = $state({ value: "" });
  show(Field, {
    label: "Reason",
    kind,
    get value() {
      return at.value;
    },
    set value(text: string) {
      at.value = text;
    },
  });
  return at;
}

test("what a spreadsheet gives becomes one line, where the keys are", () => {
  const at = field("text");
  const input = find<HTMLInputElement>("input");
  type(input, "came", false);
  input.setSelectionRange(4, 4);
  expect(paste(input, "\tlate\r\nbecause of rain\n")).toBe(true);
  expect([input.value, at.value]).toEqual(["came late because of rain", "came late because of rain"]);
  input.setSelectionRange(0, 5);
  paste(input, "He\twas\t");
  expect(at.value).toBe("He waslate because of rain");
});

test("plain text is left to the web view, and a text of many lines keeps them", () => {
  field("text");
  expect(paste(find("input"), "plain")).toBe(false);
  document.body.innerHTML = "";
  field("textarea");
  expect(paste(find("textarea"), "two\nlines")).toBe(false);
});

test("a tab that gets into a field in another way is a space too", () => {
  const at = field("text");
  type(find("input"), "a\tb");
  expect(at.value).toBe("a b");
  expect(oneLine("a\u2028b\vc")).toBe("a b c");
});
