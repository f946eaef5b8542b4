import type { desk as english } from "../en/desk";

export const desk: typeof english = {
  title: "Enrolment",
};
