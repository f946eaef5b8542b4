export const sections = {
  title: "Sections",
};
