export const home = {
  title: "Today",
};
