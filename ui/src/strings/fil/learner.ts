import type { learner as english } from "../en/learner";

export const learner: typeof english = {
  title: "Mag-aaral",
};
