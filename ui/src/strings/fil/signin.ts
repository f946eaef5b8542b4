import type { signin as english } from "../en/signin";

export const signin: typeof english = {
  title: "Mag-sign in",
};
