import type { sections as english } from "../en/sections";

export const sections: typeof english = {
  title: "Mga section",
};
