import type { promotion as english } from "../en/promotion";

export const promotion: typeof english = {
  title: "Promotion",
};
