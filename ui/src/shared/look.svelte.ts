// How this PC's window looks: scheme and density. Kept on the PC, because it is about the screen and the eyes in front of
// it, not about the school's records.

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const KEPT_AS = "pems.look";
const state = $state({ theme: "system" as Theme, density: "comfortable" as Density });

export const look = {
  get theme(): Theme {
    return state.theme;
  },
  set theme(theme: Theme) {
    state.theme = theme;
    apply();
  },
  get density(): Density {
    return state.density;
  },
  set density(density: Density) {
    state.density = density;
    apply();
  },
};

function apply(): void {
  const root = document.documentElement;
  if (state.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = state.theme;
  root.dataset.density = state.density;
  localStorage.setItem(KEPT_AS, JSON.stringify(state));
}

/** Once, before the first screen. What was kept by another version and is not understood is left out. */
export function restoreLook(): void {
  const kept = localStorage.getItem(KEPT_AS) ?? "";
  const theme = /"theme":"(light|dark)"/.exec(kept)?.[1];
  if (theme === "light" || theme === "dark") state.theme = theme;
  if (kept.includes('"density":"compact"')) state.density = "compact";
  apply();
}
