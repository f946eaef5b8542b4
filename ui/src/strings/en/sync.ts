import { plural } from "../number";

export const sync = {
  label: "Sync",
  level: (when: string) => `All work is at the hub, ${when}`,
  levelSince: (when: string) => `All work is at the hub; last contact ${when}`,
  waits: (n: number, when: string) => `${plural(n, "change waits", "changes wait")}; last contact ${when}`,
  waitsNever: (n: number) => `${plural(n, "change waits", "changes wait")}; the hub was not reached yet`,
  never: "The hub was not reached yet",
  needs: (n: number) => `${plural(n, "item needs", "items need")} you`,
  diverged: "This copy differs from the hub’s; tell your system administrator",
  trouble: (waiting: number, when: string) =>
    `The hub does not sync with this PC; ${waiting === 0 ? "nothing waits" : plural(waiting, "change waits", "changes wait")} (last contact ${when})`,
  sample: "A made-up school: nothing is sent anywhere",
};
