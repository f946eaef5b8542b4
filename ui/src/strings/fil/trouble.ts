import type { trouble as english } from "../en/trouble";

export const trouble: typeof english = {
  title: {
    store_corrupt: "Hindi mabuksan ang mga record",
    store_newer: "Nabuksan ng mas bagong PEMS ang mga record",
    store_locked: "May ibang program na gumagamit sa mga record",
    store_read_only: "Hindi masulatan ang mga record",
    store_full: "Puno na ang disk",
    key_missing: "Wala rito ang susi ng mga record",
    keyring_unavailable: "Hindi sumasagot ang keyring",
    device_revoked: "Hindi na naka-enrol ang PC na ito",
    io: "Hindi magamit ang data folder",
  } as Record<string, string>,
  otherTitle: "May nangyaring mali",
  safe: "Walang nabura o nabago.",
  folder: "Data folder",
  code: "Code para sa support",
};
