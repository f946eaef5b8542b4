export const promotion = {
  title: "Promotion",
};
