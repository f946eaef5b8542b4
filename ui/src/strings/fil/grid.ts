import type { grid as english } from "../en/grid";

export const grid: typeof english = {
  choose: "Napili",
  chooseAll: "Piliin lahat ng hanay",
  chosen: "napili",
  notChosen: "hindi napili",
  help: "Arrow para lumipat, Enter para magbago, Escape at saka Tab para umalis sa listahan.",
};
