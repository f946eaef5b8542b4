export const needs = {
  title: "Needs you",
};
