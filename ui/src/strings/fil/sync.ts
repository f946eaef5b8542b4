import type { sync as english } from "../en/sync";
import { count } from "../number";

export const sync: typeof english = {
  label: "Sync",
  level: (when: string) => `Nasa hub na ang lahat ng gawa, ${when}`,
  levelSince: (when: string) => `Nasa hub na ang lahat ng gawa; huling ugnayan ${when}`,
  waits: (n: number, when: string) => `${count(n)} pagbabago ang naghihintay; huling ugnayan ${when}`,
  waitsNever: (n: number) => `${count(n)} pagbabago ang naghihintay; hindi pa naaabot ang hub`,
  never: "Hindi pa naaabot ang hub",
  needs: (n: number) => `${count(n)} bagay ang kailangan ka`,
  diverged: "Iba ang kopyang ito sa nasa hub; sabihin sa system administrator",
  trouble: (waiting: number, when: string) =>
    `Hindi nakikipag-sync ang hub sa PC na ito; ${waiting === 0 ? "walang naghihintay" : `${count(waiting)} pagbabago ang naghihintay`} (huling ugnayan ${when})`,
  sample: "Kunwaring paaralan: walang ipinadadala kahit saan",
};
