import type { signin as english } from "../en/signin";

export const signin: typeof english = {
  title: "Sino ang narito?",
  locked: (name: string) => `Ni-lock ni ${name}`,
  lockedWhy: "Naroon pa ang nasa screen.",
  people: "Mga user ng paaralan",
  password: "Password",
  go: "Mag-sign in",
  unlock: "I-unlock",
  other: "Ibang tao",
  sample: "Sample school: pumili ng kahit sino, walang hihinging password.",
  mustChange: "Pumili ng sariling password",
  mustChangeWhy: "Nag-sign in ka gamit ang password na isang beses lang magagamit.",
  current: "Password ngayon",
  fresh: "Bagong password",
  freshHint: "Sampung character o higit pa; sapat ang tatlo o apat na salita",
  change: "Palitan ang password",
};
