import type { signin as english } from "../en/signin";

export const signin: typeof english = {
  title: "Sino ang narito?",
  locked: (name: string) => `Ni-lock ni ${name}`,
  lockedWhy: "Naroon pa ang nasa screen.",
  changedMeanwhile: (name: string) => `Nagbago ang password ni ${name}`,
  changedWhy: "I-type ang bago. Naroon pa ang nasa screen.",
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
  showIt: "Ipakita ang password",
  change: "Palitan ang password",
  own: "Palitan ang aking password",
  changed: "Napalitan ang password mo",
  limited: (pc: string) => `Naka-enrol ang PC na ito para sa: ${pc}`,
  limitedWhy: (role: string, pc: string) =>
    `Narito ka bilang ${role}, ngunit ang para lamang sa ${role} ay hindi tinatanggap sa PC na naka-enrol para sa ${pc}: dito at sa hub, para hindi makagawa ng higit pang pinsala ang hiniram na PC. Ginagawa iyon sa PC na naka-enrol para roon.`,
  limitedOnce: "Pang-isang beses pa ang password mo: pumili ng sarili mo sa ganoong PC.",
  askMore: "Kopyahin ang kahilingan",
  asked: "Nakopya. Ipadala ito sa nagpapatakbo ng inyong hub.",
  notAsked: "Hindi makopya; sabihin sa nagpapatakbo ng inyong hub ang nakasulat dito.",
  request: (school: string, device: string, role: string) =>
    `${school}: pakienrol ang PC na “${device}” para sa role na ${role}. Kailangan nito ng bagong code (pems-hub device code --school … --role ${role}).`,
};
