export const desk = {
  title: "Enrolment",
};
