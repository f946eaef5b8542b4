import type { attendance as english } from "../en/attendance";

export const attendance: typeof english = {
  title: "Attendance",
};
