// How this PC's window looks: scheme and density. Kept on the PC, because it is about the screen and the eyes in front of
// it, not about the school's records.

import { keep, kept } from "./window_settings";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const state: { theme: Theme; density: Density } = $state({ theme: "system", density: "comfortable" });

export const look = {
  get theme(): Theme {
    return state.theme;
  },
  set theme(theme: Theme) {
    state.theme = theme;
    keep("theme", theme);
    apply();
  },
  get density(): Density {
    return state.density;
  },
  set density(density: Density) {
    state.density = density;
    keep("density", density);
    apply();
  },
};

function apply(): void {
  const root = document.documentElement;
  if (state.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = state.theme;
  root.dataset.density = state.density;
}

/** Once, before the first screen. What was kept by another version and is not understood is left out. */
export function restoreLook(): void {
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") state.theme = theme;
  if (kept("density") === "compact") state.density = "compact";
  apply();
}
