// For the tests of controls: one in a document, pressed and typed into as a browser tells it.

import { flushSync, mount, unmount, type Component, type ComponentProps } from "svelte";
import { afterEach } from "vitest";

const shown: Record<string, unknown>[] = [];

/** Takes away what is shown, as another screen does. */
export async function leave(): Promise<void> {
  for (const one of shown.splice(0)) await unmount(one);
  document.body.innerHTML = "";
}

afterEach(leave);

type Asked = { do: string } & Record<string, unknown>;

/** An office behind the window: `answer` says what it answers, as a promise that can be kept back or broken. */
export function answers(answer: (request: Asked) => unknown): void {
  const invoke = async (_command: string, { request }: { request: Asked }) => answer(request);
  Object.assign(window, { __TAURI_INTERNALS__: { invoke } });
}

/** Shows a component. */
// Whatever its props are: they are checked against the component that is given.
export function show<What extends Component<any, any, any>>(what: What, props: ComponentProps<What>): void {
  shown.push(mount(what as Component<ComponentProps<What>>, { target: document.body, props }));
  flushSync();
}

export function find<Element extends HTMLElement = HTMLElement>(css: string): Element {
  const found = document.querySelector<Element>(css);
  if (!found) throw new Error(`there is no ${css} in ${document.body.innerHTML}`);
  return found;
}

/** The button, tab or option of these words. */
export function named(css: string, words: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>(css)];
  const found = all.find((one) => one.textContent.replace(/\s+/g, " ").trim().includes(words));
  if (!found) throw new Error(`no ${css} says ${words}: ${all.map((one) => one.textContent).join(" | ")}`);
  return found;
}

export function click(element: HTMLElement): void {
  element.click();
  flushSync();
}

/** Types as the keys do: the text, and with `leave` that the field is left. */
export function type(element: HTMLElement, text: string, leave = true): void {
  const input = element as HTMLInputElement;
  input.focus();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  if (leave) input.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

/** Presses a key, with `Ctrl+`, `Alt+`, `Shift+` before it; the event, to see whether somebody took it. */
export function press(element: EventTarget, keys: string): KeyboardEvent {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  const event = new KeyboardEvent("keydown", {
    key,
    bubbles: true,
    cancelable: true,
    ctrlKey: parts.includes("Ctrl"),
    altKey: parts.includes("Alt"),
    shiftKey: parts.includes("Shift"),
  });
  element.dispatchEvent(event);
  flushSync();
  return event;
}
