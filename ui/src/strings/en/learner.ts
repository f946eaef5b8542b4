export const learner = {
  title: "Learner",
};
