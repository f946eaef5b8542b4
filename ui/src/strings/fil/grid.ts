import type { grid as english } from "../en/grid";

export const grid: typeof english = {
  choose: "Napili",
  chooseAll: "Piliin lahat ng hanay",
  chosen: "napili",
  notChosen: "hindi napili",
  meanwhile: (value: string) =>
    `${value === "" ? "Inalisan ng laman" : `“${value}” na ito`} sa ibang PC. Enter para sa iyo, Esc para sa kanila.`,
  sized: (label: string, rem: number) => `${rem} na ang lapad ng ${label}`,
  help: "Arrow para lumipat, Enter para magbago, Escape at saka Tab para umalis sa listahan.",
};
