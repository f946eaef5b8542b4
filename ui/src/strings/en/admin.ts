export const admin = {
  title: "School",
};
