import type { imports as english } from "../en/imports";

export const imports: typeof english = {
  title: "Import",
};
