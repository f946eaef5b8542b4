// Every control of the kit: what is put into it stays there, with a handler and without, and is there when it is opened again.

import { createRawSnippet, flushSync } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import Button from "./Button.svelte";
import Chip from "./Chip.svelte";
import Combobox from "./Combobox.svelte";
import Field from "./Field.svelte";
import type { FieldKind } from "./field";
import IconButton from "./IconButton.svelte";
import Menu from "./Menu.svelte";
import SplitView from "./SplitView.svelte";
import Tabs from "./Tabs.svelte";
import { click, find, named, press, show, type } from "./testing";

const words = (text: string) => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

describe("a field", () => {
  const CHOICES = [
    { id: "F", text: "Female" },
    { id: "M", text: "Male" },
  ];
  /** What is typed or chosen, and what is kept of it. */
  const KINDS: Record<FieldKind, [typed: string, kept: string]> = {
    text: [" Dela Cruz ", "Dela Cruz"],
    date: ["03/05/2012", "2012-03-05"],
    choice: ["M", "M"],
    digits: ["1367-2809 0001", "136728090001"],
    phone: [" 0917 123 4567", "0917 123 4567"],
    email: ["ana@example.ph ", "ana@example.ph"],
    password: [" with blanks ", " with blanks "],
    number: [" 45", "45"],
    textarea: ["two\nlines ", "two\nlines "],
    checkbox: ["true", "true"],
  };
  const control = () => find<HTMLInputElement>("input, select, textarea");
  const has = (kind: FieldKind) => (kind === "checkbox" ? (control().checked ? "true" : "") : control().value);
  function put(kind: FieldKind, text: string) {
    if (kind === "checkbox") click(control());
    else type(control(), text);
  }

  for (const [kind, [typed, kept]] of Object.entries(KINDS) as [FieldKind, [string, string]][]) {
    for (const handled of [false, true])
      test(`of kind ${kind} keeps its value ${handled ? "and tells of it" : "without anybody who listens"}`, () => {
        const at = $state({ value: "" });
        const onchange = vi.fn();
        const props = {
          label: "What",
          kind,
          choices: CHOICES,
          get value() {
            return at.value;
          },
          set value(text: string) {
            at.value = text;
          },
          ...(handled ? { onchange } : {}),
        };
        show(Field, props);
        put(kind, typed);
        expect([at.value, has(kind)]).toEqual([kept, kept]);
        if (handled) expect(onchange.mock.calls.at(-1)).toEqual([kept]);
        // Opened again, with what was kept; and emptied again.
        document.body.innerHTML = "";
        show(Field, props);
        expect(has(kind)).toBe(kept);
        if (kind === "checkbox") click(control());
        else type(control(), "");
        expect([at.value, has(kind)]).toEqual(["", ""]);
      });

    test(`of kind ${kind} shows what is put into it from outside`, () => {
      const at = $state({ value: "" });
      show(Field, {
        label: "What",
        kind,
        choices: CHOICES,
        get value() {
          return at.value;
        },
        set value(text: string) {
          at.value = text;
        },
      });
      at.value = kept;
      flushSync();
      expect(has(kind)).toBe(kept);
    });
  }

  test("says its name, its hint and what is wrong to whoever cannot see it", () => {
    show(Field, { label: "LRN", kind: "digits", hint: "Twelve digits", error: "Too short.", value: "1", optional: true });
    const described = control()
      .getAttribute("aria-describedby")
      ?.split(" ")
      .map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(["Twelve digits", "Too short."]);
    expect(control().getAttribute("aria-invalid")).toBe("true");
    expect(find(`label[for="${control().id}"]`).textContent).toContain("LRN");
  });

  test("that always has a choice offers none that takes it back", () => {
    show(Field, { label: "Year", kind: "choice", choices: CHOICES, value: "M", always: true });
    expect([...find<HTMLSelectElement>("select").options].map(({ value }) => value)).toEqual(["F", "M"]);
    document.body.innerHTML = "";
    show(Field, { label: "Year", kind: "choice", choices: CHOICES, value: "", always: true });
    expect(find<HTMLSelectElement>("select").value).toBe("");
  });

  test("that is off takes nothing", () => {
    const onchange = vi.fn();
    show(Field, { label: "What", kind: "checkbox", disabled: true, onchange });
    click(control());
    expect([control().checked, onchange.mock.calls.length]).toEqual([false, 0]);
  });
});

describe("a choice by typing", () => {
  const options = ["Rizal", "Bonifacio", "Peñafrancia"].map((text, at) => ({ id: String(at), text }));
  function make(value = "", onchange?: (option: unknown) => void) {
    const kept = $state({ value });
    show(Combobox, {
      label: "Section",
      options,
      get value() {
        return kept.value;
      },
      set value(id: string) {
        kept.value = id;
      },
      ...(onchange ? { onchange } : {}),
    });
    return kept;
  }
  const input = () => find<HTMLInputElement>("input");
  const settled = () => vi.waitFor(() => (flushSync(), expect(find("[role=option]")).toBeTruthy()));

  test("keeps what is chosen with the keys, with somebody who listens and without", async () => {
    for (const onchange of [undefined, vi.fn()]) {
      document.body.innerHTML = "";
      const kept = make("", onchange);
      type(input(), "pena", false);
      await settled();
      press(input(), "Enter");
      expect([kept.value, input().value]).toEqual(["2", "Peñafrancia"]);
      if (onchange) expect(onchange.mock.calls).toEqual([[options[2]]]);
    }
  });

  test("keeps what is pressed, and Esc puts back what was", async () => {
    const kept = make("1");
    expect(input().value).toBe("Bonifacio");
    click(input());
    await settled();
    click(named("[role=option]", "Rizal"));
    expect([kept.value, input().value]).toEqual(["0", "Rizal"]);
    type(input(), "bon", false);
    press(input(), "Escape");
    expect([kept.value, input().value]).toEqual(["0", "Rizal"]);
  });

  test("whose question is refused says so under the box, and forgets it with the next answer", async () => {
    let broken = true;
    const ask = (text: string) =>
      broken
        ? Promise.reject({ code: "role_forbidden", message: "this is for the office; ask them" })
        : Promise.resolve(options.filter((one) => one.text.includes(text)));
    show(Combobox, { label: "Section", options: ask });
    click(input());
    await vi.waitFor(() => (flushSync(), expect(find("[role=alert]").textContent).toBe("This is for the office; ask them.")));
    expect([input().getAttribute("aria-invalid"), input().getAttribute("aria-describedby")]).toEqual(["true", find("[role=alert]").id]);
    type(input(), "zzz", false);
    await vi.waitFor(() => (flushSync(), expect(find("[role=alert]"))));
    expect(document.querySelector(".none"), "a question without an answer is not one that finds nothing").toBeNull();
    broken = false;
    type(input(), "Boni", false);
    await settled();
    expect([document.querySelector("[role=alert]"), input().getAttribute("aria-invalid")]).toEqual([null, null]);
    press(input(), "Enter");
    expect(input().value).toBe("Bonifacio");
  });

  test("that is emptied and left is empty", () => {
    const kept = make("1");
    type(input(), "", false);
    input().dispatchEvent(new FocusEvent("blur"));
    flushSync();
    expect([kept.value, input().value]).toEqual(["", ""]);
  });
});

describe("a switch", () => {
  test("keeps being pressed, with somebody who listens and without", () => {
    for (const onchange of [undefined, vi.fn()]) {
      document.body.innerHTML = "";
      const at = $state({ pressed: false });
      show(Chip, {
        children: words("No LRN"),
        get pressed() {
          return at.pressed;
        },
        set pressed(on: boolean) {
          at.pressed = on;
        },
        ...(onchange ? { onchange } : {}),
      });
      click(find("button"));
      expect([at.pressed, find("button").ariaPressed ?? find("button").getAttribute("aria-pressed")]).toEqual([true, "true"]);
      click(find("button"));
      expect(at.pressed).toBe(false);
      if (onchange) expect(onchange.mock.calls).toEqual([[true], [false]]);
    }
  });

  test("that is a fact and no switch is no button", () => {
    show(Chip, { children: words("Enrolled") });
    expect(document.querySelector("button")).toBeNull();
  });
});

describe("buttons", () => {
  test("do what they say, once, and nothing while they are off", () => {
    const onclick = vi.fn();
    show(Button, { children: words("Save"), onclick });
    show(Button, { children: words("Off"), onclick, disabled: true });
    show(IconButton, { icon: "cross", label: "Close", onclick });
    click(named("button", "Save"));
    click(named("button", "Off"));
    click(find("[aria-label=Close]"));
    expect(onclick).toHaveBeenCalledTimes(2);
  });
});

describe("a menu", () => {
  let run: ReturnType<typeof vi.fn<(what: string) => void>>;
  beforeEach(() => {
    run = vi.fn();
  });
  const make = (count: number, stays = false) =>
    show(Menu, {
      label: "Grade",
      items: Array.from({ length: count }, (_, at) => ({ label: `Grade ${at}`, checked: at === 1, stays, run: () => run(`${at}`) })),
    });

  test("opens, walks and does with the keys alone, and gives the keys back", () => {
    make(3);
    find("button").focus();
    press(find("button"), "ArrowDown");
    press(document.activeElement as HTMLElement, "ArrowDown");
    expect(document.activeElement?.textContent).toContain("Grade 1");
    click(document.activeElement as HTMLElement);
    expect(run.mock.calls).toEqual([["1"]]);
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.activeElement).toBe(find("button"));
  });

  test("of several facts stays open", () => {
    make(3, true);
    click(find("button"));
    click(named("[role=menuitemcheckbox]", "Grade 2"));
    expect([run.mock.calls, document.querySelector("[role=menu]") !== null]).toEqual([[["2"]], true]);
  });

  test("with many entries hides none below its edge", () => {
    make(14);
    click(find("button"));
    expect(find("[role=menu]").classList.contains("many")).toBe(true);
    expect(find("[role=menu]").style.getPropertyValue("--half")).toBe("7");
  });
});

describe("tabs", () => {
  test("keep the chosen one, by mouse and by keys", () => {
    const at = $state({ chosen: "a" });
    show(Tabs, {
      label: "Parts",
      tabs: ["a", "b", "c"].map((id) => ({ id, label: `Tab ${id}` })),
      children: createRawSnippet<[string]>((id) => ({ render: () => `<p>${id()}</p>` })),
      get chosen() {
        return at.chosen;
      },
      set chosen(id: string) {
        at.chosen = id;
      },
    });
    click(named("[role=tab]", "Tab b"));
    expect(at.chosen).toBe("b");
    press(named("[role=tab]", "Tab b"), "ArrowRight");
    expect([at.chosen, find("[aria-selected=true]").textContent.trim()]).toEqual(["c", "Tab c"]);
  });
});

test("a panel beside a list is left with Esc", () => {
  const onclose = vi.fn();
  show(SplitView, { open: true, title: "New learner", onclose, children: words("list"), panel: words("panel") });
  press(find("aside span"), "Escape");
  expect(onclose).toHaveBeenCalledTimes(1);
});
