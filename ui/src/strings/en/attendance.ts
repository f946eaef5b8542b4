export const attendance = {
  title: "Attendance",
};
