// The address in the window, followed by the screens. Going somewhere is a link (`href={hrefOf(..)}`) or `go(..)`; Alt+Left
// goes back as in a browser.

import { hrefOf, parse, type Address } from "./address";

export { hrefOf, type Address } from "./address";

const state = $state({ here: parse(typeof location === "undefined" ? "" : location.hash) });

export const here = (): Address => state.here;

export function go(screen: string, path: readonly string[] = [], query: Record<string, string> = {}): void {
  location.hash = hrefOf(screen, path, query);
}

/** Changes the address without a step to come back to, as for a filter or a tab. */
export function replace(screen: string, path: readonly string[] = [], query: Record<string, string> = {}): void {
  history.replaceState(history.state, "", hrefOf(screen, path, query));
  state.here = parse(location.hash);
}

let before: Address | null = null;
/** What was looked at before this; null where the window began here. */
export const cameFrom = (): Address | null => before;

/** What is being typed counts as left, as when the mouse goes elsewhere: a control that is taken off the screen says nothing by itself. */
function leaveControl(): void {
  const at = document.activeElement;
  if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) at.dispatchEvent(new Event("change", { bubbles: true }));
}

if (typeof window !== "undefined")
  window.addEventListener("hashchange", () => {
    leaveControl();
    before = state.here;
    state.here = parse(location.hash);
  });
